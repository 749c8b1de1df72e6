"""From one event to the replies: what outranks the model first, then Rasa, then the search when Rasa is away."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.conversation.actions import OBEY, answer_topic, say, search_answer
from bot.conversation.rules import Event, Kind, Wish, as_typed_words, readable, unclear_stop, wish_in
from bot.conversation.told import fact_of
from bot.conversation.turn import Effect, Outcome, Turn, Understanding
from bot.errors import RasaAway
from bot.outbox.rules import Message
from bot.vn.text import fold_key

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """What we answer to one event and what else changes with it."""

    messages: tuple[Message, ...] = ()
    effects: frozenset[Effect] = frozenset()
    keep: Mapping[str, str] = field(default_factory=dict)


def commands(library: Library) -> dict[str, Button]:
    """Return the commands of a messenger's menu, such as /tinh_muc_dong, and what each stands for."""
    return {"/" + fold_key(button.title).replace(" ", "_"): button for button in library.text("commands").buttons}


def as_pressed(library: Library, event: Event) -> Event:
    """Return the button that a typed command stands for; any other event as it is."""
    command = commands(library).get(event.payload.strip()) if event.kind is Kind.TEXT else None
    return event if command is None else Event(event.event_id, Kind.BUTTON, command.to)


def as_reply(outcome: Outcome) -> Reply:
    """Return what an action says and changes, outside any dialogue."""
    return Reply(outcome.messages, outcome.effects, outcome.keep)


class Dialogue(Protocol):
    """The dialogue engine: Rasa over HTTP, or a stand-in that is away."""

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        """Hand over what a person typed or pressed, and what is known of them from before; raise RasaAway when the engine cannot answer now."""

    async def forget(self, sender: str) -> None:
        """Begin the person's dialogue anew, with nothing remembered; raise RasaAway."""

    async def understand(self, text: str) -> Understanding:
        """Return what the text is taken to mean; raise RasaAway when the engine cannot answer now."""


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers events; knows nothing of tables or channels."""

    library: Library
    dialogue: Dialogue
    today: Callable[[], date]
    intents: frozenset[str]  # what a button may lead to besides topics and pages

    async def reply(self, sender: str, event: Event, known: Mapping[str, str] | None = None) -> Reply:
        """Return the replies to one event; `known`: facts the person allowed us to keep."""
        wish = wish_in(event.kind, event.payload)
        if wish is not None:
            return await self._obey(sender, wish, event.payload)
        event = as_pressed(self.library, event)
        if event.kind is Kind.BUTTON:
            return await self._pressed(sender, event.payload, known or {})
        if unclear_stop(event.payload):
            return Reply((say(self.library, "stop_or_yes"),))
        text, refusal = readable(event.payload)
        if refusal:
            return Reply((say(self.library, refusal),))
        return await self._asked(sender, as_typed_words(text), text, known or {})

    async def _obey(self, sender: str, wish: Wish, payload: str) -> Reply:
        """Do what outranks every dialogue, with or without Rasa; to forget, the dialogue begins anew."""
        if wish is Wish.FORGET:
            with contextlib.suppress(RasaAway):
                await self.dialogue.forget(sender)
        return as_reply(OBEY[wish](self.library, Turn(payload, wish), self.today()))

    async def _pressed(self, sender: str, target: str, known: Mapping[str, str]) -> Reply:
        fact = fact_of(target)
        if fact is not None:
            return await self._asked(sender, f"/inform{json.dumps(dict([fact]))}", target, known)
        if target not in self.library.pages and target not in self.library.topics and target not in self.intents:
            return Reply((say(self.library, "unknown_button"),))
        if target in self.library.pages and "." in target:  # a variant's page: nothing for the dialogue to decide
            return self._page(target)
        return await self._asked(sender, f"/{target}", target, known)

    def _page(self, name: str) -> Reply:
        found = self.library.answer(name, self.today())
        return Reply((Message(found.text, found.buttons, found.topic, found.sources),))

    async def _asked(self, sender: str, words: str, shown: str, known: Mapping[str, str]) -> Reply:
        try:
            reply = await self.dialogue.converse(sender, words, known)
            if reply.messages:
                return reply
            log.warning("Rasa gave no reply; answering from the content search")
        except RasaAway as error:
            log.warning("Rasa is away; answering from the content search", extra={"reason": str(error)})
        return self._without_rasa(words, shown)

    def _without_rasa(self, words: str, shown: str) -> Reply:
        """Answer from content alone: a pressed topic by name, anything else by search."""
        pressed = words.startswith("/") and shown in self.library.pages
        find = answer_topic if pressed else search_answer
        outcome = find(self.library, Turn(text=shown, topic=shown if pressed else ""), self.today())
        return Reply((*outcome.messages, say(self.library, "limited_service")), outcome.effects)
