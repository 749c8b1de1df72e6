"""The queries of reports: what people did in a period, from counts that are kept or from all that is there, and how long they waited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reports.acts import ACTS, DAY
from bot.reports.counts import counted_at
from bot.reports.period import Period
from bot.staff.scope import HERE, Places

_BUCKETS = (5, 15, 60, 240)  # minutes


@dataclass(frozen=True, slots=True)
class Counted:
    """What people did in a period; each person is counted once in each number. `at`: up to when; None: up to now."""

    at: datetime | None = None
    wrote: dict[date, tuple[int, int]] = field(default_factory=dict)  # by day or month: people, messages
    new: dict[date, int] = field(default_factory=dict)  # by day or month: contacts that can write to us
    places: dict[str | None, int] = field(default_factory=dict)  # who wrote, by province of today; None: not known
    topics: dict[str, dict[date, int]] = field(default_factory=dict)  # who was answered on it, by month
    whole: dict[str, int] = field(default_factory=dict)  # people of the whole period, by what they did


async def counted(connection: AsyncConnection, period: Period, places: Places) -> Counted:
    """Return what people of some places did: from the kept counts, which are of provinces, else counted now."""
    at = None if places.communes else await counted_at(connection)
    values = {
        "first": period.first,
        "last": period.last,
        "since": period.since,
        "until": period.until,
        "grain": period.grain,
    }
    rows = (await connection.execute(_KEPT if at else _plain(places), values | places.values)).all()
    found = Counted(at)
    for row in rows:
        match row.by:
            case "time" if row.what == "new":
                found.new[row.day] = row.times
            case "time":
                found.wrote[row.day] = (row.people, row.times)
            case "month":
                found.topics.setdefault(row.what.removeprefix("topic "), {})[row.day] = row.people
            case "place":
                found.places[row.province or None] = row.people
            case _:
                found.whole[row.what] = row.people
    return found


# S608: put together from texts of ours.
_EACH = """
    SELECT 'time' AS by, what, {start} AS day, NULL AS province, cast({of_time} AS bigint) AS people, cast(sum(times) AS bigint) AS times
    FROM act WHERE what IN ('wrote', 'new') GROUP BY 2, 3
    UNION ALL
    SELECT 'month', what, {month}, NULL, cast({of_month} AS bigint), 0 FROM act WHERE starts_with(what, 'topic ') GROUP BY 2, 3
    UNION ALL
    SELECT 'place', what, NULL, province, cast({of_all} AS bigint), 0 FROM act WHERE what = 'wrote' GROUP BY 2, 4
    UNION ALL
    SELECT 'whole', what, NULL, NULL, cast({of_all} AS bigint), 0 FROM act GROUP BY 2
"""
_MONTH = "cast(date_trunc('month', day) AS date)"
# In the order of the key: nothing is sorted or hashed.
_KEPT = text(
    f"""
    WITH act AS MATERIALIZED (
        SELECT day, what, province, sum(people) AS people, sum(times) AS times,
            coalesce(sum(people) FILTER (WHERE before < :first), 0) AS of_all,
            coalesce(sum(people) FILTER (WHERE before < greatest({_MONTH}, cast(:first AS date))), 0) AS of_month
        FROM report_count WHERE grain = :grain AND day BETWEEN :first AND :last AND (:everywhere OR province = ANY(:provinces))
        GROUP BY day, what, province)
    """  # noqa: S608
    + _EACH.format(
        start="day", of_time="sum(people)", month=_MONTH, of_month="sum(of_month)", of_all="sum(of_all)"
    )
)  # fmt: skip


def _plain(places: Places) -> TextClause:
    """Return the query that counts now; without a condition for everybody, which would cost its best plan."""
    here = "true" if places.everywhere else HERE
    distinct = "count(DISTINCT person_id)"
    return text(
        f"""
        WITH act AS MATERIALIZED (
            SELECT what, person_id, province, {DAY} AS day, count(*) AS times FROM ({ACTS}) AS p
            WHERE at >= :since AND at < :until AND {here} GROUP BY 1, 2, 3, 4)
        """  # noqa: S608
        + _EACH.format(
            start="cast(date_trunc(:grain, day) AS date)", of_time=distinct, month=_MONTH, of_month=distinct, of_all=distinct
        )
    )  # fmt: skip


_WAITS = text(
    f"""
    WITH wish AS (
        SELECT h.taken_at, h.closed_at, extract(epoch FROM h.taken_at - h.asked_at) / 60 AS minutes
        FROM hand_over h
        WHERE h.asked_at >= :since AND h.asked_at < :until AND (:everywhere OR h.province = ANY(:provinces)
            OR EXISTS (SELECT FROM contact c JOIN person p ON p.id = c.person_id WHERE c.id = h.contact_id AND {HERE}))
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


async def waits(connection: AsyncConnection, period: Period, places: Places) -> Sequence[Any]:
    """Return how many wishes for a person were taken within so many minutes; the row without a bucket is all of them."""
    values = {"since": period.since, "until": period.until, "buckets": list(_BUCKETS), **places.values}
    return (await connection.execute(_WAITS, values)).all()


async def outcomes(connection: AsyncConnection, campaigns: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Return what became of the messages of some campaigns."""
    rows = await connection.execute(_CAMPAIGNS, {"campaigns": list(campaigns)})
    found: dict[int, dict[str, int]] = {number: {} for number in campaigns}
    for row in rows:
        found[row.campaign_id][row.outcome] = row.rows
    return found
