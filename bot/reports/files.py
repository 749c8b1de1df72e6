"""A table as a file for a spreadsheet: nothing in it can run as a formula."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.citizens.lists.faults import harmless
from bot.reports.rules import HIDDEN, Cell, Table

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDEST = 60


def written(table: Table, form: str, *, about: str, made: datetime) -> bytes:
    """Return a table as a file of a form of FORMS; `about`: of which days and places it is."""
    return _csv(table) if form == "csv" else _xlsx(table, about, made)


def _plain(cell: Cell) -> str | int:
    return HIDDEN if cell is None else cell if isinstance(cell, int) else harmless(cell)


def _csv(table: Table) -> bytes:
    """Return UTF-8 with the mark by which Excel knows it."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow([_plain(cell) for cell in table.columns])
    rows.writerows([_plain(cell) for cell in row] for row in table.rows)
    return file.getvalue().encode("utf-8-sig")


def _xlsx(table: Table, about: str, made: datetime) -> bytes:
    book = Workbook()
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = "Báo cáo"
    rows: list[tuple[Cell, ...]] = [(table.title,), (about,), (table.note,), (), table.columns, *table.rows]
    for cells in rows:
        page.append([_plain(cell) for cell in cells])
    for cell in (page.cell(1, 1), *(page.cell(5, at) for at in range(1, len(table.columns) + 1))):
        cell.font = Font(bold=True)
    page.freeze_panes = "A6"
    for column, _ in enumerate(table.columns, 1):
        longest = max(len(str(row[column - 1])) for row in (table.columns, *table.rows))
        page.column_dimensions[get_column_letter(column)].width = min(longest + 3, _WIDEST)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
