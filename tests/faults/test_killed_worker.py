"""kill -9 of real worker processes: no message lost, each answered once, each person's in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from tests.faults.site import Site, open_site


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    async with open_site(database_url) as found:
        yield found


async def test_a_worker_killed_between_storing_and_answering_loses_nothing_and_answers_once(site: Site) -> None:
    site.rasa.delay = 4.0
    await site.start_worker()
    await site.write("a", ["mức đóng bao nhiêu"])
    await asyncio.wait_for(site.rasa.busy.wait(), 30)
    await site.kill_worker()
    assert await site.rows("SELECT 1 FROM outbox") == []
    site.rasa.delay = 0.05
    await site.start_worker()
    await site.answered()
    said = await site.rows("SELECT body->>'text' AS said FROM outbox")
    assert [row.said for row in said] == ["heard mức đóng bao nhiêu"]


async def test_many_people_and_three_kills_at_random_moments(site: Site) -> None:
    rng, people, lines = random.Random(20261122), 20, 8
    await asyncio.gather(*(site.start_worker() for _ in range(2)))
    writing = asyncio.gather(
        *(site.write(f"person {who}", [f"{who}: câu {number}" for number in range(lines)]) for who in range(people))
    )
    for _ in range(3):
        await asyncio.sleep(rng.uniform(0.5, 1.5))
        await site.kill_worker()
        await site.start_worker()
    await writing
    await site.answered()
    said = await site.rows("SELECT contact_id, body->>'text' AS said FROM outbox ORDER BY id")
    by_person: dict[int, list[str]] = {}
    for row in said:
        by_person.setdefault(row.contact_id, []).append(row.said)
    expected = [[f"heard {who}: câu {number}" for number in range(lines)] for who in range(people)]
    assert sorted(by_person.values()) == sorted(expected)


async def test_an_event_whose_job_was_lost_is_found_by_the_sweep(site: Site) -> None:
    await site.write("a", ["câu hỏi"])
    async with site.parts.engine.begin() as connection:
        await connection.execute(text("DELETE FROM procrastinate_jobs"))
        await connection.execute(text("UPDATE inbox SET received_at = now() - interval '1 minute'"))
    await site.start_worker()
    await site.answered()
    assert len(await site.rows("SELECT 1 FROM outbox")) == 1
