"""Finding somebody in the conversations of one's places, and their card, masked until it is opened."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.citizens import cards
from bot.console.visit import Page, Visit
from bot.conversation import talks
from bot.staff import audit
from bot.staff.rules import Right

OPEN_FOR = timedelta(minutes=30)


async def _ask(visit: Visit) -> Response:
    return visit.show("talks/search.html", wanted="", found=None, shortest=cards.SHORTEST)


async def _search(visit: Visit) -> Response:
    """Show who was found; what was looked for stays out of addresses and of the account of acts."""
    wanted = visit.field("wanted", 100)
    async with visit.house.engine.begin() as connection:
        found = await cards.search(connection, visit.staff, wanted, now=visit.now)
        note = f"found: {len(found)}"
        await audit.write(connection, by=visit.staff.key, act="search_people", note=note, now=visit.now)
    return visit.show("talks/search.html", wanted=wanted, found=found, shortest=cards.SHORTEST)


async def _person(visit: Visit) -> Response:
    person_id = int(visit.path("id"))
    async with visit.house.engine.connect() as connection:
        card = await cards.card(connection, visit.staff, person_id)
        if card is None:
            raise HTTPException(404)
        opened = await audit.done_since(
            connection, by=visit.staff.key, act="open_person", about=f"person:{person_id}", since=visit.now - OPEN_FOR
        )
        contacts = [contact.id for contact in card.contacts]
        lines = await talks.lines(connection, contacts) if opened else []
    return visit.show("talks/person.html", card=card, person=card.person, opened=opened, lines=lines)


async def _open(visit: Visit) -> Response:
    person_id = int(visit.path("id"))
    async with visit.house.engine.begin() as connection:
        if await cards.card(connection, visit.staff, person_id) is None:
            raise HTTPException(404)
        await audit.write(connection, by=visit.staff.key, act="open_person", about=f"person:{person_id}", now=visit.now)
    return visit.go(f"/people/{person_id}")


PAGES = (
    Page("/talks/search", "Tìm người", Right.SEE_TALKS, get=_ask, post=_search, menu="talks", help="talks_search"),
    Page("/people/{id:int}", "Thông tin một người", Right.SEE_TALKS, get=_person, menu="talks", help="talks_person"),
    Page("/people/{id:int}/open", "Mở xem", Right.OPEN_PERSONAL, post=_open),
)
