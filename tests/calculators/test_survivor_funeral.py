"""What holds for every family."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import load_library
from bot.calculators.survivor_funeral import SurvivorFuneral, SurvivorFuneralQuestion, survivor_funeral
from bot.settings import ROOT

LAW = load_library(ROOT / "content").law
OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
DAYS = st.dates(date(2016, 1, 1), date(2027, 12, 31))


@st.composite
def insured(draw: st.DrawFn) -> SurvivorFuneralQuestion:
    """Somebody who drew no pension."""
    months = draw(st.integers(1, 500))
    relatives = draw(st.integers(0, 8))
    return SurvivorFuneralQuestion(
        day=draw(DAYS),
        months=months,
        compulsory_months=draw(st.integers(0, months)),
        months_before_2014=draw(st.integers(0, months)),
        average_income=draw(st.integers(700_000, 50_000_000)),
        work_accident=draw(st.booleans()),
        relatives=relatives,
        without_carer=draw(st.integers(0, relatives)),
        deaths=draw(st.sampled_from([1, 2])),
    )


def answer(asked: SurvivorFuneralQuestion) -> SurvivorFuneral:
    return survivor_funeral(LAW, asked)


def level(day: date) -> int:
    value = LAW.parameters["common.base_salary"].on(day).value
    assert isinstance(value, int)
    return value


@given(insured())
def test_the_funeral_grant_is_ten_levels_or_nothing(asked: SurvivorFuneralQuestion) -> None:
    due = asked.work_accident or asked.compulsory_months >= 12 or (asked.months or 0) >= 60
    assert answer(asked).funeral == (10 * level(asked.day) if due else 0)


@given(insured())
def test_no_amount_is_negative_and_the_family_has_ninety_days(asked: SurvivorFuneralQuestion) -> None:
    found = answer(asked)
    assert min(found.funeral, found.one_off, found.monthly) >= 0
    assert found.file_by == asked.day + timedelta(days=90)


@given(insured())
def test_at_most_four_relatives_draw_the_allowance(asked: SurvivorFuneralQuestion) -> None:
    found = answer(asked)
    assert found.monthly <= 4 * asked.deaths * level(asked.day) * Decimal("0.7")
    due = asked.work_accident or asked.compulsory_months >= 180
    assert (found.monthly > 0) is (due and asked.relatives > 0)


@given(insured())
def test_compulsory_months_are_worth_three_months_at_least(asked: SurvivorFuneralQuestion) -> None:
    if asked.compulsory_months:
        assert answer(asked).one_off >= 3 * (asked.average_income or 0)


@given(st.integers(1, 300), st.integers(59, 300), st.integers(700_000, 50_000_000))
def test_the_new_law_changed_nothing_for_who_paid_before_and_since_2014(before: int, since: int, average: int) -> None:
    asked = SurvivorFuneralQuestion(day=OLD, months=before + since, months_before_2014=before, average_income=average)
    assert answer(asked).one_off == answer(replace(asked, day=NEW)).one_off


@given(DAYS, st.integers(500_000, 30_000_000), st.integers(0, 400), st.integers(0, 50))
def test_every_month_drawn_lessens_the_pensioners_grant_by_half_a_month_down_to_three(
    day: date, pension: int, drawn: int, more: int
) -> None:
    asked = SurvivorFuneralQuestion(day=day, pension=pension, pension_months=drawn, compulsory_months=240)
    earlier, later = answer(asked).one_off, answer(replace(asked, pension_months=drawn + more)).one_off
    assert 3 * pension <= later <= earlier <= 48 * pension
    assert earlier - later <= (more * pension + 1) // 2 + 1


@given(insured(), st.integers(1, 120))
def test_more_months_since_2014_never_give_less(asked: SurvivorFuneralQuestion, more: int) -> None:
    long = replace(asked, months=(asked.months or 0) + 60)
    assert answer(long).one_off <= answer(replace(long, months=(long.months or 0) + more)).one_off
