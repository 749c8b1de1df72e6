"""What somebody who pays on until a date can expect: whether the years suffice at the age, and the pension in today's money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.calculators.career import Career
from bot.calculators.contribution import LAW_2024, check_income, income_range, say_that_the_floor_rises
from bot.calculators.months import LONGEST_CAREER, add_months, first_of_month, months_from, months_of_life
from bot.calculators.pension import missing_months, monthly_pension
from bot.calculators.pension_rate import lump_sum, pension_rate, pension_years
from bot.calculators.people import Sex
from bot.calculators.retirement_age import RetirementAge, RetirementAgeQuestion, month_after, retirement_age
from bot.calculators.working import Question, Result, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show


@dataclass(frozen=True, slots=True, kw_only=True)
class PensionPlanQuestion(Question):
    """What somebody plans to pay into voluntary insurance from the month of `day` on, and what was paid before."""

    sex: Sex
    """male or female."""
    birth: date
    """Date of birth ("1985", "1985-03" where no more is known)."""
    income: int
    """The monthly income chosen for the months to come, đồng."""
    months_to_pay: int | None = None
    """Months to pay from the month of `day` on; left out: until the month of the retirement age."""
    voluntary_months: int = 0
    """Months already paid into voluntary insurance."""
    voluntary_average: int | None = None
    """Their average in today's money, đồng a month; left out: `income`."""
    compulsory_months: int = 0
    """Months already paid into compulsory insurance."""
    compulsory_average: int | None = None
    """Their average in today's money, đồng a month; left out: `income`."""
    joined_voluntary_before_2021: bool = False
    """True: paid into voluntary insurance before 2021-01-01."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PensionPlan(Result):
    """The plan's outcome in today's money, đồng a month.

    `monthly` is None while years are missing. `missing_months` can then be paid in one go at the age when
    `payable_at_once`, else the last of them; paid month by month they end in `paid_on_until`. `first_month` is the
    earliest first month of a pension, `monthly_when_closed` the pension once the missing months are paid.
    """

    age_months: int
    reached: date
    first_month: date
    months: int
    enough: bool
    missing_months: int
    payable_at_once: bool
    paid_on_until: date | None
    average: int
    rate: Decimal | None
    monthly: int | None
    lump_sum: int
    monthly_when_closed: int | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    rate: Decimal
    monthly: int
    lump_sum: int


def pension_plan(law: Law, asked: PensionPlanQuestion) -> PensionPlan:
    """Return what a plan comes to, by the law of the day as if it held for ever: prices and increases are left out.

    Units: đồng, months. Errors: CitizenError for an income that may not be chosen, an impossible date of birth or
    count of months. Source: Luật BHXH 41/2024/QH15, Điều 98 to 101, 104, 111; Nghị định 159/2025/NĐ-CP, Điều 7, 11.
    """
    _check(Working(law, asked.day), asked)
    working = Working(law, asked.day)
    age = _age(law, asked)
    working.take(age)
    to_pay = _until_the_age(asked, age) if asked.months_to_pay is None else asked.months_to_pay
    career = _career(working, asked, to_pay, "calc_average_income")
    missing, most = missing_months(working, career), working.whole("voluntary_contribution.missing_months_max")
    at_once = 0 < missing <= most
    last = add_months(first_of_month(asked.day), to_pay - 1)
    _say_what_is_assumed(working, missing, most)
    if to_pay:
        say_that_the_floor_rises(working, asked.income)
    outcome = None if missing else _outcome(working, asked, career, _months_after(age, last))
    closed = _closed(working, asked, to_pay + missing) if missing else None
    return PensionPlan(
        age_months=age.age_months,
        reached=_reached(age),
        first_month=_first_month(asked, age, last, max(0, missing - most)),
        months=career.months,
        enough=not missing,
        missing_months=missing,
        payable_at_once=at_once,
        paid_on_until=add_months(last, missing) if missing else None,
        average=career.average,
        rate=outcome.rate if outcome else None,
        monthly=outcome.monthly if outcome else None,
        lump_sum=outcome.lump_sum if outcome else 0,
        monthly_when_closed=closed.monthly if closed else None,
        **working.findings,
    )


def _check(working: Working, asked: PensionPlanQuestion) -> None:
    if asked.birth <= asked.day:
        least = working.whole("voluntary_contribution.min_age")
        if months_of_life(asked.birth, asked.day) < 12 * least:
            raise refuse("too_young_to_pay", least=least, day=show.day(add_months(asked.birth, 12 * least)))
    check_income(asked.income, *income_range(working), working)
    counts = (asked.months_to_pay or 0, asked.voluntary_months, asked.compulsory_months)
    if min(counts) < 0 or sum(counts) > LONGEST_CAREER:
        raise refuse("too_many_years", most=LONGEST_CAREER // 12)
    if any(average is not None and average <= 0 for average in (asked.voluntary_average, asked.compulsory_average)):
        raise refuse("income_not_positive")


def _age(law: Law, asked: PensionPlanQuestion) -> RetirementAge:
    planned = asked.months_to_pay or 0
    return retirement_age(
        law,
        RetirementAgeQuestion(
            day=asked.day,
            sex=asked.sex,
            birth=asked.birth,
            joined_voluntary_before_2021=asked.joined_voluntary_before_2021,
            voluntary_months=min(LONGEST_CAREER, asked.voluntary_months + planned),
        ),
    )


def _until_the_age(asked: PensionPlanQuestion, age: RetirementAge) -> int:
    """Return the months from the month of `day` to the month of the age, both included."""
    return age.months_left + 1 if age.reached >= first_of_month(asked.day) else 0


def _career(working: Working, asked: PensionPlanQuestion, to_pay: int, label: str) -> Career:
    """Write and return the whole career: what was paid and what is planned, at today's prices."""
    spans = [
        (asked.compulsory_months, asked.compulsory_average or asked.income),
        (asked.voluntary_months, asked.voluntary_average or asked.income),
        (to_pay, asked.income),
    ]
    months = sum(count for count, _ in spans)
    if not months:
        raise refuse("nothing_paid")
    total = sum(count * income for count, income in spans)
    inner = " + ".join(f"{count} tháng × {show.grouped(income)}" for count, income in spans if count)
    rule = (
        "Nghị định 159/2025/NĐ-CP, Điều 11 khoản 4" if working.day >= LAW_2024 else "Nghị định 134/2015/NĐ-CP, Điều 4"
    )
    average = working.step(label, f"({inner}) ÷ {months}", dong(Decimal(total) / months), rule)
    return Career(months, asked.compulsory_months, 0, average, ())


