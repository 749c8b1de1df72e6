"""Web hooks called while no worker runs, some twice, some late; then two, of which one is killed: who was answered what.

`python -m tests.faults.inbound --events 10000 --connections 32 64` is what `make test-faults` runs.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.database import embedded_postgres, migrate
from bot.simulator.caller import Caller, NoAnswer
from tests.faults.calls import Hour, Said, busy_hour, hooked
from tests.faults.site import Site, open_site, web

PATIENCE = 1800.0  # seconds
SEED = 20261127
Answers = dict[str, list[str]]  # by address, in order


@dataclass(frozen=True)
class Verdict:
    """What became of an hour's events."""

    events: int
    overtaken: int  # came after something that the same person wrote later
    refused: int  # calls that were not acknowledged
    lost: int  # events without an answer
    twice: int  # answers too many
    disordered: int  # people whose answers are not in the order of their questions
    late_effects: int  # what repeats after the answer have added
    acknowledged: Sequence[float] = field(repr=False)  # seconds, the quickest first
    seconds: tuple[float, float]  # of posting, of answering

    def well(self) -> bool:
        """Tell whether each event was acknowledged, had one effect and was answered in its turn."""
        return not (self.refused + self.lost + self.twice + self.disordered + self.late_effects)

    def within(self, part: float) -> float:
        """Return in how many milliseconds such a part of the calls was acknowledged."""
        return self.acknowledged[round(part * (len(self.acknowledged) - 1))] * 1000

    def times(self) -> str:
        took = ", ".join(f"p{part} {self.within(part / 100):.0f} ms" for part in (50, 95, 99))
        return f"acknowledged {took}, slowest {self.within(1):.0f} ms; posted in {self.seconds[0]:.0f} s, answered in {self.seconds[1]:.0f} s"


async def run_inbound(database_url: str, events: int, people: int, connections: int) -> Verdict:
    """Post an hour's calls without a worker, answer with two of which one is killed half-way, and repeat some calls then."""
    hour = busy_hour(events, people, SEED)
    async with open_site(database_url, log_level="CRITICAL") as site, web(hooked(site.parts.settings)) as url:
        site.rasa.delay = 0.0
        begun = time.monotonic()
        calls = await post(url, hour.posted, connections)
        posted = time.monotonic()
        await _answer(site, events)
        answered, effects = time.monotonic(), await _effects(site)
        repeated = await post(url, hour.repeated, connections)
        return Verdict(
            events,
            hour.overtaken(),
            sum(status != 200 for status, _ in calls + repeated),
            *_compare(hour, await _answers(site)),
            len(set(await _effects(site)) - set(effects)),
            sorted(seconds for _, seconds in calls),
            (posted - begun, answered - posted),
        )


async def post(url: str, calls: Sequence[Said], connections: int) -> list[tuple[int, float]]:
    """Make calls in order over so many connections; return each one's status, 0 for none, and how many seconds it took."""
    caller, waiting, took = Caller(), iter(calls), list[tuple[int, float]]()

    async def connection() -> None:
        for said in waiting:
            headers, body = said.posted()
            begun = time.perf_counter()
            try:
                status = (await caller.call("POST", f"{url}/hooks/{said.channel}", headers, body)).status
            except NoAnswer:
                status = 0
            took.append((status, time.perf_counter() - begun))

    await asyncio.gather(*(connection() for _ in range(connections)))
    await caller.close()
    return took


async def _answer(site: Site, events: int) -> None:
    """Answer all of it by two workers, of which one is killed when half is done."""
    await asyncio.gather(site.start_worker(), site.start_worker())
    async with asyncio.timeout(PATIENCE):
        while (await site.rows("SELECT count(answered_at) FROM inbox"))[0][0] < events // 2:
            await asyncio.sleep(0.1)
    await site.kill_worker()
    await site.answered(PATIENCE)


async def _effects(site: Site) -> list[Any]:
    """Return all that an event may leave behind."""
    return await site.rows(
        """
        SELECT 'inbox', id::text FROM inbox UNION ALL SELECT 'contact', address FROM contact
        UNION ALL SELECT 'outbox', key FROM outbox
        UNION ALL SELECT 'job', id::text FROM procrastinate_jobs WHERE task_name = 'answer_contact' AND status = 'todo'
        """
    )


async def _answers(site: Site) -> Answers:
    """Return what each person is answered; where Rasa was too slow and the search answered, to which words."""
    query = """
        SELECT c.address, coalesce(substring(o.body->>'text' FROM '^heard (.*)'), i.payload) AS words
        FROM outbox o JOIN contact c ON c.id = o.contact_id JOIN inbox i ON i.id = cast(split_part(o.key, ':', 2) AS bigint)
        WHERE o.body->>'text' LIKE 'heard %' OR split_part(o.key, ':', 3) = '0' ORDER BY o.id
    """
    found = defaultdict(list)
    for row in await site.rows(query):
        found[row.address].append(row.words)
    return found


def _compare(hour: Hour, answers: Answers) -> tuple[int, int, int]:
    """Return how many answers are missing and how many too many, and how many people are not answered as they wrote."""
    wished: Answers = defaultdict(list)
    for said in hour.written:
        wished[said.address].append(said.words)
    want, got = (Counter((who, line) for who in lines for line in lines[who]) for lines in (wished, answers))
    return (want - got).total(), (got - want).total(), sum(wished[who] != answers.get(who) for who in wished)


def main() -> None:
    """Run once for each number of connections; end with 1 if something went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--connections", type=int, nargs="+", default=[32, 64])
    arguments = parser.parse_args()
    well = True
    for connections in arguments.connections:
        with (
            tempfile.TemporaryDirectory(prefix="an-sinh-") as folder,
            embedded_postgres(Path(folder) / "pg", durable=False) as url,
        ):
            migrate(url)
            verdict = asyncio.run(run_inbound(url, arguments.events, arguments.people, connections))
        well = well and verdict.well()
        print(
            f"{connections} connections: {'well' if verdict.well() else f'WRONG {verdict}'}; {verdict.times()}",
            flush=True,
        )
    raise SystemExit(0 if well else 1)


if __name__ == "__main__":
    main()
