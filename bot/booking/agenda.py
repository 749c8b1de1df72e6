"""What a member of staff sees of the calendar: offices they answer for, who works there, the appointments of some days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import closed, store
from bot.booking.closed import weekdays
from bot.booking.diaries import diaries, special_days
from bot.booking.plans import Stretch, stretches
from bot.booking.rules import Appointment
from bot.clock import VIETNAM
from bot.staff.rules import Staff

LARGEST = 2**63 - 1  # of a number in the tables
LOOKED_BACK = timedelta(days=7)  # for meetings of which nobody wrote how they ended
SHOWN = "('held', 'booked', 'confirmed', 'done', 'absent')"
# A consultant answers for their own office, others for the offices in their places. `o` is an office.
IN_REACH = """
    CASE WHEN cast(:own AS bigint) IS NOT NULL THEN o.id = (SELECT office_id FROM consultant WHERE id = :own)
    ELSE cast(:scope AS text[]) = '{}' OR o.commune = ANY(cast(:scope AS text[])) OR o.province = ANY(cast(:scope AS text[]))
    END
"""


def reach(staff: Staff) -> dict[str, Any]:
    """Return the values of the condition above for somebody."""
    return {"own": staff.consultant_id, "scope": sorted(staff.scope)}


async def offices(connection: AsyncConnection, staff: Staff) -> list[Any]:
    """Return the offices that somebody answers for: id, key, name, address, province, commune."""
    rows = await connection.execute(
        text(
            f"SELECT o.id, o.key, o.name, o.address, o.province, o.commune FROM office o"  # noqa: S608 - ours
            f" WHERE o.active AND {IN_REACH} ORDER BY o.province, o.name, o.id"
        ),
        reach(staff),
    )
    return list(rows)


async def people(
    connection: AsyncConnection,
    staff: Staff,
    *,
    office: int | None = None,
    province: str | None = None,
    ids: Collection[int] | None = None,
    keys: Collection[str] | None = None,
    named: str = "",
    most: int = 1000,
) -> list[Any]:
    """Return who works in the offices that somebody answers for; of them those that each of the others asks for."""
    asked = {
        "o.id = :office": office, "o.province = :province": province, "c.id = ANY(cast(:ids AS bigint[]))": ids,
        "c.key = ANY(cast(:keys AS text[]))": keys,
        "(c.name ILIKE '%' || :named || '%' OR o.name ILIKE '%' || :named || '%')": named or None,
    }  # fmt: skip
    where = "".join(f" AND {condition}" for condition, value in asked.items() if value is not None)
    values = {"office": office, "province": province, "ids": [*(ids or ())], "keys": [*(keys or ())]}
    rows = await connection.execute(
        text(
            "SELECT c.id, c.key, c.name, c.topics, c.kinds, c.languages, c.contact_id IS NOT NULL AS linked,"  # noqa: S608 - ours
            " o.id AS office_id, o.key AS office_key, o.name AS office, o.province, o.commune"
            f" FROM consultant c JOIN office o ON o.id = c.office_id WHERE c.active AND o.active AND {IN_REACH}{where}"
            " ORDER BY o.name, o.id, c.name, c.id LIMIT :most"
        ),
        reach(staff) | {name: value for name, value in values.items() if f":{name}" in where}
        | ({"named": named} if named else {}) | {"most": most},
    )  # fmt: skip
    return list(rows)


async def between(
    connection: AsyncConnection,
    staff: Staff,
    first: date,
    end: date,
    *,
    now: datetime,
    office: int | None = None,
    consultant: int | None = None,
) -> list[Appointment]:
    """Return the appointments from one day until before another: of one consultant, or of an office and its field days."""
    whose, field_days = [consultant], list[int]()
    if consultant is None:
        whose, field_days = await _of_office(connection, office, first, end)
    return await store.select(
        connection,
        "(a.consultant_id = ANY(cast(:whose AS bigint[])) AND a.starts_at >= :first AND a.starts_at < :end"
        "  OR a.field_day_id = ANY(cast(:field_days AS bigint[])))"
        f" AND ({IN_REACH} OR a.consultant_id = :own) AND a.state IN {SHOWN} AND (a.state <> 'held' OR a.held_until > :now)"
        " ORDER BY a.starts_at, a.id LIMIT 1000",
        **reach(staff),
        first=midnight(first),
        end=midnight(end),
        whose=whose,
        field_days=field_days,
        now=now,
    )


async def without_note(connection: AsyncConnection, consultant: int, *, today: date) -> list[Appointment]:
    """Return a consultant's appointments of the days before today of which nobody has written how they ended."""
    return await store.select(
        connection,
        "a.consultant_id = :consultant AND a.starts_at >= :first AND a.starts_at < :end"
        " AND (a.state IN ('booked', 'confirmed') OR a.state = 'done' AND a.note_kind IS NULL) ORDER BY a.starts_at, a.id",
        consultant=consultant,
        first=midnight(today - LOOKED_BACK),
        end=midnight(today),
    )


