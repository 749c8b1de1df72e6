"""Reads the diaries of consultants over some days: plans, leave, added hours, field days and what is taken; few rows for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import closed
from bot.booking.closed import SpecialDay
from bot.booking.plans import REST, Books, Busy, Change, Diary, FieldHours, Hours, Taken, midnight, moment_of
from bot.booking.rules import TOPICS
from bot.clock import day_in_vietnam

BLOCK = 2**32  # minutes: what shifts a consultant's range in appointment.taken
DAY = 24 * 60  # minutes
LONGEST = max(TOPICS.values()) + REST  # minutes that an appointment may reach into what is looked at

# One shape for all: what, from minute, to minute, first day, last day, a number that depends on what it is, and whose it
# is. Few rows, for many consultants keep the same hours and are busy at the same times. What is taken is asked for each
# consultant at work and each day: whatever is known of the numbers, it is looked up in the index.
_BOOKS = text(
    f"""
    WITH plan (what, starts, ends, first, last, extra, whose) AS MATERIALIZED (
        SELECT 'hours', extract(epoch FROM starts)::bigint / 60, extract(epoch FROM ends)::bigint / 60,
            greatest(from_day, :first), least(to_day, :last), weekday::bigint, array_agg(consultant_id)
        FROM working_plan
        WHERE consultant_id = ANY(cast(:ids AS bigint[])) AND weekday = ANY(:weekdays) AND from_day <= :last
          AND to_day >= :first AND starts < cast(:until AS time) AND ends > cast(:since AS time)
        GROUP BY starts, ends, 4, 5, weekday
        UNION ALL
        SELECT 'change', extract(epoch FROM starts)::bigint / 60, extract(epoch FROM ends)::bigint / 60, day, day,
            works::int, array_agg(consultant_id)
        FROM plan_exception WHERE consultant_id = ANY(cast(:ids AS bigint[])) AND day = ANY(:days)
        GROUP BY starts, ends, day, works
        UNION ALL
        SELECT 'field', extract(epoch FROM f.starts)::bigint / 60, extract(epoch FROM f.ends)::bigint / 60, f.day, f.day,
            f.id, array_agg(t.consultant_id)
        FROM field_day_team t JOIN field_day f ON f.id = t.field_day_id
        WHERE t.consultant_id = ANY(cast(:ids AS bigint[])) AND f.day = ANY(:days) AND NOT f.cancelled
        GROUP BY f.id
    )
    SELECT * FROM plan
    UNION ALL
    SELECT 'busy', lower(taken) - id * {BLOCK}, upper(taken) - id * {BLOCK}, looked.day, looked.day, 0, array_agg(id)
    FROM (SELECT DISTINCT unnest(whose) AS id FROM plan WHERE what <> 'change' OR extra = 1) AS working,
        unnest(cast(:days AS date[]), cast(:begins AS timestamptz[]), cast(:ends AS timestamptz[]))
            AS looked (day, begins, ends),
        LATERAL (
            SELECT taken FROM appointment
            WHERE consultant_id = working.id AND starts_at >= looked.begins AND starts_at < looked.ends
              AND state IN ('held', 'booked', 'confirmed') AND (state <> 'held' OR held_until > :now)
            OFFSET 0
        ) AS found
    GROUP BY 2, 3, 4
    ORDER BY 2
    """  # noqa: S608 - nothing in it comes from outside
)
_LEAST_BUSY = text(
    """
    WITH asked AS (
        SELECT starts, consultant_id, date_trunc('day', to_timestamp(starts * 60) AT TIME ZONE 'Asia/Ho_Chi_Minh') AS day
        FROM unnest(cast(:starts AS bigint[]), cast(:ids AS bigint[])) AS asked (starts, consultant_id)
    ), busy AS MATERIALIZED (
        SELECT consultant_id, day, (SELECT count(*) FROM appointment a WHERE a.consultant_id = those.consultant_id
            AND a.starts_at >= day AT TIME ZONE 'Asia/Ho_Chi_Minh'
            AND a.starts_at < (day + interval '1 day') AT TIME ZONE 'Asia/Ho_Chi_Minh'
            AND a.state IN ('held', 'booked', 'confirmed')) AS load
        FROM (SELECT DISTINCT consultant_id, day FROM asked) AS those
    ), idle AS (
        SELECT *, min(load) OVER (PARTITION BY starts) AS least,
            date_trunc('week', day) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS monday
        FROM asked JOIN busy USING (consultant_id, day)
    )
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
) -> dict[int, Diary]:
    """Return what is known of each consultant on these days; holds that ran out take no time any more."""
    found = await books(connection, consultants, days, special, now=now)
    taken: dict[int, set[tuple[int, int]]] = defaultdict(set)  # an hour before each day is read with it
    for one in (one for those in found.busy.values() for one in those):
        for consultant in one.whose:
            taken[consultant].add((one.starts, one.ends))
    plans = {consultant: plan for plan, whose in found.plans for consultant in whose}
    return {one: replace(plans.get(one, Diary()), taken=_taken(taken[one])) for one in consultants}


async def books(
    connection: AsyncConnection,
    consultants: Collection[int],
    days: Collection[date],
    special: Mapping[date, SpecialDay],
    *,
    now: datetime,
    window: Window = WHOLE_DAY,
) -> Books:
    """Return the same of many consultants at once, whose plans and taken times are often alike."""
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
    found, plans = Books(), []
    for row in (await connection.execute(_BOOKS, values)).all():
        if row.what == "busy":
            found.busy[row.first].append(Busy(row.starts, row.ends, set(row.whose)))
        else:
            plans.append(row)
    found.plans.extend(_alike(plans))
    return found


def _alike(rows: Sequence[Any]) -> Iterator[tuple[Diary, set[int]]]:
    """Yield each diary that some rows make, and who has it."""
    theirs: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for consultant in row.whose:
            theirs[consultant].append(number)
    alike: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for consultant, numbers in theirs.items():
        alike[tuple(numbers)].add(consultant)
    for together, whose in alike.items():
        yield _diary(rows[number] for number in together), whose


def _diary(rows: Iterable[Any]) -> Diary:
    diary = Diary()
    for what, starts, ends, first, last, extra, _ in rows:
        if what == "hours":
            diary.hours.append(Hours(extra, starts, ends, first, last))
        elif what == "field":
            diary.field_days.append(FieldHours(extra, first, starts, ends))
        else:
            diary.changes.append(Change(first, bool(extra), starts, ends))
    return diary


def _taken(spans: Iterable[tuple[int, int]]) -> Taken:
    inorder = sorted(spans)
    return Taken([starts for starts, _ in inorder], [ends for _, ends in inorder])


def _array(numbers: Iterable[int]) -> str:
    """Return an array as PostgreSQL writes it: the driver takes a millisecond for a list of some hundred."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _clock(minute: int) -> str:
    return f"{min(minute, DAY) // 60:02}:{min(minute, DAY) % 60:02}"


async def least_busy(connection: AsyncConnection, rivals: Collection[tuple[int, int]]) -> dict[int, int]:
    """Return for each beginning (a minute since 1970) who of those asked has least to do that day, then that week."""
    values = {
        "starts": _array(starts for starts, _ in rivals),
        "ids": _array(consultant for _, consultant in rivals),
    }
    return {starts: whose for starts, whose in (await connection.execute(_LEAST_BUSY, values)).all()} if rivals else {}
