"""Which weekdays' plans hold on a day: none on a public holiday; what the Government decided of a day outranks the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from holidays import HolidayBase, country_holidays

WEEKEND = (5, 6)


class SpecialDay(NamedTuple):
    """What was decided of one day; worked like another weekday when it is worked in exchange for one."""

    works: bool
    like_weekday: int | None
    name: str


def weekdays(day: date, special: Mapping[date, SpecialDay]) -> tuple[int, ...]:
    """Return the weekdays (0 is Monday) whose plans hold on a day; none: it is a holiday."""
    decided = special.get(day)
    if decided is None:
        return _usual(day)
    if not decided.works:
        return ()
    own = day.weekday()
    return (own,) if decided.like_weekday in (None, own) else (own, decided.like_weekday)


def name(day: date, special: Mapping[date, SpecialDay]) -> str | None:
    """Return why nobody works on a day, in Vietnamese; None: the usual plans hold."""
    if weekdays(day, special):
        return None
    return special[day].name if day in special else _holidays(day.year)[day]


@lru_cache(maxsize=512)
def _usual(day: date) -> tuple[int, ...]:
    """Return the same as `weekdays`, by the law and what was decided before this version."""
    if day in _holidays(day.year):
        return ()
    own, exchanged = day.weekday(), _exchanged_for(day)
    return (own,) if exchanged is None else (own, exchanged)


def _exchanged_for(day: date) -> int | None:
    """Return the weekday for which a weekend is worked; the library names the day worked after the day off."""
    if day not in _holidays(day.year).weekend_workdays:
        return None
    worked = f"{day:%d/%m/%Y}"
    return next((off.weekday() for off, why in _holidays(day.year).items() if worked in why), None)


@lru_cache(maxsize=16)
def _holidays(year: int) -> HolidayBase:
    return country_holidays("VN", years=year, expand=False, language="vi")
