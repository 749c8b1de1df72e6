"""What nobody need look after: campaigns that fail are paused, what is over is ended, what is missing is told, all adds up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.rules import CLOCK, State
from bot.campaigns.store import Campaign

log = logging.getLogger(__name__)

BECAUSE = "errors "  # how the reason begins for which a campaign was paused here
LOOKED_AT, FEWEST = 200, 50  # messages that have ended last; below the second number nothing is said
MOST_WRONG = 20  # percent of them that failed or are unknown; above, the campaign is paused
# What is a person's own doing: to block us (-217, -244, -139, -141: to refuse our messages), to leave (-227).
OWN_DOING = ("blocked", "deactivated", "zalo_-217", "zalo_-244", "zalo_-139", "zalo_-141", "zalo_-227")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message of which nobody can say whether it arrived: whose, by which channel, since when, and why."""

    row: int
    person_id: int
    channel: str
    step: str
    at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Account:
    """What became of everybody a campaign meant. `open`: still planned or being sent."""

    people: int
    sent: int
    failed: int
    unknown: tuple[Unknown, ...]
    excluded: dict[str, int]
    expired: int
    open: int
    missing: int  # people who were frozen and have no row

    @property
    def closed(self) -> bool:
        """Tell whether nothing is open, and planned = sent + failed + unknown + excluded + expired, person by person."""
        return not self.open and not self.missing and self.people == self.ended

    @property
    def ended(self) -> int:
        """Return how many have come to an end."""
        return self.sent + self.failed + len(self.unknown) + sum(self.excluded.values()) + self.expired


# What was sent since somebody last let the campaign go on: whoever resumes it has seen what was before. What is people's own
# doing is left out, as it says nothing of whether sending works; unless it is more than half: so many do not go at once.
_FAILING = text(
    """
    WITH looked AS (
        SELECT k.id, last.n - own.n AS n, last.wrong - own.n AS wrong FROM campaign k CROSS JOIN LATERAL (
            SELECT count(*) AS n, count(*) FILTER (WHERE o.state <> 'sent') AS wrong,
                count(*) FILTER (WHERE o.state = 'failed' AND o.reason = ANY(:own_doing)) AS own FROM (
                SELECT m.state, m.reason FROM outbox m
                WHERE m.campaign_id = k.id AND m.state IN ('sent', 'failed', 'unknown')
                  AND m.started_at > coalesce((SELECT max(at) FROM campaign_act a
                                             WHERE a.campaign_id = k.id AND a.act = 'resume'), '-infinity')
                ORDER BY m.started_at DESC LIMIT :looked_at) AS o) AS last
        CROSS JOIN LATERAL (SELECT CASE WHEN last.own * 2 > last.n THEN 0 ELSE last.own END AS n) AS own
        WHERE k.state = 'running'
    ), paused AS (
        UPDATE campaign k SET state = 'paused', why = cast(:because AS text) || l.wrong || '/' || l.n, version = version + 1
        FROM looked l WHERE k.id = l.id AND k.state = 'running' AND l.n >= :fewest AND l.wrong * 100 > l.n * :most_wrong
        RETURNING k.id, k.key, k.digest, k.why
    ), noted AS (
        INSERT INTO campaign_act (campaign_id, at, by, act, digest, note)
        SELECT id, :now, :by, 'pause', digest, why FROM paused
    )
    SELECT key FROM paused
    """
)


async def watch(connection: AsyncConnection, now: datetime) -> list[str]:
    """Pause the campaigns of whose last messages too many failed, with the numbers as the reason; return their keys."""
    values = {"looked_at": LOOKED_AT, "fewest": FEWEST, "most_wrong": MOST_WRONG, "now": now, "by": CLOCK}
    values |= {"because": BECAUSE, "own_doing": list(OWN_DOING)}
    paused = list((await connection.execute(_FAILING, values)).scalars())
    for key in paused:
        log.error("A campaign is paused: too much of it fails", extra={"campaign": key})
    return paused


def paused_here(campaign: Campaign) -> bool:
    """Tell whether a campaign stands still because too much of it failed, and nobody has looked since."""
    return campaign.state is State.PAUSED and (campaign.why or "").startswith(BECAUSE)


# A campaign that is stopped leaves out what it has not sent; of any other, what is too late has expired.
_OVER = text(
    """
    UPDATE outbox SET
        state = CASE WHEN k.state = 'stopped' THEN 'excluded' ELSE 'expired' END,
        reason = CASE WHEN k.state <> 'stopped' THEN 'not sent in time'
            WHEN (SELECT a.act FROM campaign_act a WHERE a.campaign_id = k.id ORDER BY a.id DESC LIMIT 1) = 'withdraw'
            THEN 'withdrawn' ELSE 'campaign_stopped' END,
        finished_at = :now
    FROM campaign k
    WHERE outbox.campaign_id = k.id AND outbox.state = 'planned'
      AND (k.state IN ('stopped', 'done', 'expired') OR k.ends_at <= :now OR outbox.expires_at <= :now)
    """
)


async def end_overdue(connection: AsyncConnection, now: datetime) -> int:
    """End what a campaign has planned and will never send; return how many."""
    return int((await connection.execute(_OVER, {"now": now})).rowcount)


async def missing_rows(connection: AsyncConnection) -> dict[str, int]:
    """Count, for each campaign not yet over, the people who were frozen and have no row; say so loudly."""
    rows = await connection.execute(
        text(
            """
            SELECT k.key, sum(s.people - (SELECT count(*) FROM outbox o WHERE o.campaign_id = k.id AND o.step = s.step))::int
                AS missing
            FROM campaign k JOIN campaign_step s ON s.campaign_id = k.id AND s.people IS NOT NULL
            WHERE k.state IN ('scheduled', 'running', 'paused') GROUP BY k.key
            """
        )
    )
    missing = {row.key: row.missing for row in rows if row.missing}
    for key, count in missing.items():
        log.error("Rows of a campaign are missing", extra={"campaign": key, "count": count})
    return missing


async def reconcile(connection: AsyncConnection, campaign_id: int) -> Account:
    """Return what became of everybody; each unknown message is listed."""
    counts = await connection.execute(
        text(
            "SELECT state, CASE WHEN state = 'excluded' THEN split_part(reason, ':', 1) ELSE '' END AS reason, count(*) AS n"
            " FROM outbox WHERE campaign_id = :id GROUP BY 1, 2"
        ),
        {"id": campaign_id},
    )
    found = {(row.state, row.reason): row.n for row in counts}
    people = await connection.scalar(
        text("SELECT coalesce(sum(people), 0) FROM campaign_step WHERE campaign_id = :id"), {"id": campaign_id}
    )
    return Account(
        people=int(people or 0),
        sent=found.get(("sent", ""), 0),
        failed=found.get(("failed", ""), 0),
        unknown=tuple(_unknown(row) for row in await connection.execute(_UNKNOWN, {"id": campaign_id})),
        excluded={reason: n for (state, reason), n in found.items() if state == "excluded"},
        expired=found.get(("expired", ""), 0),
        open=found.get(("planned", ""), 0) + found.get(("sending", ""), 0),
        missing=int(people or 0) - sum(found.values()),
    )


_UNKNOWN = text(
    "SELECT id, person_id, channel, step, started_at, coalesce(reason, '') AS why FROM outbox"
    " WHERE campaign_id = :id AND state = 'unknown' ORDER BY id"
)


def _unknown(row: Any) -> Unknown:
    return Unknown(row.id, row.person_id, row.channel, row.step, row.started_at, row.why)
