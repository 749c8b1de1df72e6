"""The inbox, the questions nobody answered, and the wishes for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    Table,
    Text,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers.attribution import GOT_ONE
from bot.conversation.rules import Event, Kind
from bot.database import metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("contact_id", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("sequence", BigInteger),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("attempts", Integer, nullable=False),
    Column("answered_at", DateTime(timezone=True)),
)

open_question = Table(
    "open_question",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("inbox_id", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

hand_over = Table(
    "hand_over",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("inbox_id", BigInteger, nullable=False),
    Column("contact_id", BigInteger, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("closed_at", DateTime(timezone=True)),
    Column("province", Text),
    Column("old_province", Text),
    Column("waits_since", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("taken_by", BigInteger),
    Column("taken_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    Column("said_at", DateTime(timezone=True)),
    Column("passed_by", BigInteger),
    Column("told_at", DateTime(timezone=True)),
    Column("note", Text),
)


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that has just been stored; `campaigned`: the person got a campaign's message of late."""

    id: int
    campaigned: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored event that has no reply yet; `campaigned`: the person got a campaign's message of late."""

    id: int
    kind: Kind
    payload: str
    attempts: int
    campaigned: bool


# One statement, because a web hook waits for it.
_STORE = text(
    """
    WITH stored AS (
        INSERT INTO inbox (contact_id, event_id, kind, payload, sequence)
        VALUES (:contact_id, :event_id, :kind, :payload, :sequence) ON CONFLICT DO NOTHING
        RETURNING id, contact_id
    ), reached AS (
        UPDATE contact SET unreachable = NULL, spoke_at = now() FROM stored WHERE contact.id = stored.contact_id
        RETURNING {got_one} AS campaigned
    )
    SELECT id, campaigned FROM stored, reached
    """.replace("{got_one}", GOT_ONE)
)


async def store_event(connection: AsyncConnection, contact_id: int, event: Event) -> Stored | None:
    """Store an event of a person, who can be reached then; None when it is there already."""
    values = {name: getattr(event, name) for name in ("event_id", "kind", "payload", "sequence")}
    row = (await connection.execute(_STORE, {"contact_id": contact_id, **values})).one_or_none()
    return None if row is None else Stored(row.id, row.campaigned)


async def overtaken(connection: AsyncConnection, contact_id: int, sequence: int | None) -> bool:
    """Tell whether something that the person did later has come before."""
    if sequence is None:
        return False
    later = select(inbox.c.id).where(inbox.c.contact_id == contact_id, inbox.c.sequence > sequence)
    return bool(await connection.scalar(select(later.exists())))


_CAMPAIGNED: ColumnElement[bool] = literal_column(
    "(SELECT {got_one} FROM contact WHERE contact.id = inbox.contact_id)".replace("{got_one}", GOT_ONE)
).label("campaigned")


async def next_waiting(connection: AsyncConnection, contact_id: int) -> Waiting | None:
    """Return the contact's first event without a reply, in the provider's order, else as they came; count the attempt."""
    first = (
        select(inbox.c.id)
        .where(inbox.c.contact_id == contact_id, inbox.c.answered_at.is_(None))
        .order_by(inbox.c.sequence.nulls_first(), inbox.c.id)
        .limit(1)
    )
    counted = update(inbox).where(inbox.c.id == first.scalar_subquery()).values(attempts=inbox.c.attempts + 1)
    columns = (inbox.c.id, inbox.c.kind, inbox.c.payload, inbox.c.attempts, _CAMPAIGNED)
    row = (await connection.execute(counted.returning(*columns))).one_or_none()
    return None if row is None else Waiting(row.id, Kind(row.kind), row.payload, row.attempts, row.campaigned)


async def mark_answered(connection: AsyncConnection, inbox_id: int) -> bool:
    """Mark the event answered; False when another worker was first and nothing more may be written."""
    done = await connection.execute(
        update(inbox).where(inbox.c.id == inbox_id, inbox.c.answered_at.is_(None)).values(answered_at=func.now())
    )
    return done.rowcount == 1


async def waiting_contacts(connection: AsyncConnection, older_than_seconds: float) -> list[int]:
    """Return the contacts with an event that has waited for longer."""
    late = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, older_than_seconds)
    rows = await connection.scalars(
        select(inbox.c.contact_id).where(inbox.c.answered_at.is_(None), inbox.c.received_at < late).distinct()
    )
    return list(rows)


async def refused_later(connection: AsyncConnection, inbox_id: int, purpose: str) -> bool:
    """Tell whether the person refused a purpose by what they did after this event, but what came before it.

    Only of one day: Telegram begins to count anew after a quiet week.
    """
    refusal = text(
        """
        SELECT EXISTS (
            SELECT FROM inbox late
            JOIN consent c ON c.contact_id = late.contact_id AND c.purpose = :purpose AND NOT c.given
            JOIN inbox later ON later.id = cast(substring(c.proof FROM '^inbox:([0-9]+)$') AS bigint)
            WHERE late.id = :id AND later.sequence > late.sequence AND c.at > late.received_at - interval '1 day')
        """
    )
    return bool(await connection.scalar(refusal, {"id": inbox_id, "purpose": purpose}))


async def note_open_question(connection: AsyncConnection, inbox_id: int, reason: str) -> None:
    """Remember that an editor should look at this question."""
    await connection.execute(upsert(open_question).values(inbox_id=inbox_id, reason=reason).on_conflict_do_nothing())


async def ask_for_person(connection: AsyncConnection, inbox_id: int, contact_id: int) -> None:
    """Put the person into the queue of those who want to speak to somebody."""
    await connection.execute(
        upsert(hand_over).values(inbox_id=inbox_id, contact_id=contact_id).on_conflict_do_nothing()
    )


async def history(connection: AsyncConnection, contact_id: int, most: int) -> list[dict[str, Any]]:
    """Return the last lines of a conversation that were not erased, oldest first: {"me": …, "kind": …, "id": …} or {"row": …, "text": …, "buttons": …}."""
    rows = await connection.execute(
        text(
            """
            SELECT * FROM (
                SELECT id, id AS turn, 0 AS side, event_id, kind, payload, NULL::jsonb AS body
                FROM inbox WHERE contact_id = :contact AND payload <> ''
                UNION ALL
                SELECT o.id, CASE WHEN o.key LIKE 'reply:%' THEN split_part(o.key, ':', 2)::bigint ELSE (
                    SELECT coalesce(max(i.id), 0) FROM inbox i
                    WHERE i.contact_id = o.contact_id AND i.received_at <= o.created_at
                ) END, 1, NULL, NULL, NULL, o.body
                FROM outbox o WHERE o.contact_id = :contact AND o.class <> 'campaign' AND o.body->>'text' <> ''
                    AND (o.key LIKE 'reply:%' OR o.state IN ('sending', 'sent', 'unknown'))
            ) AS said ORDER BY turn DESC, side DESC, id DESC LIMIT :most
            """
        ),
        {"contact": contact_id, "most": most},
    )
    return [_said(row) for row in reversed(rows.all())]


def _said(row: Any) -> dict[str, Any]:
    if row.body is None:
        return {"me": row.payload, "kind": row.kind, "id": row.event_id}
    return {
        "row": row.id,
        "text": row.body["text"],
        "buttons": row.body["buttons"],
        "picture": bool(row.body.get("picture")),
        "file": bool(row.body.get("file")),
    }
