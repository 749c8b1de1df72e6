"""`make bench`: counting and freezing an audience, claiming beside a paused campaign, and the memory that it takes of us."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import Audience, Match
from bot.campaigns.freeze import freeze
from bot.campaigns.reach import Question, count
from bot.clock import system_clock
from bot.database import embedded_postgres, migrate
from bot.outbox.accounts import take_over
from bot.outbox.caps import caps_of
from bot.outbox.claim import claim
from bot.vn.places import gazetteer
from tests.campaigns.sending_world import Campaigns
from tests.outbox.world import engine_of

SIZES = (200_000, 1_000_000)
TIMES = 5
CAPS = caps_of("2/7")
_PEOPLE = """
    INSERT INTO person (id, province, situation, joined, name, birth_year)
    SELECT n, (cast(:provinces AS text[]))[1 + n % 34], (ARRAY['nong_dan', 'tieu_thuong', 'khac'])[1 + n % 3],
           'no', 'Nguyễn Thị ' || n, 1950 + n % 60 FROM generate_series(cast(:first AS bigint), :last) AS n
"""
# Nine in ten are on Telegram, a quarter have SMS; one in twenty has stopped, one in ten was never asked.
_CONTACTS = """
    INSERT INTO contact (channel, address, person_id, outreach)
    SELECT 'telegram', n::text, n, CASE WHEN n % 20 = 0 THEN false WHEN n % 10 = 1 THEN NULL ELSE true END
    FROM generate_series(cast(:first AS bigint), :last) AS n WHERE n % 10 <> 7
    UNION ALL
    SELECT 'sms', '84' || (900000000 + n), n, true FROM generate_series(cast(:first AS bigint), :last) AS n WHERE n % 4 = 0
"""


async def report() -> list[str]:
    """Measure over a database of its own; return lines of the report."""
    lines = [
        "## Campaigns: people in 34 provinces, two channels, two texts with a name, a tenth held out",
        "",
        "| people | live count | of it at work in the database | freeze | of it at work in the database | our memory more |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(prefix="an-sinh-") as folder, embedded_postgres(Path(folder) / "pg") as url:
        migrate(url)
        world, first = Campaigns(engine_of(url)), 1
        for size in SIZES:
            await _grow(world, first, size)
            first = size + 1
            counted, counting = await _counted(world)
            frozen, freezing, memory = await _frozen(world, f"k{size}")
            lines.append(
                f"| {size:,} | {counted * 1000:.0f} ms | {counting * 1000:.0f} ms"
                f" | {frozen:.1f} s | {freezing:.1f} s | {memory:.1f} MB |"
            )
        lines += ["", await _claims(world)]
        await world.engine.dispose()
    return lines


async def _grow(world: Campaigns, first: int, last: int) -> None:
    await world.do(_PEOPLE, first=first, last=last, provinces=list(gazetteer().provinces))
    await world.do(_CONTACTS, first=first, last=last)
    async with world.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE"))


async def _counted(world: Campaigns) -> tuple[float, float]:
    """Return the seconds of the quickest count of everybody, whom all 34 provinces hold, and those of the processor."""
    audience = Audience(Match(places=tuple(gazetteer().provinces)), holdout_percent=10)
    question = Question(audience, ("telegram", "sms"), "k", system_clock(), system_clock() + timedelta(days=1), CAPS)
    times = []
    for _ in range(TIMES):
        async with world.engine.begin() as connection:
            server = await _server(connection)
            used, begun = sum(server.cpu_times()[:2]), time.monotonic()
            await count(connection, question)
            times.append((time.monotonic() - begun, sum(server.cpu_times()[:2]) - used))
    return min(times)


async def _server(connection: AsyncConnection) -> psutil.Process:
    return psutil.Process(int(await connection.scalar(text("SELECT pg_backend_pid()")) or 0))


async def _frozen(world: Campaigns, key: str) -> tuple[float, float, float]:
    """Return the seconds it took, those of the database's processor, and by how many megabytes we grew."""
    texts = [
        ("a", "", "Chào ⟦name⟧, mời bà con tham gia"),
        ("b", "", "⟦name⟧ ơi"),
        ("b", "nong_dan", "Bà con ⟦name⟧ ơi"),
    ]
    audience = {"places": list(gazetteer().provinces), "holdout_percent": 10}
    campaign = await world.campaign(key, ("telegram", "sms"), audience=audience, texts=texts, arms={"a": 50, "b": 50})
    await world.step(campaign)
    async with world.engine.begin() as connection:
        server = await _server(connection)
        used, begun, size = sum(server.cpu_times()[:2]), time.monotonic(), psutil.Process().memory_info().rss
        await freeze(connection, campaign, "once", datetime.now(UTC), caps=CAPS)
        return (
            time.monotonic() - begun,
            sum(server.cpu_times()[:2]) - used,
            (psutil.Process().memory_info().rss - size) / 1e6,
        )


async def _claims(world: Campaigns) -> str:
    """Claim a small campaign behind two large ones, first while they run, then while they are paused."""
    await world.do("ANALYZE outbox")
    took = []
    for paused in (False, True):
        await world.do("UPDATE outbox SET state = 'sent' WHERE state = 'sending'")
        await world.do("UPDATE campaign SET state = :state", state="paused" if paused else "running")
        if paused:
            await world.begun("small")
        took.append(await _claim(world))
    return f"A claim of 30 takes {took[0] * 1000:.0f} ms, and {took[1] * 1000:.0f} ms behind {sum(SIZES):,} rows of paused campaigns."


async def _claim(world: Campaigns) -> float:
    times = []
    for _ in range(TIMES):
        async with world.engine.begin() as connection:
            await take_over(connection, "telegram", "bench", 1000)
            await connection.execute(text("UPDATE channel_account SET paced_until = now()"))
            begun = time.monotonic()
            found = await claim(connection, "telegram", "bench", own_rate=1000, most=30, caps=CAPS)
            times.append(time.monotonic() - begun)
            assert len(found.rows) == 30
    return min(times)


if __name__ == "__main__":
    print("\n".join(asyncio.run(report())))
