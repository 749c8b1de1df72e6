"""Consultants and when they work: the plan of the week, leave, added hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.booking import hours, words
from bot.booking.agenda import people
from bot.booking.roster_hours import Stretch
from bot.booking.rules import Appointment
from bot.console.pages.bookings_shown import listed
from bot.console.render import as_day
from bot.console.visit import Page, Visit
from bot.errors import Refused
from bot.staff.rules import Right

WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
MOST_SHOWN = 200  # of a list
PARTS = 3  # stretches of a day that the form has room for


async def _everybody(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await people(connection, visit.staff, named=visit.query("name"), most=MOST_SHOWN)
    return visit.show("bookings/people.html", found=found, name=visit.query("name"), most=MOST_SHOWN)


async def _one(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        return await _page(visit, connection, ())


async def _page(visit: Visit, connection: AsyncConnection, outside: Sequence[Appointment]) -> Response:
    one = await hours.consultant(connection, visit.staff, visit.path("key"))
    if one is None:
        raise HTTPException(404)
    found = await hours.hours(connection, one.id, visit.today)
    return visit.show(
        "bookings/person.html", one=one, hours=found, weekdays=WEEKDAYS, parts=PARTS, clock=clock, day_of=words.day,
        outside=listed(outside), week=[[each.stretch for each in found.weekly(day)] for day in range(7)],
        whole=hours.WHOLE_DAY,
    )  # fmt: skip


def clock(minute: int) -> str:
    """Return a minute of the day as a field of time holds it."""
    return f"{minute // 60:02}:{minute % 60:02}"


async def _change(visit: Visit) -> Response:
    async with visit.house.engine.begin() as connection:
        outside = await _changed(visit, connection)
        if outside is None:
            raise HTTPException(404)
        if outside:
            return await _page(visit, connection, outside)
    return visit.go(f"/bookings/people/{visit.path('key')}", said="saved")


async def _to_one(visit: Visit) -> Response:
    return visit.go(f"/bookings/people/{visit.path('key')}")


async def _changed(visit: Visit, connection: AsyncConnection) -> list[Appointment] | None:
    what, key, library = visit.field("what", 20), visit.path("key"), visit.house.library
    common: dict[str, Any] = {"seen": visit.field("seen", 20), "now": visit.now, "today": visit.today}
    if what == "week":
        return await hours.set_week(connection, library, visit.staff, key, _week(visit), **common)
    if what in ("leave", "extra"):
        first = as_day(visit.field("first", 10))
        last = as_day(visit.field("last", 10)) or first
        if first is None or last is None:
            raise Refused("Hãy chọn ngày.")
        part = hours.stretch(visit.field("starts", 5), visit.field("ends", 5))
        return await hours.add(
            connection, library, visit.staff, key, first, last, works=what == "extra", hours_of_day=part,
            reason=visit.field("reason", hours.LONGEST_REASON), **common,
        )  # fmt: skip
    number = visit.field("number", 18)
    if what != "take_back" or not (number.isascii() and number.isdigit()):
        raise Refused("Không rõ cần làm gì.")
    return await hours.take_back(connection, library, visit.staff, key, int(number), **common)


def _week(visit: Visit) -> dict[int, list[Stretch]]:
    """Return what the form says of each weekday."""
    return {
        day: [
            part
            for number in range(PARTS)
            if (part := hours.stretch(visit.field(f"s{day}{number}", 5), visit.field(f"e{day}{number}", 5)))
        ]
        for day in range(7)
    }


PAGES = (
    Page("/bookings/people", "Tư vấn viên", Right.SEE_BOOKINGS, get=_everybody, menu="bookings", help="bookings_people"),
    Page(
        "/bookings/people/{key}", "Giờ làm việc", Right.SEE_BOOKINGS, get=_one, menu="bookings", help="bookings_people"
    ),
    Page(
        "/bookings/people/{key}/change", "Giờ làm việc", Right.KEEP_BOOKINGS, get=_to_one, post=_change, menu="bookings",
        help="bookings_people",
    ),
)  # fmt: skip
