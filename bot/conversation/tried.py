"""A question tried out: what it is taken to mean, and what the citizen would read; nothing of it is stored in our tables."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.conversation.respond import Responder
from bot.conversation.rules import Event, Kind, as_typed_words, readable
from bot.conversation.turn import Understanding
from bot.errors import RasaAway
from bot.outbox.rules import Message

LONGEST = 500  # signs


@dataclass(frozen=True, slots=True)
class Tried:
    """What was understood, None while Rasa is away; and what the citizen would read."""

    understood: Understanding | None
    messages: tuple[Message, ...]


TryIt = Callable[[str], Awaitable[Tried]]


async def understood(responder: Responder, text: str) -> Understanding:
    """Return what a text is taken to mean, by the path of the chat; raise RasaAway."""
    cleaned, refusal = readable(text)
    if refusal:
        return Understanding("out_of_domain", 0.0, True, ())
    return await responder.dialogue.understand(as_typed_words(cleaned))


def trying(responder: Responder) -> TryIt:
    """Return what tries a question, each in a conversation of its own."""

    async def one(text: str) -> Tried:
        sender = f"try-{secrets.token_hex(8)}"
        try:
            found: Understanding | None = await understood(responder, text[:LONGEST])
        except RasaAway:
            found = None
        reply = await responder.reply(sender, Event(sender, Kind.TEXT, text[:LONGEST]))
        return Tried(found, reply.messages)

    return one
