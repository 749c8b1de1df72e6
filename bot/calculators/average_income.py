"""The average monthly income a pension is a share of: every month paid, raised to the prices of the year before the claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.calculators.coefficients import Given, official
from bot.calculators.contribution import LAW_2024
from bot.calculators.months import LONGEST_CAREER, Scheme, Spell, check_spells, first_of_month, month_name
from bot.calculators.working import Question, Result, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

LARGEST_COEFFICIENT = 100  # prices rose sixfold since 1994


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageIncomeQuestion(Question):
    """What was paid when; `day` is the day of the claim."""

    spells: tuple[Spell, ...] = ()
    """Months in a row paid at one income or salary; none may overlap."""
    compulsory_average: int | None = None
    """The average salary of all compulsory months, đồng, where it is known and they are not among the spells."""
    compulsory_months: int = 0
    """How many compulsory months `compulsory_average` stands for; where all is given as `months`: how many of them."""
    coefficients: dict[int, Decimal] = field(default_factory=dict)
    """Year → coefficient such as {"2016": "1.32"}, instead of the official tables; every year paid in needs one. An estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageIncome(Result):
    """The average, đồng a month, and the months it was taken of."""

    average: int
    months: int
    voluntary_months: int
    compulsory_months: int


@dataclass(frozen=True, slots=True)
class Part:
    """The months of one calendar year in one spell."""

    spell: Spell
    year: int
    months: int


def average_income(law: Law, asked: AverageIncomeQuestion) -> AverageIncome:
    """Return the mean of all monthly incomes and salaries, each times the coefficient of its year.

    A claim in a year without a table is answered from the nearest one, as an estimate. Salaries of the State's own
    scale follow other rules and are not covered. Units: đồng a month. Errors: CitizenError when spells overlap, when
    voluntary months lie before 2008, when nothing was paid.
    Source: Luật BHXH 41/2024/QH15, Điều 72, 104; Nghị định 159/2025/NĐ-CP, Điều 10, 11 khoản 4; before 2025-07-01
    Luật BHXH 58/2014/QH13, Điều 62, 63, 79; Nghị định 134/2015/NĐ-CP, Điều 4, 5 khoản 4.
    """
    working = Working(law, asked.day)
    spells = _checked(asked)
    voluntary = [spell for spell in spells if spell.scheme is Scheme.VOLUNTARY]
    compulsory = [spell for spell in spells if spell.scheme is Scheme.COMPULSORY]
    months = {Scheme.VOLUNTARY: count(voluntary), Scheme.COMPULSORY: count(compulsory) + asked.compulsory_months}
    _say_what_is_assumed(working, asked, spells)
    total = _adjusted(working, asked, voluntary) + _adjusted(working, asked, compulsory) + _given(working, asked)
    everything = sum(months.values())
    formula = f"{show.grouped(dong(total))} ÷ {everything}"
    rule = average_rule(working, voluntary=months[Scheme.VOLUNTARY] > 0, compulsory=months[Scheme.COMPULSORY] > 0)
    return AverageIncome(
        average=working.step("calc_average_income", formula, dong(total / everything), rule),
        months=everything,
        voluntary_months=months[Scheme.VOLUNTARY],
        compulsory_months=months[Scheme.COMPULSORY],
        **working.findings,
    )


def count(spells: list[Spell] | tuple[Spell, ...]) -> int:
    """Return the months of all spells."""
    return sum(spell.months for spell in spells)


def parts(spell: Spell) -> Iterator[Part]:
    """Yield the calendar years of a spell with their months."""
    for year in range(spell.since.year, spell.until.year + 1):
        first = spell.since.month if year == spell.since.year else 1
        last = spell.until.month if year == spell.until.year else 12
        yield Part(spell, year, last - first + 1)


