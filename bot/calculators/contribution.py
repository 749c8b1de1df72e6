"""What to pay into voluntary insurance by each method, and who pays which part: the person, the State, the province."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.calculators.local_subsidy import LocalSubsidy, LocalSubsidyQuestion, local_subsidy
from bot.calculators.state_subsidy import (
    Group,
    StateSubsidyQuestion,
    check_months,
    highest_share,
    months_max,
    rule_of,
    state_subsidy,
)
from bot.calculators.working import Question, Result, Working, dong, refuse
from bot.law.local_support import Resolution
from bot.law.parameters import Law
from bot.vn import show

LAW_2024 = date(2025, 7, 1)
INVESTMENT_RATE = "voluntary_contribution.investment_rate_month"


class Method(StrEnum):
    """How the contribution is paid (Luật BHXH 41/2024/QH15, Điều 36 khoản 2)."""

    MONTHLY = "monthly"
    MONTHS_3 = "months_3"
    MONTHS_6 = "months_6"
    MONTHS_12 = "months_12"
    YEARS_AHEAD = "years_ahead"
    MISSING_YEARS = "missing_years"


STEP = 10_000  # đồng: how finely an income is proposed where the law names no step
MONTHS = {Method.MONTHLY: 1, Method.MONTHS_3: 3, Method.MONTHS_6: 6, Method.MONTHS_12: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionQuestion(Question):
    """What somebody wants to pay, from the month of `day` on."""

    income: int
    """The chosen monthly income, đồng: from the rural poverty line to 20 times the reference level."""
    method: Method = Method.MONTHLY
    """monthly, months_3, months_6, months_12, years_ahead or missing_years."""
    years: int | None = None
    """For years_ahead: 2 to 5."""
    missing_months: int | None = None
    """For missing_years: the months that are missing (1 to 60; before 2025-07-01 to 120)."""
    groups: tuple[Group, ...] = (Group.OTHER,)
    """poor, island, near_poor, ethnic_minority, other: every group the person belongs to."""
    months_used: int = 0
    """Months for which the State has added before."""
    province: str = ""
    """Key of a province of today or of an old one (content/places/provinces.yaml); empty: the province's part is left out."""
    old_province: str = ""
    """Key of the old province inside it, where it is known."""
    investment_rate_month: Decimal | None = None
    """The fund's monthly return of the year before, such as "0.0031"; left out: content/law, as an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution(Result):
    """The whole contribution and its three parts, đồng for all `months`; `local` is None when it is not known."""

    months: int
    total: int
    state: int
    local: int | None
    own: int
    lowest_income: int
    highest_income: int


def contribution(law: Law, resolutions: tuple[Resolution, ...], asked: ContributionQuestion) -> Contribution:
    """Return what is paid: 22 % of the chosen income for each month, less what the State and the province add.

    Several years ahead are discounted, missing years compounded, with the fund's monthly return.
    Units: đồng, months. Errors: CitizenError when income, years or months are out of range.
    Source: Luật BHXH 41/2024/QH15, Điều 36; Nghị định 159/2025/NĐ-CP, Điều 5 to 7; before 2025-07-01 Nghị định 134/2015/NĐ-CP, Điều 10.
    """
    working = Working(law, asked.day)
    lowest, highest = income_range(working)
    check_income(asked.income, lowest, highest, working)
    if asked.method is not Method.MISSING_YEARS:  # whose months are past
        say_that_the_floor_rises(working, asked.income)
    _say_that_steps_are_unclear(working, asked.income - lowest)
    months = months_of(working, asked)
    check_months(months, asked.months_used)
    total = _total(working, asked, months)
    state = _state(working, asked, months, total)
    local = _local(working, resolutions, asked, months, total - state)
    own = total - state - (local.total or 0 if local else 0)
    working.step("calc_own_part", _difference(total, state, local), own, rule_of(asked.day))
    return Contribution(
        months=months,
        total=total,
        state=state,
        local=local.total if local else None,
        own=own,
        lowest_income=lowest,
        highest_income=highest,
        **working.findings,
    )


def income_range(working: Working) -> tuple[int, int]:
    """Return the lowest and the highest income that may be chosen on the day, đồng a month."""
    lowest = working.whole("voluntary_contribution.income_min")
    level = "reference_level" if working.has("common.reference_level") else "base_salary"
    multiple = working.decimal("voluntary_contribution.income_max_multiple")
    return lowest, dong(multiple * working.whole(f"common.{level}"))


def say_that_the_floor_rises(working: Working, income: int) -> None:
    """Tell whoever chooses little that a higher lowest income is law already."""
    for value in working.law.parameters["voluntary_contribution.income_min"].values:
        if value.since > working.day and isinstance(value.value, int) and value.value > income:
            working.note("calc_floor_rises", day=show.day(value.since), lowest=show.dong(value.value))


def _say_that_steps_are_unclear(working: Working, above: int) -> None:
    """Whether the old steps of the income still bind is not known since the law of 2024."""
    steps = [
        value.value for value in working.law.parameters["voluntary_contribution.income_step"].values if value.value
    ]
    step = steps[-1]
    assert isinstance(step, int)
    if not working.has("voluntary_contribution.income_step") and above % step:
        working.note("calc_step_unclear", step=show.dong(step))


def check_income(income: int, lowest: int, highest: int, working: Working) -> None:
    """Raise CitizenError when the income may not be chosen."""
    day = show.day(working.day)
    if income < lowest:
        raise refuse("income_too_low", income=show.dong(income), lowest=show.dong(lowest), day=day)
    if income > highest:
        raise refuse("income_too_high", income=show.dong(income), highest=show.dong(highest), day=day)
    if working.has("voluntary_contribution.income_step"):
        step = working.whole("voluntary_contribution.income_step")
        if (income - lowest) % step:
            below = income - (income - lowest) % step
            raise refuse(
                "income_off_step", step=show.dong(step), below=show.dong(below), above=show.dong(below + step), day=day
            )


def income_for_own_part(law: Law, resolutions: tuple[Resolution, ...], own: int, asked: ContributionQuestion) -> int:
    """Return the highest income, in steps, whose own part of a month is no more than `own` đồng; the income of `asked` does not count.

    Errors: CitizenError when not even the lowest income can be paid with it.
    """
    working = Working(law, asked.day)
    lowest, highest = income_range(working)
    step = (
        working.whole("voluntary_contribution.income_step")
        if working.has("voluntary_contribution.income_step")
        else STEP
    )
    least = contribution(law, resolutions, replace(asked, income=lowest))
    if own < least.own:
        raise refuse("payment_too_low", own=show.dong(least.own), lowest=show.dong(lowest), day=show.day(asked.day))
    more = (own - least.own) / working.decimal("voluntary_contribution.rate")
    return min(lowest + int(more // step) * step, highest)


def months_of(working: Working, asked: ContributionQuestion) -> int:
    """Return how many months the method pays for; raise CitizenError when the count is not allowed."""
    if asked.method is Method.YEARS_AHEAD:
        least = working.whole("voluntary_contribution.years_ahead_range.min")
        most = working.whole("voluntary_contribution.years_ahead_range.max")
        if asked.years is None or not least <= asked.years <= most:
            raise refuse("years_ahead_out_of_range", least=least, most=most)
        return 12 * asked.years
    if asked.method is Method.MISSING_YEARS:
        most = working.whole("voluntary_contribution.missing_months_max")
        target = working.whole("voluntary_contribution.missing_months_target_years")
        if asked.missing_months is None or not 1 <= asked.missing_months <= most:
            raise refuse("missing_months_out_of_range", most=most, years=target)
        return asked.missing_months
    return MONTHS[asked.method]


def investment_rate(working: Working, given: Decimal | None) -> Decimal:
    """Return the monthly return r to count with; anything but an officially known one makes an estimate."""
    if given is not None:
        if not 0 <= given < 1:
            raise refuse("investment_rate_out_of_range")
        working.doubt("investment_rate_month")
        return given
    value, since = working.nearest(INVESTMENT_RATE)
    assert isinstance(value, Decimal)
    working.doubt(INVESTMENT_RATE)
    working.note("calc_investment_rate_assumed", rate=show.percent(value), year=str(since.year))
    return value


def _total(working: Working, asked: ContributionQuestion, months: int) -> int:
    rate = working.decimal("voluntary_contribution.rate")
    monthly = rate * asked.income
    month = working.step(
        "calc_contribution_month", f"{show.percent(rate)} × {show.grouped(asked.income)}", dong(monthly)
    )
    if asked.method is Method.YEARS_AHEAD:
        r = investment_rate(working, asked.investment_rate_month)
        total = monthly * discounted(r, months)
        formula = f"Σ(i=1…{months}) {show.grouped(month)} ÷ (1 + {show.percent(r)})^(i−1)"
        return working.step("calc_contribution_years_ahead", formula, dong(total), _ahead_rule(asked.day))
    if asked.method is Method.MISSING_YEARS:
        r = investment_rate(working, asked.investment_rate_month)
        total = monthly * compounded(r, months)
        formula = f"Σ(i=1…{months}) {show.grouped(month)} × (1 + {show.percent(r)})^i"
        return working.step("calc_contribution_missing_years", formula, dong(total), _missing_rule(asked.day))
    if months == 1:
        return month
    rule = "Luật BHXH 41/2024/QH15, Điều 36" if asked.day >= LAW_2024 else "Nghị định 134/2015/NĐ-CP, Điều 10 khoản 2"
    return working.step("calc_contribution_months", f"{months} × {show.grouped(month)}", dong(monthly * months), rule)


def discounted(r: Decimal, months: int, skipped: int = 0) -> Decimal:
    """Return Σ 1/(1+r)^(i-1) for i = skipped+1 … months: what a đồng a month costs when paid ahead."""
    factor = 1 / (1 + r)
    return sum((factor**i for i in range(skipped, months)), Decimal(0))


def compounded(r: Decimal, months: int) -> Decimal:
    """Return Σ (1+r)^i for i = 1 … months: what a đồng a month costs when paid late."""
    return sum(((1 + r) ** i for i in range(1, months + 1)), Decimal(0))


def _ahead_rule(day: date) -> str:
    return "Nghị định 159/2025/NĐ-CP, Điều 6" if day >= LAW_2024 else "Quyết định 595/QĐ-BHXH, Điều 10 khoản 3"


def _missing_rule(day: date) -> str:
    return "Nghị định 159/2025/NĐ-CP, Điều 7" if day >= LAW_2024 else "Quyết định 595/QĐ-BHXH, Điều 10 khoản 4"


def _state(working: Working, asked: ContributionQuestion, months: int, total: int) -> int:
    """Return the State's part, đồng: never more than the contribution."""
    if asked.method is Method.MISSING_YEARS and asked.day < LAW_2024:
        return _state_compounded(working, asked, months)
    if asked.method is Method.MISSING_YEARS:
        working.note("calc_missing_support_unknown")
        working.doubt("voluntary_subsidy.missing_years")
    question = StateSubsidyQuestion(
        day=asked.day, groups=asked.groups, months=months, months_used=asked.months_used, paid_ahead=True
    )
    found = state_subsidy(working.law, question)
    if asked.method is Method.MISSING_YEARS:  # whose months are past: no later line touches them
        found = replace(found, notes=tuple(note for note in found.notes if note.key != "calc_paid_ahead_not_adjusted"))
    working.take(found)
    return min(found.total, total)


