"""At what time people say they can come: times, the part of the day, and bounds with all their readings."""

from __future__ import annotations

import unicodedata
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.hours import find_hours
from bot.vn.text import fold
from tests.texts import any_text, vietnamese


def shown(times: tuple[time, ...]) -> str:
    return " ".join(f"{at:%H:%M}" for at in times)


def said(text: str, *, expecting: bool = False) -> str:
    found = find_hours(text, expecting=expecting)
    parts = [
        shown(found.times),
        found.part or "",
        f"after {shown(found.after)}" if found.after else "",
        f"before {shown(found.before)}" if found.before else "",
    ]
    return " ".join(filter(None, parts))


HOURS = {
    "3h": "03:00 15:00",
    "8h": "08:00 20:00",
    "15h30": "15:30",
    "10 giờ": "10:00 22:00",
    "chiều mai tầm 3h": "15:00 afternoon",
    "8h kém 15": "07:45 19:45",
    "9 giờ kém 5": "08:55 20:55",
    "mười giờ kém mười": "09:50 21:50",
    "8 giờ kém 15 sáng": "07:45 morning",
    "2 rưỡi chiều": "14:30 afternoon",
    "hai rưỡi chiều": "14:30 afternoon",
    "hai giờ rưỡi chiều": "14:30 afternoon",
    "9 rưỡi sáng": "09:30 morning",
    "8 giờ rưỡi": "08:30 20:30",
    "khoảng 9-10h sáng": "morning after 09:00 before 10:00",
    "9h-10h sáng": "morning after 09:00 before 10:00",
    "từ 9 đến 10 giờ": "after 09:00 before 10:00",
    "từ 8h đến 10h": "after 08:00 before 10:00",
    "8h sáng đến 3h chiều": "after 08:00 before 15:00",
    "từ 2 giờ chiều đến 4 giờ": "afternoon after 14:00 before 16:00",
    "14h-15h": "after 14:00 before 15:00",
    "3h hoặc 4h chiều": "15:00 16:00 afternoon",
    "9h hoặc 10h": "09:00 21:00 10:00 22:00",
    "sau 5h chiều": "after 17:00",
    "sau 5h": "after 17:00",
    "sau 8h": "after 08:00 20:00",
    "sau 17h": "after 17:00",
    "từ 5h chiều trở đi": "after 17:00",
    "từ 9h": "after 09:00 21:00",
    "trước 10 giờ": "before 10:00",
    "trước 10h sáng": "morning before 10:00",
    "trước 8h": "before 08:00 20:00",
    "10h trở lại": "before 10:00",
    "sau giờ làm": "after 17:00",
    "sau giờ hành chính": "after 17:00",
    "ngoài giờ hành chính": "after 17:00",
    "tan ca em mới rảnh": "after 17:00",
    "tan làm": "after 17:00",
    "giờ hành chính": "after 08:00 before 17:00",
    "trong giờ làm việc": "after 08:00 before 17:00",
    "giờ hành chính em không đi được": "after 17:00",
    "trước giờ làm": "before 08:00",
    "sáng": "morning",
    "chiều": "afternoon",
    "buổi sáng": "morning",
    "buổi chiều": "afternoon",
    "buổi tối": "evening",
    "sáng sớm": "morning",
    "sáng mai": "morning",
    "chiều thứ 5": "afternoon",
    "trưa chủ nhật": "noon",
    "xế chiều": "afternoon",
    "đầu giờ chiều": "afternoon",
    "cuối giờ chiều": "afternoon",
    "đầu giờ sáng": "morning",
    "chiều muộn": "afternoon",
    "giữa trưa": "noon",
    "giờ nghỉ trưa": "noon",
    "sáng hoặc chiều": "",
    "sáng chiều gì cũng được": "",
    "sáng em đi chợ, chiều mới rảnh": "afternoon",
    "tám giờ sáng": "08:00 morning",
    "3h, chiều nhé": "15:00 afternoon",
    "8h30 sáng": "08:30 morning",
    "8:30 sáng": "08:30 morning",
    "8g sáng": "08:00 morning",
    "8 giờ 30 phút sáng": "08:30 morning",
    "12h trưa": "12:00 noon",
    "1h trưa": "13:00 noon",
    "11h30 trưa": "11:30 noon",
    "lúc 9h sáng mai": "09:00 morning",
    "9 giờ sáng thứ hai": "09:00 morning",
    "chín giờ sáng": "09:00 morning",
    "hơn 9h sáng": "09:00 morning",
    "quá 9h sáng": "morning after 09:00",
}


