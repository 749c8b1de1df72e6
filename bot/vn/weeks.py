"""What «thứ hai tới», «tuần này», «cuối tuần», «đầu tháng sau» may mean: every reading, each the days that would do."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

Readings = tuple[tuple[date, ...], ...]


@dataclass(frozen=True)
class DayMention:
    """A day, week or month as named; no readings: there is no such day. `told`: it is the story's («hôm qua»), not the wish."""

    readings: Readings
    precision: str  # day, week or month
    start: int
    end: int
    lunar: bool = False
    weekday: int | None = None
    when: str | None = None  # «nay», «toi», «sau», «sau nua» behind it, folded
    of_week: bool = False  # «tuần này», «tuần sau» behind it
    told: bool = False


NOW, AFTER_NEXT = frozenset({"nay"}), "sau nua"
_WEEK = timedelta(7)
_OF_WEEK = {None: (0, 7), "dau": (0, 3), "giua": (1, 4), "cuoi": (5, 7)}
_OF_MONTH = {None: (1, 31), "dau": (1, 10), "giua": (11, 20), "cuoi": (21, 31)}


def weekday(number: int, when: str | None, *, of_week: bool, today: date) -> Readings:
    """Return the days that a weekday (0 is Monday) with «này», «tới», «sau», or of a week («tuần sau»), may be.

    On a Sunday it is unclear which week is this one; a day of this week may be meant by «tới» as well as next week's.
    """
    this = _monday(today) + timedelta(number)
    if of_week:
        first = this + _ahead(when)
        return singles([first, first + _WEEK] if _is_sunday(today) or first < today else [first])
    coming = this if this >= today else this + _WEEK
    if coming == today:
        return singles([today + _WEEK] if when and when not in NOW else [today, today + _WEEK])
    if when is None or when in NOW:
        return singles([this, coming] if when and this < today else [coming])
    close = coming == this or coming == today + timedelta(1)
    return singles([coming, coming + _WEEK] if close else [coming])


def week(part: str | None, when: str | None, today: date) -> Readings:
    """Return the days of a week, or of its beginning, middle or end; what is over is given with the next one."""
    first = _week_of(part, _monday(today) + _ahead(when))
    if (
        part == "cuoi" and when == "toi" and today.weekday() < 5
    ):  # said in the week: the coming weekend, or the next one
        return (tuple(day - _WEEK for day in first), first)
    following = tuple(day + _WEEK for day in first)
    return (first, following) if _is_sunday(today) or first[-1] < today else (first,)


def month(part: str | None, first: date) -> tuple[date, ...]:
    """Return the days of a month, or of its first, second or last third."""
    start, end = _OF_MONTH[part]
    return tuple(first.replace(day=day) for day in range(start, min(end, monthrange(first.year, first.month)[1]) + 1))


def following_month(day: date) -> date:
    """Return the first day of the next month."""
    return (day.replace(day=1) + timedelta(32)).replace(day=1)


def singles(days: Iterable[date]) -> Readings:
    """Return each day as a reading of its own."""
    return tuple((day,) for day in days)


def _ahead(when: str | None) -> timedelta:
    """Return how far the week is from this one: «tuần này», «tuần sau», «tuần sau nữa»."""
    return timedelta(0) if when is None or when in NOW else 2 * _WEEK if when == AFTER_NEXT else _WEEK


def _week_of(part: str | None, monday: date) -> tuple[date, ...]:
    return tuple(monday + timedelta(number) for number in range(*_OF_WEEK[part]))


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _is_sunday(day: date) -> bool:
    return day.weekday() == 6
