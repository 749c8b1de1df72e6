"""The Vietnamese lunar calendar worked out from sun and moon, for the meridian of UTC+7; knows no library of holidays.

New moons by Meeus, Astronomical Algorithms, chapter 49 (minutes exact); the sun's longitude by chapter 25, low accuracy.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import count
from math import floor, radians, sin

EPOCH = 2440587.5  # the Julian day of 1970-01-01, 0:00 UTC
HANOI = 7 / 24  # of a day


def julian(day: date) -> float:
    """Return the Julian day of the moment at which a day begins in Vietnam."""
    return (day - date(1970, 1, 1)).days + EPOCH - HANOI


def local_day(moment: float) -> date:
    """Return the day in Vietnam of a Julian day, the clocks' minute behind the stars left out."""
    return date(1970, 1, 1) + timedelta(days=floor(moment + HANOI - EPOCH - 69 / 86400))


def new_moon(number: int) -> float:
    """Return the Julian day of a new moon; number 0 is that of January 2000."""
    t = number / 1236.85
    mean = 2451550.09766 + 29.530588861 * number + 0.00015437 * t * t
    e = 1 - 0.002516 * t
    sun = radians(2.5534 + 29.10535670 * number - 0.0000014 * t * t)
    moon = radians(201.5643 + 385.81693528 * number + 0.0107582 * t * t)
    f = radians(160.7108 + 390.67050284 * number - 0.0016118 * t * t)
    node = radians(124.7746 - 1.56375588 * number + 0.0020672 * t * t)
    return mean + (
        -0.40720 * sin(moon) + 0.17241 * e * sin(sun) + 0.01608 * sin(2 * moon) + 0.01039 * sin(2 * f)
        + 0.00739 * e * sin(moon - sun) - 0.00514 * e * sin(moon + sun) + 0.00208 * e * e * sin(2 * sun)
        - 0.00111 * sin(moon - 2 * f) - 0.00057 * sin(moon + 2 * f) + 0.00056 * e * sin(2 * moon + sun)
        - 0.00042 * sin(3 * moon) + 0.00042 * e * sin(sun + 2 * f) + 0.00038 * e * sin(sun - 2 * f)
        - 0.00024 * e * sin(2 * moon - sun) - 0.00017 * sin(node)
    )  # fmt: skip


def sun_longitude(moment: float) -> float:
    """Return the apparent longitude of the sun, degrees."""
    t = (moment - 2451545.0) / 36525
    anomaly = radians(357.52911 + 35999.05029 * t)
    centre = (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    return (280.46646 + 36000.76983 * t + centre - 0.00569 - 0.00478 * sin(radians(125.04 - 1934.136 * t))) % 360


@lru_cache(maxsize=4096)
def month(number: int) -> date:
    """Return the first day of a lunar month."""
    return local_day(new_moon(number))


def principal_term(number: int) -> bool:
    """Tell whether the sun passes a multiple of 30° in a month; a month without it is a leap month."""
    begins, ends = (floor(sun_longitude(julian(month(each))) / 30) for each in (number, number + 1))
    return begins != ends


@lru_cache(maxsize=256)
def eleventh(year: int) -> int:
    """Return the number of the month in which the winter solstice of a year lies."""
    guess = floor((year - 2000) * 12.3685) + 10
    solstice = next(
        day for days in count() for day in [date(year, 12, 18) + timedelta(days=days)]
        if sun_longitude(julian(day)) < 270 <= sun_longitude(julian(day + timedelta(days=1)))
    )  # fmt: skip
    return next(each for each in range(guess, guess + 6) if month(each) <= solstice < month(each + 1))


def lunar(year: int, wanted: int) -> date:
    """Return the first day of one of the first ten months (1 is Tết) of a lunar year; of twins the first."""
    start, end = eleventh(year - 1), eleventh(year)
    leap = next((n for n in range(start + 1, end) if not principal_term(n)), None) if end - start == 13 else None
    regular = [n for n in range(start, end) if n != leap]
    return month(regular[wanted + 1])
