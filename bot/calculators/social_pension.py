"""The social pension (trợ cấp hưu trí xã hội): who gets it, from which day, how much, and the funeral support."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.calculators.months import add_months, months_of_life
from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show
from bot.vn.places import gazetteer

AGE_2024 = "Luật BHXH 41/2024/QH15, Điều 21"
RULES_2025 = "Nghị định 176/2025/NĐ-CP, Điều 2"
AMOUNT_2025 = "Nghị định 176/2025/NĐ-CP, Điều 3"
RULES_2021 = "Nghị định 20/2021/NĐ-CP, Điều 5 khoản 5"
OLDEST = 125  # years
PLACES = "social_pension.province_amount"


class Household(StrEnum):
    """The household's status by the poverty line."""

    POOR = "poor"
    NEAR_POOR = "near_poor"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialPensionQuestion(Question):
    """An old person, and what they already receive."""

    birth: date
    """The day of birth; where only the year is known, 1 January."""
    household: Household = Household.OTHER
    """poor, near_poor or other."""
    own_pension: int = 0
    """The monthly pension or social-insurance benefit that they receive, đồng; 0: none."""
    social_allowance: int = 0
    """The monthly social allowance that they receive, đồng; 0: none. The higher of the two is paid."""
    province: str = ""
    """Key of a province (content/places/provinces.yaml): some pay more."""
    funeral: bool = False
    """True: show also what whoever arranges the funeral would receive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialPension(Result):
    """Whether it is due on the day, how much a month and, if asked, for the funeral, đồng; `age`: months of life; `of_age`: the day of the age."""

    eligible: bool
    amount: int
    age: int
    of_age: date
    funeral: int | None


def social_pension(law: Law, asked: SocialPensionQuestion) -> SocialPension:
    """Return the monthly amount for whoever has the age and no pension, or one below this amount.

    Units: đồng a month. Errors: CitizenError for an impossible birth, NotInForce before 2021-07-01.
    Source: Nghị định 176/2025/NĐ-CP, Điều 2 to 5; before 2025-07-01 the social allowance of Nghị định 20/2021/NĐ-CP, Điều 5.
    """
    _check(asked)
    working = Working(law, asked.day)
    if working.has("social_pension.amount"):
        return _law_2024(working, asked)
    return _decree_2021(working, asked)


def _check(asked: SocialPensionQuestion) -> None:
    if not asked.birth <= asked.day <= add_months(asked.birth, 12 * OLDEST):
        raise refuse("birth_impossible", day=show.day(asked.birth))
    if asked.own_pension < 0 or asked.social_allowance < 0:
        raise refuse("money_negative")
    if asked.province and gazetteer().today(asked.province) is None:
        raise refuse("unknown_place", place=asked.province)


def _law_2024(working: Working, asked: SocialPensionQuestion) -> SocialPension:
    """75 years, in poor and near-poor households 70; a pension must be below the amount."""
    poor = asked.household is not Household.OTHER
    years = working.whole("social_pension.age_poor" if poor else "social_pension.age_general")
    of_age = _of_age(working, asked, years, AGE_2024, RULES_2025)
    amount = working.whole("social_pension.amount")
    if asked.day < of_age:
        working.note("calc_social_pension_too_young", years=str(years), day=show.day(of_age))
        return _not_due(working, asked, of_age)
    if asked.own_pension >= amount:
        working.write("calc_social_pension_own", "", asked.own_pension, Unit.DONG, RULES_2025)
        working.note("calc_social_pension_has_pension", amount=show.dong(amount))
        return _not_due(working, asked, of_age)
    working.step("calc_social_pension_amount", "", amount, AMOUNT_2025)
    funeral = _funeral(working) if asked.funeral else None
    _say_what_to_know(working, asked, amount)
    return SocialPension(
        eligible=True,
        amount=amount,
        age=months_of_life(asked.birth, asked.day),
        of_age=of_age,
        funeral=funeral,
        **working.findings,
    )


def _decree_2021(working: Working, asked: SocialPensionQuestion) -> SocialPension:
    """The social allowance for the old before the social pension: 80 years and no pension at all; known from memory only."""
    years = working.whole("social_pension.age_general")
    of_age = _of_age(working, asked, years, RULES_2021)
    working.note("calc_social_pension_before_law", years=str(years))
    if asked.day < of_age or asked.own_pension:
        return _not_due(working, asked, of_age)
    amount = working.whole("social_pension.social_assistance_standard")
    working.step("calc_social_pension_allowance", "", amount, RULES_2021)
    funeral = _funeral(working) if asked.funeral else None
    return SocialPension(
        eligible=True,
        amount=amount,
        age=months_of_life(asked.birth, asked.day),
        of_age=of_age,
        funeral=funeral,
        **working.findings,
    )


def _of_age(working: Working, asked: SocialPensionQuestion, years: int, *rules: str) -> date:
    of_age = add_months(asked.birth, 12 * years)
    working.write("calc_social_pension_of_age", f"{show.day(asked.birth)} + {years} năm", of_age, Unit.DAY, *rules)
    return of_age


def _funeral(working: Working) -> int:
    multiple = working.decimal("social_pension.funeral_multiple")
    standard = working.whole("social_pension.social_assistance_standard")
    formula = f"{show.decimal_comma(multiple)} × {show.grouped(standard)}"
    return working.step("calc_social_pension_funeral", formula, dong(multiple * standard))


def _not_due(working: Working, asked: SocialPensionQuestion, of_age: date) -> SocialPension:
    return SocialPension(
        eligible=False,
        amount=0,
        age=months_of_life(asked.birth, asked.day),
        of_age=of_age,
        funeral=None,
        **working.findings,
    )


def _say_what_to_know(working: Working, asked: SocialPensionQuestion, amount: int) -> None:
    working.note("calc_social_pension_ask", days=str(working.whole("social_pension.decision_days")))
    if asked.own_pension:
        working.note("calc_social_pension_low_pension", own=show.dong(asked.own_pension))
    if asked.social_allowance:
        working.note("calc_social_pension_higher_of_two", higher=show.dong(max(amount, asked.social_allowance)))
    province = gazetteer().today(asked.province) if asked.province else None
    if province is not None and working.has(f"{PLACES}.{province.key}"):
        more = working.whole(f"{PLACES}.{province.key}")
        working.note("calc_social_pension_place", province=province.name, amount=show.dong(more))
    elif province is not None:
        working.note("calc_social_pension_place_unknown", province=province.name)
