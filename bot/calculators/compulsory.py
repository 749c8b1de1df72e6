"""What a worker and the employer pay of a salary: compulsory social, health and unemployment insurance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

LAW_2024 = date(2025, 7, 1)
LAW_BASES = "Luật BHXH 41/2024/QH15, Điều 31"
REGIONS = range(1, 5)


class Payer(StrEnum):
    """Who pays."""

    EMPLOYEE = "employee"
    EMPLOYER = "employer"


class Fund(StrEnum):
    """What is paid for."""

    SICKNESS_MATERNITY = "sickness_maternity"
    PENSION_SURVIVORS = "pension_survivors"
    WORK_ACCIDENT = "work_accident"
    HEALTH = "health"
    UNEMPLOYMENT = "unemployment"


RATES = {
    (Payer.EMPLOYEE, Fund.PENSION_SURVIVORS): "compulsory.employee_rate.pension_survivors",
    (Payer.EMPLOYEE, Fund.HEALTH): "compulsory.health_split.employee",
    (Payer.EMPLOYEE, Fund.UNEMPLOYMENT): "unemployment.rate.employee",
    (Payer.EMPLOYER, Fund.SICKNESS_MATERNITY): "compulsory.employer_rate.sickness_maternity",
    (Payer.EMPLOYER, Fund.PENSION_SURVIVORS): "compulsory.employer_rate.pension_survivors",
    (Payer.EMPLOYER, Fund.WORK_ACCIDENT): "compulsory.employer_rate.work_accident",
    (Payer.EMPLOYER, Fund.HEALTH): "compulsory.health_split.employer",
    (Payer.EMPLOYER, Fund.UNEMPLOYMENT): "unemployment.rate.employer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompulsoryQuestion(Question):
    """A salary of one month under a labour contract."""

    salary: int
    """The salary with its regular allowances as in the contract, đồng a month."""
    region: int | None = None
    """The region of the minimum wage, 1 to 4: needed only for salaries above the ceiling of social insurance."""
    state_pay: bool = False
    """True: paid by the State's pay scales."""


@dataclass(frozen=True, slots=True)
class Part:
    """One payer's contribution to one fund, đồng a month."""

    payer: Payer
    fund: Fund
    rate: Decimal
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compulsory(Result):
    """What each pays a month, đồng; `base`: of social and health insurance, `unemployment_base`: of unemployment insurance."""

    eligible: bool
    base: int
    unemployment_base: int
    employee: int
    employer: int
    total: int
    parts: tuple[Part, ...]


def compulsory(law: Law, asked: CompulsoryQuestion) -> Compulsory:
    """Return the parts of worker and employer, each a share of the salary up to a ceiling.

    Units: đồng a month. Errors: CitizenError for a salary or region that is none.
    Source: Luật BHXH 41/2024/QH15, Điều 31 to 34; before 2025-07-01 Luật BHXH 58/2014/QH13, Điều 85, 86, 89; Luật Việc làm.
    """
    if asked.salary <= 0:
        raise refuse("salary_not_positive")
    check_region(asked.region)
    working = Working(law, asked.day)
    lowest, highest = base_range(working)
    if lowest is not None and asked.salary < lowest:
        return _below_lowest(working, lowest)
    base = _base(working, asked.salary, highest)
    unemployment_base = _unemployment_base(working, asked, highest)
    bases = {fund: unemployment_base if fund is Fund.UNEMPLOYMENT else base for fund in Fund}
    parts = tuple(_part(working, payer, fund, bases[fund]) for payer, fund in RATES)
    employee, employer = (_sum(working, parts, payer) for payer in Payer)
    return Compulsory(
        eligible=True,
        base=base,
        unemployment_base=unemployment_base,
        employee=employee,
        employer=employer,
        total=employee + employer,
        parts=parts,
        **working.findings,
    )


def base_range(working: Working) -> tuple[int | None, int]:
    """Return the lowest and the highest salary that counts for social insurance; None: no lowest one named on the day."""
    level = "reference_level" if working.has("common.reference_level") else "base_salary"
    base = working.whole(f"common.{level}")
    highest = dong(working.decimal("compulsory.base_max_multiple") * base)
    if not working.has("compulsory.base_min_multiple"):
        return None, highest
    return dong(working.decimal("compulsory.base_min_multiple") * base), highest


def check_region(region: int | None) -> None:
    """Raise CitizenError when the region is none of the four."""
    if region is not None and region not in REGIONS:
        raise refuse("region")


def regional_wage(working: Working, region: int | None, on: date | None = None) -> int:
    """Return the minimum wage of the region, đồng a month; raise CitizenError when the region was not said."""
    if region is None:
        raise refuse("region_needed")
    return working.whole(f"common.regional_minimum_wage_month.region_{region}", on)


def _below_lowest(working: Working, lowest: int) -> Compulsory:
    working.write("calc_compulsory_lowest", "", lowest, Unit.DONG, LAW_BASES)
    working.note("calc_compulsory_below_lowest", lowest=show.dong(lowest))
    return Compulsory(
        eligible=False,
        base=0,
        unemployment_base=0,
        employee=0,
        employer=0,
        total=0,
        parts=(),
        **working.findings,
    )


def _base(working: Working, salary: int, highest: int) -> int:
    if salary > highest:
        working.note("calc_compulsory_capped", highest=show.dong(highest))
    rule = LAW_BASES if working.day >= LAW_2024 else "Luật BHXH 58/2014/QH13, Điều 89"
    return working.step("calc_compulsory_base", "", min(salary, highest), rule)


def _unemployment_base(working: Working, asked: CompulsoryQuestion, highest: int) -> int:
    """Return the base of unemployment insurance; its ceiling lies above that of social insurance in every region."""
    name = "unemployment.base_max_base_salary_multiple"
    if asked.state_pay and working.has(name):
        ceiling = working.decimal(name) * working.whole("common.base_salary")
    elif asked.salary <= highest:
        return asked.salary
    else:
        ceiling = working.decimal("unemployment.base_max_multiple") * regional_wage(working, asked.region)
    base = min(asked.salary, dong(ceiling))
    return working.step("calc_compulsory_unemployment_base", "", base)


def _part(working: Working, payer: Payer, fund: Fund, base: int) -> Part:
    rate = working.decimal(RATES[payer, fund])
    formula = f"{show.percent(rate)} × {show.grouped(base)}"
    amount = working.step(f"calc_compulsory_{payer}_{fund}", formula, dong(rate * base))
    return Part(payer, fund, rate, amount)


def _sum(working: Working, parts: tuple[Part, ...], payer: Payer) -> int:
    amounts = [part.amount for part in parts if part.payer is payer]
    rule = "Luật BHXH 41/2024/QH15, Điều 33 và Điều 34"
    old = "Luật BHXH 58/2014/QH13, Điều 85 và Điều 86"
    formula = " + ".join(map(show.grouped, amounts))
    return working.step(f"calc_compulsory_{payer}", formula, sum(amounts), rule if working.day >= LAW_2024 else old)
