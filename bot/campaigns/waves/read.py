"""Reads a file of waves: one plan document with its units, organisations and waves; every fault names its line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from bot.campaigns.waves.places import placed
from bot.campaigns.waves.rules import (
    MOST,
    Document,
    DueDay,
    Form,
    Level,
    Measure,
    Organisation,
    Target,
    Unit,
    Wave,
    What,
)
from bot.campaigns.waves.whole import unsure
from bot.clock import VIETNAM
from bot.errors import ContentError
from bot.yaml_files import as_date, as_list, as_text, checked_keys, parse_yaml, raise_faults

T = TypeVar("T")
_KEY = re.compile(r"[a-z][a-z0-9_]{1,63}")
_PARTS = ("document", "form", "units", "organisations", "waves")


def parse(text: str, where: str) -> tuple[Wave, ...]:
    """Return the waves of a file; ContentError names each fault with its line and what may stand there."""
    found = parse_yaml(text, where)
    faults: list[str] = []
    try:
        parts = checked_keys(found, "waves", needed=set(_PARTS))
    except ContentError as error:
        raise ContentError(f"{where}: {error}; keys here: {', '.join(_PARTS)}") from None
    document, form = _try(faults, _document, parts["document"], "document"), _try(faults, _form, parts["form"], "form")
    organisations = _each(faults, parts["organisations"], "organisations", _organisation)
    faults += _twice("organisations", [one.key for one in organisations])
    waves = parts["waves"] if isinstance(parts["waves"], list) else []
    if not waves:
        faults.append("waves: must be a list, each wave begun with «- »")
    units = _units(faults, parts["units"], _first_day(waves))
    raise_faults(faults, text, where)
    read = _each(
        faults, waves, "waves", lambda raw, at: _wave(raw, at, document, form, units, tuple(organisations))
    )  # fmt: skip
    faults += _twice("waves", [wave.key for wave in read])
    raise_faults(faults, text, where)
    return tuple(read)


def _try(faults: list[str], read: Callable[[Any, str], T], raw: Any, where: str) -> T:
    """Return what was read; what is wrong is noted, and the caller raises before it uses the result."""
    try:
        return read(raw, where)
    except ContentError as error:
        faults.append(str(error))
        return None  # type: ignore[return-value]


def _each(faults: list[str], raw: Any, where: str, read: Callable[[Any, str], T]) -> list[T]:
    if not isinstance(raw, list):
        faults.append(f"{where}: must be a list, each entry begun with «- »")
        return []
    found = [_try(faults, read, one, f"{where}[{number}]") for number, one in enumerate(raw)]
    return [one for one in found if one is not None]


def _twice(where: str, keys: list[str]) -> Iterator[str]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield f"{where}: the key {key} stands there {count} times; keep one"


def _document(raw: Any, where: str) -> Document:
    found = checked_keys(raw, where, needed={"number", "day", "title"})
    title = as_text(found["title"], f"{where}.title")
    return Document(as_text(found["number"], f"{where}.number"), as_date(found["day"], f"{where}.day"), title)


def _form(raw: Any, where: str) -> Form:
    found = checked_keys(raw, where, needed={"parent", "issuer", "place", "symbol", "to", "signer"})
    texts = {name: as_text(found[name], f"{where}.{name}") for name in found if name != "to"}
    return Form(to=as_list(found["to"], f"{where}.to", as_text), **texts)


def _organisation(raw: Any, where: str) -> Organisation:
    found = checked_keys(raw, where, needed={"key", "name"})
    return Organisation(as_key(found["key"], f"{where}.key"), as_text(found["name"], f"{where}.name"))


def _first_day(waves: list[Any]) -> date:
    """Return the day whose map holds: the first wave's first; what is wrong in it is said where the wave is read."""
    first = waves[0].get("starts_on") if waves and isinstance(waves[0], dict) else None
    return first if type(first) is date else date.max


def _units(faults: list[str], raw: Any, day: date) -> tuple[Unit, ...]:
    """Return the units; what lies in a unit that is wrong is not complained of as well."""
    known: dict[str, Unit] = {}
    wrong: set[Any] = set()

    def read(one: Any, where: str) -> Unit | None:
        found = checked_keys(one, where, needed={"key", "level", "name"}, allowed={"within", "place", "communes"})
        key, level = as_key(found["key"], f"{where}.key"), _one_of(Level, found["level"], f"{where}.level")
        if key in known or (known and level is Level.PROVINCE):
            raise ContentError(f"{where}: stands there twice; one province holds all units, and each has its own key")
        wrong.add(key)
        if found.get("within") in wrong:
            return None
        known[key] = placed(key, level, found, known, day, where)
        wrong.remove(key)
        return known[key]

    units = tuple(unit for unit in _each(faults, raw, "units", read) if unit is not None)
    if not units and not faults:
        faults.append("units: must begin with the province that holds all others")
    return units


