"""Names, numbers and words as they are shown until somebody opens them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.conversation.relay.rules import without_numbers
from bot.vn.text import nfc


def mask_name(name: str) -> str:
    """Return of each word its first sign: «N*** T*** H***»."""
    return " ".join(word[0] + "***" for word in name.split()) or "***"


def mask_phone(number: str) -> str:
    """Return a number in E.164 by its first and last digits: «09** *** 678»."""
    national = "0" + number.removeprefix("+84") if number else ""
    return f"{national[:2]}** *** {national[-3:]}" if len(national) > 6 else "***"


def mask_words(text: str, names: Iterable[str]) -> str:
    """Return a text without the numbers in it and without the names that are known."""
    shown = without_numbers(text)
    for name in sorted({nfc(one) for one in names if one}, key=len, reverse=True):
        hidden = mask_name(name).replace("\\", r"\\")  # no reference of a pattern
        shown = re.sub(re.escape(name), hidden, shown, flags=re.IGNORECASE)
    return shown
