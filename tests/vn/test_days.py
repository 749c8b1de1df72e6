"""On which days people say they can come, whatever today is; «|» stands between the readings of one text."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.day_lists import FAR
from bot.vn.days import find_days
from bot.vn.text import fold
from tests.texts import any_text, vietnamese

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
SATURDAY = date(2026, 11, 28)
SUNDAY = date(2026, 11, 22)
YEARS_END = date(2026, 12, 30)  # Wednesday 30 December 2026
MONTHS_END = date(2027, 1, 30)  # Saturday 30 January 2027, the 23rd of the last lunar month
DAY = timedelta(1)


def shown(days: tuple[date, ...]) -> str:
    """Write days as «23.11.26», and three or more in a row as «23.11.26–29.11.26»."""
    runs: list[list[date]] = []
    for day in days:
        runs = [*runs[:-1], [*runs[-1], day]] if runs and runs[-1][-1] + DAY == day else [*runs, [day]]
    return " ".join(
        f"{run[0]:%d.%m.%y}–{run[-1]:%d.%m.%y}" if len(run) > 2 else " ".join(f"{day:%d.%m.%y}" for day in run)
        for run in runs
    )


def said(text: str, today: date, *, expecting: bool = False) -> str:
    found = find_days(text, today, expecting=expecting)
    parts = [
        " | ".join(shown(reading) for reading in found.readings),
        f"past {shown(found.past)}" if found.past else "",
        "lunar" if found.lunar else "",
        "impossible" if found.impossible else "",
    ]
    return " ".join(filter(None, parts))


SAID_ON_MONDAY = {
    "hôm nay": "23.11.26",
    "mai": "24.11.26",
    "ngày mai": "24.11.26",
    "sáng mai": "24.11.26",
    "chiều mai tầm 3h": "24.11.26",
    "ngày kia": "25.11.26",
    "thứ hai": "23.11.26 | 30.11.26",
    "thứ hai này": "23.11.26 | 30.11.26",
    "thứ hai tới": "30.11.26",
    "thứ hai tuần này": "23.11.26",
    "thứ hai tuần sau": "30.11.26",
    "thứ ba": "24.11.26",
    "thứ ba tới": "24.11.26 | 01.12.26",
    "thứ sáu này": "27.11.26",
    "thứ sáu tới": "27.11.26 | 04.12.26",
    "thứ sáu tuần này": "27.11.26",
    "chủ nhật": "29.11.26",
    "chủ nhật này": "29.11.26",
    "chủ nhật tới": "29.11.26 | 06.12.26",
    "chủ nhật tuần này": "29.11.26",
    "chủ nhật tuần sau": "06.12.26",
    "cuối tuần": "28.11.26 29.11.26",
    "cuối tuần này": "28.11.26 29.11.26",
    "cuối tuần sau": "05.12.26 06.12.26",
    "cuối tuần tới": "28.11.26 29.11.26 | 05.12.26 06.12.26",
    "tuần này": "23.11.26–29.11.26",
    "tuần sau": "30.11.26–06.12.26",
    "tuần tới": "30.11.26–06.12.26",
    "trong tuần": "23.11.26–29.11.26",
    "đầu tuần sau": "30.11.26–02.12.26",
    "giữa tuần này": "24.11.26–26.11.26",
    "ngày 23": "23.11.26",
    "ngày 25": "25.11.26",
    "ngày 20": "20.12.26",
    "ngày 15 tới": "15.12.26",
    "ngày 25 tới": "25.11.26 | 25.12.26",
    "25/11": "25.11.26",
    "20/11": "20.11.27 past 20.11.26",
    "31/11": "impossible",
    "29/2": "impossible",
}
SAID_ON_FRIDAY = {
    "mùng 5 tháng sau": "05.12.26",
    "t5 tuần sau": "03.12.26",
    "sang thu nam": "03.12.26",
    "cn nay": "29.11.26",
    "tối t6": "27.11.26 | 04.12.26",
    "đầu tuần sau": "30.11.26–02.12.26",
    "15/12": "15.12.26",
    "15-12": "15.12.26",
    "hẹn 9-12": "09.12.26",
    "15.12": "15.12.26",
    "15 tháng 12": "15.12.26",
    "ngày 15 tháng 12 năm 2026": "15.12.26",
    "15 tây": "15.12.26",
    "hôm 15": "15.12.26",
    "bữa 15": "15.12.26",
    "15 tháng sau": "15.12.26",
    "31/2": "impossible",
    "32/12": "impossible",
    "ngày 35": "impossible",
    "31/4/2027": "impossible",
    "ngày 31 tháng này": "impossible",
    "ngày 31": "31.12.26",
    "tuần sau trừ thứ 6": "30.11.26–03.12.26 05.12.26 06.12.26",
    "tuần sau, trừ thứ 2 và thứ 6": "01.12.26–03.12.26 05.12.26 06.12.26",
    "tuần sau, thứ 6 bận": "30.11.26–03.12.26 05.12.26 06.12.26",
    "thứ 2 bận, thứ 3 được": "01.12.26",
    "thứ hai không được, thứ ba nhé": "01.12.26",
    "thứ 2 đến thứ 6": "30.11.26–04.12.26",
    "t2-t6": "30.11.26–04.12.26",
    "thứ 2-6": "30.11.26–04.12.26",
    "thứ hai tới thứ năm": "30.11.26–03.12.26",
    "thứ 2, 4, 6": "27.11.26 30.11.26 02.12.26 | 30.11.26 02.12.26 04.12.26",
    "thứ 3 hoặc thứ 5": "01.12.26 03.12.26",
    "thứ 3 với thứ 5 tuần sau": "01.12.26 03.12.26",
    "sáng thứ ba hoặc chiều thứ năm tuần sau": "01.12.26 03.12.26",
    "tuần sau thứ 5": "03.12.26",
    "tuần sau, sáng thứ 5": "03.12.26",
    "thứ 5 của tuần sau": "03.12.26",
    "10 đến 15/12": "10.12.26–15.12.26",
    "từ ngày 10 đến ngày 15": "10.12.26–15.12.26",
    "ngày 10, 12/12": "10.12.26 12.12.26",
    "cuối tháng": "27.11.26–30.11.26",
    "cuối tháng này": "27.11.26–30.11.26",
    "đầu tháng sau": "01.12.26–10.12.26",
    "giữa tháng 12": "11.12.26–20.12.26",
    "tháng sau": "01.12.26–31.12.26",
    "trong tháng này": "27.11.26–30.11.26",
    "sau tết": "11.02.27–24.02.27 lunar",
    "ra giêng": "11.02.27–24.02.27 lunar",
    "trước tết": "21.01.27–03.02.27 lunar",
    "tháng 12": "01.12.26–31.12.26",
    "cuối tháng 12": "21.12.26–31.12.26",
    "thứ hai đầu tuần": "30.11.26",
    "không phải thứ 2, thứ 3 cơ": "01.12.26",
    "đừng hẹn thứ 2, thứ 3 nhé": "01.12.26",
    "trừ thứ 7 và chủ nhật, tuần sau": "30.11.26–04.12.26",
    "thứ 6 đến thứ 3": "27.11.26–01.12.26",
    "từ mai đến thứ 4": "28.11.26–02.12.26",
    "20/1": "20.01.27",
    "1/1/2027": "01.01.27",
    "12.1.2027": "12.01.27",
    "thứ sáu": "27.11.26 | 04.12.26",
    "thứ 6 này": "27.11.26 | 04.12.26",
    "thứ sáu tới": "04.12.26",
    "chiều nay": "27.11.26",
    "sáng nay": "27.11.26",
    "nghỉ việc từ tháng 7, mai em rảnh": "28.11.26",
    "hôm qua em nhắn rồi, thứ 3 nhé": "01.12.26",
    "tuần trước tôi quên, thứ 3 nhé": "01.12.26",
    "cuối tuần, thứ 7 nhé": "28.11.26",
    "mùng 5 âm": "13.12.26 lunar",
    "mùng 1 âm": "09.12.26 lunar",
    "rằm": "23.12.26 lunar",
    "rằm tháng này": "23.12.26 past 23.11.26 lunar",
    "rằm tháng sau": "23.12.26 lunar",
    "rằm tháng giêng": "20.02.27 lunar",
    "rằm tháng chạp": "22.01.27 lunar",
    "mùng 10 tết": "15.02.27 lunar",
    "mồng 6 tết": "11.02.27 lunar",
    "23 tháng chạp": "30.01.27 lunar",
    "28 tết": "04.02.27 lunar",
    "30 tết": "05.02.27 lunar",
    "ngày 10 âm lịch": "18.12.26 lunar",
    "10/11 âm": "18.12.26 lunar",
    "mùng 10 tháng 11 âm": "18.12.26 lunar",
    "20 tháng 11 âm lịch": "28.12.26 lunar",
    "15 ta": "23.12.26 lunar",
    "mùng 3 tháng giêng": "08.02.27 lunar",
}
SAID_ON_SATURDAY = {
    "thứ sáu này": "04.12.26 past 27.11.26",
    "thứ 6 tuần này": "04.12.26 past 27.11.26",
    "thứ bảy": "28.11.26 | 05.12.26",
    "thứ bảy này": "28.11.26 | 05.12.26",
    "thứ bảy tới": "05.12.26",
    "thứ 7 tuần sau": "05.12.26",
    "chủ nhật": "29.11.26",
    "chủ nhật này": "29.11.26",
    "chủ nhật tới": "29.11.26 | 06.12.26",
    "chủ nhật tuần sau": "06.12.26",
    "thứ hai tới": "30.11.26",
    "thứ hai tuần tới": "30.11.26",
    "thứ hai tuần này": "30.11.26 past 23.11.26",
    "cuối tuần": "28.11.26 29.11.26",
    "cuối tuần này": "28.11.26 29.11.26",
    "cuối tuần tới": "05.12.26 06.12.26",
    "tuần này": "28.11.26 29.11.26",
    "tuần sau": "30.11.26–06.12.26",
    "mai": "29.11.26",
    "sáng mai": "29.11.26",
}
SAID_ON_SUNDAY = {
    "thứ hai": "23.11.26",
    "thứ hai tới": "23.11.26 | 30.11.26",
    "thứ hai sau": "23.11.26 | 30.11.26",
    "thứ hai tuần này": "23.11.26 past 16.11.26",
    "thứ hai tuần sau": "23.11.26 | 30.11.26",
    "thứ 5 tuần này": "26.11.26 past 19.11.26",
    "thứ năm tuần sau": "26.11.26 | 03.12.26",
    "thứ sáu này": "27.11.26 past 20.11.26",
    "chủ nhật": "22.11.26 | 29.11.26",
    "chủ nhật này": "22.11.26 | 29.11.26",
    "chủ nhật tuần này": "22.11.26 | 29.11.26",
    "chủ nhật tới": "29.11.26",
    "chủ nhật tuần sau": "29.11.26 | 06.12.26",
    "cuối tuần": "22.11.26 | 28.11.26 29.11.26",
    "cuối tuần này": "22.11.26 | 28.11.26 29.11.26",
    "cuối tuần sau": "28.11.26 29.11.26 | 05.12.26 06.12.26",
    "tuần này": "22.11.26 | 23.11.26–29.11.26",
    "tuần sau": "23.11.26–29.11.26 | 30.11.26–06.12.26",
    "đầu tuần tới": "23.11.26–25.11.26 | 30.11.26–02.12.26",
    "trong tuần này": "22.11.26 | 23.11.26–29.11.26",
    "mai": "23.11.26",
}
SAID_AT_YEARS_END = {
    "mai": "31.12.26",
    "ngày kia": "01.01.27",
    "thứ hai tới": "04.01.27",
    "thứ sáu": "01.01.27",
    "tuần sau": "04.01.27–10.01.27",
    "cuối tuần này": "02.01.27 03.01.27",
    "mùng 5 tháng sau": "05.01.27",
    "ngày 2": "02.01.27",
    "ngày 31": "31.12.26",
    "1/1": "01.01.27",
    "2/1": "02.01.27",
    "5/1/2027": "05.01.27",
    "20/12": "20.12.27 past 20.12.26",
    "tháng sau": "01.01.27–31.01.27",
    "đầu tháng sau": "01.01.27–10.01.27",
    "tháng 1": "01.01.27–31.01.27",
    "đầu tháng 1": "01.01.27–10.01.27",
    "cuối tháng": "30.12.26 31.12.26",
    "mùng 10 tết": "15.02.27 lunar",
    "rằm tháng này": "22.01.27 past 23.12.26 lunar",
    "mùng 1 âm": "08.01.27 lunar",
    "29 tết": "05.02.27 lunar",
}
SAID_AT_MONTHS_END = {
    "mai": "31.01.27",
    "ngày 31": "31.01.27",
    "ngày 1": "01.02.27",
    "mùng 1": "01.02.27",
    "29/2": "29.02.28 impossible",
    "31/3": "31.03.27",
    "tháng 2": "01.02.27–28.02.27",
    "đầu tháng 2": "01.02.27–10.02.27",
    "cuối tháng này": "30.01.27 31.01.27",
    "thứ hai tới": "01.02.27",
    "mùng 1 tết": "06.02.27 lunar",
    "30 tết": "05.02.27 lunar",
    "29 tết": "05.02.27 lunar",
    "mùng 5 tháng giêng": "10.02.27 lunar",
    "23 tháng chạp": "30.01.27 lunar",
    "25 tháng chạp": "01.02.27 lunar",
    "rằm tháng giêng": "20.02.27 lunar",
}
SAID = [
    (today, text, days)
    for today, table in (
        (MONDAY, SAID_ON_MONDAY),
        (FRIDAY, SAID_ON_FRIDAY),
        (SATURDAY, SAID_ON_SATURDAY),
        (SUNDAY, SAID_ON_SUNDAY),
        (YEARS_END, SAID_AT_YEARS_END),
        (MONTHS_END, SAID_AT_MONTHS_END),
    )
    for text, days in table.items()
]


@pytest.mark.parametrize(("today", "text", "days"), SAID)
def test_a_day_is_read_with_all_its_readings_in_every_spelling(today: date, text: str, days: str) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), fold(text)):
        assert said(typed, today) == days, typed


# Typed in haste, with Telex keys left in, or with words that need their diacritics.
AS_TYPED_ON_FRIDAY = {
    "rằm thg giêng": "20.02.27 lunar",
    "ngày 31 th này": "impossible",
    "t2 hok dc, t3 nhe": "01.12.26",
    "ko fai t2, t3 cơ": "01.12.26",
    "tuaanf sau, truwf thuws 2 vaf thuws 6": "01.12.26–03.12.26 05.12.26 06.12.26",
    "t5 tsau": "03.12.26",
    "t2 tuan ke tiep": "30.11.26",
    "thuws 5": "03.12.26",
    "thuws nam tuaanf sau": "03.12.26",
    "chieeuf mai": "28.11.26",
    "sangs thuws 2": "30.11.26",
    "ngayf mai": "28.11.26",
    "chur nhaatj": "29.11.26",
    "toois t6": "27.11.26 | 04.12.26",
    "hum nay": "27.11.26",
    "hnay": "27.11.26",
    "bữa ni": "27.11.26",
    "tuần ni": "27.11.26–29.11.26",
    "sáng mơi": "28.11.26",
    "cn": "29.11.26",
    "t7": "28.11.26",
    "T2 tuần tới": "30.11.26",
    "ngay mot": "",
    "mai 9h em qua": "28.11.26",
    "vậy mai nhé": "28.11.26",
    "mai được không": "28.11.26",
    "9h mai": "28.11.26",
    "chị Mai": "",
    "hoa mai": "",
    "em là cn may": "",
    "thứ 5, số em 0912 345 678": "03.12.26",
    "12/5 đường Nguyễn Trãi": "",
    "số nhà 12/5": "",
    "nghị định 12/2025": "",
    "hôm nào cũng được": "",
    "càng sớm càng tốt": "",
    "ngày nào trong tuần cũng được": "",
    "trừ chủ nhật": "",
    "ngày nào cũng được trừ chủ nhật": "",
    "em sinh 12/3/1985": "",
    "đóng từ t7 năm ngoái": "",
    "3 tháng tới em bận": "",
    "hai lần một tuần": "",
    "người thứ hai": "",
    "từ hôm thứ hai tới giờ": "",
    "ngày mốt": "29.11.26",
    "mốt": "29.11.26",
    "mai mốt": "28.11.26 | 29.11.26",
    "mai hoặc mốt": "28.11.26 29.11.26",
    "tối nay": "27.11.26",
    "toi nay 7h": "27.11.26",
    "ngày kìa": "30.11.26",
    "hôm kia": "",
    "đêm nay": "27.11.26",
    "thứ 2 4 6": "27.11.26 30.11.26 02.12.26 | 30.11.26 02.12.26 04.12.26",
    "t2,t4,t6": "27.11.26 30.11.26 02.12.26 | 30.11.26 02.12.26 04.12.26",
    "thứ 5 hay t7": "28.11.26 03.12.26",
    "thứ năm này nè": "03.12.26 past 26.11.26",
    "ngày 15 này": "15.12.26 past 15.11.26",
    "Thứ Hai, ngày 30/11": "30.11.26",
    "thứ 3 ngày 1/12": "01.12.26",
    "15/12/26": "15.12.26",
    "ngày 5 âm lịch tháng sau": "13.12.26 lunar",
    "hôm nay hoặc mai": "27.11.26 28.11.26",
    "thứ 2 hoặc thứ 3 tuần sau đều được": "30.11.26 01.12.26",
    "chiều t5, sáng t6 tuần sau": "03.12.26 04.12.26",
    "tối 30 tết": "05.02.27 lunar",
    "mùng 5 tết em mới về": "10.02.27 lunar",
    "sau rằm": "24.12.26–06.01.27 lunar",
    "trước rằm": "27.11.26–22.12.26 lunar",
    "trước 20/12": "27.11.26–19.12.26",
    "trước thứ 5": "27.11.26–02.12.26",
    "sau 20/12": "21.12.26–03.01.27",
    "từ 15/12 trở đi": "15.12.26–28.12.26",
    "từ thứ 2": "30.11.26–13.12.26",
    "tuần sau nữa": "07.12.26–13.12.26",
    "thứ 5 tuần sau nữa": "10.12.26",
    "thu 5 tuan toi nua": "10.12.26",
    "hai tuần nữa": "07.12.26–13.12.26",
    "1 tuần nữa": "30.11.26–06.12.26",
    "3 ngày nữa": "30.11.26",
    "chúa nhật": "29.11.26",
    "chủ nhựt tới": "29.11.26 | 06.12.26",
    "T.5": "03.12.26",
    "cho em sáng mai": "28.11.26",
    "hẹn chị hôm nay": "27.11.26",
    "làm từ thứ 2 tới thứ 7": "30.11.26–05.12.26",
    "3-5 triệu": "",
    "2-3 người": "",
    "10-12 năm": "",
    "đóng 15 năm rồi": "",
}


@pytest.mark.parametrize(("text", "days"), AS_TYPED_ON_FRIDAY.items())
def test_a_day_typed_in_haste_is_read_and_what_is_no_day_is_not(text: str, days: str) -> None:
    assert said(text, FRIDAY) == days


ANSWERS_ON_FRIDAY = {
    "15": "15.12.26",
    "5": "03.12.26 | 05.12.26",
    "số 15": "",
    "mùng 5": "05.12.26",
    "12-12": "12.12.26",
    "9-12": "09.12.26",
    "t7": "28.11.26",
    "2": "30.11.26 | 02.12.26",
    "31": "31.12.26",
    "32": "impossible",
    "14, 15": "14.12.26 15.12.26",
    "14 hoặc 15": "14.12.26 15.12.26",
    "ngày 31/11": "impossible",
    "15/13": "impossible",
    "mai": "28.11.26",
    "cn": "29.11.26",
    "tháng 5": "01.05.27–31.05.27",
    "20/11": "20.11.27 past 20.11.26",
    "1/2": "01.02.27",
    "hôm qua": "",
}


@pytest.mark.parametrize(("text", "days"), ANSWERS_ON_FRIDAY.items())
def test_a_bare_number_is_a_day_when_the_day_was_asked_for(text: str, days: str) -> None:
    assert said(text, FRIDAY, expecting=True) == days


def test_a_bare_number_is_no_day_when_it_was_not() -> None:
    assert said("15", FRIDAY) == said("5", FRIDAY) == ""


def test_a_weekday_left_out_is_left_out_of_every_week() -> None:
    found = find_days("ngày nào cũng được trừ chủ nhật", FRIDAY)
    assert found.readings == ()
    assert found.excepted == tuple(date(2026, 11, 29) + 7 * DAY * week for week in range(9))


PRECISIONS = {
    "thứ 5": "day", "cuối tuần": "day", "tuần sau": "week", "đầu tuần sau": "week", "tháng sau": "month", "cuối tháng": "month",
    "tuần sau thứ 5": "day", "hôm qua": "", "chào bạn": "",
}  # fmt: skip


@pytest.mark.parametrize(("text", "precision"), PRECISIONS.items())
def test_a_text_says_how_exact_it_is(text: str, precision: str) -> None:
    assert find_days(text, FRIDAY).precision == precision


TODAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
WEEKDAYS = ("thứ hai", "thứ 3", "t4", "thứ năm", "thu 6", "thứ bảy", "chủ nhật")


@given(TODAYS, st.integers(0, 6))
def test_a_bare_weekday_is_the_coming_one_and_on_the_day_itself_the_next_too(today: date, weekday: int) -> None:
    ahead = today + DAY * ((weekday - today.weekday()) % 7)
    expected = (ahead, ahead + 7 * DAY) if ahead == today else (ahead,)
    assert find_days(WEEKDAYS[weekday], today).days == expected


@given(TODAYS, st.integers(0, 6), st.sampled_from(["tới", "này", "tuần này", "tuần sau", "tuần tới"]))
def test_no_reading_of_a_weekday_is_another_day_or_past_and_one_is_within_two_weeks(
    today: date, weekday: int, when: str
) -> None:
    days = find_days(f"{WEEKDAYS[weekday]} {when}", today).days
    assert {day.weekday() for day in days} == {weekday}
    assert today <= days[0] < today + 14 * DAY


@given(TODAYS.filter(lambda today: today.weekday() == 6), st.integers(0, 5), st.sampled_from(["tới", "tuần sau"]))
def test_on_a_sunday_the_next_week_may_be_either(today: date, weekday: int, when: str) -> None:
    first = today + DAY * (weekday + 1)
    days = find_days(f"{WEEKDAYS[weekday]} {when}", today).days
    assert days == ((first, first + 7 * DAY) if when == "tuần sau" or weekday == 0 else (first,))


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 300))
def test_a_whole_date_ahead_is_that_day_alone(today: date, ahead: int) -> None:
    day = today + DAY * ahead
    for text in (f"{day:%d/%m/%Y}", f"ngày {day.day} tháng {day.month} năm {day.year}", f"hẹn {day.day}/{day.month}"):
        short = text.count("/") == 1  # then 29/2 is of no certain year, and 24/7 is no day
        if not short or (day.month, day.day) not in ((2, 29), (7, 24)):
            assert find_days(text, today).readings[-1] == (day,)


@given(any_text | vietnamese, TODAYS, st.booleans())
def test_any_text_gives_days_from_today_on_and_none_left_out(text: str, today: date, expecting: bool) -> None:
    found = find_days(text, today, expecting=expecting)
    assert all(day >= today for day in (*found.days, *found.excepted))
    assert all(day < today for day in found.past)
    assert not {*found.days} & {*found.excepted}
    assert all(day <= today + FAR for day in found.excepted) or found.excepted[-1] > today
