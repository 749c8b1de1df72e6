"""Taking due messages for one account: in order for each person, replies first, never faster than the account may."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox import accounts, pace, permission
from bot.outbox.accounts import Account
from bot.outbox.caps import SMS_LAW, Cap
from bot.outbox.reachable import stop_contact
from bot.outbox.settle import MOST_ATTEMPTS, MOST_FOR_A_PICTURE, Settlement, left_behind

CAMPAIGNS = "campaigns"  # the messages of class «campaign» that belong to one, which must be running
ORDER = ("reply", "reminder", "campaign", CAMPAIGNS)
IDLE = 0.1  # seconds between looks at an empty ledger


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send: its state is sending, committed."""

    id: int
    key: str
    contact_id: int
    address: str
    body: dict[str, Any]
    message_class: str
    attempts: int
    expires_at: datetime | None
    campaign_id: int | None = None

    @property
    def most_attempts(self) -> int:
        """How often it is tried; a picture or a file only adds to a reply's words, and must not hold up those behind it."""
        beside = (self.body.get("picture") or self.body.get("file")) and not self.body.get("text")
        return MOST_FOR_A_PICTURE if self.message_class == "reply" and beside else MOST_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Claim:
    """What was taken, and in how many seconds it is worth asking again; `ours` is False when the account is not."""

    rows: tuple[Claimed, ...] = ()
    wait: float = 0.0
    ours: bool = True


# Of one person one message at a time is under way, and the oldest of a class goes first. What belongs to a campaign is
# taken by `permission`, so a campaign that is paused stands in nobody's way here.
_TAKE = text(
    """
    WITH due AS (
        SELECT o.id, c.id AS contact, c.address
        FROM outbox o JOIN contact c ON c.id = o.contact_id
        WHERE o.channel = :channel AND o.state = 'planned' AND o.class = :class AND o.due_at <= :now
          AND o.campaign_id IS NULL
          AND (o.expires_at IS NULL OR o.expires_at > :now) AND c.unreachable IS NULL
          AND c.paced_until <= :contact_pace
          AND o.id = (
              SELECT e.id FROM outbox e WHERE e.contact_id = o.contact_id AND e.state IN ('planned', 'sending')
                AND (e.state = 'sending' OR e.campaign_id IS NULL AND e.class = o.class
                     AND (o.class = 'reply' OR e.due_at <= :now))
              ORDER BY e.state = 'sending' DESC, e.id LIMIT 1)
        ORDER BY o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED
    ), paced AS (
        UPDATE contact SET paced_until = greatest(contact.paced_until, :now) + :contact_every
        FROM due WHERE contact.id = due.contact
    )
    UPDATE outbox SET state = 'sending', attempts = attempts + 1, sender = :sender, leased_until = NULL
    FROM due WHERE outbox.id = due.id
    RETURNING outbox.id, outbox.key, outbox.contact_id, due.address, outbox.body, outbox.class, outbox.attempts,
              outbox.expires_at
    """
)


async def claim(
    connection: AsyncConnection,
    channel: str,
    sender: str,
    *,
    own_rate: float,
    most: int,
    silent: Collection[str] = (),
    caps: Sequence[Cap] = (SMS_LAW,),
) -> Claim:
    """Take what may leave now; the account's pace and each person's are written in the same commit.

    `silent`: classes of which nothing leaves at this hour. `caps`: how much of campaigns one person gets at most.
    """
    found = await accounts.locked(connection, channel, sender)
    if found is None:
        return Claim(ours=False)
    if found.stopped:
        return Claim(wait=1.0)
    if found.blocked_until > found.now:
        return Claim(wait=min(1.0, (found.blocked_until - found.now).total_seconds()))
    rate = await _recovered(connection, channel, found, own_rate)
    rows: list[Claimed] = []
    looked, paced = False, min(found.paced_until, found.now + pace.FURTHEST)
    for message_class in (each for each in ORDER if each.removesuffix("s") not in silent):
        ahead = pace.REPLIES_AHEAD if message_class == "reply" else pace.AHEAD
        free = min(most - len(rows), pace.room(paced, found.now, rate, ahead))
        if free <= 0:
            continue
        if message_class == CAMPAIGNS:
            taken, looked = await _take_campaigns(connection, channel, sender, free, found.now, caps)
        else:
            taken = await _take(connection, channel, sender, message_class, free, found.now)
        rows += taken
        paced = pace.used(paced, found.now, rate, len(taken))
    if rows:
        await accounts.change(connection, channel, paced_until=paced)
    return Claim(tuple(rows), pace.wait(paced, found.now) or (0.0 if rows or looked else IDLE))


async def _recovered(connection: AsyncConnection, channel: str, found: Account, own: float) -> float:
    """Return the rate, a little higher if the provider has not complained for a while."""
    if found.rate >= own or (found.slowed_at and found.now - found.slowed_at < accounts.CLIMB):
        return min(found.rate, own)
    rate = pace.faster(found.rate, own)
    await accounts.change(connection, channel, rate=rate, slowed_at=found.now if rate < own else None)
    return rate


