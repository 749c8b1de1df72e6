"""Names of provinces, districts and communes in a text, each with the word before it that says what kind it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.vn.communes import PROVINCE_LEVELS, Named, Unit, names
from bot.vn.meant import Kind, Name, era, is_another_thing, is_common, is_sure
from bot.vn.spelling import Text, Word, joined

_IN_NAME = re.compile(r"[\s'’]*[-–]?[\s'’]*")
_AFTER_KIND = re.compile(r"[\s.:]{0,3}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, with its kind if given, from word `first` until before `after`; and the units that bear it.

    Sure: a place is meant, whatever stands around it. Common: it may well be everyday words.
    Unlikely: a province has the name too.
    """

    units: tuple[Unit, ...]
    kind: Kind | None
    first: int
    after: int
    sure: bool
    common: bool
    unlikely: bool


_COMMUNE, _DISTRICT, _PROVINCE = frozenset({"commune", "old_commune"}), frozenset({"district"}), PROVINCE_LEVELS
_CITY = _DISTRICT | _PROVINCE
_KIND_WORDS = {
    "xã": Kind("Xã", _COMMUNE, doubtful=True),
    "xã đảo": Kind("Xã", _COMMUNE),
    "phường": Kind("Phường", _COMMUNE, doubtful=True),
    "thị trấn": Kind("Thị trấn", _COMMUNE),
    "đặc khu": Kind("Đặc khu", _COMMUNE),
    "huyện": Kind("Huyện", _DISTRICT),
    "huyện đảo": Kind("Huyện", _DISTRICT),
    "quận": Kind("Quận", _DISTRICT, doubtful=True),
    "thị xã": Kind("Thị xã", _DISTRICT),
    "thành phố": Kind("Thành phố", _CITY),
    "tỉnh": Kind("Tỉnh", _PROVINCE),
    "tp": Kind("Thành phố", _CITY),
    "tx": Kind("Thị xã", _DISTRICT),
    "tt": Kind("Thị trấn", _COMMUNE, abbreviated=True),
    "x": Kind("Xã", _COMMUNE, abbreviated=True),
    "p": Kind("Phường", _COMMUNE, abbreviated=True),
    "h": Kind("Huyện", _DISTRICT, abbreviated=True),
    "q": Kind("Quận", _DISTRICT, abbreviated=True),
    "t": Kind("Tỉnh", _PROVINCE, abbreviated=True),
}
_KINDS = {folded: (typed, kind) for word, kind in _KIND_WORDS.items() for typed, folded in [joined(word)]}
_KIND_BEGINNINGS = {folded.split(" ")[0] for folded in _KINDS}
_CITIES = {"ha_noi", "hai_phong", "hue", "da_nang", "ho_chi_minh", "can_tho"}  # named alone, never the old city inside
_PERHAPS_CITIES = {"bac_ninh"}  # a city of this name lay inside; the whole is said to be one since 2026


def mentions_at(text: Text, at: int) -> Iterator[Mention]:
    """Return what may be named from a word on: with and without a word of kind, the longest name first."""
    for kind, name_at in _kinds_at(text, at):
        found = _names_at(text, name_at)
        for after, bearers in found:
            units, exact = _spelled_alike(text, text.words[name_at:after], bearers)
            name = Name(text, kind, at, name_at, after, exact, longest=after == found[0][0])
            if units and not is_another_thing(name):
                yield from _read(name, units)


def _kinds_at(text: Text, at: int) -> Iterator[tuple[Kind | None, int]]:
    for width in (2, 1) if text.words[at].folded in _KIND_BEGINNINGS else ():
        name_at = at + width
        if name_at >= len(text.words):
            continue
        words = text.words[at:name_at]
        typed, kind = _KINDS.get(" ".join(word.folded for word in words), ("", None))
        spelled_so = not text.marked or typed == " ".join(word.typed for word in words)
        if kind and spelled_so and _AFTER_KIND.fullmatch(text.gap(name_at)):
            yield kind, name_at
    yield None, at


def _names_at(text: Text, at: int) -> list[tuple[int, Sequence[Named]]]:
    """Return the ends of the names that begin with a word, and who bears them; the longest first."""
    found: list[tuple[int, Sequence[Named]]] = []
    key, after = text.words[at].folded, at + 1
    while True:
        if key in names().bearers:
            found.insert(0, (after, names().bearers[key]))
        if key not in names().beginnings or after == len(text.words) or not _IN_NAME.fullmatch(text.gap(after)):
            return found
        key, after = f"{key} {text.words[after].folded}", after + 1


def _spelled_alike(text: Text, words: Sequence[Word], bearers: Sequence[Named]) -> tuple[tuple[Unit, ...], bool]:
    """Return who bears the name as it is typed, and whether that is exactly so."""
    if not text.marked:
        return tuple(bearer.unit for bearer in bearers), True
    typed = " ".join(word.typed for word in words)
    exact = tuple(bearer.unit for bearer in bearers if bearer.typed == typed)
    if exact or len(words) == 1:
        return exact, True
    return tuple(bearer.unit for bearer in bearers if _agrees(words, bearer.typed.split())), False


def _agrees(words: Sequence[Word], name: Sequence[str]) -> bool:
    """Tell whether a name is typed so but for words without diacritics: «Vinh Phúc»."""
    return all(word.typed == part or word.plain for word, part in zip(words, name, strict=True))


def _read(name: Name, units: Sequence[Unit]) -> Iterator[Mention]:
    when, common = era(name), is_common(name)
    for group, less in _by_kind(units, name.kind, name.text.folded(name.at)):
        sure = not less and is_sure(name, group)
        yield Mention(_of_era(group, when), name.kind, name.first, name.after + bool(when), sure, common, less)


def _by_kind(units: Sequence[Unit], kind: Kind | None, name: str) -> Iterator[tuple[tuple[Unit, ...], bool]]:
    """Group what a name may mean; the second of a pair tells that this is the less likely reading."""
    provinces = tuple(unit for unit in units if unit.is_province)
    others = tuple(unit for unit in units if not unit.is_province)
    if name.isdecimal():
        others = tuple(unit for unit in others if kind and unit.kind == kind.name)
    if kind is None:
        groups = [(provinces, False), (others, bool(provinces))]
    elif kind.levels == _CITY:
        groups = [(_cities(provinces, tuple(unit for unit in others if unit.level == "district")), False)]
    else:
        groups = [(tuple(unit for unit in (*provinces, *others) if unit.level in kind.levels), False)]
    yield from (group for group in groups if group[0])


def _cities(provinces: tuple[Unit, ...], districts: tuple[Unit, ...]) -> tuple[Unit, ...]:
    if not districts or any(unit.old_province in _CITIES for unit in provinces):
        return provinces
    return districts + tuple(unit for unit in provinces if unit.old_province in _PERHAPS_CITIES)


def _of_era(units: tuple[Unit, ...], era: str) -> tuple[Unit, ...]:
    """Return the meanings that «cũ» or «mới» leaves: «Phú Thọ cũ» is the old province."""
    if era == "cũ":
        old = tuple(replace(unit, level="old_province") if unit.is_province else unit for unit in units)
        return tuple(unit for unit in old if unit.level != "commune") or units
    if era == "mới":
        return tuple(unit for unit in units if unit.level in {"commune", "province"}) or units
    return units
