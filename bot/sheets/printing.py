"""Writes a leaflet or a table of examples for a place and a day into a file: PDF to print, PNG to send."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.answers.library import Library
from bot.errors import AnSinhError
from bot.sheets.example_table import example_table
from bot.sheets.leaflet import leaflet_page
from bot.sheets.typeset import as_pdf, as_png
from bot.vn.places import gazetteer

KINDS = ("leaflet", "table")


def leaflet(library: Library, *, place: str, day: date, kind: str, link: str, out: Path) -> None:
    """Write the page; raise AnSinhError when there is no such place, kind or form of file."""
    if kind not in KINDS:
        raise AnSinhError(f"There is no {kind!r} to print; kinds: {', '.join(KINDS)}")
    if out.suffix not in {".pdf", ".png"}:
        raise AnSinhError(f"{out}: the name of the file must end in .pdf or .png")
    key, to_send = place_key(place), out.suffix == ".png"
    data = example_table(library, key, day) if kind == "table" else leaflet_page(library, key, day, link)
    template = {"table": "example_table_phone" if to_send else "example_table", "leaflet": "leaflet"}[kind]
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
