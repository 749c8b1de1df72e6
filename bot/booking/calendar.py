"""Appointments as iCalendar files (RFC 5545 and 5546), which telephones and office programs read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus

from icalendar import Alarm, Calendar, Event

from bot.vn.text import fold

MEDIA_TYPE = "text/calendar"
REMINDED = timedelta(hours=1)  # before the beginning
REFRESHED = timedelta(hours=1)  # how often a subscribed calendar is worth asking for

Position = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment as its reader may see it; whose name and number stand in the words is the caller's affair."""

    appointment_id: int
    version: int
    starts_at: datetime  # aware
    ends_at: datetime
    title: str
    description: str = ""
    place: str = ""
    position: Position | None = None
    link: str = ""
    cancelled: bool = False
    changed_at: datetime | None = None  # None: now


def calendar(entries: Sequence[Entry], *, now: datetime, name: str = "", alarms: bool = True) -> bytes:
    """Return a calendar file; one that only takes appointments back says so to whoever reads it.

    Times are in UTC, which every program shows in its owner's zone. An appointment keeps its UID for ever, and its
    SEQUENCE grows with each change, so that a newer file replaces what an older one wrote.
    """
    found = Calendar()
    found.add("prodid", "-//An Sinh//BHXH//VI")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "CANCEL" if entries and all(entry.cancelled for entry in entries) else "PUBLISH")
    if name:
        found.add("x-wr-calname", name)
        found.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
        found.add("refresh-interval", REFRESHED, parameters={"value": "DURATION"})
        found.add("x-published-ttl", "PT1H")  # the older name, by which Outlook knows it
    for entry in entries:
        found.add_component(_event(entry, now, alarms=alarms and not entry.cancelled))
    return bytes(found.to_ical())


def _event(entry: Entry, now: datetime, *, alarms: bool) -> Event:
    event = Event()
    event.add("uid", f"appointment-{entry.appointment_id}@an-sinh")
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.changed_at or now)
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("summary", entry.title)
    for name, value in (("description", entry.description), ("location", entry.place), ("url", entry.link)):
        if value:
            event.add(name, value)
    if entry.position:
        event.add("geo", entry.position)
    if alarms:
        event.add_component(_alarm(entry.title))
    return event


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -REMINDED)
    alarm.add("description", title)
    return alarm


def map_link(place: str, address: str, position: Position | None = None) -> str:
    """Return where a map shows the place: by its coordinates where they are known, else by its name and address."""
    named = fold(
        ", ".join(filter(None, (place, address)))
    )  # without diacritics it is a third as long, and found as well
    query = f"{position[0]:.6f},{position[1]:.6f}" if position else named
    return f"https://www.google.com/maps/search/?api=1&query={quote_plus(query, safe=',')}"
