"""People over a real database: contacts, what is known of them, what they are told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.conversation.intents import conversational_intents
from bot.conversation.respond import Reply, Responder
from bot.conversation.rules import Event, Kind
from bot.conversation.service import Conversation
from bot.conversation.turn import Effect, Understanding
from bot.database import open_engine
from bot.outbox.rules import Message

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)  # a Friday, 9:00 in Vietnam
_events = count(1)


class Speaker:
    """A dialogue engine that answers each text with a page of a topic, and remembers facts on the word «nhớ»."""

    def __init__(self, topic: str = "contribution_amount") -> None:
        self.topic, self.keep = topic, dict[str, str]()

    async def converse(self, sender: str, said: str, known: Mapping[str, str]) -> Reply:
        effects = frozenset({Effect.REMEMBER}) if said == "nhớ" else frozenset()
        return Reply((Message(f"trả lời: {said}", topic="" if effects else self.topic),), effects, self.keep)

    async def forget(self, sender: str) -> None:
        """Nothing is kept here."""

    async def understand(self, said: str) -> Understanding:
        return Understanding("", 0.0, True)


class People:
    """A conversation over a database of its own, at a moment that stands."""

    def __init__(self, engine: AsyncEngine, library: Library) -> None:
        self.engine, self.library, self.now = engine, library, NOW
        self.speaker = Speaker()
        self.conversation = Conversation(engine, self._defer, lambda: self.now)
        self.responder = Responder(library, self.speaker, lambda: self.now.date(), conversational_intents())

    async def _defer(self, connection: AsyncConnection, contact_id: int) -> None:
        """Nothing waits for a worker: who speaks is answered at once."""

    @asynccontextmanager
    async def go(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.begin() as connection:
            yield connection

    async def contact(self, address: str = "1", channel: str = "telegram") -> int:
        return await self.conversation.open_contact(channel, address)

    async def say(self, contact: int, words: str, kind: Kind = Kind.TEXT) -> list[str]:
        """Let a person write or press; return what they are told."""
        return [str(body["text"]) for body in await self.told(contact, words, kind)]

    async def press(self, contact: int, target: str) -> list[str]:
        return await self.say(contact, target, Kind.BUTTON)

    async def told(self, contact: int, words: str, kind: Kind = Kind.TEXT) -> list[dict[str, Any]]:
        last = (await self.rows("SELECT coalesce(max(id), 0) AS id FROM outbox"))[0].id
        await self.conversation.receive(contact, Event(f"e{next(_events)}", kind, words))
        await self.conversation.answer_waiting(contact, self.responder)
        query = "SELECT body FROM outbox WHERE contact_id = :contact AND id > :last ORDER BY id"
        return [row.body for row in await self.rows(query, contact=contact, last=last)]

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def do(self, statement: str, **values: Any) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def person(self, contact: int) -> Any:
        query = "SELECT p.* FROM person p JOIN contact c ON c.person_id = p.id WHERE c.id = :contact"
        return (await self.rows(query, contact=contact))[0]

    async def said_of_consent(self, contact: int, purpose: str = "outreach") -> list[bool]:
        query = "SELECT given FROM consent WHERE contact_id = :contact AND purpose = :purpose ORDER BY id"
        return [row.given for row in await self.rows(query, contact=contact, purpose=purpose)]


@asynccontextmanager
async def people_of(url: str, library: Library) -> AsyncIterator[People]:
    """Open people over a database."""
    engine = open_engine(url)
    yield People(engine, library)
    await engine.dispose()
