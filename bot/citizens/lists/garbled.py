"""Vietnamese that was typed for the fonts of the nineties, or spoilt by a wrong encoding: told, never guessed back. Pure."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from bot.vn.text import nfc


class Garbled(StrEnum):
    """How a text came to be unreadable."""

    TCVN3 = "tcvn3"  # of the fonts .VnTime, .VnArial: «NguyÔn V¨n»
    VNI = "vni"  # of the fonts VNI-Times: «Nguyeãn Vaên»
    MISREAD = "misread"  # UTF-8 read as something else: «Nguyá»…n»
    LOST = "lost"  # saved where the letters do not exist: «Nguy?n V?n»


_MISREAD = re.compile(r"á[»º]|Ä[\u2018\u0091\u0090]|Æ[°¡]|Ã[\u00a0-\u00bf]|â€")
_LOST = re.compile(r"[^\W\d_]\?+[^\W\d_]|\ufffd")
_VNI = re.compile(
    r"[aA][âáàåãäêéèúüëøùûõïÂÁÀÅÃÄÊÉÈÚÜËØÙÛÕÏ]|[eE][âáàåãäøùûõïÂÁÀÅÃÄØÙÛÕÏ]|[oO][âåäøùûõïÂÅÄØÙÛÕÏ]|[uUyYôÔöÖ][øùûõïØÙÛÕÏ]"
)
_TCVN3 = re.compile(
    r"(?<=[^\W\d_])[\u00a1-\u00a9\u00ab-\u00b1\u00b4-\u00b9\u00bb-\u00bf×÷]|[\u00a1-\u00a9\u00ab-\u00b1\u00b4-\u00b9\u00bb-\u00bf](?=[a-z])"
    r"|[ÆÇËÎÏÐØÞßåæçëîïðøûþµª]|[a-z][À-ÖØ-Ý]"
)


def garbled(text: str) -> Garbled | None:
    """Return how a text was spoilt; None for what can be read, in any language."""
    text = nfc(text)
    if text.isascii() and "?" not in text:
        return None
    for kind, pattern in ((Garbled.MISREAD, _MISREAD), (Garbled.LOST, _LOST)):
        if pattern.search(text):
            return kind
    if _VNI.search(text):
        return Garbled.VNI
    return Garbled.TCVN3 if _TCVN3.search(text) else None


def vietnamese(text: str) -> bool:
    """Tell whether all letters are those of Vietnamese, each with its tone in one sign."""
    return all(
        sign.isascii() or not (sign.isalpha() or unicodedata.combining(sign)) or sign.lower() in _LETTERS
        for sign in nfc(text)
    )


_LETTERS = frozenset(
    nfc(vowel + tone) for vowel in "aăâeêioôơuưy" for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
) | {"đ"}
