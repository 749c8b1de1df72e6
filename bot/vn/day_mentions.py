"""The days a text names, one by one, each with all its readings: solar, lunar, of the week, the week, the month."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from bot.vn.dates import DateChoice, find_dates
from bot.vn.lunar_days import find_lunar_days
from bot.vn.numbers import bare_too, before, read_bare
from bot.vn.other_days import other_days
from bot.vn.text import fold
from bot.vn.weeks import NOW, DayMention, following_month, month, singles, week, weekday

_WEEKDAYS = {"hai": 0, "2": 0, "ba": 1, "3": 1, "tu": 2, "4": 2, "nam": 3, "5": 3, "sau": 4, "6": 4, "bay": 5, "7": 5}
_WHEN = r"(?: (?P<when>nay|sau|toi|ke))?$"
_OF_WEEKDAY = re.compile(rf"(?:thu ?(?P<day>hai|ba|tu|nam|sau|bay|[2-7])|chu nhat)(?P<week> tuan)?{_WHEN}")
_OF_WEEKEND = re.compile(rf"cuoi tuan{_WHEN}")
_OF_WEEK = re.compile(rf"tuan{_WHEN}")
_OF_DAY = re.compile(r"(?:ngay|mung|mong) (?P<day>\d+) (?P<when>nay|toi|sau)$")
_PART = re.compile(r"(?<!\w)(?P<part>đầu|giữa|cuối|dau|giua|cuoi)\s+$")
_TOLD = re.compile(
    bare_too(
        r"(?<!\w)(?:từ|hồi|nghỉ|nghỉ việc|sinh|đóng|đóng đến|đóng tới|làm|hết|đến|tới|trước|cuối|năm|quá|§đã)(?: (?:từ|hồi|ngày|vào|đến|tới|hết))*\s*$"
    )
)
_SINCE = re.compile(bare_too(r"(?<!\w)(?:từ|hồi|nhắn|đặt) (?:hôm|bữa)\s*$"))
_DASHED = re.compile(
    r"(?<![\w/.,-])(?P<day>3[01]|[12]\d|0?[1-9])(?P<dash>\s?[-.]\s?)(?P<month>1[0-2]|0?[1-9])(?![\w/.-]|\s*(?:h|g|giờ|gio|triệu|tuổi|tr)(?!\w))"
)
_CUE = re.compile(bare_too(r"(?<!\w)(?:ngày|hôm|sáng|trưa|chiều|§tối|hẹn|gặp|thứ \S+|lịch|vào|chủ nhật),?\s$"))
_ADDRESS = re.compile(
    bare_too(
        r"(?<!\w)(?:số nhà|nhà số|số|hẻm|ngõ|ngách|kiệt|tổ|lô|quyết định|nghị định|luật|nghị quyết)\s*\d+(?:/\d+)*|\d+(?:/\d+)+ (?:đường|phố|quốc lộ)(?!\w)"
    )
)
_SOON = 120  # days within which a month that is named is meant for a meeting


def mentions_of(text: str, today: date, *, expecting: bool) -> list[DayMention]:
    """Return the days of a text that is spelled out, in order."""
    text = _ADDRESS.sub(lambda found: "_" * len(found[0]), text)
    found = [
        DayMention(singles(each.choices), "day", each.start, each.end, lunar=True)
        for each in find_lunar_days(text, today)
    ]
    text = _masked(text, found)
    found += other_days(text, today)
    text = _slashed(_masked(text, found), expecting)
    found += [mention for each in find_dates(text, today) for mention in _solar(each, text, today, expecting)]
    return sorted(found or (_numbers(text, today) if expecting else []), key=lambda mention: mention.start)


def _masked(text: str, found: Sequence[DayMention]) -> str:
    for each in found:
        text = text[: each.start] + "_" * (each.end - each.start) + text[each.end :]
    return text


def _slashed(text: str, expecting: bool) -> str:
    """Write «15-12» as «15/12», each sign still in its place; «9-10» only where a day is expected."""

    def slash(found: re.Match[str]) -> str:
        sure = expecting or int(found["day"]) > int(found["month"]) or before(_CUE, text, found.start())
        return f"{found['day']}{'/'.center(len(found['dash']))}{found['month']}" if sure else found[0]

    return _DASHED.sub(slash, text)


def _solar(found: DateChoice, text: str, today: date, expecting: bool) -> Iterator[DayMention]:
    words = " ".join(fold(text[found.start : found.end]).split())
    if found.precision == "month":
        yield from _month(found, text, today, expecting)
    elif read := next(((read, match) for form, read in _READERS if (match := form.search(words))), None):
        if not before(_SINCE, text, found.start):
            yield read[0](read[1], found, text, today)
    else:
        yield from _day(found, text, today, told="hom" in words, expecting=expecting)


def _day(found: DateChoice, text: str, today: date, *, told: bool, expecting: bool) -> Iterator[DayMention]:
    """Read a day as it is; one that is over is the story's when told so: «nghỉ ngày 1/7/2025», «hôm qua»."""
    over = all(day < today for day in found.choices)
    if not (over and not expecting and before(_TOLD, text, found.start)):
        yield DayMention(singles(found.choices), "day", found.start, found.end, told=over and told)


