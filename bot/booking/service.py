"""What can be done with appointments; each in the caller's transaction, each change with a line in the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.errors import ExclusionViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import limit, store, wishes
from bot.booking.nearness import province
from bot.booking.rules import AGREED, HOLD, HORIZON, Appointment, Kind, State, Wish, may_become
from bot.booking.taking import CLOCK, Wanted, free, spot_of, take
from bot.citizens.behaviour import BOOKED, note_behaviour
from bot.clock import day_in_vietnam

CITIZEN = "citizen"


async def hold(
    connection: AsyncConnection,
    contact_id: int,
    consultant_id: int,
    kind: Kind,
    starts_at: datetime,
    topic: str,
    *,
    by: str = CITIZEN,
    now: datetime,
) -> Appointment | None:
    """Keep a time while the person types; None, and an earlier hold stays, when it is taken or not offered (any more)."""
    await store.lock_person(connection, contact_id)
    wanted = Wanted(contact_id, consultant_id, kind, starts_at, topic)
    async with connection.begin_nested() as savepoint:
        await release(connection, contact_id, now=now)
        held = await take(connection, wanted, State.HELD, by=by, now=now, held_until=now + HOLD, by_staff=by != CITIZEN)
        if held is None:
            await savepoint.rollback()
            return None
    return await store.get(connection, held)


async def confirm(
    connection: AsyncConnection,
    appointment_id: int,
    *,
    name: str,
    phone: str,
    brief: Mapping[str, object],
    key: str,
    by: str = CITIZEN,
    most: int | None = None,
    now: datetime,
) -> Appointment | None:
    """Book what is held; done once however often it is asked. None: the hold ran out and the time is gone.

    `most`: so many open appointments the person and the number may have; raise LimitMet, and it stays held.
    """
    found = await _locked(connection, await store.confirmed_by(connection, key) or appointment_id)
    if found is None or found.state in AGREED:
        return found
    if not may_become(found.state, State.BOOKED) or not await _still_free(connection, found, now=now):
        return None
    if most is not None:
        if phone:
            await store.lock_number(connection, phone)
        if met := await limit.met(connection, found.contact_id, phone, most, now=now):
            raise limit.LimitMet(met)
    try:
        async with connection.begin_nested():
            told: dict[str, Any] = {"name": name, "phone": phone, "brief": dict(brief), "confirm_key": key}
            await store.become(connection, found, State.BOOKED, by=by, now=now, **told)
            await note_behaviour(connection, found.contact_id, BOOKED, found.topic, now)
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            return None
        raise
    return await store.get(connection, appointment_id)


async def _locked(connection: AsyncConnection, appointment_id: int) -> Appointment | None:
    """Return an appointment that only we can change, and of whose person nobody else makes or moves one."""
    found = await store.get(connection, appointment_id)
    if found is None:
        return None
    await store.lock_person(connection, found.contact_id)
    return await store.locked(connection, appointment_id)


async def _still_free(connection: AsyncConnection, found: Appointment, *, now: datetime) -> bool:
    """Tell whether the consultant still works then; of a hold that ran out also whether nothing came between."""
    wanted = Wanted(found.contact_id, found.consultant_id, found.kind, found.starts_at, found.topic, lead=False)
    spot = await spot_of(connection, wanted, now=now)
    if spot is None:
        return False
    if found.state is State.HELD and found.held_until and now < found.held_until:
        return True
    return await free(connection, wanted, spot, now=now, but=found.id)


async def cancel(
    connection: AsyncConnection, appointment_id: int, *, by: str, now: datetime, reason: str = ""
) -> Appointment | None:
    """Cancel for the citizen, until the beginning; None when it is too late or there is nothing to cancel."""
    return await _end(connection, appointment_id, State.CANCELLED, by=by, now=now, reason=reason)


async def decline(
    connection: AsyncConnection, appointment_id: int, *, by: str, now: datetime, reason: str = ""
) -> Appointment | None:
    """Decline for the consultant, until the beginning; None when it is too late or there is nothing to decline."""
    return await _end(connection, appointment_id, State.DECLINED, by=by, now=now, reason=reason)


async def _end(
    connection: AsyncConnection, appointment_id: int, state: State, *, by: str, now: datetime, reason: str
) -> Appointment | None:
    found = await _locked(connection, appointment_id)
    if found is None or not may_become(found.state, state) or now >= found.starts_at:
        return None
    await store.become(connection, found, state, by=by, now=now, detail={"reason": reason} if reason else None)
    return await store.get(connection, appointment_id)


async def mark(
    connection: AsyncConnection, appointment_id: int, state: State, *, by: str, now: datetime
) -> Appointment | None:
    """Note that it is confirmed, or on its day or later that the person came or did not; None when that may not be."""
    found = await _locked(connection, appointment_id)
    if found is None or state not in (State.CONFIRMED, State.DONE, State.ABSENT):
        return None
    if found.state is state:
        return found
    early = state is not State.CONFIRMED and day_in_vietnam(now) < day_in_vietnam(found.starts_at)
    if early or found.state is State.HELD or not may_become(found.state, state):
        return None
    await store.become(connection, found, state, by=by, now=now)
    return await store.get(connection, appointment_id)


async def move(
    connection: AsyncConnection,
    appointment_id: int,
    consultant_id: int,
    kind: Kind,
    starts_at: datetime,
    *,
    by: str,
    now: datetime,
    proposed_by: str = "",
) -> Appointment | None:
    """Put another appointment in the place of one that has not begun; None, and it stays, when the time is not to be had.

    `proposed_by`: who proposed the time for the consultant; both have agreed then, so it is confirmed, however near it is.
    """
    found = await _locked(connection, appointment_id)
    if found is None or found.state not in AGREED or now >= found.starts_at:
        return None
    if (found.consultant_id, found.kind, found.starts_at) == (consultant_id, kind, starts_at):
        return found
    lead = by == CITIZEN and not proposed_by
    wanted = Wanted(found.contact_id, consultant_id, kind, starts_at, found.topic, lead=lead)
    kept = {
        "name": found.name, "phone": found.phone, "brief": dict(found.brief or {}), "by_staff": found.by_staff,
        "version": found.version + 1,
    }  # fmt: skip
    async with connection.begin_nested() as savepoint:
        await store.become(connection, found, State.MOVED, by=by, now=now)
        made = await take(connection, wanted, State.BOOKED, by=by, now=now, **kept)
        if made is None:
            await savepoint.rollback()
            return None
        await store.point(connection, found.id, made)
    if proposed_by:
        return await mark(connection, made, State.CONFIRMED, by=proposed_by, now=now)
    return await store.get(connection, made)


async def release(connection: AsyncConnection, contact_id: int, *, now: datetime) -> None:
    """Give back what a person holds."""
    held = await store.select(
        connection, "a.contact_id = :contact AND a.state = 'held' ORDER BY a.id FOR UPDATE OF a", contact=contact_id
    )
    for one in held:
        await store.become(connection, one, State.CANCELLED, by=CITIZEN, now=now)


async def coming(connection: AsyncConnection, contact_id: int, *, now: datetime) -> list[Appointment]:
    """Return a person's appointments that have not ended, the next first."""
    return await store.select(
        connection,
        "a.contact_id = :contact AND a.state IN ('booked', 'confirmed') AND a.ends_at > :now ORDER BY a.starts_at",
        contact=contact_id,
        now=now,
    )


