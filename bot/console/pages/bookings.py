"""The calendar of the offices that somebody answers for, and the page of one appointment with what can be done there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.booking import after_note, agenda, counter, words
from bot.booking.brief_shown import Brief, brief_of
from bot.booking.grid import Column, rows
from bot.booking.offers import parse
from bot.booking.proposals import next_starts
from bot.booking.rules import Appointment, Offer, State
from bot.clock import day_in_vietnam
from bot.console.pages.bookings_shown import Shown, listed
from bot.console.render import as_day
from bot.console.visit import Page, Visit
from bot.staff.rules import Right

VIEWS = {"day": "Ngày", "week": "Tuần", "one": "Từng người"}
FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the calendar shows: a view of an office, or of one consultant, on a day or in its week."""

    view: str
    day: date
    offices: Sequence[Any]
    office: Any
    people: Sequence[Any]
    person: Any
    provinces: Sequence[str] = ()

    @property
    def days(self) -> list[date]:
        """Return the days that are shown."""
        return [self.day] if self.view == "day" else agenda.week(self.day)

    def link(self, **other: object) -> str:
        """Return the address of the same with something else chosen."""
        now: dict[str, object] = {"view": self.view, "day": self.day, "office": self.office.key}
        if self.view == "one" and self.person:
            now["person"] = self.person.key
        return "/console/bookings?" + "&".join(f"{name}={value}" for name, value in (now | other).items())

    def step(self, ahead: int) -> str:
        """Return the address of the day or week before or after."""
        return self.link(day=self.day + timedelta(days=ahead * (1 if self.view == "day" else 7)))


