"""A leaflet or a table of examples for a place and a day: written into a file, PDF or PNG, or kept at hand to be sent."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.answers.library import Library
from bot.errors import AnSinhError
from bot.sheets.example_table import example_table
from bot.sheets.leaflet import leaflet_page
from bot.sheets.typeset import as_pdf, as_png
from bot.vn.places import gazetteer

_TEMPLATES = {"leaflet": "leaflet", "table": "example_table"}
KINDS = tuple(_TEMPLATES)
SHEET = "sheet"  # the kind of a file of a message that is one of these
PDF = "to-roi.pdf"  # what people's devices call it


def path_of(what: str, place: str) -> str:
    """Return where a page lies on our web, as it is on the day on which somebody opens it."""
    return f"/leaflet/{what}/{place}.pdf"


class AsKey:
    """A library as a key of the cache: each is one."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def __hash__(self) -> int:
        return id(self.library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsKey) and other.library is self.library


def printed(library: Library, what: str, place: str, day: date, link: str) -> bytes:
    """Return the page as PDF, drawn once however often it is asked for; raise AnSinhError when there is none."""
    return _printed(AsKey(library), what, place, day, link)


@lru_cache(maxsize=128)
def _printed(of: AsKey, what: str, place: str, day: date, link: str) -> bytes:
    data = page(of.library, what, place, day, link)
    return as_pdf(_TEMPLATES[what], data, day=day)


def page(library: Library, what: str, place: str, day: date, link: str = "") -> dict[str, Any]:
    """Return the data of a page; raise AnSinhError when there is no such page, place or law."""
    if what not in KINDS or gazetteer().today(place) is None:
        raise AnSinhError(f"There is no {what!r} of {place!r}")
    return example_table(library, place, day) if what == "table" else leaflet_page(library, place, day, link)


def leaflet(library: Library, *, place: str, day: date, kind: str, link: str, out: Path) -> None:
    """Write the page; raise AnSinhError when there is no such place, kind or form of file."""
    if kind not in KINDS:
        raise AnSinhError(f"There is no {kind!r} to print; kinds: {', '.join(KINDS)}")
    if out.suffix not in {".pdf", ".png"}:
        raise AnSinhError(f"{out}: the name of the file must end in .pdf or .png")
    key, to_send = place_key(place), out.suffix == ".png"
    data = page(library, kind, key, day, link)
    template = "example_table_phone" if to_send and kind == "table" else _TEMPLATES[kind]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(as_png(template, data) if to_send else as_pdf(template, data, day=day))


def place_key(typed: str) -> str:
    """Return the key of a province of today or of an old one, given as key or as people write it."""
    if gazetteer().today(typed) is not None:
        return typed
    found = {place.key for place in gazetteer().find(typed)}
    if len(found) != 1:
        raise AnSinhError(f"There is no one province {typed!r}; write its name, such as Vĩnh Phúc, or its key")
    return found.pop()
