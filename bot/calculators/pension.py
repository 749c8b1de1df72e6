"""The monthly pension: whether it is due on the day of the claim, from when, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.calculators.career import Career, CareerQuestion, career_of
from bot.calculators.contribution import LAW_2024
from bot.calculators.months import LONGEST_CAREER, Scheme, add_months, first_of_month, month_name, months_from
from bot.calculators.pension_rate import lump_sum, pension_rate, pension_years
from bot.calculators.people import Sex
from bot.calculators.retirement_age import RetirementAge, RetirementAgeQuestion, month_after, retirement_age
from bot.calculators.working import Result, Unit, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

LONGEST_EARLY = 25 * 12  # months; nobody retires earlier than that


@dataclass(frozen=True, slots=True, kw_only=True)
class PensionQuestion(CareerQuestion):
    """Who claims a pension on `day`, and what was paid."""

    sex: Sex
    """male or female."""
    birth: date | None = None
    """Date of birth ("1965", "1965-03" where no more is known); left out: the age is taken as reached."""
    early_months: int = 0
    """Months before the retirement age at which somebody of reduced working capacity retires (compulsory insurance)."""
    capacity_loss: Decimal | None = None
    """The loss of working capacity found by the medical board, "0" to "1", such as "0.61" for 61 %; for early_months."""
    especially_hazardous: bool = False
    """True: 15 years of especially heavy or dangerous work, which lifts the age limit for early_months."""
    joined_voluntary_before_2021: bool = False
    """True: paid into voluntary insurance before 2021-01-01."""
    months_after_retirement_age: int | None = None
    """Months paid after the retirement age while a pension was already due; left out: from birth and spells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pension(Result):
    """The pension in đồng a month and the lump sum; None and 0 when none is due. `missing_months` are those to the least."""

    eligible: bool
    months: int
    average: int
    rate: Decimal | None
    monthly: int | None
    lump_sum: int
    first_month: date | None
    missing_months: int


