"""What provinces add to the contribution: resolutions of People's Councils, each for some old provinces and some time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import ContentError
from bot.vn.places import Province
from bot.yaml_files import as_date, as_list, as_text, checked_keys, read_yaml

E = TypeVar("E", bound=StrEnum)


class Status(StrEnum):
    """What we know of a resolution; only the first two may be stated as in force."""

    ACTIVE = "active"
    ACTIVE_PRESUMED = "active_presumed"
    EXPIRED = "expired"
    REPLACED = "replaced"
    DRAFT = "draft_unverified"
    UNKNOWN = "unknown"


STATED = {Status.ACTIVE, Status.ACTIVE_PRESUMED}
OVER = {Status.EXPIRED, Status.REPLACED}  # had ended when we looked: may be stated for a day of the past
SCHEMES = {"voluntary_si", "health_insurance"}


class Kind(StrEnum):
    """What the value of a group is a share of."""

    OF_MIN_CONTRIBUTION = "percent_of_min_contribution"
    OF_PREMIUM = "percent_of_health_premium"
    OF_PREMIUM_TOTAL = "percent_of_health_premium_total"
    FIXED = "fixed_vnd_per_month"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a resolution helps and with how much; None: not seen, which is not «nothing»."""

    name: str
    label: str
    kind: Kind
    value: Decimal | int | None
    max_months: int | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """One resolution for one scheme, where (keys of old provinces) and when it holds."""

    title: str
    scheme: str
    province: str
    former: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    status: Status
    confidence: str
    groups: tuple[Group, ...]
    residence: str | None
    checked: date
    note: str | None

    def stated_on(self, day: date) -> bool:
        """Tell whether we may say that it is, or was, in force on the day."""
        begun = self.valid_from is not None and self.valid_from <= day
        over = self.status in OVER and self.ended_by(self.checked)
        known = self.status in STATED or over
        return known and begun and not self.ended_by(day)

    def ended_by(self, day: date) -> bool:
        """Tell whether it had ended before the day."""
        return self.valid_to is not None and self.valid_to < day


def load_local_support(folder: Path, provinces: Collection[Province]) -> tuple[Resolution, ...]:
    """Read every resolution below the folder; raise ContentError naming file, key and reason."""
    known = {province.key: province for province in provinces}
    return tuple(_resolution(path, known) for path in sorted(folder.glob("*/*.yaml")))


def resolutions_for(all_of_them: Iterable[Resolution], scheme: str, old_province: str) -> list[Resolution]:
    """Return the resolutions of a scheme that hold, or held, in an old province."""
    return [found for found in all_of_them if found.scheme == scheme and old_province in found.former]


_KEYS = {
    "title", "scheme", "province", "former", "adopted", "valid_from", "valid_to", "status", "confidence", "groups",
    "residence", "checked", "sources", "note",
}  # fmt: skip


def _resolution(path: Path, known: dict[str, Province]) -> Resolution:
    where = str(path)
    raw = checked_keys(read_yaml(path), where, needed=_KEYS)
    province = known.get(as_text(raw["province"], f"{where}: province"))
    if province is None or path.parent.name != province.key:
        raise ContentError(f"{where}: province: must be the folder's name and a province of content/places")
    former = as_list(raw["former"], f"{where}: former", as_text)
    if not set(former) <= set(province.former):
        raise ContentError(f"{where}: former: {sorted(set(former) - set(province.former))} is not in {province.key}")
    if as_text(raw["scheme"], f"{where}: scheme") not in SCHEMES:
        raise ContentError(f"{where}: scheme: must be one of {', '.join(sorted(SCHEMES))}")
    if not as_list(raw["sources"], f"{where}: sources", _source):
        raise ContentError(f"{where}: sources: every resolution needs its source")
    return Resolution(
        title=as_text(raw["title"], f"{where}: title"),
        scheme=raw["scheme"],
        province=province.key,
        former=former,
        valid_from=_day(raw["valid_from"], f"{where}: valid_from"),
        valid_to=_day(raw["valid_to"], f"{where}: valid_to"),
        status=_one_of(Status, raw["status"], f"{where}: status"),
        confidence=as_text(raw["confidence"], f"{where}: confidence"),
        groups=as_list(raw["groups"], f"{where}: groups", _group),
        residence=None if raw["residence"] is None else as_text(raw["residence"], f"{where}: residence"),
        checked=as_date(raw["checked"], f"{where}: checked"),
        note=None if raw["note"] is None else as_text(raw["note"], f"{where}: note"),
    )


def _group(raw: Any, where: str) -> Group:
    found = checked_keys(raw, where, needed={"group", "label", "kind", "value", "max_months"})
    kind = _one_of(Kind, found["kind"], f"{where}.kind")
    return Group(
        name=as_text(found["group"], f"{where}.group"),
        label=as_text(found["label"], f"{where}.label"),
        kind=kind,
        value=None if found["value"] is None else _value(found["value"], kind, f"{where}.value"),
        max_months=_months(found["max_months"], f"{where}.max_months"),
    )


def _value(raw: Any, kind: Kind, where: str) -> Decimal | int:
    if kind is Kind.FIXED:
        if type(raw) is not int or raw < 0:
            raise ContentError(f"{where}: must be whole đồng")
        return raw
    try:
        share = Decimal(raw if isinstance(raw, str) else "not text")
    except InvalidOperation:
        share = Decimal(-1)
    if not share.is_finite() or not 0 <= share <= 1:
        raise ContentError(f"{where}: must be a share between 0 and 1, in quotes")
    return share


def _months(raw: Any, where: str) -> int | None:
    if raw is not None and (type(raw) is not int or raw <= 0):
        raise ContentError(f"{where}: must be a count of months or null, found {raw!r}")
    return raw


def _source(raw: Any, where: str) -> str:
    return as_text(checked_keys(raw, where, needed={"title"}, allowed={"href"})["title"], f"{where}.title")


def _day(raw: Any, where: str) -> date | None:
    return None if raw is None else as_date(raw, where)


def _one_of(kinds: type[E], raw: Any, where: str) -> E:
    try:
        return kinds(raw)
    except ValueError:
        raise ContentError(f"{where}: must be one of {', '.join(kinds)}") from None
