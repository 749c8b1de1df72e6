"""Days and times as people type them. TODAY is Sunday 22 November 2026."""

from __future__ import annotations

import unicodedata
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.dates import find_dates, find_times
from bot.vn.text import fold
from tests.vn.test_numbers import TODAY

SUNDAY = TODAY
WEDNESDAY = date(2026, 11, 25)


def said(text: str, today: date = TODAY) -> list[str]:
    return [" ".join(day.strftime("%d.%m.%y") for day in found.choices) for found in find_dates(text, today)]


DAYS = {
    "12/12": "12.12.26",
    "12/8": "12.08.26 12.08.27",
    "ngày 12 tháng 8": "12.08.26 12.08.27",
    "12 tháng 12": "12.12.26",
    "1/7/2025": "01.07.25",
    "ngày 01/7/2025": "01.07.25",
    "12.8.2027": "12.08.27",
    "ngày 12 tháng 8 năm 2027": "12.08.27",
    "mùng 5 tháng sau": "05.12.26",
    "ngày 12 tháng này": "12.11.26",
    "ngày 25": "25.11.26",
    "ngày 20": "20.11.26 20.12.26",
    "ngày 1/2": "01.02.26 01.02.27",
    "hôm nay": "22.11.26",
    "hôm qua": "21.11.26",
    "mai": "23.11.26",
    "mai em qua": "23.11.26",
    "ngày mai": "23.11.26",
    "sáng mai": "23.11.26",
    "ngày kia": "24.11.26",
    "thứ hai": "23.11.26",
    "thứ hai tới": "23.11.26",
    "thứ tư": "25.11.26",
    "thứ 5 tuần này": "19.11.26",
    "thứ năm tuần sau": "26.11.26",
    "sáng thứ 7": "28.11.26",
    "chiều t6": "27.11.26",
    "chủ nhật": "22.11.26 29.11.26",
    "chủ nhật tới": "29.11.26",
    "cuối tuần sau": "28.11.26 29.11.26",
}


@pytest.mark.parametrize(("text", "days"), DAYS.items())
def test_a_day_is_read_with_and_without_diacritics_composed_or_not(text: str, days: str) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), fold(text)):
        assert said(typed) == [days], typed
        assert find_dates(typed, TODAY)[0].precision == "day"


def test_the_day_after_tomorrow_needs_its_diacritics() -> None:
    assert said("ngày mốt") == said("mốt") == ["24.11.26"]
    assert said("ngay mot") == []  # «ngày một» as well


def test_a_weekend_in_the_middle_of_the_week_has_two_days() -> None:
    assert said("cuối tuần", WEDNESDAY) == ["28.11.26 29.11.26"]


@pytest.mark.parametrize(
    ("text", "precision", "days"),
    [
        ("tháng 7/2025", "month", "01.07.25"),
        ("tháng 7 năm 2025", "month", "01.07.25"),
        ("tháng 12", "month", "01.12.26"),
        ("tháng 7", "month", "01.07.26 01.07.27"),
        ("tháng sau", "month", "01.12.26"),
        ("đầu tháng sau", "month", "01.12.26"),
        ("tuần sau", "week", "23.11.26"),
        ("đầu tuần tới", "week", "23.11.26"),
    ],
)
def test_a_month_or_week_is_its_first_day_and_says_so(text: str, precision: str, days: str) -> None:
    for typed in (text, fold(text).upper()):
        assert said(typed) == [days]
        assert find_dates(typed, TODAY)[0].precision == precision


@pytest.mark.parametrize(
    "text",
    [
        "31/2", "31/4/2027", "người thứ hai", "năm thứ 3", "thu 5 triệu", "thu nam 2025", "mùng 3 tết", "1/2", "24/7", "03/2020/NQ-HĐND",
        "mỗi tháng 2 lần", "tháng 5 triệu", "mai sau", "chị Mai có", "hai mươi mốt", "tu mot nam", "ba tháng sau", "mấy hôm nay", "3 ngày 2 đêm",
        "thứ tư tuần trước", "0900.000.000", "2-3 triệu", "6 tháng 2 triệu", "t7", "hàng tháng này", "năm 2025", "sinh 1985",
    ],
)  # fmt: skip
def test_what_is_no_day_is_not_taken_for_one(text: str) -> None:
    assert said(text) == []


def test_two_days_are_two() -> None:
    assert said("sáng thứ ba hoặc thứ năm tuần sau") == ["24.11.26", "26.11.26"]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_any_whole_date_is_that_day_whatever_today_is(day: date, today: date) -> None:
    for text in (
        day.strftime("ngày %d/%m/%Y"),
        f"{day.day}-{day.month}-{day.year}",
        day.strftime("%d tháng %m năm %Y"),
    ):
        assert [found.choices for found in find_dates(f"từ {text} ạ", today)] == [(day,)]


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_a_day_without_its_year_is_never_only_a_past_one(today: date) -> None:
    for text in ("12/8", "ngày 20", "thứ 2", "chủ nhật", "cuối tuần"):
        assert all(found.choices[-1] >= today for found in find_dates(text, today))


TIMES = {
    "3h": ["03:00 15:00", None],
    "8g": ["08:00 20:00", None],
    "15h30": ["15:30", None],
    "14:30": ["14:30", None],
    "12h": ["12:00", None],
    "10 giờ": ["10:00 22:00", None],
    "8 giờ 30 phút": ["08:30 20:30", None],
    "8 giờ rưỡi": ["08:30 20:30", None],
    "ba giờ chiều": ["15:00", "afternoon"],
    "3 giờ chiều": ["15:00", "afternoon"],
    "chiều mai tầm 3h": ["15:00", "afternoon"],
    "8h sáng": ["08:00", "morning"],
    "sáng thứ 2 lúc 9h": ["09:00", "morning"],
    "1h trưa": ["13:00", "noon"],
    "11h trưa": ["11:00", "noon"],
    "sáng": ["", "morning"],
    "chiều mai": ["", "afternoon"],
    "buổi tối": ["", "evening"],
}


@pytest.mark.parametrize(("text", "told"), TIMES.items())
def test_a_time_is_read_with_and_without_diacritics(text: str, told: list[str | None]) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), fold(text)):
        found = find_times(typed)
        assert [[" ".join(f"{at:%H:%M}" for at in each.choices), each.part] for each in found] == [told], typed


def test_the_evening_needs_its_diacritics() -> None:
    assert find_times("7h tối")[0].choices == (time(19),)
    assert find_times("7h toi")[0].choices == (time(7), time(19))  # «7h tôi …» as well


@pytest.mark.parametrize(
    "text",
    ["4g", "24h", "48 giờ", "8 giờ một ngày", "mấy h", "60t h sao", "tối đa", "bây giờ", "bay gio", "toi nay 50", "sang tên", "chiều dài", "10 năm giờ đóng tiếp"],
)  # fmt: skip
def test_what_is_no_time_of_day_is_not_taken_for_one(text: str) -> None:
    assert find_times(text) == []


def test_each_time_has_its_own_part_of_the_day() -> None:
    assert [each.choices for each in find_times("8h sáng đến 3h chiều")] == [(time(8),), (time(15),)]


@given(st.times(), st.sampled_from(["{:%H:%M}", "{:%H}h{:%M}", "{:%H}g{:%M}", "{:%H} giờ {:%M} phút"]))
def test_any_time_of_day_is_among_what_it_may_mean(at: time, style: str) -> None:
    at = at.replace(second=0, microsecond=0)
    (found,) = find_times(f"lúc {style.format(at, at)} ạ")
    assert at in found.choices
