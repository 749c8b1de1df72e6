"""What holds for every income, method, group and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import load_library
from bot.calculators.contribution import (
    Contribution,
    ContributionQuestion,
    Method,
    contribution,
    income_for_own_part,
)
from bot.calculators.refund import RefundQuestion, refund
from bot.calculators.state_subsidy import Group, StateSubsidyQuestion, state_subsidy
from bot.settings import ROOT

LIBRARY = load_library(ROOT / "content")
DAYS = st.dates(date(2016, 1, 1), date(2027, 12, 31))
GROUPS = st.sets(st.sampled_from(Group), max_size=3).map(tuple)
PLACES = st.sampled_from(["", "ha_noi", "vinh_phuc", "quang_tri", "ho_chi_minh", "cao_bang", "ninh_binh"])


def floor_of(day: date) -> int:
    """The rural poverty line, written here a second time."""
    return 700_000 if day.year < 2022 else 1_500_000 if day.year < 2027 else 2_200_000


@st.composite
def questions(draw: st.DrawFn) -> ContributionQuestion:
    day = draw(DAYS)
    method = draw(st.sampled_from(Method))
    return ContributionQuestion(
        day=day,
        income=floor_of(day) + 50_000 * draw(st.integers(0, 300)),
        method=method,
        years=draw(st.integers(2, 5)) if method is Method.YEARS_AHEAD else None,
        missing_months=draw(st.integers(1, 60)) if method is Method.MISSING_YEARS else None,
        groups=draw(GROUPS),
        months_used=draw(st.integers(0, 130)),
        province=draw(PLACES),
    )


def answer(asked: ContributionQuestion) -> Contribution:
    return contribution(LIBRARY.law, LIBRARY.local_support, asked)


@given(questions())
def test_the_three_parts_are_the_whole_and_none_is_negative(asked: ContributionQuestion) -> None:
    found = answer(asked)
    parts = (found.own, found.state, found.local or 0)
    assert min(parts) >= 0
    assert sum(parts) == found.total


@given(questions())
def test_who_chooses_more_pays_more_and_gets_the_same_from_the_state(asked: ContributionQuestion) -> None:
    less, more = answer(asked), answer(replace(asked, income=asked.income + 50_000))
    assert more.total > less.total
    assert more.own >= less.own
    assert more.state == less.state


@given(questions(), st.sampled_from(Group))
def test_one_more_group_never_lessens_the_states_part(asked: ContributionQuestion, group: Group) -> None:
    assert answer(replace(asked, groups=(*asked.groups, group))).state >= answer(asked).state


@given(questions())
def test_paying_ahead_costs_at_most_the_months_and_paying_late_at_least(asked: ContributionQuestion) -> None:
    found = answer(asked)
    months = Decimal("0.22") * asked.income * found.months
    if asked.method is Method.YEARS_AHEAD:
        assert found.total <= months
        assert found.estimate
    elif asked.method is Method.MISSING_YEARS:
        assert found.total >= months
        assert found.estimate
    else:
        assert found.total == months
        assert not found.estimate


@given(DAYS, GROUPS, st.integers(1, 300), st.integers(0, 130))
def test_nobody_is_supported_for_more_than_120_months(
    day: date, groups: tuple[Group, ...], months: int, used: int
) -> None:
    found = state_subsidy(LIBRARY.law, StateSubsidyQuestion(day=day, groups=groups, months=months, months_used=used))
    assert found.months_supported + used <= 120 or found.months_supported == 0
    assert found.total == sum(period.months * period.monthly for period in found.periods)


@given(questions(), st.data())
def test_what_is_paid_back_and_what_was_used_is_what_was_paid(asked: ContributionQuestion, data: st.DataObject) -> None:
    if asked.method in (Method.MONTHLY, Method.MISSING_YEARS):
        return
    paid = answer(asked)
    left = data.draw(st.integers(1, paid.months))
    back = refund(
        LIBRARY.law,
        RefundQuestion(
            day=asked.day, income=asked.income, method=asked.method, years=asked.years, remaining_months=left,
            groups=asked.groups, months_used=asked.months_used,
        ),
    )  # fmt: skip
    assert 0 <= back.refund <= paid.total - paid.state or back.state == 0
    if left == paid.months:
        assert back.refund == paid.total - paid.state


@given(questions())
def test_each_step_rests_on_a_document(asked: ContributionQuestion) -> None:
    assert all(step.references for step in answer(asked).steps)


@given(questions(), st.integers(0, 3_000_000))
def test_who_names_a_payment_gets_the_highest_income_it_pays_for(asked: ContributionQuestion, more: int) -> None:
    monthly = replace(asked, method=Method.MONTHLY, years=None, missing_months=None, income=floor_of(asked.day))
    own = answer(monthly).own + more
    income = income_for_own_part(LIBRARY.law, LIBRARY.local_support, own, monthly)
    found = answer(replace(monthly, income=income))
    assert found.own <= own
    step = 50_000 if asked.day < date(2025, 7, 1) else 10_000
    if income + step <= found.highest_income and found.own > 0:
        assert answer(replace(monthly, income=income + step)).own > own
