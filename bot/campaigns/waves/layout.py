"""A report as headings, lines and tables, before it becomes paper or a spreadsheet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.vn import show

Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: a sum stands out, a part of the row above is set in."""

    cells: Sequence[Cell]
    kind: str = "plain"  # or sum, part
    example: bool = False  # its target is an example figure


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `wide` tells which column takes the room that is left, `starred` which one bears the mark of examples."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    wide: int = 1
    starred: int | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of some level with what stands below it."""

    title: str
    level: int = 1
    lines: Sequence[str] = ()
    tables: Sequence[Table] = ()
    blank: bool = False  # to be written by hand


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    parent: str
    issuer: str
    country: str
    motto: str
    number: str
    place_and_day: str
    title: str
    subject: str
    on_plan: str
    intro: str
    sections: Sequence[Section]
    to_title: str
    to: Sequence[str]
    signer: str
    counted: str
    page: str
    sources: Table = field(default_factory=lambda: Table("", (), ()))


def shown(cell: Cell) -> str:
    """Return a cell as it is printed: «1.234», «87,5» per cent, «–» for nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, Decimal):
        return f"{cell:.1f}".replace(".", ",")
    return show.grouped(cell) if isinstance(cell, int) else cell
