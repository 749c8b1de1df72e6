"""What a person asked before somebody took them over: their questions, and what the buttons they press are called."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.relay.rules import MOST_QUESTIONS, masked
from bot.conversation.relay.store import HandOver

# The asking itself; of the hour before it what got an answer about a topic, or none, but no name or number told to a
# form; and what was written to a consultant who had the person before, which the machine did not answer.
_QUESTIONS = text(
    r"""
    SELECT payload FROM (
        SELECT i.id, i.payload FROM inbox i, (SELECT id, received_at FROM inbox WHERE id = :asked) AS asked
        WHERE i.contact_id = :contact AND i.kind = 'text' AND (
            i.id = asked.id
            OR i.id < asked.id AND i.received_at > asked.received_at - interval '1 hour' AND (
                EXISTS (SELECT FROM open_question q WHERE q.inbox_id = i.id)
                OR EXISTS (SELECT FROM outbox o WHERE o.body->>'topic' <> ''
                           AND o.key IN ('reply\:' || i.id || '\:0', 'reply\:' || i.id || '\:1')))
            OR i.id > asked.id AND (
                EXISTS (SELECT FROM outbox o WHERE o.key = 'relay\:' || i.id || '\:0')
                OR i.answered_at IS NOT NULL AND NOT EXISTS (
                    SELECT FROM outbox o WHERE o.key = 'reply\:' || i.id || '\:0')))
        ORDER BY i.id DESC LIMIT :most
    ) AS said ORDER BY id
    """
)


async def questions(connection: AsyncConnection, wish: HandOver) -> list[str]:
    """Return what the person asked, oldest first, each as any consultant may read it."""
    values = {"contact": wish.contact_id, "asked": wish.inbox_id, "most": MOST_QUESTIONS}
    said = map(masked, await connection.scalars(_QUESTIONS, values))
    return list(dict.fromkeys(line for line in said if line))


_TITLE = text(
    """
    SELECT button->>'title' FROM outbox o,
        jsonb_array_elements(coalesce(o.body->'buttons', '[]') || coalesce(o.body->'menu', '[]')) AS button
    WHERE o.contact_id = :contact AND button->>'to' = :target ORDER BY o.id DESC LIMIT 1
    """
)


async def title_of(connection: AsyncConnection, contact_id: int, target: str) -> str:
    """Return what a pressed button said; empty when the person was never shown it."""
    return str(await connection.scalar(_TITLE, {"contact": contact_id, "target": target}) or "")
