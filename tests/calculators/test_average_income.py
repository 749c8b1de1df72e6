"""What holds for every career's average."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import load_library
from bot.calculators.average_income import AverageIncome, AverageIncomeQuestion, average_income
from bot.calculators.months import Scheme, Spell, add_months
from bot.settings import ROOT

LAW = load_library(ROOT / "content").law
TODAY = date(2026, 11, 22)
HIGHEST = Decimal("2.29")  # the coefficient of 2008 in the table of 2026
DAYS = st.dates(date(2016, 1, 1), date(2030, 12, 31))
INCOMES = st.integers(100_000, 50_000_000)


@st.composite
def careers(draw: st.DrawFn, last: date = date(2026, 11, 1)) -> tuple[Spell, ...]:
    """Spells of both schemes since 2008 that follow one another with gaps."""
    found: list[Spell] = []
    start = add_months(date(2008, 1, 1), draw(st.integers(0, 60)))
    for _ in range(draw(st.integers(1, 5))):
        end = min(add_months(start, draw(st.integers(0, 60))), last)
        if start > last:
            break
        found.append(Spell(start, end, draw(INCOMES), draw(st.sampled_from(Scheme)), draw(st.booleans())))
        start = add_months(end, draw(st.integers(1, 24)))
    return tuple(found)


def answer(spells: tuple[Spell, ...], day: date = TODAY) -> AverageIncome:
    return average_income(LAW, AverageIncomeQuestion(day=day, spells=spells))


@given(careers(), DAYS)
def test_the_average_lies_between_the_lowest_income_and_the_highest_raised_most(
    spells: tuple[Spell, ...], day: date
) -> None:
    incomes = [spell.income for spell in spells]
    assert min(incomes) <= answer(spells, day).average <= max(incomes) * HIGHEST + 1


@given(careers())
def test_twice_the_income_is_twice_the_average(spells: tuple[Spell, ...]) -> None:
    doubled = tuple(replace(spell, income=2 * spell.income) for spell in spells)
    assert abs(answer(doubled).average - 2 * answer(spells).average) <= 1


@given(careers(), st.randoms(use_true_random=False))
def test_neither_order_nor_cutting_a_spell_in_two_matters(spells: tuple[Spell, ...], random: Random) -> None:
    pieces = [piece for spell in spells for piece in in_two(spell)]
    random.shuffle(pieces)
    assert answer(tuple(pieces)).average == answer(spells).average


def in_two(spell: Spell) -> list[Spell]:
    if spell.months == 1:
        return [spell]
    middle = add_months(spell.since, spell.months // 2)
    return [replace(spell, until=add_months(middle, -1)), replace(spell, since=middle)]


@given(careers(), DAYS)
def test_the_average_is_an_estimate_only_without_a_table_or_with_months_to_come(
    spells: tuple[Spell, ...], day: date
) -> None:
    tables = {Scheme.VOLUNTARY: range(2023, 2027), Scheme.COMPULSORY: range(2024, 2027)}
    known = all(spell.coefficient_one or day.year in tables[spell.scheme] for spell in spells)
    to_come = any(spell.until.replace(day=1) > day for spell in spells)
    assert answer(spells, day).estimate is (to_come or not known)


@given(careers(), st.integers(0, 100_000_000), st.integers(1, 400))
def test_a_known_compulsory_average_weighs_by_its_months(spells: tuple[Spell, ...], average: int, months: int) -> None:
    voluntary = tuple(replace(spell, scheme=Scheme.VOLUNTARY) for spell in spells)
    asked = AverageIncomeQuestion(day=TODAY, spells=voluntary, compulsory_average=average + 1, compulsory_months=months)
    found, alone = average_income(LAW, asked), answer(voluntary)
    weighed = (Decimal(average + 1) * months + Decimal(alone.average) * alone.months) / (months + alone.months)
    assert abs(found.average - weighed) <= 1
    assert found.months == alone.months + months


@given(careers())
def test_every_month_is_counted_once(spells: tuple[Spell, ...]) -> None:
    found = answer(spells)
    assert found.months == sum(spell.months for spell in spells) == found.voluntary_months + found.compulsory_months
