"""A table as a file, for a spreadsheet or on paper: nothing in it can run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.citizens.lists.faults import harmless
from bot.clock import VIETNAM, day_in_vietnam
from bot.reports.rules import HIDDEN, Cell, Table, told
from bot.sheets.typeset import as_pdf
from bot.vn import show

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
GUARDED = "Số dưới 5 người không hiện; số khác làm tròn đến 5, để không ai bị nhận ra."
_WIDEST = 60
_ACROSS = 6  # columns; a table with more lies across the page


def written(table: Table, form: str, *, about: str, made: datetime, notes: Sequence[str] = ()) -> bytes:
    """Return a table as a file of a form of FORMS; `about`: of which days and places it is; `notes`: how it is read."""
    if form == "csv":
        return _csv(table)
    said = [note for note in (table.note, *notes) if note]
    return _xlsx(table, about, made, said) if form == "xlsx" else as_pdf("report_table", page(table, about, made, said), day=day_in_vietnam(made))  # fmt: skip


def page(table: Table, about: str, made: datetime, notes: Sequence[str]) -> dict[str, Any]:
    """Return the data of the template report_table: every cell as it is printed."""
    moment = made.astimezone(VIETNAM)
    return {
        "title": table.title,
        "about": about,
        "made": f"Lập lúc {moment:%H:%M} ngày {show.day(moment.date())}",
        "footer": f"An Sinh – {table.title}",
        "empty": "Chưa có số liệu.",
        "across": len(table.columns) > _ACROSS,
        "wide": 0,
        "columns": list(table.columns),
        "numeric": [_numeric(table, at) for at in range(len(table.columns))],
        "rows": [[told(cell) for cell in row] for row in table.rows],
        "notes": list(notes),
    }


def _numeric(table: Table, column: int) -> bool:
    return column > 0 and any(not isinstance(row[column], str) for row in table.rows)


def _plain(cell: Cell) -> str | int:
    return HIDDEN if cell is None else cell if isinstance(cell, int) else harmless(cell)


def _csv(table: Table) -> bytes:
    """Return UTF-8 with the mark by which Excel knows it."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow([_plain(cell) for cell in table.columns])
    rows.writerows([_plain(cell) for cell in row] for row in table.rows)
    return file.getvalue().encode("utf-8-sig")


def _xlsx(table: Table, about: str, made: datetime, notes: Sequence[str]) -> bytes:
    book = Workbook()
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = "Báo cáo"
    rows: list[tuple[Cell, ...]] = [(table.title,), (about,), (" ".join(notes),), (), table.columns, *table.rows]
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
