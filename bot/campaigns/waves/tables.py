"""The tables of targets on a report: overview, by unit and organisation, by wave, what is short, the entries behind it all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.answers.library import Library
from bot.campaigns.waves.layout import Row, Section, Table
from bot.campaigns.waves.naming import (
    example_note,
    line_cells,
    line_row,
    low,
    measure_name,
    organisation_name,
    table_title,
    titles,
    unit_name,
)
from bot.sheets.words import say
from bot.vn import show

Figures = dict[str, Any]
_IN_A_CELL = 400  # spans of entries


def overview(library: Library, figures: Figures) -> Table:
    """Return the table of all measures for the whole."""
    lines = [(one["measure"], _whole(figures, one)) for one in figures["tables"]]
    rows = [
        Row(
            [place, measure_name(library, measure), say(library, f"wave_unit_{measure}"), *line_cells(line)],
            example=line["example"],
        )
        for place, (measure, line) in enumerate(lines, 1)
    ]
    names = titles(library, "number", "content", "in", "target", "done", "remaining", "percent")
    return Table("", names, rows, starred=3, notes=example_note(library, rows))


def _whole(figures: Figures, table: Figures) -> Figures:
    """Return the line of the whole unit; of a year, the sum of its waves."""
    if figures["kind"] == "wave":
        return next(line for line in table["lines"] if line["organisation"] is None)
    line: Figures = table["rows"][0]["all"]
    return line


def unit_table(library: Library, figures: Figures, table: Figures) -> Table:
    """Return a measure's table by unit and organisation."""
    rows, place = [], 0
    for line in table["lines"]:
        if line["organisation"] is not None:
            rows.append(line_row("", organisation_name(figures, line["organisation"]), line, "part"))
        elif line["unit"] == figures["unit"]:
            whole = say(library, "wave_all_of", unit=low(unit_name(figures, line["unit"])))
            rows.append(line_row("", whole, line, "sum"))
        else:
            place += 1
            rows.append(line_row(place, unit_name(figures, line["unit"]), line, "plain"))
    notes = [*example_note(library, rows), *_parts_notes(library, figures, table["lines"])]
    names = titles(library, "number", "unit", "target", "done", "remaining", "percent")
    return Table(table_title(library, table["measure"]), names, rows, starred=2, notes=notes)


def _parts_notes(library: Library, figures: Figures, lines: Sequence[Figures]) -> Iterator[str]:
    for line in lines:
        if line["parts"] is not None and line["organisation"] is None:
            unit, number, parts = low(unit_name(figures, line["unit"])), line["target"], line["parts"]
            yield say(library, "wave_parts", unit=unit, number=show.grouped(number), parts=show.grouped(parts))


def year_table(library: Library, figures: Figures, table: Figures) -> Table:
    """Return a measure's table by unit and wave."""
    rows = []
    for place, one in enumerate(table["rows"]):
        added = one["all"]
        whole = one["unit"] == figures["unit"]
        name = unit_name(figures, one["unit"])
        name = say(library, "wave_all_of", unit=low(name)) if whole else name
        cells = ["" if whole else place, name, *(line["done"] for line in one["waves"]), *line_cells(added)]
        rows.append(Row(cells, "sum" if whole else "plain", added["example"]))
    waves = [wave["name"] for wave in figures["waves"]]
    names = [
        *titles(library, "number", "unit"),
        *waves,
        *titles(library, "target", "done", "remaining", "percent"),
    ]
    starred = 2 + len(waves)
    notes = example_note(library, rows)
    return Table(table_title(library, table["measure"]), names, rows, starred=starred, notes=notes)


def shortcomings(library: Library, figures: Figures) -> Section:
    """Return the units that have not reached their targets: figures alone."""
    title = say(library, "wave_shortcomings")
    if not figures["short"]:
        return Section(title, 1, [say(library, "wave_nothing_short")])
    rows = [
        Row([place, measure_name(library, line["measure"]), unit_name(figures, line["unit"]), *line_cells(line)], example=line["example"])
        for place, line in enumerate(figures["short"], 1)
    ]  # fmt: skip
    names = titles(library, "number", "content", "unit", "target", "done", "remaining", "percent")
    notes = example_note(library, rows)
    return Section(title, 1, (), [Table(say(library, "wave_short"), names, rows, starred=3, notes=notes)])


def sources(library: Library, figures: Figures) -> Table:
    """Return which entries stand behind each figure."""
    rows = [
        row
        for table in figures["tables"]
        for line in _all_lines(figures, table)
        if line["entries"]
        for row in _source_rows(library, figures, line)
    ]
    names = titles(library, "wave", "content", "unit", "organisation", "done", "entries")
    return Table(say(library, "wave_sources"), names, rows, wide=5)


def _source_rows(library: Library, figures: Figures, line: Figures) -> Iterator[Row]:
    """Yield a line with its entries, in as many rows as a spreadsheet's cells need."""
    organisation = organisation_name(figures, line["organisation"]) if line["organisation"] else ""
    found = line["entries"].split(", ")
    head = [line["wave"], measure_name(library, line["measure"]), unit_name(figures, line["unit"]), organisation]
    for first in range(0, len(found), _IN_A_CELL):
        done = line["done"] if first == 0 else None
        yield Row([*head, done, ", ".join(found[first : first + _IN_A_CELL])])


def _all_lines(figures: Figures, table: Figures) -> Iterator[Figures]:
    names = [wave["name"] for wave in figures["waves"]]
    if figures["kind"] == "wave":
        yield from (line | {"wave": names[0]} for line in table["lines"])
        return
    for row in table["rows"]:
        yield from (line | {"wave": name} for name, line in zip(names, row["waves"], strict=True))
