"""How a form asks for a fact: the question of content/messages/ask.yaml, with buttons, or the readings to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.calculators.contribution import income_range
from bot.calculators.working import Working
from bot.conversation.told import birth_of
from bot.conversation.turn import Turn
from bot.outbox.rules import Message
from bot.sheets.words import place_name
from bot.vn import show

ASKED = ("sex", "birth", "income", "payment", "sum", "months", "paid_months", "group", "province", "members", "average")


def ask(library: Library, slot: str, turn: Turn, day: date) -> Message:
    """Return the question for a slot."""
    name, _, readings = turn.slots.get("choices", "").partition(":")
    if name == slot and readings:
        buttons = tuple(_choice(library, slot, value) for value in readings.split(","))
        return Message(library.text(f"choose_{slot}").filled(), buttons, once=True)
    text = library.text(f"ask_{slot}")
    if slot != "income":
        return Message(text.filled(), text.buttons, once=True)
    working = Working(library.law, day)
    lowest, _highest = income_range(working)
    least = Button(library.text("ask_income_lowest").filled(amount=show.dong(lowest)), f"income={lowest}")
    rounder = [button for button in text.buttons if int(button.to.partition("=")[2]) > lowest]
    rate = show.percent(working.decimal("voluntary_contribution.rate"))
    return Message(text.filled(rate=rate), (least, *rounder), once=True)


def _choice(library: Library, slot: str, value: str) -> Button:
    if slot == "province":
        return Button(place_name(library, value), f"old_province={value}")
    return Button(_SHOWN.get(slot, str)(value), f"{slot}={value}")


_SHOWN: Mapping[str, Callable[[str], str]] = {
    "income": lambda value: show.dong(int(value)),
    "payment": lambda value: show.dong(int(value)),
    "average": lambda value: show.dong(int(value)),
    "sum": lambda value: show.dong(int(value)),
    "months": lambda value: show.duration(int(value)),
    "paid_months": lambda value: show.duration(int(value)),
    "birth": lambda value: str(birth_of(value).year),
}
