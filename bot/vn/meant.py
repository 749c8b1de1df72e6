"""Whether a name found in a text is meant as a place, or is everyday words: «ở Biên Giới» and «ở biên giới»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.vn.communes import Unit, everyday_words
from bot.vn.places import LIKE_OTHER_WORDS
from bot.vn.spelling import Text, Vocabulary, Word, joined

_CUES = Vocabulary.of("ở tại quê quán bàn")
_PROVINCE_CUES = Vocabulary.of("ở tại quê quán bàn về dân sống khẩu")
_BEING, _PEOPLE = Vocabulary.of("là"), Vocabulary.of("người")  # «là người Hòa Bình»; «người làm đồng» is none
_STEPS = Vocabulary.of("tận bên dưới trên ngoài trong vùng mạn")  # «ở tận …», «quê ngoài …»
_NAMES_OF_OTHERS = Vocabulary.of("đường phố thôn ấp khóm ngõ ty viện trạm sông")
_COUNTED = Vocabulary.of(
    "năm tháng ngày tuổi giờ lần người triệu nghìn ngàn trăm tr k đồng đ phần km ha sào hộ buổi chỗ"
)
_LIKE_KINDS = {"xa", "phuong", "quan"}
_NO_KIND_BEHIND = {"phuong": {"dia", "doi", "da"}, "quan": {"co", "bao", "lien", "tong", "hai", "bo"}}
_OTHER_WORDS = {("viet", "nam"), ("tham", "gia")}  # «người Việt Nam định cư», «tham gia lại»
_NEVER_BARE = {"dong y", "an sinh"}  # «đồng ý», and our own name
_ERAS = {joined(era)[0]: era for era in ("cũ", "mới")}


@dataclass(frozen=True, slots=True)
class Kind:
    """What the word before a name says: «Xã», and which levels that leaves."""

    name: str
    levels: frozenset[str]
    doubtful: bool = False  # without its diacritics it is an everyday word too
    abbreviated: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text: its kind from word `first`, itself from word `at` until before `after`.

    Exact: it is typed as it is written, or the whole text is without diacritics. Longest: no longer name begins there.
    """

    text: Text
    kind: Kind | None
    first: int
    at: int
    after: int
    exact: bool
    longest: bool

    @property
    def words(self) -> Sequence[Word]:
        """Return the words of the name itself."""
        return self.text.words[self.at : self.after]

    @property
    def folded(self) -> str:
        """Return the name itself without diacritics."""
        return " ".join(word.folded for word in self.words)


def cued(text: Text, at: int, cues: Vocabulary = _CUES) -> bool:
    """Tell whether «ở», «tại», «quê» … stand before a word."""
    return text.has(at - 1, cues) or (text.marked and text.has(at - 1, _STEPS) and text.has(at - 2, cues))


def is_another_thing(name: Name) -> bool:
    """Tell whether it is a number of something («đóng p 20 năm»), «ạ» without its dot, the country, or never a bare name."""
    text, after = name.text, name.after
    if text.folded(after - 1).isdecimal() and not text.gap(after).strip(" %/"):
        return _is_counted(text, after) or text.folded(after).isdecimal() or "%" in text.gap(after)
    if text.folded(after - 1) == "a" and not text.marked and after == len(text.words):
        return len(name.words) > 1
    if (text.folded(name.at - 1), text.folded(name.at)) in _OTHER_WORDS:
        return True
    return name.kind is None and name.folded in _NEVER_BARE


def _is_counted(text: Text, at: int) -> bool:
    return text.has(at, _COUNTED) and not text.words[at].capital


def is_common(name: Name) -> bool:
    """Tell whether a name may well be everyday words, so that more must speak for the place."""
    if name.kind is not None:
        return False
    if not name.longest or name.text.has(name.first - 1, _NAMES_OF_OTHERS):
        return True
    if not name.text.marked and name.words[0].folded in _LIKE_KINDS:  # «o phuong trung tam», not Phương Trung
        return True
    if len(name.words) == 1:
        return not (_is_capital(name) and cued(name.text, name.first))
    return _is_everyday(name)


def is_sure(name: Name, units: Sequence[Unit]) -> bool:
    """Tell whether a place is meant, whatever stands around the name."""
    if units[0].is_province:
        return name.kind is not None or _is_sure_province(name, units[0])
    if name.kind is None:
        return False
    if name.kind.abbreviated:
        return _is_number(name) or "." in name.text.gap(name.at)
    if not name.kind.doubtful:
        return True
    return not _is_doubtful(name)


def _is_doubtful(name: Name) -> bool:
    """Tell of «xã», «phường», «quận» whether they may belong to other words: «xã cho», «xã hội», «cơ quan»."""
    text, kind = name.text, name.text.folded(name.first)
    if kind == "xa" and text.folded(name.at) == "hoi":
        return not (cued(text, name.first) and _has_capitals(name))
    if not text.marked and text.folded(name.first - 1) in _NO_KIND_BEHIND.get(kind, ()):
        return True
    if len(name.words) == 1 and not _is_number(name):
        return not _is_capital(name)
    return _is_everyday(name)


def _is_sure_province(name: Name, province: Unit) -> bool:
    text, like_words = name.text, province.old_province in LIKE_OTHER_WORDS
    if text.marked and name.exact and not _is_everyday(name):
        return True
    if cued(text, name.first, _PROVINCE_CUES) or (
        text.has(name.first - 1, _PEOPLE) and text.has(name.first - 2, _BEING)
    ):
        return True
    if text.marked and not name.exact:
        return False
    if len(text.words) <= 3 or (name.first == 0 and (text.marked or _is_native(province))):
        return True
    return not text.marked and not like_words


def _is_native(province: Unit) -> bool:
    """Tell whether a name has no diacritics of its own, as «An Giang» and «Gia Lai»."""
    typed, folded = joined(province.short)
    return typed == folded


def _is_number(name: Name) -> bool:
    return name.text.folded(name.at).isdecimal()


def _is_capital(name: Name) -> bool:
    """Tell whether a single word is written as a name, and is not the beginning of a longer one."""
    follows = name.after < len(name.text.words) and name.text.words[name.after].capital
    return (
        name.exact and name.text.marked and name.words[0].capital and not (follows and name.text.gap(name.after) == " ")
    )


def _has_capitals(name: Name) -> bool:
    return all(word.capital for word in name.words)


def _is_everyday(name: Name) -> bool:
    if name.text.marked and name.exact:
        return not _has_capitals(name) and " ".join(word.typed for word in name.words) in everyday_words()
    return name.folded in everyday_words()


def era(name: Name) -> str:
    """Return «cũ» or «mới» behind a name; «mới», and «cu» without diacritics, are other words but where a phrase ends."""
    text, after = name.text, name.after
    if after >= len(text.words) or text.gap(after).strip(" ("):
        return ""
    ends = after + 1 == len(text.words) or bool(re.search(r"[,.;:?!)(]", text.gap(after + 1)))
    found = _ERAS.get(text.words[after].typed, "") if text.marked else {"cu": "cũ"}.get(text.folded(after), "")
    return found if ends or (found == "cũ" and text.marked) else ""
