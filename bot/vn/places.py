"""Which province a text names: the 34 of today and the 63 before July 2025, by whole words, accented or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.vn.text import accented, fold, nfc

PROVINCES = Path(__file__).resolve().parents[2] / "content" / "places" / "provinces.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the fast one where it was built


@dataclass(frozen=True)
class Province:
    """A province of today; `former` maps the keys of the old provinces inside it to their names."""

    key: str
    name: str
    former: Mapping[str, str]


@dataclass(frozen=True)
class FoundPlace:
    """A place named in a text: the key of a province of today or of an old one."""

    key: str
    start: int
    end: int


# «thap», «bac can», «lam dong», «long an» … are everyday words when the diacritics are gone.
LIKE_OTHER_WORDS = frozenset({
    "dong_thap", "bac_kan", "lam_dong", "long_an", "hoa_binh", "hue", "gia_lai", "can_tho", "ben_tre", "dong_nai", "an_giang",
    "son_la", "lao_cai", "tien_giang", "thai_binh", "binh_dinh", "ha_nam", "nam_dinh", "quang_tri", "phu_yen", "yen_bai",
})  # fmt: skip
_CUE = re.compile(r"(?:^|\s)(?:o|tai|tinh|tp|thanh pho|que|ve|dan|la nguoi|song|ho khau)\s+$")


class Gazetteer:
    """Finds province names in texts; built once from content/places."""

    def __init__(self, raw: Mapping[str, Mapping[str, object]]) -> None:
        self.provinces = {key: _province(key, found) for key, found in raw.items()}
        spellings: dict[str, str] = {}
        for key, found in raw.items():
            former: Mapping[str, Mapping[str, object]] = found["former"]  # type: ignore[assignment]
            for old_key, old in former.items():
                spellings.update((spelling, old_key) for spelling in _spellings(old))
            spellings.update((spelling, key) for spelling in _spellings(found))
        self.spellings: Mapping[str, str] = spellings
        self._today = {
            old: province for province in self.provinces.values() for old in province.former
        } | self.provinces
        self._folded = {fold(spelling): key for spelling, key in spellings.items()}
        self._find_typed, self._find_folded = _pattern(spellings), _pattern(self._folded)

    def find(self, text: str) -> list[FoundPlace]:
        """Return the provinces named, in order. Who writes with diacritics is read with diacritics."""
        lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in nfc(text))
        if accented(text):
            return self._matches(self._find_typed, self.spellings, lower)
        found = self._matches(self._find_folded, self._folded, fold(lower))
        return [place for place in found if self._is_meant(place, lower)]

    def _is_meant(self, place: FoundPlace, text: str) -> bool:
        """Tell whether a name without diacritics is a place: alone, behind «o», «tinh» …, or like no other words."""
        if place.key not in LIKE_OTHER_WORDS or len(text.split()) <= 3:
            return True
        begins = place.start == 0 and _one_space(text[: place.end]) in self.spellings  # «An Giang» has no diacritics
        return begins or bool(_CUE.search(text[: place.start]))

    def _matches(self, pattern: re.Pattern[str], keys: Mapping[str, str], text: str) -> list[FoundPlace]:
        return [FoundPlace(keys[_one_space(m[0])], m.start(), m.end()) for m in pattern.finditer(text)]

    def today(self, key: str) -> Province | None:
        """Return the province of today that is, or holds, the place."""
        return self._today.get(key)


def _province(key: str, found: Mapping[str, object]) -> Province:
    former: Mapping[str, Mapping[str, object]] = found["former"]  # type: ignore[assignment]
    return Province(key, str(found["name"]), {old_key: str(old["name"]) for old_key, old in former.items()})


def _spellings(found: Mapping[str, object]) -> list[str]:
    aliases: list[object] = found["aliases"]  # type: ignore[assignment]
    return [_one_space(nfc(str(spelling)).lower()) for spelling in [found["name"], *aliases]]


def _one_space(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _pattern(spellings: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(spellings, key=len, reverse=True)
    either = "|".join(re.escape(spelling).replace(r"\ ", r"\s+") for spelling in longest_first)
    # «người Việt Nam định cư ở nước ngoài» names no province.
    return re.compile(rf"(?<!\w)(?<!việt )(?<!viet )(?:{either})(?!\w)")


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Return the gazetteer of content/places/provinces.yaml."""
    return Gazetteer(yaml.load(PROVINCES.read_text(encoding="utf-8"), _LOADER))  # noqa: S506 - both are safe loaders
