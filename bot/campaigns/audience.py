"""Whom a campaign means: a rule over what is known of people, read strictly from what staff wrote. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from bot.answers.pages import Topic
from bot.booking.rules import TOPICS
from bot.citizens.rules import Entitlement, Joined, Situation
from bot.errors import ContentError
from bot.vn.place_choices import place_choices
from bot.yaml_files import as_list, as_text, checked_keys, shown

MOST_HOLDOUT = 50  # percent
LONGEST_LOOK_BACK = 730  # days
_KINDS_OF_DEEDS = {"asked", "calculated", "booked", "came_by"}  # alone, a time would leave out nobody


@dataclass(frozen=True, slots=True)
class Match:
    """Who: each field that is given must fit, and of its values any. Places are keys of provinces and codes of communes of today."""

    places: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    entitlements: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    born_from: int | None = None
    born_to: int | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    asked: tuple[str, ...] = ()
    calculated: tuple[str, ...] = ()
    booked: tuple[str, ...] = ()
    came_by: tuple[str, ...] = ()
    within_days: int | None = None  # so recently for asked, calculated, booked and came_by; None: ever

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) not in ((), None) for each in fields(self))


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant, without whom, and how many percent of them, drawn by lot, get nothing so that there is a comparison."""

    match: Match
    without: Match = field(default_factory=Match)
    holdout_percent: int = 0


def read_audience(raw: Any, where: str, topics: Mapping[str, Topic]) -> Audience:
    """Read a rule; raise ContentError that says where it is wrong and what may stand there."""
    found = checked_keys(raw, where, needed=set(), allowed={*_READERS, "not", "holdout_percent"})
    percent = found.pop("holdout_percent", 0)
    if not isinstance(percent, int) or isinstance(percent, bool) or not 0 <= percent <= MOST_HOLDOUT:
        raise ContentError(f"{where}.holdout_percent: must be a number from 0 to {MOST_HOLDOUT}")
    without = _match(found.pop("not", {}), f"{where}.not", topics)
    match = _match(found, where, topics)
    if not match:
        raise ContentError(f"{where}: names nobody; give at least one of {', '.join(_READERS)}")
    return Audience(match, without, percent)


def topics_named(raw: Mapping[str, Any]) -> dict[str, Topic]:
    """Return the topics of a rule that was accepted once: they were known then, whatever the content has now."""
    parts = (raw, raw.get("not") or {})
    named = {topic for part in parts for kind in ("asked", "calculated") for topic in part.get(kind, ())}
    return {name: Topic(name, "", "", "page") for name in named}  # only their names are looked at


def audience_json(audience: Audience) -> dict[str, Any]:
    """Return the rule as JSON that `read_audience` reads back to the same."""
    found = _json(audience.match)
    if audience.without:
        found["not"] = _json(audience.without)
    if audience.holdout_percent:
        found["holdout_percent"] = audience.holdout_percent
    return found


def _json(match: Match) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in fields(match):
        value = getattr(match, each.name)
        if value not in ((), None):
            found[each.name] = list(value) if isinstance(value, tuple) else str(value) if _is_day(value) else value
    return found


def _is_day(value: object) -> bool:
    return isinstance(value, date)


def _match(raw: Any, where: str, topics: Mapping[str, Topic]) -> Match:
    found = checked_keys(raw, where, needed=set(), allowed=_READERS.keys())
    read = {name: _READERS[name](value, f"{where}.{name}", topics) for name, value in found.items()}
    for first, last in (("born_from", "born_to"), ("paid_from", "paid_to")):
        if read.get(first) is not None and read.get(last) is not None and read[first] > read[last]:
            raise ContentError(f"{where}.{first}: lies behind {last}")
    if "within_days" in read and not _KINDS_OF_DEEDS & read.keys():
        raise ContentError(f"{where}.within_days: says of what: add one of {', '.join(sorted(_KINDS_OF_DEEDS))}")
    return Match(**read)


def _one_of(codes: Sequence[str]) -> Callable[[Any, str], str]:
    def read(raw: Any, where: str) -> str:
        if raw not in codes:
            raise ContentError(f"{where}: {shown(raw)} is none of {', '.join(codes)}")
        return str(raw)

    return read


def _several(codes: Sequence[str]) -> _Reader:
    return lambda raw, where, _: _given(as_list(raw, where, _one_of(codes)), where)


def _topics(raw: Any, where: str, topics: Mapping[str, Topic]) -> tuple[str, ...]:
    return _given(as_list(raw, where, _one_of(tuple(topics))), where)


def _links(raw: Any, where: str, _: Mapping[str, Topic]) -> tuple[str, ...]:
    return _given(as_list(raw, where, as_text), where)


def _given(values: tuple[str, ...], where: str) -> tuple[str, ...]:
    if not values:
        raise ContentError(f"{where}: is empty; leave the line out to take everybody")
    return tuple(sorted(set(values)))


def _places(raw: Any, where: str, _: Mapping[str, Topic]) -> tuple[str, ...]:
    read = as_list(raw, where, lambda one, place: (one, place))
    return _given(tuple(code for one, place in read for code in _place(one, place)), where)


def _place(raw: Any, where: str) -> tuple[str, ...]:
    """Return the keys and codes of a place of today or before July 2025: by key, code, or name («Huyện Bình Xuyên, Vĩnh Phúc»)."""
    written = as_text(raw, where)
    found = place_choices(written)
    if not found:
        raise ContentError(
            f"{where}: {written!r} is no place; write «Huyện Bình Xuyên, Vĩnh Phúc», a code or a province"
        )
    if len(found) > 1:
        raise ContentError(f"{where}: {written!r} may be several places; add the province: «{written}, <tỉnh>»")
    return found[0].codes


def _year(raw: Any, where: str, _: Mapping[str, Topic]) -> int:
    return _number(raw, where, 1900, 2100)


def _days(raw: Any, where: str, _: Mapping[str, Topic]) -> int:
    return _number(raw, where, 1, LONGEST_LOOK_BACK)


def _number(raw: Any, where: str, least: int, most: int) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
        raise ContentError(f"{where}: must be a number from {least} to {most}")
    return raw


def _day(raw: Any, where: str, _: Mapping[str, Topic]) -> date:
    try:
        return raw if type(raw) is date else date.fromisoformat(raw if isinstance(raw, str) else "")
    except ValueError:
        raise ContentError(f"{where}: must be a day such as 2026-12-31") from None


_Reader = Callable[[Any, str, Mapping[str, Topic]], Any]
_READERS: Mapping[str, _Reader] = {
    "places": _places,
    "situations": _several(tuple(Situation)),
    "entitlements": _several(tuple(Entitlement)),
    "joined": _several(tuple(Joined)),
    "born_from": _year,
    "born_to": _year,
    "paid_from": _day,
    "paid_to": _day,
    "asked": _topics,
    "calculated": _topics,
    "booked": _several(tuple(TOPICS)),
    "came_by": _links,
    "within_days": _days,
}
