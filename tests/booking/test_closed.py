"""Public holidays against the sky and against what was published; what the Government decides of a day outranks both."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.booking.closed import SpecialDay, name, weekdays
from tests.booking.moon import lunar

# As published; in 2007 and 2030 the Chinese new year is a day later, in 1985 it was a month later.
NEW_YEARS = [
    date(1985, 1, 21), date(2007, 2, 17), date(2020, 1, 25), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
    date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 2), date(2033, 1, 31),
]  # fmt: skip
SATURDAY, MONDAY = date(2026, 8, 22), date(2026, 8, 31)


@pytest.mark.parametrize("published", NEW_YEARS, ids=str)
def test_the_computation_finds_the_published_new_years(published: date) -> None:
    assert lunar(published.year, 1) == published


@pytest.mark.parametrize("year", range(2014, 2051))
def test_nobody_works_at_tet_and_on_the_day_of_the_hung_kings(year: int) -> None:
    new_year, hung_kings = lunar(year, 1), lunar(year, 3) + timedelta(days=9)
    for day in [*(new_year + timedelta(days=number) for number in range(-1, 4)), hung_kings]:
        assert weekdays(day, {}) == (), day
    assert "Tết Nguyên Đán" in str(name(new_year, {}))
    assert "Hùng Vương" in str(name(hung_kings, {}))


@pytest.mark.parametrize("year", range(2022, 2051))
def test_a_year_has_as_many_weekdays_off_as_the_law_gives(year: int) -> None:
    """Điều 112 Bộ luật Lao động 2019: 11 days, Điều 111: a day that falls on the weekend is given back; 24/11 since 2026."""
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    off = [day for day in days if day.year == year and day.weekday() < 5 and not weekdays(day, {})]
    exchanged = {2024: 1, 2025: 1, 2026: 1}.get(year, 0)
    assert len(off) == (11 if year < 2026 else 12) + exchanged


def test_a_weekend_worked_in_exchange_is_worked_like_the_day_off() -> None:
    assert weekdays(MONDAY, {}) == ()
    assert weekdays(SATURDAY, {}) == (5, 0)
    assert weekdays(SATURDAY + timedelta(days=7), {}) == (5,)


def test_what_was_decided_of_a_day_outranks_the_calendar() -> None:
    decided = {
        MONDAY: SpecialDay(True, None, "làm việc bình thường"),
        SATURDAY: SpecialDay(False, None, "nghỉ"),
        date(2027, 2, 3): SpecialDay(False, None, "nghỉ Tết sớm"),
        date(2027, 1, 30): SpecialDay(True, 2, "làm bù"),
    }
    assert weekdays(MONDAY, decided) == (0,)
    assert weekdays(SATURDAY, decided) == ()
    assert name(date(2027, 2, 3), decided) == "nghỉ Tết sớm"
    assert weekdays(date(2027, 1, 30), decided) == (5, 2)
    assert name(date(2027, 1, 29), decided) is None
