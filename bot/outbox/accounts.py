"""The accounts we send through: who sends now, how fast it may, and what the provider has told us to wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Float, Table, Text, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import metadata

account = Table(
    "channel_account",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("stopped", Text),
    Column("sender", Text),
    Column("leased_until", DateTime(timezone=True)),
    Column("rate", Float, nullable=False),
    Column("slowed_at", DateTime(timezone=True)),
    Column("paced_until", DateTime(timezone=True), nullable=False),
    Column("blocked_until", DateTime(timezone=True), nullable=False),
    Column("tokens", JSONB),
)

LEASE = timedelta(seconds=8)  # without a sign of life for so long, another sender may take the account over
SLOWEST = 0.5  # messages a second below which a 429 does not slow an account further
CLIMB = timedelta(seconds=30)  # after so long without a 429 the rate grows by a tenth, up to the account's own


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its sender sees it; `now` is the database's."""

    stopped: str
    rate: float
    slowed_at: datetime | None
    paced_until: datetime
    blocked_until: datetime
    now: datetime


async def take_over(connection: AsyncConnection, channel: str, sender: str, rate: float) -> bool:
    """Make us the account's sender if nobody else is; the first sight of an account makes its row.

    An account that was stopped is tried once more: whoever mended its token starts the worker again.
    """
    await connection.execute(upsert(account).values(channel=channel, rate=rate).on_conflict_do_nothing())
    free = or_(account.c.sender == sender, account.c.leased_until.is_(None), account.c.leased_until < func.now())
    taken = await connection.execute(
        update(account)
        .where(account.c.channel == channel, free)
        .values(sender=sender, leased_until=func.now() + LEASE, rate=func.least(account.c.rate, rate), stopped=None)
    )
    return taken.rowcount == 1


async def keep(connection: AsyncConnection, channel: str, sender: str) -> bool:
    """Show a sign of life; False when somebody else has taken the account over."""
    kept = await connection.execute(
        update(account)
        .where(account.c.channel == channel, account.c.sender == sender)
        .values(leased_until=func.now() + LEASE)
    )
    return kept.rowcount == 1


async def release(connection: AsyncConnection, channel: str, sender: str) -> None:
    """Leave the account to whoever wants it next."""
    await connection.execute(
        update(account)
        .where(account.c.channel == channel, account.c.sender == sender)
        .values(leased_until=None, sender=None)
    )


async def locked(connection: AsyncConnection, channel: str, sender: str) -> Account | None:
    """Return the account, locked for the transaction, if we still are its sender."""
    row = (
        await connection.execute(
            select(account, func.clock_timestamp().label("now"))
            .where(account.c.channel == channel, account.c.sender == sender)
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        return None
    return Account(row.stopped or "", row.rate, row.slowed_at, row.paced_until, row.blocked_until, row.now)


async def change(connection: AsyncConnection, channel: str, **values: object) -> None:
    """Write to the account's row."""
    await connection.execute(update(account).where(account.c.channel == channel).values(**values))
