"""The part of the day a text names in spelled-out words: morning, noon, afternoon or evening; «xế chiều», «chiều mới rảnh»."""

from __future__ import annotations

import re

from bot.vn.numbers import bare_too

_SPELLED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(?<!\w)(?:{bare_too(pattern)})(?!\w)"), spelled)
    for pattern, spelled in (
        (r"sáng sớm|sớm mai|đầu giờ sáng|sáng tinh mơ|ban sáng", "buổi sáng"),
        (r"nghỉ trưa|giữa trưa|ban trưa|buổi trưa|trưa đứng bóng", "buổi trưa"),
        (r"xế chiều|§xế|chiều muộn|đầu giờ chiều|cuối giờ chiều|ban chiều|đầu chiều|cuối chiều", "buổi chiều"),
        (r"chiều tối|ban đêm|ban tối|buổi tối|§tối §muộn|§đêm|đêm nay|đêm mai|khuya|chập tối|sau bữa tối|sau cơm tối", "buổi tối"),
    )
)  # fmt: skip
_PART = re.compile(
    r"(?<!\w)(?<!ánh )(?<!nói )(?P<part>sáng|trưa|chiều|tối)(?!\w)(?! (?:tạo|kiến|đa|thiểu|dài|cao|rộng|nghĩa|suốt|lòng|sủa))"
    r"|(?<!\w)(?P<bare>trua|chieu|(?:(?<=buoi )|(?<=vao )|(?<=ban ))(?:sang|toi)|(?:(?<=^)|(?<=^vao )|(?<=^lúc ))(?:sang|toi)(?=(?: (?:a|nha|nhe|di))*\W*$)|sang(?= (?:mai|nay|mot|mốt|kia|thứ|thu|chủ nhật|chu nhat|ngày|ngay|som|thi|hoac|hay|\d)(?!\w)))(?!\w)"
)
_FREE = re.compile(
    bare_too(
        r"(?<!\w)(?P<part>sáng|trưa|chiều|§tối)(?: (?:thì|em|tôi|mình|bác|con|tui|mới|đều|cũng|chỉ))* rảnh|rảnh(?: (?:vào|buổi|lúc|từ|tầm|được))* (?P<then>sáng|trưa|chiều|§tối)(?!\w)"
    )
)
_WHOLE_DAY = re.compile(
    bare_too(r"(?<!\w)(?:cả ngày|nguyên ngày|sáng (?:hay|hoặc|hoặc là|,) ?chiều|sáng chiều(?: gì)?)(?!\w)")
)
_PARTS = {"sáng": "morning", "sang": "morning", "trưa": "noon", "trua": "noon", "chiều": "afternoon", "chieu": "afternoon", "tối": "evening", "toi": "evening"}  # fmt: skip


def with_plain_parts(text: str) -> str:
    """Return the text with «xế chiều», «giữa trưa», «khuya» as «buổi chiều», «buổi trưa», «buổi tối»."""
    for pattern, spelled in _SPELLED:
        text = pattern.sub(spelled, text)
    return text


def parts_in(text: str) -> set[str]:
    """Return the parts of the day a text names, of several the one in which people are free; none for the whole day."""
    if _WHOLE_DAY.search(text):
        return set()
    named = {_PARTS[found["part"] or found["bare"]] for found in _PART.finditer(text)}
    if len(named) < 2:
        return named
    return {_PARTS[found["part"] or found["then"]] for found in _FREE.finditer(text)} or named
