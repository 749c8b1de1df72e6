"""Erases what somebody told us, wherever it stands: facts, drafts, appointments, the talk itself, what consultants read of it.

What must still be sent, and a coming appointment, for which somebody waits, stay until that is over; the clock erases them then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import drafts
from bot.citizens import store as citizens
from bot.conversation import erased_texts
from bot.conversation.erased_texts import About

# Of the last days: what waited to be sent then was sent or given up since.
_REFUSED = """
    SELECT DISTINCT ON (contact_id) contact_id, given, at FROM consent WHERE purpose = 'profile' ORDER BY contact_id, id DESC
"""
_LATELY = text(
    f"SELECT contact_id, at FROM ({_REFUSED}) AS last"  # noqa: S608 - a part of our own
    " WHERE NOT given AND at > cast(:now AS timestamptz) - interval '2 days'"
)
_NOTES = text("UPDATE hand_over SET note = NULL WHERE contact_id = :contact AND note IS NOT NULL")
_OVER = text(
    f"""
    SELECT DISTINCT a.contact_id FROM ({_REFUSED}) AS last JOIN appointment a ON a.contact_id = last.contact_id
    WHERE NOT last.given AND a.name <> '' AND NOT (a.state IN ('held', 'booked', 'confirmed') AND a.ends_at > :now)
    """  # noqa: S608 - a part of our own
)


async def erase(connection: AsyncConnection, contact_id: int, *, now: datetime) -> None:
    """Erase what a person told, in the transaction that answers their wish."""
    about = await _about(connection, contact_id, now)
    await citizens.forget_facts(connection, contact_id)
    await drafts.forget(connection, contact_id, now)
    await connection.execute(_NOTES, {"contact": contact_id})
    await _texts(connection, about)
    await erased_texts.of_dialogue(connection, contact_id)


async def erase_rest(connection: AsyncConnection, *, now: datetime) -> None:
    """Erase what could not go when people wanted to be forgotten: it was under way, or an appointment was coming."""
    for contact_id in list(await connection.scalars(_OVER, {"now": now})):
        about = await _about(connection, contact_id, now)
        await drafts.erase_over(connection, contact_id, now)
        await erased_texts.of_others(connection, about)
    for contact_id, at in (await connection.execute(_LATELY, {"now": now})).all():
        about = await _about(connection, contact_id, now)
        await erased_texts.of_person(connection, contact_id, before=at)
        await erased_texts.of_others(connection, about)


async def _about(connection: AsyncConnection, contact_id: int, now: datetime) -> About:
    return await erased_texts.about(connection, contact_id, now=now)


async def _texts(connection: AsyncConnection, about: About) -> None:
    await erased_texts.of_others(connection, about)
    await erased_texts.of_person(connection, about.contact_id, before=None)
