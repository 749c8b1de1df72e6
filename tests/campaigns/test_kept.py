"""The numbers of a large campaign are kept: as they were counted, counted anew while they may change, and then no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.campaigns import kept
from bot.campaigns.numbers import WITHIN, Numbers, numbers
from bot.database import open_engine
from tests.booking.world import World
from tests.campaigns.campaign_world import NOON, a_campaign, message, someone

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(kept, "LARGE", 4)
    engine = open_engine(database_url)
    yield World(engine)
    await engine.dispose()


async def sent(world: World, people: int, state: str = "done") -> int:
    """Return a campaign whose time ends at noon."""
    made = await a_campaign(world, sent=people - 1, excluded={"stopped": 1})
    await world.do("UPDATE campaign SET state = :state, ends_at = :at WHERE id = :id", state=state, at=NOON, id=made)
    await world.do(
        "INSERT INTO campaign_step (campaign_id, step, due_at, people) VALUES (:id, 'once', :at, :people)",
        id=made, at=NOON, people=people,
    )  # fmt: skip
    return made


async def latest(world: World, campaign: int) -> tuple[Numbers, datetime | None]:
    async with world.go() as connection:
        return await kept.latest(connection, campaign)


async def plain(world: World, campaign: int) -> Numbers:
    async with world.go() as connection:
        return await numbers(connection, [campaign])


async def test_a_large_campaign_is_kept_as_it_is_counted_and_a_small_one_is_not(world: World) -> None:
    large, small = await sent(world, 4), await sent(world, 3)
    await kept.keep(world.engine, now=NOON)
    (found, at), counted = await latest(world, large), await plain(world, large)
    assert at == NOON and found.all == counted.all and found.all.planned == 4 and found.excluded == {"stopped": 1}
    assert found.by == {name: tallies for name, tallies in counted.by.items() if name != "commune"}
    assert await latest(world, small) == (await plain(world, small), None)


async def test_it_is_counted_anew_while_it_runs_and_as_long_as_acts_count(world: World) -> None:
    runs, done = await sent(world, 4, "running"), await sent(world, 4)

    async def counted(now: datetime) -> set[int]:
        await kept.keep(world.engine, now=now)
        return {one for one in (runs, done) if (await latest(world, one))[1] == now}

    assert await counted(NOON) == {runs, done}
    assert await counted(NOON + HOUR / 6) == {runs}
    assert await counted(NOON + 2 * HOUR) == {runs, done}
    assert await counted(NOON + WITHIN + HOUR) == {runs, done}, "the last acts came since"
    assert await counted(NOON + WITHIN + 9 * HOUR) == {runs}
    contact, person = await someone(world)
    await message(world, done, contact, person)
    await world.put("campaign_act", campaign_id=done, at=NOON + WITHIN + 10 * HOUR, by="lan", act="settle")
    assert await counted(NOON + WITHIN + 11 * HOUR) == {runs, done}, "somebody settled a message"
    assert (await latest(world, done))[0].all.planned == 5
