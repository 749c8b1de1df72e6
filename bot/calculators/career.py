"""A career as benefits see it: how long, in which scheme, at which average, how much before 2014."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.calculators.average_income import AverageIncomeQuestion, average_income, average_rule, parts
from bot.calculators.contribution import LAW_2024
from bot.calculators.months import LONGEST_CAREER, Scheme, Spell, duration
from bot.calculators.working import Unit, Working, dong, refuse
from bot.vn import show

FROM_2014 = date(2014, 1, 1)  # the day from which a year counts two months' average


@dataclass(frozen=True, slots=True, kw_only=True)
class CareerQuestion(AverageIncomeQuestion):
    """What was paid: month by month as spells, or in all as `months` and `average_income`."""

    months: int | None = None
    """All months paid, in place of `spells`; `compulsory_months` of them into compulsory insurance."""
    average_income: int | None = None
    """The average already adjusted to today, đồng a month: belongs to `months` and is needed with it."""
    months_before_2014: int = 0
    """Of `months`, or of the `compulsory_months` that are not among the spells: those before 2014."""
    amount_paid: int | None = None
    """All contributions paid, đồng, for careers so short that they are paid back; left out: reckoned."""


@dataclass(frozen=True, slots=True)
class Career:
    """Months paid and the average, đồng a month."""

    months: int
    compulsory_months: int
    before_2014: int
    average: int
    spells: tuple[Spell, ...]

    @property
    def voluntary_months(self) -> int:
        """The months paid into voluntary insurance."""
        return self.months - self.compulsory_months

    @property
    def mixed(self) -> bool:
        """Tell whether both schemes were paid into."""
        return 0 < self.compulsory_months < self.months


def career_of(working: Working, asked: CareerQuestion) -> Career:
    """Return the career asked about, writing how its average came about; raise CitizenError when it is impossible."""
    if asked.amount_paid is not None and asked.amount_paid < 0:
        raise refuse("amount_negative")
    return _career_in_all(working, asked) if asked.months is not None else _career_of_spells(working, asked)


def _career_in_all(working: Working, asked: CareerQuestion) -> Career:
    months, average = asked.months or 0, asked.average_income
    if asked.spells or asked.compulsory_average is not None:
        raise refuse("career_given_twice")
    if not 1 <= months <= LONGEST_CAREER:
        raise refuse("months_out_of_range", most=LONGEST_CAREER)
    if average is None or average <= 0:
        raise refuse("average_needed")
    if not (0 <= asked.months_before_2014 <= months and 0 <= asked.compulsory_months <= months):
        raise refuse("months_parts_too_many", months=duration(months))
    voluntary, compulsory = asked.compulsory_months < months, asked.compulsory_months > 0
    rule = average_rule(working, voluntary=voluntary, compulsory=compulsory)
    working.step("calc_average_income", show.grouped(average), average, rule)
    return Career(months, asked.compulsory_months, asked.months_before_2014, average, ())


def _career_of_spells(working: Working, asked: CareerQuestion) -> Career:
    if asked.average_income is not None:
        raise refuse("months_needed")
    if asked.compulsory_months < 0:
        raise refuse("months_out_of_range", most=LONGEST_CAREER)
    if not 0 <= asked.months_before_2014 <= asked.compulsory_months:
        raise refuse("months_parts_too_many", months=duration(asked.compulsory_months))
    found = average_income(
        working.law,
        AverageIncomeQuestion(
            day=asked.day,
            spells=asked.spells,
            compulsory_average=asked.compulsory_average,
            compulsory_months=asked.compulsory_months,
            coefficients=asked.coefficients,
        ),
    )
    working.take(found)
    before = sum(part.months for spell in asked.spells for part in parts(spell) if part.year < FROM_2014.year)
    ordered = tuple(sorted(asked.spells, key=lambda spell: spell.since))
    return Career(found.months, found.compulsory_months, before + asked.months_before_2014, found.average, ordered)


def credited_years(working: Working, months: int) -> Decimal:
    """Return the years that count for an amount: few odd months are half a year, many a whole one."""
    years, odd = divmod(months, 12)
    half_up_to = working.whole("pension.odd_months.half_year_max_months")
    rest = Decimal(0) if not odd else Decimal("0.5") if odd <= half_up_to else Decimal(1)
    return years + rest


def months_of_average(working: Working, career: Career, worths: str) -> Decimal:
    """Write and return how many months' average the years are worth; `worths` begins the names of both worths of a year."""
    before, after = _years_by_period(working, career)
    early, late = working.decimal(f"{worths}before_2014"), working.decimal(f"{worths}from_2014")
    worth = (before * early + after * late).normalize()
    terms = [(before, early), (after, late)]
    formula = " + ".join(
        f"{show.decimal_comma(years)} năm × {show.decimal_comma(each)}" for years, each in terms if years
    )
    working.write("calc_months_of_average", formula, worth, Unit.TIMES)
    return worth


def _years_by_period(working: Working, career: Career) -> tuple[Decimal, Decimal]:
    """Odd months before 2014 move to the later part: by the law of 2024 only where there is a later part."""
    later = career.months - career.before_2014
    if working.day >= LAW_2024 and not later:
        return credited_years(working, career.before_2014), Decimal(0)
    years, odd = divmod(career.before_2014, 12)
    return Decimal(years), credited_years(working, odd + later)


def amount_paid(working: Working, asked: CareerQuestion, career: Career, rule: str) -> int:
    """Write and return what was paid in all, for careers too short to be worth months of the average."""
    if asked.amount_paid is not None:
        return working.step("calc_amount_paid", show.grouped(asked.amount_paid), asked.amount_paid, rule)
    if not career.spells or asked.compulsory_months:
        rate = working.decimal("one_off.amount_paid_rate")
        working.doubt("amount_paid")
        working.note("calc_amount_paid_reckoned")
        formula = f"{show.percent(rate)} × {career.months} tháng × {show.grouped(career.average)}"
        return working.step("calc_amount_paid", formula, dong(rate * career.months * career.average), rule)
    total, terms = Decimal(0), []
    for part in (part for spell in career.spells for part in parts(spell)):
        rate = _rate(working, part.spell, part.year)
        total += rate * part.months * part.spell.income
        terms.append(f"{show.percent(rate)} × {part.months} tháng × {show.grouped(part.spell.income)}")
    return working.step("calc_amount_paid", " + ".join(terms), dong(total), rule)


def _rate(working: Working, spell: Spell, year: int) -> Decimal:
    if spell.scheme is Scheme.COMPULSORY:
        return working.decimal("one_off.amount_paid_rate")
    return working.decimal("voluntary_contribution.rate", date(year, 1, 1))