def _checked(asked: AverageIncomeQuestion) -> tuple[Spell, ...]:
    spells = check_spells(asked.spells)
    if (asked.compulsory_average is None) != (asked.compulsory_months == 0) or asked.compulsory_months < 0:
        raise refuse("compulsory_average_and_months")
    if asked.compulsory_average is not None and asked.compulsory_average <= 0:
        raise refuse("income_not_positive")
    if asked.compulsory_average is not None and any(spell.scheme is Scheme.COMPULSORY for spell in spells):
        raise refuse("compulsory_given_twice")
    if any(coefficient < 1 for coefficient in asked.coefficients.values()):
        raise refuse("coefficient_below_one")
    if any(coefficient > LARGEST_COEFFICIENT for coefficient in asked.coefficients.values()):
        raise refuse("coefficient_too_large", most=LARGEST_COEFFICIENT)
    months = count(spells) + asked.compulsory_months
    if not months:
        raise refuse("nothing_paid")
    if months > LONGEST_CAREER:
        raise refuse("too_many_years", most=LONGEST_CAREER // 12)
    return spells


def _say_what_is_assumed(working: Working, asked: AverageIncomeQuestion, spells: tuple[Spell, ...]) -> None:
    if any(spell.scheme is Scheme.COMPULSORY for spell in spells):
        working.note("calc_state_salary_not_covered")
    if asked.coefficients:
        working.doubt("coefficients")
        working.note("calc_coefficients_given")
    if any(first_of_month(spell.until) > asked.day for spell in spells):
        working.doubt("planned_months")
        working.note("calc_planned_months", month=month_name(asked.day))


def _adjusted(working: Working, asked: AverageIncomeQuestion, spells: list[Spell]) -> Decimal:
    """Write a step for every year and return the exact sum; all spells are of one scheme."""
    if not spells:
        return Decimal(0)
    scheme, total = spells[0].scheme, Decimal(0)
    table, rule = _table(working, asked, scheme, spells), _adjusting_rule(working, scheme)
    for spell in spells:
        income = show.grouped(spell.income)
        once = working.decimal("pension.coefficient_missing_years") if spell.coefficient_one else None
        for part in parts(spell):
            coefficient = table[part.year] if once is None else once
            amount = part.months * spell.income * coefficient
            formula = f"{part.months} tháng ({part.year}) × {income} × {show.decimal_comma(coefficient)}"
            working.step("calc_income_adjusted", formula, dong(amount), rule)
            total += amount
    return total


def _table(
    working: Working, asked: AverageIncomeQuestion, scheme: Scheme, spells: list[Spell]
) -> Mapping[int, Decimal]:
    if asked.coefficients or all(spell.coefficient_one for spell in spells):
        return Given(asked.coefficients)
    return official(working, scheme)


def _given(working: Working, asked: AverageIncomeQuestion) -> Decimal:
    """Return the sum that the given average of the compulsory months stands for."""
    if asked.compulsory_average is None:
        return Decimal(0)
    amount = asked.compulsory_average * asked.compulsory_months
    formula = f"{asked.compulsory_months} tháng × {show.grouped(asked.compulsory_average)}"
    working.step("calc_compulsory_sum", formula, amount, _adjusting_rule(working, Scheme.COMPULSORY))
    return Decimal(amount)


def _adjusting_rule(working: Working, scheme: Scheme) -> str:
    if scheme is Scheme.VOLUNTARY:
        return "Nghị định 159/2025/NĐ-CP, Điều 10" if working.day >= LAW_2024 else "Nghị định 134/2015/NĐ-CP, Điều 4"
    return "Nghị định 158/2025/NĐ-CP, Điều 16" if working.day >= LAW_2024 else "Nghị định 115/2015/NĐ-CP, Điều 10"


def average_rule(working: Working, *, voluntary: bool, compulsory: bool) -> str:
    """Return the article on the average of the day's law."""
    new = working.day >= LAW_2024
    if voluntary and compulsory:
        return "Nghị định 159/2025/NĐ-CP, Điều 11 khoản 4" if new else "Nghị định 134/2015/NĐ-CP, Điều 5 khoản 4"
    if compulsory:
        return "Luật BHXH 41/2024/QH15, Điều 72" if new else "Luật BHXH 58/2014/QH13, Điều 62"
    return "Luật BHXH 41/2024/QH15, Điều 104" if new else "Luật BHXH 58/2014/QH13, Điều 79"
