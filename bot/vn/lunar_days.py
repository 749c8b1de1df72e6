"""Days of the lunar calendar as people say them: «mùng 5 âm», «rằm tháng này», «23 tháng chạp», «mùng 10 tết»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.vn.lunar import LunarDay, to_lunar, to_solar
from bot.vn.numbers import ONE, bare_too, read_number
from bot.vn.text import fold


@dataclass(frozen=True)
class LunarChoice:
    """The solar days a lunar one may be, in order, the first perhaps past; none when no month has it."""

    choices: tuple[date, ...]
    start: int
    end: int


_DAY = rf"(?P<day>3[01]|[12]\d|0?[1-9]|mười|{ONE})"
_NAMED = r"giêng|chạp"
_MONTH = rf"(?P<month>1[0-2]|0?[1-9]|{_NAMED}|này|nay|sau|tới)"
_LUNAR = r"(?:âm lịch|âm|al|ta)(?!\w)"
_FORMS = tuple(
    re.compile(rf"(?<![\w/.,-])(?:{bare_too(pattern)})(?!\w)")
    for pattern in (
        rf"(?:ngày )?(?P<full>rằm)(?: tháng {_MONTH})?(?: {_LUNAR})?",
        rf"(?:ngày |mùng |mồng ){_DAY}(?: (?:tháng )?{_MONTH}|/(?P<m>1[0-2]|0?[1-9]))? {_LUNAR}",
        rf"(?P<day>3[01]|[12]\d|0?[1-9])(?: tháng {_MONTH}|/(?P<m>1[0-2]|0?[1-9]))? {_LUNAR}",
        rf"(?:ngày |mùng |mồng )?{_DAY} tháng (?P<month>{_NAMED})",
        rf"(?:ngày |mùng |mồng ){_DAY} (?P<tet>tết)",
        r"(?P<day>2\d|30) (?P<tet>tết)",
    )
)
_FAR = timedelta(400)


def find_lunar_days(text: str, today: date) -> list[LunarChoice]:
    """Return the lunar days of a text in lower case, with the solar days they may be: the coming ones first."""
    found: list[LunarChoice] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if all(match.end() <= other.start or other.end <= match.start() for other in found):
                found.append(LunarChoice(_choices(match.groupdict(), today), *match.span()))
    return sorted(found, key=lambda choice: choice.start)


def tet_after(today: date) -> date:
    """Return the first day of the coming lunar year."""
    return _coming(1, {1}, today + timedelta(1))[0]


def _choices(told: dict[str, str | None], today: date) -> tuple[date, ...]:
    day = 15 if told.get("full") else read_number(told["day"] or "") or 10
    if told.get("tet"):
        return _of_tet(day, today)
    name = fold(told.get("month") or told.get("m") or "")
    if name in {"nay", "sau", "toi"}:
        return _of_near_month(day, today, following=name != "nay")
    months = {{"gieng": 1, "chap": 12}.get(name) or int(name)} if name else set(range(1, 13))
    return _coming(day, months, today, most=1 if not name else 2)


def _of_tet(day: int, today: date) -> tuple[date, ...]:
    """Return the day at or behind the coming New Year; «30 tết» is the last day of the old year, though it be the 29th."""
    if day < 20:
        return _coming(day, {1}, today)
    if day < 30:
        return _coming(day, {12}, today)
    return (tet_after(today) - timedelta(1),)


def _of_near_month(day: int, today: date, *, following: bool) -> tuple[date, ...]:
    """Return the day in this lunar month, with that of the next when it is past; or in the next."""
    first = today - timedelta(to_lunar(today).day - 1)
    days = [_in_month_from(first, day), _in_month_from(first + timedelta(30), day)]
    kept = days[1:] if following else days[:1] if days[0] and days[0] >= today else days
    return tuple(each for each in kept if each)


def _in_month_from(inside: date, day: int) -> date | None:
    return to_solar(to_lunar(inside)._replace(day=day))


def _coming(day: int, months: set[int], today: date, most: int = 1) -> tuple[date, ...]:
    """Return the next such day; in a year that has the month twice, both."""
    year = to_lunar(today).year
    days = sorted(
        solar
        for lunar in (
            LunarDay(year + more, month, day, leap) for more in (0, 1) for month in months for leap in (False, True)
        )
        if (solar := to_solar(lunar)) and today <= solar <= today + _FAR
    )
    twice = [each for each in days[:most] if each - days[0] < timedelta(45)]
    return tuple(twice)
