"""An appointment for somebody who telephones or stands at the counter; and the wait list."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.booking import agenda, phoned, waiting, words
from bot.booking.rules import TOPICS, Kind, Wish
from bot.console.render import as_day
from bot.console.visit import Page, Visit
from bot.staff.rules import Right


async def _new(visit: Visit) -> Response:
    """Show free times for what is asked for, and the form that makes the appointment at one of them."""
    kind, topic, day = visit.query("kind"), visit.query("topic"), as_day(visit.query("day"))
    async with visit.house.engine.connect() as connection:
        offices = await agenda.offices(connection, visit.staff)
        office = next((one for one in offices if one.key == visit.query("office")), None)
        if visit.query("office") and office is None:
            raise HTTPException(404)
        provinces = sorted({one.province for one in offices})
        within = office.province if office else visit.query("province") or next(iter(provinces), "")
        free = []
        if office and topic in TOPICS:
            found = await phoned.free(connection, visit.staff, _wish(office, topic, kind, day), now=visit.now)
            free = [(each, words.when(each.starts_at), who) for each, who in found]
    template = "bookings/piece_free.html" if visit.in_place else "bookings/new.html"
    return visit.show(
        template, offices=[one for one in offices if one.province == within], provinces=provinces, within=within, office=office, topic=topic, kind=kind, day=day, free=free, topics=list(TOPICS),
        kinds=list(Kind), asked=bool(office and topic in TOPICS),
    )  # fmt: skip


def _wish(office: Any, topic: str, kind: str, day: date | None) -> Wish:
    return Wish(
        topic=topic, province=office.province, commune=office.commune, days=(day,) if day else (),
        kind=Kind(kind) if kind in tuple(Kind) else None,
    )  # fmt: skip


async def _make(visit: Visit) -> Response:
    async with visit.house.engine.begin() as connection:
        made = await phoned.make(
            connection, visit.house.library, visit.staff, visit.field("offer", 60), visit.field("topic", 20),
            visit.field("name", 100), visit.field("phone", 40), now=visit.now,
        )  # fmt: skip
        if made is None:
            raise HTTPException(404)
    return visit.go(f"/bookings/{made.id}", said="appointment_made")


async def _waiting(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await waiting.waiting(connection, visit.staff, today=visit.today)
    return visit.show("bookings/waiting.html", found=found, people=sum(one.people for one in found))


PAGES = (
    Page(
        "/bookings/new", "Đặt lịch hộ", Right.KEEP_BOOKINGS, get=_new, post=_make, menu="bookings", help="bookings_new"
    ),
    Page(
        "/bookings/waiting", "Danh sách chờ", Right.SEE_BOOKINGS, get=_waiting, menu="bookings", help="bookings_waiting"
    ),
)
