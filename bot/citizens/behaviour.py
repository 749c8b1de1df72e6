"""What people do with us, one row for each thing: asked about, calculated, booked, came by which link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.rules import Message

ASKED, CALCULATED, BOOKED, CAME_BY = "asked", "calculated", "booked", "came_by"
RESULTS = "calculate_"  # topics of results
PICTURES = frozenset({"household", "contribution", "benefit", "curve"})  # what only a result shows


async def note_behaviour(connection: AsyncConnection, contact_id: int, kind: str, topic: str, at: datetime) -> None:
    """Count that the person behind a contact did something."""
    await connection.execute(_NOTE, {"contact": contact_id, "kind": kind, "topic": topic, "at": at})


async def note_answers(connection: AsyncConnection, contact_id: int, messages: Iterable[Message], at: datetime) -> None:
    """Count what the answers that leave now are about, each topic once."""
    for kind, topic in sorted(did(messages)):
        await note_behaviour(connection, contact_id, kind, topic, at)


def did(messages: Iterable[Message]) -> set[tuple[str, str]]:
    """Return what messages tell of their reader: which topics they asked about, and what was worked out for them."""
    return {(CALCULATED if _is_result(each) else ASKED, each.topic) for each in messages if each.topic}


def _is_result(message: Message) -> bool:
    return message.topic.startswith(RESULTS) or message.picture.get("what") in PICTURES


_NOTE = text(
    """
    INSERT INTO behaviour AS b (person_id, kind, topic, times, first_at, last_at)
    SELECT person_id, :kind, :topic, 1, :at, :at FROM contact WHERE id = :contact
    ON CONFLICT (person_id, kind, topic) DO UPDATE SET times = b.times + 1, last_at = greatest(b.last_at, excluded.last_at)
    """
)
