"""What browsers send: read within bounds, and taken only from pages of ours."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.vn.text import storable

MOST_FIELDS = 500


async def form_of(request: Request, largest: int, *, files: int = 0) -> FormData | None:
    """Return the form without what no table holds; None when it is larger than the page takes, or is no form at all."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 10) or int(length) > largest:
        return None
    try:
        found = await request.form(max_files=files, max_fields=MOST_FIELDS, max_part_size=largest)
    except (HTTPException, UnicodeError):  # the parts of a form may claim letters that are none
        return None
    return FormData([(name, storable(one) if isinstance(one, str) else one) for name, one in found.multi_items()])


def same_site(request: Request) -> bool:
    """Tell whether the browser says that a page of ours sent this; one that says nothing must have the form's token right."""
    site, origin = request.headers.get("sec-fetch-site", "none"), request.headers.get("origin")
    ours = origin is None or origin.partition("://")[2] == request.headers.get("host")
    return ours and site in ("same-origin", "none")
