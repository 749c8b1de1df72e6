"""Which counts of a question are hidden, so that no small one is shown and none can be worked out from the others. Pure.

Whoever reads knows three things: what is shown; that the counts of all places (or of all situations) add up to the count of
all; and, from the other questions, how many people of a place answered. So hidden counts of a sum must be at least two, and
large enough together that each of them may be as large as one that is shown: of two hidden counts of 1 the sum would tell.
What all sums together tell by elimination is hidden too; what only inequalities over several of them narrow down is not sought.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction

FEWEST = 5  # people; fewer might be known by what they answered
ALL = "all"
Cell = tuple[str, str, str]  # choice, what it is counted by (ALL: of all), the place or situation
Counts = Mapping[Cell, int]


def hidden(counts: Counts, given: Collection[Cell] = ()) -> frozenset[Cell]:
    """Return the cells of one question that are not shown; `given`: cells that may not be shown whatever they hold.

    `counts`: every choice for every place and situation, 0 included, and for (choice, ALL, "").
    """
    found = {cell for cell, people in counts.items() if 0 < people < FEWEST} | {*given} | {*_of_few(counts)}
    lines = [*_columns(counts), *_rows(counts)]
    while more := next(_more(counts, lines, found), None):
        found.add(more)
    return frozenset(found)


def _more(counts: Counts, lines: Sequence[Sequence[Cell]], found: Collection[Cell]) -> Iterator[Cell]:
    """Yield what must be hidden too, as long as a hidden count can be worked out."""
    for line in lines:
        yield from _one_more(counts, line, found)
    for told in sorted(_solved(lines, found)):
        if counts[told] < FEWEST:
            yield from _beside(counts, told, found)


def _of_few(counts: Counts) -> Iterator[Cell]:
    """Yield every cell, zeros too, of a place or situation of which fewer than five answered: zeros would tell what they chose."""
    for column in _columns(counts):
        if 0 < sum(counts[cell] for cell in column) < FEWEST:
            yield from column


def _columns(counts: Counts) -> list[Sequence[Cell]]:
    places = dict.fromkeys((by, value) for _, by, value in counts)
    return [[cell for cell in counts if cell[1:] == place] for place in places]


def _rows(counts: Counts) -> list[Sequence[Cell]]:
    """Return for each choice, and each way of counting, the count of all and its parts."""
    ways = dict.fromkeys((choice, by) for choice, by, _ in counts if by != ALL)
    return [[(choice, ALL, ""), *(cell for cell in counts if cell[:2] == (choice, by))] for choice, by in ways]


def _one_more(counts: Counts, line: Sequence[Cell], found: Collection[Cell]) -> Iterator[Cell]:
    """Yield a cell that must be hidden too, so that no hidden one of a line is told by the rest of it."""
    whole = [cell for cell in line if cell[1] == ALL] if any(cell[1] != ALL for cell in line) else []
    parts = [cell for cell in line if cell not in whole]
    out = [cell for cell in parts if cell in found]
    shown = sorted((counts[cell], cell) for cell in parts if cell not in found and counts[cell])
    if whole and whole[0] in found:
        if not out and shown:
            yield shown[0][1]
    elif out and not _enough(counts, out):
        if shown:
            yield shown[0][1]
        elif whole:
            yield whole[0]
        else:
            yield from (cell for cell in parts if cell not in found)


def _enough(counts: Counts, out: Sequence[Cell]) -> bool:
    return len(out) > 1 and sum(counts[cell] for cell in out) - (len(out) - 1) >= FEWEST


def _beside(counts: Counts, told: Cell, found: Collection[Cell]) -> Iterator[Cell]:
    """Yield the cells that could be hidden to keep one from being worked out: the smallest first, its own row and column first."""
    near = {cell: cell[0] == told[0] or cell[1:] == told[1:] for cell in counts}
    shown = (cell for cell in counts if cell not in found)
    yield from sorted(shown, key=lambda cell: (not counts[cell], not near[cell], counts[cell], cell))


def _solved(lines: Sequence[Sequence[Cell]], found: Collection[Cell]) -> set[Cell]:
    """Return the hidden cells that the sums of all lines together tell, by elimination."""
    sums: dict[Cell, dict[Cell, Fraction]] = {}  # by the cell that each is solved for; no other holds that cell
    for line in lines:
        left = {
            cell: Fraction(-1 if cell[1] == ALL and len({c[1] for c in line}) > 1 else 1)
            for cell in line
            if cell in found
        }
        for cell in [cell for cell in left if cell in sums]:
            _take_off(left, sums[cell], left[cell])
        if not left:
            continue
        pivot, factor = next(iter(left.items()))
        left = {cell: value / factor for cell, value in left.items()}
        for other in sums.values():
            if pivot in other:
                _take_off(other, left, other[pivot])
        sums[pivot] = left
    return {cell for cell, left in sums.items() if len(left) == 1}


def _take_off(left: dict[Cell, Fraction], other: Mapping[Cell, Fraction], times: Fraction) -> None:
    for cell, value in other.items():
        rest = left.get(cell, Fraction(0)) - times * value
        if rest:
            left[cell] = rest
        else:
            left.pop(cell, None)
