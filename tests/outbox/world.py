"""A ledger over a real database and senders over the simulated Telegram: what tests and benchmarks of sending share."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.calls import Clients
from bot.channels.telegram.send import Telegram
from bot.database import open_engine
from bot.outbox.sender import Prepare, Sender
from bot.simulator.remote import Remote
from bot.simulator.switches import Switches

TOKEN = Switches().telegram_token
PATIENT = httpx.Timeout(1.5)


class World:
    """A database, a simulator, and how they compare."""

    def __init__(self, engine: AsyncEngine, remote: Remote) -> None:
        self.engine, self.remote = engine, remote

    async def rows(self, query: str) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(query))).all())

    async def do(self, statement: str, **values: Any) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def people(self, count: int) -> None:
        """Make citizens on Telegram and their contacts here; contact n has the address n."""
        await self.remote.citizens("telegram", first=1, count=count)
        await self.do(
            "INSERT INTO contact (channel, address) SELECT 'telegram', n::text FROM generate_series(1, :count) AS n",
            count=count,
        )

    async def plan(self, count: int, message_class: str = "campaign", first: int = 1, prefix: str = "c") -> None:
        """Plan one message for each of so many people."""
        await self.do(
            """
            INSERT INTO outbox (key, contact_id, class, channel, body)
            SELECT :prefix || ':' || id, id, :class, 'telegram', jsonb_build_object('text', :prefix || ' ' || address)
            FROM contact WHERE channel = 'telegram' AND address::int BETWEEN :first AND :last ORDER BY address::int
            """,
            prefix=prefix,
            first=first,
            last=first + count - 1,
            **{"class": message_class},
        )

    async def states(self) -> Counter[str]:
        """Count the ledger's rows by state."""
        return Counter(
            {row.state: row.n for row in await self.rows("SELECT state, count(*) AS n FROM outbox GROUP BY 1")}
        )

    async def settled(self, seconds: float = 60) -> Counter[str]:
        """Return the states once nothing is planned or being sent."""
        async with asyncio.timeout(seconds):
            while (found := await self.states())["planned"] + found["sending"]:
                await asyncio.sleep(0.1)
        return found

    async def got(self) -> Counter[tuple[str, str]]:
        """Count what each person really got."""
        return Counter((line.address, line.text) for line in await self.remote.truth("telegram", "got"))

    async def disagreements(self) -> list[str]:
        """Compare the ledger with the truth: nothing lost, nobody twice, what is unknown may be either."""
        got = await self.got()
        rows = await self.rows(
            "SELECT c.address, o.body->>'text' AS text, o.state FROM outbox o JOIN contact c ON c.id = o.contact_id"
        )
        wrong = [f"twice: {what}" for what, count in got.items() if count > 1]
        for row in rows:
            there = got[(row.address, row.text)]
            if row.state == "sent" and not there:
                wrong.append(f"lost: {row.address}")
            if row.state in ("planned", "failed", "excluded", "expired") and there:
                wrong.append(f"{row.state} but got: {row.address}")
        return wrong


def sender(
    engine: AsyncEngine, remote: Remote, *, rate: float = 1000, at_once: int = 64, prepare: Prepare | None = None
) -> Sender:
    """A sender for the simulated Telegram."""
    clients = Clients(count=at_once, patience=PATIENT)
    channel = Telegram(TOKEN, clients, base_url=f"{remote.url}/telegram")
    return Sender(engine, channel, rate=rate, at_once=at_once, prepare=prepare)


@asynccontextmanager
async def sending(*senders: Sender) -> AsyncIterator[None]:
    """Let senders work for the time of the block."""
    tasks = [asyncio.create_task(each.run()) for each in senders]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        for each in senders:
            await each.aclose()


def engine_of(url: str) -> AsyncEngine:
    """An engine of the test's own."""
    return open_engine(url)
