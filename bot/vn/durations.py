"""Spans of time as people type them: «15 năm», «năm rưỡi», «3 năm 4 tháng», «chục năm», «5-7 năm»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.vn.numbers import NUMBER, RANGE, WORDS, amount, bare_too, before, ends, lowered, read_bare
from bot.vn.text import fold, nfc


@dataclass(frozen=True)
class Duration:
    """How many months a span may be (both ends of a range), and where it stands in the NFC text."""

    choices: tuple[int, ...]
    start: int
    end: int

    @property
    def months(self) -> int | None:
        """The number of months when only one is meant."""
        return self.choices[0] if len(self.choices) == 1 else None


_LONGEST = 60 * 12
_MONTH = r"(?:tháng|thg|th)"
_HALF = r"(?:rưỡi|rưởi)"
_SPAN = re.compile(
    bare_too(
        rf"(?<!\w)(?<!\d[.,/:-])(?:{RANGE}\s*(?P<tens>chục )?(?:(?P<years>năm)(?: (?P<half>{_HALF}))?(?: (?:và |lẻ )?(?P<more>{NUMBER})\s*{_MONTH})?|(?P<months>{_MONTH}))|"
        rf"(?P<close>\d{{1,2}})n(?:(?P<close_months>\d{{1,2}})(?:th|t))?|(?P<named>chục năm|nửa năm|năm {_HALF}))(?!\w)"
    )
)
_NAMED = {"chuc nam": 120, "nua nam": 6, "nam ruoi": 18}
# What makes of «5 năm» or «7 tháng» a date, an age, a turn or a rate.
_BEFORE = re.compile(
    bare_too(
        r"(?:(?<!\w)(?:tháng|thứ|lớp|quý|điều|khoản|mỗi|mấy|vài|nhiều|hàng|hằng|từng|tuổi|bầu|thai|ngày)|/)\s*$|\d\s?t\s?$"
    )
)
# «2 triệu/tháng 15 năm»: the month before is what the sum is for, not a date's.
_A_MONTH_BEFORE = re.compile(bare_too(rf"(?:/\s*|(?<!\w)(?:một|1|mỗi|hàng|hằng) ){_MONTH}\s*$"))
_MONEY_BEFORE = re.compile(bare_too(r"(?:triệu|tr|củ|nghìn|ngàn|k|§đồng|§đ|000|%|phần trăm)(?:\d{0,3}| rưỡi)\s*$"))
_BEHIND = re.compile(
    bare_too(r"\s*(?:[/-]\s*\d|(?:19|20)\d\d)|(?: năm)? (?:tuổi|ngoái|trước(?! khi)|(?:19|20)\d\d)(?!\w)")
)
_DATE_BEHIND = re.compile(
    bare_too(
        rf"\s*(?:\d{{1,2}}|{WORDS})(?!\w)(?!\s*(?:ngày|triệu|tr|nghìn|ngàn|k|củ)(?!\w))| (?:một lần|1 lần|năm|{_HALF})(?!\w)"
    )
)
_NOW_BEHIND = re.compile(r"\s+nay(?!\w)")
_RATE_BEHIND = re.compile(
    bare_too(
        r" (?:[^\W\d]+ ){0,2}(?:bao nhiêu|bn|bnhieu|bao nhiu|mấy|nhiêu|[\d.,]+\s*(?:tr|triệu|k|nghìn|ngàn|củ|đ|đồng))(?!\w)"
    )
)
_RATE_BEFORE = re.compile(bare_too(r"(?<!\w)(?:bao nhiêu|bn|bnhieu|bao nhiu|nhiêu|nhiu|mấy)(?: [^\W\d]+){0,2} $"))
# «một tháng» is what a sum is for, unless such a word stands before it.
_ONE_COUNTS = re.compile(
    bare_too(
        r"(?:^|(?<!\w)(?:được|đc|dc|trong|thiếu|quên|chậm|trễ|mới|nghỉ|làm|đã|có|từng|thêm|hơn|còn|chưa|mất|ngừng|gần|khoảng|nợ|hụt|lỡ|dừng)(?: [^\W\d]+)? |\A\W*)$"
    )
)
_PAYING = re.compile(bare_too(r"(?<!\w)(?:đóng|nộp|thiếu|được|đc|dc|đủ|làm|mua)(?: [^\W\d]+){0,3} $"))


def find_durations(text: str) -> list[Duration]:
    """Return the spans of time of a text, in order; no dates («năm 2025»), rates («mỗi năm») or ages («45 tuổi»)."""
    text = lowered(text)
    found = [_span(match) for match in _SPAN.finditer(text) if not _another_matter(text, match)]
    return [duration for duration in found if duration]


def read_duration(text: str) -> list[Duration]:
    """Return the spans a reply to «how many years?» tells: «mười lăm năm», «3 năm 4 tháng», or bare «15», «5-7»."""
    found = find_durations(text)
    if found:
        return found
    months = tuple(int(years * 12) for years in read_bare(text, "nam", "n"))
    return [Duration(months, 0, len(nfc(text)))] if months and max(months) <= _LONGEST else []


def _span(found: re.Match[str]) -> Duration | None:
    if found["named"]:
        return Duration((_NAMED[_plain(found["named"])],), found.start(), found.end())
    if found["close"]:
        close = int(found["close"]) * 12 + int(found["close_months"] or 0)
        return Duration((close,), found.start(), found.end()) if close <= _LONGEST else None
    numbers, start = ends(found)
    scale = (12 if found["years"] else 1) * (10 if found["tens"] else 1)
    more = amount(found["more"]) if found["more"] else None
    extra = (6 if found["half"] else 0) + (more or 0)
    months = [number * scale + extra for number in numbers]
    choices = tuple(sorted({int(number) for number in months}))
    return Duration(choices, start, found.end()) if _sensible(months) else None


def _sensible(months: list[Decimal]) -> bool:
    return bool(months) and all(number == int(number) and number <= _LONGEST for number in months)


def _another_matter(text: str, found: re.Match[str]) -> bool:
    start, end, number = found.start(), found.end(), found["number"]
    if found["close"]:
        return not before(_PAYING, text, start)
    if not found["named"]:
        start = ends(found)[1]
    if (before(_BEFORE, text, start) and not before(_A_MONTH_BEFORE, text, start)) or _BEHIND.match(text, end):
        return True
    if found["months"] and (_DATE_BEHIND.match(text, end) or number in {"năm", "nam"}):  # «15 tháng 7», «năm tháng»
        return True
    return not found["named"] and (_a_word(text, found) or _a_rate(text, found, start))


def _a_word(text: str, found: re.Match[str]) -> bool:
    """Tell whether the number is another word: «sau năm» (after), «ba năm nay 62 tuổi» (father this year)."""
    if "sau" in {found["number"], found["low"]}:
        return True
    return found["number"] in {"ba", "tu", "nam"} and bool(_NOW_BEHIND.match(text, found.end()))


def _a_rate(text: str, found: re.Match[str], start: int) -> bool:
    """Tell whether one year or month is what a sum is for: «2 triệu 1 năm», «một tháng bao nhiêu»."""
    one = found["number"] in {"1", "một", "mot"} and not (found["low"] or found["half"] or found["more"])
    if not one:
        return False
    rate = (
        before(_MONEY_BEFORE, text, start) or before(_RATE_BEFORE, text, start) or _RATE_BEHIND.match(text, found.end())
    )
    return bool(rate or (found["months"] and not before(_ONE_COUNTS, text, start)))


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
