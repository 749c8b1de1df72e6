"""What the citizen and the consultant read while a person answers: texts of content/messages/relay.yaml, filled in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.clock import VIETNAM, day_in_vietnam
from bot.conversation.actions import say
from bot.conversation.relay.hours import STRETCHES
from bot.conversation.relay.rules import button_of
from bot.conversation.relay.store import HandOver
from bot.outbox.rules import Message
from bot.sheets.words import place_name
from bot.vn import show


def with_buttons(message: Message, *buttons: Button) -> Message:
    """Return a message with more buttons, below its own."""
    return replace(message, buttons=(*message.buttons, *buttons))


def button(library: Library, what: str, wish_id: int) -> Button:
    """Return one of our buttons, for one wish: take, done, pass, leave, withdraw."""
    titles = {
        "take": library.text("relay_button_take"),
        "done": library.text("relay_button_done"),
        "pass": library.text("relay_button_pass"),
        "leave": library.text("relay_button_leave"),
        "withdraw": library.text("relay_button_withdraw"),
    }
    return Button(titles[what].text, button_of(what, wish_id))


def with_booking(library: Library, message: Message) -> Message:
    """Return a message with a button that goes on with the booking which was begun before."""
    return with_buttons(message, Button(library.text("relay_button_booking").text, "bk:begin"))


def in_queue(library: Library, wish_id: int, ahead: int) -> Message:
    """Say that consultants know, and how many wait before."""
    told = say(library, "relay_waiting", ahead=ahead) if ahead else say(library, "relay_first")
    return with_buttons(told, button(library, "withdraw", wish_id))


def when(library: Library, moment: datetime | None, now: datetime) -> str:
    """Return when people answer again, as one says it."""
    if moment is None:
        return library.text("relay_when_unknown").text
    hour = f"{moment.astimezone(VIETNAM):%H:%M}"
    if day_in_vietnam(moment) == day_in_vietnam(now):
        return library.text("relay_when_today").filled(time=hour)
    return library.text("relay_when_day").filled(time=hour, day=show.day(day_in_vietnam(moment)))


def hours() -> str:
    """Return the hours of a worked day."""
    return ", ".join(f"{starts:%H:%M}–{ends:%H:%M}" for starts, ends in STRETCHES)


def taken(library: Library, wish: HandOver, name: str) -> Message:
    """Tell the citizen who speaks from now on."""
    return with_buttons(say(library, "relay_taken", name=name), button(library, "leave", wish.id))


def notice(library: Library, wish: HandOver, questions: Sequence[str], now: datetime) -> Message:
    """Tell consultants that somebody waits, and about what."""
    told = say(library, "relay_notice", **_about(library, wish, questions, now))
    return with_buttons(told, button(library, "take", wish.id))


def you_took(library: Library, wish: HandOver, questions: Sequence[str], name: str, now: datetime) -> Message:
    """Tell the consultant whom they speak with, and how it ends."""
    told = say(library, "relay_you_took", name=name, **_about(library, wish, questions, now))
    return with_buttons(told, button(library, "done", wish.id), button(library, "pass", wish.id))


def _about(library: Library, wish: HandOver, questions: Sequence[str], now: datetime) -> dict[str, str]:
    place = place_name(library, wish.old_province or wish.province or "")
    lines = "\n".join(library.text("relay_asked_line").filled(line=line) for line in questions)
    asked = library.text("relay_asked").filled(lines=lines) if lines else library.text("relay_asked_nothing").text
    if wish.note:
        asked += "\n" + library.text("relay_note").filled(note=wish.note)
    return {
        "place": place or library.text("relay_place_unknown").text,
        "waited": waited(library, now - wish.asked_at),
        "questions": asked,
    }


def waited(library: Library, time: timedelta) -> str:
    """Return how long somebody has waited, as one says it."""
    hours, minutes = divmod(max(0, int(time.total_seconds())) // 60, 60)
    if hours:
        return library.text("relay_waited_hours").filled(hours=hours, minutes=minutes)
    return library.text("relay_waited_minutes").filled(minutes=minutes)


def minutes(time: timedelta) -> int:
    """Return a time in whole minutes."""
    return int(time.total_seconds()) // 60
