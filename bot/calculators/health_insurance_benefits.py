"""What health insurance pays of a visit to the doctor, and what is left for the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.calculators.health_insurance_groups import HealthGroup
from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

LAW_2024 = date(2025, 7, 1)
LEVELS = "health_insurance.benefit_level"
LONGEST = 60  # years of insurance in a row; the insurance began in 1992


class Place(StrEnum):
    """Where somebody is treated; each time as the rules on the right place have it."""

    COMMUNE = "commune"  # trạm y tế xã
    POLYCLINIC_OUTPATIENT = "polyclinic_outpatient"  # khám ngoại trú ở phòng khám đa khoa khu vực
    HOSPITAL = "hospital"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthInsuranceBenefitsQuestion(Question):
    """One visit on `day` at a right place."""

    cost: int
    """What the visit costs within the scope of the insurance, đồng."""
    groups: tuple[HealthGroup, ...] = (HealthGroup.HOUSEHOLD,)
    """Every group the person belongs to; the highest level counts. Whoever has no level of their own counts as household."""
    place: Place = Place.HOSPITAL
    """commune, polyclinic_outpatient or hospital."""
    years_in_a_row: int = 0
    """Full years of insurance without a gap of more than three months."""
    own_paid_this_year: int = 0
    """What the person has already paid as the own share since 1 January, đồng."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthInsuranceBenefits(Result):
    """The level (0.8 is 80 %), and the two parts of the cost, đồng; thresholds None: not in force on the day."""

    level: Decimal
    fund: int
    own: int
    small_visit_below: int | None
    year_limit: int


def health_insurance_benefits(law: Law, asked: HealthInsuranceBenefitsQuestion) -> HealthInsuranceBenefits:
    """Return what the fund pays: 80, 95 or 100 % by group; all of it at the commune, for a small visit, and past the year's limit.

    Units: đồng. Errors: CitizenError for an impossible cost or time, NotInForce for a group without a level on the day.
    Source: Luật BHYT, Điều 22; Nghị quyết 261/2025/QH15; Nghị định 188/2025/NĐ-CP; before 2025-07-01 Nghị định 146/2018/NĐ-CP, Điều 14.
    """
    _check(asked)
    working = Working(law, asked.day)
    small, limit = _small_visit(working), _year_limit(working)
    level = Decimal(1) if _all_paid(working, asked, small) else _level_of(working, asked.groups)
    fund = working.step(
        "calc_benefit_fund",
        f"{show.percent(level)} × {show.grouped(asked.cost)}",
        dong(level * asked.cost),
        _rule(asked.day),
    )
    own = _own(working, asked, asked.cost - fund, limit)
    working.note("calc_benefit_right_place")
    return HealthInsuranceBenefits(
        level=level,
        fund=asked.cost - own,
        own=own,
        small_visit_below=small,
        year_limit=limit,
        **working.findings,
    )


def _rule(day: date) -> str:
    new = "Luật BHYT sửa đổi 51/2024/QH15, Điều 22"
    return new if day >= LAW_2024 else "Luật BHYT sửa đổi 46/2014/QH13, Điều 22"


def _check(asked: HealthInsuranceBenefitsQuestion) -> None:
    if asked.cost <= 0 or asked.own_paid_this_year < 0:
        raise refuse("benefit_cost")
    if not 0 <= asked.years_in_a_row <= LONGEST:
        raise refuse("benefit_years", most=LONGEST)
    if not asked.groups:
        raise refuse("benefit_group")


def _level(working: Working) -> str:
    return "reference_level" if working.has("common.reference_level") else "base_salary"


def _small_visit(working: Working) -> int | None:
    """Return the cost below which a visit is paid in full; the Government's figure is at hand from December 2018."""
    name = "health_insurance.small_visit_multiple"
    if not working.has(name):
        return None
    multiple, base = working.decimal(name), working.whole("common.base_salary")
    formula = f"{show.percent(multiple)} × {show.grouped(base)}"
    return working.step("calc_benefit_small_visit", formula, dong(multiple * base))


def _year_limit(working: Working) -> int:
    multiple = working.decimal("health_insurance.five_year_copay_multiple")
    base = working.whole(f"common.{_level(working)}")
    formula = f"{show.decimal_comma(multiple)} × {show.grouped(base)}"
    return working.step("calc_benefit_year_limit", formula, dong(multiple * base))


def _all_paid(working: Working, asked: HealthInsuranceBenefitsQuestion, small: int | None) -> bool:
    """Tell whether everybody's visit would be paid in full, and note why."""
    polyclinic = asked.place is Place.POLYCLINIC_OUTPATIENT and asked.day >= LAW_2024
    if asked.place is Place.COMMUNE or polyclinic:
        working.note("calc_benefit_place_all_paid")
        return True
    if small is not None and asked.cost < small:
        working.note("calc_benefit_small_visit_all_paid", below=show.dong(small))
        return True
    return False


def _level_of(working: Working, groups: tuple[HealthGroup, ...]) -> Decimal:
    """Return the highest level of the groups and write its step (Luật BHYT, Điều 22 khoản 2)."""
    named = [_with_level_of(working, group) for group in groups]
    known = [group for group in named if working.has(f"{LEVELS}.{group}")] or named
    best = max(known, key=lambda group: _peek(working, group))
    level = working.decimal(f"{LEVELS}.{best}")
    working.write("calc_benefit_level", "", level, Unit.PERCENT)
    return level


def _with_level_of(working: Working, group: HealthGroup) -> HealthGroup:
    """Return the group whose level somebody of this group has."""
    if group is HealthGroup.NEAR_POOR_IN_POOR_COMMUNE:
        return HealthGroup.NEAR_POOR
    return group if f"{LEVELS}.{group}" in working.law.parameters else HealthGroup.HOUSEHOLD


def _peek(working: Working, group: HealthGroup) -> Decimal:
    """Return a level without making it a reference of the result."""
    value = working.law.parameters[f"{LEVELS}.{group}"].on(working.day).value
    assert isinstance(value, Decimal)
    return value


def _own(working: Working, asked: HealthInsuranceBenefitsQuestion, share: int, limit: int) -> int:
    """Return the person's part: after five years in a row nothing beyond the year's limit."""
    years = working.whole("health_insurance.five_year_min_years")
    left = max(0, limit - asked.own_paid_this_year)
    if asked.years_in_a_row >= years and share > left:
        working.note("calc_benefit_beyond_limit", limit=show.dong(limit), years=str(years))
        formula = f"{show.grouped(limit)} − {show.grouped(min(limit, asked.own_paid_this_year))}"
        own = _own_step(working, asked, formula, left)
        formula = f"{show.grouped(asked.cost)} − {show.grouped(own)}"
        working.step("calc_benefit_fund_in_all", formula, asked.cost - own, _rule(asked.day))
        return own
    if share:
        working.note("calc_benefit_five_years", limit=show.dong(limit), years=str(years))
    return _own_step(working, asked, f"{show.grouped(asked.cost)} − {show.grouped(asked.cost - share)}", share)


def _own_step(working: Working, asked: HealthInsuranceBenefitsQuestion, formula: str, own: int) -> int:
    return working.step("calc_benefit_own", formula, own, _rule(asked.day))
