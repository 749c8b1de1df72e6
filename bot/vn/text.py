"""One spelling for each text: Unicode form, diacritics, words."""

from __future__ import annotations

import re
import unicodedata

_STROKE = str.maketrans({"đ": "d", "Đ": "D"})
_TELLTALE = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn"}
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_JOINERS = {"\u200d", "\ufe0f"}  # they hold an emoji together


def nfc(text: str) -> str:
    """Return the text with each accented letter as one code point."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return the text without any diacritic; case and length (of NFC text) stay as they are."""
    return "".join(_fold_letter(letter) for letter in nfc(text).translate(_STROKE))


def _fold_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return bare if len(bare) == 1 else letter


def fold_key(text: str) -> str:
    """Return the words in lower case without diacritics, one space between: the key by which texts are compared."""
    return " ".join(words(fold(text).lower()))


def words(text: str) -> list[str]:
    """Return the runs of letters and digits."""
    return _WORD.findall(text)


def accented(text: str) -> bool:
    """Tell whether the writer used diacritics at all."""
    return fold(text) != nfc(text)


def has_letters(text: str) -> bool:
    """Tell whether there is anything to read: one letter or digit of any script."""
    return bool(_TELLTALE.search(text)) or any(sign.isdigit() for sign in text)


def storable(text: str) -> str:
    """Return the text without what no table or workbook holds: NUL and other control signs, lone halves of surrogate pairs."""
    return _UNSTORABLE.sub("", text)


def clean(text: str) -> str:
    """Return what a person meant to send: NFC, without control signs, runs of white space as one space."""
    visible = "".join(
        " " if sign.isspace() else sign
        for sign in nfc(text)
        if sign.isspace() or sign in _JOINERS or unicodedata.category(sign) not in _CONTROL
    )
    return nfc(_SPACE.sub(" ", visible)).strip()
