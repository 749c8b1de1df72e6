"""The days that a report is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.clock import VIETNAM

LONGEST = timedelta(days=731)
DAYS, WEEKS = 45, 200  # a longer period is told by weeks, a still longer one by months


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
        """Return by what it is told: day, week or month."""
        days = (self.last - self.first).days + 1
        return "day" if days <= DAYS else "week" if days <= WEEKS else "month"


def period(first: date | None, last: date | None, today: date) -> Period:
    """Return the period somebody asks for: the last 30 days if nothing is said, no day to come, two years at the most."""
    last = min(last or today, today)
    first = min(first or last - timedelta(days=29), last)
    return Period(max(first, last - LONGEST), last)
