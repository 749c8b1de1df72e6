"""A consultant's working hours as staff see and change them: the plan of the week, leave, added hours."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import agenda, news, roster_store
from bot.booking.outside import outside_plans
from bot.booking.roster_hours import LONGEST_LEAVE, ChangedDay, PlannedHours, Stretch, no_change_twice, no_two_at_once
from bot.booking.rules import Appointment
from bot.errors import ContentError, Refused
from bot.staff import audit
from bot.staff.rules import Staff

CHANGED = "Giờ làm việc này vừa được người khác sửa. Hãy xem lại rồi làm tiếp nếu còn cần."
LONGEST_REASON = 100
WHOLE_DAY = Stretch(0, 24 * 60)


@dataclass(frozen=True, slots=True)
class Hours:
    """A consultant's plan and what deviates from it, from a day on; `changes` carry their numbers."""

    plans: Sequence[PlannedHours]
    changes: Sequence[tuple[int, ChangedDay]]

    @property
    def print(self) -> str:
        """Return a fingerprint by which a form shows what its reader had seen."""
        return hashlib.sha256(repr((self.plans, self.changes)).encode()).hexdigest()[:16]

    def weekly(self, weekday: int) -> list[PlannedHours]:
        """Return what holds on each such weekday, without end."""
        return [one for one in self.plans if one.weekday == weekday and not dated(one)]

    @property
    def dated(self) -> list[PlannedHours]:
        """Return what holds between certain days only."""
        return [one for one in self.plans if dated(one)]


def dated(one: PlannedHours) -> bool:
    """Tell whether a planned stretch holds between certain days only."""
    return one.first is not None or one.last is not None


async def consultant(connection: AsyncConnection, member: Staff, key: str) -> Any:
    """Return a consultant whom a member of staff may see; None: there is none, or they work elsewhere."""
    return next(iter(await agenda.people(connection, member, keys=[key])), None)


async def hours(connection: AsyncConnection, consultant_id: int, today: date) -> Hours:
    """Return a consultant's plan, and leave and added hours from today on."""
    plans = await connection.execute(
        text(
            "SELECT weekday, starts, ends, nullif(from_day, '-infinity') AS first, nullif(to_day, 'infinity') AS last"
            " FROM (SELECT weekday, extract(epoch FROM starts)::int / 60 AS starts, extract(epoch FROM ends)::int / 60 AS ends,"
            " from_day, to_day FROM working_plan WHERE consultant_id = :id) AS w ORDER BY weekday, starts, first"
        ),
        {"id": consultant_id},
    )
    changes = await connection.execute(
        text(
            "SELECT id, day, works, extract(epoch FROM starts)::int / 60 AS starts, extract(epoch FROM ends)::int / 60 AS ends,"
            " reason FROM plan_exception WHERE consultant_id = :id AND day >= :today ORDER BY day, starts, id LIMIT 400"
        ),
        {"id": consultant_id, "today": today},
    )
    return Hours(
        [PlannedHours(row.weekday, Stretch(row.starts, row.ends), row.first, row.last) for row in plans],
        [(row.id, ChangedDay(row.day, row.works, Stretch(row.starts, row.ends), row.reason)) for row in changes],
    )


def stretch(starts: str, ends: str) -> Stretch | None:
    """Read two fields of time; None when both are empty. Refused: only one is filled, or the end comes first."""
    if not starts and not ends:
        return None
    try:
        first, last = time.fromisoformat(starts), time.fromisoformat(ends)
    except ValueError:
        raise Refused("Giờ phải ghi đủ từ mấy giờ đến mấy giờ, ví dụ 07:30 đến 11:30.") from None
    found = Stretch(first.hour * 60 + first.minute, last.hour * 60 + last.minute)
    if found.starts >= found.ends:
        raise Refused("Giờ kết thúc phải sau giờ bắt đầu.")
    return found


async def set_week(
    connection: AsyncConnection, library: Library, member: Staff, key: str, week: Mapping[int, Sequence[Stretch]], *,
    seen: str, now: datetime, today: date,
) -> list[Appointment] | None:  # fmt: skip
    """Write the plan of the week; return the appointments that stand outside it now. None: the consultant is not theirs."""
    whose = await _locked(connection, member, key, seen, today)
    if whose is None:
        return None
    one, before = whose
    new = [PlannedHours(day, each, None, None) for day, those in week.items() for each in sorted(those)]
    _check(no_two_at_once, [*new, *before.dated], "Có hai khoảng giờ trùng nhau trong cùng một ngày. Hãy sửa lại.")
    await roster_store.write_plans(connection, one.id, [*new, *before.dated])
    return await _changed(connection, library, member, one, "change_plan", now)


async def add(
    connection: AsyncConnection, library: Library, member: Staff, key: str, first: date, last: date, *,
    works: bool, hours_of_day: Stretch | None, reason: str, seen: str, now: datetime, today: date,
) -> list[Appointment] | None:  # fmt: skip
    """Add leave, whole days or some hours of them, or hours to a day; return and None as above."""
    if not today <= first <= last <= first + LONGEST_LEAVE:
        raise Refused("Ngày phải từ hôm nay trở đi, ngày cuối không trước ngày đầu, và không quá một năm.")
    if works and hours_of_day is None:
        raise Refused("Làm thêm thì phải ghi từ mấy giờ đến mấy giờ.")
    whose = await _locked(connection, member, key, seen, today)
    if whose is None:
        return None
    one, before = whose
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    new = [ChangedDay(day, works, hours_of_day or WHOLE_DAY, reason[:LONGEST_REASON] or None) for day in days]
    _check(
        no_change_twice, [*new, *(each for _, each in before.changes)], "Ngày này đã có ngày nghỉ hoặc giờ làm thêm."
    )
    await roster_store.add_changes(connection, one.id, new)
    return await _changed(connection, library, member, one, "add_extra" if works else "add_leave", now)


async def take_back(
    connection: AsyncConnection, library: Library, member: Staff, key: str, number: int, *,
    seen: str, now: datetime, today: date,
) -> list[Appointment] | None:  # fmt: skip
    """Take back one entry of leave or added hours; return and None as above."""
    whose = await _locked(connection, member, key, seen, today)
    if whose is None or number not in {each for each, _ in whose[1].changes}:
        return None
    await connection.execute(text("DELETE FROM plan_exception WHERE id = :id"), {"id": number})
    return await _changed(connection, library, member, whose[0], "take_back_change", now)


def _check(rule: Any, entries: Collection[Any], why: str) -> None:
    try:
        rule(entries, "")
    except ContentError:
        raise Refused(why) from None


async def _locked(
    connection: AsyncConnection, member: Staff, key: str, seen: str, today: date
) -> tuple[Any, Hours] | None:
    one = await consultant(connection, member, key)
    if one is None:
        return None
    await roster_store.lock(connection)
    before = await hours(connection, one.id, today)
    if before.print != seen:
        raise Refused(CHANGED)
    return one, before


async def _changed(
    connection: AsyncConnection, library: Library, member: Staff, one: Any, act: str, now: datetime
) -> list[Appointment]:
    """Write down who did it, and tell the consultant of appointments that stand outside now."""
    await audit.write(connection, by=member.key, act=act, about=f"consultant:{one.key}", now=now)
    outside = await outside_plans(connection, now=now, only=[one.id])
    await news.tell_outside(connection, library, outside, now=now)
    return outside
