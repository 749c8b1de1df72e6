"""A campaign's numbers for everybody: no person in them, no small cell, and none that can be worked out from the others."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from bot.campaigns.numbers import FIGURES, OUTCOMES, Numbers, Tally

FEWEST = 5  # people in a cell; fewer could be somebody
HIDDEN = "*"  # fewer than five, or hidden so that nobody can work those out
SHOWN = ("province", "situation", "variant", "channel", "hour")  # communes are too small, reasons too telling
Cell = tuple[str, str]  # value of the dimension or ALL, figure
ALL = "all"


def as_csv(key: str, found: Numbers) -> str:
    """Return the numbers as CSV: campaign, dimension, value, and each figure or «*»."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["campaign", "dimension", "value", *FIGURES])
    for dimension, value, cells in lines(found):
        rows.writerow([key, dimension, value, *cells])
    return file.getvalue()


def lines(found: Numbers) -> Iterator[tuple[str, str, list[str]]]:
    """Yield dimension, value and cells; the whole first. What is hidden of the whole is hidden everywhere."""
    tables = {name: {**found.by[name], ALL: found.all} for name in SHOWN}
    hidden: set[tuple[str, str, str]] = set()
    while True:
        before = len(hidden)
        for name, table in tables.items():
            cells = {(value, figure) for dimension, value, figure in hidden if dimension in (name, ALL)}
            for value, figure in _hidden(table, cells):
                hidden.add((ALL if value == ALL else name, value, figure))
        if len(hidden) == before:
            break
    yield ALL, ALL, _cells(found.all, {figure for dimension, _, figure in hidden if dimension == ALL})
    for name in SHOWN:
        for value, tally in found.by[name].items():
            yield name, value, _cells(tally, {f for dimension, v, f in hidden if (dimension, v) == (name, value)})


def _cells(tally: Tally, hidden: set[str]) -> list[str]:
    return [HIDDEN if figure in hidden else str(getattr(tally, figure)) for figure in FIGURES]


def _hidden(table: Mapping[str, Tally], hidden: set[Cell]) -> set[Cell]:
    """Return the cells of one table to hide: the small ones, and as many more as keep a small one from being worked out."""
    numbers = {(value, figure): getattr(tally, figure) for value, tally in table.items() for figure in FIGURES}
    hidden = hidden | {cell for cell, number in numbers.items() if 0 < number < FEWEST}
    sums = list(_sums(table))
    while True:
        more = [cell for sum_ in sums for cell in _one_more(sum_, numbers, hidden)]
        if not more:
            return hidden
        hidden = hidden | set(more[:1])


def _sums(table: Mapping[str, Tally]) -> Iterator[list[Cell]]:
    """Yield what adds up: the outcomes of a row to its planned, the rows of a figure to the whole."""
    for value in table:
        yield [(value, figure) for figure in ("planned", *OUTCOMES)]
    for figure in FIGURES:
        yield [(value, figure) for value in table]


def _one_more(sum_: list[Cell], numbers: Mapping[Cell, int], hidden: set[Cell]) -> Iterable[Cell]:
    """Return the cell to hide so that what is hidden of a sum is never a single cell, nor so few people."""
    lost = [cell for cell in sum_ if cell in hidden]
    if not lost or (len(lost) > 1 and sum(numbers[cell] for cell in lost) >= 2 * FEWEST):
        return ()
    left = [cell for cell in sum_ if cell not in hidden]
    return sorted(left, key=lambda cell: (numbers[cell] == 0, numbers[cell], cell))[:1]
