"""A card for a phone's screen: who somebody is, what they pay, what comes back, how that was worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bot.answers.library import Library
from bot.calculators.state_subsidy import Group
from bot.calculators.wire import note_text, shown
from bot.calculators.working import Note, Result, Step, Unit
from bot.sheets.parts import Part, part_of, with_paid_back
from bot.sheets.words import documents, group_name, head, place_name, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What somebody told about themselves; what they did not tell is left out of the card."""

    groups: tuple[Group, ...] = ()
    place: str = ""
    sex: str = ""
    birth: date | None = None


def result_card(
    library: Library,
    title: str,
    results: Sequence[Result],
    day: date,
    *,
    person: Person | None = None,
    paid_back: int | None = None,
) -> dict[str, Any]:
    """Return the data of the template result_card.

    `title` is a key of content/messages such as sheet_title_contribution; `paid_back` the months of pension after which
    what was paid has come back (bot.sheets.curve).
    """
    parts = [part_of(library, result) for result in results]
    if paid_back is not None:
        parts[-1] = with_paid_back(library, parts[-1], paid_back)
    return {
        **head(library, day),
        "title": say(library, title),
        "who": who(library, person or Person()),
        "parts": [_as_data(part) for part in parts],
        "estimate": say(library, "sheet_estimate"),
        "steps_title": say(library, "sheet_steps"),
        "steps": [_step(library, step) for step in dict.fromkeys(_worked_out(parts))],
        "notes": _notes(library, results),
        "basis": documents(library, [title for result in results for title in result.references]),
    }


def who(library: Library, person: Person) -> list[str]:
    """Return what is known of somebody, in the order in which people say it."""
    found = [say(library, f"sheet_sex_{person.sex}")] if person.sex else []
    if person.birth is not None:
        found.append(say(library, "sheet_born", year=person.birth.year))
    found += [group_name(library, group) for group in person.groups if group is not Group.OTHER]
    return [*found, *([place_name(library, person.place)] if person.place else [])]


def _as_data(part: Part) -> dict[str, Any]:
    return {"head": asdict(part.head), "rows": [asdict(row) for row in part.rows], "estimate": part.estimate}


def _worked_out(parts: Sequence[Part]) -> Iterator[Step]:
    """Yield the steps that reckon; ages and days stand among the rows already."""
    for part in parts:
        yield from (step for step in part.small if step.formula and step.unit not in (Unit.AGE, Unit.DAY))


def _step(library: Library, step: Step) -> dict[str, str]:
    formula = "" if "Σ" in step.formula else step.formula  # a sum of hundreds of terms says nothing to most people
    return {"label": say(library, step.label), "formula": formula, "value": shown(step.value, step.unit)}


def _notes(library: Library, results: Sequence[Result]) -> list[str]:
    notes = dict.fromkeys(_note(library, note) for result in results for note in result.notes)
    return list(notes)


def _note(library: Library, note: Note) -> str:
    if note.key == "calc_one_source":  # it names the setting, which is for staff
        return say(library, "sheet_one_source")
    return note_text(note, library.texts).strip()
