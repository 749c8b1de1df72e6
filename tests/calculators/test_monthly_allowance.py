"""What holds for every monthly allowance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.answers.library import load_library
from bot.calculators.monthly_allowance import MonthlyAllowance, MonthlyAllowanceQuestion, monthly_allowance
from bot.calculators.people import Sex
from bot.settings import ROOT

LAW = load_library(ROOT / "content").law
SOCIAL = 540_000


@st.composite
def questions(draw: st.DrawFn) -> MonthlyAllowanceQuestion:
    """Somebody in the age between retirement and the social pension, or near it."""
    months = draw(st.integers(1, 200))
    return MonthlyAllowanceQuestion(
        day=date(2026, 11, 22),
        sex=draw(st.sampled_from(Sex)),
        birth=draw(st.dates(date(1950, 1, 1), date(1970, 12, 31))),
        months=months,
        compulsory_months=draw(st.integers(0, months)),
        average_income=draw(st.integers(700_000, 50_000_000)),
        poor_household=draw(st.booleans()),
    )


def answer(asked: MonthlyAllowanceQuestion) -> MonthlyAllowance:
    return monthly_allowance(LAW, asked)


@given(questions())
def test_what_is_paid_out_is_what_was_earned_but_for_the_rounding(asked: MonthlyAllowanceQuestion) -> None:
    found = answer(asked)
    assume(found.eligible)
    years, odd = divmod(asked.months or 0, 12)
    credited = years + (Decimal("0.5") if 0 < odd < 7 else Decimal(odd > 6))
    earned = 2 * credited * (asked.average_income or 0)
    assert earned - found.months <= found.monthly * found.months <= earned + SOCIAL + found.months


@given(questions())
def test_the_allowance_is_never_below_the_social_pension_and_ends_at_its_age(asked: MonthlyAllowanceQuestion) -> None:
    found = answer(asked)
    if not found.eligible:
        assert (found.monthly, found.months, found.shortfall, found.until) == (0, 0, 0, None)
        return
    assert found.monthly >= SOCIAL
    assert found.months <= found.months_to_social_pension


@given(questions())
def test_the_shortfall_buys_the_months_that_are_missing(asked: MonthlyAllowanceQuestion) -> None:
    found = answer(asked)
    assume(found.eligible)
    assert found.shortfall == (found.months_to_social_pension - found.months) * SOCIAL


@given(questions(), st.integers(0, 10_000_000))
def test_a_higher_average_never_gives_less(asked: MonthlyAllowanceQuestion, more: int) -> None:
    less, richer = answer(asked), answer(replace(asked, average_income=(asked.average_income or 0) + more))
    assert less.monthly * less.months <= richer.monthly * richer.months + richer.months


@given(questions())
def test_a_poor_household_waits_less(asked: MonthlyAllowanceQuestion) -> None:
    poor, other = answer(replace(asked, poor_household=True)), answer(replace(asked, poor_household=False))
    assert poor.months_to_social_pension == max(0, other.months_to_social_pension - 60)


@given(questions())
def test_nobody_has_both_a_pension_and_the_allowance(asked: MonthlyAllowanceQuestion) -> None:
    assume((asked.months or 0) >= 180)
    assert not answer(asked).eligible
