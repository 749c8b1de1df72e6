"""A consultant's appointments of today, tomorrow and the week; and the day's list each working morning."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.booking import staff, store, told_staff
from bot.booking.closed import weekdays
from bot.booking.diaries import diaries, special_days
from bot.booking.plans import stretches
from bot.booking.rules import HORIZON, Appointment
from bot.booking.staff import Consultant
from bot.clock import VIETNAM
from bot.outbox import telling
from bot.outbox.rules import Message

MORNING, TOO_LATE = time(7, 15), time(12)
WEEK = 7  # days


async def of_day(connection: AsyncConnection, library: Library, who: Consultant, day: date) -> Message:
    """Return the list of a day."""
    found = await _between(connection, who, day, day + timedelta(days=1))
    return told_staff.day_list(library, day, found, await _coming(connection, found))


async def of_week(connection: AsyncConnection, library: Library, who: Consultant, first: date) -> Message:
    """Return the list of seven days."""
    found = await _between(connection, who, first, first + timedelta(days=WEEK))
    return told_staff.week_list(library, found, await _coming(connection, found))


async def made_before(connection: AsyncConnection, library: Library, who: Consultant, first: date) -> Message | None:
    """Return the list of all that is to come, for a consultant whose account is new; None when there is nothing."""
    found = await _between(connection, who, first, first + HORIZON + timedelta(days=1))
    return told_staff.list_made_before(library, found, await _coming(connection, found)) if found else None


async def _between(connection: AsyncConnection, who: Consultant, first: date, end: date) -> list[Appointment]:
    return await store.select(
        connection,
        "a.consultant_id = :id AND a.starts_at >= :first AND a.starts_at < :end"
        " AND a.state IN ('booked', 'confirmed', 'done', 'absent') ORDER BY a.starts_at",
        id=who.id,
        first=datetime.combine(first, time(), VIETNAM),
        end=datetime.combine(end, time(), VIETNAM),
    )


async def _coming(connection: AsyncConnection, found: list[Appointment]) -> set[int]:
    """Return the appointments to which the person has said that they will come."""
    rows = await connection.scalars(
        text(
            "SELECT appointment_id FROM appointment_change"
            " WHERE appointment_id = ANY(:ids) AND detail->>'answer' = 'coming'"
        ),
        {"ids": [each.id for each in found]},
    )
    return set(rows)


async def send_mornings(engine: AsyncEngine, library: Library, *, now: datetime) -> int:
    """Plan the day's list for each consultant who works today, once; return how many were looked at."""
    local = now.astimezone(VIETNAM)
    if not MORNING <= local.time() < TOO_LATE:
        return 0
    async with engine.begin() as connection:
        waiting = await _without_list(connection, local.date())
    for who in waiting:
        async with engine.begin() as connection:
            await _send_morning(connection, library, who, local.date(), now)
    return len(waiting)


async def _without_list(connection: AsyncConnection, day: date) -> list[Consultant]:
    keys = set(
        await connection.scalars(
            text("SELECT split_part(key, ':', 2)::bigint FROM outbox WHERE key = ANY(:keys)"),
            {"keys": [_key(who, day) + ":0" for who in await staff.linked(connection)]},
        )
    )
    return [who for who in await staff.linked(connection) if who.id not in keys]


def _key(who: Consultant, day: date) -> str:
    return f"day:{who.id}:{day}"


async def _send_morning(
    connection: AsyncConnection, library: Library, who: Consultant, day: date, now: datetime
) -> None:
    message = await of_day(connection, library, who, day)
    if who.contact_id is None or not (message.buttons or await works(connection, who, day, now=now)):
        return
    lasts = datetime.combine(day, TOO_LATE, VIETNAM) - now
    await telling.tell(connection, who.contact_id, _key(who, day), (message,), message_class="reminder", lasts=lasts)


async def works(connection: AsyncConnection, who: Consultant, day: date, *, now: datetime) -> bool:
    """Tell whether a consultant works on a day."""
    special = await special_days(connection, now)
    diary = (await diaries(connection, [who.id], [day], special, now=now))[who.id]
    return bool(stretches(diary, day, weekdays(day, special)))
