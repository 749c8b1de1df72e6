"""Two hundred people want thirty times at once, through two worker processes, one of which may be killed in between.

`python -m tests.faults.booking_rush --rounds 50` is what `make test-faults` runs; the worker processes run
`python -m tests.faults.booking_rush --worker <database>` and are told on standard input who wants what.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.booking import offers, service
from bot.booking.rules import HOLD, Offer, Wish
from bot.clock import day_in_vietnam
from bot.database import embedded_postgres, migrate, open_engine
from bot.settings import ROOT, inherited_environment
from tests.booking.account import broken_histories
from tests.booking.world import BINH_XUYEN, MONDAY, VIET_TRI, World, at

PEOPLE, CONSULTANTS, TIMES = 200, 3, 10
PATIENCE = 300.0  # seconds
STARTS = [450 + 45 * number for number in range(TIMES)]  # minutes of the day, each with half an hour of work


async def want(world: World, person: int, day: date, now: datetime) -> str:
    """Go the way of one person until they are booked, offered another day, or put on the wait list."""
    wish, rng = Wish(province="phu_tho", commune=BINH_XUYEN, days=(day,)), random.Random(person)
    async with world.go() as connection:
        if await service.coming(connection, person, now=now):
            return "booked"  # before the process was killed
    while True:
        async with world.go() as connection:
            found = await offers.find(connection, wish, now=now, most=TIMES)
            if not found:
                await service.wait(connection, person, wish, now=now)
                return "waits"
        left = [one for one in found if day_in_vietnam(one.starts_at) == day]
        if not left:
            return "elsewhere"
        if await book(world, person, rng.choice(left), now):
            return "booked"


async def wanting(world: World, person: int, day: date, now: datetime) -> str:
    """Go that way again when the database breaks a deadlock by giving it up, as the job that answers a person does."""
    while True:
        try:
            return await want(world, person, day, now)
        except OperationalError as error:
            if not isinstance(error.orig, DeadlockDetected):
                raise


async def book(world: World, person: int, offer: Offer, now: datetime) -> bool:
    """Hold and, in a transaction of its own, confirm; tell whether it was to be had."""
    async with world.go() as connection:
        held = await service.hold(
            connection, person, offer.consultant_id, offer.kind, offer.starts_at, "other", now=now
        )
    if held is None:
        return False
    async with world.go() as connection:
        key = f"confirm {held.id}"
        booked = await service.confirm(connection, held.id, name="A", phone="+84", brief={}, key=key, now=now)
    return booked is not None


async def work(url: str) -> None:
    """Let people come as standard input tells, a line of JSON each time; tell what became of each of them."""
    engine = open_engine(url)
    world = Crowd(engine, at_once=16)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async for line in lines:
        told = json.loads(line)
        day, now = date.fromisoformat(told["day"]), datetime.fromisoformat(told["now"])

        async def one(person: int, day: date = day, now: datetime = now) -> None:
            print(json.dumps({"person": person, "end": await wanting(world, person, day, now)}), flush=True)

        await asyncio.gather(*(one(person) for person in told["people"]))
        print(json.dumps({"person": 0, "end": "done"}), flush=True)
    await engine.dispose()


class Crowd(World):
    """A world in which everybody waits, however long, until one of a few connections is free."""

    def __init__(self, engine: AsyncEngine, at_once: int) -> None:
        super().__init__(engine)
        self.free = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def go(self) -> AsyncIterator[AsyncConnection]:
        async with self.free, super().go() as connection:
            yield connection


class Worker:
    """A worker process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, url: str) -> Worker:
        command = (sys.executable, "-m", "tests.faults.booking_rush", "--worker", url)
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=inherited_environment(), stdin=pipe, stdout=pipe
            )
        )

    async def run(self, people: Sequence[int], day: date, now: datetime, kill_after: int = 0) -> dict[int, str]:
        """Send people in; return what became of them, as far as it is known when the process is killed."""
        assert self.process.stdin
        assert self.process.stdout
        told = {"people": list(people), "day": day.isoformat(), "now": now.isoformat()}
        self.process.stdin.write((json.dumps(told) + "\n").encode())
        found: dict[int, str] = {}
        while line := await asyncio.wait_for(self.process.stdout.readline(), PATIENCE):
            heard = json.loads(line)
            if heard["end"] == "done":
                return found
            found[heard["person"]] = heard["end"]
            if len(found) == kill_after:
                self.process.kill()
        return found

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()


@dataclass
class Verdict:
    """What became of a round."""

    booked: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    again: int = 0  # people whose worker was killed before they were told anything
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def well(self) -> bool:
        """Tell whether every time was given once, and everybody was told something that is true."""
        return not self.wrong and self.booked == CONSULTANTS * TIMES and self.ends.total() == PEOPLE


