"""Planning messages for somebody who did not just speak: once for a key, for a time, as their channel shows them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.answers.pages import Button
from bot.citizens.store import contact_id
from bot.conversation.store import history
from bot.outbox import store
from bot.outbox.rules import Message
from bot.outbox.telling import tell
from tests.outbox.world import engine_of

LONG = "visit:take:1:" + "x" * 80
ASKED = Message("Đổi giờ được không?", (Button("Được", LONG), Button("Không", "visit:keep:1")))


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    found = engine_of(database_url)
    yield found
    await found.dispose()


async def plan(engine: AsyncEngine, channel: str, key: str, message: Message = ASKED, **more: Any) -> int:
    async with engine.begin() as connection:
        person = await contact_id(connection, channel, "1")
        await tell(connection, person, key, (message,), **more)
    return person


async def rows(engine: AsyncEngine, what: str = "*") -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(text(f"SELECT {what} FROM outbox ORDER BY id"))).all())


async def test_a_key_is_planned_once_whoever_comes_first(engine: AsyncEngine) -> None:
    await asyncio.gather(*(plan(engine, "telegram", "visit:1:asked") for _ in range(5)))
    assert [row.key for row in await rows(engine)] == ["visit:1:asked:0"]


async def test_it_looks_as_the_channel_can_show_it_and_long_targets_are_found_again(engine: AsyncEngine) -> None:
    for channel in ("telegram", "zalo_bot", "web"):
        await plan(engine, channel, f"visit:{channel}")
    telegram, zalo, web = [row.body for row in await rows(engine)]
    assert [len(key) <= 64 for key in telegram["button_keys"]] == [True, True]
    async with engine.connect() as connection:
        assert await store.target_of(connection, telegram["button_keys"][0]) == LONG
    assert "2. Không" in zalo["text"]
    assert [each["to"] for each in web["buttons"]] == [LONG, "visit:keep:1"]


async def test_it_lasts_as_long_as_it_is_worth_sending_by_the_databases_clock(engine: AsyncEngine) -> None:
    await plan(engine, "telegram", "a", message_class="reminder", lasts=timedelta(hours=2))
    await plan(engine, "telegram", "b")
    first, second = await rows(engine, "class, expires_at - created_at AS lasts")
    assert tuple(first) == ("reminder", timedelta(hours=2))
    assert tuple(second) == ("reply", None)


async def test_the_web_chat_shows_it_between_what_was_said_before_and_after(engine: AsyncEngine) -> None:
    person = await plan(engine, "web", "reply:0", Message("Chào"))
    said = text("INSERT INTO inbox (contact_id, event_id, kind, payload) VALUES (:contact, :words, 'text', :words)")
    for words in ("một", "hai"):
        async with engine.begin() as connection:
            await connection.execute(said, {"contact": person, "words": words})
        await plan(engine, "web", f"visit:{words}", Message(f"sau {words}"))
    async with engine.begin() as connection:
        before = await history(connection, person, 9)
        await store.claim(connection, person)
        after = await history(connection, person, 9)
    assert [line.get("me") or line["text"] for line in before] == [
        "Chào",
        "một",
        "hai",
    ]  # what is planned is yet to come
    assert [line.get("me") or line["text"] for line in after] == ["Chào", "một", "sau một", "hai", "sau hai"]
