"""What the State adds to the contribution of voluntary insurance: by group and day, for at most 120 months."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.calculators.months import add_months, first_of_month, month_name, months_from
from bot.calculators.working import Question, Result, Working, dong, refuse
from bot.law.parameters import Law
from bot.vn import show

SINCE_2025 = "Nghị định 159/2025/NĐ-CP, Điều 5"
BEFORE_2025 = "Nghị định 134/2015/NĐ-CP, Điều 14"
MONTHS_COUNT = "Quyết định 595/QĐ-BHXH, Điều 12 khoản 1.2"


class Group(StrEnum):
    """Who gets which share; whoever is none of the others is `other`."""

    POOR = "poor"
    ISLAND = "island"
    NEAR_POOR = "near_poor"
    ETHNIC_MINORITY = "ethnic_minority"
    OTHER = "other"


PARAMETER = {
    group: f"voluntary_subsidy.rate_by_group.{'island_commune_or_special_zone' if group is Group.ISLAND else group}"
    for group in Group
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSubsidyQuestion(Question):
    """Who asks and how long they will pay."""

    groups: tuple[Group, ...] = (Group.OTHER,)
    """Every group the person belongs to; the highest share counts."""
    months: int = 1
    """How many months are paid, from the month of `day` on."""
    months_used: int = 0
    """Months for which the State has added before (since 2018)."""
    paid_ahead: bool = False
    """True: all months are paid at once on `day`, so that later changes do not matter."""


@dataclass(frozen=True, slots=True)
class Period:
    """Months in a row with the same support, đồng a month."""

    since: date
    months: int
    monthly: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSubsidy(Result):
    """The support of each period and in all, đồng; `months_left`: what remains of the 120 months afterwards."""

    group: Group
    share: Decimal
    monthly: int
    total: int
    months_supported: int
    months_left: int
    periods: tuple[Period, ...]


def state_subsidy(law: Law, asked: StateSubsidyQuestion) -> StateSubsidy:
    """Return what the State adds: a share of 22 % of the rural poverty line for each month paid.

    Units: đồng, months. Errors: CitizenError for impossible counts of months.
    Source: Nghị định 159/2025/NĐ-CP, Điều 5; before 2025-07-01 Nghị định 134/2015/NĐ-CP, Điều 14.
    """
    check_months(asked.months, asked.months_used)
    working = Working(law, asked.day)
    too_early = months_from(asked.day, working.moment("changes.state_support_starts"))
    if 0 < too_early < asked.months and not asked.paid_ahead:  # the months before it began take none of the 120
        begins = add_months(first_of_month(asked.day), too_early)
        return state_subsidy(law, replace(asked, day=begins, months=asked.months - too_early))
    group, share = highest_share(working, asked.groups)
    left = max(0, months_max(working) - asked.months_used)
    supported = min(asked.months, left)
    periods = _periods(working, asked, supported)
    total = sum(period.months * period.monthly for period in periods)
    if share and not supported:
        working.note("calc_support_used_up", most=str(months_max(working)))
    elif share and supported < asked.months:
        working.note("calc_support_runs_out", months=str(supported))
    if len(periods) != 1 or supported > 1:
        formula = " + ".join(f"{period.months} × {show.grouped(period.monthly)}" for period in periods)
        working.step("calc_state_support_total", formula or "0", total, rule_of(asked.day))
    return StateSubsidy(
        group=group,
        share=share,
        monthly=periods[0].monthly if periods else 0,
        total=total,
        months_supported=supported if share else 0,
        months_left=left - supported,
        periods=periods,
        **working.findings,
    )


def rule_of(day: date) -> str:
    """Return the article on State support of the day."""
    return SINCE_2025 if day >= date(2025, 7, 1) else BEFORE_2025


def highest_share(working: Working, groups: Iterable[Group], on: date | None = None) -> tuple[Group, Decimal]:
    """Return the group that gets most on the day and its share; before State support began the share is 0."""
    day = on or working.day
    if day < working.moment("changes.state_support_starts"):
        return Group.OTHER, Decimal(0)
    known = [group for group in {*groups, Group.OTHER} if working.has(PARAMETER[group], day)]
    shares = {group: _share(working, group, day) for group in known}
    best = max(known, key=lambda group: (shares[group], group in groups, group))
    return best, working.decimal(PARAMETER[best], day)


def _share(working: Working, group: Group, day: date) -> Decimal:
    value = working.law.parameters[PARAMETER[group]].on(day).value
    assert isinstance(value, Decimal)
    return value


def months_max(working: Working) -> int:
    """Return the most months the State adds for; 0 before it began."""
    return working.whole("voluntary_subsidy.months_max") if working.has("voluntary_subsidy.months_max") else 0


def monthly_support(working: Working, share: Decimal, on: date) -> int:
    """Write the step for one month's support and return it, đồng."""
    rate = working.decimal("voluntary_contribution.rate", on)
    line = working.whole("common.rural_poverty_line", on)
    formula = f"{show.percent(share)} × {show.percent(rate)} × {show.grouped(line)}"
    return working.step("calc_state_support_month", formula, dong(share * rate * line), rule_of(on))


def check_months(months: int, used: int = 0) -> None:
    """Raise CitizenError when a count of months is impossible."""
    if not 1 <= months <= 720:
        raise refuse("months_out_of_range", most=720)
    if not 0 <= used <= 720:
        raise refuse("months_used_out_of_range", most=720)


def _periods(working: Working, asked: StateSubsidyQuestion, supported: int) -> tuple[Period, ...]:
    """Split the supported months where the poverty line or the shares change."""
    found: list[Period] = []
    first = first_of_month(asked.day)
    for start, end in _stretches(working, first, add_months(first, supported), ahead=asked.paid_ahead):
        on = asked.day if asked.paid_ahead or start == first else start
        _, share = highest_share(working, asked.groups, on)
        line = working.whole("common.rural_poverty_line", on)
        monthly = monthly_support(working, share, on)
        if found:
            working.note(
                "calc_support_changes", month=month_name(start), line=show.dong(line), amount=show.dong(monthly)
            )
        found.append(Period(start, months_from(start, end), monthly))
    if asked.paid_ahead and supported:
        _say_that_line_changes(working, first, add_months(first, supported))
    return tuple(found)


def _stretches(working: Working, start: date, end: date, *, ahead: bool) -> list[tuple[date, date]]:
    if start >= end:
        return []
    cuts = [] if ahead else changes_between(working.law, start, end)
    edges = [start, *cuts, end]
    return list(zip(edges, edges[1:], strict=False))


def changes_between(law: Law, start: date, end: date) -> list[date]:
    """Return the days behind `start` and before `end` on which the line or a share takes another value."""
    names = ["common.rural_poverty_line", *PARAMETER.values()]
    days: set[date] = set()
    for name in names:
        values = law.parameters[name].values
        for before, after in zip((None, *values), values, strict=False):
            if start < after.since < end and (before is None or before.value != after.value):
                days.add(first_of_month(after.since))
    return sorted(days)


def _say_that_line_changes(working: Working, start: date, end: date) -> None:
    for day in changes_between(working.law, start, end):
        line = working.law.parameters["common.rural_poverty_line"].on(day).value
        assert isinstance(line, int)
        working.note("calc_paid_ahead_not_adjusted", month=month_name(day), line=show.dong(line))
