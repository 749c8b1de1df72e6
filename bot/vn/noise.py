"""How people type on a phone: without diacritics, in teencode, with slips of the finger and telex left over.

Used to enlarge the training data and to measure on noisy text; a seed makes each result repeatable.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from bot.vn.text import fold, nfc

_TEENCODE: dict[str, tuple[str, ...]] = {
    "không": ("ko", "k", "hok", "kg", "hong", "khong"),
    "được": ("đc", "dc", "dk"),
    "bao nhiêu": ("bn", "bnhieu", "bao nhiu"),
    "bảo hiểm xã hội": ("bhxh",),
    "bảo hiểm y tế": ("bhyt",),
    "bảo hiểm": ("bh", "bhiem"),
    "tự nguyện": ("tn", "tnguyen"),
    "thất nghiệp": ("tn", "that ng"),
    "gì": ("j", "gi"),
    "vậy": ("v", "z", "dzậy"),
    "rồi": ("r", "roi"),
    "mình": ("mk", "mik", "m"),
    "em": ("e",),
    "anh": ("a",),
    "chị": ("c",),
    "với": ("vs", "voi"),
    "người": ("ng", "ngừi"),
    "thế nào": ("tn", "ntn"),
    "như thế nào": ("ntn",),
    "làm": ("lm",),
    "nhưng": ("nhg",),
    "cũng": ("cx", "cg"),
    "biết": ("bít", "bik"),
    "tháng": ("th", "thg"),
    "năm": ("n", "nam"),
    "triệu": ("tr",),
    "nghìn": ("k",),
    "giờ": ("h", "g"),
    "trả lời": ("rep", "tl"),
    "cảm ơn": ("tks", "thanks"),
    "muốn": ("mún", "mun"),
    "phải": ("fai", "phai"),
    "nhà nước": ("nn",),
    "hộ gia đình": ("hgd",),
    "lao động": ("ld", "lđ"),
    "công ty": ("cty", "cti"),
    "quá": ("wá", "qa"),
    "thì": ("thi", "th"),
    "ạ": ("a", "ah"),
    "ơi": ("oi", "ui"),
    "bây giờ": ("bjo", "h"),
    "hồ sơ": ("hs",),
    "hướng dẫn": ("hd",),
    "nghỉ": ("nghĩ",),
    "đóng": ("đóg", "dong"),
    "lương": ("lươg", "luong"),
}
_TEEN = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _TEENCODE), key=len, reverse=True)) + r")\b", re.IGNORECASE)
_NEAR = {
    "a": "qsz", "b": "vgn", "c": "xvd", "d": "sfec", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok", "j": "hku",
    "k": "jli", "l": "kop", "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adw", "t": "ryg",
    "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xas",
}  # fmt: skip
_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_SHAPES = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}

Noise = Callable[[str, random.Random], str]


def plain(text: str, _: random.Random) -> str:
    """Drop every diacritic."""
    return fold(text)


def teencode(text: str, rng: random.Random) -> str:
    """Shorten about two thirds of the words that have a usual short form."""

    def shorten(found: re.Match[str]) -> str:
        return rng.choice(_TEENCODE[found[0].lower()]) if rng.random() < 0.67 else found[0]

    return _TEEN.sub(shorten, nfc(text))


def slips(text: str, rng: random.Random, rate: float = 0.05) -> str:
    """Hit each letter with the given chance: left out, doubled, swapped, a neighbour's key, or without its mark."""
    letters, out, skip = list(nfc(text)), [], False
    for place, letter in enumerate(letters):
        if skip:
            skip = False
        elif not letter.isalpha() or rng.random() >= rate:
            out.append(letter)
        else:
            skip = _slip(letters, place, out, rng)
    return "".join(out)


def _slip(letters: list[str], place: int, out: list[str], rng: random.Random) -> bool:
    """Write one wrong letter to out; tell whether the next letter is used up."""
    letter, kind = letters[place], rng.choice(("lost", "twice", "swapped", "near", "bare"))
    if kind == "swapped" and place + 1 < len(letters) and letters[place + 1].isalpha():
        out += [letters[place + 1], letter]
        return True
    out += {"lost": "", "twice": letter * 2, "bare": fold(letter)}.get(
        kind, rng.choice(_NEAR.get(fold(letter).lower(), "x"))
    )
    return False


def telex(text: str, rng: random.Random, rate: float = 0.2) -> str:
    """Leave the given share of the accented words as raw Telex keys."""
    return " ".join(
        _keys(word) if fold(word) != word and rng.random() < rate else word for word in nfc(text).split(" ")
    )


def _keys(word: str) -> str:
    tone, out = "", ""
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        tone = next((_TONES[part] for part in parts if part in _TONES), tone)
        shape = nfc("".join(part for part in parts if part not in _TONES))
        out += _SHAPES.get(shape.lower(), shape)
    return out + tone


def as_typed(text: str, rng: random.Random) -> str:
    """Return one likely hasty spelling: teencode first, then usually no diacritics, then a few slips or telex."""
    text = teencode(text, rng)
    if rng.random() < 0.7:
        return slips(fold(text), rng, 0.03)
    return telex(text, rng) if rng.random() < 0.5 else slips(text, rng)
