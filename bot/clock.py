"""What time it is: one place to ask, so that a test or a rehearsal can stand on another day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def standing_clock(moment: datetime) -> Clock:
    """Return a clock that always tells the same moment."""
    return lambda: moment


def day_in_vietnam(moment: datetime) -> date:
    """Return the calendar day in Vietnam: the day by whose law we answer."""
    return moment.astimezone(VIETNAM).date()
