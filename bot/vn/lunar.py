"""The lunar calendar of Vietnam (UTC+7): which solar day «mùng 5 tháng Chạp» is, and back.

A month begins on the day of the new moon; the 11th holds the winter solstice; in a year of thirteen months the first one
in which the sun enters no new sign is the leap month: the rules as Hồ Ngọc Đức describes them, with the series for moon
and sun that Jean Meeus published. A new moon is exact to two minutes, which decides every month of these years.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from math import floor, radians, sin
from typing import NamedTuple


class LunarDay(NamedTuple):
    """A day of the lunar calendar; leap: of the month that comes a second time."""

    year: int
    month: int
    day: int
    leap: bool = False


class _Month(NamedTuple):
    start: int  # Julian day number
    length: int
    year: int
    month: int
    leap: bool


FIRST, LAST = date(1945, 1, 1), date(2071, 12, 31)  # the months of these years were compared with an ephemeris
_BEFORE_ORDINAL = 1721425  # the Julian day number is this plus date.toordinal()
_ZONE = 7 / 24
_SYNODIC = 29.530588853
_NEW_MOON_1900 = 2415021.076998695
# The new moon's periodic terms: degrees of the sun's and the moon's anomaly, of the moon's argument of latitude; their days.
_TERMS = (
    (1, 0, 0, 0.1734), (2, 0, 0, 0.0021), (0, 1, 0, -0.4068), (0, 2, 0, 0.0161), (0, 3, 0, -0.0004), (0, 0, 2, 0.0104),
    (1, 1, 0, -0.0051), (1, -1, 0, -0.0074), (1, 0, 2, 0.0004), (1, 0, -2, 0.0004), (0, 1, 2, -0.0006), (0, -1, 2, 0.0010),
    (1, 2, 0, 0.0005),
)  # fmt: skip


def to_lunar(day: date) -> LunarDay:
    """Return the lunar day of a solar one; ValueError outside FIRST to LAST."""
    if not FIRST <= day <= LAST:
        raise ValueError(f"{day} is not from {FIRST} to {LAST}")
    number = day.toordinal() + _BEFORE_ORDINAL
    months = _months(day.year) + _months(day.year + 1)
    month = next(each for each in reversed(months) if each.start <= number)
    return LunarDay(month.year, month.month, number - month.start + 1, month.leap)


def to_solar(day: LunarDay) -> date | None:
    """Return the solar day of a lunar one; None when there is none: a 30th of a short month, another leap month."""
    for month in _months(day.year) + _months(day.year + 1):
        if month[2:] == (day.year, day.month, day.leap) and 1 <= day.day <= month.length:
            return date.fromordinal(month.start + day.day - 1 - _BEFORE_ORDINAL)
    return None


@lru_cache(maxsize=64)
def _months(year: int) -> tuple[_Month, ...]:
    """Return the months from the 11th of the year before to the 10th of the year, or a second 10th."""
    first, end = _eleventh(year - 1), _eleventh(year)
    k = _moons_since_1900(first)
    starts = [_new_moon(k + number) for number in range(_moons_since_1900(end) - k + 1)]
    leap = _leap(starts) if len(starts) == 14 else 99
    numbered = ((place, place - (place >= leap)) for place in range(len(starts) - 1))
    return tuple(
        _Month(
            starts[place],
            starts[place + 1] - starts[place],
            year if number > 1 else year - 1,
            (number + 10) % 12 + 1,
            place == leap,
        )
        for place, number in numbered
    )


def _eleventh(year: int) -> int:
    """Return the first day of the month that holds the winter solstice."""
    end = date(year, 12, 31).toordinal() + _BEFORE_ORDINAL
    last = _moons_since_1900(end)
    starts = (_new_moon(last + number) for number in (1, 0, -1, -2))
    return next(start for start in starts if start <= end and _sign(start) < 9)


def _leap(starts: list[int]) -> int:
    """Return which month is the leap month: the sun is in the same sign at its beginning and its end."""
    return next(place for place in range(1, 13) if _sign(starts[place]) == _sign(starts[place + 1]))


def _moons_since_1900(number: int) -> int:
    return floor((number - _NEW_MOON_1900) / _SYNODIC + 0.5)


@lru_cache(maxsize=4096)
def _new_moon(k: int) -> int:
    """Return the day, in Vietnam, of the k-th new moon after that of 1 January 1900."""
    t = k / 1236.85
    mean = 2415020.75933 + _SYNODIC * k + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin(radians(166.56 + 132.87 * t - 0.009173 * t**2))
    sun = 359.2242 + 29.10535608 * k - 0.0000333 * t**2 - 0.00000347 * t**3
    moon = 306.0253 + 385.81691806 * k + 0.0107306 * t**2 + 0.00001236 * t**3
    node = 21.2964 + 390.67050646 * k - 0.0016528 * t**2 - 0.00000239 * t**3
    terms = sum(size * sin(radians(a * sun + b * moon + c * node)) for a, b, c, size in _TERMS)
    terms -= 0.000393 * t * sin(radians(sun))
    return floor(mean + terms - _clock_error(t) + 0.5 + _ZONE)


def _clock_error(t: float) -> float:
    """Return how many days uniform time is ahead of the turning Earth."""
    return -0.000278 + 0.000265 * t + 0.000262 * t**2


def _sign(number: int) -> int:
    """Return the sign of the zodiac, 0 to 11, the sun is in when a day begins in Vietnam; 9 begins at the winter solstice."""
    days = number - 0.5 - _ZONE - 2451545.0
    t = days / 36525
    anomaly = radians(357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3)
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    longitude += (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
    longitude += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000290 * sin(3 * anomaly)
    return floor(longitude % 360 / 30)
