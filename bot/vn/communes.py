"""The communes of today, and the districts and communes that were before July 2025: who lies where, and who bears a name."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.vn.places import PROVINCES, gazetteer
from bot.vn.spelling import joined

FOLDER = PROVINCES.parent
LEVELS = ("commune", "old_commune", "district", "old_province", "province")  # the smallest first
PROVINCE_LEVELS = frozenset({"old_province", "province"})
_KIND_AND_NAME = re.compile(r"(Thành phố|Thị xã|Thị trấn|Đặc khu|Phường|Xã|Quận|Huyện) (.+)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A province, district or commune; `communes` holds the codes of the communes of today that lie in it.

    Level is one of LEVELS; a province made of several old ones is no old_province. A province has its own key in both.
    """

    level: str
    kind: str
    short: str
    old_province: str
    district: str | None
    communes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the name with its kind: «Xã Bình Xuyên»."""
        return f"{self.kind} {self.short}".strip()

    @property
    def province(self) -> str:
        """Return the key of the province of today."""
        return province_of(self.old_province)

    @property
    def is_province(self) -> bool:
        """Tell whether it is a province, of today or an old one."""
        return self.level in PROVINCE_LEVELS


class Named(NamedTuple):
    """A unit under one of its spellings, with diacritics."""

    typed: str
    unit: Unit


@lru_cache(maxsize=128)
def province_of(key: str) -> str:
    """Return the key of the province of today that is, or holds, the old one."""
    province = gazetteer().today(key)
    assert province is not None, key
    return province.key


@lru_cache(maxsize=128)
def province_name(key: str) -> str:
    """Return the name of a province of today or of an old one."""
    province = gazetteer().today(key)
    assert province is not None, key
    return province.name if province.key == key else province.former[key]


def describe_commune(code: str) -> tuple[str, str, str] | None:
    """Return the name of a commune of today, that of its province and of its old one; None when there is no such code."""
    unit = communes().get(code)
    return (
        None
        if unit is None
        else (
            unit.name,
            province_name(unit.province),
            province_name(unit.old_province),
        )
    )


@lru_cache(maxsize=1)
def communes() -> Mapping[str, Unit]:
    """Return the communes of today by their code of the National Statistics Office."""
    return {
        code: Unit("commune", *_kind_and_name(name), old_province, None, (code,))
        for code, name, old_province in _rows("communes.csv")
    }


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that bears a name, under its spelling without diacritics and kind («xã»); and what longer names begin with."""

    bearers: Mapping[str, Sequence[Named]]
    beginnings: Set[str]


@lru_cache(maxsize=1)
def names() -> Names:
    """Return the names of all provinces, districts and communes, of today and before."""
    bearers: dict[str, list[Named]] = defaultdict(list)
    for spelling, unit in _spelled():
        typed, folded = joined(spelling)
        bearers[folded].append(Named(typed, unit))
    words = (folded.split(" ") for folded in bearers)
    return Names(bearers, {" ".join(each[:size]) for each in words for size in range(1, len(each))})


def _spelled() -> Iterator[tuple[str, Unit]]:
    for spelling, key in gazetteer().spellings.items():
        merged = key in gazetteer().provinces and len(gazetteer().provinces[key].former) > 1
        yield spelling, Unit("province" if merged else "old_province", "", province_name(key), key, None, ())
    for unit in [*communes().values(), *_before_2025()]:
        yield unit.short, unit
        if unit.level == "commune" and " - " in unit.short:  # «Phường Xuân Hương - Đà Lạt» is called «Xuân Hương»
            yield unit.short.split(" - ")[0], unit


def _before_2025() -> Iterator[Unit]:
    districts: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for old_province, district, name, codes in _rows("old_communes.csv"):
        parts = tuple(codes.split())
        districts[old_province, district].update(dict.fromkeys(parts))
        if name:  # an island district had no communes
            yield Unit("old_commune", *_kind_and_name(name), old_province, district, parts)
    for (old_province, district), held in districts.items():
        yield Unit("district", *_kind_and_name(district), old_province, district, tuple(held))
    for district, old_province in _rows("other_districts.csv"):
        yield Unit("district", *_kind_and_name(district), old_province, district, ())


def _kind_and_name(name: str) -> tuple[str, str]:
    found = _KIND_AND_NAME.fullmatch(name)
    assert found is not None, name
    return found[1], found[2]


def _rows(file: str) -> Iterator[list[str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        yield from rows


@lru_cache(maxsize=1)
def everyday_words() -> frozenset[str]:
    """Return the names that are also everyday words: as they are («trung tâm») and without diacritics («van phong»)."""
    lines = (FOLDER / "everyday_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(spelling for line in lines if not line.startswith("#") for spelling in joined(line))
