"""The names on a report: of units, organisations, measures and columns, and the cells of a line of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.answers.library import Library
from bot.campaigns.waves.layout import Cell, Row
from bot.sheets.words import say

Figures = dict[str, Any]


def low(name: str) -> str:
    """Return a name as it stands inside a sentence."""
    return name[:1].lower() + name[1:]


def unit_name(figures: Figures, unit: str) -> str:
    """Return the name of a unit."""
    return next((str(one["name"]) for one in figures["units"] if one["key"] == unit), unit)


def organisation_name(figures: Figures, key: str) -> str:
    """Return the name of an organisation."""
    return next((str(one["name"]) for one in figures["organisations"] if one["key"] == key), key)


def measure_name(library: Library, measure: str) -> str:
    """Return what a measure is called."""
    return say(library, f"wave_measure_{measure}")


def titles(library: Library, *names: str) -> list[str]:
    """Return the titles of columns."""
    return [say(library, f"wave_column_{name}") for name in names]


def line_cells(line: Figures) -> list[Cell]:
    """Return the cells of a line of the ledger: target, done, remaining, per cent."""
    per_cent = None if line["percent"] is None else Decimal(line["percent"])
    return [line["target"], line["done"], line["remaining"], per_cent]


def line_row(place: Cell, name: str, line: Figures, kind: str) -> Row:
    """Return a line of the ledger as a row with its place and name."""
    return Row([place, name, *line_cells(line)], kind, line["example"])


def example_note(library: Library, rows: Sequence[Row]) -> list[str]:
    """Return the note that some targets are examples, if some are."""
    return [say(library, "wave_example")] if any(row.example for row in rows) else []


def table_title(library: Library, measure: str) -> str:
    """Return the title of a measure's table."""
    return say(
        library, "wave_table", measure=measure_name(library, measure), unit=say(library, f"wave_unit_{measure}")
    )  # fmt: skip
