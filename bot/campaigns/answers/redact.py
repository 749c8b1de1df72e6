"""Takes out of a text what tells who wrote it: telephone and other numbers, addresses on the web, names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.vn.addresses import find_places
from bot.vn.numbers import bare_too
from bot.vn.text import fold, nfc

LONGEST_SUM = 7  # digits: 9.500.000; a telephone number has ten
MASK = "xxx"  # letters alone: brackets and stars mean something in training lines
LONGEST_NAME = 5  # words

_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|(?<!\w)@\w{3,}|\b[\w-]+\.(?:com|vn|net|org|me)\b(?:/\S*)?", re.I
)
_NUMBER = re.compile(r"\+?\d(?:[\d.,/:() -]*\d)?")
_SUM = re.compile(r"\d{1,3}(?:[.,]\d{3})*[.,]000")
_FAMILY = frozenset(
    [
        "nguyễn",
        "trần",
        "lê",
        "phạm",
        "hoàng",
        "huỳnh",
        "phan",
        "vũ",
        "võ",
        "đặng",
        "bùi",
        "đỗ",
        "hồ",
        "ngô",
        "dương",
        "lý",
        "đinh",
        "trịnh",
        "đoàn",
        "trương",
        "phùng",
        "tô",
        "tạ",
        "lương",
        "lưu",
        "vương",
        "triệu",
        "nông",
        "giàng",
        "sùng",
        "vàng",
        "lò",
        "quàng",
        "thào",
        "kiều",
        "quách",
        "hứa",
        "điểu",
    ]
)
_BARE_FAMILY = frozenset(map(fold, _FAMILY))  # of texts without any marks
_ALSO_A_PLACE = frozenset(
    ["hà", "cao", "lâm", "thái", "la", "ma", "châu", "mai", "an"]
)  # «Hà Nam»: a name only with three words
_BRANDS = frozenset(["zalo", "facebook", "tiktok", "vssid", "vneid", "viettel", "momo", "google"])
_NO_NAME = bare_too(
    r"(?!(?:ở|hỏi|muốn|sinh|năm|quê|là|có|cho|đóng|được|tại|số|và|thì|bị|đang|đã|gọi|nói|bảo|kể|đi|về|nhờ|với|cần|hay)(?!\w))"
)
# Without capitals a name is known by its middle word; words that without marks mean something else too are left out.
_BARE = bare_too(r"(?:nguyễn|trần|phạm|hoàng|huỳnh|bùi|trương|trịnh) (?:thị|văn)")
_MARKED = rf"(?:{'|'.join(sorted(_FAMILY))})\s(?:thị|văn|đức|hữu|ngọc|minh|thanh|quang|xuân)"
_WITHOUT_CAPITALS = re.compile(
    rf"(?<!\w)(?<!tự )(?<!tu )(?:{_BARE}|{_MARKED})\s{_NO_NAME}[^\W\d_]+(?:\s{_NO_NAME}[^\W\d_]+)?(?!\w)", re.I
)
_CUE = re.compile(
    bare_too(
        r"(?<!\w)(?:họ tên|họ và tên|quý danh|tên)(?: (?:em|tôi|mình|con|cháu))?(?: là)?:?$|(?<!\w)(?:tôi|em|mình|con|cháu|đây) là$"
        r"|(?<!\w)(?:anh|chị|cô|chú|bác|ông|bà|cán bộ|em|dì|cậu|thầy|bạn)$"
    ),
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def redacted(text: str, known: Iterable[str] = (), *, sums: bool = False) -> str:
    """Return the text with names, numbers and addresses masked.

    `known`: names the person is known by; `sums`: years and sums stay, and only what may be a telephone, identity or
    account number goes.
    """
    text = " ".join(nfc(text).split())
    for name in sorted(filter(None, known), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(nfc(name))}(?!\w)", MASK, text, flags=re.I)
    text = _NUMBER.sub(lambda found: found[0] if sums and _short(found[0]) else MASK, _LINK.sub(MASK, text))
    text = _WITHOUT_CAPITALS.sub(MASK, _without_names(text))
    return re.sub(rf"{MASK}(?: {MASK})+", MASK, text).strip()


def _short(number: str) -> bool:
    return sum(sign.isdigit() for sign in number) <= LONGEST_SUM or bool(_SUM.fullmatch(number))


def _without_names(text: str) -> str:
    """Mask runs of words with capitals that begin with a family name or stand behind «tên», «chị» and the like, but for places."""
    if text.isupper():
        return text
    words = list(_WORD.finditer(text))
    places = [(place.start, place.end) for place in find_places(text)]
    kept, done, at = [], 0, 0
    while at < len(words):
        run = _run(words, at, text)
        if run and _is_name(run, text[done : run[0].start()].rstrip()) and not _within(run, places):
            kept += [text[done : run[0].start()], MASK]
            done = run[-1].end()
        at += max(len(run), 1)
    return "".join([*kept, text[done:]])


def _within(run: list[re.Match[str]], places: list[tuple[int, int]]) -> bool:
    return any(start <= run[0].start() < end or start < run[-1].end() <= end for start, end in places)


def _run(words: list[re.Match[str]], at: int, text: str) -> list[re.Match[str]]:
    """Return the words with capitals from a place on that one space parts; a family name begins a run of its own."""
    run: list[re.Match[str]] = []
    for word in words[at : at + LONGEST_NAME]:
        begins = len(run) == 1 and not _family(run[0][0]) and _family(word[0])  # «Anh Nguyễn Văn Ba»
        if not word[0][0].isupper() or begins or (run and text[run[-1].end() : word.start()] != " "):
            break
        run.append(word)
    return run


def _is_name(run: list[re.Match[str]], before: str) -> bool:
    first = run[0][0].lower()
    if _family(first) and len(run) > 1 or first in _ALSO_A_PLACE and len(run) > 2:
        return True
    acronym = len(run) == 1 and len(run[0][0]) > 2 and run[0][0].isupper()  # «em là BHXH»
    return bool(_CUE.search(before)) and not acronym and first not in _BRANDS


def _family(word: str) -> bool:
    word = word.lower()
    return word in _FAMILY or (word.isascii() and word in _BARE_FAMILY)
