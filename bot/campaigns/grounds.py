"""What a campaign's texts, pictures and document rest on: each number as it was for a day, and which of them are others now. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import NamedTuple

from bot.answers.library import Library
from bot.campaigns.document import Document
from bot.campaigns.pinned import LONGEST_NUMBER, render
from bot.campaigns.store import Pinned
from bot.campaigns.written import Template
from bot.conversation import pictures
from bot.errors import NotInForce
from bot.law.local_support import Resolution
from bot.law.parameters import DatedValue, Law, Parameter
from bot.sheets.printing import page
from bot.vn import show
from bot.vn.places import gazetteer

Grounds = Mapping[str, str]
"""«voluntary_contribution.rate 2026-12-01» -> «0.22»; «local phu_tho» -> a digest of what the province adds."""

_LOCAL = "local"
_UNCHANGED = (
    "checked",
    "note",
    "confidence",
)  # of a resolution: what may be written anew and gives nobody more or less


class Change(NamedTuple):
    """A number that is not any more what it was: whose, for which day («»: of any), before and now."""

    name: str
    day: str
    before: str
    now: str


def grounds_of(
    template: Template,
    library: Library,
    texts: Sequence[Pinned],
    first: date,
    last: date,
    document: Document | None = None,
) -> dict[str, str]:
    """Return what the texts, pictures and document of a campaign between two days rest on."""
    heard = _Heard(library.law.parameters)
    listening = replace(library, law=Law(heard), _answers={}, _search=None, _heads=None)
    render(template, listening.law, first, library.texts, {one.channel for one in texts}, refuse_by=LONGEST_NUMBER)
    shown = [one.body["picture"] for one in texts if one.body.get("picture")]
    for picture in shown:
        pictures.check(listening, picture)
    places = {place for picture in shown if (place := pictures.place_of(picture))}
    if document:
        page(listening, document.what, document.place, first)
        places.add(document.place)
    asked = {f"{name} {day}" for name, days in heard.days.items() for day in days}
    asked |= {f"{_LOCAL} {place}" for place in places}
    return looked_up(asked, library, first, last)


def looked_up(asked: Iterable[str], library: Library, first: date, last: date) -> dict[str, str]:
    """Return what the content says of what was asked once, and of its numbers on each day between two on which they change."""
    found: dict[str, str] = {}
    for name, what in sorted({(each.rpartition(" ")[0], each.rpartition(" ")[2]) for each in asked}):
        if name == _LOCAL:
            found[f"{name} {what}"] = _local(library.local_support, what, last)
            continue
        parameter = library.law.parameters.get(name)
        changes = (value.since for value in (parameter.values if parameter else ()) if first < value.since <= last)
        for day in {date.fromisoformat(what), *changes}:
            found[f"{name} {day}"] = _on(parameter, day)
    return found


def changes(before: Grounds, library: Library, first: date, last: date) -> list[Change]:
    """Return what is not any more as it was."""
    now = looked_up(before, library, first, last)
    return [
        Change(*_named(each, library), before.get(each, ""), now.get(each, ""))
        for each in sorted({*before, *now})
        if before.get(each, "") != now.get(each, "")
    ]


def told(found: Sequence[Change]) -> str:
    """Return in Vietnamese what has changed, for whoever has to look again."""
    said = [
        f"{one.name}{f', ngày {show.day(date.fromisoformat(one.day))}' if one.day else ''}"
        + (f": {one.before or 'chưa có'} → {one.now or 'không còn'}" if one.day else "")
        for one in found
    ]
    return f"số liệu đã đổi sau khi duyệt: {'; '.join(said)}. Người duyệt phải xem lại lời tin."


def _on(parameter: Parameter | None, day: date) -> str:
    try:
        return str(parameter.on(day).value) if parameter else ""
    except NotInForce:
        return ""


def _local(resolutions: Sequence[Resolution], place: str, last: date) -> str:
    province = gazetteer().today(place)
    held = [
        {name: value for name, value in asdict(one).items() if name not in _UNCHANGED}
        for one in resolutions
        if province is not None and one.province == province.key and (one.valid_from is None or one.valid_from <= last)
    ]
    return hashlib.sha256(json.dumps(held, default=str, sort_keys=True).encode()).hexdigest()[:16]


def _named(each: str, library: Library) -> tuple[str, str]:
    name, _, what = each.rpartition(" ")
    if name == _LOCAL:
        province = gazetteer().today(what)
        return f"Hỗ trợ của {province.name if province else what}", ""
    parameter = library.law.parameters.get(name)
    return parameter.description if parameter else name, what


class _Heard(Mapping[str, Parameter]):
    """The numbers of the law, and which of them were asked for, for which days."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters, self.days = parameters, dict[str, set[date]]()

    def __getitem__(self, name: str) -> Parameter:
        found = self._parameters[name]
        days = self.days.setdefault(name, set())
        return _Asked(found.name, found.description, found.unit, found.checked, found.values, days)

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)


@dataclass(frozen=True, slots=True)
class _Asked(Parameter):
    days: set[date] = field(default_factory=set)

    def on(self, day: date) -> DatedValue:
        self.days.add(day)
        return Parameter.on(self, day)
