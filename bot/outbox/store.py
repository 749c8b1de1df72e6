"""The ledger's table and its queries; the connection is passed in and committed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text, desc, func, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import metadata
from bot.outbox.rules import MOVES, State

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("contact_id", BigInteger),  # null: a campaign means somebody whom none of its channels reaches
    Column("class", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("channel", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True)),
    Column("sender", Text),
    Column("provider_id", Text),
    Column("receipt", Text),
    Column("campaign_id", BigInteger),
    Column("person_id", BigInteger),
    Column("step", Text),
    Column("variant", Text),
    Column("started_at", DateTime(timezone=True)),
)

button_key = Table(
    "button_key", metadata, Column("key", Text, primary_key=True), Column("target", Text, nullable=False)
)

LEASE = timedelta(seconds=60)
CLOCKS_APART = timedelta(seconds=10)  # at most, a provider's and ours
CHANNEL = "an_sinh_outbox"  # PostgreSQL notifies senders here; the payload is the contact


async def plan(
    connection: AsyncConnection,
    contact_id: int,
    channel: str,
    key: str,
    bodies: Sequence[Mapping[str, Any]],
    *,
    message_class: str = "reply",
    lasts: timedelta | None = None,
) -> None:
    """Write the parts of a message as planned rows, once for each key, and wake the sender at commit.

    `lasts`: so long it is worth sending, from now on by the database's clock, which senders go by.
    """
    if not bodies:
        return
    common = {"contact_id": contact_id, "class": message_class, "channel": channel}
    rows = [{"key": f"{key}:{number}", "body": dict(body), **common} for number, body in enumerate(bodies)]
    row = upsert(outbox) if lasts is None else upsert(outbox).values(expires_at=func.now() + lasts)
    await connection.execute(row.on_conflict_do_nothing(), rows)
    await connection.execute(
        text("SELECT pg_notify(:channel, :contact)"), {"channel": CHANNEL, "contact": str(contact_id)}
    )


_CHOSEN = text(
    """
    INSERT INTO outbox (key, contact_id, class, channel, body)
    SELECT 'chosen:' || o.id, o.contact_id, 'reply', o.channel,
           jsonb_build_object('text', (o.body->>'text') || E'\n\n✓ ' || b.title, 'edits', o.provider_id)
    FROM outbox o, ROWS FROM (jsonb_array_elements(o.body->'buttons'), jsonb_array_elements_text(o.body->'button_keys'))
        AS shown (button, key), LATERAL (SELECT shown.button->>'title' AS title) AS b
    WHERE o.channel = :channel AND o.provider_id = :message AND o.contact_id = :contact AND o.body->>'once' = 'true'
      AND shown.key = :pressed
    LIMIT 1
    ON CONFLICT (key) DO NOTHING
    """
)


async def note_choice(connection: AsyncConnection, channel: str, contact_id: int, message: str, pressed: str) -> None:
    """Plan the edit that leaves of a question's buttons only the answer; for any other message nothing is to be done."""
    values = {"channel": channel, "contact": contact_id, "message": message, "pressed": pressed}
    await connection.execute(_CHOSEN, values)


async def keep_keys(connection: AsyncConnection, targets: Mapping[str, str]) -> None:
    """Remember what shortened keys of buttons stand for."""
    for key, target in targets.items():
        await connection.execute(upsert(button_key).values(key=key, target=target).on_conflict_do_nothing())


async def target_of(connection: AsyncConnection, key: str) -> str:
    """Return what a button's key stands for; a key that was not shortened is its own target."""
    found = await connection.scalar(select(button_key.c.target).where(button_key.c.key == key))
    return key if found is None else str(found)


async def last_menu(connection: AsyncConnection, contact_id: int, at: datetime | None) -> list[dict[str, str]]:
    """Return the choices of the numbered menu that the person saw last at a moment, None: now, if nothing came after it."""
    seen = await seen_last(connection, contact_id, at)
    return list((seen.body if seen else {}).get("menu") or [])


async def seen_last(connection: AsyncConnection, contact_id: int, at: datetime | None) -> Any:
    """Return the key and the body of what the person saw last at a moment, None: now; None when they saw nothing."""
    shown = func.coalesce(outbox.c.finished_at, outbox.c.created_at)
    # Now has no bound: now() is when our transaction began, and what was settled since then has been seen as well.
    by_then = true() if at is None else shown <= at + CLOCKS_APART
    found = await connection.execute(
        select(outbox.c.key, outbox.c.body)
        .where(outbox.c.contact_id == contact_id, outbox.c.state.in_([State.SENDING, State.SENT, State.UNKNOWN]))
        .where(outbox.c.body["text"].astext != "", by_then)
        # What is being sent is the newest; a campaign's row is older than it is seen.
        .order_by(desc(outbox.c.state == State.SENDING), desc(shown), desc(outbox.c.id))
        .limit(1)
    )
    return found.one_or_none()


async def answers_a_campaign(connection: AsyncConnection, contact_id: int) -> bool:
    """Tell whether the last thing that reached a person is of a campaign, so that what they say answers it."""
    query = text(
        "SELECT class FROM outbox WHERE contact_id = :contact AND state IN ('sending', 'sent', 'unknown')"
        " ORDER BY coalesce(started_at, finished_at, created_at) DESC, id DESC LIMIT 1"
    )
    return bool(await connection.scalar(query, {"contact": contact_id}) == "campaign")


