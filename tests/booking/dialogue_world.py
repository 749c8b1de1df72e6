"""People who book over a database of their own, with the real Rasa: what conversations of booking are tested with."""

from __future__ import annotations

from collections.abc import Mapping
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
from bot.simulator.remote import Remote
from tests.booking.phones import TELEGRAM, Phone, all_sent

WEB = "web"
_events = count(1)
_addresses = count(9000)


@dataclass
class Town:
    """A database with offices and people, at a moment that the test moves.

    `channels`: who is not on the web chat but on the simulated Telegram or Zalo bot, where channels listen to them.
    """

    engine: AsyncEngine
    responder: Responder
    now: datetime
    channels: Mapping[str, str] = field(default_factory=dict)
    simulator: Remote | None = None
    people: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # of consultants, by which an account is linked

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.engine, self._defer, lambda: self.now, most_appointments=3)

    async def _defer(self, connection: AsyncConnection, contact_id: int) -> None:
        """Nothing waits for a worker: who speaks is answered at once."""

    def at(self, moment: str) -> None:
        """Set the clock: «2026-11-25T09:00», in Vietnam."""
        self.now = datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)

    async def contact(self, name: str) -> int:
        """Return a person, made at the first mention; their dialogue with Rasa begins anew."""
        if name not in self.people:
            channel, address = self.channels.get(name, WEB), str(next(_addresses))
            self.people[name] = await self.conversation.open_contact(channel, address)
            if channel != WEB:
                assert self.simulator, "a conversation over a channel needs the simulator"
                self.phones[name] = Phone(self.simulator, self.engine, channel, address)
            await self.responder.dialogue.forget(f"contact-{self.people[name]}")
        return self.people[name]

    async def say(self, name: str, words: str, kind: Kind = Kind.TEXT, *, times: int = 1) -> list[dict[str, Any]]:
        """Let a person write or press, so often before anybody answers; return what they are told."""
        contact = await self.contact(name)
        if phone := self.phones.get(name):
            await phone.does(kind, words, times=times)
        else:
            for _ in range(times):
                await self.conversation.receive(contact, Event(f"e{next(_events)}", kind, words))
        return await self._answered(name)

    async def _answered(self, name: str) -> list[dict[str, Any]]:
        await self.conversation.answer_waiting(self.people[name], self.responder)
        return await self.new(name)

    async def press(self, name: str, title: str, *, times: int = 1) -> list[dict[str, Any]]:
        """Press the newest button of that title, or whose title begins so."""
        contact = await self.contact(name)
        if phone := self.phones.get(name):
            await self.new(name)
            kind, words = phone.choice(title)
            return await self.say(name, words, kind, times=times)
        rows = await self.rows("SELECT body FROM outbox WHERE contact_id = :contact ORDER BY id DESC", contact=contact)
        buttons = [button for row in rows for button in row.body.get("buttons") or ()]
        target = next((each["to"] for each in buttons if each["title"].startswith(title)), None)
        assert target, f"no button «{title}» among {[each['title'] for each in buttons][:12]}"
        return await self.say(name, target, Kind.BUTTON, times=times)

    async def share_number(self, name: str, number: str) -> list[dict[str, Any]]:
        """Let a person send their number by the button for it where there is one, as digits elsewhere."""
        await self.contact(name)
        phone = self.phones.get(name)
        if phone is None or phone.channel != TELEGRAM:
            return await self.say(name, f"+{number}")
        await phone.tells_number(number)
        return await self._answered(name)

    async def new(self, name: str) -> list[dict[str, Any]]:
        """Return what a person was told since they were last looked at."""
        contact = await self.contact(name)
        if phone := self.phones.get(name):
            await all_sent(self.engine, lambda: self.now)
            return await phone.new()
        rows = await self.rows(
            "SELECT id, body FROM outbox WHERE contact_id = :contact AND id > :seen AND state <> 'excluded' ORDER BY id",
            contact=contact,
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
