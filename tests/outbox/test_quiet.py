"""The hours of night: reminders wait for the morning, replies for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.citizens.store import contact_id
from bot.outbox.accounts import take_over
from bot.outbox.claim import claim
from bot.outbox.quiet import quiet, silent
from bot.outbox.rules import Message
from bot.outbox.telling import tell
from tests.outbox.world import engine_of

NIGHT, MORNING = (
    datetime(2026, 11, 30, 16, tzinfo=UTC),
    datetime(2026, 12, 1, 0, tzinfo=UTC),
)  # 23:00 and 7:00 in Vietnam


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    found = engine_of(database_url)
    yield found
    await found.dispose()


@pytest.mark.parametrize(
    ("hour", "minute", "still"),
    [(6, 59, True), (7, 0, False), (12, 0, False), (20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True)],
)
def test_people_sleep_from_nine_to_seven_in_vietnam(hour: int, minute: int, still: bool) -> None:
    moment = datetime(2026, 12, 1, (hour - 7) % 24, minute, tzinfo=UTC)
    assert quiet(moment) is still


async def test_at_night_a_reminder_waits_and_a_reply_leaves(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for address, kind in (("1", "reminder"), ("2", "reply")):
            person = await contact_id(connection, "telegram", address)
            await tell(connection, person, f"visit:{kind}", (Message("Chào"),), message_class=kind)
        assert await take_over(connection, "telegram", "s", 30.0)
    taken = []
    for moment in (NIGHT, NIGHT, MORNING):
        async with engine.begin() as connection:
            found = await claim(connection, "telegram", "s", own_rate=30.0, most=9, silent=silent(moment))
        taken.append([row.message_class for row in found.rows])
    assert taken == [["reply"], [], ["reminder"]]
