"""Places as staff write them, by name, old name or code: the one that is meant or those to choose from, each as codes of today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from bot.vn.addresses import full_name
from bot.vn.chains import meant_chain, meant_units
from bot.vn.communes import Unit, communes, province_name, province_of
from bot.vn.places import gazetteer
from bot.vn.spelling import Text

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
    units = sorted(meant_units(chain, None), key=lambda unit: unit.level != "commune")
    found: dict[tuple[str, ...], Choice] = {}
    for choice in map(_choice, units):
        if choice.codes:  # of a district that was gone before 2025 nobody knows which communes lay in it
            found.setdefault(choice.codes, choice)
    return tuple(found.values())


def as_codes(value: str) -> tuple[str, ...]:
    """Return the codes of a value, those of an old province all; what is no code stays as it is."""
    one = _coded(value)
    return one.codes if one else tuple(value.split())


def gathered(codes: Collection[str]) -> list[Choice]:
    """Return places by name, the communes of an old province that are all there as one, sorted by what they are called."""
    left, found = set(codes), list[Choice]()
    for old in _old_provinces():
        if left.issuperset(inside := _communes_of(old)):
            found.append(_old_province(old))
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
        key = unit.province if unit.level == "province" else unit.old_province
        return _old_province(key) if key in _old_provinces() else _one(unit.province)
    if unit.level == "commune":
        return _one(unit.communes[0])
    now = [communes()[code].name for code in unit.communes]
    said = f"nay là {', '.join(now)}" if len(now) <= _FEW else f"nay là {len(now)} xã, phường"
    return Choice(f"{full_name(unit)}: {said}", unit.communes, " ".join(unit.communes))


def _one(code: str) -> Choice:
    return Choice(place_name(code), (code,), code)


def _old_province(key: str) -> Choice:
    return Choice(_FORMER.format(province_name(key), province_name(province_of(key))), _communes_of(key), key)


@lru_cache(maxsize=1)
def _old_provinces() -> frozenset[str]:
    """Return the keys of the provinces that are no more, each a part of one of today."""
    return frozenset(key for one in gazetteer().provinces.values() for key in one.former) - gazetteer().provinces.keys()


@lru_cache(maxsize=64)
def _communes_of(old_province: str) -> tuple[str, ...]:
    return tuple(code for code, unit in communes().items() if unit.old_province == old_province)
