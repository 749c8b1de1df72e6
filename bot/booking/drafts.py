"""The drafts of appointments that people are asking for: one a person, forgotten when they fall silent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import service, wishes
from bot.booking.draft import LEFT, Draft, draft_of
from bot.booking.rules import Wish

KEPT = timedelta(minutes=30)  # of silence; then what a person writes is no answer to our question any more
ASKED = 3  # of the person's last questions that the consultant reads


async def load(connection: AsyncConnection, contact_id: int, now: datetime) -> Draft | None:
    """Return the person's draft unless it is too old."""
    raw = await connection.scalar(
        text("SELECT draft FROM booking_draft WHERE contact_id = :contact AND touched_at > :since FOR UPDATE"),
        {"contact": contact_id, "since": now - KEPT},
    )
    return draft_of(raw) if raw is not None else None


async def save(connection: AsyncConnection, contact_id: int, draft: Draft, now: datetime) -> None:
    """Write the draft."""
    await connection.execute(_SAVE, {"contact": contact_id, "draft": json.dumps(draft.as_json()), "now": now})


async def leave_open(connection: AsyncConnection, contact_id: int, now: datetime) -> bool:
    """Keep the draft for whoever asks for it again, and give back the time held; tell whether there is one."""
    draft = await load(connection, contact_id, now)
    if draft is None:
        return False
    await service.release(connection, contact_id, now=now)
    await save(connection, contact_id, replace(draft, asks=LEFT, held=0), now)
    return True


async def drop(connection: AsyncConnection, contact_id: int) -> None:
    """Forget the draft."""
    await connection.execute(text("DELETE FROM booking_draft WHERE contact_id = :contact"), {"contact": contact_id})


async def drop_old(connection: AsyncConnection, now: datetime) -> int:
    """Forget the drafts of people who fell silent: they may hold a name and a number; return how many."""
    dropped = await connection.execute(
        text("DELETE FROM booking_draft WHERE touched_at < :since"), {"since": now - KEPT}
    )
    return int(dropped.rowcount)


async def served(connection: AsyncConnection, province: str) -> bool:
    """Tell whether anybody offers time in a province."""
    return bool(
        await connection.scalar(
            text(
                "SELECT EXISTS (SELECT FROM consultant c JOIN office o ON o.id = c.office_id"
                " WHERE c.active AND o.active AND o.province = :province)"
            ),
            {"province": province},
        )
    )


async def anybody(connection: AsyncConnection) -> bool:
    """Tell whether anybody offers time at all."""
    return bool(await connection.scalar(text("SELECT EXISTS (SELECT FROM consultant WHERE active)")))


async def calls(connection: AsyncConnection, province: str) -> bool:
    """Tell whether anybody of a province, "" for any, talks with people on the telephone."""
    found = text(
        "SELECT EXISTS (SELECT FROM consultant c JOIN office o ON o.id = c.office_id"
        " WHERE c.active AND o.active AND 'phone' = ANY(c.kinds) AND (:province = '' OR o.province = :province))"
    )
    return bool(await connection.scalar(found, {"province": province}))


async def nearest_office(connection: AsyncConnection, latitude: float, longitude: float) -> Any:
    """Return the row of the nearest office within reach of a place on Earth, None when there is none."""
    rows = await connection.execute(_NEAREST, {"latitude": latitude, "longitude": longitude, "reach": REACH})
    return rows.first()


async def last_asked(connection: AsyncConnection, contact_id: int) -> Sequence[str]:
    """Return the person's last questions before the booking, newest first."""
    rows = await connection.scalars(_ASKED, {"contact": contact_id, "most": ASKED})
    return list(rows)


async def last_calculated(connection: AsyncConnection, contact_id: int) -> str:
    """Return the first line of the last result that was worked out for the person; "" when nothing was."""
    found = await connection.scalar(_CALCULATED, {"contact": contact_id})
    return str(found or "").partition("\n")[0][:300]


async def last_person(connection: AsyncConnection, contact_id: int) -> tuple[str, str]:
    """Return the name and the number of the person's last appointment."""
    row = (await connection.execute(_PERSON, {"contact": contact_id})).first()
    return (row.name, row.phone) if row else ("", "")


