"""Days that need no number: «chiều nay», «mai mốt», «trong tuần», «cuối tháng», «sau tết»; and those that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from bot.vn.births import impossible_date
from bot.vn.dates import find_dates
from bot.vn.lunar_days import tet_after
from bot.vn.numbers import ONE, bare_too, before, read_number
from bot.vn.text import fold
from bot.vn.weeks import AFTER_NEXT, DayMention, Readings, following_month, month, singles, week

_NEXT = r"(?! (?:này|nay|sau|tới|trước|qua|rồi|cũng|đều|cx|\d{1,2}|giêng|chạp)(?!\w))(?!\w)"
_FEW = rf"[1-9]|1\d|{ONE}|mười"
_FORMS: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"(?<!\w)(?:{bare_too(pattern)})")
    for name, pattern in (
        ("this_week", rf"trong tuần{_NEXT}"),
        ("after_next_week", r"tuần (?:sau|tới) nữa(?!\w)"),
        ("weeks_ahead", rf"(?P<many>{_FEW}) tuần nữa(?!\w)"),
        ("days_ahead", rf"(?P<many>{_FEW}) (?:ngày|hôm|bữa) nữa(?!\w)"),
        ("soon", r"mai §mốt(?!\w)"),
        ("tomorrow_or_after", r"(?:ngày )?mai (?:hay|hoặc|hoặc là|,) (?:ngày )?§mốt(?!\w)"),
        ("today", r"(?:sáng|trưa|chiều|§tối|§đêm) nay(?! (?:năm|em|bao)(?!\w))(?!\w)"),
        ("in_three_days", r"(?:ngày|bữa|hôm) §kìa(?!\w)"),
        ("part_of_month", rf"(?P<part>đầu|giữa|cuối) tháng{_NEXT}"),
        ("after_tet", r"(?:sau|ra|qua|hết|ăn) tết(?!\w)|ra giêng(?!\w)"),
        ("before_tet", r"(?:trước|giáp|gần) tết(?!\w)"),
    )
}
_WEEKS = {"this_week": "nay", "after_next_week": AFTER_NEXT, "weeks_ahead": None, "after_tet": None, "before_tet": None}
_NEAR = {"today": (0,), "soon": (1, 2), "tomorrow_or_after": (1, 2), "in_three_days": (3,)}
_TOO_LATE = re.compile(bare_too(r"(?<!\w)ngày (?P<day>29|3[01]) tháng (?P<when>này|nay|sau|tới)(?!\w)"))
_NO_NUMBER = re.compile(bare_too(r"(?<!\w)ngày (?:3[2-9]|[4-9]\d)(?!\w|[/.-])"))
_SLASHED = re.compile(r"(?<![\w/.,-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\w/%]|[.-]\d)")
_CUE = re.compile(bare_too(r"(?<!\w)(?:ngày|hôm|sáng|trưa|chiều|§tối|hẹn|gặp|lịch|vào|thứ \S+|chủ nhật),?\s*$"))
_A_YEAR = timedelta(366)


def other_days(text: str, today: date) -> Iterator[DayMention]:
    """Return the days of a text that are told without a number or weekday."""
    for name, form in _FORMS.items():
        for found in form.finditer(text):
            precision = "week" if name in _WEEKS else "month" if name == "part_of_month" else "day"
            readings = _readings(name, found, today)
            yield DayMention(readings, precision, *found.span(), when=_WEEKS.get(name), lunar=name.endswith("tet"))


def _readings(name: str, found: re.Match[str], today: date) -> Readings:
    match name:
        case "this_week" | "after_next_week":
            return week(None, _WEEKS[name], today)
        case "weeks_ahead":
            return (week(None, "nay", today + 7 * _days_in(found))[0],)
        case "days_ahead":
            return singles([today + _days_in(found)])
        case "part_of_month":
            return (_part_of_month(fold(found["part"]), today),)
        case "after_tet":  # from the 6th, when offices open again
            return (_around(tet_after(today), range(5, 19)),)
        case "before_tet":
            return (tuple(day for day in _around(tet_after(today), range(-16, -2)) if day >= today),)
    days = _around(today, _NEAR[name])
    return (days,) if name == "tomorrow_or_after" else singles(days)


def _days_in(found: re.Match[str]) -> timedelta:
    return timedelta(read_number(found["many"]) or 1)


def _around(day: date, numbers: Iterable[int]) -> tuple[date, ...]:
    return tuple(day + timedelta(number) for number in numbers)


def _part_of_month(part: str, today: date) -> tuple[date, ...]:
    days = month(part, today.replace(day=1))
    return days if days[-1] >= today else month(part, following_month(today))


def impossible_days(text: str, today: date, *, expecting: bool) -> bool:
    """Tell whether a text names a day that no calendar has: «31/2», «29/2» before a common year, «ngày 31 tháng này»."""
    if impossible_date(text) or _NO_NUMBER.search(text):
        return True
    late = any(_is_too_late(found, today) for found in _TOO_LATE.finditer(text))
    return late or any(_is_no_day(found, text, today, expecting) for found in _SLASHED.finditer(text))


def _is_too_late(found: re.Match[str], today: date) -> bool:
    first = today.replace(day=1) if fold(found["when"]) == "nay" else following_month(today)
    return int(found["day"]) > len(month(None, first))


def _is_no_day(found: re.Match[str], text: str, today: date, expecting: bool) -> bool:
    """Tell whether «32/12» or «29/2» is meant as a day and is none within a year."""
    day, number = int(found["day"]), int(found["month"])
    meant = expecting or before(_CUE, text, found.start()) or (28 < day < 40 and 0 < number < 13)
    choices = [each for choice in find_dates(f"ngày {found[0]}", today) for each in choice.choices]
    return bool(meant) and all(each > today + _A_YEAR for each in choices)
