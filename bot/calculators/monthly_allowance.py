"""The monthly allowance of Luật BHXH 41/2024/QH15, Điều 23: old enough, too few years for a pension, too young for the social pension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from bot.calculators.career import Career, CareerQuestion, career_of, credited_years
from bot.calculators.months import add_months, first_of_month, months_from
from bot.calculators.pension import missing_months
from bot.calculators.people import Sex, check_birth
from bot.calculators.retirement_age import RetirementAgeQuestion, retirement_age
from bot.calculators.survivor_funeral import funeral_grant
from bot.calculators.working import Result, Unit, Working, dong
from bot.law.parameters import Law
from bot.vn import show

RULE = "Nghị định 159/2025/NĐ-CP, Điều 14"
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyAllowanceQuestion(CareerQuestion):
    """Who asks for the allowance in the month of `day`, instead of taking the money out or keeping the time."""

    sex: Sex
    """male or female."""
    birth: date
    """Date of birth ("1965", "1965-03" where no more is known)."""
    poor_household: bool = False
    """True: lives in a poor or near-poor household, which lowers the age of the social pension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyAllowance(Result):
    """The allowance, đồng a month, and for how many months; `shortfall` is what may be paid in to stretch it to the end.

    `until` is the first month without it; `months_to_social_pension` how long it could last at most.
    """

    eligible: bool
    monthly: int
    months: int
    until: date | None
    months_to_social_pension: int
    shortfall: int
    funeral_grant: int


def monthly_allowance(law: Law, asked: MonthlyAllowanceQuestion) -> MonthlyAllowance:
    """Return the allowance: what was earned, spread in amounts of the social pension until the age of the social pension.

    Units: đồng a month, months. Errors: CitizenError for impossible careers, NotInForce before 2025-07-01.
    Source: Luật BHXH 41/2024/QH15, Điều 23; Nghị định 158/2025/NĐ-CP, Điều 22 to 25; Nghị định 159/2025/NĐ-CP, Điều 14, 15.
    """
    check_birth(asked.birth, asked.day)
    working = Working(law, asked.day)
    career = career_of(working, asked)
    left = _months_to_social_pension(working, asked)
    if not _eligible(working, asked, career, left):
        return MonthlyAllowance(
            eligible=False,
            monthly=0,
            months=0,
            until=None,
            months_to_social_pension=max(0, left),
            shortfall=0,
            funeral_grant=0,
            **working.findings,
        )
    social = working.whole("social_pension.amount")
    _say_if_between(working, social)
    earned = _earned(working, career, social)
    months, monthly = min(earned, left), _monthly(working, earned, left, social)
    return MonthlyAllowance(
        eligible=True,
        monthly=monthly,
        months=months,
        until=add_months(first_of_month(asked.day), months),
        months_to_social_pension=left,
        shortfall=_shortfall(working, earned, left, social),
        funeral_grant=funeral_grant(working, career),
        **_with_advice(working).findings,
    )


def _months_to_social_pension(working: Working, asked: MonthlyAllowanceQuestion) -> int:
    """Write and return the months from the request to the age of the social pension."""
    years = working.whole("social_pension.age_poor" if asked.poor_household else "social_pension.age_general")
    left = months_from(asked.day, add_months(asked.birth, 12 * years))
    formula = f"{show.day(asked.birth)} + {years} năm − {show.day(first_of_month(asked.day))}"
    working.write("calc_allowance_months_left", formula, max(0, left), Unit.MONTHS)
    return left


def _eligible(working: Working, asked: MonthlyAllowanceQuestion, career: Career, left: int) -> bool:
    """Tell whether the allowance is open, with a note for the reason why not."""
    least = working.whole("monthly_allowance_art23.min_months")
    age = retirement_age(working.law, RetirementAgeQuestion(day=asked.day, sex=asked.sex, birth=asked.birth))
    working.take(age)
    if first_of_month(age.reached) > asked.day:
        working.note("calc_allowance_too_young", day=show.day(age.reached))
    elif left <= 0:
        working.note("calc_allowance_social_pension_instead")
    elif not missing_months(working, career):
        working.note("calc_allowance_pension_instead")
    elif career.months < least:
        working.note("calc_allowance_too_short", least=str(least))
    else:
        return True
    return False


def _say_if_between(working: Working, social: int) -> None:
    """Doubt the amount where its decree counts from an earlier day than it came into force: which one was used is not known."""
    from_day, in_force = (
        working.law.parameters[f"changes.{name}"].values[-1].value
        for name in ("new_social_pension_amount", "social_pension_decree_in_force")
    )
    assert isinstance(from_day, date) and isinstance(in_force, date)
    if from_day <= working.day < in_force:
        working.doubt("social_pension.amount")
        working.note("calc_allowance_amount_between", amount=show.dong(social), day=show.day(in_force))


def _earned(working: Working, career: Career, social: int) -> int:
    """Write and return the months that what was paid is worth, the last one whole."""
    years, each = (
        credited_years(working, career.months),
        working.decimal("monthly_allowance_art23.average_multiple_per_year"),
    )
    worth = career.average * each * years / social
    months = int(worth.to_integral_value(rounding=ROUND_CEILING))
    formula = f"{show.grouped(career.average)} × {show.decimal_comma(each)} × {show.decimal_comma(years)} ÷ {show.grouped(social)}"
    if worth != months:
        formula = f"{formula} = {show.decimal_comma(worth.quantize(HUNDREDTH))}"
    working.write("calc_allowance_months_earned", formula, months, Unit.MONTHS, f"{RULE} khoản 3")
    return months


def _monthly(working: Working, earned: int, left: int, social: int) -> int:
    """Write and return the amount: the social pension's, and more when there is more than the time can take."""
    if earned <= left:
        return working.step("calc_allowance_month", show.grouped(social), social, f"{RULE} khoản 7")
    formula = f"{show.grouped(social)} + ({earned} − {left}) × {show.grouped(social)} ÷ {left}"
    amount = dong(social + Decimal((earned - left) * social) / left)
    return working.step("calc_allowance_month", formula, amount, f"{RULE} khoản 8")


def _shortfall(working: Working, earned: int, left: int, social: int) -> int:
    if earned >= left:
        return 0
    working.note("calc_allowance_may_pay_shortfall")
    formula = f"({left} − {earned}) × {show.grouped(social)}"
    return working.step("calc_allowance_shortfall", formula, (left - earned) * social, f"{RULE} khoản 5")


def _with_advice(working: Working) -> Working:
    working.note("calc_allowance_health_insurance")
    working.note("calc_allowance_choice")
    return working
