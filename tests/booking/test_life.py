"""Weeks of random life: plans change, people hold, confirm, move, cancel and are late; whatever happens, the account adds up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta

import pytest

from bot.booking import offers, service
from bot.booking.rules import HOLD, MOVES, TOPICS, Appointment, Kind, State, Wish
from tests.booking.account import broken_histories, outside, overbooked, overlaps, soon
from tests.booking.world import BINH_NGUYEN, BINH_XUYEN, MONDAY, NOW, VIET_TRI, World, world_of

PEOPLE = 12


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with world_of(database_url) as found:
        yield found


class Life:
    """People and consultants who do whatever comes to their minds."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng, self.now = world, random.Random(seed), NOW
        self.people: list[int] = []
        self.consultants: list[int] = []

    async def begin(self) -> None:
        hours = [("07:30", "11:30"), ("13:00", "17:00")], [("07:40", "09:00")], [("18:00", "20:00"), ("20:00", "24:00")]
        for number, commune in enumerate((BINH_XUYEN, VIET_TRI)):
            office = await self.world.office(f"o{number}", commune)
            for each, kept in enumerate(hours):
                self.consultants.append(
                    await self.world.consultant(office, f"c{number}{each}", range(7), kept, kinds=["office", "phone"])
                )
        for number in range(3):
            team = self.rng.sample(self.consultants, 2)
            day = MONDAY + timedelta(days=number)
            await self.world.field_day(1, day, team, f"f{number}", seats=1, commune=BINH_NGUYEN)
        self.people = [await self.world.person(f"p{number}") for number in range(PEOPLE)]

    def wish(self) -> Wish:
        rng, day = self.rng, MONDAY + timedelta(days=self.rng.randint(-1, 3))
        return Wish(
            topic=rng.choice(list(TOPICS)),
            province="phu_tho",
            commune=rng.choice([None, BINH_XUYEN, BINH_NGUYEN, VIET_TRI]),
            days=rng.choice([(), (day,), (day, day + timedelta(days=1))]),
            times=rng.choice([(), (time(rng.randint(6, 23), 15),)]),
            part=rng.choice([None, "morning", "evening"]),
            kind=rng.choice([None, None, *Kind, Kind.FIELD]),
        )

    async def any_time(self, wish: Wish) -> tuple[int, Kind, datetime]:
        """Return an offer, or anything else that a broken client may ask for."""
        if self.rng.random() < 0.9:
            async with self.world.go() as connection:
                found = await offers.find(connection, wish, now=self.now)
            if found:
                offer = self.rng.choice(found)
                return offer.consultant_id, offer.kind, offer.starts_at
        consultant = self.rng.choice([*self.consultants, 999])
        return consultant, self.rng.choice(list(Kind)), soon(NOW, 5 * self.rng.randint(-20, 2000))

    async def any_appointment(self) -> int:
        rows = await self.world.rows("SELECT id FROM appointment")
        return int(self.rng.choice([*(row.id for row in rows[-8:]), 999]))

    async def hold(self) -> Appointment | None:
        wish = self.wish()
        consultant, kind, starts_at = await self.any_time(wish)
        async with self.world.go() as connection:
            return await service.hold(
                connection, self.rng.choice(self.people), consultant, kind, starts_at, wish.topic, now=self.now
            )

    async def confirm(self) -> Appointment | None:
        number = await self.any_appointment()
        return await self.world.confirm(number, now=self.now, key=f"k{number}")

    async def move(self) -> Appointment | None:
        number, (consultant, kind, starts_at) = await self.any_appointment(), await self.any_time(self.wish())
        by = self.rng.choice(["citizen", "consultant:1"])
        async with self.world.go() as connection:
            return await service.move(connection, number, consultant, kind, starts_at, by=by, now=self.now)

    async def end(self) -> Appointment | None:
        number, how = await self.any_appointment(), self.rng.choice([service.cancel, service.decline])
        async with self.world.go() as connection:
            return await how(connection, number, by="citizen", now=self.now)

    async def mark(self) -> Appointment | None:
        number, state = await self.any_appointment(), self.rng.choice(list(State))
        async with self.world.go() as connection:
            return await service.mark(connection, number, state, by="consultant:1", now=self.now)

    async def release(self) -> None:
        async with self.world.go() as connection:
            await service.release(connection, self.rng.choice(self.people), now=self.now)

    async def lapse(self) -> None:
        async with self.world.go() as connection:
            await service.lapse(connection, now=self.now)

    async def wait(self) -> None:
        self.now = soon(self.now, self.rng.choice([1, 5, 11, 60, 300]))

    async def change_plans(self) -> None:
        day, whose = MONDAY + timedelta(days=self.rng.randint(0, 3)), self.rng.choice(self.consultants)
        starts = time(self.rng.choice([7, 7, 8, 10, 13, 18]), self.rng.choice([0, 10, 30]))
        ends = time(starts.hour + self.rng.randint(1, 3))
        if self.rng.random() < 0.8:
            works = self.rng.random() < 0.2
            values = {"consultant_id": whose, "day": day, "works": works, "starts": starts, "ends": ends}
            await self.world.put("plan_exception", **values)
        else:
            await self.world.do(
                "INSERT INTO special_day (day, works, name) VALUES (:day, :works, 'x') ON CONFLICT (day) DO UPDATE"
                " SET works = excluded.works", day=day, works=self.rng.random() < 0.5,
            )  # fmt: skip

    async def states(self) -> dict[int, State]:
        return {row.id: State(row.state) for row in await self.world.rows("SELECT id, state FROM appointment")}


