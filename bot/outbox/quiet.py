"""The hours in which nobody is spoken to who did not speak first. Pure.

Replies leave at any hour, reminders by day. Campaigns have the shortest day: the law's for SMS, 07:00 to 22:00, lies around it.
In the morning an account begins at a moment of its own within the first minutes, so that not everybody rings at eight sharp;
from there on its pace spreads what has gathered.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zlib import crc32

from bot.clock import VIETNAM

BEGINS, ENDS = time(21), time(7)  # in Vietnam
CAMPAIGNS_BEGIN, CAMPAIGNS_END = time(8), time(21)  # in Vietnam
SPREAD = 180  # seconds over which accounts begin in the morning


def quiet(moment: datetime) -> bool:
    """Tell whether people sleep at this moment."""
    return not ENDS <= moment.astimezone(VIETNAM).time() < BEGINS


def silent(moment: datetime, channel: str = "") -> frozenset[str]:
    """Return the classes of messages that wait for the morning, on a channel."""
    waiting = {"reminder"} if quiet(moment) else set()
    return frozenset(waiting if campaigns_leave(moment, channel) else waiting | {"campaign"})


def campaigns_leave(moment: datetime, channel: str = "") -> bool:
    """Tell whether campaigns are sent at this moment, on a channel."""
    local = moment.astimezone(VIETNAM)
    return opening(local.date(), channel) <= local and local.time() < CAMPAIGNS_END


def opening(day: date, channel: str = "") -> datetime:
    """Return when a channel's campaigns begin on a day."""
    later = crc32(f"{day} {channel}".encode()) % SPREAD if channel else 0
    return datetime.combine(day, CAMPAIGNS_BEGIN, VIETNAM) + timedelta(seconds=later)


def class_of_news(moment: datetime) -> str:
    """Return the class of a message about what somebody else has just done: at night it waits for the morning."""
    return "reminder" if quiet(moment) else "reply"
