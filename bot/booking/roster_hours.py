"""Reads days and hours as a roster writes them: «mon-fri», «07:30-11:30», breaks, leave. Minutes are those of the day."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from bot.errors import ContentError
from bot.yaml_files import as_date, as_list, as_text, checked_keys

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_LEAVE = timedelta(days=366)
_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-4]):([0-5]\d)")


class Stretch(NamedTuple):
    """From one minute of the day until before another."""

    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class PlannedHours:
    """An unbroken stretch of work of each such weekday; None: from ever, for ever."""

    weekday: int
    stretch: Stretch
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """Leave, or hours added to a day."""

    day: date
    works: bool
    stretch: Stretch
    reason: str | None


def keys(found: Any, where: str, *, needed: Collection[str], allowed: Collection[str] = ()) -> dict[str, Any]:
    """Return a mapping with all needed keys and no unknown one; ContentError says which there may be."""
    try:
        return checked_keys(found, where, needed=needed, allowed=allowed)
    except ContentError as error:
        known = ", ".join([*sorted(needed), *(f"[{name}]" for name in sorted(allowed))])
        raise ContentError(f"{error}; keys here: {known}") from None


def as_hours(found: Any, where: str) -> Stretch:
    """Read «07:30-11:30»."""
    read = _HOURS.fullmatch(found.strip()) if isinstance(found, str) else None
    if read is None:
        raise ContentError(f"{where}: must be hours like 07:30-11:30, found {found!r}")
    hour, minute, last_hour, last_minute = (int(part) for part in read.groups())
    stretch = Stretch(hour * 60 + minute, last_hour * 60 + last_minute)
    if not stretch.starts < stretch.ends <= 24 * 60:
        raise ContentError(
            f"{where}: {found} must end later than it begins, on the same day; split what passes midnight"
        )
    return stretch


def as_weekdays(found: Any, where: str) -> list[int]:
    """Read [mon-fri, sun]."""
    numbers = [number for each in as_list(found, where, _weekdays) for number in each]
    if not numbers or len(numbers) != len(set(numbers)):
        raise ContentError(f"{where}: name each weekday once, such as [mon-fri, sun]")
    return sorted(numbers)


def as_weekday(found: Any, where: str) -> int:
    """Read «mon»."""
    if found not in WEEKDAYS:
        raise ContentError(f"{where}: must be one of {', '.join(WEEKDAYS)}, found {found!r}")
    return WEEKDAYS.index(found)


def _weekdays(found: Any, where: str) -> range:
    first, _, last = str(found).partition("-")
    starts, ends = as_weekday(first, where), as_weekday(last or first, where)
    if starts > ends:
        raise ContentError(f"{where}: {found} must go forward in the week; write it as two")
    return range(starts, ends + 1)


def as_plan(found: Any, where: str) -> list[PlannedHours]:
    """Read one plan: its weekdays, hours, breaks in them, and between which days it holds."""
    plan = keys(found, where, needed={"days", "hours"}, allowed={"breaks", "from", "to"})
    worked = as_list(plan["hours"], f"{where}.hours", as_hours)
    breaks = as_list(plan.get("breaks", []), f"{where}.breaks", as_hours)
    for number, rest in enumerate(breaks):
        if not any(one.starts < rest.starts and rest.ends < one.ends for one in worked):
            raise ContentError(f"{where}.breaks[{number}]: must lie inside the hours; shorten the hours instead")
    first, last = (as_date(plan[name], f"{where}.{name}") if name in plan else None for name in ("from", "to"))
    if first and last and last < first:
        raise ContentError(f"{where}.to: {last} is before {first}; exchange from and to")
    days = as_weekdays(plan["days"], f"{where}.days")
    stretches = list(_between(_joined(worked, where), breaks))
    return [PlannedHours(day, stretch, first, last) for day in days for stretch in stretches]


def _joined(stretches: Iterable[Stretch], where: str) -> list[Stretch]:
    """Return stretches in order, those that touch as one."""
    joined: list[Stretch] = []
    for one in sorted(stretches):
        if joined and one.starts < joined[-1].ends:
            raise ContentError(f"{where}.hours: two stretches overlap; write them as one")
        if joined and one.starts == joined[-1].ends:
            joined[-1] = Stretch(joined[-1].starts, one.ends)
        else:
            joined.append(one)
    return joined


def _between(worked: Iterable[Stretch], breaks: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield what breaks leave."""
    for one in worked:
        at = one.starts
        for rest in sorted(each for each in breaks if one.starts < each.starts < one.ends):
            if at < rest.starts:
                yield Stretch(at, rest.starts)
            at = max(at, rest.ends)
        yield Stretch(at, one.ends)


def no_two_at_once(planned: Iterable[PlannedHours], where: str) -> None:
    """Raise ContentError when somebody would work in two plans at one time."""
    ordered = sorted(planned, key=lambda one: (one.weekday, one.stretch, one.first or date.min))
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.weekday != one.weekday or other.stretch.starts >= one.stretch.ends:
                break
            if (one.first or date.min) <= (other.last or date.max) and (other.first or date.min) <= (
                one.last or date.max
            ):
                raise ContentError(
                    f"{where}: two plans overlap on {WEEKDAYS[one.weekday]}; shorten one, by hours or days"
                )


def as_leave(found: Any, where: str) -> list[ChangedDay]:
    """Read leave: a day or the days from one to another, whole or some hours."""
    leave = keys(found, where, needed=(), allowed={"day", "from", "to", "hours", "reason"})
    if ("day" in leave) == ("from" in leave) or ("from" in leave) != ("to" in leave):
        raise ContentError(f"{where}: give either day, or from and to")
    first = as_date(leave.get("day", leave.get("from")), f"{where}.{'day' if 'day' in leave else 'from'}")
    last = as_date(leave["to"], f"{where}.to") if "to" in leave else first
    if not first <= last <= first + LONGEST_LEAVE:
        raise ContentError(f"{where}.to: must be from {first} on, and no longer than a year; else write active: false")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [ChangedDay(day, False, one, _reason(leave, where)) for day in days for one in _some_hours(leave, where)]


def _some_hours(change: Mapping[str, Any], where: str) -> list[Stretch]:
    if "hours" not in change:
        return [Stretch(0, 24 * 60)]
    return _joined(as_list(change["hours"], f"{where}.hours", as_hours), where)


def _reason(change: Mapping[str, Any], where: str) -> str | None:
    return as_text(change["reason"], f"{where}.reason") if "reason" in change else None


def as_extra(found: Any, where: str) -> list[ChangedDay]:
    """Read hours added to one day."""
    extra = keys(found, where, needed={"day", "hours"}, allowed={"reason"})
    day = as_date(extra["day"], f"{where}.day")
    return [ChangedDay(day, True, one, _reason(extra, where)) for one in _some_hours(extra, where)]


def no_change_twice(changes: Iterable[ChangedDay], where: str) -> None:
    """Raise ContentError when leave and added hours of a day, or two of either, overlap."""
    for one, other in pairwise(sorted(changes, key=lambda each: (each.day, each.stretch))):
        if one.day == other.day and other.stretch.starts < one.stretch.ends:
            raise ContentError(f"{where}: two entries of leave or extra overlap on {one.day}; take one of them away")
