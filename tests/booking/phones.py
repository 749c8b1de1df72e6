"""Telephones over the simulated Telegram and Zalo: what somebody does there, what they read, which buttons they have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock
from bot.conversation.rules import Kind
from bot.outbox.quiet import silent
from bot.simulator.remote import Remote
from bot.simulator.truth import Line

PATIENCE = 60.0  # seconds until what was done is stored, and what is due has left
LOOK = 0.02  # seconds between two looks
TELEGRAM = "telegram"

_STORED = text(
    "SELECT count(*) FROM inbox i JOIN contact c ON c.id = i.contact_id"
    " WHERE c.channel = :channel AND c.address = :address"
)
# Between two words a person takes their time: the pace at which one is written to is no part of these conversations.
_TIME_TAKEN = text("UPDATE contact SET paced_until = now() - interval '1 minute' WHERE paced_until > now()")
_UNDER_WAY = text(
    """
    SELECT EXISTS (
        SELECT FROM outbox o JOIN contact c ON c.id = o.contact_id
        WHERE o.channel <> 'web' AND (o.state = 'sending' OR o.state = 'planned' AND o.due_at <= now()
          AND (o.expires_at IS NULL OR o.expires_at > now()) AND NOT o.class = ANY(:silent) AND c.unreachable IS NULL))
    """
)


@dataclass
class Phone:
    """A person's telephone: the channel they use, their address there, and what of it they have read."""

    simulator: Remote
    engine: AsyncEngine
    channel: str
    address: str
    read: int = -1  # the number of the last line of the truth that was looked at
    messages: list[Line] = field(default_factory=list)

    async def does(self, kind: Kind, words: str, *, times: int = 1) -> None:
        """Type, press or share a place, so often at once; return when we have stored all of it."""
        before, event = await self._stored(), self._event(kind, words)
        await asyncio.gather(*(self.simulator.said(self.channel, self.address, **event) for _ in range(times)))
        await until(lambda: self._more_than(before + times - 1))

    async def tells_number(self, number: str) -> None:
        """Press the button that sends one's own number; return when we have stored it."""
        before = await self._stored()
        await self.simulator.said(self.channel, self.address, kind="contact", phone=number)
        await until(lambda: self._more_than(before))

    async def blocks(self) -> None:
        """Block the bot; return when Telegram has told us."""
        await self.simulator.said(self.channel, self.address, kind="block")
        await until(self._unreachable)

    async def _unreachable(self) -> bool:
        query = "SELECT unreachable IS NOT NULL FROM contact WHERE channel = :channel AND address = :address"
        async with self.engine.connect() as connection:
            values = {"channel": self.channel, "address": self.address}
            return bool(await connection.scalar(text(query), values))

    def _event(self, kind: Kind, words: str) -> Mapping[str, Any]:
        if words.startswith("/start "):
            return {"kind": "start", "text": words.removeprefix("/start ")}
        if kind is Kind.LOCATION:
            latitude, longitude = words.split(",")
            return {"kind": "location", "latitude": float(latitude), "longitude": float(longitude)}
        return {"kind": "press", "data": words} if kind is Kind.BUTTON else {"text": words}

    async def _more_than(self, before: int) -> bool:
        return await self._stored() > before

    async def _stored(self) -> int:
        async with self.engine.connect() as connection:
            values = {"channel": self.channel, "address": self.address}
            return int(await connection.scalar(_STORED, values) or 0)

    async def new(self) -> list[dict[str, Any]]:
        """Return what came since the last look, as it reads there, with the choices that can be made of it."""
        lines = await self.simulator.truth(self.channel, "got", self.read)
        self.read = max((line.n for line in lines), default=self.read)
        mine = [line for line in lines if line.address == self.address]
        self.messages += mine
        return [{"text": line.text, "buttons": self._choices(line)} for line in mine]

    def choice(self, title: str) -> tuple[Kind, str]:
        """Return how the newest choice of that title is made: pressed on Telegram, by its number on Zalo."""
        found = [each for line in reversed(self._to_choose_from()) for each in self._choices(line)]
        target = next((each["to"] for each in found if each["title"].startswith(title)), None)
        assert target, f"no choice «{title}» among {[each['title'] for each in found][:12]}"
        return (Kind.BUTTON, target) if self.channel == TELEGRAM else (Kind.TEXT, f"số {target}")

    def _to_choose_from(self) -> Sequence[Line]:
        """Return what has choices: any message on Telegram, only the last on Zalo."""
        return self.messages if self.channel == TELEGRAM else self.messages[-1:]

    def _choices(self, line: Line) -> list[dict[str, str]]:
        if self.channel == TELEGRAM:
            rows = (line.extra.get("markup") or {}).get("inline_keyboard", [])
            return [{"title": each["text"], "to": each["callback_data"]} for row in rows for each in row]
        parted = [each.partition(". ") for each in line.text.splitlines()]
        return [{"title": title, "to": number} for number, dot, title in parted if dot and number.isdecimal()]


async def until(holds: Any) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(LOOK)


async def all_sent(engine: AsyncEngine, clock: Clock) -> None:
    """Wait until everything that may leave at this hour has left."""

    async def nothing_waits() -> bool:
        async with engine.begin() as connection:
            await connection.execute(_TIME_TAKEN)
            return not await connection.scalar(_UNDER_WAY, {"silent": list(silent(clock()))})

    await until(nothing_waits)
