"""What a report says of the work: messages, how people took them, consultations."""

from __future__ import annotations

from typing import Any

from bot.answers.library import Library
from bot.campaigns.numbers import DEEDS, OUTCOMES, WITHIN
from bot.campaigns.waves.layout import Row, Section, Table
from bot.campaigns.waves.naming import (
    titles,
    unit_name,
)
from bot.sheets.words import say

Figures = dict[str, Any]


def messages(library: Library, figures: Figures) -> Section:
    """Return what became of the messages, and what people did then."""
    title, found = say(library, "wave_messages"), figures["messages"]
    if not found["campaigns"]:
        return Section(title, 2, [say(library, "wave_no_messages")])
    shown = ("planned", *OUTCOMES)
    rows = [
        Row([place, one["title"], *(one[name] for name in shown)]) for place, one in enumerate(found["campaigns"], 1)
    ]
    rows.append(Row(["", say(library, "wave_total"), *(found["all"][name] for name in shown)], "sum"))
    tables = [Table("", titles(library, "number", "campaign", *shown), rows)]
    if found["excluded"]:
        counts = [Row([_reason(library, name), count]) for name, count in found["excluded"].items()]
        tables.append(Table(say(library, "wave_excluded"), titles(library, "reason", "count"), counts, wide=0))
    deeds = [Row([say(library, f"wave_reaction_{name}"), found["all"][name]]) for name in DEEDS]
    about = say(library, "wave_reactions", days=WITHIN.days)
    return Section(title, 2, (), [*tables, Table(about, titles(library, "reaction", "count"), deeds, wide=0)])


def _reason(library: Library, code: str) -> str:
    key = f"wave_reason_{code}"
    return say(library, key if key in library.texts else "wave_reason_other")


_ADVICE = ("agreed", "done", "absent", "cancelled", "registered")


def consultations(library: Library, figures: Figures) -> Section:
    """Return the consultations by unit."""
    title = say(library, "wave_advice")
    units: dict[str, dict[str, int]] = {}
    for wave in figures["advice"]:
        for unit, found in wave["units"].items():
            have = units.setdefault(unit, dict.fromkeys(_ADVICE, 0))
            units[unit] = {name: have[name] + found[name] for name in _ADVICE}
    if not any(found["agreed"] for found in units.values()):
        return Section(title, 2, [say(library, "wave_no_advice")])
    several = say(library, "wave_several_units")
    rows = [
        Row([place, unit_name(figures, unit) if unit else several, *(found[name] for name in _ADVICE)])
        for place, (unit, found) in enumerate(units.items(), 1)
    ]
    total = [sum(found[name] for found in units.values()) for name in _ADVICE]
    rows.append(Row(["", say(library, "wave_total"), *total], "sum"))
    names = titles(library, "number", "unit", "agreed", "advised", "absent", "cancelled", "registered")
    return Section(title, 2, (), [Table("", names, rows)])
