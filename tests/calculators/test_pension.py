"""What holds for every pension and plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import load_library
from bot.calculators.pension import Pension, PensionQuestion, pension
from bot.calculators.pension_plan import PensionPlanQuestion, pension_plan
from bot.calculators.people import Sex
from bot.settings import ROOT

LAW = load_library(ROOT / "content").law
OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
DAYS = st.dates(date(2016, 1, 1), date(2027, 12, 31))
MONTHS = st.integers(180, 600)
LONG = st.integers(240, 600)
AVERAGES = st.integers(100_000, 50_000_000)
SEXES = st.sampled_from(Sex)


def answer(day: date, sex: Sex, months: int, average: int = 5_000_000, **more: int) -> Pension:
    return pension(LAW, PensionQuestion(day=day, sex=sex, months=months, average_income=average, **more))  # type: ignore[arg-type]


def rate(found: Pension) -> Decimal:
    assert found.rate is not None
    return found.rate


@given(DAYS, SEXES, LONG, AVERAGES)
def test_the_share_lies_between_two_fifths_and_three_quarters(day: date, sex: Sex, months: int, average: int) -> None:
    found = answer(day, sex, months, average)
    assert Decimal("0.4") <= rate(found) <= Decimal("0.75")
    assert found.monthly is not None
    assert abs(found.monthly - rate(found) * average) <= Decimal("0.5")


@given(st.dates(NEW, date(2027, 12, 31)), SEXES, MONTHS, st.integers(0, 120))
def test_more_months_never_mean_less(day: date, sex: Sex, months: int, more: int) -> None:
    less, longer = answer(day, sex, months), answer(day, sex, min(840, months + more))
    assert rate(less) <= rate(longer)
    assert less.lump_sum <= longer.lump_sum


@given(DAYS, SEXES, LONG, AVERAGES, st.integers(0, 1_000_000))
def test_a_higher_average_never_means_less(day: date, sex: Sex, months: int, average: int, more: int) -> None:
    less, richer = answer(day, sex, months, average), answer(day, sex, months, average + more)
    assert (less.monthly or 0) <= (richer.monthly or 0)
    assert less.lump_sum <= richer.lump_sum


@given(SEXES, LONG, AVERAGES)
def test_the_new_law_changed_nothing_for_twenty_years_and_more(sex: Sex, months: int, average: int) -> None:
    before, after = answer(OLD, sex, months, average), answer(NEW, sex, months, average)
    assert (before.rate, before.monthly, before.lump_sum) == (after.rate, after.monthly, after.lump_sum)


@given(st.integers(180, 239))
def test_fifteen_years_suffice_since_the_new_law_only(months: int) -> None:
    assert not answer(OLD, Sex.FEMALE, months).eligible
    assert answer(NEW, Sex.FEMALE, months).eligible


@given(MONTHS)
def test_women_never_have_a_smaller_share_than_men(months: int) -> None:
    assert rate(answer(NEW, Sex.FEMALE, months)) >= rate(answer(NEW, Sex.MALE, months))


def test_a_mans_share_rises_without_a_jump_at_twenty_years() -> None:
    shares = [rate(answer(NEW, Sex.MALE, months)) for months in range(180, 301)]
    assert all(
        later - earlier in (Decimal(0), Decimal("0.005"), Decimal("0.01"))
        for earlier, later in zip(shares, shares[1:], strict=False)
    )


@given(DAYS, SEXES, st.integers(240, 480), st.integers(1, 60))
def test_retiring_early_costs_at_most_a_point_for_every_half_year(day: date, sex: Sex, months: int, early: int) -> None:
    asked = PensionQuestion(day=day, sex=sex, months=months, compulsory_months=months, average_income=20_000_000)
    whole, cut = pension(LAW, asked), pension(LAW, replace(asked, early_months=early))
    assert rate(whole) - rate(cut) == Decimal(early // 6) / 100


@given(SEXES, LONG, st.integers(0, 600))
def test_years_after_the_age_never_lessen_the_lump_sum(sex: Sex, months: int, after: int) -> None:
    assert answer(NEW, sex, months).lump_sum <= answer(NEW, sex, months, months_after_retirement_age=after).lump_sum


@given(DAYS, st.integers(240, 600), AVERAGES)
def test_long_compulsory_careers_have_a_floor(day: date, months: int, average: int) -> None:
    found = answer(day, Sex.FEMALE, months, average, compulsory_months=months)
    level = LAW.parameters["common.base_salary"].on(day).value
    assert isinstance(level, int) and (found.monthly or 0) >= level


@given(DAYS, SEXES, st.integers(1, 840))
def test_a_pension_is_due_when_no_month_is_missing(day: date, sex: Sex, months: int) -> None:
    found = answer(day, sex, months)
    least = 240 if day < NEW else 180
    assert found.eligible is (months >= least)
    assert found.missing_months == max(0, least - months)
    assert (found.monthly is None) is not found.eligible


@given(
    SEXES,
    st.dates(date(1960, 1, 1), date(2008, 1, 1)),
    st.integers(1, 400),
    st.integers(0, 200),
    st.integers(1_500_000, 50_600_000),
)
def test_a_plan_says_either_the_pension_or_what_is_missing(
    sex: Sex, birth: date, to_pay: int, paid: int, income: int
) -> None:
    asked = PensionPlanQuestion(
        day=date(2026, 11, 22), sex=sex, birth=birth, income=income, months_to_pay=to_pay, voluntary_months=paid
    )
    found = pension_plan(LAW, asked)
    assert found.estimate and found.months == to_pay + paid
    assert found.enough is (found.monthly is not None) is (found.monthly_when_closed is None)
    assert found.missing_months == max(0, 180 - found.months)
    assert found.payable_at_once is (0 < found.missing_months <= 60)
    assert found.first_month > found.reached or found.first_month >= date(2026, 11, 1)


@pytest.mark.parametrize("sex", Sex)
def test_a_plan_and_a_pension_agree(sex: Sex) -> None:
    asked = PensionPlanQuestion(
        day=date(2026, 11, 22), sex=sex, birth=date(1990, 5, 1), income=3_000_000, months_to_pay=400
    )
    plan, found = pension_plan(LAW, asked), answer(date(2026, 11, 22), sex, 400, 3_000_000)
    assert (plan.rate, plan.monthly) == (found.rate, found.monthly)
