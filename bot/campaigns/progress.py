"""How campaigns stand, for whoever watches them: all in a list with their numbers, one with its rate, and each unknown message."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.rules import State
from bot.campaigns.store import Campaign

MINUTE = timedelta(minutes=1)  # over which a rate is measured
MOST_UNKNOWN = 200  # of a page

# A campaign belongs to the places of its audience; one without places means everybody, everywhere.
_WITHIN = (
    "(cast(:codes AS jsonb) IS NULL OR (jsonb_array_length(coalesce(k.plan #> '{audience,places}', '[]')) > 0"
    " AND k.plan #> '{audience,places}' <@ cast(:codes AS jsonb)))"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A campaign in a list, with how many messages of it are in which state."""

    key: str
    title: str
    state: State
    author: str
    approver: str | None
    begins_at: datetime | None
    ends_at: datetime | None
    why: str | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How a campaign goes. `counts` by state; `waiting` by channel; `rate`: messages a second of late, by channel."""

    counts: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    rate: Mapping[str, float] = field(default_factory=dict)

    def of(self, state: str) -> int:
        """Return how many are in a state."""
        return self.counts.get(state, 0)

    @property
    def people(self) -> int:
        """Return how many were meant."""
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """Return how many have their end."""
        return self.people - self.of("planned") - self.of("sending")

    @property
    def speed(self) -> float:
        """Return the rate of all channels together."""
        return sum(self.rate.values())


_LISTED = text(
    f"""
    SELECT k.key, k.title, k.state, k.author, k.approver, k.begins_at, k.ends_at, k.why,
           coalesce(n.counts, '{{}}') AS counts
    FROM campaign k LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(state, number) AS counts FROM (
            SELECT o.state, count(*) AS number FROM outbox o WHERE o.campaign_id = k.id GROUP BY o.state) AS each) AS n ON true
    WHERE {_WITHIN} AND (cast(:states AS text[]) IS NULL OR k.state = ANY(:states)) ORDER BY k.id DESC LIMIT :most OFFSET :skip
    """  # noqa: S608 - a constant of this file
)


async def listed(
    connection: AsyncConnection,
    codes: list[str] | None,
    *,
    states: Collection[State] = (),
    most: int = 50,
    skip: int = 0,
) -> list[Listed]:
    """Return the newest campaigns that lie within some places; None: everywhere. `states`: only those, none: all."""
    values = {"codes": _json(codes), "states": list(states) or None, "most": most, "skip": skip}
    rows = await connection.execute(_LISTED, values)
    return [Listed(**{**row._mapping, "state": State(row.state)}) for row in rows]


def _json(codes: list[str] | None) -> str | None:
    return None if codes is None else "[" + ", ".join(f'"{code}"' for code in codes) + "]"


_PROGRESS = text(
    """
    SELECT channel, state, count(*) AS number,
           count(*) FILTER (WHERE state IN ('sent', 'failed', 'unknown') AND finished_at > :since) AS lately
    FROM outbox WHERE campaign_id = :id GROUP BY channel, state
    """
)


async def progress(connection: AsyncConnection, campaign: Campaign, now: datetime) -> Progress:
    """Return how a campaign goes now."""
    rows = (await connection.execute(_PROGRESS, {"id": campaign.id, "since": now - MINUTE})).all()
    counts: dict[str, int] = {}
    waiting: dict[str, int] = {}
    lately: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + row.number
        if row.state in ("planned", "sending"):
            waiting[row.channel or ""] = waiting.get(row.channel or "", 0) + row.number
        lately[row.channel or ""] = lately.get(row.channel or "", 0) + row.lately
    rate = {channel: number / MINUTE.total_seconds() for channel, number in lately.items() if number}
    return Progress(counts, waiting, rate)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A message of which nobody can say whether it arrived, and where its reader lives; not who they are."""

    row: int
    province: str | None
    commune: str | None
    channel: str
    at: datetime | None
    why: str


_UNKNOWN = text(
    """
    SELECT o.id AS row, p.province, p.commune, o.channel, o.started_at AS at,
           coalesce(o.reason, '') AS why
    FROM outbox o LEFT JOIN person p ON p.id = o.person_id
    WHERE o.campaign_id = :id AND o.state = 'unknown' ORDER BY o.id LIMIT :most
    """
)


async def unknown(connection: AsyncConnection, campaign_id: int, *, most: int = MOST_UNKNOWN) -> list[Doubtful]:
    """Return the messages of which nobody can say whether they arrived, the oldest first."""
    rows = await connection.execute(_UNKNOWN, {"id": campaign_id, "most": most})
    return [Doubtful(**row._mapping) for row in rows]


# The messages themselves come first: they are few, and an index holds no others.
_IN_DOUBT = text(
    f"""
    SELECT k.key, k.title, n.number FROM (
        SELECT campaign_id, count(*)::int AS number FROM outbox
        WHERE state = 'unknown' AND campaign_id IS NOT NULL GROUP BY campaign_id) AS n
    JOIN campaign k ON k.id = n.campaign_id WHERE {_WITHIN} ORDER BY k.id
    """  # noqa: S608 - a constant of this file
)


async def in_doubt(connection: AsyncConnection, codes: list[str] | None) -> list[Any]:
    """Return the campaigns within some places, None: everywhere, with messages that somebody has to settle: key, title, number."""
    return list(await connection.execute(_IN_DOUBT, {"codes": _json(codes)}))


_REASONS = text(
    "SELECT state, coalesce(split_part(reason, ':', 1), '') AS reason, channel, count(*) AS number FROM outbox"
    " WHERE campaign_id = :id AND state IN ('excluded', 'failed', 'expired') GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC, 2, 3"
)


async def reasons(connection: AsyncConnection, campaign_id: int) -> list[Any]:
    """Return why people did not get it: state, reason, channel, number."""
    return list(await connection.execute(_REASONS, {"id": campaign_id}))