class Rush:
    """A database with three consultants, a fourth elsewhere, and two workers."""

    def __init__(self, url: str, world: World, seed: int) -> None:
        self.url, self.world, self.rng = url, world, random.Random(seed)
        self.workers: list[Worker] = []

    async def open(self) -> None:
        """Make who serves; their hours are added for the day of each round."""
        here, far = await self.world.office("here", BINH_XUYEN), await self.world.office("far", VIET_TRI)
        for number in range(CONSULTANTS):
            await self.world.consultant(here, f"c{number}", days=())
        await self.world.consultant(far, "elsewhere", days=())
        self.workers = list(await asyncio.gather(*(Worker.start(self.url) for _ in range(2))))

    async def round(self, number: int) -> Verdict:
        """Let everybody come at once; in every second round another day is to be had, in every third a worker is killed."""
        begun, day = time.monotonic(), MONDAY + timedelta(days=3 * number)
        now = at(day, 7) - timedelta(days=1)
        people = [await self.world.person(f"{number}:{who}") for who in range(PEOPLE)]
        await self._hours(day, elsewhere=number % 2 == 1)
        kill_after = self.rng.randint(1, 12) if number % 3 == 2 else 0
        verdict = Verdict()
        ends = await self._come(verdict, people, day, now, kill_after)
        verdict.ends = Counter(ends.values())
        await self._judge(verdict, day, ends, elsewhere=number % 2 == 1)
        verdict.seconds = time.monotonic() - begun
        return verdict

    async def _hours(self, day: date, *, elsewhere: bool) -> None:
        for starts in STARTS:
            await self.world.do(
                "INSERT INTO plan_exception (consultant_id, day, works, starts, ends)"
                " SELECT id, :day, true, make_time(:starts / 60, :starts % 60, 0), make_time(:ends / 60, :ends % 60, 0)"
                " FROM consultant WHERE key <> 'elsewhere'",
                day=day,
                starts=starts,
                ends=starts + 30,
            )
        if elsewhere:
            await self.world.do(
                "INSERT INTO plan_exception (consultant_id, day, works, starts, ends)"
                " SELECT id, :day, true, '08:00', '11:00' FROM consultant WHERE key = 'elsewhere'",
                day=day + timedelta(days=1),
            )

    async def _come(
        self, verdict: Verdict, people: Sequence[int], day: date, now: datetime, kill_after: int
    ) -> dict[int, str]:
        """Send half of the people to each worker; after a kill its people come again when their holds have run out."""
        first, second = self.workers
        halves = people[::2], people[1::2]
        some, others = await asyncio.gather(first.run(halves[0], day, now, kill_after), second.run(halves[1], day, now))
        if kill_after:
            await first.end()
            self.workers[0] = await Worker.start(self.url)
            left = [person for person in halves[0] if person not in some]
            verdict.again = len(left)
            some |= await self.workers[0].run(left, day, now + HOLD + timedelta(minutes=1))
        return some | others

    async def _judge(self, verdict: Verdict, day: date, ends: dict[int, str], *, elsewhere: bool) -> None:
        rows = await self.world.rows(
            "SELECT * FROM appointment WHERE starts_at >= :begins AND starts_at < :ends AND state = 'booked'"
            " ORDER BY consultant_id, starts_at",
            begins=at(day, 0),
            ends=at(day, 0) + timedelta(days=1),
        )
        verdict.booked = len(rows)
        verdict.wrong += [f"overlap {one.id} {other.id}" for one, other in pairwise(rows) if _overlap(one, other)]
        offered = {at(day, 0) + timedelta(minutes=minute) for minute in STARTS}
        verdict.wrong += [f"outside the plan: {row.id}" for row in rows if row.starts_at not in offered]
        booked, waiting = Counter(row.contact_id for row in rows), await self._waiting(ends)
        for person, end in ends.items():
            truth = "booked" if booked[person] == 1 else "waits" if person in waiting else "elsewhere"
            if booked[person] > 1 or truth != end or (end == "elsewhere") > elsewhere:
                verdict.wrong.append(f"{person} was told {end}, and {truth} is true")
        verdict.wrong += [f"history of {one}" for one in await broken_histories(self.world)]

    async def _waiting(self, people: Iterable[int]) -> set[int]:
        rows = await self.world.rows(
            "SELECT contact_id FROM wait_list WHERE contact_id = ANY(:people)", people=list(people)
        )
        return {row.contact_id for row in rows}


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.consultant_id == other.consultant_id and other.starts_at < one.ends_at)


@asynccontextmanager
async def rush(url: str, seed: int) -> AsyncIterator[Rush]:
    """Everything a rush needs, over a migrated and empty database."""
    engine = open_engine(url)
    found = Rush(url, World(engine), seed)
    try:
        await found.open()
        yield found
    finally:
        for worker in found.workers:
            await worker.end()
        await engine.dispose()


async def run(rounds: int, seed: int) -> bool:
    """Run rounds over a database of their own; tell of each, and whether all went well."""
    well = True
    with (
        tempfile.TemporaryDirectory(prefix="an-sinh-") as folder,
        embedded_postgres(Path(folder) / "pg", durable=False) as url,
    ):
        migrate(url)
        async with rush(url, seed) as found:
            for number in range(rounds):
                verdict = await found.round(number)
                well = well and verdict.well()
                print(f"round {number + 1}: {'well' if verdict.well() else 'WRONG'} {verdict}", flush=True)
    return well


def main() -> None:
    """Run rounds, or be one of their workers; end with 1 if one went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worker", metavar="DATABASE")
    arguments = parser.parse_args()
    if arguments.worker:
        asyncio.run(work(arguments.worker))
    else:
        raise SystemExit(0 if asyncio.run(run(arguments.rounds, arguments.seed)) else 1)


if __name__ == "__main__":
    main()
