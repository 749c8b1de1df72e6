"""Numbers as words and digits («hai mươi lăm», «hai lăm», «1,5», «2-3»), and the pieces the other parsers are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from bot.vn.text import fold, nfc

DIGITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9,
}  # fmt: skip
_NAMES = {1: "một", 2: "hai", 3: "ba", 4: "bốn", 5: "năm", 6: "sáu", 7: "bảy|bẩy", 8: "tám", 9: "chín"}
ONE = "|".join(_NAMES.values())
_LAST = "|".join(
    [*(name for digit, name in _NAMES.items() if digit != 5), "mốt|tư|lăm|nhăm"]
)  # «mười năm» is ten years


def _pairs(first: int) -> str:
    """Colloquial tens: «hai lăm», «ba tám»; never «hai ba» (two or three), «hai năm» (two years)."""
    seconds = [_NAMES[second] for second in range(2, 10) if second not in {first, first + 1, 5}]
    return f"(?:{_NAMES[first]}) (?:mốt|tư|lăm|nhăm|{'|'.join(seconds)})"


_TENS = rf"mười(?: (?:{_LAST}))?|(?:{ONE}) mươi(?: (?:{_LAST}))?"
# «năm hai triệu» is two millions a year, not 52: a colloquial pair does not begin with «năm».
_SMALL = "|".join([_TENS, *(_pairs(first) for first in (2, 3, 4, 6, 7, 8, 9)), ONE])
WORDS = rf"(?:(?:{ONE}) trăm(?: (?:linh|lẻ) (?:{ONE}|tư)| (?:{_SMALL}))?|{_SMALL})"
NUMBER = rf"(?:\d{{1,3}}(?:[.,]\d{{3}}){{1,4}}|\d{{1,12}}[.,]\d{{1,2}}|\d{{1,12}}|{WORDS})"
_NEAR = "|".join(f"(?:{_NAMES[first]}) (?:{_NAMES[first + 1]})" for first in range(1, 9)) + "|chín mười"
_NEXT = _NEAR.replace("năm", "§năm").replace("mười", "§mười")  # «Việt Nam sáu năm», «chin muoi» (90)
# A number or a range of two: «hai ba», «2-3», «2 đến 3», «2, 3»; ends() tells which.
RANGE = rf"(?:(?P<near>{_NEXT})|(?:(?P<low>{NUMBER})(?P<link>\s*[-–~]\s*| (?:đến|tới|hoặc|hay) |,\s+))?(?P<number>{NUMBER}))"

_ACCENTED = re.compile(r"(§?)([a-z]*[à-ỹ][a-zà-ỹ]*)")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def lowered(text: str) -> str:
    """Return the NFC text in lower case, each letter still in its place."""
    lower = nfc(text).lower()
    if len(lower) == len(nfc(text)):
        return lower
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in nfc(text))


def bare_too(pattern: str) -> str:
    """Let each accented word of a pattern stand without its marks too, unless it has a § before it, and each space be any white space."""
    return _ACCENTED.sub(lambda word: word[2] if word[1] else f"(?:{word[2]}|{fold(word[2])})", pattern).replace(
        " ", r"\s+"
    )


def distinct(words: str) -> str:
    """Return the words of an alternation for bare_too, with and without their marks, none of them twice.

    What is repeated needs it: a run of «a» can be read in 2^n ways where both «ạ» and «á» stand without their marks.
    """
    forms = (form for word in words.split("|") for form in (_ACCENTED.sub(r"§\2", word), fold(word)))
    return "|".join(dict.fromkeys(forms))


def whole(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that may not begin or end inside a word, nor begin inside 1,5 or 1/7 or 2-3."""
    return re.compile(rf"(?<!\w)(?<!\d[.,/:-])(?:{bare_too(pattern)})(?!\w)")


def before(pattern: re.Pattern[str], text: str, place: int) -> re.Match[str] | None:
    """Return the match of a pattern that ends in $ with the words just before a place."""
    return pattern.search(text, max(0, place - 48), place)


def read_number(text: str) -> int | None:
    """Return the number that the words or digits are, None if they are none: «một trăm linh năm» is 105."""
    words = fold(text).lower().split()
    if len(words) == 1 and re.fullmatch(r"[0-9]{1,18}", words[0]):
        return int(words[0])
    return _split(words, ("nghin", "ngan"), 1000, _below_1000)


