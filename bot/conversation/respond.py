"""From one event to the replies: what outranks the model first, then Rasa, then the search when Rasa is away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.answers.library import Library
from bot.conversation.actions import answer_topic, consent_to, say, search_answer
from bot.conversation.rules import Event, Kind, as_typed_words, readable, unclear_stop, wish_in
from bot.conversation.turn import Effect, Outcome, Turn, Understanding
from bot.errors import RasaAway
from bot.outbox.rules import Message

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """What we answer to one event and what else changes with it."""

    messages: tuple[Message, ...] = ()
    effects: frozenset[Effect] = frozenset()


def as_reply(outcome: Outcome) -> Reply:
    """Return what an action says and changes, outside any dialogue."""
    return Reply(outcome.messages, outcome.effects)


class Dialogue(Protocol):
    """The dialogue engine: Rasa over HTTP, or a stand-in that is away."""

    async def converse(self, sender: str, text: str) -> Reply:
        """Hand over what a person typed or pressed; raise RasaAway when the engine cannot answer now."""

    async def understand(self, text: str) -> Understanding:
        """Return what the text is taken to mean; raise RasaAway when the engine cannot answer now."""


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers events; knows nothing of tables or channels."""

    library: Library
    dialogue: Dialogue
    today: Callable[[], date]
    intents: frozenset[str]  # what a button may lead to besides topics and pages

    async def reply(self, sender: str, event: Event) -> Reply:
        """Return the replies to one event."""
        wish = wish_in(event.kind, event.payload)
        if wish is not None:
            return as_reply(consent_to(wish)(self.library, Turn(event.payload, wish), self.today()))
        if event.kind is Kind.BUTTON:
            return await self._pressed(sender, event.payload)
        if unclear_stop(event.payload):
            return Reply((say(self.library, "stop_or_yes"),))
        text, refusal = readable(event.payload)
        if refusal:
            return Reply((say(self.library, refusal),))
        return await self._asked(sender, as_typed_words(text), text)

    async def _pressed(self, sender: str, target: str) -> Reply:
        if target not in self.library.pages and target not in self.library.topics and target not in self.intents:
            return Reply((say(self.library, "unknown_button"),))
        if target in self.library.pages and "." in target:  # a variant's page: nothing for the dialogue to decide
            return self._page(target)
        return await self._asked(sender, f"/{target}", target)

    def _page(self, name: str) -> Reply:
        found = self.library.answer(name, self.today())
        return Reply((Message(found.text, found.buttons, found.topic, found.sources),))

    async def _asked(self, sender: str, words: str, shown: str) -> Reply:
        try:
            reply = await self.dialogue.converse(sender, words)
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
