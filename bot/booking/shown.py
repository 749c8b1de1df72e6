"""Appointments as texts show them, to the citizen and to the consultant. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.booking import words
from bot.booking.calendar import map_link
from bot.booking.rules import Appointment, Kind
from bot.outbox.rules import Message

CALLS = frozenset({Kind.PHONE, Kind.VIDEO})
IN_THE_DIALOGUE = frozenset({"again", "begin", "drop", "mine", "move"})  # bk:…, for what the citizen does by themselves
_OF_ONE = (
    "desk:",
    "visit:",
    "bk:move",
    "bk:drop",
    "bk:again",
)  # buttons that lead to an appointment and are given its number


def topic(library: Library, name: str) -> str:
    """Return a topic as people read it."""
    return library.text(f"appointment_topic_{name}").text


def topics(library: Library, names: Iterable[str]) -> str:
    """Return several topics as people read them."""
    return ", ".join(topic(library, name) for name in names)


def kind(library: Library, name: str) -> str:
    """Return how the consultant meets the person."""
    return library.text(f"appointment_kind_{name}").text


def where(found: Appointment) -> str:
    """Return the place of a meeting; empty for a call."""
    return "" if found.kind in CALLS else f"{found.place}, {found.address}"


def about(library: Library, key: str, found: Appointment, **more: object) -> Message:
    """Return a text about an appointment, whose buttons lead to it; `more`: values besides those of the appointment."""
    text = library.text(key)
    values = {
        "when": words.when(found.starts_at), "consultant": found.consultant, "code": found.code, "name": found.name,
        "place": where(found), "map": map_link(found.place, found.address), **more,
    }  # fmt: skip
    return Message(text.filled(**values).strip(), tuple(_leading_to(button, found) for button in text.buttons))


def with_file(message: Message, found: Appointment) -> Message:
    """Return the message with the appointment's calendar file below it."""
    return replace(message, file={"kind": "ics", "appointment": found.id})


def _leading_to(button: Button, found: Appointment) -> Button:
    if not button.to.startswith(_OF_ONE) or button.to.startswith("desk:day"):
        return button
    first, verb, *rest = button.to.split(":")
    return Button(button.title, ":".join((first, verb, str(found.id), *rest)))
