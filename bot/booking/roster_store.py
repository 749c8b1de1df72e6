"""Writes a roster into the tables, all or nothing; the connection is passed in and committed elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking.roster_entries import Consultant, FieldDay, Office, Roster, Where
from bot.booking.roster_hours import ChangedDay, PlannedHours, Stretch
from bot.errors import ContentError

LOCK = 3_020_511_260  # any number, the same for every process


@dataclass(frozen=True, slots=True)
class Written:
    """How many entries were written, and how many of them are new."""

    offices: tuple[int, int]
    consultants: tuple[int, int]
    field_days: tuple[int, int]
    special_days: int


async def unknown(connection: AsyncConnection, roster: Roster) -> list[str]:
    """Return what a roster refers to that stands neither in it nor in the tables."""
    offices = {*await _ids(connection, "office"), *(one.key for one in roster.offices)}
    people = {*await _ids(connection, "consultant"), *(one.key for one in roster.consultants)}
    return list(_unknown(roster, offices, people))


def _unknown(roster: Roster, offices: set[str], people: set[str]) -> Iterator[str]:
    for name, entries in (("consultants", roster.consultants), ("field_days", roster.field_days)):
        for number, one in enumerate(entries):
            if one.office not in offices:  # type: ignore[attr-defined]
                yield f"{name}[{number}].office: there is no office {one.office}; write it under offices"  # type: ignore[attr-defined]
    for number, day in enumerate(roster.field_days):
        for member in day.team:
            if member not in people:
                yield f"field_days[{number}].team: there is no consultant {member}; write them under consultants"


async def write(connection: AsyncConnection, roster: Roster) -> Written:
    """Write what a roster says; whoever is about to take a time waits, and then sees the new plans."""
    await lock(connection)
    before = [await _ids(connection, table) for table in ("office", "consultant", "field_day")]
    await _many(connection, _OFFICE, (_row(one) for one in roster.offices))
    offices = await _ids(connection, "office")
    await _many(connection, _CONSULTANT, (_row(one) | {"office_id": offices[one.office]} for one in roster.consultants))
    people = await _ids(connection, "consultant")
    await _write_hours(connection, roster.consultants, people)
    await _many(connection, _SPECIAL_DAY, ({"day": day, **one._asdict()} for day, one in roster.special_days.items()))
    await _write_field_days(connection, roster.field_days, offices, people)
    new = [
        len({one.key for one in entries} - known.keys())  # type: ignore[attr-defined]
        for entries, known in zip((roster.offices, roster.consultants, roster.field_days), before, strict=True)
    ]
    return Written(
        (len(roster.offices), new[0]), (len(roster.consultants), new[1]), (len(roster.field_days), new[2]),
        len(roster.special_days),
    )  # fmt: skip


async def lock(connection: AsyncConnection) -> None:
    """Wait until nobody else changes plans or takes a time, and let nobody do so until the transaction ends."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    await connection.execute(text("SELECT id FROM consultant ORDER BY id FOR NO KEY UPDATE"))


async def write_plans(connection: AsyncConnection, consultant_id: int, plans: Iterable[PlannedHours]) -> None:
    """Put plans in the place of those that a consultant had."""
    await connection.execute(_NO_PLANS, {"consultant_id": consultant_id})
    rows = (
        {"consultant_id": consultant_id, "weekday": one.weekday, "first": one.first, "last": one.last}
        | _hours(one.stretch)
        for one in plans
    )
    await _many(connection, _PLAN, rows)


async def add_changes(connection: AsyncConnection, consultant_id: int, changes: Iterable[ChangedDay]) -> None:
    """Add leave or hours to what a consultant has."""
    rows = (
        {"consultant_id": consultant_id, "day": one.day, "works": one.works, "reason": one.reason} | _hours(one.stretch)
        for one in changes
    )
    await _many(connection, _CHANGE, rows)


async def _write_hours(
    connection: AsyncConnection, consultants: Iterable[Consultant], people: Mapping[str, int]
) -> None:
    """Put plans, leave and added hours in the place of what was; what a file leaves out stays."""
    for one in consultants:
        whose = {"consultant_id": people[one.key]}
        if one.plans is not None:
            await write_plans(connection, people[one.key], one.plans)
        for part, clear in (("leave", _NO_LEAVE), ("extra", _NO_EXTRA)):
            if getattr(one, part) is not None:
                await connection.execute(clear, whose)
        await add_changes(connection, people[one.key], [*(one.leave or ()), *(one.extra or ())])


async def _write_field_days(
    connection: AsyncConnection, days: Iterable[FieldDay], offices: Mapping[str, int], people: Mapping[str, int]
) -> None:
    for one in days:
        row = _row(one) | _hours(one.stretch) | {"office_id": offices[one.office]}
        number = await connection.scalar(_FIELD_DAY, row)
        await connection.execute(text("DELETE FROM field_day_team WHERE field_day_id = :id"), {"id": number})
        await _many(connection, _TEAM, ({"id": number, "member": people[member]} for member in one.team))
    twice = (await connection.execute(_IN_TWO_TEAMS)).all()
    if twice:
        raise ContentError(
            "\n".join(
                f"field_days: {row.who} is in the teams of {row.one} and {row.other} at once; take one away"
                for row in twice
            )
        )


