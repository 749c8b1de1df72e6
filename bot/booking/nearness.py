"""How near an office or a field day is to a person, as far as their place is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from bot.booking.rules import Wish
from bot.vn.communes import communes, names, province_of

EARTH = 6371.0  # km
Rank = tuple[int, float]


class Spot(NamedTuple):
    """Where people can meet; `serves` tells that it names the person's commune, `field` that it is a field day."""

    commune: str
    latitude: float | None
    longitude: float | None
    serves: bool
    field: bool


def province(wish: Wish) -> str | None:
    """Return the key of the person's province of today, as far as anything they said tells it."""
    if wish.province is None and (wish.commune in communes() or wish.old_province):
        return province_of(_old_province(wish) or "")
    return wish.province


def area(wish: Wish) -> tuple[str, ...] | None:
    """Return the communes of today in one of which the person lives; None: anywhere in the province."""
    if wish.commune:
        return (wish.commune,)
    if _district(wish):
        return _district(wish)
    return _communes_by_old_province().get(wish.old_province) if wish.old_province else None


def rank(wish: Wish, spot: Spot) -> Rank:
    """Return what to sort by, the nearest first: the same commune, distance, serving it, old district, old province."""
    if wish.commune is not None and spot.commune == wish.commune:
        return (-1 if spot.field else 0), 0.0
    distance = _distance(wish, spot)
    if distance is not None:
        return 1, distance
    if spot.serves and wish.commune:
        return 2, 0.0
    if spot.commune in _district(wish):
        return 3, 0.0
    unit = communes().get(spot.commune)
    return (4 if unit and unit.old_province == _old_province(wish) else 5), 0.0


def _distance(wish: Wish, spot: Spot) -> float | None:
    """Return the kilometres as the crow flies, when both places are known."""
    if None in (wish.latitude, wish.longitude, spot.latitude, spot.longitude):
        return None
    return kilometres((wish.latitude, wish.longitude), (spot.latitude, spot.longitude))  # type: ignore[arg-type]


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two points given by latitude and longitude, by the haversine formula."""
    north, east = radians(other[0] - one[0]), radians(other[1] - one[1])
    chord = sin(north / 2) ** 2 + cos(radians(one[0])) * cos(radians(other[0])) * sin(east / 2) ** 2
    return 2 * EARTH * asin(sqrt(chord))


def _old_province(wish: Wish) -> str | None:
    unit = communes().get(wish.commune or "")
    return unit.old_province if unit else wish.old_province


def _district(wish: Wish) -> tuple[str, ...]:
    """Return the communes of the person's old district, said or that of their commune; none when it is not known."""
    if wish.district:
        return _communes_by_district().get((_old_province(wish) or "", wish.district), ())
    return _neighbours().get(wish.commune or "", ())


@lru_cache(maxsize=1)
def _communes_by_district() -> Mapping[tuple[str, str], tuple[str, ...]]:
    units = (named.unit for bearers in names().bearers.values() for named in bearers)
    return {(unit.old_province, unit.district or ""): unit.communes for unit in units if unit.level == "district"}


@lru_cache(maxsize=1)
def _neighbours() -> Mapping[str, tuple[str, ...]]:
    """Return, for each commune, those with which it shares an old district."""
    found: dict[str, dict[str, None]] = {}
    for together in _communes_by_district().values():
        for code in together:
            found.setdefault(code, {}).update(dict.fromkeys(together))
    return {code: tuple(together) for code, together in found.items()}


@lru_cache(maxsize=1)
def _communes_by_old_province() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, unit in communes().items():
        found.setdefault(unit.old_province, []).append(code)
    return {key: tuple(codes) for key, codes in found.items()}