async def by_code(connection: AsyncConnection, contact_id: int, code: str) -> Appointment | None:
    """Return a person's own appointment by its code, or what stands in its place; None: it is not theirs."""
    found = await store.select(
        connection,
        """
        a.contact_id = :contact AND a.id = (
            WITH RECURSIVE chain AS (
                SELECT id, moved_to FROM appointment WHERE code = :code
                UNION SELECT n.id, n.moved_to FROM appointment n JOIN chain ON n.id = chain.moved_to
            ) SELECT id FROM chain WHERE moved_to IS NULL)
        """,
        contact=contact_id,
        code="".join(sign for sign in code.upper() if sign.isalnum()),
    )
    return next(iter(found), None)


async def wait(connection: AsyncConnection, contact_id: int, wish: Wish, *, now: datetime) -> bool:
    """Put a person on the wait list of their province, or change what they wait for; False: their place is not known."""
    where = province(wish)
    if where is None:
        return False
    last = max(wish.days, default=day_in_vietnam(now + HORIZON))
    await store.put_on_wait_list(connection, contact_id, wishes.to_json(wish), where, last, now=now)
    return True


async def lapse(connection: AsyncConnection, *, now: datetime) -> list[int]:
    """End the holds that ran out; return their numbers. What another process is about to change is left to it."""
    over = await store.select(
        connection, "a.state = 'held' AND a.held_until <= :now ORDER BY a.id FOR UPDATE OF a SKIP LOCKED", now=now
    )
    for one in over:
        await store.become(connection, one, State.LAPSED, by=CLOCK, now=now)
    return [one.id for one in over]
