"""What a text tells about the person: entitlement group, sex, province. Rules, not learning; whole words only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.vn.places import gazetteer
from bot.vn.text import accented, fold, nfc


@dataclass(frozen=True)
class Fact:
    """A fact and where it stands in the NFC form of the text; kind is group, sex or province."""

    kind: str
    value: str
    start: int
    end: int


_GROUPS: tuple[tuple[str, str], ...] = (  # first match wins: «cận nghèo» before «nghèo»
    ("near_poor", r"cận nghèo|hcn"),
    ("poor", r"(?:hộ|diện|gia đình|nhà(?: em| tôi| mình| con| cháu)?)(?: thuộc)?(?: diện| hộ)? nghèo|sổ (?:hộ )?nghèo"),
    ("ethnic_minority", r"(?:người |đồng bào )?dân tộc(?: thiểu số)?(?! kinh)|dtts|người (?:khmer|khơ me|chăm|tày|nùng|thái|mường|mông|h'?mông|dao|ê đê|ba na|gia rai|hoa)(?! bình| binh| nguyên| nguyen)"),
    ("island", r"xã đảo|đặc khu|huyện đảo|ngoài đảo"),
    ("student", r"sinh viên|học sinh|hssv"),
    ("household_business", r"chủ hộ kinh doanh|hộ kinh doanh cá thể|hộ kinh doanh"),
    ("farmer", r"nông dân|làm ruộng|làm nông|làm rẫy|trồng lúa|chăn nuôi"),
)  # fmt: skip
_SEX: tuple[tuple[str, str], ...] = (
    ("female", r"nữ|phụ nữ|đàn bà"),
    (
        "male",
        r"nam giới|đàn ông|lao động nam|(?:em|tôi|anh|là|giới tính) nam(?! định| dinh| bộ| bo| nay| ngoái| ngoai| sau| trước| truoc| nào| nao|\s*\d)",
    ),
)
_DENIED = re.compile(
    r"(?:không|ko|k|khong|chưa|chua|hết|het|thoát|thoat)(?: phải| phai| thuộc| thuoc| có| co| còn| con| là| la)*\s*$"
)


def find_facts(text: str) -> list[Fact]:
    """Return at most one group and one sex, and every province; a denied group («không phải hộ nghèo») is none."""
    text = nfc(text)
    lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    with_marks = accented(text)
    facts = [fact for kind, table in _TABLES for fact in [_first(kind, table, lower, with_marks)] if fact]
    places = [Fact("province", place.key, place.start, place.end) for place in gazetteer().find(text)]
    return facts + places


def _first(
    kind: str, table: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...], text: str, with_marks: bool
) -> Fact | None:
    view = text if with_marks else fold(text)
    for value, typed, folded in table:
        for found in (typed if with_marks else folded).finditer(view):
            if not _DENIED.search(view[: found.start()]):
                return Fact(kind, value, found.start(), found.end())
    return None


def _compiled(table: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    def whole(pattern: str) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")

    return tuple((value, whole(pattern), whole(fold(pattern))) for value, pattern in table)


_TABLES = (("group", _compiled(_GROUPS)), ("sex", _compiled(_SEX)))
