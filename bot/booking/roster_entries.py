"""Reads the entries of a roster: offices, consultants, special days, field days; every fault says where and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from bot.booking.closed import SpecialDay
from bot.booking.roster_hours import (
    ChangedDay,
    PlannedHours,
    Stretch,
    as_extra,
    as_hours,
    as_leave,
    as_plan,
    as_weekday,
    keys,
    no_change_twice,
    no_two_at_once,
)
from bot.booking.rules import TOPICS, Kind
from bot.errors import ContentError
from bot.vn.communes import communes
from bot.yaml_files import as_date, as_list, as_text

T = TypeVar("T")
OFFICES = ("social_insurance", "collection_point", "post_office")
KINDS = (Kind.OFFICE, Kind.PHONE, Kind.VIDEO)
_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_VIETNAM = ((8.0, 24.0), (102.0, 118.0))  # degrees north and east, islands included


@dataclass(frozen=True, slots=True)
class Where:
    """A commune of today, and the point in it if it is known."""

    commune: str
    province: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Office:
    """An office, a collection point or a post office."""

    key: str
    kind: str
    name: str
    address: str
    where: Where
    serves: tuple[str, ...]
    phone: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Consultant:
    """Who talks with people, and when; what is None was not written and stays as it is."""

    key: str
    office: str
    name: str
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    video_url: str | None
    active: bool
    plans: tuple[PlannedHours, ...] | None
    leave: tuple[ChangedDay, ...] | None
    extra: tuple[ChangedDay, ...] | None


@dataclass(frozen=True, slots=True)
class FieldDay:
    """A day on which a team is in a commune or a market."""

    key: str
    office: str
    name: str
    address: str
    where: Where
    day: date
    stretch: Stretch
    seats: int
    walk_ins: bool
    cancelled: bool
    team: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """What stands in a file."""

    offices: tuple[Office, ...]
    consultants: tuple[Consultant, ...]
    special_days: Mapping[date, SpecialDay]
    field_days: tuple[FieldDay, ...]


def as_office(found: Any, where: str) -> Office:
    """Read one office."""
    office = keys(
        found, where, needed={"key", "kind", "name", "address", "commune"},
        allowed={"serves", "latitude", "longitude", "phone", "active"},
    )  # fmt: skip
    place = _place(office, where)
    return Office(
        as_key(office["key"], f"{where}.key"),
        _one_of(OFFICES, office["kind"], f"{where}.kind"),
        as_text(office["name"], f"{where}.name"),
        as_text(office["address"], f"{where}.address"),
        place,
        as_list(office.get("serves", []), f"{where}.serves", lambda one, at: _served(one, place.province, at)),
        as_text(office["phone"], f"{where}.phone (in quotes)") if "phone" in office else None,
        as_bool(office.get("active", True), f"{where}.active"),
    )


def as_consultant(found: Any, where: str) -> Consultant:
    """Read one consultant with plans, leave and added hours."""
    one = keys(
        found, where, needed={"key", "office", "name"},
        allowed={"topics", "languages", "kinds", "video_url", "active", "plans", "leave", "extra"},
    )  # fmt: skip
    plans = _flat(one, "plans", as_plan, where)
    leave, extra = _flat(one, "leave", as_leave, where), _flat(one, "extra", as_extra, where)
    no_two_at_once(plans or (), f"{where}.plans")
    no_change_twice([*(leave or ()), *(extra or ())], where)
    kinds = as_list(one.get("kinds", [Kind.OFFICE]), f"{where}.kinds", lambda kind, at: _one_of(KINDS, kind, at))
    return Consultant(
        as_key(one["key"], f"{where}.key"),
        as_key(one["office"], f"{where}.office"),
        as_text(one["name"], f"{where}.name"),
        as_list(one.get("topics", []), f"{where}.topics", lambda topic, at: _one_of(tuple(TOPICS), topic, at)),
        as_list(one.get("languages", ["vi"]), f"{where}.languages", _language),
        kinds,
        _video_url(one, kinds, where),
        as_bool(one.get("active", True), f"{where}.active"),
        plans,
        leave,
        extra,
    )


def as_special_day(found: Any, where: str) -> tuple[date, SpecialDay]:
    """Read what was decided of one day: off, or worked, perhaps like another weekday."""
    special = keys(found, where, needed={"day", "works", "name"}, allowed={"like"})
    works = as_bool(special["works"], f"{where}.works")
    if "like" in special and not works:
        raise ContentError(f"{where}.like: only a day that is worked is like another; take it away")
    like = as_weekday(special["like"], f"{where}.like") if "like" in special else None
    return as_date(special["day"], f"{where}.day"), SpecialDay(works, like, as_text(special["name"], f"{where}.name"))


def as_field_day(found: Any, where: str) -> FieldDay:
    """Read one field day."""
    one = keys(
        found, where, needed={"key", "office", "name", "address", "commune", "day", "hours", "seats", "team"},
        allowed={"latitude", "longitude", "walk_ins", "cancelled"},
    )  # fmt: skip
    team = as_list(one["team"], f"{where}.team", as_key)
    if len(set(team)) < max(2, len(team)):
        raise ContentError(f"{where}.team: name two consultants or more, each once, by their keys")
    if type(one["seats"]) is not int or not 1 <= one["seats"] <= 10_000:
        raise ContentError(f"{where}.seats: must be a whole number from 1 on, found {one['seats']!r}")
    return FieldDay(
        as_key(one["key"], f"{where}.key"),
        as_key(one["office"], f"{where}.office"),
        as_text(one["name"], f"{where}.name"),
        as_text(one["address"], f"{where}.address"),
        _place(one, where),
        as_date(one["day"], f"{where}.day"),
        as_hours(one["hours"], f"{where}.hours"),
        one["seats"],
        as_bool(one.get("walk_ins", True), f"{where}.walk_ins"),
        as_bool(one.get("cancelled", False), f"{where}.cancelled"),
        team,
    )


def as_key(found: Any, where: str) -> str:
    """Read the key by which an entry is known, in this file and in later ones."""
    if not isinstance(found, str) or not _KEY.fullmatch(found):
        raise ContentError(f"{where}: must be small letters, digits, _ . or -, such as binh_xuyen.lan, found {found!r}")
    return found


def as_bool(found: Any, where: str) -> bool:
    """Read true or false."""
    if type(found) is not bool:
        raise ContentError(f"{where}: must be true or false, found {found!r}")
    return found


def _one_of(known: tuple[str, ...], found: Any, where: str) -> str:
    if found not in known:
        raise ContentError(f"{where}: must be one of {', '.join(known)}, found {found!r}")
    return str(found)


def _language(found: Any, where: str) -> str:
    if not isinstance(found, str) or not _LANGUAGE.fullmatch(found):
        raise ContentError(f"{where}: must be a code of ISO 639 such as vi or tyz, found {found!r}")
    return found


def _video_url(one: dict[str, Any], kinds: tuple[str, ...], where: str) -> str | None:
    url = one.get("video_url")
    if Kind.VIDEO in kinds and url is None:
        raise ContentError(f"{where}: kind video needs video_url: https://…")
    if url is not None and not (isinstance(url, str) and url.startswith("https://")):
        raise ContentError(f"{where}.video_url: must begin with https://, found {url!r}")
    return url


def _commune(found: Any, where: str) -> str:
    if not isinstance(found, str):
        raise ContentError(f'{where}: must be the code of a commune in quotes, such as "08935", found {found!r}')
    if found not in communes():
        raise ContentError(f"{where}: {found} is no commune of today; its code stands in content/places/communes.csv")
    return found


def _served(found: Any, province: str, where: str) -> str:
    code = _commune(found, where)
    if communes()[code].province != province:
        raise ContentError(f"{where}: {communes()[code].name} lies in another province than the office; take it away")
    return code


def _place(entry: dict[str, Any], where: str) -> Where:
    code = _commune(entry["commune"], f"{where}.commune")
    if ("latitude" in entry) != ("longitude" in entry):
        raise ContentError(f"{where}: give both latitude and longitude, or neither")
    point = [_degrees(entry[name], f"{where}.{name}") for name in ("latitude", "longitude") if name in entry]
    if point and not all(low <= one <= high for one, (low, high) in zip(point, _VIETNAM, strict=True)):
        raise ContentError(f"{where}.latitude: lies outside Vietnam; perhaps latitude and longitude are exchanged")
    latitude, longitude = point or (None, None)
    return Where(code, communes()[code].province, latitude, longitude)


def _degrees(found: Any, where: str) -> float:
    if type(found) not in (int, float):
        raise ContentError(f"{where}: must be a number such as 21.31, found {found!r}")
    return float(found)


def _flat(one: dict[str, Any], name: str, read: Callable[[Any, str], list[T]], where: str) -> tuple[T, ...] | None:
    """Return what the entries of a list come to; None when it was not written."""
    if name not in one:
        return None
    return tuple(each for entry in as_list(one[name], f"{where}.{name}", read) for each in entry)
