"""A person instead of the machine: whoever asks for one waits, a consultant takes them, words go both ways until one ends it.

The transaction is the caller's. What goes to the other side is planned in it, under keys made from the event's number, so
that an event undone and taken again relays nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.conversation.relay import citizen, console, consultant, queue, staff
from bot.conversation.relay.line import Line
from bot.conversation.relay.sweep import look
from bot.conversation.rules import Event
from bot.outbox.rules import Message
from bot.vn.places import gazetteer

__all__ = ["asked", "console", "engaged", "sweep", "turn"]


async def engaged(connection: AsyncConnection, contact_id: int) -> bool:
    """Tell whether a contact, citizen or consultant, speaks with a person now, so that the machine need not be asked."""
    found = text(
        "SELECT EXISTS (SELECT FROM hand_over h JOIN consultant c ON c.id = h.taken_by"
        " WHERE h.closed_at IS NULL AND :contact IN (h.contact_id, c.contact_id))"
    )
    return bool(await connection.scalar(found, {"contact": contact_id}))


async def turn(
    connection: AsyncConnection,
    contact_id: int,
    inbox_id: int,
    event: Event,
    library: Library,
    *,
    now: datetime,
) -> tuple[Message, ...] | None:
    """Take an event if it is for a person; return what its sender is told, () for nothing. None: the machine's.

    Call it in the transaction that marks the event answered. A wish to stop is the machine's, and ends the conversation.
    """
    line = Line(connection, library, now, inbox_id, "turn")
    who = await staff.at_contact(connection, contact_id)
    said = await consultant.take_in(line, who, event) if who else None
    if said is None:
        said = await citizen.take_in(line, contact_id, event)
    await line.hang_up()
    return said


async def asked(
    connection: AsyncConnection,
    contact_id: int,
    inbox_id: int,
    library: Library,
    known: Mapping[str, str],
    *,
    now: datetime,
) -> tuple[Message, ...]:
    """Put somebody who asks for a person into the queue and show them to consultants; return what they are told."""
    line = Line(connection, library, now, inbox_id, "asked")
    province = gazetteer().today(known.get("province", ""))
    old = known.get("old_province", "")
    said = await queue.ask(line, contact_id, province.key if province else "", old)
    await line.hang_up()
    return said


async def sweep(connection: AsyncConnection, library: Library, *, now: datetime) -> None:
    """Do what time brings: hand back after silence, tell who waits long, offer what waits when the hours begin."""
    last = int(await connection.scalar(text("SELECT coalesce(max(id), 0) FROM inbox")) or 0)
    mark = str(await connection.scalar(text("SELECT pg_current_xact_id()::text")))
    line = Line(connection, library, now, last, mark)
    await look(line)
    await line.hang_up()
