"""A consultant's calendar by a secret address: their appointments with no citizen's number and no full name."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import shown
from bot.booking.calendar import Entry, calendar, map_link
from bot.booking.rules import AGREED, Kind, State

PAST = timedelta(days=30)  # how far back a calendar goes
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_SHOWN = [*AGREED, State.DONE, State.ABSENT]


async def renew(connection: AsyncConnection, consultant_id: int) -> str:
    """Return a new secret for a consultant's calendar, kept as its hash; the old address leads nowhere from now on."""
    secret = secrets.token_urlsafe(24)
    await connection.execute(
        text("UPDATE consultant SET feed_hash = :hash WHERE id = :id"), {"hash": _hashed(secret), "id": consultant_id}
    )
    return secret


async def feed(connection: AsyncConnection, library: Library, secret: str, *, now: datetime) -> bytes | None:
    """Return the calendar that a secret opens; None for any other word."""
    if not _SECRET.fullmatch(secret):
        return None
    found = (
        await connection.execute(
            text("SELECT id, name, feed_hash FROM consultant WHERE feed_hash = :hash AND active"),
            {"hash": _hashed(secret)},
        )
    ).one_or_none()
    if found is None or not hmac.compare_digest(found.feed_hash, _hashed(secret)):
        return None
    rows = await connection.execute(_ROWS, {"id": found.id, "since": now - PAST, "states": _SHOWN})
    entries = [_entry(library, row) for row in rows]
    name = library.text("calendar_feed_name").filled(consultant=found.name)
    return calendar(entries, now=now, name=name, alarms=False)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


_ROWS = text(
    """
    SELECT a.id, a.version, a.code, a.kind, a.topic, a.name, a.starts_at, a.ends_at,
           coalesce(f.name, o.name) AS place, coalesce(f.address, o.address) AS address,
           CASE WHEN f.id IS NULL THEN o.latitude ELSE f.latitude END AS latitude,
           CASE WHEN f.id IS NULL THEN o.longitude ELSE f.longitude END AS longitude,
           coalesce((SELECT max(c.at) FROM appointment_change c WHERE c.appointment_id = a.id), a.created_at) AS changed_at
    FROM appointment a JOIN office o ON o.id = a.office_id LEFT JOIN field_day f ON f.id = a.field_day_id
    WHERE a.consultant_id = :id AND a.starts_at > :since AND a.state = ANY(:states)
    ORDER BY a.starts_at
    """
)


def _entry(library: Library, row: Any) -> Entry:
    met = row.kind in (Kind.OFFICE, Kind.FIELD)
    how = shown.kind(library, row.kind)
    position = (row.latitude, row.longitude) if met and row.latitude is not None else None
    title = library.text("calendar_feed_title")
    return Entry(
        row.id, row.version, row.starts_at, row.ends_at,
        title=title.filled(name=given(row.name), code=row.code, topic=shown.topic(library, row.topic)),
        description=library.text("calendar_feed_description").filled(code=row.code, where=how).strip(),
        place=f"{row.place}, {row.address}" if met else how,
        position=position,
        link=map_link(row.place, row.address, position) if met else "",
        changed_at=row.changed_at,
    )  # fmt: skip


def given(name: str) -> str:
    """Return by what a person is called: the last word of a Vietnamese name."""
    words: Sequence[str] = name.split()
    return words[-1] if words else ""
