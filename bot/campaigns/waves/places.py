"""The units of a wave on the map: what a province, district, area or commune of a file is, as it was on the wave's first day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.campaigns.waves.rules import DISTRICTS_ENDED, Level, Unit
from bot.errors import ContentError
from bot.vn.communes import Unit as Place
from bot.vn.communes import communes, names, province_name
from bot.vn.places import gazetteer
from bot.vn.spelling import joined
from bot.yaml_files import as_list, as_text

ORDER = tuple(Level)
Known = Mapping[str, Unit]


def placed(key: str, level: Level, found: Mapping[str, Any], above: Known, day: date, where: str) -> Unit:
    """Return the unit with the communes of today in it; ContentError says what is not on the map of that day."""
    name, within = as_text(found["name"], f"{where}.name"), found.get("within")
    if level is Level.PROVINCE:
        return Unit(key, level, name, None, _province(found, name, day, where))
    if not isinstance(within, str) or within not in above:
        raise ContentError(f"{where}.within: must be the key of a unit that stands above it, found {within!r}")
    holder = above[within]
    if ORDER.index(holder.level) >= ORDER.index(level):
        raise ContentError(f"{where}.within: a {level} does not lie in a {holder.level}")
    place, codes = _READ[level](found, name, holder, _root(holder, above), day, where)
    return Unit(key, level, name, within, place, codes)


def _root(unit: Unit, above: Known) -> Unit:
    while unit.within is not None:
        unit = above[unit.within]
    return unit


def _province(found: Mapping[str, Any], name: str, day: date, where: str) -> str:
    written = as_text(found.get("place", ""), f"{where}.place")
    place = gazetteer().spellings.get(written.lower(), written)
    today = gazetteer().today(place)
    old = (
        gazetteer().provinces
        if day >= DISTRICTS_ENDED
        else {k for p in gazetteer().provinces.values() for k in p.former}
    )
    if today is None or place not in old:
        raise ContentError(f"{where}.place: {written!r} is no province of that time; write its name, such as Cần Thơ")
    if province_name(place) not in name:
        raise ContentError(f"{where}.name: {place} is called {province_name(place)}")
    return place


def _district(
    _: Mapping[str, Any], name: str, __: Unit, root: Unit, day: date, where: str
) -> tuple[None, tuple[str, ...]]:
    if day >= DISTRICTS_ENDED:
        raise ContentError(f"{where}.level: there are no districts since {DISTRICTS_ENDED}; write an area or communes")
    district = _old("district", name, root, where)
    return None, district.communes


def _area(
    found: Mapping[str, Any], _: str, __: Unit, root: Unit, day: date, where: str
) -> tuple[None, tuple[str, ...]]:
    if day < DISTRICTS_ENDED:
        raise ContentError(f"{where}.level: there are areas since {DISTRICTS_ENDED}; before, write a district")
    written = as_list(found.get("communes", []), f"{where}.communes (names, or codes in quotes)", as_text)
    return None, tuple(_today(one, root, f"{where}.communes") for one in written)


def _commune(
    found: Mapping[str, Any], name: str, holder: Unit, root: Unit, day: date, where: str
) -> tuple[str | None, tuple[str, ...]]:
    if day < DISTRICTS_ENDED:
        return None, _old("old_commune", name, root, where, district=holder.name).communes
    code = _today(as_text(found.get("place", name), f"{where}.place (the code in quotes)"), root, f"{where}.place")
    if (called := communes()[code].name) != name:
        raise ContentError(f"{where}.name: {code} is called {called}")
    return code, (code,)


def _today(written: str, root: Unit, where: str) -> str:
    """Return the code of a commune of today, by code or by its name in the province."""
    unit = communes().get(written)
    named = [code for code, one in communes().items() if one.province == root.place and one.name == written]
    if unit is not None and unit.province == root.place:
        return written
    if len(named) != 1:
        raise ContentError(
            f"{where}: {written!r} is no commune of today in {root.name}; write its name, such as Xã Bình Xuyên"
        )
    return named[0]


def _old(level: str, name: str, root: Unit, where: str, *, district: str | None = None) -> Place:
    short = name.partition(" ")[2] if name.startswith(("Quận", "Huyện", "Xã", "Phường")) else name.split(" ", 2)[-1]
    found = [
        bearer.unit
        for bearer in names().bearers.get(joined(short)[1], ())
        if (bearer.unit.level, bearer.unit.name, bearer.unit.old_province) == (level, name, root.place)
        and district in (None, bearer.unit.district)
    ]
    if not found:
        raise ContentError(f"{where}.name: there was no {name!r} in {district or root.name}; write it with its kind")
    return found[0]


_READ: Mapping[Level, Any] = {Level.DISTRICT: _district, Level.AREA: _area, Level.COMMUNE: _commune}
