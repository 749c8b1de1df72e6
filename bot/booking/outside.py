"""Which appointments stand outside the plans, since plans, leave or special days were changed behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import store
from bot.booking.closed import weekdays
from bot.booking.diaries import diaries, special_days
from bot.booking.plans import Stretch, minute_of, stretches
from bot.booking.rules import Appointment, Kind
from bot.clock import day_in_vietnam


async def outside_plans(
    connection: AsyncConnection, *, now: datetime, only: Collection[int] | None = None
) -> list[Appointment]:
    """Return the coming appointments, and holds, whose consultant does not work then and there any more.

    `only`: those of these consultants, None: of all.
    """
    coming = await store.select(
        connection,
        "a.state IN ('held', 'booked', 'confirmed') AND a.starts_at > :now"
        " AND (cast(:only AS bigint[]) IS NULL OR a.consultant_id = ANY(cast(:only AS bigint[])))"
        " ORDER BY a.starts_at, a.id",
        now=now,
        only=None if only is None else list(only),
    )
    by_day: dict[date, list[Appointment]] = defaultdict(list)
    for one in coming:
        by_day[day_in_vietnam(one.starts_at)].append(one)
    away = await _away(connection)
    special = await special_days(connection, now)
    found: list[Appointment] = []
    for day, those in by_day.items():
        books = await diaries(connection, {one.consultant_id for one in those}, [day], special, now=now)
        for one in those:
            planned = stretches(books[one.consultant_id], day, weekdays(day, special))
            if one.consultant_id in away or not _covered(one, planned):
                found.append(one)
    return found


def _covered(one: Appointment, planned: Sequence[Stretch]) -> bool:
    """Tell whether an appointment lies within one stretch of the place where it was made."""
    where = one.field_day_id if one.kind is Kind.FIELD else None
    starts, ends = minute_of(one.starts_at), minute_of(one.ends_at)
    return any(part.field_day == where and part.starts <= starts and ends <= part.ends for part in planned)


async def _away(connection: AsyncConnection) -> set[int]:
    """Return who does not work any more, or whose office is closed."""
    rows = await connection.execute(
        text("SELECT c.id FROM consultant c JOIN office o ON o.id = c.office_id WHERE NOT (c.active AND o.active)")
    )
    return {row.id for row in rows}
