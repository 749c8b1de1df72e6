"""A report on paper and as a spreadsheet: PDF by Typst, XLSX by openpyxl."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.campaigns.waves.layout import Report, Row, Section, Table, shown
from bot.sheets.typeset import as_pdf

_FONT = "Times New Roman"
_SIDE = Side(style="thin")
_THIN = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_WIDE = 2  # the column of names
_WIDTHS = (5.0, 36.0, 19.0, *[13.0] * 10)
_SOURCE_WIDTHS = (12.0, 34.0, 28.0, 28.0, 12.0, 60.0)
_STAR = '#,##0"*"'


def pdf(report: Report, *, day: date) -> bytes:
    """Return the report as PDF, A4."""
    return as_pdf("wave_report", data(report), day=day)


def data(report: Report) -> dict[str, Any]:
    """Return the data of the template wave_report: every cell as it is printed."""
    found = asdict(report)
    found.pop("sources")
    found["sections"] = [asdict(one) | {"tables": [_table(table) for table in one.tables]} for one in report.sections]
    return found


def _table(table: Table) -> dict[str, Any]:
    numeric = [any(isinstance(row.cells[at], int | Decimal) for row in table.rows) for at in range(len(table.columns))]
    return {
        "title": table.title,
        "columns": list(table.columns),
        "wide": table.wide,
        "numeric": numeric,
        "rows": [{"kind": row.kind, "cells": _printed(table, row)} for row in table.rows],
        "notes": list(table.notes),
    }


def _printed(table: Table, row: Row) -> list[str]:
    return [
        shown(cell) + ("*" if row.example and at == table.starred and cell is not None else "")
        for at, cell in enumerate(row.cells)
    ]


def xlsx(report: Report, *, made: datetime) -> bytes:
    """Return the report as a spreadsheet: numbers stay numbers; a second page names the entries behind each figure."""
    book = Workbook()
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = report.page
    _set_up(page)
    width = max([6, *(len(table.columns) for section in report.sections for table in section.tables)])
    row = _head(page, report, width)
    for section in report.sections:
        row = _section(page, section, row, width)
    _foot(page, report, row + 1, width)
    _sources(book.create_sheet(report.sources.title), report.sources)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _set_up(page: Worksheet) -> None:
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.orientation = Worksheet.ORIENTATION_PORTRAIT
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    assert page.oddHeader is not None
    page.oddHeader.center.text = "&P"
    page.sheet_view.showGridLines = False
    _widths(page, _WIDTHS)


def _widths(page: Worksheet, widths: Sequence[float]) -> None:
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = width


def _line(
    page: Worksheet, row: int, first: int, last: int, text: str, *, bold: bool = False, italic: bool = False, centre: bool = False,
    signs: int = 100,
) -> None:  # fmt: skip
    """Write a text over some columns, as high as it needs."""
    page.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
    cell = _filled(page, row, first, text)
    cell.font = Font(name=_FONT, size=13, bold=bold, italic=italic)
    cell.alignment = Alignment(horizontal="center" if centre else "left", vertical="top", wrap_text=True)
    page.row_dimensions[row].height = max(page.row_dimensions[row].height or 0, 17.0 * (1 + len(text) // signs))


def _head(page: Worksheet, report: Report, width: int) -> int:
    left = width // 2 - 1
    for row, (mine, country, bold) in enumerate(
        [(report.parent, report.country, False), (report.issuer, report.motto, True)], 1
    ):
        _line(page, row, 1, left, mine, bold=bold, centre=True, signs=34)
        _line(page, row, left + 1, width, country, bold=True, centre=True, signs=44)
    _line(page, 3, 1, left, report.number, centre=True)
    _line(page, 3, left + 1, width, report.place_and_day, italic=True, centre=True)
    for row, text in ((5, report.title), (6, report.subject), (7, report.on_plan)):
        _line(page, row, 1, width, text, bold=row < 7, italic=row == 7, centre=True, signs=80)
    _line(page, 9, 1, width, report.intro, signs=88)
    return 10


def _section(page: Worksheet, section: Section, row: int, width: int) -> int:
    row += 1
    _line(page, row, 1, width, section.title, bold=True)
    for line in section.lines:
        row += 1
        _line(page, row, 1, width, line)
    for table in section.tables:
        row = _write_table(page, table, row + 1, width)
    return row + (5 if section.blank else 0)


def _write_table(page: Worksheet, table: Table, row: int, width: int) -> int:
    """Write a table so that its wide column is the page's, the second; return the row behind it."""
    first = 2 if table.wide == 0 else 1
    if table.title:
        _line(page, row, 1, width, table.title, italic=True)
        row += 1
    _cells(page, row, table.columns, first, bold=True, head=True)
    for each in table.rows:
        row += 1
        _cells(page, row, each.cells, first, bold=each.kind == "sum", part=each.kind == "part")
        if each.example and table.starred is not None:
            page.cell(row, table.starred + first).number_format = _STAR
    for note in table.notes:
        row += 1
        _line(page, row, 1, width, note, italic=True)
    return row + 1


def _filled(page: Worksheet, row: int, column: int, value: Any) -> Cell:
    """Return a cell with a value; words are words, though they begin as a formula does."""
    cell: Cell = page.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _cells(
    page: Worksheet, row: int, cells: Sequence[Any], first: int, *, bold: bool, head: bool = False, part: bool = False
) -> None:  # fmt: skip
    lines = 1
    for column, value in enumerate(cells, first):
        cell = _filled(page, row, column, float(value) if isinstance(value, Decimal) else value)
        cell.font, cell.border = Font(name=_FONT, size=12, bold=bold), _THIN
        side = "center" if head or column == 1 else "right" if isinstance(value, int | Decimal) else "left"
        indent = 2 if part and column == _WIDE else 0
        cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True, indent=indent)
        cell.number_format = "0.0" if isinstance(value, Decimal) else "#,##0" if isinstance(value, int) else "@"
        lines = max(lines, ceil(len(str(value or "")) / (page.column_dimensions[get_column_letter(column)].width - 2)))
    page.row_dimensions[row].height = 17.0 * lines


def _foot(page: Worksheet, report: Report, row: int, width: int) -> None:
    left = width // 2 - 1
    _line(page, row, left + 1, width, report.signer, bold=True, centre=True)
    for at, line in enumerate([report.to_title, *(f"- {one};" for one in report.to[:-1]), f"- {report.to[-1]}."]):
        _line(page, row + at, 1, left, line, bold=at == 0, italic=at == 0, signs=36)
    _line(page, row + len(report.to) + 3, 1, width, report.counted, italic=True)


def _sources(page: Worksheet, table: Table) -> None:
    _widths(page, _SOURCE_WIDTHS)
    page.page_setup.paperSize, page.page_setup.orientation = Worksheet.PAPERSIZE_A4, Worksheet.ORIENTATION_LANDSCAPE
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for at, cells in enumerate([table.columns, *(row.cells for row in table.rows)], 1):
        _cells(page, at, cells, 1, bold=at == 1, head=at == 1)
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
