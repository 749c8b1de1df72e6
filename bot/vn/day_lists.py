"""Days that belong together: «thứ 3 hoặc thứ 5 tuần sau», «tuần sau trừ thứ 6», «cuối tuần, thứ 7»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.vn.day_ranges import filled
from bot.vn.numbers import bare_too
from bot.vn.weeks import DayMention, Readings, weekday

FAR = timedelta(60)  # the longest range, and how far ahead «trừ chủ nhật» is counted out
_NOT = r"(?:không|ko|k|hông|chẳng|khỏi)"
_BUSY = rf"(?:bận|kẹt|mắc|nghỉ|{_NOT} (?:rảnh|được|đc|dc|đi được|đi đc|đi dc|tiện|có nhà|ra được|đến được|tới được))"
_DAY_WORD = r"(?:ra|hẹn|xếp|vào|cả|ngày|hôm|buổi|sáng|chiều|trưa|tối|là)"
_EXCEPT_BEFORE = re.compile(
    bare_too(
        rf"(?<!\w)(?:(?P<all>trừ|ngoại trừ|trừ ra|tránh|bận|kẹt)|đừng|không phải|nghỉ|{_BUSY})(?: {_DAY_WORD})*\s*$"
    )
)
_EXCEPT_BEHIND = re.compile(
    bare_too(
        rf"\s*(?:(?:thì|là|em|tôi|mình|con|cháu|bác|cô|chú|tui|e|lại|hay) )*{_BUSY}(?! (?:không|ko|k)(?!\w))(?!\w)"
    )
)
_AND = re.compile(
    bare_too(r"\s*(?:(?:[,;/+&]|(?:và|hoặc|hay|với|hoặc là|hay là|sáng|trưa|chiều|tối|buổi|hôm|ngày|đều)(?!\w))\s*)*")
)
_ALSO = re.compile(bare_too(r"\s*(?:và|với|hoặc|hay|&)(?: (?:sáng|trưa|chiều|tối|buổi|hôm|ngày))*\s*"))


def split_excepted(text: str, mentions: Sequence[DayMention]) -> tuple[list[DayMention], list[DayMention]]:
    """Return the days people can, and those they cannot: behind «trừ», before «bận», joined to such a one by «và»."""
    meant: list[DayMention] = []
    excepted: list[DayMention] = []
    link = None  # what joins the next day to one that is left out
    for place, each in enumerate(mentions):
        cue = _EXCEPT_BEFORE.search(text, max(0, each.start - 40), each.start)
        also = link and each.precision == "day" and link.fullmatch(text, mentions[place - 1].end, each.start)
        out = bool(cue or also or _EXCEPT_BEHIND.match(text, each.end))
        link = (_AND if cue and cue["all"] else _ALSO if cue else link) if out else None
        (excepted if out else meant).append(each)
    return meant, excepted


def days_of(excepted: Sequence[DayMention], readings: Readings, today: date) -> set[date]:
    """Return the days left out; a bare weekday is left out of every week."""
    days = {day for reading in readings for day in reading} | {today + timedelta(each) for each in range(FAR.days + 1)}
    weekdays = {each.weekday for each in excepted if each.weekday is not None and not each.when}
    dated = [each for each in excepted if each.weekday is None or each.when]
    out = {day for each in dated for reading in each.readings for day in reading}
    return {day for day in days if day.weekday() in weekdays or day in out}


def joined(text: str, mentions: Sequence[DayMention], today: date) -> list[DayMention]:
    """Return the days with each weekday in its week, each range filled, and no week beside a day of it."""
    return _narrow(filled(text, _in_their_week(text, mentions, today), today))


def _in_their_week(text: str, mentions: Sequence[DayMention], today: date) -> list[DayMention]:
    """Put bare weekdays into the week told beside them: «tuần sau thứ 3», «thứ 3 hoặc thứ 5 tuần sau»."""
    week = next((each for each in mentions if each.precision == "week" and not each.lunar), None)
    bare = [each for each in mentions if each.weekday is not None and not each.when]
    if week and bare:
        return [_of_week(each, week.when, today) if each in bare else each for each in mentions if each is not week]
    out: list[DayMention] = []
    for each in reversed(mentions):
        next_one = out[-1] if out else None
        shares = next_one and next_one.of_week and _AND.fullmatch(text, each.end, next_one.start)
        out.append(_of_week(each, next_one.when, today) if next_one and shares and each in bare else each)
    return out[::-1]


def _of_week(mention: DayMention, when: str | None, today: date) -> DayMention:
    readings = weekday(mention.weekday or 0, when, of_week=True, today=today)
    return DayMention(readings, "day", mention.start, mention.end, weekday=mention.weekday, when=when, of_week=True)


def _narrow(mentions: Sequence[DayMention]) -> list[DayMention]:
    """Leave out a week or weekend beside a day of it: «cuối tuần, thứ 7 nhé»."""
    days = {reading[0] for each in mentions for reading in each.readings if len(reading) == 1}
    return [each for each in mentions if not any(len(reading) > 1 and days & {*reading} for reading in each.readings)]
