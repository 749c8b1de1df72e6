"""Reminds people of their appointments: the evening before and an hour before, never at night, never twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.booking import shown, store
from bot.booking.calendar import map_link
from bot.booking.invitation import where
from bot.booking.rules import AGREED, Appointment
from bot.clock import VIETNAM
from bot.outbox import telling
from bot.outbox.quiet import quiet

EVENING, LATE_EVENING = time(18, 30), time(20)
BEFORE = timedelta(hours=1)
JUST_MADE = timedelta(hours=1)  # who made an appointment so shortly before a reminder needs none
AHEAD = timedelta(hours=36)  # no reminder is due earlier before the beginning


class Which(StrEnum):
    """The two reminders of an appointment."""

    EVENING = "evening"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Reminder:
    """From when to when a reminder is worth sending."""

    which: Which
    due: datetime
    until: datetime


def reminders(starts_at: datetime) -> tuple[Reminder, Reminder]:
    """Return the reminders of an appointment; the first is worth sending until the second is due.

    Before an early appointment the hour lies in the quiet hours: then both come the evening before.
    """
    local = starts_at.astimezone(VIETNAM)
    evening = datetime.combine(local.date() - timedelta(days=1), EVENING, VIETNAM)
    last = local - BEFORE
    if quiet(last):
        last = datetime.combine(evening.date() if local.time() < time(12) else local.date(), LATE_EVENING, VIETNAM)
    return Reminder(Which.EVENING, evening, last), Reminder(Which.HOUR, last, starts_at)


def due(starts_at: datetime, made_at: datetime, now: datetime) -> Reminder | None:
    """Return the reminder to be sent now; None when none is, or the appointment was made only just before it."""
    current = next((each for each in reminders(starts_at) if each.due <= now < each.until), None)
    return current if current and made_at + JUST_MADE <= current.due else None


# A stop is of what we begin to write about; of an appointment that stands people are reminded, for somebody waits there.
_COMING = text(
    """
    SELECT a.id, a.starts_at, a.created_at FROM appointment a
    WHERE a.state = ANY(:agreed) AND a.starts_at > :now AND a.starts_at < :ahead
      AND (a.evening_reminded_at IS NULL OR a.hour_reminded_at IS NULL)
    ORDER BY a.starts_at
    """
)


async def remind(engine: AsyncEngine, library: Library, *, now: datetime) -> int:
    """Plan what is due, each appointment by itself; return how many. Any number may run at once."""
    async with engine.begin() as connection:
        await withdraw_all(connection)
        values = {"agreed": list(AGREED), "now": now, "ahead": now + AHEAD}
        coming = (await connection.execute(_COMING, values)).all()
    planned = 0
    for row in coming:
        if reminder := due(row.starts_at, row.created_at, now):
            async with engine.begin() as connection:
                planned += await _remind_of(connection, library, row.id, reminder, now)
    return planned


async def _remind_of(
    connection: AsyncConnection, library: Library, number: int, reminder: Reminder, now: datetime
) -> bool:
    """Plan a reminder unless that was done before, or the appointment holds no more; its row is locked from here on."""
    if not await _first(connection, number, reminder, now):
        return False
    found = await store.get(connection, number)
    assert found, "appointments are never deleted"
    await _plan(connection, library, found, reminder, now)
    return True


async def _first(connection: AsyncConnection, number: int, reminder: Reminder, now: datetime) -> bool:
    column = f"{reminder.which}_reminded_at"
    noted = await connection.execute(
        text(f"UPDATE appointment SET {column} = :now WHERE id = :id AND {column} IS NULL AND state = ANY(:agreed)"),  # noqa: S608 - names of ours
        {"now": now, "id": number, "agreed": list(AGREED)},
    )
    return noted.rowcount == 1


async def _plan(
    connection: AsyncConnection, library: Library, found: Appointment, each: Reminder, now: datetime
) -> None:
    call = found.kind in shown.CALLS
    on_map = map_link(found.place, found.address, (await where(connection, found)).position)
    message = shown.about(library, f"reminder_{each.which}{'_call' if call else ''}", found, map=on_map)
    key = f"reminder:{found.id}:{found.version}:{each.which}"
    await telling.tell(connection, found.contact_id, key, (message,), message_class="reminder", lasts=each.until - now)


async def withdraw(connection: AsyncConnection, found: Appointment) -> None:
    """Leave out what somebody is still to be told of an appointment that holds no more."""
    await connection.execute(
        text(
            "UPDATE outbox SET state = 'excluded', reason = 'appointment changed', finished_at = now()"
            " WHERE contact_id = :contact AND state = 'planned' AND (key LIKE :reminder OR key LIKE :visit)"
        ),
        {"contact": found.contact_id, "reminder": f"reminder:{found.id}:%", "visit": f"visit:{found.id}:%"},
    )


async def withdraw_all(connection: AsyncConnection) -> None:
    """Do the same for all appointments, whoever changed them."""
    await connection.execute(
        text(
            """
            UPDATE outbox SET state = 'excluded', reason = 'appointment changed', finished_at = now()
            FROM appointment a
            WHERE outbox.state = 'planned' AND outbox.class = 'reminder'
              AND a.id = CASE WHEN outbox.key LIKE 'reminder:%' THEN split_part(outbox.key, ':', 2)::bigint END
              AND NOT a.state = ANY(:agreed)
            """
        ),
        {"agreed": list(AGREED)},
    )
