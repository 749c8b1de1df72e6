"""Ways to go on side by side: incomes, years, now or later, pay on or withdraw — what each costs and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from bot.calculators.contribution import check_income, income_range
from bot.calculators.local_subsidy import LocalSubsidyQuestion, local_subsidy
from bot.calculators.lump_sum_withdrawal import Case, LumpSumWithdrawalQuestion, lump_sum_withdrawal
from bot.calculators.months import (
    LONGEST_CAREER,
    add_months,
    duration,
    first_of_month,
    months_from,
    months_of_life,
)
from bot.calculators.pension_plan import PensionPlan, PensionPlanQuestion, pension_plan
from bot.calculators.people import Sex, check_birth
from bot.calculators.state_subsidy import Group, StateSubsidy, StateSubsidyQuestion, state_subsidy
from bot.calculators.working import Question, Result, Unit, Working, dong, refuse
from bot.law.local_support import Resolution
from bot.law.parameters import Law
from bot.vn import show

MOST_WAYS = 60
OLDEST_BEGINNER = 100  # years


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months in a row paid at one income, from `since` on."""

    since: date
    months: int
    income: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonQuestion(Question):
    """Who compares what: every income with every number of months and every age to begin at."""

    sex: Sex
    """male or female."""
    birth: date
    """Date of birth ("1985", "1985-03" where no more is known)."""
    incomes: tuple[int, ...]
    """Monthly incomes to compare, đồng, such as [1500000, 3000000, 5000000]."""
    months: tuple[int, ...] = (180,)
    """Months to pay, such as [180, 240, 300]."""
    begin_ages: tuple[int, ...] = ()
    """Ages in years at which to begin, besides now: [50]. With them `months` is left aside: each way pays up to the month of the retirement age."""
    groups: tuple[Group, ...] = (Group.OTHER,)
    """poor, island, near_poor, ethnic_minority, other: every group the person belongs to."""
    months_used: int = 0
    """Months for which the State has added before."""
    province: str = ""
    """Key of a province of today or of an old one (content/places/provinces.yaml); empty: the province's part is left out."""
    old_province: str = ""
    """Key of the old province inside it, where it is known."""
    paid_months: int = 0
    """Months paid before, which count for the pension."""
    paid_average: int | None = None
    """Their average in today's money, đồng a month; left out: the income compared."""
    as_of_day: bool = False
    """True: the law of the day as if it held for ever; False: what is known to change, such as the poverty line, is followed."""
    withdraw: bool = False
    """True: also what `paid_months` give when they are taken out in one go now (twelve months out, paid before 2025-07-01)."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way: sums in đồng over all its months; None: no pension, or not to be known.

    `total` is the whole contribution, `own` the person's part. `paid_back_months`: months of pension that equal the own part.
    """

    income: int
    begins: date
    months: int
    total: int
    state: int
    local: int
    own: int
    pension: int | None
    lump_sum: int
    first_month: date
    missing_months: int
    paid_back_months: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Result):
    """The ways in the order asked; `withdrawal`: what is paid out now, đồng, None when not asked or not allowed."""

    ways: tuple[Way, ...]
    withdrawal: int | None


def comparison(law: Law, resolutions: tuple[Resolution, ...], asked: ComparisonQuestion) -> Comparison:
    """Return what each way costs the person, the State and the province in all, and the pension it leads to.

    An income below a coming higher floor is raised to it from that day on. Sums are in today's money. Units: đồng, months.
    Errors: CitizenError as in pension_plan. Source: see contribution, state_subsidy, local_subsidy, pension_plan.
    """
    working = Working(law, asked.day)
    _check(working, asked)
    support = cache(lambda question: state_subsidy(law, question))  # the same for every income
    comparing = _Comparing(working, resolutions, asked, support)
    ways = tuple(_way(comparing, *each) for each in _asked_ways(asked))
    return Comparison(ways=ways, withdrawal=_withdrawal(working, asked), **working.findings)


@dataclass(frozen=True, slots=True)
class _Comparing:
    """What every way is worked out with."""

    working: Working
    resolutions: tuple[Resolution, ...]
    asked: ComparisonQuestion
    support: Callable[[StateSubsidyQuestion], StateSubsidy]


def _check(working: Working, asked: ComparisonQuestion) -> None:
    check_birth(asked.birth, asked.day)
    if not asked.incomes or not (asked.months or asked.begin_ages):
        raise refuse("nothing_to_compare")
    if len(asked.incomes) * (len(asked.months) + len(asked.begin_ages) + 1) > MOST_WAYS:
        raise refuse("too_much_to_compare", most=MOST_WAYS)
    if any(not 1 <= months <= LONGEST_CAREER for months in asked.months):
        raise refuse("months_out_of_range", most=LONGEST_CAREER)
    least = working.whole("voluntary_contribution.min_age")
    if any(not least <= age <= OLDEST_BEGINNER for age in asked.begin_ages):
        raise refuse("begin_age_out_of_range", least=least, most=OLDEST_BEGINNER)
    for income in asked.incomes:
        check_income(income, *income_range(working), working)


def _asked_ways(asked: ComparisonQuestion) -> Iterator[tuple[int, date, int | None]]:
    """Yield income, first day and months of each way; None months: until the retirement age."""
    for income in asked.incomes:
        if not asked.begin_ages:
            yield from ((income, asked.day, months) for months in asked.months)
            continue
        yield income, asked.day, None
        lived = months_of_life(asked.birth, asked.day)
        for age in asked.begin_ages:
            if age * 12 > lived:
                yield income, add_months(asked.birth, age * 12), None


