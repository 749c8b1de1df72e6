"""At what time of day people say they can come: «khoảng 9-10h sáng», «sau 5h chiều», «trước 10 giờ», «sau giờ làm», «xế chiều»."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time

from bot.vn.dates import Time, find_times
from bot.vn.numbers import WORDS, bare_too, before, read_bare
from bot.vn.parts_of_day import parts_in, with_plain_parts
from bot.vn.shorthand import spelled_out

OFFICE_HOURS = (time(8), time(17))
_AWAKE = (time(6), time(21))  # a bound outside says nothing: «sau 5h» is 17:00


@dataclass(frozen=True)
class Hours:
    """The times a text may mean (both halves of the day where it does not say), its part of the day, and its bounds.

    `after` and `before`: the readings of a bound; «từ 9 đến 10h sáng» has both.
    """

    times: tuple[time, ...] = ()
    part: str | None = None
    after: tuple[time, ...] = ()
    before: tuple[time, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.times or self.part or self.after or self.before)


_ABOUT = r"(?:lúc|khoảng|tầm|cỡ|chừng|hơn)"
_AFTER = re.compile(bare_too(rf"(?<!\w)(?:sau|từ|ngoài|quá)(?: {_ABOUT})?\s*$"))
_OF_WEEK = re.compile(bare_too(r"(?<!\w)(?:tuần|tháng|năm|hôm|bữa|chủ nhật|thứ \S+)\s*$"))
_BEFORE = re.compile(bare_too(rf"(?<!\w)trước(?: {_ABOUT})?\s*$"))
_EXCEPT = re.compile(bare_too(r"(?<!\w)(?:trừ|không phải|đừng)(?: (?:lúc|hẹn|giờ))?\s*$"))
_ONWARD = re.compile(bare_too(r"\s*(?:trở đi|trở lên|trở về sau|về sau|đổ đi|đổ lên)(?!\w)"))
_BACKWARD = re.compile(bare_too(r"\s*(?:trở lại|trở về trước|về trước|đổ lại|đổ về)(?!\w)"))
_UNTIL = re.compile(bare_too(rf"\s*(?:[-–~]|->|đến|tới|cho đến|đến tận)(?: {_ABOUT})?\s*"))
_AFTER_WORK = re.compile(
    bare_too(
        r"(?<!\w)(?:sau giờ (?:làm|hành chính)|ngoài giờ(?: hành chính)?|hết giờ(?: làm)?|tan (?:ca|làm|sở|xưởng)|(?:sau khi|lúc) đi làm về|đi làm về)(?!\w)"
    )
)
_BEFORE_WORK = re.compile(bare_too(r"(?<!\w)trước (?:giờ (?:làm|hành chính)|khi đi làm)(?!\w)"))
_AT_WORK = re.compile(bare_too(r"(?<!\w)(?:giờ hành chính|h hành chính|giờ hc|giờ làm việc|trong giờ làm)(?!\w)"))
_NOT_THEN = re.compile(bare_too(r"(?<!\w)(?:không|ko|k|bận|kẹt|đi làm|chưa)(?!\w)"))
_SPAN = re.compile(
    bare_too(
        rf"(?<![\w/.,-])(?P<low>\d{{1,2}}|{WORDS})(?P<link>\s*(?:[-–~]|đến|tới|hoặc|hay)\s*)(?=(?:\d{{1,2}}|{WORDS})\s*(?:h|g|giờ)(?![^\W\d]))"
    )
)
_BARE_BOUND = re.compile(bare_too(r"(?<!\w)(?:sau|trước|từ) \d{1,2}(?![\w/:.,-]|\s*(?:h|g|giờ|tháng|ngày)(?!\w))"))
_LUC = re.compile(bare_too(r"(?<!\w)(?:lúc|vào|hồi|hẹn)(?!\w)"))
_SPOKEN = {"morning": "sáng", "noon": "trưa", "afternoon": "chiều", "evening": "tối"}


def find_hours(text: str, *, expecting: bool = False) -> Hours:
    """Return the time of day a text tells; expecting: the time has just been asked for, so a bare «8» or «9 rưỡi» counts."""
    text = _spelled(text)
    text = _BARE_BOUND.sub(lambda found: f"{found[0]}h", text) if expecting else text
    work, text = _around_work(text)
    clock = [each for each in find_times(text) if each.choices and not before(_EXCEPT, text, each.start)]
    if expecting and not clock and (spoken := _numbers(text)):
        return find_hours(spoken)
    part = _part(text, clock)
    if part:
        clock = [_of_part(each, part, text) for each in clock]
    return _bounded(text, clock, part) if clock else replace(work, part=part)


def _spelled(text: str) -> str:
    text = with_plain_parts(spelled_out(text))
    return _SPAN.sub(lambda found: f"{found['low']} giờ {found['link'].strip()} ", text)


def _part(text: str, clock: list[Time]) -> str | None:
    """Return the one part of the day that is named, alone or with a time; none when several are."""
    parts = parts_in(text) | {each.part for each in clock if each.part}
    return parts.pop() if len(parts) == 1 else None


def _of_part(found: Time, part: str, text: str) -> Time:
    """Keep the half of the day that the part leaves: «3h, chiều nhé» is 15:00."""
    if len(found.choices) < 2:
        return found
    again = find_times(f"{text[found.start : found.end]} {_SPOKEN[part]}")
    return replace(again[0], start=found.start, end=found.end) if again and again[0].choices else found


def _bounded(text: str, clock: list[Time], part: str | None) -> Hours:
    """Tell times from bounds by the words around them."""
    hours, last = Hours(part=part), 0
    for place, each in enumerate(clock):
        follows = place > 0 and _UNTIL.fullmatch(text, last, each.start)
        leads = place + 1 < len(clock) and _UNTIL.fullmatch(text, each.end, clock[place + 1].start)
        hours, last = _with(hours, each, text, until=bool(follows), since=bool(leads)), each.end
    sooner = tuple(at for at in hours.after if hours.before and at < hours.before[-1])
    late = part == "afternoon" and hours.after and not hours.times and hours.after[0] >= OFFICE_HOURS[1]
    return replace(hours, after=sooner or hours.after, part=None if late else part)  # «sau 5h chiều» is the evening too


def _with(hours: Hours, each: Time, text: str, *, until: bool, since: bool) -> Hours:
    if until or before(_BEFORE, text, each.start) or _BACKWARD.match(text, each.end):
        later = tuple(at for at in _awake(each.choices) if not hours.after or at > hours.after[0])
        return replace(hours, before=later or _awake(each.choices))
    if since or _is_after(text, each.start) or _ONWARD.match(text, each.end):
        return replace(hours, after=_awake(each.choices))
    return replace(hours, times=tuple(dict.fromkeys((*hours.times, *each.choices))))


def _is_after(text: str, place: int) -> bool:
    """Tell whether «sau», «từ» stands before; «tuần sau lúc 9h» is at nine."""
    found = before(_AFTER, text, place)
    return bool(found and not before(_OF_WEEK, text, found.start()))


def _awake(times: tuple[time, ...]) -> tuple[time, ...]:
    return tuple(at for at in times if _AWAKE[0] <= at <= _AWAKE[1]) or times


def _around_work(text: str) -> tuple[Hours, str]:
    """Return the bounds that no clock tells («sau giờ làm», «giờ hành chính»), and the text without them."""
    start, end = OFFICE_HOURS
    outside = bool(_NOT_THEN.search(text))
    meant = (
        (_AFTER_WORK, Hours(after=(end,))),
        (_BEFORE_WORK, Hours(before=(start,))),
        (_AT_WORK, Hours(after=(end,)) if outside else Hours(after=(start,), before=(end,))),
    )
    for pattern, hours in meant:
        if pattern.search(text):
            return hours, pattern.sub(" ", text)
    return Hours(), text


def _numbers(text: str) -> str:
    """Write a bare answer with its hours: «8», «9-10», «lúc tám»."""
    numbers = [number for number in read_bare(_LUC.sub(" ", text)) if 0 < number < 24]
    spoken = [f"{int(number)}h{30 if number % 1 else 0:02}" for number in numbers]
    return " đến ".join(spoken)
