"""What a consultant is told: an appointment with its brief, and lists of days. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.booking import shown, words
from bot.booking.rules import Appointment, State
from bot.calculators.state_subsidy import Group
from bot.clock import day_in_vietnam
from bot.outbox.rules import Message
from bot.sheets.words import place_name

MARKS: Mapping[State, str] = {
    State.BOOKED: "⏳",
    State.CONFIRMED: "✔️",
    State.DONE: "✅",
    State.ABSENT: "❌",
}
COMING = "🙋"  # the person has said that they will come
LONGEST = 300  # signs of something that a person asked


def noticed(library: Library, key: str, found: Appointment, **values: object) -> Message:
    """Return a notice of an appointment with its brief: what it is about, who comes, what was asked before."""
    head = shown.about(library, key, found, **values)
    return Message("\n".join([head.text, "", *_lines(library, found)]), head.buttons)


def _lines(library: Library, found: Appointment) -> Iterator[str]:
    kind = shown.kind(library, found.kind)
    there = library.text("desk_where").filled(kind=kind, place=shown.where(found)) if shown.where(found) else kind
    brief = library.text("desk_brief")
    yield brief.filled(
        when=words.when(found.starts_at),
        where=there,
        topic=shown.topics(library, found.topics),
        name=found.name,
        phone=words.phone(found.phone),
        code=found.code,
    ).strip()
    yield from _before(library, found.brief or {})


def _before(library: Library, brief: Mapping[str, Any]) -> Iterator[str]:
    """Show what the person asked and worked out before, and who they said they are."""
    if not brief:
        return
    if asked := [str(each)[:LONGEST] for each in brief.get("asked") or ()]:
        yield library.text("desk_asked").text
        yield from (library.text("desk_asked_line").filled(question=each) for each in asked)
    if brief.get("calculated"):
        yield library.text("desk_calculated").filled(result=brief["calculated"])
    facts = brief.get("facts") or {}
    if facts.get("group") in tuple(Group):
        yield library.text("desk_group").filled(group=library.text(f"result_group_{facts['group']}").text)
    if place := place_name(library, facts.get("old_province") or facts.get("province", "")):
        yield library.text("desk_place").filled(place=place)
    yield library.text("desk_consent_given" if brief.get("consent") else "desk_consent_not_given").text


def day_list(library: Library, day: date, found: Sequence[Appointment], coming: Collection[int]) -> Message:
    """Return the appointments of a day, each with a button that shows it."""
    if not found:
        return Message(library.text("desk_day_empty").filled(day=words.day(day)))
    head = library.text("desk_day_list").filled(day=words.day(day), count=len(found))
    return _list(library, [head, *_day(library, found, coming)], found)


def week_list(library: Library, found: Sequence[Appointment], coming: Collection[int]) -> Message:
    """Return the appointments of some days, day by day."""
    if not found:
        return Message(library.text("desk_week_empty").text)
    return _days(library, library.text("desk_week_list").filled(count=len(found)), found, coming)


def list_made_before(library: Library, found: Sequence[Appointment], coming: Collection[int]) -> Message:
    """Return the coming appointments that were made while nobody could be told of them."""
    return _days(library, library.text("desk_made_before").filled(count=len(found)), found, coming)


def _days(library: Library, head: str, found: Sequence[Appointment], coming: Collection[int]) -> Message:
    lines = [head]
    for day in sorted({day_in_vietnam(each.starts_at) for each in found}):
        of_day = [each for each in found if day_in_vietnam(each.starts_at) == day]
        lines += ["", words.day(day), *_day(library, of_day, coming)]
    return _list(library, lines, found)


def _day(library: Library, found: Sequence[Appointment], coming: Collection[int]) -> Iterator[str]:
    line = library.text("desk_line")
    for each in found:
        yield line.filled(
            mark=COMING if each.id in coming and each.state in (State.BOOKED, State.CONFIRMED) else MARKS[each.state],
            hour=words.hour(each.starts_at),
            name=each.name,
            topic=shown.topics(library, each.topics),
            kind=shown.kind(library, each.kind).lower(),
        )


def _list(library: Library, lines: Sequence[str], found: Sequence[Appointment]) -> Message:
    title = library.text("desk_line_button")
    buttons = (
        Button(title.filled(when=words.short(each.starts_at), name=each.name), f"desk:show:{each.id}") for each in found
    )
    return Message("\n".join(lines), tuple(buttons))