def pension(law: Law, asked: PensionQuestion) -> Pension:
    """Return the pension: a share of the average that grows with the years paid, by the law of the day of the claim.

    Later increases are not counted. Units: đồng a month. Errors: CitizenError for impossible careers and dates of birth.
    Source: Luật BHXH 41/2024/QH15, Điều 64 to 69, 98 to 101, 111, 141; before 2025-07-01 Luật BHXH 58/2014/QH13,
    Điều 54 to 59, 71, 73 to 76, with Thông tư 59/2015/TT-BLĐTBXH, Điều 17 and 18.
    """
    if not 0 <= asked.early_months <= LONGEST_EARLY:
        raise refuse("early_months_out_of_range", most=LONGEST_EARLY // 12)
    if asked.capacity_loss is not None and not 0 <= asked.capacity_loss <= 1:
        raise refuse("capacity_loss_out_of_range")
    if not 0 <= (asked.months_after_retirement_age or 0) <= LONGEST_CAREER:
        raise refuse("too_many_years", most=LONGEST_CAREER // 12)
    working = Working(law, asked.day)
    career = career_of(working, asked)
    age = _age(working, asked, career)
    missing = missing_months(working, career)
    eligible = _eligible(working, asked, career, age, missing)
    if not eligible:
        return _none(working, career, missing)
    years = pension_years(working, career.months)
    rate = pension_rate(working, asked.sex, years, asked.early_months)
    monthly = monthly_pension(working, career, rate)
    return Pension(
        eligible=True,
        months=career.months,
        average=career.average,
        rate=rate,
        monthly=monthly,
        lump_sum=lump_sum(working, asked.sex, years, career.average, _months_after_age(asked, age)),
        first_month=_first_month(working, asked, career, age),
        missing_months=0,
        **_with_advice(working).findings,
    )


def missing_months(working: Working, career: Career) -> int:
    """Return the months missing to the least career of the day's law; years count twelve whole months here."""
    if career.voluntary_months:
        return max(0, 12 * working.whole("pension.min_years_voluntary") - career.months)
    return max(0, 12 * working.whole("pension.mixed_eligibility.compulsory_years") - career.months)


def monthly_pension(working: Working, career: Career, rate: Decimal) -> int:
    """Write and return the pension of a month; long compulsory careers have a floor."""
    floor, least = _floor(working, career)
    formula = f"{show.percent(rate)} × {show.grouped(career.average)}"
    amount = working.step("calc_pension_month", formula, dong(rate * career.average), _month_rule(working, career))
    if amount >= floor:
        return amount
    working.note("calc_pension_minimum_applies")
    rule = "Luật BHXH 41/2024/QH15, Điều 141 khoản 11"
    if working.day < LAW_2024:
        rule = "Luật BHXH 58/2014/QH13, Điều 56 khoản 5"
    return working.step("calc_pension_minimum", f"{show.grouped(amount)} < {least}", floor, rule)


def _month_rule(working: Working, career: Career) -> str:
    if working.day >= LAW_2024:
        return f"Luật BHXH 41/2024/QH15, Điều {99 if career.voluntary_months else 66}"
    return f"Nghị định {'134/2015/NĐ-CP, Điều 3' if career.voluntary_months else '115/2015/NĐ-CP, Điều 7'}"


def _floor(working: Working, career: Career) -> tuple[int, str]:
    if working.day < LAW_2024:
        multiple, level = "pension.minimum_pension.base_salary_multiple", "common.base_salary"
        years = working.law.parameters["pension.mixed_eligibility.compulsory_years"].on(working.day).value
    else:
        multiple, level = "pension.minimum_pension.reference_level_multiple", "common.reference_level"
        years = working.law.parameters["pension.minimum_pension.compulsory_years"].on(working.day).value
    assert isinstance(years, int)
    if career.compulsory_months < 12 * years or not _joined_before_2025_07(working, career):
        return 0, ""
    factor, base = working.decimal(multiple), working.whole(level)
    return dong(factor * base), f"{show.decimal_comma(factor)} × {show.grouped(base)}"


def _joined_before_2025_07(working: Working, career: Career) -> bool:
    """Compulsory months without dates end at the claim at the latest, so they began this early or earlier."""
    known = [spell.since for spell in career.spells if spell.scheme is Scheme.COMPULSORY]
    return min([*known, add_months(working.day, -career.compulsory_months)]) < LAW_2024


def _age(working: Working, asked: PensionQuestion, career: Career) -> RetirementAge | None:
    if asked.birth is None and not asked.early_months:
        working.note("calc_pension_age_not_checked")
    if asked.birth is None:
        return None
    found = retirement_age(
        working.law,
        RetirementAgeQuestion(
            day=asked.day,
            sex=asked.sex,
            birth=asked.birth,
            joined_voluntary_before_2021=asked.joined_voluntary_before_2021,
            voluntary_months=career.voluntary_months,
        ),
    )
    working.take(found)
    return found


def _eligible(
    working: Working, asked: PensionQuestion, career: Career, age: RetirementAge | None, missing: int
) -> bool:
    """Tell whether a pension is due, with a note for each reason why not."""
    if missing:
        _say_how_to_close(working, missing)
    old_enough = _fit_for_early(working, asked, career) if asked.early_months else _old_enough(working, age)
    return old_enough and not missing


def _old_enough(working: Working, age: RetirementAge | None) -> bool:
    if age is None:
        return True
    reached = min(age.reached, age.transitional_reached or age.reached)
    if first_of_month(reached) <= working.day:
        return True
    working.note("calc_pension_too_young", day=show.day(reached))
    return False


def _fit_for_early(working: Working, asked: PensionQuestion, career: Career) -> bool:
    years = working.whole("pension.early_retirement.compulsory_years")
    least = working.decimal("pension.early_retirement.loss_min")
    severe = asked.capacity_loss is not None and asked.capacity_loss >= working.decimal(
        "pension.early_retirement.severe_loss_min"
    )
    most = working.whole(
        "pension.early_retirement.years_max_severe" if severe else "pension.early_retirement.years_max"
    )
    if asked.capacity_loss is None:
        working.note("calc_early_needs_board", loss=show.percent(least))
    too_early = asked.early_months > 12 * most and not asked.especially_hazardous
    too_fit = asked.capacity_loss is not None and asked.capacity_loss < least
    if career.compulsory_months < 12 * years or too_fit or too_early:
        working.note("calc_early_not_allowed", years=str(years), loss=show.percent(least), most=str(most))
        return False
    return True


def _say_how_to_close(working: Working, missing: int) -> None:
    most = working.law.parameters["voluntary_contribution.missing_months_max"].on(working.day).value
    assert isinstance(most, int)
    key = "calc_pension_years_missing" if missing <= most else "calc_pension_years_missing_many"
    working.note(key, missing=show.duration(missing), most=show.duration(most))


def _months_after_age(asked: PensionQuestion, age: RetirementAge | None) -> int:
    if asked.months_after_retirement_age is not None:
        return asked.months_after_retirement_age
    if age is None:
        return 0
    return sum(
        min(spell.months, max(0, months_from(age.reached, spell.until)))
        for spell in asked.spells
        if not spell.coefficient_one
    )


def _first_month(working: Working, asked: PensionQuestion, career: Career, age: RetirementAge | None) -> date | None:
    """Return the month after the age and the last payment; short careers not before the law that gave them a pension."""
    if age is None or asked.early_months:
        return None
    first = min(age.first_month, age.transitional_first_month or age.first_month)
    if working.day >= LAW_2024 and career.months < _least_before_2024(working):
        first = max(first, LAW_2024)
    if not career.spells:
        working.note("calc_pension_starts_after_last_payment")
        return first
    paid_once = any(spell.coefficient_one for spell in career.spells)  # in the month of the claim, for earlier months
    last = working.day if paid_once else career.spells[-1].until
    if month_after(last) <= first:
        return first
    formula, rule = f"{month_name(last)} + 1 tháng", "Luật BHXH 41/2024/QH15, Điều 101 khoản 2 và 3"
    if working.day < LAW_2024:
        rule = "Nghị định 134/2015/NĐ-CP, Điều 6"
    working.write("calc_pension_starts", formula, month_after(last), Unit.DAY, rule)
    return month_after(last)


def _least_before_2024(working: Working) -> int:
    years = working.law.parameters["pension.min_years_voluntary"].on(date(LAW_2024.year, 1, 1)).value
    assert isinstance(years, int)
    return 12 * years


def _with_advice(working: Working) -> Working:
    working.note("calc_pension_health_insurance")
    working.note("calc_pension_increases_not_counted")
    return working


def _none(working: Working, career: Career, missing: int) -> Pension:
    return Pension(
        eligible=False,
        months=career.months,
        average=career.average,
        rate=None,
        monthly=None,
        lump_sum=0,
        first_month=None,
        missing_months=missing,
        **working.findings,
    )
