"""What staff see of the accounts we send through, and the one thing they may do there: let a stopped one go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Refused
from bot.staff import audit

LATE = timedelta(minutes=5)  # a reply that has not left by then is one that its channel does not send


@dataclass(frozen=True, slots=True)
class Shown:
    """An account: `stopped` why, "" when it is not; `blocked_until` only while that lies ahead; `waiting`: replies to send."""

    channel: str
    stopped: str
    sends: bool  # a worker holds it now
    rate: float
    blocked_until: datetime | None
    waiting: int
    oldest: datetime | None
    sent_today: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A channel that does not send as it should: why it was stopped, "" when it was not; since when a reply waits for it."""

    channel: str
    stopped: str
    waits_since: datetime | None


async def troubles(connection: AsyncConnection) -> list[Trouble]:
    """Return the channels that were stopped, or for which a reply has waited too long."""
    return [Trouble(**row._mapping) for row in await connection.execute(_TROUBLES, {"late": LATE})]


async def accounts(connection: AsyncConnection, *, since: datetime) -> list[Shown]:
    """Return all accounts that were ever opened; `since`: from when what was sent is counted."""
    return [Shown(**row._mapping) for row in await connection.execute(_ACCOUNTS, {"since": since})]


async def let_go_on(connection: AsyncConnection, channel: str, *, by: str, now: datetime) -> None:
    """Clear why an account was stopped, so that its sender tries again; of two who do it at once one is told."""
    stopped = await connection.scalar(
        text("SELECT stopped FROM channel_account WHERE channel = :channel FOR UPDATE"), {"channel": channel}
    )
    if not stopped:
        raise Refused("Kênh này đang chạy, hoặc ai đó vừa cho chạy lại rồi. Hãy tải lại trang.")
    await connection.execute(
        text("UPDATE channel_account SET stopped = NULL WHERE channel = :channel"), {"channel": channel}
    )
    await audit.write(connection, by=by, act="restart_channel", about=f"channel:{channel}", note=stopped, now=now)


_TROUBLES = text(
    """
    SELECT a.channel, coalesce(a.stopped, '') AS stopped, w.since AS waits_since
    FROM channel_account a LEFT JOIN LATERAL (
        SELECT created_at AS since FROM outbox o
        WHERE o.channel = a.channel AND o.class = 'reply' AND o.state = 'planned' AND o.campaign_id IS NULL
          AND o.created_at < now() - cast(:late AS interval) ORDER BY o.id LIMIT 1) AS w ON true
    WHERE a.stopped IS NOT NULL OR w.since IS NOT NULL ORDER BY a.channel
    """
)
_ACCOUNTS = text(
    """
    SELECT a.channel, coalesce(a.stopped, '') AS stopped, coalesce(a.leased_until > now(), false) AS sends, a.rate,
           CASE WHEN a.blocked_until > now() THEN a.blocked_until END AS blocked_until,
           coalesce(w.waiting, 0)::int AS waiting, w.oldest, coalesce(s.sent, 0)::int AS sent_today
    FROM channel_account a
    LEFT JOIN (SELECT channel, count(*) AS waiting, min(due_at) AS oldest FROM outbox
               WHERE state = 'planned' AND class = 'reply' GROUP BY channel) w USING (channel)
    LEFT JOIN (SELECT channel, count(*) AS sent FROM outbox
               WHERE state = 'sent' AND finished_at >= :since GROUP BY channel) s USING (channel)
    ORDER BY a.channel
    """
)
