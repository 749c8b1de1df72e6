"""Counts that reports read instead of counting all over again: kept by day and by month, made anew each night and today's often.

A person who did something on several days stands in a cell for each, with the day on which they had done it `before`. Whoever
did it before the first day of a period is counted there already; so people of any period are the sum of the cells of its days
whose `before` lies in front of it: each person once, though no cell knows who it is.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, time

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import VIETNAM, day_in_vietnam
from bot.reports.acts import ACTS, DAY
from bot.reports.period import DAYS

MOST_LOOKED_UP = 20_000  # people of a day of whom each is looked up; of more, counting all days is sooner done

log = logging.getLogger(__name__)


async def keep(engine: AsyncEngine, *, now: datetime) -> None:
    """Count today anew; all days when that was not done today, for people move, join, become one and are erased.

    All days also when today's people are so many that looking each of them up takes longer.
    """
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE report_counted IN EXCLUSIVE MODE"))
        await connection.execute(text("SET LOCAL work_mem = '64MB'"))
        today = day_in_vietnam(now)
        last = await connection.scalar(text("SELECT whole_at FROM report_counted"))
        if last is not None and day_in_vietnam(last) == today and not await _are_many(connection, today):
            await _count_today(connection, now)
        else:
            await _count_all(connection, now)
            log.info("Reports are counted")


async def counted_at(connection: AsyncConnection) -> datetime | None:
    """Return up to when it is counted; None: not yet."""
    found: datetime | None = await connection.scalar(text("SELECT at FROM report_counted"))
    return found


async def _count_all(connection: AsyncConnection, now: datetime) -> None:
    await connection.execute(text("DELETE FROM report_count"))
    await connection.execute(_DAYS_OF_ALL, {"near": DAYS})
    await connection.execute(_MONTHS, {"since": None})
    await connection.execute(text("DELETE FROM report_counted"))
    await connection.execute(text("INSERT INTO report_counted (whole_at, at) VALUES (:now, :now)"), {"now": now})


async def _are_many(connection: AsyncConnection, today: date) -> bool:
    return bool(await connection.scalar(_LATELY_MANY, {"since": _begin(today), "most": MOST_LOOKED_UP}))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


async def _count_today(connection: AsyncConnection, now: datetime) -> None:
    today = day_in_vietnam(now)
    await connection.execute(_FORGET, {"today": today})
    await connection.execute(_DAYS_OF_SOME, {"today": today, "since": _begin(today), "near": DAYS})
    await connection.execute(_MONTHS, {"since": today.replace(day=1)})
    await connection.execute(text("UPDATE report_counted SET at = :now"), {"now": now})


_FORGET = text(
    """
    DELETE FROM report_count WHERE grain = 'day' AND day >= :today
        OR grain = 'month' AND day >= date_trunc('month', cast(:today AS date))
    """
)
# Of `before` a day is kept as long as a period told by days may reach back to it, else its month: longer ones begin with one.
# S608: put together from texts of ours.
_DAYS = f"""
    INSERT INTO report_count (grain, what, day, before, province, people, times)
    SELECT 'day', what, day, CASE WHEN last > day - cast(:near AS int) THEN last
            ELSE coalesce(cast(date_trunc('month', last) AS date), '-infinity') END, coalesce(province, ''), count(*), sum(times)
    FROM (
        SELECT what, province, day, times, lag(day) OVER (PARTITION BY what, person_id ORDER BY day) AS last FROM (
            SELECT what, person_id, province, {DAY} AS day, count(*) AS times FROM ({{acts}}) AS a GROUP BY 1, 2, 3, 4
        ) AS visit
    ) AS told WHERE {{only}} GROUP BY 2, 3, 4, 5
"""  # noqa: S608
_DAYS_OF_ALL = text(_DAYS.format(acts=ACTS, only="true"))
_LATELY = f"SELECT DISTINCT person_id FROM ({ACTS}) AS a WHERE at >= :since"  # noqa: S608
_LATELY_MANY = text(f"SELECT count(*) > :most FROM ({_LATELY}) AS lately")  # noqa: S608
# OFFSET 0 has each person looked up by themselves: those of one day are few.
_DAYS_OF_SOME = text(
    _DAYS.format(
        acts=f"""
        SELECT all_of.* FROM ({_LATELY}) AS lately,
            LATERAL (SELECT * FROM ({ACTS}) AS a WHERE a.person_id = lately.person_id OFFSET 0) AS all_of
        """,  # noqa: S608
        only="day >= :today",
    )
)
_MONTHS = text(
    """
    INSERT INTO report_count (grain, what, day, before, province, people, times)
    SELECT 'month', what, month, cast(date_trunc('month', before) AS date), province,
        coalesce(sum(people) FILTER (WHERE before < month), 0), sum(times)
    FROM (SELECT *, cast(date_trunc('month', day) AS date) AS month FROM report_count WHERE grain = 'day') AS cell
    WHERE cast(:since AS date) IS NULL OR day >= :since GROUP BY 2, 3, 4, 5
    """
)
