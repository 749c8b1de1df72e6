"""The queries of reports: one pass over what people wrote, what was answered, what people did and how long they waited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reports.period import Period
from bot.staff.scope import HERE, Places

_ZONE = "AT TIME ZONE 'Asia/Ho_Chi_Minh'"
_BUCKETS = (5, 15, 60, 240)  # minutes


def _values(period: Period, places: Places) -> dict[str, Any]:
    return {"since": period.since, "until": period.until, **places.values}


# S608: put together from texts that stand in this file and in bot.staff.scope.
_TALKS = text(
    f"""
    SELECT cast(date_trunc(:grain, i.received_at {_ZONE}) AS date) AS day, p.province, grouping(p.province) AS of_day,
           count(*) AS messages, count(DISTINCT p.id) AS people
    FROM inbox i JOIN contact c ON c.id = i.contact_id JOIN person p ON p.id = c.person_id
    WHERE i.received_at >= :since AND i.received_at < :until AND {HERE}
    GROUP BY GROUPING SETS ((1), (p.province))
    """  # noqa: S608
)
_CAME = text(
    f"""
    SELECT cast(date_trunc(:grain, c.created_at {_ZONE}) AS date) AS day, count(*) AS contacts
    FROM contact c JOIN person p ON p.id = c.person_id
    WHERE c.created_at >= :since AND c.created_at < :until AND c.channel <> 'sms' AND {HERE}
    GROUP BY 1
    """  # noqa: S608
)
_TOPICS = text(
    f"""
    SELECT to_char(o.created_at {_ZONE}, 'YYYY-MM') AS month, o.body->>'topic' AS topic, grouping(1) AS whole,
           count(DISTINCT p.id) AS people
    FROM outbox o JOIN contact c ON c.id = o.contact_id JOIN person p ON p.id = c.person_id
    WHERE o.class = 'reply' AND o.created_at >= :since AND o.created_at < :until AND o.body->>'topic' <> '' AND {HERE}
    GROUP BY GROUPING SETS ((1, 2), (2))
    """.replace("grouping(1)", f"grouping(to_char(o.created_at {_ZONE}, 'YYYY-MM'))")  # noqa: S608
)
_FUNNEL = text(
    f"""
    WITH did AS (
        SELECT b.person_id, bool_or(b.kind = 'calculated') AS calculated, bool_or(b.kind = 'booked') AS booked
        FROM behaviour b WHERE b.kind IN ('asked', 'calculated', 'booked') AND b.last_at >= :since AND b.first_at < :until
        GROUP BY 1
    )
    SELECT count(*) AS asked, count(*) FILTER (WHERE calculated) AS calculated, count(*) FILTER (WHERE booked) AS booked,
           count(*) FILTER (WHERE p.joined = 'voluntary') AS joined
    FROM did JOIN person p ON p.id = did.person_id WHERE {HERE}
    """  # noqa: S608
)
_WAITS = text(
    f"""
    WITH wish AS (
        SELECT h.taken_at, h.closed_at, extract(epoch FROM h.taken_at - h.asked_at) / 60 AS minutes
        FROM hand_over h JOIN contact c ON c.id = h.contact_id JOIN person p ON p.id = c.person_id
        WHERE h.asked_at >= :since AND h.asked_at < :until AND ({HERE} OR h.province = ANY(:provinces))
    )
    SELECT CASE WHEN taken_at IS NULL AND closed_at IS NULL THEN 'waiting' WHEN taken_at IS NULL THEN 'gone'
                ELSE cast(width_bucket(cast(minutes AS float), cast(:buckets AS float[])) AS text) END AS bucket,
           count(*) AS wishes, percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS median
    FROM wish GROUP BY GROUPING SETS ((1), ())
    """  # noqa: S608
)
_CAMPAIGNS = text(
    """
    SELECT campaign_id, CASE WHEN state IN ('planned', 'sending') THEN 'open' ELSE state END AS outcome, count(*) AS rows
    FROM outbox WHERE campaign_id = ANY(:campaigns) GROUP BY 1, 2
    """
)


async def talks(connection: AsyncConnection, period: Period, places: Places) -> Sequence[Any]:
    """Return messages and people by day, and by province of today (`of_day` 0), None: not known."""
    values = _values(period, places) | {"grain": period.grain}
    return (await connection.execute(_TALKS, values)).all()


async def came(connection: AsyncConnection, period: Period, places: Places) -> Mapping[Any, int]:
    """Return by day how many contacts were new that can write to us."""
    rows = await connection.execute(_CAME, _values(period, places) | {"grain": period.grain})
    return {row.day: row.contacts for row in rows}


async def topics(connection: AsyncConnection, period: Period, places: Places) -> Sequence[Any]:
    """Return how many people were answered on a topic: by month, and (`whole` 1) in the whole period."""
    return (await connection.execute(_TOPICS, _values(period, places))).all()


async def funnel(connection: AsyncConnection, period: Period, places: Places) -> Mapping[str, int]:
    """Return how many people asked, calculated, booked, and of them are in voluntary insurance by their own word."""
    row = (await connection.execute(_FUNNEL, _values(period, places))).one()
    return dict(row._mapping)


async def waits(connection: AsyncConnection, period: Period, places: Places) -> Sequence[Any]:
    """Return how many wishes for a person were taken within so many minutes; the row without a bucket is all of them."""
    return (await connection.execute(_WAITS, _values(period, places) | {"buckets": list(_BUCKETS)})).all()


async def outcomes(connection: AsyncConnection, campaigns: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Return what became of the messages of some campaigns."""
    rows = await connection.execute(_CAMPAIGNS, {"campaigns": list(campaigns)})
    found: dict[int, dict[str, int]] = {number: {} for number in campaigns}
    for row in rows:
        found[row.campaign_id][row.outcome] = row.rows
    return found
