"""The words on a sheet: texts of content/messages, who somebody is, where, and what a figure rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from bot.answers.library import Library
from bot.calculators.local_subsidy import Finding
from bot.calculators.state_subsidy import Group
from bot.vn import show
from bot.vn.places import gazetteer


def say(library: Library, key: str, **values: object) -> str:
    """Return a text of content/messages, filled."""
    return library.text(key).filled(**values).strip()


def group_name(library: Library, group: Group) -> str:
    """Return what people call the group, such as «Hộ cận nghèo»."""
    return say(library, f"sheet_group_{group}")


def local_finding(library: Library, finding: Finding) -> str:
    """Return in a few words what is known of a place's own support when there is no amount."""
    return say(library, f"sheet_local_{finding}")


def place_name(library: Library, key: str) -> str:
    """Return the name of a province; an old one with what it is now. Empty for no province."""
    province = gazetteer().today(key)
    if province is None:
        return ""
    former = province.former.get(key, province.name)
    if key in gazetteer().provinces or former == province.name:
        return province.name
    return say(library, "sheet_place_former", former=former, now=province.name)


def head(library: Library, day: date) -> dict[str, Any]:
    """Return what stands on every sheet: who speaks, the day, whom to call."""
    return {
        "name": say(library, "sheet_name"),
        "day": show.day(day),
        "basis_title": say(library, "sheet_basis"),
        "foot": say(library, "sheet_foot", day=show.day(day)),
        "call": say(library, "sheet_call", hotline=hotline(library, day)),
    }


def hotline(library: Library, day: date) -> str:
    """Return the number to call, which stays on one line."""
    return str(library.law.at(day)["service.hotline"]).replace(" ", "\N{NO-BREAK SPACE}")


def documents(library: Library, references: Iterable[str]) -> list[str]:
    """Return each document once, with the day since when it holds where that is known; articles are left out."""
    since = first_days(library)
    names = dict.fromkeys(reference.partition(", ")[0] for reference in references)
    return [_dated(library, name, since.get(name)) for name in names]


def first_days(library: Library) -> dict[str, date]:
    """Return since when each document holds: those that pages and provinces' resolutions name."""
    known: dict[str, date] = {}
    for source in (source for page in library.pages.values() for source in page.sources):
        known[source.document] = min(source.since, known.get(source.document, source.since))
    return known | {one.title: one.valid_from for one in library.local_support if one.valid_from is not None}


def _dated(library: Library, document: str, since: date | None) -> str:
    return say(library, "sheet_since", document=document, day=show.day(since)) if since else document
