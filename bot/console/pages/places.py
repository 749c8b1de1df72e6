"""Places by name: which one a name means today; asked by the fields of forms while somebody types, and by whoever looks one up."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.places import LONGEST, said_places
from bot.console.visit import Page, Visit

FIELDS = ("scope", "places", "not_places")
"""The fields of forms in which places are said."""


async def _places(visit: Visit) -> Response:
    name = next((one for one in FIELDS if one == visit.query("field")), "places")
    where = said_places(visit.staff, name, (), visit.query(f"{name}_more", longest=LONGEST))
    return visit.show("piece/places.html" if visit.in_place else "places.html", where=where)


PAGES = (Page("/places", "Tra tên nơi ở", None, get=_places, menu="content", help="places"),)
