"""Field days: where a team goes and how many seats there are, who comes, the list to print, people who just came."""

from __future__ import annotations

from functools import partial
from secrets import token_hex
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.booking import agenda, field_days, hours, words
from bot.booking.rules import TOPICS
from bot.console.pages.bookings_shown import listed
from bot.console.render import as_day
from bot.console.visit import Page, Visit
from bot.staff import audit
from bot.staff.rules import Right
from bot.vn.communes import communes


async def _all(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await field_days.listed(connection, visit.staff, now=visit.now)
    return visit.show("bookings/field.html", found=found, day_of=words.day)


async def _new(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        offices = await agenda.offices(connection, visit.staff)
        office = next((one for one in offices if one.key == visit.query("office")), None)
        if visit.query("office") and office is None or not offices:
            raise HTTPException(404)
        office = office or (offices[0] if len(offices) == 1 else None)
        people = await _team_to_choose(visit, connection, office)
    return visit.show(
        "bookings/field_new.html", offices=offices[:MOST_OFFICES], office=office, people=people, day=None, team=set(),
        places=_places(visit, office),
    )  # fmt: skip


async def _team_to_choose(visit: Visit, connection: AsyncConnection, office: Any) -> list[Any]:
    """Return the consultants of the office's province whom somebody answers for."""
    return await agenda.people(connection, visit.staff, province=office.province) if office else []


def _places(visit: Visit, office: Any) -> list[tuple[str, str]]:
    """Return the communes of the office's province in which somebody works, by name."""
    if office is None:
        return []
    there = ((code, unit) for code, unit in communes().items() if unit.province == office.province)
    mine = visit.staff
    return sorted(
        ((code, unit.name) for code, unit in there if mine.consultant_id or mine.answers_for([code])),
        key=lambda one: one[1],
    )


async def _one(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        return await _page(visit, connection, "bookings/field_day.html")


async def _found(visit: Visit, connection: AsyncConnection) -> Any:
    found = await field_days.one(connection, visit.staff, visit.path("key"), now=visit.now)
    if found is None:
        raise HTTPException(404)
    return found


async def _page(visit: Visit, connection: AsyncConnection, template: str, *, opened: bool = False) -> Response:
    found = await _found(visit, connection)
    team = await field_days.team(connection, found.id)
    comes = await field_days.who_comes(connection, found.id)
    choices = await _team_to_choose(visit, connection, found)
    known = {one.id for one in choices}
    theirs = visit.staff.may(Right.KEEP_BOOKINGS) and found.office_key in {
        one.key for one in await agenda.offices(connection, visit.staff)
    }
    return visit.show(
        template, found=found, team_list=team, team={one.key for one in team}, comes=listed(comes, opened=opened),
        people=[*choices, *(one for one in team if one.id not in known)], places=_places(visit, found), theirs=theirs,
        day_of=words.day, topics=list(TOPICS), form_key=token_hex(8), opened=opened, begun=found.day <= visit.today,
    )  # fmt: skip


async def _keep(visit: Visit) -> Response:
    """Write a field day: a new one, or the one in the address."""
    async with visit.house.engine.begin() as connection:
        kept = await field_days.keep(connection, visit.house.library, visit.staff, _written(visit), now=visit.now)
        if kept is None:
            raise HTTPException(404)
    key, outside = kept
    return visit.go(f"/bookings/field/{key}", said="saved_outside" if outside else "saved")


def _written(visit: Visit) -> field_days.Written:
    seats = visit.field("seats", 6)
    return field_days.Written(
        key=visit.path("key"), office=visit.field("office", 64), name=visit.field("name", 120),
        address=visit.field("address", 200), commune=visit.field("commune", 10), day=as_day(visit.field("day", 10)),
        stretch=hours.stretch(visit.field("starts", 5), visit.field("ends", 5)),
        seats=int(seats) if seats.isascii() and seats.isdigit() else 0, walk_ins=bool(visit.field("walk_ins", 3)),
        cancelled=bool(visit.field("cancelled", 3)), team=frozenset(visit.fields("team")), seen=visit.field("seen", 40),
    )  # fmt: skip


async def _came(visit: Visit) -> Response:
    who, form = visit.field("consultant", 18), visit.field("form", 32)
    async with visit.house.engine.begin() as connection:
        done = await field_days.came(
            connection, visit.staff, visit.path("key"), int(who) if who.isascii() and who.isdigit() else 0,
            name=visit.field("name", 100), phone=visit.field("phone", 40), topic=visit.field("topic", 20), form=form,
            now=visit.now,
        )  # fmt: skip
        if not done:
            raise HTTPException(404)
    return visit.go(f"/bookings/field/{visit.path('key')}", said="walk_in_added")


async def _print(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        return await _page(visit, connection, "bookings/field_print.html")


async def _to_print(visit: Visit) -> Response:
    return visit.go(f"/bookings/field/{visit.path('key')}/print")


async def _print_opened(visit: Visit) -> Response:
    async with visit.house.engine.begin() as connection:
        found = await _found(visit, connection)
        about = f"field_day:{found.key}"
        await audit.write(connection, by=visit.staff.key, act="open_personal", about=about, now=visit.now)
        return await _page(visit, connection, "bookings/field_print.html", opened=True)


MOST_OFFICES = 500  # of a list to choose from
_Page = partial(Page, menu="bookings", help="bookings_field")
PAGES = (
    _Page("/bookings/field", "Ngày lưu động", Right.SEE_BOOKINGS, get=_all),
    _Page("/bookings/field-new", "Thêm ngày lưu động", Right.KEEP_BOOKINGS, get=_new, post=_keep),
    _Page("/bookings/field/{key}", "Ngày lưu động", Right.SEE_BOOKINGS, get=_one),
    _Page("/bookings/field/{key}/change", "Ngày lưu động", Right.KEEP_BOOKINGS, post=_keep),
    _Page("/bookings/field/{key}/came", "Ngày lưu động", Right.KEEP_BOOKINGS, post=_came),
    _Page("/bookings/field/{key}/print", "In danh sách", Right.SEE_BOOKINGS, get=_print),
    _Page("/bookings/field/{key}/print/open", "In danh sách", Right.OPEN_PERSONAL, get=_to_print, post=_print_opened),
)