def _say_what_is_assumed(working: Working, missing: int, most: int) -> None:
    working.doubt("pension_plan.future_law_and_prices")
    working.note("calc_plan_todays_money")
    if 0 < missing <= most:
        working.note("calc_plan_close_at_once", missing=show.duration(missing))
    elif missing:
        working.note(
            "calc_plan_pay_on",
            missing=show.duration(missing),
            first=show.duration(missing - most),
            most=show.duration(most),
        )


def _closed(working: Working, asked: PensionPlanQuestion, to_pay: int) -> _Outcome:
    """Return what the plan gives once the missing months are paid."""
    return _outcome(working, asked, _career(working, asked, to_pay, "calc_average_when_closed"), 0)


def _outcome(working: Working, asked: PensionPlanQuestion, career: Career, months_after: int) -> _Outcome:
    years = pension_years(working, career.months)
    rate = pension_rate(working, asked.sex, years)
    monthly = monthly_pension(working, career, rate)
    return _Outcome(rate, monthly, lump_sum(working, asked.sex, years, career.average, months_after))


def _reached(age: RetirementAge) -> date:
    return min(age.reached, age.transitional_reached or age.reached)


def _months_after(age: RetirementAge, last: date) -> int:
    """Return the planned months behind the month of the age."""
    return max(0, months_from(age.reached, last))


def _first_month(asked: PensionPlanQuestion, age: RetirementAge, last: date, to_pay_on: int) -> date:
    """Return the month after the age and the last payment, and not before the month of the question."""
    first = min(age.first_month, age.transitional_first_month or age.first_month)
    return max(first, month_after(add_months(last, to_pay_on)), first_of_month(asked.day))
