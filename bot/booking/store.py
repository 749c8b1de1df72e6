"""The tables of appointments and their history, and their queries; the connection is passed in and committed elsewhere."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Table, Text, insert, text, update
from sqlalchemy.dialects.postgresql import INT8RANGE, JSONB, Range
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking.diaries import BLOCK
from bot.booking.plans import REST, minute_of
from bot.booking.rules import Appointment, Kind, State, may_become
from bot.clock import VIETNAM
from bot.database import metadata

appointment = Table(
    "appointment",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("contact_id", BigInteger, nullable=False),
    Column("consultant_id", BigInteger, nullable=False),
    Column("office_id", BigInteger, nullable=False),
    Column("field_day_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("taken", INT8RANGE, nullable=False),
    Column("held_until", DateTime(timezone=True)),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("brief", JSONB, nullable=False),
    Column("confirm_key", Text, unique=True),
    Column("moved_to", BigInteger),
    Column("by_staff", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

change = Table(
    "appointment_change",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("appointment_id", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
    Column("old_state", Text),
    Column("new_state", Text, nullable=False),
    Column("detail", JSONB, nullable=False),
)

SIGNS = "234679ACDEFGHJKMNPQRTVWXY"  # none looks or sounds like another: no 0 and O, 1 and I, 5 and S, 8 and B, U and V
CODE = 6  # signs

SELECT = """
    SELECT a.id, a.code, a.state, a.contact_id, a.consultant_id, c.name AS consultant, a.office_id, a.field_day_id, a.kind,
        a.topic, a.starts_at, a.ends_at, a.held_until, coalesce(f.name, o.name) AS place,
        coalesce(f.address, o.address) AS address, coalesce(f.province, o.province) AS province, a.version, a.name,
        a.phone, a.brief, a.by_staff
    FROM appointment a JOIN consultant c ON c.id = a.consultant_id JOIN office o ON o.id = a.office_id
        LEFT JOIN field_day f ON f.id = a.field_day_id
"""


def new_code() -> str:
    """Return a code that a person can read out at the desk."""
    return "".join(secrets.choice(SIGNS) for _ in range(CODE))


def taken(consultant_id: int, starts_at: datetime, ends_at: datetime) -> Range[int]:
    """Return what an appointment takes of its consultant's time, as the table holds it."""
    shift = consultant_id * BLOCK
    return Range(shift + minute_of(starts_at), shift + minute_of(ends_at) + REST)


async def select(connection: AsyncConnection, where: str, **values: Any) -> list[Appointment]:
    """Return the appointments for which a condition on `a` holds; it may end with an order or a lock."""
    return [_appointment(row) for row in await connection.execute(text(f"{SELECT} WHERE {where}"), values)]


def _appointment(row: Any) -> Appointment:
    found = dict(row._mapping)
    for name in ("starts_at", "ends_at", "held_until"):
        found[name] = found[name] and found[name].astimezone(UTC)
    return Appointment(**found | {"state": State(row.state), "kind": Kind(row.kind)})


async def get(connection: AsyncConnection, appointment_id: int) -> Appointment | None:
    """Return an appointment; None when there is none with this number."""
    return next(iter(await select(connection, "a.id = :id", id=appointment_id)), None)


async def locked(connection: AsyncConnection, appointment_id: int) -> Appointment | None:
    """Return an appointment that nobody else can change until the transaction ends."""
    return next(iter(await select(connection, "a.id = :id FOR UPDATE OF a", id=appointment_id)), None)


async def add(
    connection: AsyncConnection, *, by: str, now: datetime, draw: Callable[[], str] = new_code, **values: Any
) -> int | None:
    """Write a new appointment with its beginning of a history; None when the consultant's time is taken."""
    while True:
        code = draw()
        row = upsert(appointment).values(code=code, created_at=now, **values).on_conflict_do_nothing()
        number = await connection.scalar(row.returning(appointment.c.id))
        if number is not None:
            await _note(connection, number, None, values["state"], by=by, now=now)
            return int(number)
        if not await connection.scalar(text("SELECT 1 FROM appointment WHERE code = :code"), {"code": code}):
            return None


async def become(
    connection: AsyncConnection,
    found: Appointment,
    state: State,
    *,
    by: str,
    now: datetime,
    detail: Mapping[str, object] | None = None,
    **values: Any,
) -> None:
    """Change the state of a locked appointment, and write who did it and when."""
    assert may_become(found.state, state), f"{found.state} may not become {state}"
    await connection.execute(
        update(appointment)
        .where(appointment.c.id == found.id)
        .values(state=state, version=appointment.c.version + 1, **values)
    )
    await _note(connection, found.id, found.state, state, by=by, now=now, detail=detail)


async def _note(
    connection: AsyncConnection,
    number: int,
    old: State | None,
    new: State,
    *,
    by: str,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    row = {"appointment_id": number, "at": now, "by": by, "old_state": old, "new_state": new, "detail": detail or {}}
    await connection.execute(insert(change).values(row))


async def lock_person(connection: AsyncConnection, contact_id: int) -> None:
    """Wait until nobody else makes or changes appointments of a person; held until the transaction ends."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('booking', :contact))"), {"contact": contact_id}
    )


async def lock_number(connection: AsyncConnection, phone: str) -> None:
    """Wait until nobody else makes an appointment for a telephone number; held until the transaction ends."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:phone, 22))"), {"phone": phone})


async def confirmed_by(connection: AsyncConnection, key: str) -> int | None:
    """Return which appointment a key has booked."""
    found = await connection.scalar(text("SELECT id FROM appointment WHERE confirm_key = :key"), {"key": key})
    return None if found is None else int(found)


async def point(connection: AsyncConnection, old: int, new: int) -> None:
    """Note in a moved appointment what stands in its place."""
    await connection.execute(update(appointment).where(appointment.c.id == old).values(moved_to=new))


async def shut(connection: AsyncConnection, found: Appointment) -> None:
    """Offer the time of an appointment to nobody any more: its consultant has said that they cannot be there."""
    starts, ends = found.starts_at.astimezone(VIETNAM), found.ends_at.astimezone(VIETNAM)
    await connection.execute(
        text(
            "INSERT INTO plan_exception (consultant_id, day, works, starts, ends, reason)"
            " VALUES (:consultant, :day, false, :starts, :ends, 'declined')"
        ),
        {"consultant": found.consultant_id, "day": starts.date(), "starts": starts.time(), "ends": ends.time()},
    )


async def put_on_wait_list(
    connection: AsyncConnection,
    contact_id: int,
    wish: Mapping[str, object],
    province: str,
    until: date,
    *,
    now: datetime,
) -> None:
    """Write what a person waits for, in the place of what they waited for before."""
    await connection.execute(
        text(
            """
            INSERT INTO wait_list (contact_id, wish, province, until_day, created_at)
            VALUES (:contact, cast(:wish AS jsonb), :province, :until, :now)
            ON CONFLICT (contact_id) WHERE closed_at IS NULL
            DO UPDATE SET wish = excluded.wish, province = excluded.province, until_day = excluded.until_day,
                offered_at = NULL
            """
        ),
        {"contact": contact_id, "wish": json.dumps(wish), "province": province, "until": until, "now": now},
    )