async def commune_of(connection: AsyncConnection, appointment_id: int) -> str:
    """Return the code of the commune in which an appointment is."""
    found = await connection.scalar(
        text(
            "SELECT coalesce(f.commune, o.commune) FROM appointment a JOIN office o ON o.id = a.office_id"
            " LEFT JOIN field_day f ON f.id = a.field_day_id WHERE a.id = :appointment"
        ),
        {"appointment": appointment_id},
    )
    return str(found)


async def stop_waiting(connection: AsyncConnection, contact_id: int, now: datetime) -> None:
    """Take a person off the wait list."""
    await connection.execute(
        text("UPDATE wait_list SET closed_at = :now WHERE contact_id = :contact AND closed_at IS NULL"),
        {"contact": contact_id, "now": now},
    )


async def waited_for(connection: AsyncConnection, contact_id: int) -> Wish | None:
    """Return what a person on the wait list waits for."""
    raw = await connection.scalar(
        text("SELECT wish FROM wait_list WHERE contact_id = :contact AND closed_at IS NULL"), {"contact": contact_id}
    )
    return wishes.from_json(raw) if raw else None


async def erase_over(connection: AsyncConnection, contact_id: int, now: datetime) -> None:
    """Erase of a person's appointments that are over, or given up, who came."""
    await connection.execute(_ERASE, {"contact": contact_id, "now": now})


async def forget(connection: AsyncConnection, contact_id: int, now: datetime) -> None:
    """Erase what a person told for bookings: the draft and its hold, the wait list, and of appointments that are over who came.

    Of a coming appointment name and number stay, for somebody waits there; they go when it is over.
    """
    await service.release(connection, contact_id, now=now)
    await drop(connection, contact_id)
    await stop_waiting(connection, contact_id, now)
    await erase_over(connection, contact_id, now)
    await connection.execute(
        text("UPDATE appointment SET brief = '{}' WHERE contact_id = :contact"), {"contact": contact_id}
    )
    await connection.execute(
        text("UPDATE wait_list SET wish = '{}' WHERE contact_id = :contact"), {"contact": contact_id}
    )


REACH = 60.0  # kilometres
_SAVE = text(
    """
    INSERT INTO booking_draft (contact_id, draft, touched_at) VALUES (:contact, cast(:draft AS jsonb), :now)
    ON CONFLICT (contact_id) DO UPDATE SET draft = excluded.draft, touched_at = excluded.touched_at
    """
)
# The great circle's length by the haversine formula, on a sphere of 6,371 km.
_NEAREST = text(
    """
    SELECT * FROM (
        SELECT o.*, 2 * 6371 * asin(sqrt(
            sin(radians(o.latitude - :latitude) / 2) ^ 2
            + cos(radians(:latitude)) * cos(radians(o.latitude)) * sin(radians(o.longitude - :longitude) / 2) ^ 2
        )) AS distance FROM office o WHERE o.active AND o.latitude IS NOT NULL
    ) AS offices WHERE distance < :reach ORDER BY distance LIMIT 1
    """
)
_ASKED = text(
    """
    SELECT left(payload, 300) FROM inbox
    WHERE contact_id = :contact AND kind = 'text' AND answered_at IS NOT NULL AND length(payload) >= 12
      AND EXISTS (SELECT FROM outbox o WHERE o.key LIKE 'reply:' || inbox.id || ':%' AND o.body->>'topic' <> '')
      AND received_at > now() - interval '7 days'
    ORDER BY id DESC LIMIT :most
    """
)
_CALCULATED = text(
    """
    SELECT body->>'text' FROM outbox
    WHERE contact_id = :contact AND class = 'reply' AND body->>'topic' LIKE 'calculate\\_%' ORDER BY id DESC LIMIT 1
    """
)
_ERASE = text(
    """
    UPDATE appointment SET name = '', phone = '', brief = '{}', note = NULL
    WHERE contact_id = :contact AND NOT (state IN ('booked', 'confirmed') AND ends_at > :now)
    """
)
_PERSON = text(
    """
    SELECT name, phone FROM appointment WHERE contact_id = :contact AND name <> '' ORDER BY id DESC LIMIT 1
    """
)