async def faults(life: Life) -> list[str]:
    world = life.world
    return [*await overlaps(world), *await broken_histories(world), *await overbooked(world, life.now)]


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_the_account_adds_up(world: World, seed: int) -> None:
    life = Life(world, seed)
    await life.begin()
    done: dict[str, int] = {}
    doings = [life.hold] * 5 + [life.confirm] * 4 + [life.move] * 2 + [life.end, life.mark, life.release, life.lapse]
    doings += [life.wait] * 2 + [life.change_plans] * 3
    before: dict[int, State] = {}
    for _ in range(200):
        doing = life.rng.choice(doings)
        result = await doing()
        after = await life.states()
        changed = {number: state for number, state in after.items() if before.get(number) is not state}
        assert before.keys() <= after.keys()
        assert all(state in MOVES[before[number]] for number, state in changed.items() if number in before), changed
        if result is None and doing.__name__ not in ("release", "lapse"):
            assert not changed, f"{doing.__name__} was refused, and changed {changed}"
        if result is not None and result.id in changed:
            done[doing.__name__] = done.get(doing.__name__, 0) + 1
            assert after[result.id] is result.state
            if result.state in (State.HELD, State.BOOKED):
                assert not await outside(world, result.id), doing.__name__
        assert await faults(life) == []
        before = after
    assert all(done.get(name, 0) > 2 for name in ("hold", "confirm")), done


async def test_many_at_once_leave_an_account_that_adds_up(world: World) -> None:
    lives = [Life(world, seed) for seed in range(6)]
    await lives[0].begin()

    async def live(life: Life) -> None:
        life.people, life.consultants = lives[0].people, lives[0].consultants
        for _ in range(40):
            await life.rng.choice([life.hold, life.hold, life.confirm, life.confirm, life.move, life.end, life.lapse])()
            life.now = soon(life.now, life.rng.choice([0, 0, HOLD.seconds / 60 + 1]))

    await asyncio.gather(*(live(life) for life in lives))
    lives[0].now = max(life.now for life in lives)
    assert await faults(lives[0]) == []
    made = await world.rows("SELECT id FROM appointment")
    assert len(made) > 20
    assert not [row.id for row in made if await outside(world, row.id)]
