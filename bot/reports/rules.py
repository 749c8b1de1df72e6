"""What a report may show to whom, and how it is read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.campaigns.open_data import FEWEST
from bot.staff.rules import Right, Staff

ROUNDED_TO = 5
Cell = str | int | None
HIDDEN = f"dưới {FEWEST}"


@dataclass(frozen=True, slots=True)
class Table:
    """A report as it is read and taken away; None is a number too small to be shown."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def exact(staff: Staff) -> bool:
    """Tell whether somebody sees every number: those who answer for campaigns do; who only reads gets no small ones."""
    return staff.may(Right.HOLD_CAMPAIGNS)


def guarded(number: int, whole: bool) -> int | None:
    """Return a number of people for those who only read: none below five, others to the nearest five.

    All are rounded, also sums: otherwise a small one could be worked out from the others, or from a period one day longer.
    """
    if whole or number == 0:
        return number
    return None if number < FEWEST else ROUNDED_TO * round(number / ROUNDED_TO)


def told(cell: Cell) -> str:
    """Return a cell as it is read."""
    return HIDDEN if cell is None else f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell


def share(part: int | None, whole: int | None) -> Cell:
    """Return a share in whole per cent; nothing where either is hidden or there is nothing."""
    return "–" if part is None or not whole else f"{round(100 * part / whole)}%"


def numbers_of(table: Table, column: int) -> Sequence[int | None]:
    """Return the numbers of a column, for its chart."""
    return [cell if isinstance(cell, int) else None for cell in (row[column] for row in table.rows)]
