"""Voluntary work-accident insurance for people without a labour contract: what it costs and what it pays."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

CONTRIBUTION = "Nghị định 143/2024/NĐ-CP, Điều 11"
WAGE = "common.regional_minimum_wage_month.region_4"
NAME = "work_accident_voluntary"
PERIODS = (6, 12)
OLDEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkAccidentQuestion(Question):
    """What somebody wants to pay on `day`, and what an accident on that day would bring."""

    months: int = 12
    """6 or 12 months paid at once."""
    age: int | None = None
    """Years of age, where known: from 15."""
    has_contract: bool = False
    """True: works under a labour contract, and so belongs to the compulsory insurance."""
    loss_percent: int | None = None
    """The loss of working capacity in percent (0 to 100), to see the benefit."""
    death: bool = False
    """True: show what the family receives when somebody dies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkAccident(Result):
    """The contribution and the benefits asked for, đồng; a benefit of None was not asked for."""

    eligible: bool
    contribution: int
    benefit: int | None
    death_benefit: int | None


def work_accident(law: Law, asked: WorkAccidentQuestion) -> WorkAccident:
    """Return the contribution, a share of one month of the region-IV minimum wage, and multiples of it as benefits.

    Units: đồng. Errors: CitizenError for impossible figures, NotInForce before 2025-01-01.
    Source: Nghị định 143/2024/NĐ-CP, Điều 6, 7 and 11; the benefit for a loss of capacity is an estimate.
    """
    _check(asked)
    working = Working(law, asked.day)
    if _kept_out(working, asked):
        return WorkAccident(eligible=False, contribution=0, benefit=None, death_benefit=None, **working.findings)
    paid = _contribution(working, asked.months)
    benefit = None if asked.loss_percent is None else _benefit(working, asked.loss_percent)
    death = _death_benefit(working) if asked.death else None
    working.note("calc_accident_state_support_unknown")
    days = str(working.whole(f"{NAME}.next_payment_window"))
    working.note("calc_accident_next_payment", days=days)
    return WorkAccident(eligible=True, contribution=paid, benefit=benefit, death_benefit=death, **working.findings)


def _check(asked: WorkAccidentQuestion) -> None:
    if asked.months not in PERIODS:
        raise refuse("accident_months", periods=", ".join(map(str, PERIODS)))
    if asked.age is not None and not 0 <= asked.age <= OLDEST:
        raise refuse("age_impossible", most=OLDEST)
    if asked.loss_percent is not None and not 0 <= asked.loss_percent <= 100:
        raise refuse("accident_loss")


def _kept_out(working: Working, asked: WorkAccidentQuestion) -> bool:
    """Tell whether somebody may not join, and note why."""
    if asked.age is None and not asked.has_contract:
        return False
    least = working.whole(f"{NAME}.min_age")
    too_young = asked.age is not None and asked.age < least
    if too_young:
        working.note("calc_accident_too_young", years=str(least))
    if asked.has_contract:
        working.note("calc_accident_has_contract")
    if too_young or asked.has_contract:
        working.write("calc_accident_min_age", "", 12 * least, Unit.AGE)
    return too_young or asked.has_contract


def _contribution(working: Working, months: int) -> int:
    rate, wage = working.decimal(f"{NAME}.contribution.months_{months}"), working.whole(WAGE)
    formula = f"{show.percent(rate)} × {show.grouped(wage)}"
    return working.step("calc_accident_contribution", formula, dong(rate * wage), CONTRIBUTION)


def _benefit(working: Working, loss: int) -> int:
    """Return the one-off benefit: a base at the least loss, and something for each further percent."""
    least = int(working.decimal(f"{NAME}.min_loss") * 100)
    if loss < least:
        working.note("calc_accident_loss_too_small", least=f"{least}%")
        return 0
    base = working.decimal(f"{NAME}.benefit_disability.at_min_loss")
    each = working.decimal(f"{NAME}.benefit_disability.per_further_percent")
    wage = working.whole(WAGE)
    times = base + each * Decimal(loss - least)
    formula = f"({show.decimal_comma(base)} + {loss - least} × {show.decimal_comma(each)}) × {show.grouped(wage)}"
    working.note("calc_accident_benefit_estimate")
    return working.step("calc_accident_benefit", formula, dong(times * wage))


def _death_benefit(working: Working) -> int:
    multiple, wage = working.decimal(f"{NAME}.benefit_death_multiple"), working.whole(WAGE)
    formula = f"{show.decimal_comma(multiple)} × {show.grouped(wage)}"
    return working.step("calc_accident_death", formula, dong(multiple * wage))
