"""The questions of the booking dialogue and what it shows: texts of content/messages/booking.yaml, filled in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.booking import shown, words
from bot.booking.calendar import map_link
from bot.booking.draft import Draft
from bot.booking.heard import Heard
from bot.booking.rules import HOLD, Appointment, Kind, Offer
from bot.outbox.rules import Message
from bot.vn.addresses import Candidate

Messages = tuple[Message, ...]


# Questions whose buttons are answers: pressed once, and gone then.
_ONCE = frozenset({
    "ask_topic", "ask_day", "again_day", "lunar_day", "past_day", "no_such_day", "too_far", "no_more", "confirm", "change",
    "sure_to_cancel", "place_free",
})  # fmt: skip


_OF_ONE = frozenset({"bk:move", "bk:drop", "bk:cancel", "bk:again", "bk:yes"})  # buttons that lead to an appointment


def told(library: Library, key: str, **values: object) -> Message:
    """Return a text of the booking dialogue."""
    text = library.text(f"booking_{key}")
    return Message(text.filled(**values), text.buttons, once=key in _ONCE)


def about(message: Message, appointment: Appointment) -> Message:
    """Return the message with buttons that name the appointment, where they lead to one."""
    buttons = tuple(
        Button(each.title, f"{each.to}:{appointment.id}") if each.to in _OF_ONE else each for each in message.buttons
    )
    return replace(message, buttons=buttons)


def question(library: Library, draft: Draft, *, again: bool = False, why: str = "") -> Message:
    """Return the question for place, topic, day, name or phone; `again`: what was said could not be read, or `why` it will not do."""
    how = "again" if again and draft.asks != "topic" else "ask"
    message = told(library, f"{how}_{draft.asks}{f'_{why}' if why else ''}")
    wishes = {"phone": ("contact", "share_phone"), "place": ("location", "share_place")}
    if draft.asks not in wishes:
        return message
    kind, title = wishes[draft.asks]
    return replace(message, asks_for={"kind": kind, "title": library.text(f"booking_{title}").text})


def candidates_in(heard: Heard) -> tuple[Candidate, ...]:
    """Return the places of one name that may be meant."""
    return next((place.candidates for place in heard.places if place.candidates), ())


def which_place(library: Library, candidates: Sequence[Candidate]) -> Message:
    """Ask which of several places of one name was meant."""
    buttons = tuple(Button(each.label, f"bk:place:{each.commune}") for each in candidates if each.commune)
    return Message(library.text("booking_which_place").text, buttons, once=True)


def past_day(library: Library, day: date) -> Message:
    """Say that a day is gone."""
    return told(library, "past_day", day=words.day(day))


def which_day(library: Library, readings: Sequence[Sequence[date]]) -> Message:
    """Ask which of several days, or stretches of days, was meant."""
    buttons = tuple(Button(_stretch(days), f"bk:day:{','.join(map(str, days))}") for days in readings)
    return Message(library.text("booking_which_day").text, buttons, once=True)


def _stretch(days: Sequence[date]) -> str:
    return words.day(days[0]) if len(days) == 1 else f"{words.day(days[0])} – {words.day(days[-1])}"


def lunar_day(library: Library, day: date) -> Message:
    """Read a lunar day back as the solar day it is."""
    message = told(library, "lunar_day", day=words.day(day))
    first, *rest = message.buttons
    return replace(message, buttons=(Button(first.title, f"bk:day:{day}"), *rest))


def offered(library: Library, draft: Draft, offers: Sequence[Offer], lead: str) -> Message:
    """Show offers as buttons below their lead."""
    message = told(library, lead, **({"place": draft.place} if lead == "offers" else {}))
    one_place = len({offer.place for offer in offers}) == 1
    line = library.text("booking_offer_line")
    buttons = []
    for offer in offers:
        when = words.short(offer.starts_at)
        title = when if one_place else line.filled(when=when, place=offer.place)
        buttons.append(Button(title, f"bk:take:{offer.key}"))
    text = f"{message.text}\n\n{offers[0].place}, {offers[0].address}" if one_place else message.text
    return Message(text, (*buttons, *message.buttons), once=True)


def where(library: Library, appointment: Appointment) -> str:
    """Return where people meet."""
    if appointment.kind is Kind.PHONE:
        return library.text("booking_by_phone").text
    if appointment.kind is Kind.VIDEO:
        return library.text("booking_by_video").text
    return library.text("booking_at").filled(place=appointment.place, address=appointment.address)


def held(library: Library, appointment: Appointment) -> Message:
    """Say that a time is kept free."""
    minutes = int(HOLD.total_seconds()) // 60
    return told(
        library, "held", minutes=minutes, when=words.when(appointment.starts_at), place=where(library, appointment)
    )


def read_back(library: Library, draft: Draft, appointment: Appointment) -> Message:
    """Show all that was told, to be confirmed."""
    message = told(
        library, "confirm", when=words.when(appointment.starts_at), place=where(library, appointment),
        topic=shown.topics(library, (appointment.topic, *draft.also)), name=draft.name, phone=_number(library, draft.number),
    )  # fmt: skip
    return about(message, appointment)


def _number(library: Library, phone: str) -> str:
    return words.phone(phone) if phone else library.text("booking_no_phone").text


def done(library: Library, found: Appointment, key: str = "done") -> Messages:
    """Say that the appointment is made, or `agreed`, and what to bring; its file for the calendar stands below."""
    values: dict[str, object] = {
        "code": found.code,
        "when": words.when(found.starts_at),
        "consultant": found.consultant,
    }
    bring = dict.fromkeys(library.text(f"booking_bring_{topic}").text for topic in found.topics)
    values["bring"] = "\n".join(line.strip() for line in bring)
    if found.kind in shown.CALLS:
        message = told(library, f"{key}_call", phone=_number(library, found.phone), **values)
    else:
        on_map = map_link(found.place, found.address)
        message = told(library, key, place=where(library, found), map=on_map, **values)
    return (shown.with_file(message, found),)


def moved(library: Library, found: Appointment) -> Messages:
    """Say to when an appointment was moved."""
    when = words.when(found.starts_at)
    message = told(library, "moved", code=found.code, when=when, place=where(library, found))
    return (shown.with_file(message, found),)


def cancelled(library: Library, found: Appointment) -> Message:
    """Say that an appointment is cancelled."""
    return told(library, "cancelled", when=words.when(found.starts_at))


def nearest(library: Library, office: Any) -> Message:
    """Show the nearest office."""
    on_map = map_link(office.name, office.address, (office.latitude, office.longitude))
    return told(library, "nearest_office", place=office.name, address=office.address, map=on_map)


def mine(library: Library, found: Appointment, key: str = "mine", **more: object) -> Message:
    """Show an appointment with what can be done about it; `more`: values besides those of the appointment."""
    values = {"when": words.when(found.starts_at), "place": where(library, found), **more}
    if key != "sure_to_cancel":
        values |= {"topic": shown.topics(library, found.topics), "code": found.code}
    return about(told(library, key, **values), found)


def several(library: Library, key: str, coming: Sequence[Appointment], *, now: datetime, **values: object) -> Message:
    """Show several appointments below their lead; of its buttons each has its own that lead to one, until it begins."""
    lead = told(library, key, **values)
    of_one = [each for each in lead.buttons if each.to in _OF_ONE]
    buttons = [
        Button(f"{button.title} {words.short(each.starts_at)}", f"{button.to}:{each.id}")
        for each in coming
        if each.starts_at > now
        for button in of_one
    ]
    text = "\n\n".join([lead.text, *(mine(library, each).text for each in coming)])
    return replace(lead, text=text, buttons=(*buttons, *(each for each in lead.buttons if each not in of_one)))


def still_reminded(library: Library, coming: Sequence[Appointment]) -> Message:
    """Say to somebody who wants no messages that their appointments stand, and that they are reminded of them."""
    return told(library, "still_reminded", when="\n".join(words.when(each.starts_at) for each in coming))
