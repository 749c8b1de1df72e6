"""Campaigns over two days of virtual time, with everything that may come in between: who got what and when, against the rules.

`python -m tests.faults.two_days --people 1500 --minutes 2 --seeds 3` is what `make test-faults` runs.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

from bot.campaigns.watch import Account, end_overdue, reconcile, watch
from bot.clock import VIETNAM
from bot.database import embedded_postgres, migrate
from bot.outbox.caps import caps_of, over
from bot.outbox.quiet import CAMPAIGNS_BEGIN, campaigns_leave
from bot.outbox.reachable import exclude_unreachable
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from bot.simulator.truth import Line
from tests.campaigns.sending_world import Campaigns
from tests.faults.virtual import Time

DAY = datetime(2027, 1, 11, tzinfo=VIETNAM)  # a Monday
CAP = "2/1"
LOOK = 0.03  # real seconds for the senders to look at each moment
KILLS, HANGS = 3, 4
AT_ONCE = 2 * 16


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the first or second day."""
    return DAY + timedelta(days=day - 1, hours=hour, minutes=minute)


@dataclass(frozen=True)
class Plan:
    """A campaign of the two days."""

    key: str
    channels: tuple[str, ...]
    begins: datetime
    ends: datetime


PLANS = (
    Plan("all", ("telegram", "sms"), on(1, 7, 30), on(2, 20)),
    Plan("sms", ("sms",), on(1, 10), on(2, 12)),
    Plan("afternoon", ("telegram",), on(1, 14), on(1, 20, 30)),
    Plan("withdrawn", ("sms", "telegram"), on(1, 8, 30), on(2, 20)),
    Plan("again", ("telegram", "sms"), on(2, 9), on(2, 20, 50)),
)


@dataclass
class Barred:
    """What must not arrive from one line of the truth to another, and why."""

    why: str
    campaign: str  # "" is any
    people: frozenset[int]
    after: int
    before: int = 10**9


@dataclass
class Verdict:
    """What went wrong, and what there was."""

    wrong: list[str] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    got: Counter[str] = field(default_factory=Counter)
    replies: int = 0

    def well(self) -> bool:
        """Tell whether no rule was broken and each account closes."""
        return not self.wrong and all(account.closed for account in self.accounts.values())


