"""What holds for every visit to the doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.health_insurance_benefits import (
    HealthInsuranceBenefitsQuestion,
    Place,
    health_insurance_benefits,
)
from bot.calculators.health_insurance_groups import HealthGroup

QUESTIONS = st.builds(
    HealthInsuranceBenefitsQuestion,
    day=st.dates(date(2025, 7, 1), date(2027, 12, 31)),
    cost=st.integers(1, 500_000_000),
    groups=st.lists(st.sampled_from(HealthGroup), min_size=1, max_size=3).map(tuple),
    place=st.sampled_from(Place),
    years_in_a_row=st.integers(0, 30),
    own_paid_this_year=st.integers(0, 20_000_000),
)


@given(asked=QUESTIONS)
def test_fund_and_person_pay_the_cost_together(library: Library, asked: HealthInsuranceBenefitsQuestion) -> None:
    found = health_insurance_benefits(library.law, asked)
    assert found.fund + found.own == asked.cost
    assert found.fund >= 0 and 0 <= found.own <= asked.cost * 2 // 10 + 1


@given(asked=QUESTIONS)
def test_five_years_in_a_row_never_pay_beyond_the_years_limit(
    library: Library, asked: HealthInsuranceBenefitsQuestion
) -> None:
    found = health_insurance_benefits(library.law, replace(asked, years_in_a_row=5))
    assert found.own <= max(0, found.year_limit - asked.own_paid_this_year)


@given(asked=QUESTIONS, more=st.integers(1, 10_000_000))
def test_what_costs_more_never_costs_the_person_less(
    library: Library, asked: HealthInsuranceBenefitsQuestion, more: int
) -> None:
    dearer = replace(asked, cost=asked.cost + more)
    assert health_insurance_benefits(library.law, dearer).own >= health_insurance_benefits(library.law, asked).own


@given(asked=QUESTIONS, group=st.sampled_from(HealthGroup))
def test_one_more_group_never_costs_more(
    library: Library, asked: HealthInsuranceBenefitsQuestion, group: HealthGroup
) -> None:
    wider = replace(asked, groups=(*asked.groups, group))
    assert health_insurance_benefits(library.law, wider).own <= health_insurance_benefits(library.law, asked).own
