"""What a consultant notes after a meeting: how it ended, by a button, and one line of their own."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking.rules import Appointment
from bot.vn.text import clean

WILL_RETURN = "will_return"
KINDS = ("advised", "registered", WILL_RETURN, "wrong_office")
PRESSED = "desk:note:"  # the button after which a line may follow: desk:note:<appointment>:<kind>
FOLLOWS = timedelta(minutes=15)
LONGEST = 500  # signs

# The consultant's last act before an event: only a line that comes right behind the button is meant for the note.
_LAST = text(
    """
    SELECT kind, payload, received_at FROM inbox
    WHERE contact_id = :contact AND id <> :event AND answered_at IS NOT NULL ORDER BY answered_at DESC, id DESC LIMIT 1
    """
)


async def note(connection: AsyncConnection, found: Appointment, kind: str, by: str, *, now: datetime) -> None:
    """Write how a meeting ended, with a line in the history."""
    await connection.execute(
        text("UPDATE appointment SET note_kind = :kind WHERE id = :id"), {"kind": kind, "id": found.id}
    )
    await remember(connection, found, by, {"note": kind}, now=now)


async def add_line(connection: AsyncConnection, found: Appointment, line: str) -> None:
    """Keep a consultant's own words on a meeting."""
    await connection.execute(
        text("UPDATE appointment SET note = :line WHERE id = :id"), {"line": clean(line)[:LONGEST], "id": found.id}
    )


async def noted_just_before(connection: AsyncConnection, contact_id: int, event_id: int) -> int | None:
    """Return the appointment whose note a consultant pressed right before an event; None when they did something else."""
    last = (await connection.execute(_LAST, {"contact": contact_id, "event": event_id})).one_or_none()
    if last is None or last.kind != "button" or not last.payload.startswith(PRESSED):
        return None
    came = await connection.scalar(text("SELECT received_at FROM inbox WHERE id = :event"), {"event": event_id})
    number = last.payload.removeprefix(PRESSED).partition(":")[0]
    return int(number) if came and came - last.received_at < FOLLOWS and number.isdecimal() else None


async def remember(
    connection: AsyncConnection, found: Appointment, by: str, detail: dict[str, object], *, now: datetime
) -> None:
    """Write something into the history that changes no state."""
    await connection.execute(
        text(
            "INSERT INTO appointment_change (appointment_id, at, by, old_state, new_state, detail)"
            " VALUES (:id, :now, :by, :state, :state, cast(:detail AS jsonb))"
        ),
        {"id": found.id, "now": now, "by": by, "state": found.state, "detail": json.dumps(detail)},
    )
