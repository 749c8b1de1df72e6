"""The wait list: who waits is told when there is room again, the longest waiting first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import ask, offers, wishes
from bot.booking.agenda import reach
from bot.booking.draft import Draft, waiting_draft
from bot.clock import day_in_vietnam
from bot.outbox import telling
from bot.staff.rules import Staff

LASTS = timedelta(hours=12)  # that room was there is worth knowing
TIMES = 3  # that somebody is told
AT_ONCE = 20  # people looked after in one go

# Whoever was told of room and did not take it is told again after a day, a few times.
_OPEN = text(
    """
    SELECT id, contact_id, wish FROM wait_list
    WHERE closed_at IS NULL AND until_day >= :today
      AND (offered_at IS NULL OR offered_at < cast(:now AS timestamptz) - interval '1 day')
      AND (SELECT count(*) FROM outbox o WHERE o.contact_id = wait_list.contact_id
           AND o.key LIKE 'room\\:' || wait_list.id || '\\:%') < :times
    ORDER BY looked_at NULLS FIRST, id LIMIT :most FOR UPDATE SKIP LOCKED
    """
)
_TOLD = text("UPDATE wait_list SET offered_at = :now WHERE id = :id")
_LOOKED = text("UPDATE wait_list SET looked_at = :now WHERE id = :id")
_OVER = text(
    "UPDATE wait_list SET closed_at = :now WHERE closed_at IS NULL AND until_day < :today"
    " RETURNING id, contact_id, wish, offered_at"
)


async def tell_of_room(connection: AsyncConnection, library: Library, *, now: datetime) -> int:
    """Tell those who wait, and for whom there is room now; return how many. Safe to run twice and at once."""
    today, told = day_in_vietnam(now), 0
    await _end(connection, library, now)
    for row in await connection.execute(_OPEN, {"now": now, "today": today, "most": AT_ONCE, "times": TIMES}):
        await connection.execute(_LOOKED, {"id": row.id, "now": now})
        wish = wishes.from_json(row.wish)
        if not await offers.find(connection, wish, now=now, most=1):
            continue
        message = ask.told(library, "place_free")
        key = f"room:{row.id}:{now:%Y%m%d%H%M}"
        await telling.tell(connection, row.contact_id, key, (message,), message_class="reminder", lasts=LASTS)
        await connection.execute(_TOLD, {"id": row.id, "now": now})
        told += 1
    return told


async def _end(connection: AsyncConnection, library: Library, now: datetime) -> None:
    """Take off the list who waited for days that are over; whoever was never told of room is told so."""
    today = day_in_vietnam(now)
    for row in (await connection.execute(_OVER, {"now": now, "today": today})).all():
        if row.offered_at is None:
            hotline = library.law.at(today)["service.hotline"]
            place = waiting_draft(Draft(), wishes.from_json(row.wish)).place
            told = ask.told(library, "waited_in_vain", place=place, hotline=hotline)
            key = f"room:{row.id}:over"
            await telling.tell(connection, row.contact_id, key, (told,), message_class="reminder", lasts=LASTS)


async def waiting(connection: AsyncConnection, staff: Staff, *, today: date) -> list[Any]:
    """Return how many wait, by place, topic and how they would like to meet, where somebody answers; nobody is named."""
    rows = await connection.execute(
        text(
            """
            SELECT w.province, w.wish->>'commune' AS commune, coalesce(w.wish->>'topic', 'other') AS topic,
                coalesce(w.wish->>'kind', '') AS kind, count(*) AS people, min(w.created_at) AS since,
                count(w.offered_at) AS told, max(w.until_day) AS until
            FROM wait_list w
            WHERE w.closed_at IS NULL AND w.until_day >= :today AND CASE
                WHEN cast(:own AS bigint) IS NOT NULL THEN EXISTS (
                    SELECT FROM consultant c JOIN office o ON o.id = c.office_id
                    WHERE c.id = :own AND o.province = w.province
                      AND (o.serves = '{}' OR w.wish->>'commune' IS NULL OR w.wish->>'commune' = ANY(o.serves)))
                ELSE cast(:scope AS text[]) = '{}' OR w.province = ANY(cast(:scope AS text[]))
                    OR w.wish->>'commune' = ANY(cast(:scope AS text[])) END
            GROUP BY 1, 2, 3, 4 ORDER BY people DESC, since LIMIT 300
            """
        ),
        reach(staff) | {"today": today},
    )
    return list(rows)
