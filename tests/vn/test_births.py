"""When people say they were born."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.births import Birth, find_birth, impossible_date, read_birth
from bot.vn.text import fold, nfc
from tests.vn.test_numbers import TODAY

Day = tuple[int, int | None, int | None]


def days(births: list[Birth]) -> list[Day]:
    return [(birth.year, birth.month, birth.day) for birth in births]


BORN: dict[str, Day] = {
    "sinh 1985": (1985, None, None),
    "sinh năm 1985": (1985, None, None),
    "sinh năm 85": (1985, None, None),
    "sn 85": (1985, None, None),
    "sn 1979": (1979, None, None),
    "s/n 1990": (1990, None, None),
    "năm sinh: 1980": (1980, None, None),
    "sinh năm 05": (2005, None, None),
    "sinh năm tám lăm": (1985, None, None),
    "sinh năm bảy mươi hai": (1972, None, None),
    "sinh năm tám chín": (1989, None, None),
    "sinh năm năm tám": (1958, None, None),
    "sinh năm một chín tám lăm": (1985, None, None),
    "sinh năm hai nghìn": (2000, None, None),
    "sinh năm hai nghìn không trăm lẻ năm": (2005, None, None),
    "sinh ngày 12/3/1985": (1985, 3, 12),
    "sinh 12-03-1985": (1985, 3, 12),
    "sinh 12/3/85": (1985, 3, 12),
    "NS: 12.3.85": (1985, 3, 12),
    "ngày sinh 05/06/1979": (1979, 6, 5),
    "sinh ngày 12 tháng 3 năm 1985": (1985, 3, 12),
    "sinh tháng 3 năm 1985": (1985, 3, None),
    "sn 3/1985": (1985, 3, None),
    "12-03-1985": (1985, 3, 12),
    "nữ 1985": (1985, None, None),
    "nữ, 12/3/1985": (1985, 3, 12),
    "1985, nữ": (1985, None, None),
    "nam, 1980": (1980, None, None),
}


@pytest.mark.parametrize(("text", "born"), BORN.items())
def test_a_birth_is_read_with_and_without_diacritics_composed_or_not(text: str, born: Day) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), fold(text)):
        found = find_birth(typed, TODAY)
        assert days(found) == [born], typed
        assert not found[0].from_age


AGES = {
    "41 tuổi": 1985,
    "em 41t": 1985,
    "41 t": 1985,
    "năm nay 58": 1968,
    "năm nay em 58": 1968,
    "nay 60 rồi": 1966,
    "năm nay em 41 tuổi": 1985,
    "bốn mươi chín tuổi": 1977,
    "hai tám tuổi": 1998,
    "năm chín tuổi": 1967,
    "61 tuổi 6 tháng": 1965,
    "61t6th": 1965,
}


@pytest.mark.parametrize(("text", "year"), AGES.items())
def test_an_age_gives_the_year_of_birth(text: str, year: int) -> None:
    for typed in (text, fold(text).upper()):
        assert [(birth.year, birth.from_age) for birth in find_birth(typed, TODAY)] == [(year, True)], typed


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("vợ em 50 tuổi, em 52 tuổi", [1976, 1974]),
        ("chồng em sn 67, em sn 70", [1967, 1970]),
        ("nữ sinh 1970 còn chồng 61 tuổi", [1970, 1965]),
    ],
)
def test_two_people_are_two_births_in_order(text: str, years: list[int]) -> None:
    assert [birth.year for birth in find_birth(text, TODAY)] == years


@pytest.mark.parametrize(
    "text",
    [
        "tuổi con rồng", "tuổi Giáp Tý", "sinh viên năm 2", "sinh hai con", "sinh 2 con", "sinh con năm 2026", "em sinh tháng 3/2026",
        "dự sinh 12/2025", "sinh ngày 12/10", "đủ 60 tuổi", "từ 75 tuổi trở lên", "đến 60 tuổi", "dưới 50 tuổi", "nghỉ hưu lúc 62 tuổi",
        "tuổi nghỉ hưu là 62 tuổi", "Việt Nam 1975", "nam 2026 dong bao nhieu", "từ năm 1992", "nam 1992 toi nghi", "năm nay 15 năm rồi",
        "năm nay 12 triệu", "45-50 tuổi", "mỗi năm tuổi nghỉ hưu tăng", "ngoài 50 tuổi", "130 tuổi", "sinh năm 2030", "sinh năm 1890",
        "sinh 31/2/1985", "31/4/1970", "để sau", "de sau", "đóng từ 01/01/1995 đến nay", "dong 5t",
    ],
)  # fmt: skip
def test_what_tells_no_birth_or_an_impossible_one_gives_none(text: str) -> None:
    assert find_birth(text, TODAY) == []


REPLIES: dict[str, list[int]] = {
    "85": [1985],
    "em 85 ạ": [1985],
    "1985": [1985],
    "05": [2005],
    "45": [1981],
    "20": [2006],
    "58": [1958, 1968],
    "70": [1970, 1956],
    "tám lăm": [1985],
    "bảy tám": [1978],
    "bốn lăm": [1981],
    "12031985": [1985],
    "01021985": [1985],
    "12/3/1985": [1985],
    "3/1985": [1985],
    "41 tuổi": [1985],
    "ngoài 50 tuổi": [1975, 1974, 1973, 1972, 1971, 1970, 1969, 1968, 1967],
    "gần 60 tuổi": [1969, 1968, 1967],
    "khoảng 50 tuổi": [1977, 1976, 1975],
}


@pytest.mark.parametrize(("reply", "years"), REPLIES.items())
def test_a_reply_is_read_as_the_years_it_may_mean(reply: str, years: list[int]) -> None:
    assert sorted(birth.year for birth in read_birth(reply, TODAY)) == sorted(years)
    assert sorted(birth.year for birth in read_birth(fold(reply).upper(), TODAY)) == sorted(years)


@pytest.mark.parametrize(
    "reply", ["", "không nhớ", "5", "2030", "1800", "31/2/1985", "31021985", "0900000000", "2 triệu", "12/3", "nam", "9" * 5000]
)  # fmt: skip
def test_a_reply_that_tells_no_birth_gives_none(reply: str) -> None:
    assert read_birth(reply, TODAY) == []


@pytest.mark.parametrize("text", ["31/2", "30/02/1985", "sinh 31-2-85", "45/13/1990", "29/2/2023", "ngày 31 tháng 4"])
def test_a_day_that_no_calendar_has_is_told_apart(text: str) -> None:
    assert impossible_date(text)
    assert impossible_date(fold(text).upper())


@pytest.mark.parametrize(
    "text",
    ["12/3", "29/2/2024", "24/7", "50/50", "1/2", "41/2024/QH15", "03/2020/NQ-HĐND", "0900.000.000", "không nhớ"],
)
def test_other_words_and_numbers_are_no_impossible_day(text: str) -> None:
    assert not impossible_date(text)


born_on = st.dates(TODAY - timedelta(days=100 * 365), TODAY - timedelta(days=16 * 365))
STYLES: tuple[Callable[[date], str], ...] = (
    lambda day: f"sinh ngày {day.day}/{day.month}/{day.year}",
    lambda day: f"sn {day.day:02}-{day.month:02}-{day.year}",
    lambda day: f"ngày sinh: {day.day}.{day.month}.{day.year}",
    lambda day: f"sinh ngày {day.day} tháng {day.month} năm {day.year}",
)


@given(born_on, st.sampled_from(STYLES), st.sampled_from([nfc, fold, str.upper]), st.sampled_from(["", "em ", "dạ, "]))
def test_any_birthday_is_found_where_it_stands(
    day: date, style: Callable[[date], str], typed: Callable[[str], str], ahead: str
) -> None:
    text = typed(f"{ahead}{style(day)}, ở Nghệ An ạ")
    found = find_birth(text, TODAY)
    assert days(found) == [(day.year, day.month, day.day)]
    assert (found[0].start, found[0].end) == (len(ahead), len(ahead) + len(style(day)))


@given(st.integers(1, 120), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_any_age_gives_the_year_reckoned_from_today(age: int, today: date) -> None:
    assert [birth.year for birth in find_birth(f"em {age} tuổi", today)] == [today.year - age]
