"""What a text costs as SMS: its alphabet, its parts, and the same text without diacritics."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.vn.text import fold

# GSM 03.38: 7 bits a sign, 160 signs alone and 153 in each of several; anything else is UCS-2, 70 and 67.
SINGLE, LONG, SINGLE_UCS2, LONG_UCS2 = 160, 153, 70, 67
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€\f")  # two signs each, never parted
_PLAIN = str.maketrans({
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "‑": "-",
    "…": "...", "•": "-", "·": "-", "×": "x", "₫": "d", "→": "->", "≥": ">=", "≤": "<=", "½": "1/2", "\t": " ",
    "\u200b": "", "\ufeff": "", "\u00ad": "",
})  # fmt: skip
_ODD_SPACE = re.compile(r"[^\S\n\r\f ]")


@dataclass(frozen=True, slots=True)
class Count:
    """How many parts a text takes, and whether it needs UCS-2."""

    parts: int
    unicode: bool


def plain(text: str) -> str:
    """Return the text without diacritics and with the punctuation of GSM-7; a sign that has no such form stays."""
    return _ODD_SPACE.sub(" ", fold(text).translate(_PLAIN))


def count(text: str) -> Count:
    """Return what a text costs."""
    if all(sign in _BASIC or sign in _ESCAPED for sign in text):
        return Count(_parts([2 if sign in _ESCAPED else 1 for sign in text], SINGLE, LONG), unicode=False)
    return Count(_parts([2 if sign > "\uffff" else 1 for sign in text], SINGLE_UCS2, LONG_UCS2), unicode=True)


def _parts(sizes: list[int], single: int, long: int) -> int:
    if sum(sizes) <= single:
        return 1
    parts, used = 1, 0
    for size in sizes:  # a sign of two goes whole into the next part
        parts, used = (parts, used + size) if used + size <= long else (parts + 1, size)
    return parts