async def claim(connection: AsyncConnection, contact_id: int) -> list[tuple[int, dict[str, Any]]]:
    """Take the planned messages of a web chat, oldest first: their state is sending when this commits; it shows no campaigns."""
    due = (
        select(outbox.c.id)
        .where(outbox.c.contact_id == contact_id, outbox.c.state == State.PLANNED, outbox.c.due_at <= func.now())
        .where(outbox.c["class"] != "campaign")
        .where(or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > func.now()))
        .order_by(outbox.c.id)
        .with_for_update(skip_locked=True)
    )
    taken = await connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(due.scalar_subquery()))
        .values(state=State.SENDING, attempts=outbox.c.attempts + 1, leased_until=func.now() + LEASE)
        .returning(outbox.c.id, outbox.c.body)
    )
    return sorted((row.id, row.body) for row in taken)


async def mark_received(connection: AsyncConnection, contact_id: int, up_to: int) -> None:
    """Record that the contact's device has everything up to this row."""
    await connection.execute(
        update(outbox)
        .where(
            outbox.c.contact_id == contact_id,
            outbox.c.id <= up_to,
            outbox.c.state.in_([state for state, moves in MOVES.items() if State.SENT in moves]),
        )
        .values(state=State.SENT, finished_at=func.now(), leased_until=None)
    )


async def messages_after(connection: AsyncConnection, contact_id: int, after: int) -> list[tuple[int, dict[str, Any]]]:
    """Return what was said to the contact behind a row and was sent, or is being sent, and not erased, oldest first."""
    rows = await connection.execute(
        select(outbox.c.id, outbox.c.body)
        .where(
            outbox.c.contact_id == contact_id,
            outbox.c.id > after,
            outbox.c["class"] != "campaign",
            outbox.c.body["text"].astext != "",
            outbox.c.state.in_([State.SENDING, State.SENT, State.UNKNOWN]),
        )
        .order_by(outbox.c.id)
    )
    return [(row.id, row.body) for row in rows]


async def body_of(connection: AsyncConnection, contact_id: int, row: int) -> dict[str, Any] | None:
    """Return the message of a row if it is the contact's."""
    found: dict[str, Any] | None = await connection.scalar(
        select(outbox.c.body).where(outbox.c.id == row, outbox.c.contact_id == contact_id)
    )
    return found


async def give_up_leases(connection: AsyncConnection) -> None:
    """Plan again what a sender that died was sending to a web chat: the page drops what it has, by row id."""
    freed = await connection.execute(
        update(outbox)
        .where(outbox.c.state == State.SENDING, outbox.c.channel == "web", outbox.c.leased_until < func.now())
        .values(state=State.PLANNED, leased_until=None)
        .returning(outbox.c.contact_id)
    )
    for contact_id in set(freed.scalars()):
        await connection.execute(
            text("SELECT pg_notify(:channel, :contact)"), {"channel": CHANNEL, "contact": str(contact_id)}
        )


async def expire_overdue(connection: AsyncConnection) -> int:
    """End what was to be sent by a moment that has passed, campaigns apart, which end as a whole; return how many."""
    ended = await connection.execute(
        update(outbox)
        .where(outbox.c.state == State.PLANNED, outbox.c.campaign_id.is_(None), outbox.c.expires_at <= func.now())
        .values(state=State.EXPIRED, reason="not sent in time", finished_at=func.now())
    )
    return int(ended.rowcount)


async def waiting_long(connection: AsyncConnection, than: timedelta) -> dict[str, int]:
    """Count, for each channel but the web chat, the replies that should have left so long ago."""
    ours = (outbox.c.state == State.PLANNED, outbox.c["class"] == "reply", outbox.c.campaign_id.is_(None))
    late = (*ours, outbox.c.due_at < func.now() - than)
    rows = await connection.execute(
        select(outbox.c.channel, func.count()).where(*late, outbox.c.channel != "web").group_by(outbox.c.channel)
    )
    return {channel: count for channel, count in rows}


async def without_receipt(connection: AsyncConnection, after: timedelta, within: timedelta) -> dict[str, int]:
    """Count, for each channel that tells of delivery at all, what was sent so long ago and of which nothing was told."""
    told = select(outbox.c.channel).where(outbox.c.receipt.is_not(None)).distinct()
    rows = await connection.execute(
        select(outbox.c.channel, func.count())
        .where(outbox.c.state == State.SENT, outbox.c.receipt.is_(None), outbox.c.channel.in_(told))
        .where(outbox.c.finished_at.between(func.now() - within, func.now() - after))
        .group_by(outbox.c.channel)
    )
    return {channel: count for channel, count in rows}


# What a receipt makes of an unknown message; any other: it was sent. None: nothing is certain yet.
_TOLD = {"rejected": State.FAILED, "failed": State.FAILED, "awaiting_approval": None, "waiting": None}


async def note_receipt(connection: AsyncConnection, channel: str, about: str, receipt: str) -> None:
    """Write what a provider says became of a message, named by its own id or by our key; what is unknown is known then."""
    if not about:
        return
    named = or_(outbox.c.provider_id == about, outbox.c.key == about)
    await connection.execute(
        update(outbox).where(outbox.c.channel == channel, named).values(receipt=receipt[:100] or "delivered")
    )
    if (known := _TOLD.get(receipt, State.SENT)) is not None:
        await connection.execute(
            update(outbox)
            .where(outbox.c.channel == channel, named, outbox.c.state == State.UNKNOWN)
            .values(state=known, finished_at=func.now())
        )
