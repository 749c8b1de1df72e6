"""What the owner of a household business pays into compulsory insurance, and from when the duty holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.calculators.compulsory import base_range
from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

WHO = "Nghị định 158/2025/NĐ-CP, Điều 3 khoản 2"
BASES = "Luật BHXH 41/2024/QH15, Điều 31 khoản 1 điểm d"
RATES = "Luật BHXH 41/2024/QH15, Điều 33 khoản 4"
PERIODS = (1, 3, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdBusinessOwnerQuestion(Question):
    """The owner of a registered household business, and the base chosen."""

    base: int | None = None
    """The chosen salary base, đồng a month: from the reference level to 20 times it; left out: the lowest."""
    by_declaration: bool = True
    """True: the business pays tax by declaration (phương pháp kê khai)."""
    pensioner: bool = False
    """True: the owner already draws a pension."""
    months: int = 1
    """1, 3 or 6 months paid at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdBusinessOwner(Result):
    """Whether the duty holds, since when, and what is paid for all months, đồng."""

    eligible: bool
    starts: date | None
    lowest: int
    highest: int
    base: int
    social: int
    health: int
    total: int


def household_business_owner(law: Law, asked: HouseholdBusinessOwnerQuestion) -> HouseholdBusinessOwner:
    """Return 3 % + 22 % social and 4.5 % health insurance of the chosen base.

    Units: đồng. Errors: CitizenError for a base out of range, NotInForce before the decree.
    Source: Luật BHXH 41/2024/QH15, Điều 31 and 33; Nghị định 158/2025/NĐ-CP, Điều 3 khoản 2.
    """
    if asked.months not in PERIODS:
        raise refuse("owner_months", periods=", ".join(map(str, PERIODS)))
    working = Working(law, asked.day)
    starts = _starts(working, asked)
    if starts is None or asked.day < starts:
        return _not_yet(working, starts)
    lowest, highest = base_range(working)
    assert lowest is not None, "the law that made owners pay names a lowest base"
    base = _base(working, asked, lowest, highest)
    social = _social(working, base, asked.months)
    health = _health(working, base, asked.months)
    formula = f"{show.grouped(social)} + {show.grouped(health)}"
    total = working.step("calc_owner_total", formula, social + health, RATES)
    working.note("calc_owner_rechoose", months=str(working.whole("compulsory.self_payer_rechoose_months")))
    return HouseholdBusinessOwner(
        eligible=True,
        starts=starts,
        lowest=lowest,
        highest=highest,
        base=base,
        social=social,
        health=health,
        total=total,
        **working.findings,
    )


def _starts(working: Working, asked: HouseholdBusinessOwnerQuestion) -> date | None:
    """Return since when the duty holds; None: never, for pensioners."""
    if asked.pensioner:
        working.note("calc_owner_pensioner")
    name = "household_business_by_declaration" if asked.by_declaration else "household_business_other"
    starts = working.moment(f"changes.{name}")
    working.write("calc_owner_starts", "", starts, Unit.DAY, WHO)
    return None if asked.pensioner else starts


def _not_yet(working: Working, starts: date | None) -> HouseholdBusinessOwner:
    if starts is not None:
        working.note("calc_owner_not_yet", day=show.day(starts))
    return HouseholdBusinessOwner(
        eligible=False,
        starts=starts,
        lowest=0,
        highest=0,
        base=0,
        social=0,
        health=0,
        total=0,
        **working.findings,
    )


def _base(working: Working, asked: HouseholdBusinessOwnerQuestion, lowest: int, highest: int) -> int:
    base = lowest if asked.base is None else asked.base
    if not lowest <= base <= highest:
        raise refuse(
            "owner_base_wrong",
            base=show.dong(base),
            lowest=show.dong(lowest),
            highest=show.dong(highest),
            day=show.day(asked.day),
        )
    return working.step("calc_owner_base", "", base, BASES)


def _social(working: Working, base: int, months: int) -> int:
    sickness = working.decimal("compulsory.self_payer_rate.sickness_maternity")
    pension = working.decimal("compulsory.self_payer_rate.pension_survivors")
    formula = f"({show.percent(sickness)} + {show.percent(pension)}) × {show.grouped(base)}{_times(months)}"
    return working.step("calc_owner_social", formula, dong((sickness + pension) * base * months), RATES)


def _health(working: Working, base: int, months: int) -> int:
    rate: Decimal = working.decimal("compulsory.self_payer_rate.health")
    formula = f"{show.percent(rate)} × {show.grouped(base)}{_times(months)}"
    return working.step("calc_owner_health", formula, dong(rate * base * months))


def _times(months: int) -> str:
    return f" × {months} tháng" if months > 1 else ""