def _weekday(match: re.Match[str], found: DateChoice, _: str, today: date) -> DayMention:
    number, when, of_week = _WEEKDAYS[match["day"]] if match["day"] else 6, match["when"], bool(match["week"])
    readings = weekday(number, when, of_week=of_week, today=today)
    return DayMention(readings, "day", found.start, found.end, weekday=number, when=when, of_week=of_week)


def _weekend(match: re.Match[str], found: DateChoice, _: str, today: date) -> DayMention:
    return DayMention(week("cuoi", match["when"], today), "day", found.start, found.end, when=match["when"] or "nay")


def _week(match: re.Match[str], found: DateChoice, text: str, today: date) -> DayMention:
    part = _part(text, found.start) or ("dau" if fold(text[found.start : found.end]).startswith("dau") else None)
    return DayMention(week(part, match["when"], today), "week", found.start, found.end, when=match["when"])


def _near_day(match: re.Match[str], found: DateChoice, _: str, today: date) -> DayMention:
    """Read «ngày 15 này», «ngày 15 tới»: the coming one; if that is of this month, «tới» may be the next month's too."""
    both = [day for first in (today.replace(day=1), following_month(today)) for day in month(None, first)]
    days = [day for day in both if day.day == int(match["day"])]
    ahead = [day for day in days if day >= today]
    kept = (days if len(ahead) < len(days) else ahead[:1]) if match["when"] in NOW else ahead
    return DayMention(singles(kept), "day", found.start, found.end, when=match["when"])


_READERS = ((_OF_WEEKDAY, _weekday), (_OF_WEEKEND, _weekend), (_OF_WEEK, _week), (_OF_DAY, _near_day))


def _part(text: str, place: int) -> str | None:
    part = before(_PART, text, place)
    return fold(part["part"]) if part else None


def _month(found: DateChoice, text: str, today: date, expecting: bool) -> Iterator[DayMention]:
    part = _part(text, found.start)
    if part is None and before(_TOLD, text, found.start):
        return
    readings = tuple(month(part, first) for first in found.choices)
    near = tuple(days for days in readings if days[-1] >= today and (days[0] - today).days <= _SOON)
    if near or expecting:
        yield DayMention(near or readings, "month", found.start, found.end)


def _numbers(text: str, today: date) -> list[DayMention]:
    """Read a bare answer: «15» is a day of the month, «5» may be a weekday too."""
    numbers = [int(number) for number in read_bare(text.replace(" ,", ",")) if number == int(number)]
    return [DayMention(singles(_numbered(number, today)), "day", 0, len(text)) for number in numbers if number < 100]


def _numbered(number: int, today: date) -> list[date]:
    days = {day for each in find_dates(f"ngày {number}", today) for day in each.choices if day >= today}
    if 2 <= number <= 7:
        days |= {day for each in weekday(number - 2, None, of_week=False, today=today) for day in each}
    return sorted(days)
