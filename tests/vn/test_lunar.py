"""The lunar calendar of Vietnam against the days of Tết as they were and will be kept, and against itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.lunar import FIRST, LAST, LunarDay, to_lunar, to_solar

# As in the public holidays of Vietnam; 2007 and 2030 differ from China by a day.
TET = """
2000-02-05 2001-01-24 2002-02-12 2003-02-01 2004-01-22 2005-02-09 2006-01-29 2007-02-17 2008-02-07 2009-01-26 2010-02-14
2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12
2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02 2031-01-23 2032-02-11
2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 2040-02-12
"""
LEAP_MONTHS = {
    2001: 4, 2004: 2, 2006: 7, 2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11,
    2036: 6, 2039: 5,
}  # fmt: skip
DAYS = st.dates(FIRST, LAST)


@pytest.mark.parametrize("day", [date.fromisoformat(day) for day in TET.split()])
def test_tet_is_on_the_day_it_is_kept(day: date) -> None:
    assert to_lunar(day) == LunarDay(day.year, 1, 1)
    assert to_solar(LunarDay(day.year, 1, 1)) == day


def test_in_1968_and_1985_tet_was_not_on_the_day_of_the_chinese_new_year() -> None:
    assert to_solar(LunarDay(1968, 1, 1)) == date(1968, 1, 29)
    assert to_solar(LunarDay(1985, 1, 1)) == date(1985, 1, 21)


def test_the_years_of_thirteen_months_have_their_leap_month() -> None:
    days = (date(2000, 2, 5) + timedelta(number) for number in range(40 * 366))
    assert {day.year: day.month for day in map(to_lunar, days) if day.leap and day.year <= 2040} == LEAP_MONTHS


@pytest.mark.parametrize(
    ("solar", "lunar"),
    [
        (date(2026, 9, 25), LunarDay(2026, 8, 15)),  # Trung thu
        (date(2026, 4, 26), LunarDay(2026, 3, 10)),  # Giỗ Tổ
        (date(2027, 1, 30), LunarDay(2026, 12, 23)),  # ông Táo
        (date(2025, 7, 25), LunarDay(2025, 6, 1, leap=True)),
    ],
)
def test_a_lunar_feast_is_on_its_solar_day(solar: date, lunar: LunarDay) -> None:
    assert to_lunar(solar) == lunar
    assert to_solar(lunar) == solar


@given(DAYS)
def test_there_and_back_is_the_same_day(day: date) -> None:
    assert to_solar(to_lunar(day)) == day


@given(DAYS.filter(lambda day: day < LAST))
def test_the_next_day_is_the_next_of_the_month_or_a_first(day: date) -> None:
    today, tomorrow = to_lunar(day), to_lunar(day + timedelta(1))
    assert tomorrow.day == today.day + 1 or (tomorrow.day == 1 and today.day in {29, 30})


def test_a_day_that_the_month_does_not_have_is_none() -> None:
    assert to_solar(LunarDay(2026, 12, 30)) is None  # the last day of the year is the 29th
    assert to_solar(LunarDay(2026, 6, 1, leap=True)) is None
    assert to_solar(LunarDay(2026, 1, 31)) is None


def test_what_was_not_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="2199"):
        to_lunar(date(2199, 1, 1))
