"""Reads a roster, a YAML file of offices, consultants, special days and field days, and writes it into the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import roster_store
from bot.booking.outside import outside_plans
from bot.booking.roster_entries import (
    Consultant,
    FieldDay,
    Roster,
    as_consultant,
    as_field_day,
    as_office,
    as_special_day,
)
from bot.booking.roster_hours import keys
from bot.booking.roster_store import Written
from bot.booking.rules import Appointment
from bot.clock import VIETNAM
from bot.errors import ContentError
from bot.yaml_files import parse_yaml, raise_faults, read_text

T = TypeVar("T")
_PARTS = ("offices", "consultants", "special_days", "field_days")


@dataclass(frozen=True, slots=True)
class Report:
    """What was written, and which appointments stand outside a plan from now on."""

    written: Written
    outside: tuple[Appointment, ...]


async def load(connection: AsyncConnection, path: Path, *, now: datetime) -> Report:
    """Write a file into the tables, in the caller's transaction; ContentError names every fault, and nothing is written.

    Entries are known by their keys: a second run changes nothing, and what is not in the file stays as it is. No
    appointment is touched: the report names those that stand outside a plan now.
    """
    content = read_text(path)
    roster = parse(content, str(path))
    raise_faults(await roster_store.unknown(connection, roster), content, str(path))
    async with connection.begin_nested():
        written = await roster_store.write(connection, roster)
    return Report(written, tuple(await outside_plans(connection, now=now)))


def parse(text: str, where: str) -> Roster:
    """Return what a roster says; ContentError names each fault with its line and what to do."""
    found = parse_yaml(text, where)
    faults: list[str] = []
    try:
        parts = keys(found, "roster", needed=(), allowed=_PARTS)
    except ContentError as error:
        raise ContentError(f"{where}: {error}") from None
    offices = _all(parts, "offices", as_office, faults)
    consultants = _all(parts, "consultants", as_consultant, faults)
    special = _all(parts, "special_days", as_special_day, faults)
    field_days = _all(parts, "field_days", as_field_day, faults)
    for name, keyed in (("offices", offices), ("consultants", consultants), ("field_days", field_days)):
        faults += _twice(name, (one.key for one in keyed), "key")
    faults += _twice("special_days", (str(day) for day, _ in special), "day")
    faults += _in_two_places(consultants, field_days)
    raise_faults(faults, text, where)
    return Roster(tuple(offices), tuple(consultants), dict(special), tuple(field_days))


def _all(parts: Mapping[str, Any], name: str, read: Callable[[Any, str], T], faults: list[str]) -> list[T]:
    """Return the entries of a part that are well; note what is wrong with the others."""
    entries, found = parts.get(name, []), []
    if not isinstance(entries, list):
        faults.append(f"{name}: must be a list, each entry begun with «- »")
        return []
    for number, entry in enumerate(entries):
        try:
            found.append(read(entry, f"{name}[{number}]"))
        except ContentError as error:
            faults.append(str(error))
    return found


def _twice(name: str, found: Iterable[str], what: str) -> Iterator[str]:
    for key, count in Counter(found).items():
        if count > 1:
            yield f"{name}: the {what} {key} stands there {count} times; keep one"


def _in_two_places(consultants: Iterable[Consultant], field_days: Iterable[FieldDay]) -> Iterator[str]:
    """Yield where somebody would be in two places at once."""
    out = [(member, one) for one in field_days if not one.cancelled for member in one.team]
    for number, (member, one) in enumerate(out):
        for other_member, other in out[number + 1 :]:
            same = member == other_member and one.day == other.day
            if same and one.stretch.starts < other.stretch.ends and other.stretch.starts < one.stretch.ends:
                yield f"field_days: {member} is in the teams of {one.key} and {other.key} at once; take one away"
    days = {(member, one.day): one.key for member, one in out}
    for consultant in consultants:
        for change in consultant.extra or ():
            if (consultant.key, change.day) in days:
                field_day = days[consultant.key, change.day]
                yield f"consultants: {consultant.key} has extra hours on {change.day}, the field day {field_day}; take one away"


def told(report: Report) -> Iterator[str]:
    """Yield what a report says, line by line; people are not named."""
    written = report.written
    for name in ("offices", "consultants", "field_days"):
        count, new = getattr(written, name)
        yield f"{name.replace('_', ' ')}: {count} written, {new} of them new"
    yield f"special days: {written.special_days} written"
    if report.outside:
        yield "These appointments stand outside a plan now; move them, or write the plan again:"
    for one in report.outside:
        yield f"  {one.code}  {one.starts_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}  {one.consultant}, {one.place}"
