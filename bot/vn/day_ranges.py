"""Ranges of days: «từ thứ 2 đến thứ 6», «10 đến 15/12», «từ 15/12 trở đi», «trước thứ 5», «sau rằm»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.vn.numbers import bare_too, before
from bot.vn.weeks import DayMention, Readings

_LONGEST = timedelta(60)
_OPEN = 14  # days that «sau 20/12» lasts
_UNTIL = re.compile(bare_too(r"\s*(?:[-–~>]|->|đến|tới|cho đến|đến hết|tới hết)\s*"))
_BEFORE = re.compile(bare_too(r"(?<!\w)trước(?: (?:ngày|hôm))?\s*$"))
_FROM = re.compile(bare_too(r"(?<!\w)(?:từ|kể từ)(?: (?:ngày|hôm|sáng|chiều))?\s*$"))
_AFTER = re.compile(bare_too(r"(?<!\w)(?<!tuần\s)(?<!tháng\s)(?<!hôm\s)(?:sau|qua|ngoài)(?: (?:ngày|hôm))?\s*$"))
_ONWARD = re.compile(bare_too(r"\s*(?:trở đi|trở lên|về sau|đổ đi)(?!\w)"))
_BACKWARD = re.compile(bare_too(r"\s*(?:trở về trước|trở lại|về trước|đổ lại)(?!\w)"))


def filled(text: str, mentions: Sequence[DayMention], today: date) -> list[DayMention]:
    """Return the mentions with each range as one of all its days."""
    out: list[DayMention] = []
    for each in mentions:
        if out and _runs_on(text, out[-1], each):
            first = out.pop()
            readings = _between(first, each, today)
            each = DayMention(readings, each.precision, first.start, each.end, lunar=each.lunar)
        else:
            each = _opened(text, each, today)
        out.append(each)
    return out


def _runs_on(text: str, first: DayMention, last: DayMention) -> bool:
    """Tell whether one day is the end of a range from the other; «thứ hai tới thứ năm» is one too."""
    gap, said = text[first.end : last.start], text[first.start : first.end]
    until = _UNTIL.fullmatch(gap) or (not gap.strip() and first.when == "toi" and said.endswith(("tới", "toi")))
    return bool(until and first.readings and last.readings)


def _between(first: DayMention, last: DayMention, today: date) -> Readings:
    """Return the days from the last beginning before a coming end to that end; «thứ 6 đến thứ 3» ends a week later."""
    begins = [reading[0] for reading in first.readings]
    ends = sorted(reading[-1] for reading in last.readings if reading[-1] >= today) or [last.readings[-1][-1]]
    pairs = [(begin, end) for end in ends for begin in reversed(begins) if begin < end]
    begin, end = pairs[0] if pairs else (begins[-1], ends[-1] + timedelta(7 if last.weekday is not None else 0))
    return (tuple(begin + timedelta(number) for number in range(max(1, min(_LONGEST, end - begin).days + 1))),)


def _opened(text: str, mention: DayMention, today: date) -> DayMention:
    """Return the days before or behind one day: «trước 20/12», «từ 15/12 trở đi»; «từ thứ 2» is the beginning of a range too."""
    if mention.told or any(len(reading) > 1 for reading in mention.readings):
        return mention
    if before(_BEFORE, text, mention.start) or _BACKWARD.match(text, mention.end):
        return replace(mention, readings=tuple(_until(each[0], today) for each in mention.readings), precision="week")
    if before(_FROM, text, mention.start) or _ONWARD.match(text, mention.end):
        return replace(mention, readings=tuple(_since(each[0]) for each in mention.readings), precision="week")
    if before(_AFTER, text, mention.start):
        later = tuple(_since(each[0] + timedelta(1)) for each in mention.readings)
        return replace(mention, readings=later, precision="week")
    return mention


def _until(day: date, today: date) -> tuple[date, ...]:
    days = min(_LONGEST, day - today).days
    return tuple(today + timedelta(number) for number in range(days)) or (day,)


def _since(day: date) -> tuple[date, ...]:
    return tuple(day + timedelta(number) for number in range(_OPEN))