def _below_1000(words: list[str]) -> int | None:
    return _split(words, ("tram",), 100, _below_100)


def _split(
    words: list[str], marks: tuple[str, ...], scale: int, below: Callable[[list[str]], int | None]
) -> int | None:
    """Read the words before and behind «trăm» or «nghìn»; a last digit alone counts tenths: «trăm hai» is 120."""
    place = next((place for place, word in enumerate(words) if word in marks), None)
    if place is None:
        return below(words)
    many, rest = below(words[:place]), words[place + 1 :]
    few = 0 if not rest else below(rest)
    if many is None or few is None:
        return None
    return many * scale + (few * scale // 10 if len(rest) == 1 and few < 10 else few)


def _below_100(words: list[str]) -> int | None:
    if words[:1] in (["linh"], ["le"]) and len(words) == 2:
        return DIGITS.get(words[1])
    if len(words) == 1 and words[0] in DIGITS:
        return DIGITS[words[0]]
    if words[:1] == ["muoi"]:
        words = ["mot", *words]
    if len(words) in {2, 3} and words[1] == "muoi" and {words[0], *words[2:]} <= DIGITS.keys():
        return DIGITS[words[0]] * 10 + sum(DIGITS[word] for word in words[2:])
    return _pair(words)


def _pair(words: list[str]) -> int | None:
    if len(words) != 2 or not {*words} <= DIGITS.keys() or words[1] == "nam":
        return None
    first, second = (DIGITS[word] for word in words)
    certain = words[1] in {"tu", "lam", "nham"} or second not in {0, first, first + 1}
    return first * 10 + second if first and certain else None


def amount(text: str, *, grouped: bool = True) -> Decimal | None:
    """Return what a match of NUMBER is: «1,5» is 1.5; «1.500» is 1500 where digits are grouped, else 1.5."""
    if grouped and _GROUPED.fullmatch(text):
        return Decimal(re.sub("[.,]", "", text))
    if text[0].isdigit():
        return Decimal(text.replace(",", ".")) if text.count(".") + text.count(",") < 2 else None
    value = read_number(text)
    return None if value is None else Decimal(value)


def ends(found: re.Match[str], *, grouped: bool = True) -> tuple[tuple[Decimal, ...], int]:
    """Return the number or the two ends that a match of RANGE is, and where they begin: «45, 2 triệu» is no range."""
    if found["near"]:
        high = amount(found["near"].split()[1]) or Decimal(0)
        return (high - 1, high), found.start("near")
    number, low = amount(found["number"], grouped=grouped), found["low"] and amount(found["low"], grouped=grouped)
    if number is None:
        return (), found.start("number")
    if low and (number == low + 1 if "," in found["link"] else low < number or number < 100 <= low < 1000):
        return (low, number), found.start("low")  # «500 đến 1 triệu» too
    return (number,), found.start("number")


_POLITE = distinct(
    "dạ|vâng|ừ|ok|em|tôi|mình|con|cháu|chị|anh|cô|chú|bác|tui|e|chọn|mức|khoảng|tầm|chừng|cỡ|độ|là|được|đc|dc|đóng|lấy|muốn|cho|"
    "thôi|ạ|á|nhé|nha|nhe|ah|thì|chắc|hơn|gần|có|đã|từ|thôi|nhà|tất cả|tổng cộng|số|rồi"
)
_REPLY = re.compile(
    bare_too(
        rf"[^\w-]*(?:(?:{_POLITE})\W+)*{RANGE}(?P<half> rưỡi| rưởi)?(?P<unit>\s*[^\W\d_]*)(?:\W+(?:{_POLITE}))*[^\w%]*"
    )
)


def read_bare(text: str, *units: str) -> tuple[Decimal, ...]:
    """Return the number of a reply that is a number among polite words, perhaps before one of the units; «2-3» gives both."""
    found = _REPLY.fullmatch(lowered(text))
    unit = found["unit"].strip() if found else ""
    if not found or (unit and fold(unit) not in units and not _polite(unit)):
        return ()
    numbers = ends(found)[0]
    if not numbers or (found["low"] and len(numbers) == 1) or found["number"] in {"sau", "nam"}:  # later, a man
        return ()
    return (*numbers[:-1], numbers[-1] + (Decimal("0.5") if found["half"] else 0))


def _polite(word: str) -> bool:
    return bool(re.fullmatch(bare_too(_POLITE), word))
