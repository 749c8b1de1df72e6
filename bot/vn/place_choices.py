"""Places as staff write them, by name, old name or code: the one that is meant or those to choose from, each as codes of today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.vn.addresses import full_name
from bot.vn.chains import Chain, meant_chain, meant_units
from bot.vn.communes import Unit, communes, province_name, province_of
from bot.vn.mentions import mentions_at
from bot.vn.places import gazetteer
from bot.vn.spelling import Text
from bot.vn.text import fold_key

_FEW = 3  # communes that are named; of more their number is told
_FORMER = "{} cũ, nay thuộc {}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A place: what it is called, and the key of its province or the codes of its communes of today.

    `value` means the same to whoever reads it again: a key or code, or several codes with spaces between them.
    """

    label: str
    codes: tuple[str, ...]
    value: str


@lru_cache(maxsize=1024)
def place_choices(written: str) -> tuple[Choice, ...]:
    """Return the places that a key, codes or a name may mean («Huyện Bình Xuyên, Vĩnh Phúc»), those of today first; none: no place."""
    if coded := _coded(written):
        return (coded,)
    view = Text.of(written)
    chain = meant_chain(view, 0, expecting=True, within=None) if view.words else ()
    if not chain or chain[-1].after < len(view.words):
        return ()
    units = sorted([*meant_units(chain, None), *_namesakes(view, chain)], key=lambda unit: unit.level != "commune")
    found: dict[tuple[str, ...], Choice] = {}
    for choice in map(_choice, units):
        if choice.codes:  # of a district that was gone before 2025 nobody knows which communes lay in it
            found.setdefault(choice.codes, choice)
    return tuple(found.values())


def _namesakes(view: Text, chain: Chain) -> list[Unit]:
    """Return who else bears a name that is not the province's own: «Vũng Tàu» is a city and a ward too, «Sài Gòn» a ward."""
    [first, *others], province = chain, chain[0].units[0]
    name = " ".join(word.folded for word in view.words[first.first : first.after])
    own = fold_key(province.short)
    if others or first.kind or not province.is_province or name in (own, f"{own} cu", f"{own} moi"):
        return []
    return [unit for one in mentions_at(view, 0) if one.unlikely and one.after == first.after for unit in one.units]


def as_codes(value: str) -> tuple[str, ...]:
    """Return the codes of a value, those of an old province all; what is no code stays as it is."""
    one = _coded(value)
    return one.codes if one else tuple(value.split())


def gathered(codes: Collection[str]) -> list[Choice]:
    """Return places by name, the communes of an old province that are all there as one, sorted by what they are called."""
    left, found = set(codes), list[Choice]()
    for value, old in _old_provinces().items():
        if left.issuperset(inside := _communes_of(old)):
            found.append(_old_province(value))
            left -= set(inside)
    return sorted([*found, *(_one(code) for code in left)], key=lambda one: one.label)


def place_name(code: str) -> str:
    """Return the name of a province or commune of today; of anything else what stands there."""
    unit = communes().get(code)
    if unit is not None:
        return f"{unit.name}, {province_name(unit.province)}"
    return province_name(code) if gazetteer().today(code) else code


def _coded(written: str) -> Choice | None:
    codes = tuple(written.split())
    if len(codes) == 1 and codes[0] in _old_provinces():
        return _old_province(codes[0])
    if codes and all(code in communes() or code in gazetteer().provinces for code in codes):
        return Choice("; ".join(place_name(code) for code in codes), codes, " ".join(codes))
    return None


def _choice(unit: Unit) -> Choice:
    if unit.is_province:
        old = "" if unit.level == "province" else _values_of_old().get(unit.old_province, "")
        return _old_province(old) if old else _one(unit.province)
    if unit.level == "commune":
        return _one(unit.communes[0])
    now = [communes()[code].name for code in unit.communes]
    said = f"nay là {', '.join(now)}" if len(now) <= _FEW else f"nay là {len(now)} xã, phường"
    return Choice(f"{full_name(unit)}: {said}", unit.communes, " ".join(unit.communes))


def _one(code: str) -> Choice:
    return Choice(place_name(code), (code,), code)


def _old_province(value: str) -> Choice:
    key = _old_provinces()[value]
    return Choice(_FORMER.format(province_name(key), province_name(province_of(key))), _communes_of(key), value)


@lru_cache(maxsize=1)
def _old_provinces() -> Mapping[str, str]:
    """Return by its value each old province that is a part of one of today: of «Phú Thọ cũ», whose key means the whole, «phu_tho_cu»."""
    parts = ((key, old) for key, one in gazetteer().provinces.items() if len(one.former) > 1 for old in one.former)
    return {f"{old}_cu" if old == key else old: old for key, old in parts}


@lru_cache(maxsize=1)
def _values_of_old() -> Mapping[str, str]:
    return {key: value for value, key in _old_provinces().items()}


@lru_cache(maxsize=64)
def _communes_of(old_province: str) -> tuple[str, ...]:
    return tuple(code for code, unit in communes().items() if unit.old_province == old_province)
