"""A database with waves in it and a simulated set of entries: what the tests of waves share."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.campaigns.waves import service
from bot.campaigns.waves.people import Person, person
from bot.campaigns.waves.rules import BY_PERSON, Measure, Wave
from bot.campaigns.waves.store import get
from bot.database import open_engine
from bot.settings import ROOT
from tests.booking.world import World

CASES = ROOT / "tests" / "cases" / "waves"
CAN_THO, VINH_PHUC = CASES / "can_tho_2023.yaml", CASES / "vinh_phuc_2021.yaml"
FIRST = "can_tho_2023_1"
SECRET = "a secret for tests only"
NOW = datetime(2023, 6, 12, 2, 30, tzinfo=UTC)
MAY = date(2023, 5, 20)


def phone(number: int) -> str:
    """A number that nobody has been given: one of a series."""
    return f"09{number:08}"


def joined(number: int) -> Person:
    """A person who joined, by a telephone number."""
    found = person(SECRET, phone=phone(number))
    assert found is not None
    return found


def given(
    measure: Measure = Measure.ADVICE_GROUPS, count: int = 3, unit: str = "ninh_kieu", **more: Any
) -> service.Given:
    """An entry as an agent makes it."""
    said: dict[str, Any] = {"agent": "a1", "organisation": "bhxh", "day": MAY} | more
    return service.Given(unit=unit, measure=measure, count=count, **said)


class Waves(World):
    """A database with waves."""

    async def load(self, path: Path = CAN_THO, now: datetime = NOW) -> tuple[service.Loaded, ...]:
        async with self.go() as connection:
            return await service.load(connection, path, by="clerk", now=now)

    async def enter(self, one: service.Given, key: str = FIRST, now: datetime = NOW) -> int | None:
        async with self.go() as connection:
            return await service.enter(connection, key, one, now=now)

    async def take_back(self, number: int, now: datetime = NOW) -> int:
        async with self.go() as connection:
            return await service.take_back(connection, number, agent="a2", note="nhập nhầm", now=now)

    async def done(self, unit: str, measure: Measure, organisation: str | None = None, key: str = FIRST) -> int:
        async with self.go() as connection:
            return (await service.read_ledger(connection, key)).line(unit, organisation, measure).done

    async def simulate(self, key: str, *, share: float, seed: int, now: datetime) -> None:
        """Enter figures for every target: about a share of it, of people one by one, on days of the wave's period."""
        async with self.go() as connection:
            kept = await get(connection, key)
            assert kept is not None
            for number, one in enumerate(simulated(kept.wave, share, seed)):
                await service.enter(connection, key, _numbered(one, number), now=now)


def simulated(wave: Wave, share: float, seed: int) -> list[service.Given]:
    """Entries for every target of a unit without parts of its own that has one."""
    dice = random.Random(seed)
    found: list[service.Given] = []
    for target in wave.targets:
        if wave.unit[target.unit].within is None or target.measure not in _MADE:
            continue
        done = round(target.number * dice.uniform(share - 0.25, share + 0.25))
        one_by_one = target.measure in BY_PERSON
        for count in [1] * done if one_by_one else [done] * (done > 0):
            organisation = target.organisation or dice.choice(list(wave.organisation))
            day = wave.starts_on + timedelta(days=dice.randint(0, (wave.ends_on - wave.starts_on).days))
            who = joined(seed * 100_000 + len(found)) if one_by_one else None
            found.append(service.Given("a1", target.unit, organisation, target.measure, day, count, who, note="x"))
    return found


_MADE = frozenset(Measure) - {Measure.LEAFLETS}


def _numbered(one: service.Given, number: int) -> service.Given:
    return service.Given(**{name: getattr(one, name) for name in one.__slots__} | {"row_key": str(number)})


@asynccontextmanager
async def waves_of(url: str) -> AsyncIterator[Waves]:
    """A database for a test."""
    engine = open_engine(url)
    try:
        yield Waves(engine)
    finally:
        await engine.dispose()
