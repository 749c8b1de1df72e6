"""Spans of time as people type them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.vn.durations import find_durations, read_duration
from bot.vn.text import fold, nfc
from tests.vn.test_numbers import in_words

SPANS: dict[str, tuple[int, ...]] = {
    "20 năm": (240,),
    "05 năm": (60,),
    "15 nam": (180,),
    "20nam": (240,),
    "mười lăm năm": (180,),
    "mười hai năm 5 tháng": (149,),
    "hai mươi năm": (240,),
    "hai mươi lăm năm": (300,),
    "hai mốt năm": (252,),
    "năm năm": (60,),
    "bốn năm": (48,),
    "3 năm 4 tháng": (40,),
    "3nam 6thang": (42,),
    "chín năm mười một tháng": (119,),
    "10 năm rưỡi": (126,),
    "năm rưỡi": (18,),
    "một năm rưỡi": (18,),
    "1,5 năm": (18,),
    "nửa năm": (6,),
    "6 tháng": (6,),
    "60 tháng": (60,),
    "5 thg": (5,),
    "quên 1 tháng": (1,),
    "chục năm": (120,),
    "2 chục năm": (240,),
    "hai chục năm": (240,),
    "hơn 3 năm": (36,),
    "5 năm nay": (60,),
    "em đóng 15n": (180,),
    "đóng được 14n11th": (179,),
    "15 năm trước khi nghỉ": (180,),
    "một hai năm": (12, 24),
    "hai ba năm": (24, 36),
    "5-7 năm": (60, 84),
    "từ 15 đến 20 năm": (180, 240),
    "15 hay 20 năm": (180, 240),
    "đóng 2tr/tháng 15 năm": (180,),
    "2 triệu một tháng 20 năm": (240,),
}


@pytest.mark.parametrize(("text", "choices"), SPANS.items())
def test_a_span_is_read_with_and_without_diacritics_composed_or_not(text: str, choices: tuple[int, ...]) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), fold(text)):
        assert [found.choices for found in find_durations(typed)] == [choices], typed


@pytest.mark.parametrize(
    "text",
    [
        "năm 2025", "nam 2025", "năm nay", "mỗi năm", "hàng năm", "tháng 7", "tháng này", "2tr/tháng", "2 triệu/năm", "sinh năm 85",
        "45 tuổi", "61 tuổi 6 tháng", "61t6th", "tháng 5 năm 2025", "tháng 5 năm ngoái", "ngày 12 tháng 8 năm 1985", "12 tháng 8",
        "mỗi 6 tháng", "6 tháng một lần", "18 tháng tuổi", "bầu 7 tháng", "2 triệu 1 năm", "một tháng bao nhiêu", "bao nhiêu một tháng",
        "1 năm đóng 4 triệu", "mấy chục năm", "vài năm", "sau năm 2025", "sau nam 2025", "ba năm nay 62 tuổi", "năm thứ 3", "lớp 5 năm ngoái",
        "3 năm trước", "năm tháng trôi qua", "trăm năm", "99 năm", "15n", "2 tháng rưỡi",
    ],
)  # fmt: skip
def test_dates_rates_ages_and_turns_are_no_spans(text: str) -> None:
    assert find_durations(text) == []


def test_two_spans_are_two() -> None:
    found = find_durations("đóng công ty 7 năm 2 tháng, tự nguyện 8 năm")
    assert [duration.months for duration in found] == [86, 96]


def test_a_range_has_no_one_number_of_months() -> None:
    assert find_durations("5-7 năm")[0].months is None


REPLIES: dict[str, tuple[int, ...]] = {
    "15": (180,),
    "mười lăm": (180,),
    "dạ được 12 ạ": (144,),
    "15 nam": (180,),
    "15n": (180,),
    "12,5": (150,),
    "hai rưỡi": (30,),
    "5-7": (60, 84),
    "0": (0,),
    "3 năm 4 tháng": (40,),
    "1 tháng": (1,),
    "em đóng 8 năm rồi": (96,),
}


@pytest.mark.parametrize(("reply", "choices"), REPLIES.items())
def test_a_reply_is_read_as_years(reply: str, choices: tuple[int, ...]) -> None:
    for typed in (reply, fold(reply).upper()):
        assert [found.choices for found in read_duration(typed)] == [choices], typed


@pytest.mark.parametrize("reply", ["", "chưa", "45 tuổi", "năm 2020", "2020", "180", "2 triệu", "nam", "không nhớ"])
def test_a_reply_that_is_no_span_gives_none(reply: str) -> None:
    assert read_duration(reply) == []


@given(st.integers(1, 60), st.integers(0, 11), st.sampled_from([nfc, fold, str.upper]), st.booleans())
def test_any_span_is_found_in_digits_and_in_words(
    years: int, months: int, typed: Callable[[str], str], said: bool
) -> None:
    first, last = (in_words(years), in_words(months or 1)) if said else (str(years), str(months))
    assume(not (first == "sáu" and typed is fold))  # «sau nam» may be «sau năm»
    text = f"em đóng {first} năm" + (f" {last} tháng" if months else "")
    found = find_durations(typed(text) + ", cảm ơn nhiều")
    assert [duration.choices for duration in found] == ([(years * 12 + months,)] if years * 12 + months <= 720 else [])
    assert all(text[duration.start : duration.end] == text[8:] for duration in found)
