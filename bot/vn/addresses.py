"""Which place a text names: a commune, district or province of today or before July 2025, and what is left to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.vn.chains import Chain, meant_chain, meant_units
from bot.vn.communes import Unit, communes, province_name
from bot.vn.spelling import Text

MOST_CANDIDATES = 6
_FORMERLY = "{} ({} cũ)"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the places that may be meant; the label tells it from the others."""

    label: str
    province: str
    old_province: str | None
    commune: str | None
    district: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a text, as far as it is certain: keys of provinces, the code of the commune of today, the old district.

    Candidates are the places to choose from when provinces differ, or when a commune was named and became several.
    Start and end are positions in the NFC form of the text.
    """

    province: str | None
    old_province: str | None
    commune: str | None
    district: str | None
    candidates: tuple[Candidate, ...]
    start: int
    end: int


def find_places(text: str, *, expecting: bool = False, within: str | None = None) -> list[Place]:
    """Return the places named, in order.

    Expecting: we have just asked for the place, so a bare name counts. Within: the key of a province, of today or old,
    known already; of several places of one name those in it are meant.
    """
    view, places, at = Text.of(text), [], 0
    while at < len(view.words):
        chain = meant_chain(view, at, expecting=expecting, within=within)
        if chain:
            places.append(_place(view, chain, within))
        at = chain[-1].after if chain else at + 1
    return places


def _place(view: Text, chain: Chain, within: str | None) -> Place:
    units = _choices(meant_units(chain, within))
    start, end = view.words[chain[0].first].start, view.words[chain[-1].after - 1].end
    return Place(
        province=_only(unit.province for unit in units),
        old_province=_only(_old_province(unit) for unit in units),
        commune=_only(_commune(unit) for unit in units),
        district=_only(unit.district for unit in units),
        candidates=_candidates(units) if _is_open(units) else (),
        start=start,
        end=end,
    )


def _choices(units: Sequence[Unit]) -> list[Unit]:
    """Return the units that differ in what follows from them; an old commune that was divided as its parts."""
    different: dict[tuple[str, str | None], Unit] = {}
    one_province = len({unit.old_province for unit in units}) == 1
    for unit in units:
        for part in _parts(unit) if one_province else (unit,):
            different.setdefault((part.old_province, _commune(part) or part.district), part)
    return list(different.values())


def _parts(unit: Unit) -> Sequence[Unit]:
    if unit.level != "old_commune" or len(unit.communes) == 1:
        return (unit,)
    return [replace(communes()[code], district=unit.district) for code in unit.communes]


def _is_open(units: Sequence[Unit]) -> bool:
    """Tell whether there is something to ask: the provinces differ, or a commune was named and it may be several."""
    if len({(unit.province, unit.old_province) for unit in units}) > 1:
        return True
    return len(units) > 1 and all(unit.level in {"commune", "old_commune"} for unit in units)


def _old_province(unit: Unit) -> str | None:
    return None if unit.level == "province" else unit.old_province


def _commune(unit: Unit) -> str | None:
    return unit.communes[0] if len(unit.communes) == 1 else None


def _only(values: Iterable[str | None]) -> str | None:
    """Return the value all agree on."""
    different = set(values)
    return different.pop() if len(different) == 1 else None


def _candidates(units: Sequence[Unit]) -> tuple[Candidate, ...]:
    """Return the first of them, labelled with no more than tells them apart."""
    shown = units[:MOST_CANDIDATES]
    labelled = ([label(unit) for unit in shown] for label in (_name, _name_and_province, full_name))
    labels = next((each for each in labelled if len(set(each)) == len(each)), [full_name(unit) for unit in shown])
    return tuple(
        Candidate(label, unit.province, _old_province(unit), _commune(unit), unit.district)
        for label, unit in zip(labels, shown, strict=True)
    )


def _name(unit: Unit) -> str:
    return unit.name


def _name_and_province(unit: Unit) -> str:
    return f"{unit.name}, {_province_label(unit)}"


def full_name(unit: Unit) -> str:
    """Return a name with its district and province, the old one too where it is another."""
    parts = [
        unit.name,
        *([unit.district] if unit.district and unit.district != unit.name else []),
        _province_label(unit),
    ]
    return ", ".join(parts)


def _province_label(unit: Unit) -> str:
    today, old = province_name(unit.province), province_name(unit.old_province)
    return today if unit.old_province == unit.province else _FORMERLY.format(today, old)
