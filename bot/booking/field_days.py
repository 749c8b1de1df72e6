"""Field days as staff see and change them: places, seats, team, who comes, and people who came without an appointment."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import agenda, brief, news, roster_store, store
from bot.booking.counter import by_whom
from bot.booking.outside import outside_plans
from bot.booking.phoned import CHANNEL, name_of, phone_of
from bot.booking.roster_entries import FieldDay, Roster, Where
from bot.booking.roster_hours import Stretch
from bot.booking.rules import TOPICS, Appointment, Kind, State
from bot.citizens import store as citizens
from bot.clock import day_in_vietnam
from bot.errors import ContentError, Refused
from bot.staff import audit
from bot.staff.rules import Staff
from bot.vn.communes import communes

MOST_SEATS = 10_000
PAST = timedelta(days=30)  # so long field days that are over are listed
_LISTED = f"""
    SELECT f.id, f.key, f.name, f.address, f.province, f.commune, f.latitude, f.longitude, f.day, f.starts, f.ends, f.seats,
        f.walk_ins, f.cancelled, o.key AS office_key, o.name AS office, o.id AS office_id,
        (SELECT count(*) FROM appointment a WHERE a.field_day_id = f.id
            AND (a.state IN ('booked', 'confirmed', 'done', 'absent') OR a.state = 'held' AND a.held_until > :now)) AS taken,
        (SELECT count(*) FROM appointment a WHERE a.field_day_id = f.id AND a.confirm_key LIKE 'came\\:%') AS came,
        md5(concat_ws('|', f.name, f.address, f.commune, f.day, f.starts, f.ends, f.seats, f.walk_ins, f.cancelled,
            (SELECT string_agg(t.consultant_id::text, ',' ORDER BY t.consultant_id) FROM field_day_team t
             WHERE t.field_day_id = f.id))) AS print
    FROM field_day f JOIN office o ON o.id = f.office_id
    WHERE ({agenda.IN_REACH} OR EXISTS (
        SELECT FROM field_day_team t WHERE t.field_day_id = f.id AND t.consultant_id = :own))
"""  # noqa: S608 - ours


async def listed(connection: AsyncConnection, member: Staff, *, now: datetime) -> list[Any]:
    """Return the field days of somebody's offices and of their own, those to come first in time."""
    rows = await connection.execute(
        text(f"{_LISTED} AND f.day >= :since ORDER BY f.day, f.starts, f.id LIMIT 200"),
        agenda.reach(member) | {"since": day_in_vietnam(now) - PAST, "now": now},
    )
    return list(rows)


async def one(connection: AsyncConnection, member: Staff, key: str, *, now: datetime) -> Any:
    """Return a field day; None: there is none, or it is not theirs."""
    rows = await connection.execute(
        text(f"{_LISTED} AND f.key = :key"), agenda.reach(member) | {"key": key, "now": now}
    )
    return rows.one_or_none()


async def team(connection: AsyncConnection, field_day: int) -> list[Any]:
    """Return who is in a team: id, key, name."""
    rows = await connection.execute(
        text(
            "SELECT c.id, c.key, c.name FROM field_day_team t JOIN consultant c ON c.id = t.consultant_id"
            " WHERE t.field_day_id = :id ORDER BY c.name, c.id"
        ),
        {"id": field_day},
    )
    return list(rows)


async def who_comes(connection: AsyncConnection, field_day: int) -> list[Appointment]:
    """Return who has a seat, by time, and who came without an appointment."""
    return await store.select(
        connection,
        "a.field_day_id = :id AND a.state IN ('booked', 'confirmed', 'done', 'absent') ORDER BY a.starts_at, a.id",
        id=field_day,
    )


@dataclass(frozen=True, slots=True)
class Written:
    """What a form says of a field day; `key` is empty for a new one, `seen` the fingerprint of what its reader saw."""

    key: str
    office: str
    name: str
    address: str
    commune: str
    day: date | None
    stretch: Stretch | None
    seats: int
    walk_ins: bool
    cancelled: bool
    team: frozenset[str]
    seen: str = ""


async def keep(
    connection: AsyncConnection, library: Library, member: Staff, form: Written, *, now: datetime
) -> tuple[str, list[Appointment]] | None:
    """Write a field day, a new one or a change; return its key and which appointments stand outside it now.

    None: the office, the field day or the place is not theirs. Refused: a field is wrong, or somebody was faster.
    """
    office = next((each for each in await agenda.offices(connection, member) if each.key == form.office), None)
    if office is None or not _theirs(member, form.commune, office.province):
        return None
    await roster_store.lock(connection)
    before = await one(connection, member, form.key, now=now) if form.key else None
    if form.key and (before is None or before.office_key != form.office):
        return None
    _check_unchanged(form, before, now)
    old_team = {each.key for each in await team(connection, before.id)} if before else set()
    known = {each.key for each in await agenda.people(connection, member, keys=form.team)} | old_team
    if len(form.team) < 2 or not form.team <= known:
        raise Refused("Hãy chọn ít nhất hai tư vấn viên đi cùng.")
    key = form.key or await _new_key(connection, form.office, form.day)
    await _write(connection, _entry(form, key, before))
    act = "change_field_day" if before else "add_field_day"
    await audit.write(connection, by=member.key, act=act, about=f"field_day:{key}", now=now)
    outside = await outside_plans(connection, now=now, only=await _ids(connection, form.team | old_team))
    await news.tell_outside(connection, library, outside, now=now)
    return key, outside