async def _of_office(
    connection: AsyncConnection, office: int | None, first: date, end: date
) -> tuple[list[int | None], list[int]]:
    """Return who works in an office, and its field days of these days: both are found by an index."""
    values = {"office": office, "first": first, "end": end}
    whose = await connection.scalars(text("SELECT id FROM consultant WHERE office_id = :office"), values)
    days = await connection.scalars(
        text("SELECT id FROM field_day WHERE day >= :first AND day < :end AND office_id = :office"), values
    )
    return list(whose), list(days)


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return datetime.combine(day, time(), VIETNAM)


async def one(connection: AsyncConnection, staff: Staff, number: int, *, lock: bool = False) -> Appointment | None:
    """Return an appointment that somebody answers for; None: there is none, or it lies elsewhere."""
    if not 0 < number <= LARGEST:
        return None
    if lock and (whose := await store.get(connection, number)):
        await store.lock_person(connection, whose.contact_id)
    found = await store.select(
        connection,
        f"a.id = :id AND ({IN_REACH} OR a.consultant_id = :own){' FOR UPDATE OF a' if lock else ''}",
        **reach(staff),
        id=number,
    )
    return next(iter(found), None)


async def more(connection: AsyncConnection, number: int) -> Any:
    """Return what is known of an appointment besides: how it ended, the channel of the person, what stands in its place."""
    row = await connection.execute(
        text(
            "SELECT a.note_kind, a.note, a.created_at, a.moved_to, k.channel, f.key AS field_day FROM appointment a"
            " JOIN contact k ON k.id = a.contact_id LEFT JOIN field_day f ON f.id = a.field_day_id WHERE a.id = :id"
        ),
        {"id": number},
    )
    return row.one()


async def history(connection: AsyncConnection, number: int) -> list[Any]:
    """Return what became of an appointment, oldest first; `who`: the consultant's name where one did it."""
    rows = await connection.execute(
        text(
            "SELECT h.at, h.by, h.old_state, h.new_state, h.detail, c.name AS who FROM appointment_change h"
            " LEFT JOIN consultant c ON h.by = 'consultant:' || c.id WHERE h.appointment_id = :id ORDER BY h.id"
        ),
        {"id": number},
    )
    return list(rows)


async def coming(connection: AsyncConnection, found: Collection[Appointment]) -> set[int]:
    """Return the appointments to which the person has said that they will come."""
    rows = await connection.scalars(
        text(
            "SELECT appointment_id FROM appointment_change"
            " WHERE appointment_id = ANY(:ids) AND detail->>'answer' = 'coming'"
        ),
        {"ids": [each.id for each in found]},
    )
    return set(rows)


async def working(
    connection: AsyncConnection, consultants: Collection[int], days: Sequence[date]
) -> dict[tuple[int, date], list[Stretch]]:
    """Return when each consultant works on each day, in minutes since 1970."""
    if not consultants:
        return {}
    special = await special_days(connection, midnight(days[0]))
    books = await diaries(connection, consultants, days, special, now=midnight(days[0]))
    return {(who, day): stretches(book, day, weekdays(day, special)) for who, book in books.items() for day in days}


async def holidays(connection: AsyncConnection, days: Sequence[date]) -> dict[date, str]:
    """Return of the days on which nobody works why that is."""
    special = await special_days(connection, midnight(days[0]))
    return {day: why for day in days if (why := closed.name(day, special))}


def week(day: date) -> list[date]:
    """Return the seven days, from Monday, of the week in which a day lies."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]
