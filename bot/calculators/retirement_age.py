"""When somebody reaches retirement age, and the first month of a pension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.calculators.contribution import LAW_2024
from bot.calculators.months import LONGEST_CAREER, add_months, duration, first_of_month, month_name, months_from
from bot.calculators.people import Sex, check_birth
from bot.calculators.working import Question, Result, Unit, Working, refuse
from bot.law.parameters import Law
from bot.vn import show

LABOUR_CODE_2019 = date(2021, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetirementAgeQuestion(Question):
    """Who asks, and what they have paid into voluntary insurance."""

    sex: Sex
    """male or female."""
    birth: date
    """Date of birth; where only the year or the month is known, its first day ("1965", "1965-03")."""
    only_year_known: bool = False
    """True: the papers name the year of birth only, which before 2021 meant January of the year after."""
    joined_voluntary_before_2021: bool = False
    """True: paid into voluntary insurance before 2021-01-01."""
    voluntary_months: int = 0
    """Months paid into voluntary insurance until retirement, for the older age of those who joined before 2021."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetirementAge(Result):
    """The age in months of life, the day it is reached, the first month of a pension, and months until then.

    The transitional figures are None where the older age is not open to the person.
    """

    age_months: int
    reached: date
    first_month: date
    months_left: int
    transitional_age_months: int | None
    transitional_reached: date | None
    transitional_first_month: date | None


def retirement_age(law: Law, asked: RetirementAgeQuestion) -> RetirementAge:
    """Return the retirement age under normal working conditions: the age of the calendar year in which it is reached counts.

    Men 62 from 2028, women 60 from 2035, rising step by step since 2021. A pension starts the month after.
    Units: months of life. Errors: CitizenError for an impossible date of birth.
    Source: Bộ luật Lao động 45/2019/QH14, Điều 169 khoản 2; Luật BHXH 41/2024/QH15, Điều 98, 101, 141 khoản 9.
    """
    check_birth(asked.birth, asked.day)
    if not 0 <= asked.voluntary_months <= LONGEST_CAREER:
        raise refuse("too_many_years", most=LONGEST_CAREER // 12)
    working = Working(law, asked.day)
    age = normal_age(working, asked.sex, asked.birth)
    reached = _reached(working, asked.birth, age)
    first = _first_month(working, asked, reached)
    older = _transitional_age(working, asked)
    return RetirementAge(
        age_months=age,
        reached=reached,
        first_month=first,
        months_left=max(0, months_from(asked.day, reached)),
        transitional_age_months=older,
        transitional_reached=add_months(asked.birth, older) if older else None,
        transitional_first_month=max(LAW_2024, month_after(add_months(asked.birth, older))) if older else None,
        **working.findings,
    )


def normal_age(working: Working, sex: Sex, birth: date) -> int:
    """Return the age that is in force on the day it is reached, in months of life."""
    name = f"pension.retirement_age.{sex}"
    steps = working.law.parameters[name].values
    for step, following in zip(steps, (*steps[1:], None), strict=True):
        assert isinstance(step.value, int)
        if following is None or add_months(birth, step.value) < following.since:
            return working.whole(name, step.since)
    raise AssertionError("the last step holds for ever")


def month_after(day: date) -> date:
    """Return the first day of the following month."""
    return add_months(first_of_month(day), 1)


def _reached(working: Working, birth: date, age: int) -> date:
    reached = add_months(birth, age)
    working.write("calc_retirement_age", duration(age), age, Unit.AGE)
    rule = "Luật BHXH 41/2024/QH15, Điều 98" if reached >= LAW_2024 else "Luật BHXH 58/2014/QH13, Điều 73"
    working.write("calc_age_reached", f"{show.day(birth)} + {duration(age)}", reached, Unit.DAY, rule)
    return reached


def _first_month(working: Working, asked: RetirementAgeQuestion, reached: date) -> date:
    first, rule = month_after(reached), "Luật BHXH 41/2024/QH15, Điều 101 khoản 1"
    formula = f"{month_name(reached)} + 1 tháng"
    if reached < LAW_2024:
        rule = "Luật BHXH 58/2014/QH13, Điều 76 khoản 1"
    if asked.only_year_known and reached < LABOUR_CODE_2019:
        first, rule = date(reached.year + 1, 1, 1), "Thông tư 59/2015/TT-BLĐTBXH, Điều 18 khoản 2"
        formula = f"{reached.year} + 1 năm"
    elif asked.only_year_known:
        working.note("calc_only_year_known", year=str(asked.birth.year))
    working.write("calc_first_pension_month", formula, first, Unit.DAY, rule)
    return first


def _transitional_age(working: Working, asked: RetirementAgeQuestion) -> int | None:
    """Return the lower age of those who joined voluntary insurance before 2021 and paid 20 years into it; none before 2025-07-01."""
    if not asked.joined_voluntary_before_2021 or not working.has("pension.transitional_age.min_voluntary_years"):
        return None
    years = working.whole("pension.transitional_age.min_voluntary_years")
    age = 12 * working.whole(f"pension.transitional_age.{asked.sex}")
    if asked.voluntary_months < 12 * years:
        working.note("calc_transitional_age_possible", years=str(years), age=show.age(age))
        return None
    working.write("calc_transitional_age", duration(age), age, Unit.AGE)
    working.note("calc_transitional_age_choice", age=show.age(age), day=show.day(add_months(asked.birth, age)))
    return age