class TwoDays:
    """The site, the events, and what is remembered to judge by."""

    def __init__(self, time: Time, remote: Remote, people: int, seed: int) -> None:
        self.time, self.remote, self.count, self.rng = time, remote, people, random.Random(seed)
        self.world = Campaigns(time.engine)
        self.numbers: dict[str, int] = {}
        self.barred: list[Barred] = []
        self.pending: list[Barred] = []
        self.replies = 0

    async def prepare(self) -> None:
        """Make people: most on Telegram, half by SMS, some of them unwilling."""
        await self.remote.citizens("telegram", first=1, count=self.count)
        await self.world.people(self.count)
        await self.world.do("UPDATE person SET name = 'P' || id")
        await self.world.contacts("telegram", 1, self.count * 4 // 5)
        await self.world.contacts("sms", self.count // 2, self.count)
        await self.world.says(False, "telegram", 1, self.count // 20)
        await self.world.do("UPDATE contact SET outreach = NULL WHERE person_id % 37 = 5")
        await self.remote.fault("hang", face="telegram", probability=0.02, times=HANGS)
        for plan in PLANS:
            self.numbers[plan.key] = await self.world.campaign(
                plan.key,
                plan.channels,
                state="scheduled",
                begins=plan.begins,
                ends=plan.ends,
                texts=[("a", "", f"{plan.key} ⟦name⟧.")],
            )

    def events(self) -> list[tuple[datetime, Callable[[], Awaitable[None]]]]:
        """Return what happens when; stops and kills at moments of their own."""
        found: list[tuple[datetime, Callable[[], Awaitable[None]]]] = [
            *((plan.begins, partial(self.begin, plan)) for plan in PLANS),
            (on(1, 11), lambda: self.pause("all", on(1, 12, 30))),
            (on(1, 13, 30), lambda: self.withdraw("withdrawn")),
            (on(1, 20, 10), lambda: self.time.move(95 * 60)),  # over the hour at which people go to sleep
            (on(2, 10, 15), lambda: self.time.move(-20 * 60)),
            (on(1, 9, 20), lambda: self.remote.fault("429", face="telegram", times=1, value=30)),
            (on(1, 13), self.block),
            (on(1, 23), self.reply),
            (on(2, 3), self.reply),
            *((self.by_day(), self.stop) for _ in range(12)),
            *((self.by_day(), self.resume) for _ in range(3)),
            *((self.by_day(), self.crash) for _ in range(KILLS)),
        ]
        return sorted(found, key=lambda one: one[0])

    def by_day(self) -> datetime:
        """Return some moment at which people are awake."""
        return on(self.rng.choice((1, 2)), self.rng.randrange(8, 20), self.rng.randrange(60))

    async def begin(self, plan: Plan) -> None:
        number = self.numbers[plan.key]
        await self.world.do("UPDATE campaign SET state = 'running' WHERE id = :id", id=number)
        await self.world.step(number, due=plan.begins)
        await self.world.freeze(number, now=self.time.clock(), caps=caps_of(CAP))

    async def pause(self, key: str, until: datetime) -> None:
        await self.world.become(self.numbers[key], "paused", "pause")
        self.pending.append(Barred("paused", key, frozenset(), 0))
        self.until = until

    async def withdraw(self, key: str) -> None:
        await self.world.become(self.numbers[key], "stopped", "withdraw")
        self.pending.append(Barred("withdrawn", key, frozenset(), 0))

    async def stop(self) -> None:
        """Some people stop, each on one of their channels."""
        first = self.rng.randrange(1, self.count)
        people = frozenset(range(first, first + self.count // 40 + 1))
        await self.world.says(False, self.rng.choice(("telegram", "sms")), first, max(people))
        rows = await self.world.rows(
            "SELECT person_id FROM contact GROUP BY 1 HAVING bool_and(outreach IS NOT TRUE OR stopped_elsewhere)"
        )
        self.pending.append(Barred("stopped", "", people & {row.person_id for row in rows}, 0))

    async def resume(self) -> None:
        """Whoever stopped may allow messages again, on one channel."""
        stopped = [one for one in self.barred if one.why == "stopped" and one.before == 10**9 and one.people]
        if stopped:
            one = self.rng.choice(stopped)
            now = await self.lines()
            for other in self.barred:
                if other.why == "stopped" and other.people & one.people:
                    other.people, freed = other.people - one.people, other.people & one.people
                    self.barred.append(Barred("stopped", "", freed, other.after, min(other.before, now)))
            await self.world.says(True, "telegram", min(one.people or {1}), max(one.people or {1}))

    async def block(self) -> None:
        await self.remote.citizens("telegram", first=self.count // 3, count=self.count // 30, blocked=True)

    async def reply(self) -> None:
        """Some people are answered, at whatever hour."""
        answered = self.count // 20
        await self.world.do(
            "INSERT INTO outbox (key, contact_id, class, channel, body) SELECT 'reply ' || id || now(), id, 'reply', channel,"
            " '{\"text\": \"reply\"}' FROM contact WHERE channel = 'telegram' AND person_id <= :last",
            last=answered,
        )
        self.replies += answered

    async def crash(self) -> None:
        """Kill the senders with calls under way, if there are any."""
        for _ in range(100):
            if await self.world.value("SELECT count(*) FROM outbox WHERE state = 'sending'"):
                break
            await asyncio.sleep(0.01)
        await self.time.kill_senders()
        await self.time.start_senders(CAP)

    async def lines(self) -> int:
        return int((await self.remote.state())["truth"])

    async def round(self) -> None:
        """Do what the clock brings, and let what was barred a moment ago hold from here on."""
        for one in self.pending:
            one.after = await self.lines()
        self.barred, self.pending = self.barred + self.pending, []
        now = self.time.clock()
        async with self.time.engine.begin() as connection:
            await exclude_unreachable(connection)
            await end_overdue(connection, now)
            await watch(connection, now)
        if getattr(self, "until", None) and now >= self.until:
            del self.until
            for one in self.barred:
                one.before = await self.lines() if one.why == "paused" else one.before
            await self.world.become(self.numbers["all"], "running", "resume")

    async def run(self, minutes: int) -> Verdict:
        """Go through the two days, so many minutes at a time."""
        await self.prepare()
        await self.time.start_senders(CAP)
        events = self.events()
        while (now := self.time.clock()) < on(2, 21, 30):
            while events and events[0][0] <= now:
                await events.pop(0)[1]()
            await asyncio.sleep(LOOK)
            awake = CAMPAIGNS_BEGIN <= now.astimezone(VIETNAM).time() < time(21)
            await self.time.move((minutes if awake else 30) * 60)
            await self.round()
        await self.world.do("UPDATE campaign SET state = 'done' WHERE state IN ('running', 'paused')")
        await self.round()
        return await self.verdict()

    async def verdict(self) -> Verdict:
        """Compare what people got with every rule."""
        lines = [
            one
            for one in await self.remote.truth()
            if (one.face, one.kind) in (("telegram", "got"), ("sms", "accepted"))
        ]
        found = Verdict(replies=sum(line.text == "reply" for line in lines))
        mine = [(*_read(line), line) for line in lines if line.text != "reply"]
        if found.replies != self.replies:
            found.wrong.append(f"{found.replies} of {self.replies} replies came")
        found.got = Counter(key for key, _, _ in mine)
        found.wrong += [f"twice: {key} {who}" for (key, who), n in Counter((k, w) for k, w, _ in mine).items() if n > 1]
        found.wrong += [wrong for key, who, line in mine for wrong in self.against(key, who, line)]
        begun: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
        for _, who, line in mine:
            begun[who].append((datetime.fromtimestamp(line.at, VIETNAM), line.face))
        found.wrong += [f"over the cap: {who}" for who, times in begun.items() if over(caps_of(CAP), times)]
        found.wrong += await self.against_the_ledger({(key, who) for key, who, _ in mine})
        async with self.time.engine.connect() as connection:
            for key, number in self.numbers.items():
                found.accounts[key] = await reconcile(connection, number)
        unknown = sum(len(account.unknown) for account in found.accounts.values())
        if unknown > HANGS + KILLS * AT_ONCE:
            found.wrong.append(f"{unknown} unknown")
        return found

    def against(self, key: str, who: int, line: Line) -> list[str]:
        """Return which rules one message has broken."""
        at, plan = datetime.fromtimestamp(line.at, VIETNAM), next(plan for plan in PLANS if plan.key == key)
        wrong = [
            f"{one.why}: {key} {who} at {at:%d %H:%M}"
            for one in self.barred
            if one.campaign in ("", key) and (not one.people or who in one.people) and one.after <= line.n < one.before
            if one.campaign or one.people
        ]
        if not campaigns_leave(at, line.face):
            wrong.append(f"at night: {key} {who} at {at:%d %H:%M}")
        if not plan.begins <= at < plan.ends:
            wrong.append(f"outside its time: {key} {who} at {at:%d %H:%M}")
        return wrong

    async def against_the_ledger(self, got: set[tuple[str, int]]) -> list[str]:
        """Return where the ledger says something else than the truth."""
        rows = await self.world.rows(
            "SELECT k.key, o.person_id, o.state FROM outbox o JOIN campaign k ON k.id = o.campaign_id WHERE o.state <> 'unknown'"
        )
        said = {(row.key, row.person_id): row.state for row in rows}
        return [
            f"{state}: {key} {who}" for (key, who), state in said.items() if ((key, who) in got) != (state == "sent")
        ]


def _read(line: Line) -> tuple[str, int]:
    key, _, name = line.text.rstrip(".").partition(" ")
    return key, int(name[1:])


@asynccontextmanager
async def two_days(url: str, folder: Path, *, people: int, seed: int) -> AsyncIterator[TwoDays]:
    """A site in virtual time over a migrated database."""
    async with running_simulator(Switches(seed=seed, speed=0, start=on(1, 7).isoformat())) as remote:
        time = Time(url, remote, folder / "clock")
        try:
            await time.begin(on(1, 7))
            yield TwoDays(time, remote, people, seed)
        finally:
            await time.aclose()


async def _once(people: int, minutes: int, seed: int) -> Verdict:
    with (
        tempfile.TemporaryDirectory(prefix="an-sinh-") as folder,
        embedded_postgres(Path(folder) / "pg", durable=False) as url,
    ):
        migrate(url)
        async with two_days(url, Path(folder), people=people, seed=seed) as found:
            return await found.run(minutes)


def main() -> None:
    """Run the days; end with 1 if a rule was broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1500)
    parser.add_argument("--minutes", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    well = True
    for seed in range(1, arguments.seeds + 1):
        verdict = asyncio.run(_once(arguments.people, arguments.minutes, seed))
        well = well and verdict.well()
        print(
            f"seed {seed}: {'well' if verdict.well() else 'WRONG'} {dict(verdict.got)} {verdict.wrong[:9]}", flush=True
        )
        for key, account in verdict.accounts.items():
            print(f"  {key}: {account.people} = {account.sent} sent + {account.failed} failed + {len(account.unknown)} unknown"
                  f" + {account.excluded} + {account.expired} expired", flush=True)  # fmt: skip
    raise SystemExit(0 if well else 1)


if __name__ == "__main__":
    main()
