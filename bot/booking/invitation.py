"""The calendar file of a citizen's appointment: made when it is sent or asked for, as things stand then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import shown, store
from bot.booking.calendar import Entry, Position, calendar, map_link
from bot.booking.rules import AGREED, Appointment, Kind, State

NAME = "lich-hen.ics"
KEPT = timedelta(days=30)  # after its end a link to it leads nowhere
_SHOWN = frozenset({*AGREED, State.MOVED, State.CANCELLED, State.DECLINED})

_WHERE = text(
    """
    SELECT CASE WHEN a.field_day_id IS NULL THEN o.latitude ELSE f.latitude END AS latitude,
           CASE WHEN a.field_day_id IS NULL THEN o.longitude ELSE f.longitude END AS longitude,
           c.video_url, (SELECT before.id FROM appointment before WHERE before.moved_to = a.id) AS before
    FROM appointment a JOIN office o ON o.id = a.office_id JOIN consultant c ON c.id = a.consultant_id
    LEFT JOIN field_day f ON f.id = a.field_day_id
    WHERE a.id = :id
    """
)


@dataclass(frozen=True, slots=True)
class Where:
    """What leads to the meeting: coordinates, the address of a video call; and the appointment that this one replaces."""

    position: Position | None = None
    video_url: str = ""
    before: int | None = None


async def where(connection: AsyncConnection, appointment: Appointment) -> Where:
    """Look up what leads to an appointment."""
    row = (await connection.execute(_WHERE, {"id": appointment.id})).one()
    position = (row.latitude, row.longitude) if row.latitude is not None else None
    return Where(
        position if appointment.kind not in shown.CALLS else None,
        row.video_url or "" if appointment.kind is Kind.VIDEO else "",
        row.before,
    )


async def invitation(
    connection: AsyncConnection, library: Library, appointment_id: int, *, now: datetime
) -> bytes | None:
    """Return the file of an appointment, which takes back the one it replaces; None when there is nothing to show."""
    found = await store.get(connection, appointment_id)
    if found is None or found.state not in _SHOWN or found.ends_at + KEPT < now:
        return None
    there = await where(connection, found)
    before = await store.get(connection, there.before) if there.before else None
    old = [_entry(library, before, Where())] if before else []
    return calendar([_entry(library, found, there), *old], now=now)


def _entry(library: Library, found: Appointment, there: Where) -> Entry:
    met = found.kind not in shown.CALLS
    place = shown.where(found) if met else library.text(f"calendar_by_{found.kind}").text
    link = map_link(found.place, found.address, there.position) if met else there.video_url
    called = library.text("calendar_title") if met else library.text("calendar_title_call")
    lines = library.text("calendar_description").filled(
        code=found.code,
        consultant=found.consultant,
        where=place,
        bring=library.text("calendar_bring").text,
    )
    return Entry(
        found.id, found.version, found.starts_at, found.ends_at,
        title=called.filled(topic=shown.topics(library, found.topics)),
        description=f"{lines.strip()}\n{link}" if link else lines.strip(),
        place=place, position=there.position, link=link,
        cancelled=found.state not in AGREED,
    )  # fmt: skip
