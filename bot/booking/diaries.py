"""Reads the diaries of consultants over some days: plans, leave, added hours, field days and what is taken; few rows for many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import closed
from bot.booking.closed import SpecialDay
from bot.booking.plans import REST, Change, Diary, FieldHours, Hours, Taken, midnight, moment_of
from bot.booking.rules import TOPICS
from bot.clock import day_in_vietnam

BLOCK = 2**32  # minutes: what shifts a consultant's range in appointment.taken
DAY = 24 * 60  # minutes
LONGEST = max(TOPICS.values()) + REST  # minutes that an appointment may reach into what is looked at

# One shape for all: what, from minute, to minute, first day, last day, a number that depends on what it is, and whose it
# is. Few rows, for many consultants keep the same hours.
_PLANS = text(
    """
    SELECT 'hours' AS what, extract(epoch FROM starts)::int / 60 AS starts, extract(epoch FROM ends)::int / 60 AS ends,
        greatest(from_day, :first) AS first, least(to_day, :last) AS last, weekday::bigint AS extra,
        array_agg(consultant_id) AS whose
    FROM working_plan
    WHERE consultant_id = ANY(cast(:ids AS bigint[])) AND weekday = ANY(:weekdays) AND from_day <= :last AND to_day >= :first
      AND starts < cast(:until AS time) AND ends > cast(:since AS time)
    GROUP BY 2, 3, 4, 5, 6
    UNION ALL
    SELECT 'change', extract(epoch FROM starts)::int / 60, extract(epoch FROM ends)::int / 60, day, day, works::int,
        array_agg(consultant_id)
    FROM plan_exception WHERE consultant_id = ANY(cast(:ids AS bigint[])) AND day = ANY(:days)
    GROUP BY 2, 3, 4, 6
    UNION ALL
    SELECT 'field', extract(epoch FROM f.starts)::int / 60, extract(epoch FROM f.ends)::int / 60, f.day, f.day, f.id,
        array_agg(t.consultant_id)
    FROM field_day_team t JOIN field_day f ON f.id = t.field_day_id
    WHERE t.consultant_id = ANY(cast(:ids AS bigint[])) AND f.day = ANY(:days) AND NOT f.cancelled
    GROUP BY f.id
    """
)
# A subquery for each consultant and day: whatever is known of the numbers, it is looked up in the index.
_TAKEN = text(
    f"""
    SELECT whose.id, found.starts, found.ends
    FROM unnest(cast(:begins AS timestamptz[]), cast(:ends AS timestamptz[])) AS day (begins, ends),
        unnest(cast(:ids AS bigint[])) AS whose (id),
        LATERAL (
            SELECT array_agg(lower(taken) - whose.id * {BLOCK} ORDER BY starts_at) AS starts,
                array_agg(upper(taken) - whose.id * {BLOCK} ORDER BY starts_at) AS ends
            FROM appointment
            WHERE consultant_id = whose.id AND starts_at >= day.begins AND starts_at < day.ends
              AND state IN ('held', 'booked', 'confirmed') AND (state <> 'held' OR held_until > :now)
        ) AS found
    WHERE found.starts IS NOT NULL
    """  # noqa: S608 - nothing in it comes from outside
)
_LEAST_BUSY = text(
    """
    WITH asked AS (
        SELECT starts, consultant_id, day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh' AS midnight,
            date_trunc('week', day::timestamp) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS monday
        FROM unnest(cast(:starts AS bigint[]), cast(:ids AS bigint[]), cast(:days AS date[]))
            AS asked (starts, consultant_id, day)
    ), day AS (
        SELECT asked.*, (SELECT count(*) FROM appointment a WHERE a.consultant_id = asked.consultant_id
            AND a.starts_at >= midnight AND a.starts_at < midnight + interval '1 day'
            AND a.state IN ('held', 'booked', 'confirmed')) AS load
        FROM asked
    ), idle AS (SELECT *, min(load) OVER (PARTITION BY starts) AS least FROM day)
    SELECT DISTINCT ON (starts) starts, consultant_id FROM idle WHERE load = least
    ORDER BY starts, (SELECT count(*) FROM appointment a WHERE a.consultant_id = idle.consultant_id
            AND a.starts_at >= monday AND a.starts_at < monday + interval '7 days'
            AND a.state IN ('held', 'booked', 'confirmed')), consultant_id
    """
)


class Window(NamedTuple):
    """Minutes of the day outside which nothing needs to be read."""

    starts: int = 0
    ends: int = DAY


WHOLE_DAY = Window()


async def special_days(connection: AsyncConnection, now: datetime) -> dict[date, SpecialDay]:
    """Return what was decided of the days of today and after."""
    rows = await connection.execute(
        text("SELECT day, works, like_weekday, name FROM special_day WHERE day >= :today"),
        {"today": day_in_vietnam(now)},
    )
    return {row.day: SpecialDay(row.works, row.like_weekday, row.name) for row in rows}


async def diaries(
    connection: AsyncConnection,
    consultants: Collection[int],
    days: Collection[date],
    special: Mapping[date, SpecialDay],
    *,
    now: datetime,
    window: Window = WHOLE_DAY,
) -> dict[int, Diary]:
    """Return what is known of each consultant on these days; holds that ran out take no time any more."""
    values = {
        "ids": _array(consultants),
        "days": list(days),
        "first": min(days),
        "last": max(days),
        "weekdays": list({weekday for day in days for weekday in closed.weekdays(day, special)}),
        "since": _clock(window.starts),
        "until": _clock(window.ends),
        "begins": [moment_of(midnight(day) + window.starts - LONGEST) for day in days],
        "ends": [moment_of(midnight(day) + window.ends) for day in days],
        "now": now,
    }
    found = {consultant: Diary() for consultant in consultants}
    for row in (await connection.execute(_PLANS, values)).all():
        _note(found, *row)
    at_work = [consultant for consultant, diary in found.items() if diary.planned]
    if at_work:
        values["ids"] = _array(at_work)
        for consultant, starts, ends in (await connection.execute(_TAKEN, values)).all():
            _add(found[consultant], starts, ends)
    return found


def _add(diary: Diary, starts: list[int], ends: list[int]) -> None:
    """Note what is taken on a day: days come in any order, and an hour before each is read with it."""
    if diary.taken.starts:
        both = dict(zip(diary.taken.starts, diary.taken.ends, strict=True)) | dict(zip(starts, ends, strict=True))
        starts, ends = sorted(both), sorted(both.values())
    diary.taken = Taken(starts, ends)


def _note(
    found: Mapping[int, Diary], what: str, starts: int, ends: int, first: date, last: date, extra: int, whose: list[int]
) -> None:
    if what == "hours":
        hours = Hours(extra, starts, ends, first, last)
        for one in whose:
            found[one].hours.append(hours)
    elif what == "field":
        for one in whose:
            found[one].field_days.append(FieldHours(extra, first, starts, ends))
    else:
        for one in whose:
            found[one].changes.append(Change(first, bool(extra), starts, ends))


def _array(numbers: Iterable[int]) -> str:
    """Return an array as PostgreSQL writes it: the driver takes a millisecond for a list of some hundred."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _clock(minute: int) -> str:
    return f"{min(minute, DAY) // 60:02}:{min(minute, DAY) % 60:02}"


async def least_busy(connection: AsyncConnection, rivals: Collection[tuple[int, int]]) -> dict[int, int]:
    """Return for each beginning (a minute since 1970) who of those asked has least to do that day, then that week."""
    days = {starts: day_in_vietnam(moment_of(starts)) for starts, _ in rivals}
    values = {
        "starts": _array(starts for starts, _ in rivals),
        "ids": _array(consultant for _, consultant in rivals),
        "days": [days[starts] for starts, _ in rivals],
    }
    return {starts: whose for starts, whose in (await connection.execute(_LEAST_BUSY, values)).all()} if rivals else {}
