"""The place of a person by what stands in the columns of a list, of today or from before July 2025."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.vn.addresses import Place, find_places
from bot.vn.text import accented, fold

_HAS_KIND = re.compile(
    r"\s*(?:xa|phuong|thi tran|dac khu|thi xa|thanh pho|huyen|quan|x|p|f|tt|tx|tp|h|q|đk|dk)(?:\.\s*|\s+)",
    re.IGNORECASE,
)
_COMMUNES, _DISTRICTS = ("Xã", "Phường", "Thị trấn", "Đặc khu"), ("Huyện", "Quận", "Thị xã", "Thành phố")


@dataclass(frozen=True, slots=True)
class At:
    """Where somebody lives: the key of a province of today, and the code of a commune of today where it is certain."""

    province: str
    commune: str | None = None
    divided: bool = False  # the commune named was divided in 2025: in which part they live is not known


@lru_cache(maxsize=65536)
def place_of(commune: str, district: str, province: str) -> At | str:
    """Return the place of three cells, any of which may be empty; else what is wrong: unknown, or unclear."""
    first, kinds = (commune, _COMMUNES) if commune else (district, _DISTRICTS)
    if not first:
        return _at(find_places(province, expecting=True)[:1], whole=True)
    plain = not accented(f"{commune} {district} {province}")
    districts = ("", *_kinds(district, _DISTRICTS, plain)) if commune and district else ("",)
    spelled = (
        ", ".join(part for part in (one, two or (commune and district), province) if part)
        for one in _kinds(first, kinds, plain)
        for two in districts
    )
    found = {_at(find_places(text, expecting=True)[:1], whole=not commune) for text in spelled}
    places = [each for each in found if isinstance(each, At)]
    if len(places) == 1:
        return places[0]
    return "unclear" if places or "unclear" in found else "unknown"


@lru_cache(maxsize=65536)
def place_in(address: str) -> At | str:
    """Return the first place that an address names: «thôn Chợ, xã Hương Canh, Vĩnh Phúc»."""
    found = find_places(address) or find_places(address, expecting=True)
    if not found:
        return "unknown"
    return "unclear" if found[0].province is None else At(found[0].province, found[0].commune)


def _kinds(name: str, kinds: tuple[str, ...], plain: bool) -> tuple[str, ...]:
    """Return a name with its kind: as it was written, or with each that it may be, without diacritics where it has none."""
    if _HAS_KIND.match(fold(name)):
        return (name,)
    return tuple(f"{fold(kind) if plain else kind} {name}" for kind in kinds)


def _at(found: list[Place], *, whole: bool) -> At | str:
    """Return the place when it begins with what the first cell says; `whole`: a province or district is enough."""
    if not found or found[0].start > 0:
        return "unknown"
    place = found[0]
    if place.province is None:
        return "unclear"
    if place.commune or whole:
        return At(place.province, place.commune)
    divided = bool(place.candidates) and place.old_province is not None
    return At(place.province, divided=True) if divided else "unknown"
