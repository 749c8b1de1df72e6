"""The console as another way to be the consultant: take a person, answer, give back, pass on; the citizen notices no difference.

Each act runs in the caller's transaction; what may not be done, or not any more, is Refused with its reason.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.conversation.actions import say
from bot.conversation.relay import consultant, queue, staff, store
from bot.conversation.relay.line import Line
from bot.conversation.relay.rules import words_of
from bot.conversation.relay.staff import Consultant
from bot.conversation.relay.store import HandOver
from bot.conversation.rules import LONGEST, Event, Kind
from bot.errors import Refused
from bot.outbox import telling
from bot.outbox.rules import Message

SAID = "said"  # keys of what was written in the console: said:<wish>:<mark of the form>
LONGEST_NOTE = 300
_MARK = re.compile(r"[0-9a-f]{16,64}")


async def take(
    connection: AsyncConnection, library: Library, consultant_id: int, wish_id: int, *, now: datetime
) -> None:
    """Give a person to a consultant of their place, if nobody was quicker; their Telegram account, if linked, is told."""
    async with _line(connection, library, now) as line:
        who = await staff.of_id(connection, consultant_id)
        if not await staff.show_in_console(connection, wish_id, who.id, now):
            raise _refused(say(library, "relay_another_place"))
        wish = await queue.claim(line, who, wish_id)
        if isinstance(wish, Message):
            raise _refused(wish)
        line.tell(who.contact_id, await queue.you_took(line, who, wish))


async def answer(
    connection: AsyncConnection,
    library: Library,
    consultant_id: int,
    wish_id: int,
    said: str,
    *,
    mark: str,
    now: datetime,
) -> None:
    """Write to the person, once for each mark of a form, however often it is sent."""
    who, wish = await _held(connection, library, consultant_id, wish_id)
    said = words_of(Event(mark, Kind.TEXT, said))
    if not said or len(said) > LONGEST or not _MARK.fullmatch(mark):
        raise _refused(say(library, "relay_too_long" if len(said) > LONGEST else "relay_nothing_written"))
    async with _line(connection, library, now) as line:
        told = await consultant.answered(line, who, wish, said)
        await telling.tell(connection, wish.contact_id, f"{SAID}:{wish.id}:{mark}", [told])
        await store.change(connection, wish.id, said_at=now)


async def give_back(
    connection: AsyncConnection, library: Library, consultant_id: int, wish_id: int, *, now: datetime
) -> None:
    """End the conversation: the machine answers again."""
    who, wish = await _held(connection, library, consultant_id, wish_id)
    async with _line(connection, library, now) as line:
        await consultant.done(line, who, wish)


async def forward(
    connection: AsyncConnection,
    library: Library,
    consultant_id: int,
    wish_id: int,
    province: str,
    *,
    note: str,
    now: datetime,
) -> None:
    """Put the person into the queue of a province, with a note for whoever answers there."""
    who, wish = await _held(connection, library, consultant_id, wish_id)
    if not await staff.anybody(connection, province, wish.contact_id, but=who.id):
        raise _refused(say(library, "relay_nobody_there"))
    moved = {} if province == wish.province else {"province": province, "old_province": None, "told_at": None}
    await store.change(connection, wish.id, note=note.strip()[:LONGEST_NOTE] or None, **moved)
    async with _line(connection, library, now) as line:
        await consultant.let_go(line, who, wish, what="forwarded")


async def _held(
    connection: AsyncConnection, library: Library, consultant_id: int, wish_id: int
) -> tuple[Consultant, HandOver]:
    """Return the consultant and the wish that they have, held for the transaction."""
    wish = await store.of_id(connection, wish_id)
    if wish is None:
        raise _refused(say(library, "relay_no_conversation"))
    if wish.taken_by != consultant_id:
        other = await staff.of_id(connection, wish.taken_by) if wish.taken_by else None
        told = say(library, "relay_taken_by_other", name=other.name) if other else say(library, "relay_not_yours")
        raise _refused(told)
    return await staff.of_id(connection, consultant_id), wish


def _refused(told: Message) -> Refused:
    return Refused(told.text.strip())


@asynccontextmanager
async def _line(connection: AsyncConnection, library: Library, now: datetime) -> AsyncIterator[Line]:
    """Give a line for what follows no event: what it tells comes after the last event there is."""
    last = int(await connection.scalar(text("SELECT coalesce(max(id), 0) FROM inbox")) or 0)
    mark = str(await connection.scalar(text("SELECT pg_current_xact_id()::text")))
    line = Line(connection, library, now, last, mark)
    yield line
    await line.hang_up()
