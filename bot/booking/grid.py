"""The calendar as a table: half an hour a row, a consultant or a day a column. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.booking.plans import Stretch, midnight, minute_of
from bot.booking.rules import Appointment

HALF = 30  # minutes of a row
USUAL = (7 * 60 + 30, 17 * 60)  # minutes of the day that are shown in any case


@dataclass(frozen=True, slots=True)
class Column:
    """A consultant's day, or a day of an office."""

    title: str
    day: date
    works: Sequence[Stretch]
    found: Sequence[Appointment]
    link: str = ""
    why: str = ""  # nobody works on that day: the holiday's name
    who: int | None = None  # of one consultant: their number


@dataclass(frozen=True, slots=True)
class Cell:
    """What happens in half an hour: whether somebody works (office, field, nobody: empty), and what begins then."""

    works: str
    at: int  # when it begins, in minutes since 1970
    who: int | None  # whose it is, where the column is one consultant's
    found: list[Appointment] = field(default_factory=list)
    busy: bool = False  # an appointment that began before goes on


def rows(columns: Sequence[Column]) -> list[tuple[str, list[Cell]]]:
    """Return the rows, each with the time at which it begins and a cell for each column."""
    starts, ends = _shown(columns)
    return [
        (f"{at // 60:02}:{at % 60:02}", [_cell(column, at) for column in columns]) for at in range(starts, ends, HALF)
    ]


def _shown(columns: Iterable[Column]) -> tuple[int, int]:
    """Return from which minute of the day until before which there is something to show."""
    minutes = [*USUAL]
    for column in columns:
        base = midnight(column.day)
        for one in column.works:
            minutes += [one.starts - base, one.ends - base]
        for each in column.found:
            minutes += [minute_of(each.starts_at) - base, minute_of(each.ends_at) - base]
    return min(minutes) // HALF * HALF, max(minutes)


def _cell(column: Column, at: int) -> Cell:
    starts = midnight(column.day) + at
    ends = starts + HALF
    works = [one for one in column.works if one.starts < ends and starts < one.ends]
    begun = [each for each in column.found if starts <= minute_of(each.starts_at) < ends]
    goes_on = any(minute_of(each.starts_at) < starts < minute_of(each.ends_at) for each in column.found)
    return Cell(_place(works), starts, column.who, begun, goes_on)


def _place(works: Collection[Stretch]) -> str:
    if not works:
        return ""
    return "field" if all(one.field_day is not None for one in works) else "office"