async def _many(connection: AsyncConnection, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Run a statement for each of some rows, of which there may be none."""
    given = [dict(row) for row in rows]
    if given:
        await connection.execute(statement, given)


async def _ids(connection: AsyncConnection, table: str) -> dict[str, int]:
    rows = await connection.execute(text(f"SELECT key, id FROM {table}"))  # noqa: S608 - our own names
    return {row.key: row.id for row in rows}


def _row(entry: Office | Consultant | FieldDay) -> dict[str, Any]:
    """Return an entry as a row: its own fields, and those of where it is."""
    found = {one.name: getattr(entry, one.name) for one in fields(entry)}
    where = found.pop("where", None)
    if isinstance(where, Where):
        found |= {one.name: getattr(where, one.name) for one in fields(where)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _hours(stretch: Stretch) -> dict[str, str]:
    starts, ends = (f"{minute // 60:02}:{minute % 60:02}" for minute in stretch)
    return {"starts": starts, "ends": ends}


_OFFICE = text(
    """
    INSERT INTO office (key, kind, name, address, province, commune, serves, latitude, longitude, phone, active)
    VALUES (:key, :kind, :name, :address, :province, :commune, :serves, :latitude, :longitude, :phone, :active)
    ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, name = excluded.name, address = excluded.address,
        province = excluded.province, commune = excluded.commune, serves = excluded.serves,
        latitude = excluded.latitude, longitude = excluded.longitude, phone = excluded.phone, active = excluded.active
    """
)
_CONSULTANT = text(
    """
    INSERT INTO consultant (key, office_id, name, topics, languages, kinds, video_url, active)
    VALUES (:key, :office_id, :name, :topics, :languages, :kinds, :video_url, :active)
    ON CONFLICT (key) DO UPDATE SET office_id = excluded.office_id, name = excluded.name, topics = excluded.topics,
        languages = excluded.languages, kinds = excluded.kinds, video_url = excluded.video_url, active = excluded.active
    """
)
_NO_PLANS = text("DELETE FROM working_plan WHERE consultant_id = :consultant_id")
_NO_LEAVE = text("DELETE FROM plan_exception WHERE consultant_id = :consultant_id AND NOT works")
_NO_EXTRA = text("DELETE FROM plan_exception WHERE consultant_id = :consultant_id AND works")
_PLAN = text(
    """
    INSERT INTO working_plan (consultant_id, weekday, starts, ends, from_day, to_day)
    VALUES (:consultant_id, :weekday, :starts, :ends, coalesce(:first, '-infinity'::date), coalesce(:last, 'infinity'::date))
    """
)
_CHANGE = text(
    """
    INSERT INTO plan_exception (consultant_id, day, works, starts, ends, reason)
    VALUES (:consultant_id, :day, :works, :starts, :ends, :reason)
    """
)
_SPECIAL_DAY = text(
    """
    INSERT INTO special_day (day, works, like_weekday, name) VALUES (:day, :works, :like_weekday, :name)
    ON CONFLICT (day) DO UPDATE SET works = excluded.works, like_weekday = excluded.like_weekday, name = excluded.name
    """
)
_FIELD_DAY = text(
    """
    INSERT INTO field_day (key, office_id, name, address, province, commune, latitude, longitude, day, starts, ends,
        seats, walk_ins, cancelled)
    VALUES (:key, :office_id, :name, :address, :province, :commune, :latitude, :longitude, :day, :starts, :ends,
        :seats, :walk_ins, :cancelled)
    ON CONFLICT (key) DO UPDATE SET office_id = excluded.office_id, name = excluded.name, address = excluded.address,
        province = excluded.province, commune = excluded.commune, latitude = excluded.latitude,
        longitude = excluded.longitude, day = excluded.day, starts = excluded.starts, ends = excluded.ends,
        seats = excluded.seats, walk_ins = excluded.walk_ins, cancelled = excluded.cancelled
    RETURNING id
    """
)
_TEAM = text("INSERT INTO field_day_team (field_day_id, consultant_id) VALUES (:id, :member)")
_IN_TWO_TEAMS = text(
    """
    SELECT c.key AS who, f.key AS one, g.key AS other
    FROM field_day_team t JOIN field_day f ON f.id = t.field_day_id
        JOIN field_day_team u ON u.consultant_id = t.consultant_id JOIN field_day g ON g.id = u.field_day_id
        JOIN consultant c ON c.id = t.consultant_id
    WHERE f.id < g.id AND f.day = g.day AND f.starts < g.ends AND g.starts < f.ends AND NOT f.cancelled AND NOT g.cancelled
    """
)