def _wave(
    raw: Any, where: str, document: Document, form: Form, units: tuple[Unit, ...], organisations: tuple[Organisation, ...]
) -> Wave:  # fmt: skip
    found = checked_keys(
        raw, where, needed={"key", "name", "starts_on", "ends_on", "targets"},
        allowed={"launch", "reports", "list"},
    )  # fmt: skip
    starts, ends = (as_date(found[name], f"{where}.{name}") for name in ("starts_on", "ends_on"))
    if ends < starts:
        raise ContentError(f"{where}.ends_on: lies before starts_on")
    launch_at, launch_place = _launch(found.get("launch"), f"{where}.launch")
    levels = {unit.level for unit in units}
    due = [
        *as_list(found.get("reports", []), f"{where}.reports", lambda one, at: _report(one, at, levels)),
        *_list(found.get("list"), f"{where}.list", levels, launch_at.date() if launch_at else starts),
    ]
    targets = as_list(found["targets"], f"{where}.targets", lambda one, at: _targets(one, at, units, organisations))
    wave = Wave(
        as_key(found["key"], f"{where}.key"), as_text(found["name"], f"{where}.name"), document, form, starts, ends,
        launch_at, launch_place, units, organisations, tuple(each for some in targets for each in some), tuple(due),
    )  # fmt: skip
    _sound(wave, f"{where}.targets")
    return wave


def _launch(raw: Any, where: str) -> tuple[datetime | None, str]:
    if raw is None:
        return None, ""
    found = checked_keys(raw, where, needed={"at", "place"})
    try:
        at = datetime.fromisoformat(as_text(found["at"], f"{where}.at (in quotes)"))
    except ValueError:
        raise ContentError(f"{where}.at: must be a moment in quotes like '2023-05-06T08:00'") from None
    return at.replace(tzinfo=VIETNAM), as_text(found["place"], f"{where}.place")


def _report(raw: Any, where: str, levels: set[Level]) -> DueDay:
    found = checked_keys(raw, where, needed={"level", "before"})
    before = as_date(found["before"], f"{where}.before")
    return DueDay(What.REPORT, _level(found["level"], where, levels), before - timedelta(days=1))


def _list(raw: Any, where: str, levels: set[Level], launch: date) -> list[DueDay]:
    if raw is None:
        return []
    found = checked_keys(raw, where, needed={"level", "days_before"})
    days = _number(found["days_before"], f"{where}.days_before", 60)
    return [DueDay(What.LIST, _level(found["level"], where, levels), launch - timedelta(days=days))]


def _level(raw: Any, where: str, levels: set[Level]) -> Level:
    level = _one_of(Level, raw, f"{where}.level")
    if level not in levels:
        raise ContentError(f"{where}.level: no unit is a {level}")
    return level


def _targets(
    raw: Any, where: str, units: tuple[Unit, ...], organisations: tuple[Organisation, ...]
) -> tuple[Target, ...]:
    found = checked_keys(
        raw, where, needed={"measure", "number"}, allowed={"unit", "each", "organisation", "example"}
    )  # fmt: skip
    if ("unit" in found) == ("each" in found):
        raise ContentError(
            f"{where}: must name one unit, or the level of which each unit has the target: «each: district»"
        )
    organisation, keys = found.get("organisation"), {one.key for one in organisations}
    if organisation is not None and organisation not in keys:
        raise ContentError(f"{where}.organisation: {organisation!r} is none of {', '.join(sorted(keys))}")
    if not isinstance(example := found.get("example", False), bool):
        raise ContentError(f"{where}.example: must be true or false")
    measure, number = (
        _one_of(Measure, found["measure"], f"{where}.measure"),
        _number(found["number"], f"{where}.number"),
    )
    return tuple(Target(key, organisation, measure, number, example) for key in _meant(found, where, units))


def _meant(found: Mapping[str, Any], where: str, units: tuple[Unit, ...]) -> list[str]:
    if "each" in found:
        level = _level(found["each"], where, {unit.level for unit in units})
        return [unit.key for unit in units if unit.level is level]
    if found["unit"] not in {unit.key for unit in units}:
        raise ContentError(f"{where}.unit: there is no unit {found['unit']!r}")
    return [found["unit"]]


def _sound(wave: Wave, where: str) -> None:
    """Refuse a target that stands twice, and a unit whose whole target nobody can tell."""
    for (unit, organisation, measure), count in Counter(
        (t.unit, t.organisation, t.measure) for t in wave.targets
    ).items():
        if count > 1:
            raise ContentError(
                f"{where}: {measure} of {unit}, {organisation or 'the whole unit'}: stands there {count} times"
            )
    for unit, measure in unsure(wave):
        raise ContentError(
            f"{where}: {measure} of {unit}: its parts and its organisations add up differently; write the whole unit's target"
        )


def as_key(raw: Any, where: str) -> str:
    """Read a key: small letters, digits and underscores."""
    if not isinstance(raw, str) or not _KEY.fullmatch(raw):
        raise ContentError(f"{where}: must be a key of small letters, digits and «_», found {raw!r}")
    return raw


E_ = TypeVar("E_", Level, Measure)


def _one_of(kind: type[E_], raw: Any, where: str) -> E_:
    try:
        return kind(raw)
    except ValueError:
        raise ContentError(f"{where}: {raw!r} is none of {', '.join(kind)}") from None


def _number(raw: Any, where: str, most: int = MOST) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 < raw <= most:
        raise ContentError(f"{where}: must be a number from 1 to {most}, found {raw!r}")
    return raw
