"""The pair of tokens in the real database: one renewal for a burst, and a new permission outranks what is kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy import text

from bot.channels.calls import Clients
from bot.channels.zalo_oa.kept import KeptTokens
from bot.channels.zalo_oa.tokens import App, Pair, Tokens
from bot.database import open_engine
from tests.channels.provider import provider

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


async def test_a_burst_renews_once_and_holds_few_connections(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO channel_account (channel, rate) VALUES ('zalo_oa', 60)"))
    new = (200, {"access_token": "a1", "refresh_token": "r1", "expires_in": "90000"})
    async with provider(new) as zalo:
        clients = Clients(count=1)
        tokens = Tokens(App("1", "s"), KeptTokens(engine, "zalo_oa", "first"), clients, base_url=zalo.url)
        async with asyncio.timeout(60):
            assert set(await asyncio.gather(*(tokens.access(NOW) for _ in range(64)))) == {"a1"}
        await clients.aclose()
    assert len(zalo.calls) == 1
    await engine.dispose()


async def test_a_new_permission_outranks_the_pair_that_is_kept(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO channel_account (channel, rate) VALUES ('zalo_oa', 60)"))
    await KeptTokens(engine, "zalo_oa", "first").save(Pair("a1", "r1", NOW))
    assert (await KeptTokens(engine, "zalo_oa", "first").load()).refresh == "r1"
    assert (await KeptTokens(engine, "zalo_oa", "second").load()).refresh == "second"
    await engine.dispose()
