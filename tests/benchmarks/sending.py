"""`make bench`: the sender of one account beside a bare loop of the same HTTP clients, and replies during a broadcast."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from bot.channels.calls import Clients
from bot.database import embedded_postgres, migrate
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from tests.outbox.world import TOKEN, World, engine_of, sender, sending

MESSAGES = 6000
AT_ONCE = 256
LIMIT = 30  # messages a second that Telegram allows
BROADCAST = 600  # people
REPLIES = 40


async def report() -> list[str]:
    """Measure over a database of its own; return lines of the report."""
    lines = [
        f"## Sending: {MESSAGES} messages over simulated Telegram",
        "",
        "| round trip | sender, messages a second | bare loop of the same clients | ratio |",
        "|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(prefix="an-sinh-") as folder, embedded_postgres(Path(folder) / "pg") as url:
        migrate(url)
        async with running_simulator(Switches(unlimited=True)) as remote:
            world = World(engine_of(url), remote)
            for latency in (0.0, 0.15):
                ours, bare = await _rate(world, latency), await _bare_rate(remote)
                lines.append(f"| {latency * 1000:.0f} ms | {ours:.0f} | {bare:.0f} | {ours / bare:.2f} |")
            lines += await _broadcast(world)
            await world.engine.dispose()
    return lines


async def _begin(world: World, *, unlimited: bool, people: int, latency: float = 0.0) -> None:
    await world.remote.reset(unlimited=unlimited)
    if latency:
        await world.remote.fault("latency", face="telegram", value=latency)
    await world.do("TRUNCATE outbox, contact, channel_account CASCADE")
    await world.people(people)


async def _rate(world: World, latency: float) -> float:
    await _begin(world, unlimited=True, people=MESSAGES, latency=latency)
    await world.plan(MESSAGES)
    begun = time.monotonic()
    async with sending(sender(world.engine, world.remote, at_once=AT_ONCE, rate=100_000)):
        await world.settled(300)
        return MESSAGES / (time.monotonic() - begun)


async def _bare_rate(remote: Remote) -> float:
    clients, waiting = Clients(count=AT_ONCE), list(range(1, MESSAGES + 1))

    async def loop() -> None:
        while waiting:
            chat = waiting.pop()
            await clients.post(
                f"{remote.url}/telegram/bot{TOKEN}/sendMessage", json={"chat_id": chat, "text": f"c {chat}"}
            )

    begun = time.monotonic()
    await asyncio.gather(*(loop() for _ in range(AT_ONCE)))
    took = time.monotonic() - begun
    await clients.aclose()
    return MESSAGES / took


# Messages a second while the campaign ran, the first second's head start left out.
_USED = """
    WITH run AS (SELECT min(finished_at) + interval '1 s' AS begun, max(finished_at) AS ended
                 FROM outbox WHERE class = 'campaign')
    SELECT count(*) / extract(epoch FROM min(ended) - min(begun)) AS used
    FROM outbox, run WHERE finished_at > begun AND finished_at <= ended
"""


async def _broadcast(world: World) -> list[str]:
    """Replies to people while a campaign uses what is left of the limit of 30 a second."""
    await _begin(world, unlimited=False, people=BROADCAST + REPLIES)
    await world.plan(BROADCAST)
    async with sending(sender(world.engine, world.remote, rate=LIMIT)):
        for number in range(REPLIES):
            await asyncio.sleep(0.5)
            await world.plan(1, "reply", first=BROADCAST + 1 + number, prefix="reply")
        await world.settled(120)
    waits = [
        float(row.waited)
        for row in await world.rows(
            "SELECT extract(epoch FROM finished_at - created_at) AS waited FROM outbox WHERE class = 'reply'"
        )
    ]
    used = float((await world.rows(_USED))[0].used)
    counts = (await world.remote.state())["counts"]
    refused = sum(count for name, count in counts.items() if "429" in name)
    return [
        "",
        f"A campaign to {BROADCAST} people at {LIMIT} a second with {REPLIES} replies in between: replies wait"
        f" {quantiles(waits, n=20)[18] * 1000:.0f} ms (p95); {100 * used / LIMIT:.1f} % of the limit is used;"
        f" {refused} answers «too many».",
    ]
