"""Days and times as people type them: «12/8», «mùng 5 tháng sau», «thứ hai tới», «chiều mai tầm 3h», «tháng 7/2025»."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from bot.vn.numbers import WORDS, bare_too, before, lowered, read_number
from bot.vn.text import fold


@dataclass(frozen=True)
class DateChoice:
    """The days a text may mean, or the first days of its week or month; precision is day, week or month."""

    choices: tuple[date, ...]
    precision: str
    start: int
    end: int


@dataclass(frozen=True)
class Time:
    """The times of day a text may mean (both halves of the day where it does not say), or only its part of the day."""

    choices: tuple[time, ...]
    part: str | None
    start: int
    end: int


_WEEKDAYS = {"hai": 0, "2": 0, "ba": 1, "3": 1, "tu": 2, "4": 2, "nam": 3, "5": 3, "sau": 4, "6": 4, "bay": 5, "7": 5}
_NEAR = {"hôm kia": -2, "hôm qua": -1, "hôm nay": 0, "bữa nay": 0, "mai": 1, "mốt": 2, "kia": 2}
_NEAR_FOLDED = {fold(name): days for name, days in _NEAR.items()}
_FRACTIONS = {"1/2", "1/3", "2/3", "1/4", "3/4", "24/7"}
_WHEN = r"(?P<when>này|nay|sau|tới|kế)(?!\w)"
_ME = "em|tôi|mình|con|cháu|chị|anh|cô|chú|bác|tui|lúc|được|có|đi|gặp|nhé|nha|ạ"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\w/-])"
_NO_MORE = r"(?: năm nay)?(?![\w%]|[/.,:-]\s*\w|\s*(?:triệu|tr|nghìn|ngàn|k|củ|năm|tuổi|lần|người|phần trăm|con)(?!\w))"
_BEGIN = re.compile(
    bare_too(r"(?<![\w+])(?<!\d[.,/:-])(?:\d|(?:ngày|mùng|mồng|tháng|hôm|bữa|sáng|trưa|chiều|§tối|hẹn|§từ|mai|§mốt|thứ|chủ|cuối|đầu|tuần)(?!\w))")
)  # fmt: skip
_COUNTED = re.compile(
    bare_too(
        r"(?<!\w)(?:năm|lần|người|con|tháng|đứa|tuổi|cái|bước|vợ|điều|khoản|trường hợp|học kỳ|mỗi|một|hàng|hằng|lương) $"
    )
)
_MANY = re.compile(bare_too(rf"(?<!\w)(?:mấy|vài|hàng|hằng|mỗi|từng|nhiều|\d+|{WORDS}) $"))
_NOT_A_DAY = re.compile(bare_too(r"(?<!\w)(?:chị|cô|bà|bác|em|bạn|con|cháu|tên|dì|thím|mẹ|vợ|mai|mươi|trăm|triệu) $"))


def find_dates(text: str, today: date) -> list[DateChoice]:
    """Return the days of a text, in order; a day or month without its year is this year's, or the next one's too once it is past."""
    text = lowered(text)
    dates, place = [], 0
    while begin := _BEGIN.search(text, place):
        found = next((choice for form in _FORMS if (choice := _read(form, text, begin.start(), today))), None)
        place = found.end if found else begin.start() + 1
        dates += [found] if found else []
    return dates


_Read = Callable[[re.Match[str], date], list[date]]


def _read(form: tuple[re.Pattern[str], str, _Read], text: str, place: int, today: date) -> DateChoice | None:
    pattern, precision, read = form
    found = pattern.match(text, place)
    choices = read(found, today) if found else []
    return DateChoice(tuple(choices), precision, *found.span()) if found and choices else None


def _days(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _dated(found: re.Match[str], _: date) -> list[date]:
    return _days(int(found["year"]), int(found["month"]), int(found["day"]))


def _in_year(found: re.Match[str], today: date) -> list[date]:
    month, day = int(found["month"]), int(found["day"])
    days = [] if found[0] in _FRACTIONS else _days(today.year, month, day)
    return days if days and days[0] >= today or found[0] in _FRACTIONS else days + _days(today.year + 1, month, day)


def _in_month(found: re.Match[str], today: date) -> list[date]:
    if _many_before(found):  # «3 ngày 2 đêm»
        return []
    day, this, following = int(found["day"]), (today.year, today.month), _month_after(today)
    if found["when"]:
        return _days(*(this if found["when"] in {"này", "nay"} else following), day)
    days = _days(*this, day)
    return days if days and days[0] >= today else days + _days(*following, day)


def _month_after(today: date) -> tuple[int, int]:
    return (today.year, today.month + 1) if today.month < 12 else (today.year + 1, 1)


def _month(found: re.Match[str], _: date) -> list[date]:
    return _days(int(found["year"]), int(found["month"]), 1)


def _this_month(found: re.Match[str], today: date) -> list[date]:
    if _many_before(found):  # «ba tháng nay»
        return []
    return _days(*((today.year, today.month) if found["when"] in {"này", "nay"} else _month_after(today)), 1)


def _some_month(found: re.Match[str], today: date) -> list[date]:
    month = int(found["month"])
    if before(_COUNTED, found.string, found.start()) or _many_before(found):  # «mỗi tháng 2 …»
        return []
    return _days(today.year, month, 1) + (_days(today.year + 1, month, 1) if month < today.month else [])


def _many_before(found: re.Match[str]) -> bool:
    return bool(before(_MANY, found.string, found.start()))


def _near(found: re.Match[str], today: date) -> list[date]:
    if before(_NOT_A_DAY, found.string, found.start()) or _many_before(
        found
    ):  # «chị Mai», «hai mươi mốt», «mấy hôm nay»
        return []
    name = found["near"] or found.groupdict()["whole"]
    return [today + timedelta(_NEAR_FOLDED[" ".join(fold(name).split())])]


def _weekday(found: re.Match[str], today: date) -> list[date]:
    if before(_COUNTED, found.string, found.start()):  # «người thứ hai»
        return []
    weekday = 6 if found["sunday"] else _WEEKDAYS[fold(found["day"])]
    if found["week"]:
        return [_monday(today, found["when"]) + timedelta(weekday)]
    ahead = (weekday - today.weekday()) % 7
    days = [today + timedelta(ahead)] if ahead or not found["when"] else []
    return days if ahead else [*days, today + timedelta(7)]


def _weekend(found: re.Match[str], today: date) -> list[date]:
    monday = _monday(today, found["when"])
    return [day for day in (monday + timedelta(5), monday + timedelta(6)) if day >= today]


def _week(found: re.Match[str], today: date) -> list[date]:
    return [] if _many_before(found) else [_monday(today, found["when"])]


def _monday(today: date, when: str | None) -> date:
    return today - timedelta(today.weekday()) + timedelta(0 if when in {None, "này", "nay"} else 7)


_FORMS: list[tuple[re.Pattern[str], str, _Read]] = [
    (re.compile(bare_too(pattern)), precision, read)
    for pattern, precision, read in (
        (rf"(?:(?:ngày|mùng|mồng) )?{_DAY}(?:\s*[/.-]\s*| tháng ){_MONTH}(?:\s*[/.-]\s*| năm | ){_YEAR}", "day", _dated),
        (rf"(?:(?:ngày|mùng|mồng) )?{_DAY}(?:/| tháng ){_MONTH}{_NO_MORE}", "day", _in_year),
        (rf"(?:ngày|mùng|mồng) {_DAY} (?:tháng )?{_WHEN}", "day", _in_month),
        (rf"(?:ngày|mùng|mồng) {_DAY}(?P<when>)(?! tết| âm| tháng){_NO_MORE}", "day", _in_month),
        (rf"tháng {_MONTH}(?:\s*[/-]\s*| năm ){_YEAR}", "month", _month),
        (rf"tháng {_MONTH}{_NO_MORE}", "month", _some_month),
        (rf"tháng {_WHEN}", "month", _this_month),
        (r"(?:ngày )?(?P<near>hôm (?:nay|qua|kia)|bữa nay)(?!\w)", "day", _near),
        (r"(?:ngày|sáng|trưa|chiều|§tối|hẹn|§từ|bữa) (?P<near>mai|§mốt)(?!\w)(?! sau| mốt)", "day", _near),
        (r"(?:ngày|sáng|chiều) (?P<near>kia)(?!\w)", "day", _near),
        (rf"(?P<near>mai|§mốt)(?= (?:{_ME})(?!\w))|\A(?P<whole>mai|§mốt)(?=\W*\Z)", "day", _near),
        (rf"(?:thứ\s*(?P<day>hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|(?P<sunday>chủ nhật))(?!\w)(?: (?P<week>tuần )?{_WHEN})?(?! (?:ngoái|\d|(?:tuần )?(?:trước|qua|rồi|vừa))){_NO_MORE}", "day", _weekday),
        (rf"(?:sáng|trưa|chiều|§tối) (?:t(?P<day>[2-7])|(?P<sunday>cn))(?!\w)(?: (?P<week>tuần )?{_WHEN})?", "day", _weekday),
        (rf"cuối tuần(?: {_WHEN})?(?!\w)", "day", _weekend),
        (rf"(?:đầu |giữa )?tuần {_WHEN}", "week", _week),
    )
]  # fmt: skip

_PARTS = {"sáng": "morning", "sang": "morning", "trưa": "noon", "trua": "noon", "chiều": "afternoon", "chieu": "afternoon", "tối": "evening", "toi": "evening"}  # fmt: skip
_PART = r"(?P<part>sáng|sang|trưa|trua|chiều|chieu|tối)(?!\w)"  # «toi» without marks is «tôi»
_CLOCK = re.compile(
    r"(?<![\w+])(?<!\d[.,/:-])(?:"
    + bare_too(
        rf"(?P<hour>[01]?\d|2[0-3])(?:(?P<unit>[hg])(?P<minute>[0-5]\d)?|:(?P<past>[0-5]\d)|\s*giờ(?:\s*(?P<more>[0-5]\d)(?: phút)?)?)|(?P<spoken>{WORDS}) giờ"
    )
    + rf")(?!\w|[/:]\w)(?P<half>\s+(?:rưỡi|rưởi|ruoi)(?!\w))?(?:\s*{_PART})?"
)
_PER_DAY = re.compile(bare_too(r"\s*(?:/|một ngày|mỗi ngày|1 ngày|mỗi tuần|một tuần|đồng hồ)"))
_PART_BEFORE = re.compile(rf"(?<!\w){_PART}[^.!?;]{{0,25}}$")
_PART_ALONE = re.compile(
    rf"(?<!\w)(?!sang\s+[^mn\W]){_PART}(?=\s+(?:mai|mốt|nay|kia|thứ|thu|chủ nhật|chu nhat|ngày|ngay|t[2-7]|cn)(?!\w)|\W*\Z)|(?<!\w)(?:buổi|buoi)\s+(?P<named>{'|'.join(_PARTS)})(?!\w)"
)


def find_times(text: str) -> list[Time]:
    """Return the times of day of a text, in order; a part of the day counts where no clock time is told."""
    text = lowered(text)
    clock: list[Time] = []
    for found in _CLOCK.finditer(text):
        told = _clock(text, found, since=clock[-1].end if clock else 0)
        clock += [told] if told else []
    parts = [Time((), _PARTS[found["part"] or found["named"]], *found.span()) for found in _PART_ALONE.finditer(text)]
    return clock or parts


def _clock(text: str, found: re.Match[str], *, since: int) -> Time | None:
    hour = int(found["hour"]) if found["hour"] else read_number(found["spoken"])
    minute = 30 if found["half"] else int(found["minute"] or found["past"] or found["more"] or 0)
    earlier = _PART_BEFORE.search(text, max(since, found.start() - 48), found.start())
    part = _PARTS.get(found["part"] or (earlier["part"] if earlier else ""))
    network = found["unit"] == "g" and hour in {2, 3, 4, 5} and not (found["minute"] or part)  # 4G
    spoken = found["spoken"] or ""  # «bay gio» is now, «10 năm giờ …» ten years
    now = spoken in {"bay", "nam"} or spoken.endswith((" năm", " nam")) or bool(spoken and _many_before(found))
    if hour is None or hour > 23 or now or network or _PER_DAY.match(text, found.end()):
        return None
    return Time(tuple(time(at, minute) for at in _hours(hour, part)), part, *found.span())


def _hours(hour: int, part: str | None) -> tuple[int, ...]:
    if not 1 <= hour <= 11:
        return (hour,)
    if part is None:
        return (hour, hour + 12)
    if part == "morning" or (part == "noon" and hour >= 10):
        return (hour,)
    return (hour + 12,)
