"""How far a beginning is from what a person wished, and in which order days are looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, NamedTuple

from bot.booking.rules import PARTS, Kind, Wish

DAY = 24 * 60  # minutes
CLOSE = 30  # minutes from a wished time that are still what was wished
NEAR = 180  # minutes off the wish that are better than another day
_WEEKS = ((0, 7), (7, 14), (14, 28), (28, 10_000))  # days from today
_AWAY = ((2, 4), (4, 8), (8, 16), (16, 10_000))  # days from a wished one


class Round(NamedTuple):
    """Days looked at together, the better first, for beginnings so many minutes off the wish at most.

    An earlier round's beginnings are better. They lie from one minute of the day until before another.
    """

    days: tuple[date, ...]
    most_off: int
    starts: int
    ends: int


def rounds(wish: Wish, every: Sequence[date]) -> Iterator[Round]:
    """Yield which of every day that there is to look at: as wished, a little off, the day before or after, and so on."""
    limits = [_fitting(wish), NEAR, DAY] if wish.times or wish.part else [DAY]
    if not wish.days:
        yield from (_round(wish, every[low:high], most) for most in limits for low, high in _WEEKS)
        return
    near = sorted(every, key=lambda day: (days_off(wish, day), day))
    wished, beside = ([day for day in near if days_off(wish, day) == away] for away in (0, 1))
    yield from (_round(wish, wished, most) for most in limits[:2])
    yield from (_round(wish, days, most) for most in limits[::2] for days in (wished, beside))
    for low, high in _AWAY:
        yield _round(wish, [day for day in near if low <= days_off(wish, day) < high], DAY)


def _round(wish: Wish, days: Sequence[date], most_off: int) -> Round:
    times = [_minute(one) for one in wish.times]
    starts, ends = (min(times), max(times) + 1) if times else _part(wish)
    return Round(tuple(days), most_off, max(starts - most_off, 0), min(ends + most_off, DAY))


def _fitting(wish: Wish) -> int:
    return CLOSE if wish.times else 0


def _part(wish: Wish) -> tuple[int, int]:
    """Return the minutes of the day between which a beginning lies in the wished part of it."""
    if wish.part is None:
        return 0, DAY
    starts, ends = PARTS[wish.part]
    return _minute(starts), _minute(ends)


def days_off(wish: Wish, day: date) -> int:
    """Return the days between a day and the nearest wished one."""
    return min((abs((day - one).days) for one in wish.days), default=0)


def minutes_off(wish: Wish, minute: int) -> int:
    """Return the minutes between a minute of the day and the nearest wished time, or the wished part of the day."""
    if wish.times:
        return min(abs(minute - _minute(one)) for one in wish.times)
    starts, ends = _part(wish)
    return max(starts - minute, minute - ends + 1, 0)


def _minute(one: time) -> int:
    return one.hour * 60 + one.minute


def to_json(wish: Wish) -> dict[str, Any]:
    """Return a wish as JSON can hold it; what was not said is left out."""
    found = {name: getattr(wish, name) for name in Wish.__slots__}
    found["days"] = [day.isoformat() for day in wish.days]
    found["times"] = [one.isoformat("minutes") for one in wish.times]
    found["also"] = list(wish.also)
    return {name: value for name, value in found.items() if value not in (None, [])}


def from_json(raw: Mapping[str, Any]) -> Wish:
    """Return the wish that `to_json` wrote."""
    found = dict(raw)
    found["days"] = tuple(date.fromisoformat(day) for day in raw.get("days", ()))
    found["times"] = tuple(time.fromisoformat(one) for one in raw.get("times", ()))
    found["also"] = tuple(raw.get("also", ()))
    found["kind"] = Kind(raw["kind"]) if raw.get("kind") else None
    return Wish(**found)
