"""People who book over a database of their own, with the real Rasa: what conversations of booking are tested with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import VIETNAM
from bot.conversation.respond import Responder
from bot.conversation.rules import Event, Kind
from bot.conversation.service import Conversation

_events = count(1)


@dataclass
class Town:
    """A database with offices and people, at a moment that the test moves."""

    engine: AsyncEngine
    responder: Responder
    now: datetime
    people: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.engine, self._defer, lambda: self.now)

    async def _defer(self, connection: AsyncConnection, contact_id: int) -> None:
        """Nothing waits for a worker: who speaks is answered at once."""

    def at(self, moment: str) -> None:
        """Set the clock: «2026-11-25T09:00», in Vietnam."""
        self.now = datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)

    async def contact(self, name: str, channel: str = "web") -> int:
        """Return a person, made at the first mention; their dialogue with Rasa begins anew."""
        if name not in self.people:
            self.people[name] = await self.conversation.open_contact(channel, str(9000 + len(self.people)))
            await self.responder.dialogue.forget(f"contact-{self.people[name]}")
        return self.people[name]

    async def say(self, name: str, words: str, kind: Kind = Kind.TEXT) -> list[dict[str, Any]]:
        """Let a person write or press, and return what they are told."""
        contact = await self.contact(name)
        await self.conversation.receive(contact, Event(f"e{next(_events)}", kind, words))
        await self.conversation.answer_waiting(contact, self.responder)
        return await self.new(name)

    async def press(self, name: str, title: str) -> list[dict[str, Any]]:
        """Press the newest button of that title, or whose title begins so."""
        rows = await self.rows(
            "SELECT body FROM outbox WHERE contact_id = :contact ORDER BY id DESC", contact=await self.contact(name)
        )
        buttons = [button for row in rows for button in row.body.get("buttons") or ()]
        target = next((each["to"] for each in buttons if each["title"].startswith(title)), None)
        assert target, f"no button «{title}» among {[each['title'] for each in buttons][:12]}"
        return await self.say(name, target, Kind.BUTTON)

    async def new(self, name: str) -> list[dict[str, Any]]:
        """Return what a person was told since they were last looked at."""
        rows = await self.rows(
            "SELECT id, body FROM outbox WHERE contact_id = :contact AND id > :seen ORDER BY id",
            contact=await self.contact(name),
            seen=self.seen.get(name, 0),
        )
        if rows:
            self.seen[name] = rows[-1].id
        return [row.body for row in rows]

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """Return rows of the database."""
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def do(self, statement: str, **values: Any) -> None:
        """Change the database."""
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)
