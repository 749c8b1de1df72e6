"""The queue of those who want a person: who waits, who has them, to whom each wish was shown, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.store import hand_over

AT_CONSOLE = "EXISTS (SELECT FROM staff f WHERE f.consultant_id = c.id AND f.active AND 'consultant' = ANY(f.roles))"
REACHED = f"((k.id IS NOT NULL AND k.unreachable IS NULL) OR {AT_CONSOLE})"  # consultant c, whose contact may be k


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person's open wish to speak with somebody; taken once `taken_by` is a consultant."""

    id: int
    contact_id: int
    inbox_id: int
    asked_at: datetime
    waits_since: datetime
    province: str | None
    old_province: str | None
    taken_by: int | None
    answered_at: datetime | None
    said_at: datetime | None
    note: str | None = field(default=None, repr=False)  # of whoever passed the person on


_COLUMNS: Sequence[Column[Any]] = [hand_over.c[each.name] for each in fields(HandOver)]
_OPEN = hand_over.c.closed_at.is_(None)
_WAITS = and_(_OPEN, hand_over.c.taken_by.is_(None))


async def of_citizen(connection: AsyncConnection, contact_id: int) -> HandOver | None:
    """Return the contact's open wish, locked for the transaction."""
    return await _one(connection, hand_over.c.contact_id == contact_id)


async def of_consultant(connection: AsyncConnection, consultant_id: int) -> HandOver | None:
    """Return the conversation that a consultant has, locked for the transaction."""
    return await _one(connection, hand_over.c.taken_by == consultant_id)


async def of_id(connection: AsyncConnection, hand_over_id: int) -> HandOver | None:
    """Return an open wish, locked for the transaction: whoever comes second sees what the first has made of it."""
    return await _one(connection, hand_over.c.id == hand_over_id)


async def seen(connection: AsyncConnection, hand_over_id: int) -> HandOver:
    """Return a wish as it stands, without holding it."""
    return HandOver(*(await connection.execute(select(*_COLUMNS).where(hand_over.c.id == hand_over_id))).one())


async def _one(connection: AsyncConnection, which: ColumnElement[bool]) -> HandOver | None:
    row = (
        await connection.execute(select(*_COLUMNS).where(_OPEN, which).with_for_update(key_share=True))
    ).one_or_none()
    return None if row is None else HandOver(*row)


async def ask(
    connection: AsyncConnection, contact_id: int, inbox_id: int, province: str, old_province: str, now: datetime
) -> int | None:
    """Put the person into the queue; None when they are in it already."""
    values = {"province": province or None, "old_province": old_province or None, "asked_at": now, "waits_since": now}
    wish = upsert(hand_over).values(contact_id=contact_id, inbox_id=inbox_id, **values)
    found: int | None = await connection.scalar(wish.on_conflict_do_nothing().returning(hand_over.c.id))
    return found


async def change(connection: AsyncConnection, hand_over_id: int, **values: Any) -> None:
    """Write to a wish."""
    await connection.execute(update(hand_over).where(hand_over.c.id == hand_over_id).values(**values))


async def note(connection: AsyncConnection, hand_over_id: int, *, by: str, what: str, at: datetime) -> None:
    """Keep that something happened with a wish, and by whom."""
    await connection.execute(
        text("INSERT INTO hand_over_change (hand_over_id, at, by, what) VALUES (:wish, :at, :by, :what)"),
        {"wish": hand_over_id, "at": at, "by": by, "what": what},
    )


async def ahead_of(connection: AsyncConnection, wish_id: int, province: str | None) -> int:
    """Count who waits longer for the same consultants."""
    found = select(func.count()).select_from(hand_over).where(_WAITS, hand_over.c.id < wish_id)
    if province:
        found = found.where(or_(hand_over.c.province.is_(None), hand_over.c.province == province))
    return int(await connection.scalar(found) or 0)


async def silent_since(connection: AsyncConnection, moment: datetime) -> list[HandOver]:
    """Return conversations without a word since the moment, locked; those that somebody works on are left."""
    return await _locked(connection, hand_over.c.said_at <= moment)


async def waiting_untold(connection: AsyncConnection, since: datetime) -> list[HandOver]:
    """Return wishes that wait since the moment or longer and whose person was not told that it takes long, locked."""
    return await _locked(connection, _WAITS, hand_over.c.told_at.is_(None), hand_over.c.waits_since <= since)


async def waiting_since(connection: AsyncConnection, moment: datetime) -> list[HandOver]:
    """Return wishes that wait since the moment or longer, locked."""
    return await _locked(connection, _WAITS, hand_over.c.waits_since <= moment)


async def with_lost_consultant(connection: AsyncConnection) -> list[HandOver]:
    """Return conversations whose consultant can no longer be reached, locked."""
    lost = text(
        "taken_by IS NOT NULL AND NOT EXISTS (SELECT FROM consultant c LEFT JOIN contact k ON k.id = c.contact_id"
        f" WHERE c.id = hand_over.taken_by AND c.active AND {REACHED})"  # noqa: S608 - a part of our own
    )
    return await _locked(connection, lost)


async def with_lost_citizen(connection: AsyncConnection) -> list[HandOver]:
    """Return open wishes of people who can no longer be reached, locked."""
    lost = text("EXISTS (SELECT FROM contact k WHERE k.id = hand_over.contact_id AND k.unreachable IS NOT NULL)")
    return await _locked(connection, lost)


async def _locked(connection: AsyncConnection, *which: Any) -> list[HandOver]:
    found = select(*_COLUMNS).where(_OPEN, *which).order_by(hand_over.c.id)
    return [HandOver(*row) for row in await connection.execute(found.with_for_update(key_share=True, skip_locked=True))]
