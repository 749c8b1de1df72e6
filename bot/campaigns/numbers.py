"""What became of a campaign: every person meant once, by outcome and reason; and what people did after its message.

An act counts for the last campaign message that a person got before it, if it came within some days; so the acts of two
campaigns never overlap, and sums over campaigns count nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

WITHIN = timedelta(days=7)
DIMENSIONS = ("province", "commune", "situation", "variant", "channel", "hour", "reason")


@dataclass(frozen=True, slots=True)
class Tally:
    """People meant, by what became of their message; then, of those it reached, what they did."""

    planned: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    excluded: int = 0
    expired: int = 0
    open: int = 0  # still waiting, or being sent
    delivered: int = 0  # as far as the channel tells
    read: int = 0  # as far as the channel tells
    pressed: int = 0
    replied: int = 0
    booked: int = 0
    calculated: int = 0
    stopped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in FIGURES))

    @property
    def whole(self) -> bool:
        """Tell whether everybody who was meant is accounted for."""
        return self.planned == self.sent + self.failed + self.unknown + self.excluded + self.expired + self.open


FIGURES = tuple(each.name for each in fields(Tally))
OUTCOMES = ("sent", "failed", "unknown", "excluded", "expired", "open")
DEEDS = FIGURES[FIGURES.index("delivered") :]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The tally of a campaign, or of several, and the same by each dimension and value; '' is «not known»."""

    all: Tally
    by: Mapping[str, Mapping[str, Tally]]

    @property
    def excluded(self) -> Mapping[str, int]:
        """How many were excluded, by reason."""
        return {reason: one.excluded for reason, one in self.by["reason"].items() if one.excluded}

    @property
    def failed(self) -> Mapping[str, int]:
        """How many failed, by reason."""
        return {reason: one.failed for reason, one in self.by["reason"].items() if one.failed}


async def numbers(
    connection: AsyncConnection,
    campaigns: Sequence[int],
    *,
    within: timedelta = WITHIN,
    communes: Collection[str] | None = None,
) -> Numbers:
    """Return the numbers of some campaigns together, of everybody or of those who live in some communes."""
    values = {"campaigns": list(campaigns), "within": within, "communes": None if communes is None else list(communes)}
    rows = (await connection.execute(_numbers(), values)).mappings().all()
    tallies = {dimension: dict[str, Tally]() for dimension in DIMENSIONS}
    whole = Tally()
    for row in rows:
        tally = Tally(**{name: int(row[name] or 0) for name in FIGURES})
        if row["dimension"] == "all":
            whole = tally
        else:
            tallies[row["dimension"]][row["value"] or ""] = tally
    return Numbers(whole, {name: dict(sorted(found.items())) for name, found in tallies.items()})


_PRESSED = "EXISTS (SELECT FROM campaign_answer a WHERE a.outbox_id = m.id AND a.kind = 'pressed')"


def _numbers() -> TextClause:
    counts = ", ".join(f"count(*) FILTER (WHERE outcome = '{name}') AS {name}" for name in OUTCOMES)
    deeds = ", ".join(f"count(*) FILTER (WHERE {name}) AS {name}" for name in DEEDS)
    sets = ", ".join(f"({name})" for name in DIMENSIONS)
    return text(
        f"""
        WITH meant AS (
            SELECT o.id, o.person_id, o.contact_id, o.receipt, coalesce(o.reason, '') AS reason, o.channel,
                   coalesce(o.variant, '') AS variant, coalesce(p.province, '') AS province,
                   coalesce(p.commune, '') AS commune, coalesce(p.situation, '') AS situation,
                   CASE WHEN o.state IN ('planned', 'sending') THEN 'open' ELSE o.state END AS outcome,
                   CASE WHEN o.state IN ('sent', 'unknown') THEN o.finished_at END AS at,
                   CASE WHEN o.state IN ('sent', 'unknown') THEN
                       to_char(o.finished_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24') ELSE '' END AS hour
            FROM outbox o LEFT JOIN person p ON p.id = o.person_id WHERE o.campaign_id = ANY(:campaigns)
                AND (cast(:communes AS text[]) IS NULL OR p.commune = ANY(:communes))
        ), reached AS (
            SELECT meant.*, least(at + :within, (
                SELECT min(n.finished_at) FROM outbox n WHERE n.person_id = meant.person_id AND n.campaign_id IS NOT NULL
                    AND n.state IN ('sent', 'unknown') AND n.finished_at > meant.at)) AS until
            FROM meant
        ), told AS (
            SELECT m.*,
                at IS NOT NULL AND coalesce(receipt, '') IN ('received', 'delivered', 'read', 'seen') AS delivered,
                at IS NOT NULL AND coalesce(receipt, '') IN ('read', 'seen') AS read,
                at IS NOT NULL AND {_PRESSED} AS pressed,
                at IS NOT NULL AND EXISTS (SELECT FROM inbox i WHERE i.contact_id = m.contact_id AND i.kind = 'text'
                    AND i.received_at > at AND i.received_at <= until) AS replied,
                at IS NOT NULL AND EXISTS (SELECT FROM appointment a JOIN contact c ON c.id = a.contact_id
                    WHERE c.person_id = m.person_id AND a.state NOT IN ('held', 'lapsed')
                    AND a.created_at > at AND a.created_at <= until) AS booked,
                at IS NOT NULL AND EXISTS (SELECT FROM behaviour b WHERE b.person_id = m.person_id AND b.kind = 'calculated'
                    AND ((b.first_at > at AND b.first_at <= until) OR (b.last_at > at AND b.last_at <= until))) AS calculated,
                at IS NOT NULL AND EXISTS (SELECT FROM consent s JOIN contact c ON c.id = s.contact_id
                    WHERE c.person_id = m.person_id AND s.purpose = 'outreach' AND NOT s.given
                    AND s.at > m.at AND s.at <= until) AS stopped
            FROM reached m
        )
        SELECT CASE {" ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in DIMENSIONS)} ELSE 'all' END AS dimension,
               coalesce({", ".join(f"CASE WHEN grouping({name}) = 0 THEN {name} END" for name in DIMENSIONS)}) AS value,
               count(*) AS planned, {counts}, {deeds}
        FROM told GROUP BY GROUPING SETS ((), {sets})
        """  # noqa: S608 - put together from names that stand in this file
    )
