"""The consultant's side on Telegram: linking an account, commands for lists, the buttons of appointments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import after_note, diary_lists, shown, staff, visit
from bot.booking.acts import ACTS, Act, own
from bot.booking.news import News, tell
from bot.booking.staff import Consultant
from bot.citizens.store import channel_of
from bot.clock import day_in_vietnam
from bot.conversation.rules import Event, Kind, wish_in
from bot.outbox import telling
from bot.outbox.rules import Message
from bot.vn.text import fold_key

__all__ = ["News", "leads_somewhere", "tell", "turn"]

PREFIX = "desk:"
LINK = "desk:link:"  # where the deep link of a code leads
CHANNEL = "telegram"  # names and numbers are shown to an account of a person, never to a browser
DAYS: Mapping[str, str] = {
    "": "today",
    "hom nay": "today",
    "mai": "tomorrow",
    "ngay mai": "tomorrow",
    "tuan": "week",
    "tuan nay": "week",
}  # what a consultant types behind «lịch» or «lịch hẹn», without diacritics
_LIST = re.compile(r"(?:xem |coi )?lich(?: hen| lam viec)?(?: (.+))?")
LONGEST_WORDS = 60  # signs of words that ask for a list
_CODE = re.compile(rf"\s*(?:/start\s+)?{staff.PREFIX}([A-Za-z0-9_-]{{10,60}})\s*")
Messages = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Desk:
    """A turn of a consultant."""

    connection: AsyncConnection
    library: Library
    who: Consultant
    now: datetime


async def turn(
    connection: AsyncConnection, contact_id: int, event: Event, library: Library, *, now: datetime
) -> Messages | None:
    """Answer what is for the desk, or pressed about an appointment; None for all else, also what a consultant asks as a citizen.

    Called in the transaction that marks the event answered; `event_id` is the number of its row in the inbox.
    """
    if code := _code(event):
        return await _link(connection, contact_id, code, library, now=now)
    if event.kind is Kind.BUTTON and event.payload.startswith(visit.PREFIX):
        return await visit.pressed(connection, contact_id, event.payload, library, now=now)
    if not _may_be_ours(event):
        return None
    if event.kind is Kind.TEXT:
        answered = await visit.typed(connection, contact_id, event, library, now=now)
        if answered is not None:
            return answered
    who = await staff.of_contact(connection, contact_id)
    if who is None:
        return None
    desk = _Desk(connection, library, who, now)
    return await _pressed(desk, event.payload) if event.kind is Kind.BUTTON else await _typed(desk, event)


def list_asked_for(text: str) -> str:
    """Return which list a consultant asks for with these words and no other: today, tomorrow, week; "" for none."""
    found = _LIST.fullmatch(fold_key(text)) if len(text) < LONGEST_WORDS else None
    return DAYS.get(found[1] or "", "") if found else ""


def _may_be_ours(event: Event) -> bool:
    if event.kind is Kind.BUTTON:
        return event.payload.startswith(PREFIX)
    return event.kind is Kind.TEXT and wish_in(event.kind, event.payload) is None  # a stop word outranks any note


def _code(event: Event) -> str:
    """Return the code of an event that links an account: a pressed deep link, or the code typed."""
    if event.kind is Kind.BUTTON:
        return event.payload.removeprefix(LINK) if event.payload.startswith(LINK) else ""
    found = _CODE.fullmatch(event.payload)
    return found[1] if found else ""


async def _link(
    connection: AsyncConnection, contact_id: int, code: str, library: Library, *, now: datetime
) -> Messages:
    if await channel_of(connection, contact_id) != CHANNEL:
        return (Message(library.text("desk_link_elsewhere").text),)
    made = await staff.link(connection, contact_id, code, now=now)
    if made is None:
        return (Message(library.text("desk_link_refused").text),)
    name = made.consultant.name
    if made.replaced is not None:
        told = Message(library.text("desk_replaced").filled(consultant=name))
        await telling.tell(connection, made.replaced, f"unlinked:{made.consultant.id}:{now.isoformat()}", (told,))
    linked = library.text("desk_linked")
    told = Message(linked.filled(consultant=name), linked.buttons)
    before = await diary_lists.made_before(connection, library, made.consultant, day_in_vietnam(now))
    return (told, before) if before else (told,)


async def _typed(desk: _Desk, event: Event) -> Messages | None:
    """Show a list that is asked for; take the line that follows a note; leave everything else."""
    if day := list_asked_for(event.payload):
        return await _list(desk, day)
    number = await after_note.noted_just_before(desk.connection, desk.who.contact_id or 0, int(event.event_id))
    found = await own(desk.connection, desk.who, str(number)) if number else None
    if found is None or not event.payload.strip():
        return None
    await after_note.add_line(desk.connection, found, event.payload)
    return (shown.about(desk.library, "desk_line_noted", found),)


async def _pressed(desk: _Desk, target: str) -> Messages | None:
    verb, _, rest = target.removeprefix(PREFIX).partition(":")
    number, _, argument = rest.partition(":")
    if verb == "day" and rest in DAYS.values():
        return await _list(desk, rest)
    found = await own(desk.connection, desk.who, number) if verb in ACTS else None
    return await ACTS[verb](Act(desk.connection, desk.library, desk.who, found, desk.now), argument) if found else None


async def _list(desk: _Desk, day: str) -> Messages:
    today = day_in_vietnam(desk.now)
    if day == "week":
        return (await diary_lists.of_week(desk.connection, desk.library, desk.who, today),)
    wanted = today + timedelta(days=1) if day == "tomorrow" else today
    return (await diary_lists.of_day(desk.connection, desk.library, desk.who, wanted),)


def leads_somewhere(target: str) -> bool:
    """Tell whether a button of the texts is one of the desk's, of a reminder, or of the booking dialogue below them."""
    first, _, rest = target.partition(":")
    verb = rest.partition(":")[0]
    return verb in {"desk": {"day", *ACTS}, "visit": visit.VERBS, "bk": shown.IN_THE_DIALOGUE}.get(first, ())