def _state_compounded(working: Working, asked: ContributionQuestion, months: int) -> int:
    """Quyết định 595/QĐ-BHXH, Điều 12 khoản 1.2 điểm c: for missing years the support grows as the contribution does."""
    _, share = highest_share(working, asked.groups)
    months = min(months, max(0, months_max(working) - asked.months_used))
    r = investment_rate(working, asked.investment_rate_month)
    rate, line = working.decimal("voluntary_contribution.rate"), working.whole("common.rural_poverty_line")
    amount = dong(share * rate * line * compounded(r, months))
    formula = f"Σ(i=1…{months}) {show.percent(share)} × {show.percent(rate)} × {show.grouped(line)} × (1 + {show.percent(r)})^i"
    return working.step("calc_state_support_total", formula, amount, "Quyết định 595/QĐ-BHXH, Điều 12 khoản 1.2")


def _local(
    working: Working, resolutions: tuple[Resolution, ...], asked: ContributionQuestion, months: int, most: int
) -> LocalSubsidy | None:
    if not asked.province:
        return None
    question = LocalSubsidyQuestion(
        day=asked.day,
        province=asked.province,
        old_province=asked.old_province,
        groups=asked.groups,
        months=months,
        most=most,
    )
    found = local_subsidy(working.law, resolutions, question)
    working.take(found)
    return found


def _difference(total: int, state: int, local: LocalSubsidy | None) -> str:
    parts = [total, state, *([local.total] if local and local.total else [])]
    return " − ".join(show.grouped(part) for part in parts)