@pytest.mark.parametrize(("text", "hours"), HOURS.items())
def test_a_time_is_read_with_its_bounds_in_every_spelling(text: str, hours: str) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), fold(text)):
        assert said(typed) == hours, typed


# Typed in haste, with Telex keys left in, or with words that need their diacritics; and what is no time at all.
AS_TYPED = {
    "tám g sáng": "08:00 morning",
    "hai h rưỡi chiều": "14:30 afternoon",
    "sau h hành chính": "after 17:00",
    "sau giowf lamf": "after 17:00",
    "8 h 30": "08:30 20:30",
    "8h30p sáng": "08:30 morning",
    "9h sag": "09:00 21:00",
    "3h chiu": "15:00 afternoon",
    "7h tối": "19:00 evening",
    "7h toi nha": "19:00 evening",
    "toi nay 7h": "19:00 evening",
    "8h tối mai": "20:00 evening",
    "tối": "evening",
    "tối nay": "evening",
    "đêm": "evening",
    "khuya": "evening",
    "chiều tối": "evening",
    "ban đêm": "evening",
    "buổi xế": "afternoon",
    "sangs mai": "morning",
    "chieeuf nay": "afternoon",
    "8h kems 15": "07:45 19:45",
    "tám giờ tối": "20:00 evening",
    "mười giờ đêm": "22:00 evening",
    "lúc 20h": "20:00",
    "ánh sáng": "",
    "tối đa 3 triệu": "",
    "tối thiểu": "",
    "chiều dài": "",
    "4g": "",
    "24/7": "",
    "mấy giờ": "",
    "giờ nào cũng được": "",
    "24h": "",
    "8 giờ một ngày": "",
    "bây giờ": "",
    "5 năm": "",
    "2 triệu rưỡi": "",
    "năm rưỡi": "",
    "9-10 triệu": "",
    "15/12": "",
    "thứ 3": "",
    "ngày 8": "",
    "toi": "evening",
    "sang": "morning",
    "chieu": "afternoon",
    "sang mai": "morning",
    "sang t5": "morning",
    "sang ten so": "",
    "toi muon hoi": "",
    "em o toi": "",
    "từ bảy giờ tối trở đi": "evening after 19:00",
    "ban ngày": "",
    "sáng sớm bác đi đồng, tầm chiều bác mới rảnh": "afternoon",
    "giờ hành chính không đi được, chín giờ tối thì được": "21:00 evening",
    "chín giờ tối, không cần gấp": "21:00 evening",
}


@pytest.mark.parametrize(("text", "hours"), AS_TYPED.items())
def test_a_time_typed_in_haste_is_read_and_what_is_no_time_is_not(text: str, hours: str) -> None:
    assert said(text) == hours


ANSWERS = {
    "8": "08:00 20:00",
    "8h": "08:00 20:00",
    "9 rưỡi": "09:30 21:30",
    "chín": "09:00 21:00",
    "8-9": "after 08:00 20:00 before 09:00 21:00",
    "8 đến 9": "after 08:00 20:00 before 09:00 21:00",
    "lúc 8": "08:00 20:00",
    "tầm 8 giờ": "08:00 20:00",
    "khoảng 3": "03:00 15:00",
    "15": "15:00",
    "sáng": "morning",
    "sáng nha": "morning",
    "chiều ạ": "afternoon",
    "tối": "evening",
    "toi": "evening",
    "toi nha": "evening",
    "sang": "morning",
    "buổi sáng đi": "morning",
    "giờ nào cũng được": "",
    "25": "",
    "7 kém 15": "06:45 18:45",
    "2 rưỡi": "02:30 14:30",
    "sau 5": "after 17:00",
    "trước 9": "before 09:00 21:00",
}


@pytest.mark.parametrize(("text", "hours"), ANSWERS.items())
def test_a_bare_number_is_an_hour_when_the_time_was_asked_for(text: str, hours: str) -> None:
    assert said(text, expecting=True) == hours


def test_a_bare_number_is_no_hour_when_it_was_not() -> None:
    assert said("8") == said("9 và 10") == ""


@given(st.integers(0, 23), st.integers(1, 59))
def test_so_many_minutes_to_an_hour_are_counted_back(hour: int, less: int) -> None:
    hour = hour or 12
    expected = time(hour - 1 if hour > 1 else 12, 60 - less) if hour < 13 else time(hour - 1, 60 - less)
    assert expected in find_hours(f"{hour}h kém {less}").times


@given(any_text | vietnamese, st.booleans())
def test_any_text_gives_hours_or_none(text: str, expecting: bool) -> None:
    found = find_hours(text, expecting=expecting)
    assert found.part in {None, "morning", "noon", "afternoon", "evening"}
