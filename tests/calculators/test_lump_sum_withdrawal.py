"""What holds for everybody who takes the money out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import load_library
from bot.calculators.lump_sum_withdrawal import (
    KEEPS_STATE_SUPPORT,
    Case,
    LumpSumWithdrawal,
    LumpSumWithdrawalQuestion,
    lump_sum_withdrawal,
)
from bot.calculators.months import Spell, add_months
from bot.calculators.state_subsidy import Group
from bot.settings import ROOT

LAW = load_library(ROOT / "content").law
OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
CASES = st.sampled_from(Case)
GROUPS = st.sampled_from(Group)


@st.composite
def in_all(draw: st.DrawFn) -> LumpSumWithdrawalQuestion:
    """A career given in all, any law, any case."""
    months = draw(st.integers(1, 500))
    return LumpSumWithdrawalQuestion(
        day=draw(st.dates(date(2016, 1, 1), date(2027, 12, 31))),
        case=draw(CASES),
        months=months,
        months_before_2014=draw(st.integers(0, months)),
        average_income=draw(st.integers(100_000, 50_000_000)),
        months_out=draw(st.integers(0, 100)),
        paid_before_2025_07=draw(st.booleans()),
        state_support=draw(st.integers(0, 100_000_000)),
    )


def answer(asked: LumpSumWithdrawalQuestion) -> LumpSumWithdrawal:
    return lump_sum_withdrawal(LAW, asked)


@given(in_all())
def test_the_amount_is_what_is_left_after_the_states_part_and_never_negative(asked: LumpSumWithdrawalQuestion) -> None:
    found = answer(asked)
    assert found.amount == max(0, found.before_deduction - found.state)
    assert found.eligible or found.amount == 0
    assert asked.case not in KEEPS_STATE_SUPPORT or found.state == 0


@given(in_all(), st.integers(1, 120))
def test_more_months_since_2014_never_give_less(asked: LumpSumWithdrawalQuestion, more: int) -> None:
    ill = replace(asked, case=Case.SERIOUS_ILLNESS)
    longer = replace(ill, months=(asked.months or 0) + more)
    assert answer(ill).before_deduction <= answer(longer).before_deduction


@given(in_all())
def test_a_year_is_worth_between_one_and_a_half_and_two_months(asked: LumpSumWithdrawalQuestion) -> None:
    found = answer(replace(asked, case=Case.SERIOUS_ILLNESS))
    years = Decimal(found.months) / 12
    if found.months_of_average is not None:
        assert years * Decimal("1.5") <= found.months_of_average <= 2 * (years + Decimal("0.5"))


@given(st.integers(1, 300), st.integers(1, 300), st.integers(100_000, 50_000_000))
def test_the_new_law_changed_nothing_for_who_paid_before_and_since_2014(before: int, since: int, average: int) -> None:
    asked = LumpSumWithdrawalQuestion(
        day=OLD,
        case=Case.SERIOUS_ILLNESS,
        months=before + since,
        months_before_2014=before,
        average_income=average,
    )
    assert answer(asked).amount == answer(replace(asked, day=NEW)).amount


@given(st.integers(1, 11), st.integers(1_500_000, 40_000_000), GROUPS)
def test_less_than_a_year_gives_back_no_more_than_was_paid(months: int, income: int, group: Group) -> None:
    spell = Spell(date(2026, 1, 1), add_months(date(2026, 1, 1), months - 1), income)
    asked = LumpSumWithdrawalQuestion(day=date(2026, 12, 1), case=Case.SETTLED_ABROAD, spells=(spell,), groups=(group,))
    found = answer(asked)
    assert found.before_deduction <= min(months * income * 22 // 100 + 1, 2 * income)
    assert found.amount <= found.before_deduction


@given(st.integers(0, 24), st.booleans(), st.integers(1, 400))
def test_waiting_a_year_opens_the_way_only_to_who_paid_before_the_law(out: int, before: bool, months: int) -> None:
    asked = LumpSumWithdrawalQuestion(
        day=NEW,
        case=Case.TWELVE_MONTHS_OUT,
        months=months,
        average_income=2_000_000,
        months_out=out,
        paid_before_2025_07=before,
        state_support=0,
    )
    assert answer(asked).eligible is (out >= 12 and before and months < 240)
    assert answer(replace(asked, day=OLD)).eligible is (out >= 12 and months < 240)


@given(st.integers(0, 60), st.integers(1, 100), GROUPS)
def test_the_state_added_for_ten_years_at_most(gap: int, more: int, group: Group) -> None:
    first = add_months(date(2018, 1, 1), gap)
    spells = [Spell(first, add_months(first, months - 1), 3_000_000) for months in (120, 120 + more)]
    ten_years, longer = (
        answer(LumpSumWithdrawalQuestion(day=NEW, case=Case.SETTLED_ABROAD, spells=(spell,), groups=(group,)))
        for spell in spells
    )
    assert 120 * 15_400 <= ten_years.state == longer.state <= 120 * 242_000


@given(st.integers(1, 24), GROUPS)
def test_the_state_added_nothing_before_2018(months: int, group: Group) -> None:
    spell = Spell(date(2016, 1, 1), add_months(date(2016, 1, 1), months - 1), 3_000_000)
    asked = LumpSumWithdrawalQuestion(day=NEW, case=Case.SETTLED_ABROAD, spells=(spell,), groups=(group,))
    assert answer(asked).state == 0
