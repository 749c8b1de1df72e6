"""Names, numbers and words of citizens as they are shown before somebody opens them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.conversation.relay.rules import without_numbers
from bot.vn.text import nfc

_ANY = "***"


def name(full: str | None) -> str:
    """Return the first letter of each word: «N*** T*** H***»."""
    return " ".join(f"{word[0]}{_ANY}" for word in (full or "").split()) or "Chưa rõ tên"


def phone(number: str | None) -> str:
    """Return the first two and the last three digits: «09** *** 678»; of an address that is no number nothing."""
    digits = re.sub(r"\D", "", number or "")
    if len(digits) < 9:
        return _ANY
    national = "0" + digits.removeprefix("84").removeprefix("0")
    return f"{national[:2]}** *** {national[-3:]}"


def words(text: str, names: Iterable[str | None]) -> str:
    """Return a text without the numbers in it and without the names that are known."""
    shown = without_numbers(text)
    for full in sorted({nfc(one) for one in names if one}, key=len, reverse=True):
        shown = re.sub(re.escape(full), name(full), shown, flags=re.IGNORECASE)
    return shown
