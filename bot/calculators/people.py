"""Who a calculation is about: sex, and a date of birth that can be."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from bot.calculators.working import refuse
from bot.vn import show

OLDEST = 120  # years; nobody alive is older


class Sex(StrEnum):
    """The law has one retirement age and one pension rate for each."""

    MALE = "male"
    FEMALE = "female"


def check_birth(birth: date, day: date) -> date:
    """Return the date of birth; raise CitizenError when nobody asking on the day can have it."""
    if birth > day:
        raise refuse("birth_in_future", birth=show.day(birth), day=show.day(day))
    if birth.year < day.year - OLDEST:
        raise refuse("birth_too_long_ago", birth=show.day(birth), most=OLDEST)
    return birth
