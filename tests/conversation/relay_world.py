"""Citizens, consultants and a machine that answers «máy: …», over a real database: what tests of the relay share."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.citizens import store as citizens
from bot.clock import VIETNAM
from bot.conversation import relay
from bot.conversation.actions import say
from bot.conversation.rules import Event, Kind, Wish, wish_in
from bot.conversation.store import mark_answered, store_event
from bot.outbox import telling
from bot.outbox.rules import Message

MONDAY = datetime(2026, 11, 16, 9, tzinfo=VIETNAM).astimezone(UTC)
PHU_THO, HA_NOI = "phu_tho", "ha_noi"


class World:
    """A database, the moment, and everybody who writes."""

    def __init__(self, engine: AsyncEngine, library: Library) -> None:
        self.engine, self.library, self.now = engine, library, MONDAY
        self._numbers = itertools.count(1)

    def pass_time(self, **time: float) -> None:
        self.now += timedelta(**time)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.engine.begin() as connection:
            found = await connection.execute(text(query), values)
            return list(found.all()) if found.returns_rows else []

    async def citizen(self, channel: str = "web") -> int:
        """Make somebody who writes to us."""
        async with self.engine.begin() as connection:
            return await citizens.contact_id(connection, channel, str(next(self._numbers)))

    async def consultant(self, name: str, province: str = PHU_THO) -> int:
        """Make a consultant with a linked Telegram account; return the contact."""
        contact = await self.citizen("telegram")
        await self.rows(
            """
            WITH place AS (
                INSERT INTO office (key, kind, name, address, province, commune)
                VALUES (:key, 'social_insurance', 'BHXH cơ sở', 'đường số 1', :province, '1') RETURNING id)
            INSERT INTO consultant (key, office_id, name, contact_id) SELECT :key, id, :name, :contact FROM place
            """,
            key=f"key-{contact}",
            province=province,
            name=name,
            contact=contact,
        )
        return contact

    async def stored(self, contact: int, event: Event) -> int:
        """Store an event; return its number."""
        async with self.engine.begin() as connection:
            found = await store_event(connection, contact, event)
        assert found is not None
        return found.id

    def event(self, payload: str, kind: Kind = Kind.TEXT) -> Event:
        return Event(f"e{next(self._numbers)}", kind, payload)

    async def write(self, contact: int, payload: str) -> None:
        """Let somebody type, and have it answered."""
        await self._happen(contact, self.event(payload))

    async def press(self, contact: int, title: str) -> None:
        """Let somebody press the newest button of that title that they were shown."""
        rows = await self.rows(
            "SELECT b->>'to' AS target FROM outbox o, jsonb_array_elements(o.body->'buttons') b"
            " WHERE o.contact_id = :contact AND b->>'title' = :title ORDER BY o.id DESC LIMIT 1",
            contact=contact,
            title=title,
        )
        await self._happen(contact, self.event(rows[0].target, Kind.BUTTON))

    async def press_key(self, contact: int, target: str) -> None:
        """Let somebody press a button that carries this."""
        await self._happen(contact, self.event(target, Kind.BUTTON))

    async def ask_for_person(self, contact: int, province: str = PHU_THO, said: str = "cho tôi gặp cán bộ") -> None:
        """Let somebody ask for a person."""
        event = self.event(said)
        inbox_id = await self.stored(contact, event)
        async with self.engine.begin() as connection:
            await mark_answered(connection, inbox_id)
            assert await self.turn(connection, contact, inbox_id, event) is None
            known = {"province": province} if province else {}
            told = await relay.asked(connection, contact, inbox_id, self.library, known, now=self.now)
            await telling.tell(connection, contact, f"reply:{inbox_id}", told)

    async def turn(
        self, connection: AsyncConnection, contact: int, inbox_id: int, event: Event
    ) -> tuple[Message, ...] | None:
        return await relay.turn(connection, contact, inbox_id, event, self.library, now=self.now)

    async def _happen(self, contact: int, event: Event) -> None:
        await self.answer(contact, await self.stored(contact, event), event)

    async def answer(self, contact: int, inbox_id: int, event: Event) -> None:
        """Answer a stored event as the conversation worker does."""
        async with self.engine.begin() as connection:
            if not await mark_answered(connection, inbox_id):
                return
            told = await self.turn(connection, contact, inbox_id, event)
            if told is None:
                told = self._machine(event)
            await telling.tell(connection, contact, f"reply:{inbox_id}", told)

    def _machine(self, event: Event) -> tuple[Message, ...]:
        if wish_in(event.kind, event.payload) is Wish.STOP:
            return (say(self.library, "stopped"),)
        return (Message(f"máy: {event.payload}", topic="maternity"),)

    async def sweep(self, **time: float) -> None:
        """Let time pass and the clock look."""
        self.pass_time(**time)
        async with self.engine.begin() as connection:
            await relay.sweep(connection, self.library, now=self.now)

    async def read(self, contact: int) -> list[str]:
        """Return all that somebody was told, in order."""
        rows = await self.rows("SELECT body->>'text' AS said FROM outbox WHERE contact_id = :c ORDER BY id", c=contact)
        return [row.said for row in rows]

    async def last(self, contact: int) -> str:
        return (await self.read(contact))[-1]

    def text(self, key: str, **values: object) -> str:
        """Return a text as every channel shows it."""
        return self.library.text(key).filled(**values).strip()
