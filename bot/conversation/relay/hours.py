"""When people answer in the chat: an operating rule of ours; whether a day is worked is told by the caller. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from bot.clock import VIETNAM

STRETCHES = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))  # of a worked day, in Vietnam
WORKED_WEEKDAYS = range(5)  # Monday to Friday
FARTHEST = 30  # days to look ahead; the longest Tết is shorter

Works = Callable[[date], bool]


def answering(moment: datetime, works: Works) -> bool:
    """Tell whether people answer at the moment."""
    return any(starts <= moment < ends for starts, ends in _stretches(moment.astimezone(VIETNAM).date(), works))


def opens(moment: datetime, works: Works) -> datetime | None:
    """Return when people next begin to answer, aware, in UTC; None when that is too far away to say."""
    first = moment.astimezone(VIETNAM).date()
    days = (first + timedelta(days=ahead) for ahead in range(FARTHEST))
    return next((starts for day in days for starts, _ in _stretches(day, works) if starts > moment), None)


def time_open(since: datetime, until: datetime, works: Works) -> timedelta:
    """Return for how long people answered between two moments."""
    first, last = since.astimezone(VIETNAM).date(), until.astimezone(VIETNAM).date()
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    parts = (min(ends, until) - max(starts, since) for day in days for starts, ends in _stretches(day, works))
    return sum((part for part in parts if part > timedelta()), timedelta())


def _stretches(day: date, works: Works) -> list[tuple[datetime, datetime]]:
    if not works(day):
        return []
    return [(_at(day, starts), _at(day, ends)) for starts, ends in STRETCHES]


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, VIETNAM).astimezone(UTC)