async def _take(
    connection: AsyncConnection, channel: str, sender: str, message_class: str, most: int, now: datetime
) -> list[Claimed]:
    values = {"channel": channel, "class": message_class, "sender": sender, "most": most, **_paces(now)}
    rows = await connection.execute(_TAKE, values)
    return sorted((_claimed(row, message_class) for row in rows), key=lambda row: row.id)


async def _take_campaigns(
    connection: AsyncConnection, channel: str, sender: str, most: int, now: datetime, caps: Sequence[Cap]
) -> tuple[list[Claimed], bool]:
    """Return what was taken, and whether anything was settled on the way, so that it is worth looking again at once."""
    rows = await permission.take(connection, most=most, caps=caps, channel=channel, sender=sender, **_paces(now))
    return [_claimed(row, "campaign", row.campaign_id) for row in rows if row.state == "sending"], bool(rows)


def _paces(now: datetime) -> dict[str, Any]:
    return {"now": now, "contact_pace": now + pace.CONTACT_BURST, "contact_every": pace.CONTACT_EVERY}


def _claimed(row: Any, message_class: str, campaign_id: int | None = None) -> Claimed:
    return Claimed(
        row.id, row.key, row.contact_id, row.address, row.body, message_class, row.attempts, row.expires_at, campaign_id
    )


_SETTLE = text(
    """
    UPDATE outbox SET state = done.state, reason = nullif(done.reason, ''), provider_id = nullif(done.provider_id, ''),
        due_at = coalesce(done.due_at, outbox.due_at), attempts = attempts - done.given_back,
        finished_at = CASE WHEN done.state IN ('planned', 'unknown') THEN NULL ELSE clock_timestamp() END
    FROM unnest(cast(:id AS bigint[]), cast(:state AS text[]), cast(:reason AS text[]), cast(:provider_id AS text[]),
                cast(:due_at AS timestamptz[]), cast(:given_back AS int[]))
        AS done (id, state, reason, provider_id, due_at, given_back)
    WHERE outbox.id = done.id AND outbox.sender = :sender AND outbox.state IN ('sending', 'unknown')
    """
)


async def settle_all(
    connection: AsyncConnection, channel: str, sender: str, settled: Sequence[tuple[Claimed, Settlement]]
) -> None:
    """Write what became of messages; a late word on one that was given up as unknown is taken too."""
    await connection.execute(
        _SETTLE,
        {
            "sender": sender,
            "id": [row.id for row, _ in settled],
            "state": [found.state.value for _, found in settled],
            "reason": [found.reason for _, found in settled],
            "provider_id": [found.provider_id for _, found in settled],
            "due_at": [found.due_at for _, found in settled],
            "given_back": [int(found.give_back) for _, found in settled],
        },
    )
    for row, found in settled:
        if found.stop_contact:
            await stop_contact(connection, row.contact_id, found.stop_contact)
    await _settle_account(connection, channel, [found for _, found in settled])


async def _settle_account(connection: AsyncConnection, channel: str, settled: Sequence[Settlement]) -> None:
    stopped = next((found.stop_account for found in settled if found.stop_account), "")
    if stopped:
        await accounts.change(connection, channel, stopped=stopped)
    blocked = max((found.block_account_until for found in settled if found.block_account_until), default=None)
    if blocked is not None:
        await connection.execute(_BLOCK, {"channel": channel, "until": blocked})
    if any(found.slow_account for found in settled):
        await connection.execute(_SLOW, {"channel": channel, "slowest": accounts.SLOWEST})


_BLOCK = text("UPDATE channel_account SET blocked_until = greatest(blocked_until, :until) WHERE channel = :channel")

# Several answers to one burst say «too many» at once: only the first of a moment slows the account.
_SLOW = text(
    """
    UPDATE channel_account SET rate = CASE WHEN slowed_at IS NULL OR slowed_at < clock_timestamp() - interval '1 second'
                    THEN greatest(rate / 2, :slowest) ELSE rate END,
        slowed_at = clock_timestamp()
    WHERE channel = :channel
    """
)


async def resolve_left_behind(connection: AsyncConnection, channel: str, sender: str) -> int:
    """Give each row that another sender died with its state; return how many are unknown now."""
    rows = await connection.execute(
        text(
            "SELECT id, class AS message_class FROM outbox WHERE channel = :channel AND state = 'sending' AND sender <> :sender FOR UPDATE"
        ),
        {"channel": channel, "sender": sender},
    )
    states = [{"id": row.id, "state": left_behind(row.message_class)} for row in rows]
    if states:
        await connection.execute(
            text("UPDATE outbox SET state = :state, reason = 'sender died' WHERE id = :id"), states
        )
    return sum(found["state"] == "unknown" for found in states)


async def give_back(connection: AsyncConnection, channel: str, sender: str, known: Collection[int]) -> None:
    """Plan again what we claimed without ever hearing of it: the database died between its commit and its answer."""
    await connection.execute(
        text(
            "UPDATE outbox SET state = 'planned', attempts = attempts - 1"
            " WHERE channel = :channel AND state = 'sending' AND sender = :sender AND NOT id = ANY(:known)"
        ),
        {"channel": channel, "sender": sender, "known": list(known)},
    )
