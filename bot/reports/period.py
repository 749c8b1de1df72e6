"""The days that a report is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.clock import VIETNAM

LONGEST = timedelta(days=731)
DAYS = 45  # a longer period is told by months, and is of whole ones


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both with it."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """Return the moment it begins."""
        return datetime.combine(self.first, time(), VIETNAM)

    @property
    def until(self) -> datetime:
        """Return the moment before which it ends."""
        return datetime.combine(self.last + timedelta(days=1), time(), VIETNAM)

    @property
    def grain(self) -> str:
        """Return by what it is told: day or month."""
        return "day" if (self.last - self.first).days < DAYS else "month"


def period(first: date | None, last: date | None, today: date) -> Period:
    """Return the period somebody asks for: the last 30 days if nothing is said, no day to come, two years at the most.

    One of more than DAYS is made one of whole months, the present one up to today.
    """
    last = min(last or today, today)
    first = max(min(first or last - timedelta(days=29), last), last - LONGEST)
    if (last - first).days < DAYS:
        return Period(first, last)
    return Period(first.replace(day=1), min(_month_end(last), today))


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