async def _calendar(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        chosen = await _chosen(visit, connection)
        if chosen is None:
            return visit.show("bookings/none.html")
        columns = await _columns(visit, connection, chosen)
        found = list({each.id: each for column in columns for each in column.found}.values())
        coming = await agenda.coming(connection, found)
    found.sort(key=lambda each: (each.starts_at, each.id))
    return visit.show(
        "bookings/calendar.html", chosen=chosen, views=VIEWS, columns=columns, rows=rows(columns),
        by_day=[(day, [one for one in listed(found) if one.day == day]) for day in chosen.days],
        listed={one.id: one for one in listed(found)}, coming=coming, weekday=words.day,
        movable={each.id for each in found if visit.staff.may(Right.KEEP_BOOKINGS) and "move" in counter.possible(each, visit.now)},
    )  # fmt: skip


async def _chosen(visit: Visit, connection: AsyncConnection) -> Chosen | None:
    """Return what is asked for, else the own day of a consultant, else the first office today; None: there is no office."""
    offices = await agenda.offices(connection, visit.staff)
    if not offices:
        return None
    asked = next((one for one in offices if one.key == visit.query("office")), None)
    if visit.query("office") and asked is None:
        raise HTTPException(404)
    own = visit.staff.consultant_id
    view = visit.query("view") if visit.query("view") in VIEWS else "one" if own and not asked else "day"
    provinces = sorted({one.province for one in offices})
    within = visit.query("province")
    if within in provinces and (asked is None or asked.province != within):
        asked = next(one for one in offices if one.province == within)
    office = asked or offices[0]
    people = await agenda.people(connection, visit.staff, office=office.id)
    wanted = visit.query("person")
    person = next((one for one in people if one.key == wanted or not wanted and one.id == own), None)
    if wanted and person is None:
        raise HTTPException(404)
    beside = [one for one in offices if one.province == office.province]
    return Chosen(view, _day(visit), beside, office, people, person or next(iter(people), None), provinces)


def _day(visit: Visit) -> date:
    day = as_day(visit.query("day")) or visit.today
    return day if abs(day - visit.today) < FARTHEST else visit.today


async def _columns(visit: Visit, connection: AsyncConnection, chosen: Chosen) -> list[Column]:
    alone = chosen.person.id if chosen.view == "one" and chosen.person else None
    days = chosen.days
    found = await agenda.between(
        connection, visit.staff, days[0], days[-1] + timedelta(days=1), now=visit.now,
        office=None if alone else chosen.office.id, consultant=alone,
    )  # fmt: skip
    ids = [alone] if alone else [one.id for one in chosen.people]
    works = await agenda.working(connection, ids, days)
    closed = await agenda.holidays(connection, days)
    if chosen.view == "day":
        return _by_person(chosen, found, works, closed.get(chosen.day, ""))
    return [
        Column(
            words.day(day), day, [part for who in ids for part in works[who, day]],
            [each for each in found if day_in_vietnam(each.starts_at) == day], chosen.link(view="day", day=day),
            closed.get(day, ""),
        ) for day in days
    ]  # fmt: skip


def _by_person(chosen: Chosen, found: Sequence[Appointment], works: Any, why: str) -> list[Column]:
    """Return a column for each consultant of the office, and for those of elsewhere who have an appointment of it."""
    known = {one.id for one in chosen.people}
    columns = [
        Column(
            one.name, chosen.day, works[one.id, chosen.day], [each for each in found if each.consultant_id == one.id],
            chosen.link(view="one", person=one.key), why, one.id,
        ) for one in chosen.people
    ]  # fmt: skip
    guests = {each.consultant_id: each.consultant for each in found if each.consultant_id not in known}
    return columns + [
        Column(name, chosen.day, (), [each for each in found if each.consultant_id == who], who=who)
        for who, name in guests.items()
    ]


def number_of(visit: Visit) -> int:
    """Return the number in the address."""
    return int(visit.path("id"))


async def _one(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await agenda.one(connection, visit.staff, number_of(visit))
        if found is None:
            raise HTTPException(404)
        return await _page(visit, connection, found, opened=False)


async def _open(visit: Visit) -> Response:
    async with visit.house.engine.begin() as connection:
        found = await counter.opened(connection, visit.staff, number_of(visit), now=visit.now)
        if found is None:
            raise HTTPException(404)
        return await _page(visit, connection, found, opened=True)


async def to_one(visit: Visit) -> Response:
    """Lead whoever comes back to the address of an act to the page on which it was done."""
    return visit.go(f"/bookings/{number_of(visit)}")


async def _page(visit: Visit, connection: AsyncConnection, found: Appointment, *, opened: bool) -> Response:
    may = counter.possible(found, visit.now) if visit.staff.may(Right.KEEP_BOOKINGS) else set()
    free = await next_starts(connection, found, now=visit.now) if "offer" in may else []
    template = "bookings/piece_person.html" if visit.in_place else "bookings/one.html"
    return visit.show(
        template, found=found, one=Shown.of(found, opened=opened), opened=opened, brief=_brief(visit, found), possible=may,
        free=[(Offer(found.consultant_id, found.office_id, kind, at, 0, "", "").key, words.when(at), kind) for kind, at in free],
        more=await agenda.more(connection, found.id), kinds=after_note.KINDS, when=words.when(found.starts_at),
        history=[(each, _proposed(each.detail)) for each in await agenda.history(connection, found.id)],
        held=found.state is State.HELD,
    )  # fmt: skip


def _brief(visit: Visit, found: Appointment) -> Brief:
    return brief_of(visit.house.library, found)


def _proposed(detail: Any) -> str:
    """Return the time that was proposed, as people read it; empty where none was."""
    wanted = parse(str(detail.get("proposed", "")))
    return words.when(wanted[2]) if wanted else ""


async def _act(visit: Visit) -> Response:
    number, what, version = number_of(visit), visit.field("what", 20), visit.field("version", 9)
    async with visit.house.engine.begin() as connection:
        done = await counter.act(
            connection, visit.house.library, visit.staff, number, what, visit.field("argument", 60),
            version=int(version) if version.isascii() and version.isdigit() else -1,
            line=visit.field("line", after_note.LONGEST), now=visit.now,
        )  # fmt: skip
        if not done:
            raise HTTPException(404)
        to = (await agenda.more(connection, number)).moved_to or number
    return visit.go(f"/bookings/{to}", said=f"appointment_{what}")


async def mine(visit: Visit) -> list[Shown] | None:
    """Return today's appointments of a consultant, for the first page; None for somebody who is none."""
    if not (visit.staff.consultant_id and visit.staff.may(Right.SEE_BOOKINGS)):
        return None
    async with visit.house.engine.connect() as connection:
        found = await agenda.between(
            connection, visit.staff, visit.today, visit.today + timedelta(days=1), now=visit.now,
            consultant=visit.staff.consultant_id,
        )  # fmt: skip
    return listed(found)


PAGES = (
    Page("/bookings", "Lịch", Right.SEE_BOOKINGS, get=_calendar, menu="bookings", help="bookings"),
    Page("/bookings/{id:int}", "Lịch hẹn", Right.SEE_BOOKINGS, get=_one, menu="bookings", help="bookings_one"),
    Page(
        "/bookings/{id:int}/open",
        "Lịch hẹn",
        Right.OPEN_PERSONAL,
        get=to_one,
        post=_open,
        menu="bookings",
        help="bookings_one",
    ),
    Page("/bookings/{id:int}/act", "Lịch hẹn", Right.KEEP_BOOKINGS, post=_act),
)