def _check_unchanged(form: Written, before: Any, now: datetime) -> None:
    if before and before.print != form.seen:
        raise Refused("Ngày lưu động này vừa được người khác sửa. Hãy xem lại rồi làm tiếp nếu còn cần.")
    if not form.name or not form.address or form.day is None or form.stretch is None:
        raise Refused("Hãy ghi đủ tên, địa chỉ, ngày và giờ.")
    if not 1 <= form.seats <= MOST_SEATS:
        raise Refused("Số chỗ phải là số từ 1 trở lên.")
    if not before and form.day < day_in_vietnam(now):
        raise Refused("Ngày đã qua. Hãy chọn ngày từ hôm nay trở đi.")


def _entry(form: Written, key: str, before: Any) -> FieldDay:
    """Return the entry as the roster writes it; the point on the map stays while the commune does."""
    point = (before.latitude, before.longitude) if before and before.commune == form.commune else (None, None)
    assert form.day and form.stretch, "checked before"
    return FieldDay(
        key, form.office, form.name, form.address, Where(form.commune, communes()[form.commune].province, *point),
        form.day, form.stretch, form.seats, form.walk_ins, form.cancelled, tuple(sorted(form.team)),
    )  # fmt: skip


async def _write(connection: AsyncConnection, entry: FieldDay) -> None:
    try:
        await roster_store.write(connection, Roster((), (), {}, (entry,)))
    except ContentError:
        why = "Có tư vấn viên đã đi một ngày lưu động khác cùng giờ. Hãy chọn người khác hoặc giờ khác."
        raise Refused(why) from None


def _theirs(member: Staff, commune: str, province: str) -> bool:
    """Tell whether a team may go to a commune: a consultant's in their office's province, others' where they answer for."""
    if commune not in communes():
        return False
    if member.consultant_id is not None:
        return communes()[commune].province == province
    return member.answers_for([commune])


async def _new_key(connection: AsyncConnection, office: str, day: date | None) -> str:
    """Return a key that no field day has."""
    known = set(await connection.scalars(text("SELECT key FROM field_day WHERE day = :day"), {"day": day}))
    base = f"{office[:48]}.{day}"
    return next(each for number in range(1, 10_000) if (each := f"{base}.{number}") not in known)


async def _ids(connection: AsyncConnection, keys: Set[str]) -> list[int]:
    rows = await connection.scalars(text("SELECT id FROM consultant WHERE key = ANY(:keys)"), {"keys": sorted(keys)})
    return list(rows)


async def came(
    connection: AsyncConnection, member: Staff, key: str, consultant: int, *,
    name: str, phone: str, topic: str, form: str, now: datetime,
) -> bool:  # fmt: skip
    """Write down somebody who came to a field day without an appointment and was advised; once for a form.

    False: the field day is not theirs. It may be written later, from paper, and takes nobody's booked seat away.
    """
    found = await one(connection, member, key, now=now)
    if found is None:
        return False
    if consultant not in {each.id for each in await team(connection, found.id)} or topic not in TOPICS:
        raise Refused("Hãy chọn người đã tư vấn và việc cần hỏi.")
    if found.cancelled or not found.walk_ins:
        raise Refused("Ngày lưu động này không nhận người chưa hẹn trước.")
    if found.day > day_in_vietnam(now):
        raise Refused("Chưa đến ngày lưu động.")
    name, phone = name_of(name), phone_of(phone)
    contact = await citizens.contact_id(connection, CHANNEL, phone)
    starts = agenda.midnight(found.day).replace(hour=found.starts.hour, minute=found.starts.minute)
    ends = starts + timedelta(minutes=TOPICS[topic])
    by = by_whom(member, consultant)
    number = await store.add(
        connection, by=by, now=now, state=State.DONE, contact_id=contact, consultant_id=consultant,
        office_id=found.office_id, field_day_id=found.id, kind=Kind.FIELD, topic=topic, starts_at=starts, ends_at=ends,
        taken=store.taken(consultant, starts, ends), name=name, phone=phone,
        brief=await brief.write(connection, contact), confirm_key=f"came:{key}:{form}", by_staff=True,
    )  # fmt: skip
    if number is not None:
        about = f"field_day:{key}"
        await audit.write(connection, by=member.key, act="add_walk_in", about=about, note=str(number), now=now)
    return True
