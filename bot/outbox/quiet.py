"""The hours in which nobody is spoken to who did not speak first. Pure."""

from __future__ import annotations

from datetime import datetime, time

from bot.clock import VIETNAM

BEGINS, ENDS = time(21), time(7)  # in Vietnam


def quiet(moment: datetime) -> bool:
    """Tell whether people sleep at this moment."""
    return not ENDS <= moment.astimezone(VIETNAM).time() < BEGINS


def class_of_news(moment: datetime) -> str:
    """Return the class of a message about what somebody else has just done: at night it waits for the morning."""
    return "reminder" if quiet(moment) else "reply"


def silent(moment: datetime) -> frozenset[str]:
    """Return the classes of messages that wait for the morning."""
    return frozenset({"reminder"}) if quiet(moment) else frozenset()
