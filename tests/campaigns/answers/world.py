"""People who got campaigns' messages over a database of their own, and a dialogue engine that says what it heard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.clock import VIETNAM
from bot.conversation.inbound import Inbound
from bot.conversation.intake import take_in
from bot.conversation.intents import conversational_intents
from bot.conversation.respond import Reply, Responder
from bot.conversation.rules import Event, Kind
from bot.conversation.service import Conversation
from bot.conversation.turn import Understanding
from bot.outbox.rules import Message

NOW = datetime(2026, 11, 25, 9, tzinfo=VIETNAM)
_numbers = count(1)


class Echo:
    """A dialogue engine that says what it heard, or what a test lets it say."""

    def __init__(self) -> None:
        self.says: dict[str, Reply] = {}

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        return self.says.get(text, Reply((Message(f"heard {text}"),)))

    async def forget(self, sender: str) -> None:
        pass

    async def understand(self, text: str) -> Understanding:
        return Understanding("", 0.0, True)


class World:
    """A conversation over a fresh database, at a moment that the test moves."""

    def __init__(self, engine: AsyncEngine, library: Library) -> None:
        self.engine, self.library, self.now = engine, library, NOW
        self.echo = Echo()
        self.conversation = Conversation(engine, self._defer, lambda: self.now)
        self.responder = Responder(library, self.echo, lambda: self.now.date(), conversational_intents())
        self.seen: dict[int, int] = {}

    async def _defer(self, connection: AsyncConnection, contact_id: int) -> None:
        """Nothing waits for a worker: who speaks is answered at once."""

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def do(self, statement: str, **values: Any) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def contact(self, channel: str = "telegram", address: str = "") -> int:
        return await self.conversation.open_contact(channel, address or str(next(_numbers)))

    async def campaign(self, key: str = "c") -> int:
        """Make a campaign that runs."""
        rows = await self.rows("SELECT coalesce(max(id), 0) AS n FROM campaign")
        await self.do(
            "INSERT INTO campaign (key, title, plan, author, state, created_at)"
            " VALUES (:key, :key, '{}', 'author', 'running', now())",
            key=f"{key}{rows[0].n}",
        )
        return int((await self.rows("SELECT max(id) AS id FROM campaign"))[0].id)

    async def got(
        self,
        contact: int,
        campaign: int,
        *,
        step: str = "once",
        ago: str = "1 hour",
        message: str = "",
        menu: list[tuple[str, str]] | None = None,
        state: str = "sent",
    ) -> int:
        """Let somebody have got, or be about to get, a message of a campaign; return its row."""
        shown = [{"title": title, "to": to} for title, to in menu or ()]
        await self.do(
            """
            INSERT INTO outbox (key, contact_id, class, channel, body, state, campaign_id, person_id, step, started_at,
                                finished_at, provider_id)
            SELECT :key, c.id, 'campaign', c.channel, cast(:body AS jsonb), :state, :campaign, c.person_id, :step,
                   CASE WHEN :state <> 'planned' THEN now() - cast(cast(:ago AS text) AS interval) END,
                   CASE WHEN :state = 'sent' THEN now() - cast(cast(:ago AS text) AS interval) END, :message
            FROM contact c WHERE c.id = :contact
            """,
            key=f"campaign:{campaign}:{step}:{contact}",
            contact=contact,
            campaign=campaign,
            step=step,
            ago=ago,
            message=message or None,
            state=state,
            body=json.dumps({"text": "Tin của chiến dịch", "menu": shown}),
        )
        return int((await self.rows("SELECT max(id) AS id FROM outbox WHERE campaign_id IS NOT NULL"))[0].id)

    async def hears(self, contact: int, *inbounds: Inbound) -> list[dict[str, Any]]:
        """Let a channel bring something of a contact, and have it answered."""
        (row,) = await self.rows("SELECT channel FROM contact WHERE id = :contact", contact=contact)
        await take_in(self.conversation, row.channel, inbounds)
        await self.conversation.answer_waiting(contact, self.responder)
        return await self.told(contact)

    async def say(self, contact: int, words: str, kind: Kind = Kind.TEXT) -> list[dict[str, Any]]:
        """Let somebody type, and return what they are told."""
        await self.conversation.receive(contact, Event(f"e{next(_numbers)}", kind, words))
        await self.conversation.answer_waiting(contact, self.responder)
        return await self.told(contact)

    async def press(self, contact: int, target: str) -> list[dict[str, Any]]:
        """Let somebody press a button, and return what they are told."""
        return await self.say(contact, target, Kind.BUTTON)

    async def told(self, contact: int) -> list[dict[str, Any]]:
        """Return the messages since one last looked, but those of campaigns and edits."""
        rows = await self.rows(
            "SELECT id, body FROM outbox WHERE contact_id = :contact AND id > :seen AND class = 'reply'"
            " AND key LIKE 'reply:%' ORDER BY id",
            contact=contact,
            seen=self.seen.get(contact, 0),
        )
        if rows:
            self.seen[contact] = rows[-1].id
        return [row.body for row in rows]

    async def answers(self) -> list[tuple[int, str, str]]:
        """Return what was attributed: the row, what was done, what it was about."""
        rows = await self.rows("SELECT outbox_id, kind, what FROM campaign_answer ORDER BY id")
        return [(row.outbox_id, row.kind, row.what) for row in rows]


def said(bodies: list[dict[str, Any]]) -> str:
    """All that somebody was told."""
    return "\n".join(str(body["text"]) for body in bodies)
