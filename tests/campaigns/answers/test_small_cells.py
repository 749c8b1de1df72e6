"""No small count of a survey is shown, and none can be worked out: tried by solving what is shown in every way there is."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest

from bot.campaigns.answers.small_cells import ALL, FEWEST, Cell, hidden

Table = list[list[int]]  # a row a choice, a column a place


def counts_of(table: Table) -> dict[Cell, int]:
    found = {(f"c{row}", "p", f"v{at}"): people for row, line in enumerate(table) for at, people in enumerate(line)}
    return found | {(f"c{row}", ALL, ""): sum(line) for row, line in enumerate(table)}


def shown(table: Table) -> list[list[int | None]]:
    """Return the table with its column of all as it is read."""
    counts = counts_of(table)
    out = hidden(counts)
    rows = [
        [(f"c{row}", "p", f"v{at}") for at in range(len(line))] + [(f"c{row}", ALL, "")]
        for row, line in enumerate(table)
    ]
    return [[None if cell in out else counts[cell] for cell in row] for row in rows]


@pytest.mark.parametrize(
    ("table", "seen"),
    [
        ([[9, 8], [7, 12]], [[9, 8, 17], [7, 12, 19]]),
        ([[1, 1, 9], [20, 30, 40]], [[None, None, None, 11], [None, None, None, 90]]),  # the sum tells of two hidden ones
        ([[3, 0], [0, 9]], [[None, 0, None], [None, 9, 9]]),
    ],
)  # fmt: skip
def test_what_is_hidden_beside_a_small_count(table: Table, seen: list[list[int | None]]) -> None:
    read = shown(table)
    for row, line in enumerate(seen):
        for at, cell in enumerate(line):
            assert cell is not None or read[row][at] is None, f"{read}"


def test_nothing_is_hidden_where_no_count_is_small() -> None:
    assert hidden(counts_of([[9, 8, 0], [7, 12, 5], [0, 0, 6]])) == frozenset()


def test_of_a_place_where_few_answered_not_even_a_zero_is_shown() -> None:
    out = hidden(counts_of([[4, 30, 20], [0, 20, 40]]))
    assert {("c0", "p", "v0"), ("c1", "p", "v0")} <= out


def test_a_count_that_is_given_as_hidden_cannot_be_worked_out() -> None:
    given = [("c0", "p", "v0"), ("c0", "p", "v1"), ("c0", ALL, "")]
    out = hidden(counts_of([[9, 8], [7, 12], [30, 30]]), given)
    assert out > {*given} and len({cell for cell in out if cell[1:] == (ALL, "")}) > 1


@pytest.mark.parametrize("seed", range(100, 180))
def test_no_small_count_has_one_solution_alone(seed: int) -> None:
    dice = random.Random(seed)
    size = dice.randint(2, 3), dice.randint(2, 3)
    table = [[dice.choice([0, 0, 1, 1, 2, 3, 4, 5, 6, 9]) for _ in range(size[1])] for _ in range(size[0])]
    read = shown(table)
    assert all(cell is None or cell == 0 or cell >= FEWEST for line in read for cell in line)
    solutions = list(_solutions(table, read))
    assert table in solutions
    for row, line in enumerate(table):
        for at, people in enumerate(line):
            if 0 < people < FEWEST:
                assert len({one[row][at] for one in solutions}) > 1, f"{table} {read}"


def _solutions(table: Table, read: Sequence[Sequence[int | None]]) -> Iterator[Table]:
    """Yield every table that looks the same; how many answered in each place is known from the other questions."""
    rows = range(len(table))
    columns = [
        list(_column([line[at] for line in read], sum(line[at] for line in table))) for at in range(len(table[0]))
    ]

    def together(at: int, chosen: list[list[int]]) -> Iterator[Table]:
        if at == len(columns):
            found = [[column[row] for column in chosen] for row in rows]
            if all(read[row][-1] in (None, sum(found[row])) for row in rows):
                yield found
            return
        for column in columns[at]:
            yield from together(at + 1, [*chosen, column])

    yield from together(0, [])


def _column(read: Sequence[int | None], people: int) -> Iterator[list[int]]:
    """Yield what a column may hold; of one of which nothing but zeros is shown, zeros may be among the hidden."""
    yield from _rest(read, people, 1 if any(read) else 0)


def _rest(read: Sequence[int | None], people: int, least: int) -> Iterator[list[int]]:
    if not read:
        if people == 0:
            yield []
        return
    for first in range(least, people + 1) if read[0] is None else [read[0]]:
        if first <= people:
            for rest in _rest(read[1:], people - first, least):
                yield [first, *rest]
