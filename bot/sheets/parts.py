"""The parts of a card: for each kind of result its main figure and the lines that make it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.answers.library import Library
from bot.calculators.contribution import Contribution
from bot.calculators.health_insurance_contribution import HealthInsuranceContribution
from bot.calculators.local_subsidy import Finding, LocalSubsidy
from bot.calculators.months import month_name
from bot.calculators.pension_plan import PensionPlan
from bot.calculators.wire import shown
from bot.calculators.working import Result, Step
from bot.sheets.words import local_finding, say
from bot.vn import show


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is and how much."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one result says: its main figure, and the lines that make it up."""

    head: Row
    rows: tuple[Row, ...]
    estimate: bool
    small: tuple[Step, ...]  # the steps that `rows` do not show already


def part_of(library: Library, result: Result) -> Part:
    """Return what a result says; one of an unknown kind is shown by its steps."""
    made = _PARTS.get(type(result))
    return made(library, result) if made else _from_steps(library, result)


def with_paid_back(library: Library, part: Part, months: int) -> Part:
    """Return the part with a line on how soon what was paid comes back."""
    return replace(part, rows=(*part.rows, Row(say(library, "sheet_paid_back"), show.duration(months))))


def _contribution(library: Library, found: Contribution) -> Part:
    once = found.months > 1
    label = say(library, "sheet_own_once", months=show.duration(found.months)) if once else say(library, "sheet_own")
    rows = [
        Row(say(library, "sheet_full"), show.dong(found.total)),
        Row(say(library, "sheet_state"), f"− {show.dong(found.state)}"),
    ]
    local = _local(library, found)
    if local:
        rows.append(Row(say(library, "sheet_local"), local))
    return Part(Row(label, show.dong(found.own)), tuple(rows), found.estimate, found.steps)


def _local(library: Library, found: Contribution) -> str:
    """Return what the province adds, or in a word why there is no amount; nothing when no province was asked about."""
    if found.local is not None:
        return f"− {show.dong(found.local)}"
    said = {note.key for note in found.notes}
    return next((local_finding(library, finding) for finding, note in _NOTES.items() if note in said), "")


_NOTES = {finding: f"calc_local_{finding}" for finding in Finding} | {Finding.DIFFERS_WITHIN: "calc_local_differs"}


def _from_steps(library: Library, found: Result) -> Part:
    """A result of any other kind: its last step is what it comes to, the steps before it make it up."""
    if not found.steps:
        return Part(Row("", ""), (), found.estimate, ())
    rows = [Row(say(library, step.label), shown(step.value, step.unit)) for step in found.steps]
    return Part(rows[-1], tuple(rows[:-1]), found.estimate, ())


def _local_support(library: Library, found: LocalSubsidy) -> Part:
    if found.monthly is not None:
        return _from_steps(library, found)
    head = Row(say(library, "sheet_local"), local_finding(library, found.finding))
    return Part(head, (), found.estimate, ())


def _pension_plan(library: Library, found: PensionPlan) -> Part:
    rows = [
        Row(say(library, "sheet_pension_age"), show.age(found.age_months)),
        Row(say(library, "sheet_pension_paid"), show.duration(found.months)),
    ]
    if found.monthly is None:
        head = Row(say(library, "sheet_pension_missing"), show.duration(found.missing_months))
        if found.monthly_when_closed is not None:
            rows.append(Row(say(library, "sheet_pension_when_closed"), show.dong(found.monthly_when_closed)))
    else:
        head = Row(say(library, "sheet_pension"), show.dong(found.monthly))
        rows.insert(0, Row(say(library, "sheet_pension_from"), month_name(found.first_month)))
    if found.lump_sum:
        rows.append(Row(say(library, "sheet_pension_lump_sum"), show.dong(found.lump_sum)))
    return Part(head, tuple(rows), found.estimate, found.steps)


def _household(library: Library, found: HealthInsuranceContribution) -> Part:
    head = Row(say(library, "sheet_household_own", months=show.duration(found.months)), show.dong(found.own))
    rows = _from_steps(library, found)
    each = (*rows.rows, rows.head) if len(found.shares) == found.shares[0].count == 1 else rows.rows
    return Part(head, each, found.estimate, ())


_PARTS: Mapping[type[Result], Callable[[Library, Any], Part]] = {
    Contribution: _contribution,
    HealthInsuranceContribution: _household,
    LocalSubsidy: _local_support,
    PensionPlan: _pension_plan,
}
