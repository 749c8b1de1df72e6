"""When else a consultant could meet somebody: their next free beginnings, spread over the days; and what was proposed of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking.closed import weekdays
from bot.booking.diaries import diaries, special_days
from bot.booking.plans import Diary, free_starts, minute_of, moment_of, stretches
from bot.booking.rules import LEAD, TOPICS, Appointment, Kind
from bot.clock import day_in_vietnam

DAYS = 14
SHOWN = 6
TO_ANSWER = timedelta(hours=1)  # so long a citizen has to answer before the time is too near to be taken


class Proposal(NamedTuple):
    """A time that was proposed to the person of an appointment."""

    by: str  # whoever did it, as the history says it
    stands: bool  # nobody on the consultant's side has said anything else since


async def proposal(connection: AsyncConnection, found: Appointment, key: str) -> Proposal | None:
    """Return how an offer's time was proposed in the place of an appointment; None when it never was."""
    row = (await connection.execute(_PROPOSED, {"id": found.id, "key": key})).one_or_none()
    return Proposal(row.by, row.stands) if row else None


_PROPOSED = text(
    """
    SELECT by, id = (SELECT max(id) FROM appointment_change
                     WHERE appointment_id = :id AND by NOT IN ('citizen', 'clock')) AS stands
    FROM appointment_change WHERE appointment_id = :id AND detail->>'proposed' = :key ORDER BY id DESC LIMIT 1
    """
)


async def next_starts(connection: AsyncConnection, found: Appointment, *, now: datetime) -> list[tuple[Kind, datetime]]:
    """Return when the appointment's consultant is free, met as before; when a field day has no more, in the office."""
    days = [day_in_vietnam(now) + timedelta(days=number) for number in range(DAYS)]
    special = await special_days(connection, now)
    diary = (await diaries(connection, [found.consultant_id], days, special, now=now))[found.consultant_id]
    for kind in dict.fromkeys((found.kind, Kind.OFFICE)):
        earliest = minute_of(now + LEAD[kind] + TO_ANSWER)
        starts = (
            (kind, moment_of(start))
            for day in days
            for start in _of_day(diary, day, weekdays(day, special), kind, earliest, TOPICS[found.topic])
        )
        if free := list(islice((each for each in starts if each != (found.kind, found.starts_at)), SHOWN)):
            return free
    return []


def _of_day(diary: Diary, day: date, plans: tuple[int, ...], kind: Kind, earliest: int, minutes: int) -> Iterator[int]:
    """Yield of each morning, afternoon or field day the first free beginning and the one in the middle."""
    for stretch in stretches(diary, day, plans):
        if (stretch.field_day is not None) == (kind is Kind.FIELD):
            starts = free_starts(stretch, diary.taken, minutes, earliest, stretch.ends)
            yield from dict.fromkeys(starts[:1] + starts[len(starts) // 2 :][:1])
