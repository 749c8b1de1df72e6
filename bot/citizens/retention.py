"""What is kept how long: texts of talks, of campaigns and the names of appointments are forgotten by age; the rows stay, to be counted.

What an answer was about stays too, for reports read it, and the words by which somebody agreed or refused: they are the proof of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.settings import Settings

AT_NIGHT = time(2, 30)  # in Vietnam
BATCH = 2_000  # rows of a transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """How long each kind is kept, from when it was written; of an appointment, from its end."""

    talks: timedelta
    campaigns: timedelta
    appointments: timedelta


def kept_by(settings: Settings) -> Kept:
    """Return what an operator chose."""
    days = (settings.keep_talks, settings.keep_campaigns, settings.keep_appointments)
    return Kept(*(timedelta(days=each) for each in days))


async def forget_old(engine: AsyncEngine, kept: Kept, *, batch: int = BATCH) -> int:
    """Forget what is too old, so many rows a transaction; return how many. Safe to run twice, and to be ended at any point.

    Age goes by the database's clock, by which rows are stamped: a rehearsed day forgets nothing.
    """
    values = {"talks": kept.talks, "campaigns": kept.campaigns, "appointments": kept.appointments}
    forgotten = [await _walk(engine, each, values, batch) for each in (_INBOX, _OUTBOX, _APPOINTMENTS)]
    async with engine.begin() as connection:
        for query in (_NOTES, _WISHES, _RUMOURS, _WORK):
            await connection.execute(query, values)
    return sum(forgotten) + await _of_dialogues(engine, values, batch)


async def _walk(engine: AsyncEngine, query: TextClause, values: dict[str, Any], batch: int) -> int:
    """Go through a table, whose rows are numbered as they were written, until a whole batch is young."""
    after, forgotten, going = 0, 0, True
    while going:
        async with engine.begin() as connection:
            row = (await connection.execute(query, {**values, "after": after, "batch": batch})).one()
        after, going = row.last or 0, bool(row.going)
        forgotten += row.forgotten
    return forgotten


async def _of_dialogues(engine: AsyncEngine, values: dict[str, Any], batch: int) -> int:
    """Delete what Rasa remembers of old talks; its table is there once Rasa has spoken."""
    forgotten, last = 0, batch
    while last == batch:
        async with engine.begin() as connection:
            if await connection.scalar(text("SELECT to_regclass('rasa.events')")) is None:
                return forgotten
            last = (await connection.execute(_DIALOGUES, {**values, "batch": batch})).rowcount
        forgotten += last
    return forgotten


_INBOX = text(
    """
    WITH looked AS (
        SELECT id, received_at < now() - cast(:talks AS interval) AS going FROM inbox WHERE id > :after ORDER BY id LIMIT :batch
    ), gone AS (
        UPDATE inbox SET payload = '' FROM looked
        WHERE inbox.id = looked.id AND looked.going AND inbox.answered_at IS NOT NULL AND inbox.payload <> ''
          AND NOT EXISTS (SELECT FROM consent c WHERE c.contact_id = inbox.contact_id AND c.proof = 'inbox:' || inbox.id)
        RETURNING inbox.id
    )
    SELECT max(id) AS last, bool_or(going) AS going, (SELECT count(*) FROM gone) AS forgotten FROM looked
    """
)
# S608: put together from what stands here.
_BARE = """jsonb_strip_nulls(jsonb_build_object('text', '', 'buttons', cast('[]' AS jsonb), 'topic', body->'topic', 'picture',
    CASE WHEN body->'picture' ? 'what' THEN jsonb_build_object('what', body->'picture'->'what') END))"""
_OUTBOX = text(
    f"""
    WITH looked AS (
        SELECT id, created_at < now() - CASE class WHEN 'campaign' THEN cast(:campaigns AS interval)
            ELSE cast(:talks AS interval) END AS old,
            created_at < now() - least(cast(:campaigns AS interval), cast(:talks AS interval)) AS going FROM outbox WHERE id > :after ORDER BY id LIMIT :batch
    ), gone AS (
        UPDATE outbox SET body = {_BARE} FROM looked
        WHERE outbox.id = looked.id AND looked.old AND outbox.state NOT IN ('planned', 'sending') AND outbox.body <> {_BARE}
        RETURNING outbox.id
    )
    SELECT max(id) AS last, bool_or(going) AS going, (SELECT count(*) FROM gone) AS forgotten FROM looked
    """  # noqa: S608
)
_APPOINTMENTS = text(
    """
    WITH looked AS (
        SELECT id, ends_at < now() - cast(:appointments AS interval) AS old,
            created_at < now() - cast(:appointments AS interval) AS going FROM appointment
        WHERE id > :after ORDER BY id LIMIT :batch
    ), gone AS (
        UPDATE appointment a SET name = '', phone = '', brief = '{}', note = NULL FROM looked
        WHERE a.id = looked.id AND looked.old AND (a.name <> '' OR a.phone <> '' OR a.brief <> '{}' OR a.note IS NOT NULL)
        RETURNING a.id
    )
    SELECT max(id) AS last, bool_or(going) AS going, (SELECT count(*) FROM gone) AS forgotten FROM looked
    """
)
_NOTES = text(
    "UPDATE hand_over SET note = NULL WHERE closed_at < now() - cast(:talks AS interval) AND note IS NOT NULL"
)
_WISHES = text(
    "UPDATE wait_list SET wish = '{}' WHERE closed_at < now() - cast(:appointments AS interval) AND wish <> '{}'"
)
_RUMOURS = text("UPDATE rumour SET snippet = '' WHERE at < now() - cast(:talks AS interval) AND snippet <> ''")
_WORK = text(
    """
    UPDATE work_item w SET state = 'dismissed', at = now(), note = 'Đã lâu, lời không còn giữ nữa.'
    WHERE w.state IN ('open', 'taken') AND CASE w.kind
        WHEN 'rumour' THEN EXISTS (SELECT FROM rumour r WHERE r.id = w.ref AND r.snippet = '')
        WHEN 'report' THEN EXISTS (SELECT FROM inbox i WHERE i.id = w.ref AND i.payload = '')
        ELSE EXISTS (SELECT FROM open_question q JOIN inbox i ON i.id = q.inbox_id WHERE q.id = w.ref AND i.payload = '') END
    """
)
_DIALOGUES = text(
    """
    DELETE FROM rasa.events WHERE id IN (
        SELECT id FROM rasa.events WHERE timestamp < extract(epoch FROM now() - cast(:talks AS interval))
        ORDER BY id LIMIT :batch)
    """
)
