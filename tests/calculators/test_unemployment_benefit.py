"""What holds for everybody who loses their work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.calculators.unemployment_benefit import UnemploymentBenefitQuestion, unemployment_benefit

QUESTIONS = st.builds(
    UnemploymentBenefitQuestion,
    day=st.dates(date(2016, 1, 1), date(2027, 12, 31)),
    salaries=st.lists(st.integers(1_000_000, 100_000_000), min_size=1, max_size=6).map(tuple),
    months_paid=st.integers(0, 300),
    region=st.integers(1, 4),
    state_pay=st.booleans(),
    short_contract=st.booleans(),
)


@given(asked=QUESTIONS)
def test_the_benefit_is_three_to_twelve_months_within_the_cap_or_nothing(
    library: Library, asked: UnemploymentBenefitQuestion
) -> None:
    found = unemployment_benefit(library.law, asked)
    assert found.eligible is (asked.months_paid >= 12)
    assert found.total == found.months * found.monthly
    if found.eligible:
        assert 3 <= found.months <= 12 and found.cap is not None
        assert 0 < found.monthly <= min(found.cap, max(asked.salaries))


@given(asked=QUESTIONS, more=st.integers(1, 50_000_000), months=st.integers(1, 60))
def test_more_salary_or_more_months_never_bring_less(
    library: Library, asked: UnemploymentBenefitQuestion, more: int, months: int
) -> None:
    found = unemployment_benefit(library.law, asked)
    richer = replace(asked, salaries=tuple(salary + more for salary in asked.salaries))
    longer = replace(asked, months_paid=asked.months_paid + months)
    assert unemployment_benefit(library.law, richer).monthly >= found.monthly
    assert unemployment_benefit(library.law, longer).total >= found.total


@given(asked=QUESTIONS)
def test_the_region_matters_only_where_the_cap_does(library: Library, asked: UnemploymentBenefitQuestion) -> None:
    low = replace(asked, salaries=(5_000_000,), state_pay=False)
    anywhere = unemployment_benefit(library.law, replace(low, region=None))
    assert anywhere.monthly == unemployment_benefit(library.law, low).monthly


@given(asked=QUESTIONS)
def test_both_laws_count_the_months_alike(library: Library, asked: UnemploymentBenefitQuestion) -> None:
    old, new = (
        unemployment_benefit(library.law, replace(asked, day=day)).months
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    )
    assert old == new
