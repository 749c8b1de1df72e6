"""Choosing from a numbered menu in words: «1», «số 1», «một», «cho em câu 2 ạ»."""

from __future__ import annotations

import re

from bot.vn.numbers import bare_too, lowered, read_bare

_AROUND_NUMBER = re.compile(
    bare_too(
        r"\W*(?:(?:dạ|vâng|em|tôi|cho|chọn)\W+)*(?:lựa chọn|mục|câu|ý|phương án|nút|phím|bấm|nhấn|ấn)\W+"
        r"|\W+(?:giúp|giùm|dùm|hộ|với)(?:\W+(?:em|tôi|mình|con|cháu))?(?:\W+(?:ạ|nhé|nha))?\W*$"
    )
)


def chosen(text: str, menu_size: int) -> int | None:
    """Return which line of the last menu a text chooses («1», «số 1», «một», «so 1.»), None if none."""
    numbers = read_bare(_AROUND_NUMBER.sub(" ", lowered(text)))
    if len(numbers) != 1 or numbers[0] != int(numbers[0]):
        return None
    return int(numbers[0]) if 1 <= numbers[0] <= menu_size else None
