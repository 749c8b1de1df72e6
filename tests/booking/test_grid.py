"""The calendar as a table: half an hour a row, and in each cell what begins then."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.booking.grid import Cell, Column, rows
from bot.booking.plans import Stretch, midnight
from bot.booking.rules import Appointment, Kind, State
from tests.booking.world import MONDAY, at


def appointment(starts_at: datetime, minutes: int) -> Appointment:
    ends_at = starts_at + timedelta(minutes=minutes)
    return Appointment(
        1, "AAAAAA", State.BOOKED, 1, 1, "c", 1, None, Kind.OFFICE, "other", starts_at, ends_at, None, "o", "a", "p", 0
    )


def work(starts: int, ends: int, field_day: int | None = None) -> Stretch:
    return Stretch(midnight(MONDAY) + starts * 60, midnight(MONDAY) + ends * 60, field_day)


def cells(*works: Stretch, found: tuple[Appointment, ...] = ()) -> dict[str, Cell]:
    return {at_: row[0] for at_, row in rows([Column("c", MONDAY, works, found)])}


def test_a_day_without_anything_still_shows_the_usual_hours_as_free_of_work() -> None:
    shown = cells()
    assert list(shown)[0] == "07:30" and list(shown)[-1] == "16:30" and not any(cell.works for cell in shown.values())


def test_work_in_an_office_and_on_a_field_day_is_told_apart() -> None:
    shown = cells(work(8, 9), work(9, 10, field_day=3))
    assert [shown[one].works for one in ("07:30", "08:30", "09:00", "10:00")] == ["", "office", "field", ""]


def test_an_appointment_stands_where_it_begins_and_goes_on_below() -> None:
    found = appointment(at(MONDAY, 8, 15), 30)
    shown = cells(work(8, 10), found=(found,))
    assert shown["08:00"].found == [found] and not shown["08:00"].busy
    assert shown["08:30"].found == [] and shown["08:30"].busy and not shown["09:00"].busy


def test_what_lies_outside_the_usual_hours_is_shown_too() -> None:
    early, late = appointment(at(MONDAY, 6, 50), 30), appointment(at(MONDAY, 19), 20)
    shown = cells(found=(early, late))
    assert shown["06:30"].found == [early] and shown["19:00"].found == [late] and list(shown)[-1] == "19:00"
