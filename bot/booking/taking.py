"""Takes a time of a consultant: looks whether it is offered and free, and writes the appointment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import store
from bot.booking.closed import weekdays
from bot.booking.diaries import diaries, special_days
from bot.booking.plans import REST, Taken, minute_of, offered, stretches
from bot.booking.rules import HORIZON, LEAD, TOPICS, Kind, State
from bot.clock import day_in_vietnam

CLOCK = "clock"  # who changes what nobody asked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """A time of a consultant that somebody wants."""

    contact_id: int
    consultant_id: int
    kind: Kind
    starts_at: datetime
    topic: str
    lead: bool = True  # it must begin so long after now as citizens need to be told

    @property
    def ends_at(self) -> datetime:
        """Return when the appointment would end."""
        return self.starts_at + timedelta(minutes=TOPICS[self.topic])


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the consultant would be at that time."""

    office_id: int
    field_day_id: int | None
    taken: Taken  # of the consultant on that day, as it was when it was looked up


async def take(
    connection: AsyncConnection, wanted: Wanted, state: State, *, by: str, now: datetime, **values: Any
) -> int | None:
    """Write an appointment; None when the time is not offered, is taken, or the person is elsewhere then."""
    spot = await spot_of(connection, wanted, now=now)
    if spot is None or _visibly_taken(wanted, spot.taken) or not await free(connection, wanted, spot, now=now):
        return None
    return await store.add(
        connection,
        by=by,
        now=now,
        state=state,
        contact_id=wanted.contact_id,
        consultant_id=wanted.consultant_id,
        office_id=spot.office_id,
        field_day_id=spot.field_day_id,
        kind=wanted.kind,
        topic=wanted.topic,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        taken=store.taken(wanted.consultant_id, wanted.starts_at, wanted.ends_at),
        **values,
    )


def _visibly_taken(wanted: Wanted, taken: Taken) -> bool:
    starts, ends = minute_of(wanted.starts_at), minute_of(wanted.ends_at) + REST
    return any(one < ends and starts < other for one, other in zip(taken.starts, taken.ends, strict=True))


async def spot_of(connection: AsyncConnection, wanted: Wanted, *, now: datetime) -> Spot | None:
    """Return where the consultant offers this beginning; None when they do not. Their plans stand still until commit."""
    lead = LEAD[wanted.kind] if wanted.lead else timedelta(0)
    if not now + lead <= wanted.starts_at <= now + HORIZON or wanted.starts_at.second or wanted.starts_at.microsecond:
        return None
    office = await connection.scalar(
        _CONSULTANT, {"id": wanted.consultant_id, "kind": wanted.kind, "topic": wanted.topic}
    )
    if office is None:
        return None
    day, special = day_in_vietnam(wanted.starts_at), await special_days(connection, now)
    diary = (await diaries(connection, [wanted.consultant_id], [day], special, now=now))[wanted.consultant_id]
    planned = stretches(diary, day, weekdays(day, special))
    there = [one for one in planned if (one.field_day is not None) == (wanted.kind is Kind.FIELD)]
    found = offered(there, minute_of(wanted.starts_at), TOPICS[wanted.topic])
    return found and Spot(await _office(connection, found.field_day, office), found.field_day, diary.taken)


# Whoever changes plans locks the consultant against this.
_CONSULTANT = text(
    """
    SELECT o.id FROM consultant c JOIN office o ON o.id = c.office_id
    WHERE c.id = :id AND c.active AND o.active AND (:kind = 'field' OR :kind = ANY(c.kinds))
      AND (c.topics = '{}' OR :topic = ANY(c.topics))
    FOR SHARE OF c
    """
)


async def _office(connection: AsyncConnection, field_day: int | None, own: int) -> int:
    if field_day is None:
        return own
    return int(
        await connection.scalar(text("SELECT office_id FROM field_day WHERE id = :id"), {"id": field_day}) or own
    )


async def free(
    connection: AsyncConnection, wanted: Wanted, spot: Spot, *, now: datetime, but: int | None = None
) -> bool:
    """Tell whether the person is free then and a seat is left; holds of others that ran out make room.

    Whether the consultant is free only the database can tell, when the appointment is written.
    """
    if await _elsewhere(connection, wanted, but):
        return False
    await lapse_over(connection, wanted, now=now, but=but)
    return spot.field_day_id is None or await _seat_left(connection, spot.field_day_id, now, but)


async def _elsewhere(connection: AsyncConnection, wanted: Wanted, but: int | None) -> bool:
    found = await connection.scalar(
        text(
            """
            SELECT 1 FROM appointment WHERE contact_id = :contact AND starts_at < :ends AND ends_at > :starts
              AND state IN ('held', 'booked', 'confirmed') AND id IS DISTINCT FROM cast(:but AS bigint) LIMIT 1
            """
        ),
        {"contact": wanted.contact_id, "starts": wanted.starts_at, "ends": wanted.ends_at, "but": but},
    )
    return found is not None


async def lapse_over(connection: AsyncConnection, wanted: Wanted, *, now: datetime, but: int | None) -> None:
    """End the holds that ran out in whose time somebody else wants to come; one that is just being changed is left."""
    taken = store.taken(wanted.consultant_id, wanted.starts_at, wanted.ends_at)
    over = await store.select(
        connection,
        "a.taken && int8range(:low, :high) AND a.state = 'held' AND a.held_until <= :now"
        " AND a.id IS DISTINCT FROM cast(:but AS bigint) ORDER BY a.id FOR UPDATE OF a SKIP LOCKED",
        low=taken.lower,
        high=taken.upper,
        now=now,
        but=but,
    )
    for one in over:
        await store.become(connection, one, State.LAPSED, by=CLOCK, now=now)


async def _seat_left(connection: AsyncConnection, field_day: int, now: datetime, but: int | None) -> bool:
    seats = await connection.scalar(
        text("SELECT seats FROM field_day WHERE id = :id AND NOT cancelled FOR UPDATE"), {"id": field_day}
    )
    booked = await connection.scalar(
        text(
            """
            SELECT count(*) FROM appointment WHERE field_day_id = :id AND id IS DISTINCT FROM cast(:but AS bigint)
              AND (state IN ('booked', 'confirmed', 'done', 'absent') OR state = 'held' AND held_until > :now)
            """
        ),
        {"id": field_day, "now": now, "but": but},
    )
    return seats is not None and (booked or 0) < seats