def _way(comparing: _Comparing, income: int, begins: date, months: int | None) -> Way:
    working, asked = comparing.working, comparing.asked
    months = _until_age(working, asked, income, begins) if months is None else months
    stretches = (
        [Stretch(begins, months, income)] if asked.as_of_day else list(_stretches(working, income, begins, months))
    )
    total, state, local = _parts(comparing, stretches)
    own = total - state - local
    average = dong(Decimal(sum(each.income * each.months for each in stretches)) / months)
    plan = _plan(working, asked, average, begins, months)
    _write(working, income, months, total, state, local, own, stretches)
    _write_pension(working, plan)
    return Way(
        income=income,
        begins=begins,
        months=months,
        total=total,
        state=state,
        local=local,
        own=own,
        pension=plan.monthly,
        lump_sum=plan.lump_sum,
        first_month=plan.first_month,
        missing_months=plan.missing_months,
        paid_back_months=-(-own // plan.monthly) if plan.monthly else None,
    )


def _parts(comparing: _Comparing, stretches: list[Stretch]) -> tuple[int, int, int]:
    """Return the whole contribution, the State's and the province's part; both parts follow the line from stretch to stretch."""
    asked, used = comparing.asked, comparing.asked.months_used
    rate = comparing.working.decimal("voluntary_contribution.rate")
    total = state = local = 0
    for each in stretches:
        whole = dong(rate * each.income * each.months)
        question = StateSubsidyQuestion(
            day=each.since, groups=asked.groups, months=each.months, months_used=used, paid_ahead=asked.as_of_day
        )
        found = comparing.support(question)
        local += _local(comparing, each, whole - found.total)
        total, state, used = total + whole, state + found.total, used + found.months_supported
    return total, state, local


def _until_age(working: Working, asked: ComparisonQuestion, income: int, begins: date) -> int:
    """Return the months from a day to the month of the retirement age, both included; raise CitizenError when it is past."""
    plan = _plan(working, asked, income, begins, None)
    months = months_from(begins, plan.reached) + 1
    if months < 1:
        raise refuse("begins_too_late", day=show.day(plan.reached))
    return months


def _plan(working: Working, asked: ComparisonQuestion, income: int, begins: date, months: int | None) -> PensionPlan:
    lowest = working.whole("voluntary_contribution.income_min", begins)
    question = PensionPlanQuestion(
        day=begins,
        sex=asked.sex,
        birth=asked.birth,
        income=max(income, lowest),
        months_to_pay=months,
        voluntary_months=asked.paid_months,
        voluntary_average=asked.paid_average,
    )
    return pension_plan(working.law, question)


def _stretches(working: Working, income: int, begins: date, months: int) -> Iterator[Stretch]:
    """Yield the income really paid on and for how many months, as the floor rises."""
    end = add_months(first_of_month(begins), months)
    values = working.law.parameters["voluntary_contribution.income_min"].values
    cuts = [begins, *(value.since for value in values if begins < value.since < end), end]
    for start, stop in zip(cuts, cuts[1:], strict=False):
        floor = working.whole("voluntary_contribution.income_min", start)
        yield Stretch(start, months_from(start, stop), max(income, floor))


def _local(comparing: _Comparing, stretch: Stretch, most: int) -> int:
    working, asked = comparing.working, comparing.asked
    if not asked.province:
        return 0
    question = LocalSubsidyQuestion(
        day=stretch.since,
        province=asked.province,
        old_province=asked.old_province,
        groups=asked.groups,
        months=stretch.months,
        most=most,
    )
    found = local_subsidy(working.law, comparing.resolutions, question)
    for note in (note for note in found.notes if note.key != "calc_local_ends_inside"):  # which counts one stretch only
        working.note(note.key, **note.values)
    if found.total is not None and found.valid_to is not None and found.months_supported < stretch.months:
        working.note("calc_way_local_ends", day=show.day(found.valid_to))
    return found.total or 0


def _write(
    working: Working,
    income: int,
    months: int,
    total: int,
    state: int,
    local: int,
    own: int,
    stretches: list[Stretch],
) -> None:
    rate = working.decimal("voluntary_contribution.rate")
    inner = " + ".join(f"{each.months} × {show.percent(rate)} × {show.grouped(each.income)}" for each in stretches)
    working.step("calc_way_total", inner, total)
    parts = [total, state, *([local] if local else [])]
    working.step(
        "calc_way_own", " − ".join(show.grouped(part) for part in parts), own, "Nghị định 159/2025/NĐ-CP, Điều 5"
    )
    if len({each.income for each in stretches}) > 1:
        working.note("calc_way_floor_rises", income=show.dong(income), months=duration(months))


def _write_pension(working: Working, plan: PensionPlan) -> None:
    if plan.monthly is not None and plan.rate is not None:
        formula = f"{show.percent(plan.rate)} × {show.grouped(plan.average)}"
        working.step("calc_way_pension", formula, plan.monthly, *plan.references)
    else:
        working.write("calc_way_missing", "", plan.missing_months, Unit.MONTHS, *plan.references)
    for setting in plan.estimated_from:
        working.doubt(setting)
    working.note("calc_plan_todays_money")
    working.note_check(plan.checked)


def _withdrawal(working: Working, asked: ComparisonQuestion) -> int | None:
    if not asked.withdraw:
        return None
    question = LumpSumWithdrawalQuestion(
        day=asked.day,
        case=Case.TWELVE_MONTHS_OUT,
        months=asked.paid_months,
        average_income=asked.paid_average or asked.incomes[0],
        months_out=12,
        paid_before_2025_07=True,
        groups=asked.groups,
    )
    found = lump_sum_withdrawal(working.law, question)
    working.take(found)
    working.note("calc_way_withdrawal_ends_years")
    return found.amount if found.eligible else None
