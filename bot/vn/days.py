"""On which days people say they can come: every reading of «thứ hai tới», without those of «trừ thứ 6», and what cannot be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.vn.day_lists import days_of, joined, split_excepted
from bot.vn.day_mentions import mentions_of
from bot.vn.other_days import impossible_days
from bot.vn.shorthand import spelled_out
from bot.vn.weeks import DayMention, Readings

_BARE = re.compile(r"\A\W*(?=[1-3]/[2-4]\b)")  # «1/2» is a half, unless the day was asked for
_NEAR = timedelta(183)
_RANK = {"": 0, "day": 1, "week": 2, "month": 3}


@dataclass(frozen=True)
class Said:
    """What a text says of days, each from today on.

    `readings`: each is the days that would do if this is what is meant; more than one must be asked back.
    `past`: what was named but is over. `impossible`: a day that no calendar has. `lunar`: told by the lunar calendar.
    """

    readings: Readings = ()
    precision: str = ""
    past: tuple[date, ...] = ()
    excepted: tuple[date, ...] = ()
    lunar: bool = False
    impossible: bool = False

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days of all readings, in order."""
        return tuple(sorted({day for reading in self.readings for day in reading}))


def find_days(text: str, today: date, *, expecting: bool = False) -> Said:
    """Return what a text says of days; expecting: the day has just been asked for, so a bare «15» or «5» counts."""
    text = spelled_out(text)
    text = _BARE.sub("ngày ", text) if expecting else text
    meant, excepted = split_excepted(text, mentions_of(text, today, expecting=expecting))
    meant = [each for each in joined(text, meant, today) if not each.told]
    readings = _combined([_coming(each, today) for each in meant])
    without = days_of(excepted, readings, today)
    kept = (tuple(day for day in reading if day not in without) for reading in readings)
    return Said(
        readings=tuple(dict.fromkeys(reading for reading in kept if reading)),
        precision=max((each.precision for each in meant if each.readings), key=_RANK.__getitem__, default=""),
        past=tuple(sorted({day for each in meant for day in _over(each, today)})),
        excepted=tuple(sorted(without)),
        lunar=any(each.lunar for each in meant),
        impossible=any(not each.readings for each in meant) or impossible_days(text, today, expecting=expecting),
    )


def _coming(mention: DayMention, today: date) -> Readings:
    left = (tuple(day for day in reading if day >= today) for reading in mention.readings)
    return tuple(reading for reading in left if reading)


def _over(mention: DayMention, today: date) -> tuple[date, ...]:
    """Return what is past of a day, unless a coming one is near and nothing says that the past one was meant."""
    coming = _coming(mention, today)
    if coming and coming[0][0] <= today + _NEAR and not (mention.when or mention.lunar):
        return ()
    return tuple(reading[-1] for reading in mention.readings if reading[-1] < today)


def _combined(each: Sequence[Readings]) -> Readings:
    """Return the readings of several days together: «thứ 3 hoặc thứ 5 tới» is this week's two, or next week's."""
    told = [readings for readings in each if readings]
    many = max((len(readings) for readings in told), default=0)
    return tuple(
        tuple(sorted({day for readings in told for day in readings[min(place, len(readings) - 1)]}))
        for place in range(many)
    )
