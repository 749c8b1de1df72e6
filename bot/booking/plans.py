"""When a consultant works on a day and which beginnings are free: plans, leave, added hours, field days, taken times. Pure.

Moments are minutes since 1970. Each stretch of work has a grid of its own that begins where the stretch begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from bot.booking.rules import BUFFER
from bot.clock import VIETNAM

STEP = 15  # minutes between two beginnings
REST = int(BUFFER.total_seconds()) // 60


class Taken(NamedTuple):
    """What is booked or held, rest included: from each beginning until before the end beside it, in order, none twice."""

    starts: Sequence[int] = ()
    ends: Sequence[int] = ()


class Hours(NamedTuple):
    """An unbroken stretch of each such weekday between two days; minutes of the day."""

    weekday: int
    starts: int
    ends: int
    first: date
    last: date


class Change(NamedTuple):
    """Leave, or hours added to one day; minutes of the day."""

    day: date
    works: bool
    starts: int
    ends: int


class FieldHours(NamedTuple):
    """The hours of a field day in whose team the consultant is; minutes of the day."""

    id: int
    day: date
    starts: int
    ends: int


class Stretch(NamedTuple):
    """Unbroken work, in an office or on a field day."""

    starts: int
    ends: int
    field_day: int | None = None


NOTHING = Taken()


@dataclass(slots=True)
class Diary:
    """What is known of a consultant's days."""

    hours: list[Hours] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    field_days: list[FieldHours] = field(default_factory=list)
    taken: Taken = NOTHING


class Busy(NamedTuple):
    """Who is booked or held from one minute until before another, rest included."""

    starts: int
    ends: int
    whose: AbstractSet[int]


@dataclass(frozen=True, slots=True)
class Books:
    """What is known of many consultants' days: a diary for all who have the same plans, and who is busy on a day."""

    plans: list[tuple[Diary, AbstractSet[int]]] = field(default_factory=list)
    busy: dict[date, list[Busy]] = field(default_factory=lambda: defaultdict(list))


@lru_cache(maxsize=512)
def midnight(day: date) -> int:
    """Return the moment at which a day begins in Vietnam."""
    return minute_of(datetime.combine(day, time(), VIETNAM))


def minute_of(moment: datetime) -> int:
    """Return the minutes since 1970 of an aware moment, what is left of its minute cut off."""
    return int(moment.timestamp()) // 60


def next_minute(moment: datetime) -> int:
    """Return the first whole minute since 1970 that is not before an aware moment."""
    return -int(-moment.timestamp() // 60)


def moment_of(minute: int) -> datetime:
    """Return a moment, aware, in UTC."""
    return datetime.fromtimestamp(minute * 60, UTC)


def stretches(diary: Diary, day: date, weekdays: Collection[int]) -> list[Stretch]:
    """Return when the consultant works on a day, for which the plans of these weekdays hold (none: a holiday).

    A field day takes the place of everything else; leave takes away from either.
    """
    base = midnight(day)
    planned = _field_days(diary, day, base) or [*_hours(diary, day, base, weekdays), *_added(diary, day, base)]
    away = [one for one in diary.changes if one.day == day and not one.works]
    return [piece for stretch in planned for piece in _without(stretch, base, away)] if away else planned


def _field_days(diary: Diary, day: date, base: int) -> list[Stretch]:
    return [Stretch(base + one.starts, base + one.ends, one.id) for one in diary.field_days if one.day == day]


def _hours(diary: Diary, day: date, base: int, weekdays: Collection[int]) -> Iterator[Stretch]:
    for one in diary.hours:
        if one.weekday in weekdays and one.first <= day <= one.last:
            yield Stretch(base + one.starts, base + one.ends)


def _added(diary: Diary, day: date, base: int) -> Iterator[Stretch]:
    for one in diary.changes:
        if one.day == day and one.works:
            yield Stretch(base + one.starts, base + one.ends)


def _without(stretch: Stretch, base: int, away: Iterable[Change]) -> list[Stretch]:
    """Return what leave lets stand of a stretch."""
    left = [stretch]
    for gone in away:
        left = [
            piece
            for one in left
            for piece in (
                one._replace(ends=min(one.ends, base + gone.starts)),
                one._replace(starts=max(one.starts, base + gone.ends)),
            )
            if piece.starts < piece.ends
        ]
    return left


def free_starts(stretch: Stretch, taken: Taken, minutes: int, earliest: int, latest: int) -> list[int]:
    """Return the beginnings on the grid, from the earliest to the latest, that leave room for so many minutes and a rest."""
    spans = list(zip(taken.starts, taken.ends, strict=True))
    return [
        at
        for at in beginnings(stretch, minutes, earliest, latest)
        if not any(starts < at + minutes + REST and at < ends for starts, ends in spans)
    ]


def beginnings(stretch: Stretch, minutes: int, earliest: int, latest: int) -> range:
    """Return the beginnings on the stretch's grid, free or not, from the earliest to the latest."""
    at = max(stretch.starts, earliest)
    return range(at + (stretch.starts - at) % STEP, min(stretch.ends - minutes, latest) + 1, STEP)


def busy_at(busy: Iterable[Busy], starts: int, ends: int) -> AbstractSet[int]:
    """Return who is busy at any time from one minute until before another."""
    return set().union(*(one.whose for one in busy if one.starts < ends and starts < one.ends))


def within(planned: Iterable[Stretch], start: int, minutes: int) -> Stretch | None:
    """Return the stretch in which an appointment lies wholly, on or off the grid."""
    return next((one for one in planned if one.starts <= start and start + minutes <= one.ends), None)


def offered(planned: Iterable[Stretch], start: int, minutes: int) -> Stretch | None:
    """Return the stretch that offers this beginning on its grid."""
    fitting = (one for one in planned if one.starts <= start and start + minutes <= one.ends)
    return next((one for one in fitting if (start - one.starts) % STEP == 0), None)
