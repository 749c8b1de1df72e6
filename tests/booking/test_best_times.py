"""Which times are the best among random plans, leave, field days and appointments, against a plain account of every minute."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import date, time, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest

from bot.booking import store
from bot.booking.closed import SpecialDay, weekdays
from bot.booking.nearness import Rank, Spot, rank
from bot.booking.plans import REST, STEP, midnight, minute_of, moment_of
from bot.booking.rules import HORIZON, LEAD, TOPICS, Kind, Offer, State, Wish
from bot.booking.wishes import days_off, minutes_off, rounds
from bot.clock import day_in_vietnam
from tests.booking.world import BINH_NGUYEN, BINH_XUYEN, DAY, MONDAY, NOW, VIET_TRI, WEEK, World, world_of

COMMUNES = (BINH_XUYEN, BINH_NGUYEN, VIET_TRI)
DAYS = [day_in_vietnam(NOW) + timedelta(days=number) for number in range(HORIZON.days + 1)]
BUSY_DAYS = DAYS[:6]  # on which most things happen
HOURS = (DAY, DAY, DAY, (("08:00", "09:00"),), (("07:10", "10:00"), ("09:30", "11:00"), ("18:00", "20:00")))
ALL = 10**6
TABLES = dict.fromkeys(("office", "consultant", "working_plan", "field_day", "field_day_team", "special_day", "appointment"), "*") | {
    "plan_exception": "consultant_id, day, works, starts, nullif(ends, '24:00') AS ends"
}  # fmt: skip
TOLD: tuple[dict[str, Any], ...] = (
    {}, {"commune": BINH_XUYEN}, {"topic": "health", "part": "evening"}, {"days": (MONDAY,), "part": "morning"},
    {"commune": VIET_TRI, "times": (time(9), time(15))}, {"days": (DAYS[2], DAYS[4]), "times": (time(8, 10),)},
    {"kind": Kind.FIELD}, {"latitude": 21.32, "longitude": 105.41, "days": (DAYS[20],)},
)  # fmt: skip


class Chance(NamedTuple):
    """Somebody who is free; sorted, the best comes first."""

    round: int
    rank: Rank
    days_off: int
    day: date
    minutes_off: int
    start: int
    consultant: int
    field_day: int | None


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with world_of(database_url) as found:
        yield found


@pytest.mark.parametrize("seed", range(4))
async def test_the_best_times_are_those_of_an_account_by_minutes(world: World, seed: int) -> None:
    draw = random.Random(seed)
    await fill(world, draw)
    account = await Account.of(world)
    for told in TOLD:
        wish = Wish(**{"province": "phu_tho", **told})
        chances = sorted(account.chances(wish))
        assert chances, told
        assert seen(await world.find(wish)) == account.best(wish, chances, 3)[:3], told
        found = seen(await world.find(wish, most=ALL))
        best = account.best(wish, chances, ALL)
        assert found[: len(best)] == best, told
        assert sorted(found, key=str) == sorted({(c.start, c.consultant, c.field_day) for c in chances}, key=str), told


def seen(offers: list[Offer]) -> list[tuple[int, int, int | None]]:
    return [(minute_of(each.starts_at), each.consultant_id, each.field_day_id) for each in offers]


async def fill(world: World, draw: random.Random) -> None:
    """Put in offices, who works there and when, and what is taken."""
    team = []
    for number, commune in enumerate(COMMUNES * 2):
        near = {"latitude": 21.3 + draw.random() / 10, "longitude": 105.4} if number % 2 else {}
        office = await world.office(f"o{number}", commune, **near)
        for each in range(draw.randint(1, 4)):
            days = draw.choice([WEEK, WEEK, draw.sample(range(7), 3)])
            team.append(await world.consultant(office, f"c{number}{each}", days, draw.choice(HOURS)))
    await world.do(
        "UPDATE working_plan SET from_day = :first, to_day = CASE WHEN consultant_id % 3 > 0 THEN :soon ELSE :last END",
        first=draw.choice(BUSY_DAYS), soon=DAYS[7], last=DAYS[16],
    )  # fmt: skip
    await world.put("special_day", day=draw.choice(BUSY_DAYS), works=draw.random() < 0.5, name="x")
    for number in range(3):
        members = draw.sample(team, draw.randint(1, 3))
        await world.field_day(office, draw.choice(BUSY_DAYS), members, f"f{number}", seats=draw.choice([1, 20, 20]))
    for consultant in team:
        for _ in range(draw.randint(0, 3)):
            starts = draw.randrange(7 * 60, 19 * 60, 5)
            hours = {"starts": clock(starts), "ends": clock(starts + draw.choice([20, 60, 240]))}
            kept = {} if draw.random() < 0.3 else hours
            await world.put("plan_exception", consultant_id=consultant, day=draw.choice(BUSY_DAYS), works=bool(kept) and draw.random() < 0.5, **kept)  # fmt: skip
    await appoint(world, draw, team)


async def appoint(world: World, draw: random.Random, team: list[int]) -> None:
    person, code = await world.person(), count()
    async with world.go() as connection:
        for _ in range(draw.choice([150, 400])):
            consultant, minute = (
                draw.choice(team),
                draw.randrange(420, 1200, 5),
            )
            starts_at, takes = (
                moment_of(midnight(draw.choice(BUSY_DAYS)) + minute),
                timedelta(minutes=draw.choice([20, 30])),
            )
            state = draw.choice([State.HELD, State.BOOKED, State.BOOKED, State.CONFIRMED, State.CANCELLED])
            await store.add(
                connection, by="x", now=NOW, draw=lambda: str(next(code)), state=state, contact_id=person, consultant_id=consultant,
                office_id=1, field_day_id=draw.choice([1, 2, 3, *[None] * 30]), kind=Kind.OFFICE, topic="other",
                starts_at=starts_at, ends_at=starts_at + takes, taken=store.taken(consultant, starts_at, starts_at + takes),
                held_until=NOW + timedelta(minutes=draw.choice([-1, 5])) if state is State.HELD else None,
            )  # fmt: skip


def clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def minutes(one: Any) -> range:
    """Return the minutes of the day of a row; no end is the end of the day."""
    return range(minute_in(one.starts), minute_in(one.ends) if one.ends else 24 * 60)


def minute_in(one: time) -> int:
    return one.hour * 60 + one.minute


class Account:
    """Everything that the tables hold, looked at minute by minute."""

    def __init__(self, **rows: list[Any]) -> None:
        self.rows = rows
        self.special = {row.day: SpecialDay(row.works, row.like_weekday, row.name) for row in rows["special_day"]}
        self.alive = [row for row in rows["appointment"] if row.state in ("held", "booked", "confirmed")]
        self.taken: dict[int, set[int]] = defaultdict(set)
        for row in self.alive:
            if row.held_until is None or row.held_until > NOW:
                takes = range(minute_of(row.starts_at), minute_of(row.ends_at) + REST)
                self.taken[row.consultant_id].update(takes)

    @classmethod
    async def of(cls, world: World) -> Account:
        return cls(**{table: await world.rows(f"SELECT {columns} FROM {table}") for table, columns in TABLES.items()})  # noqa: S608

    def chances(self, wish: Wish) -> Iterator[Chance]:
        """Yield who is free when, at every place that suits."""
        for office in self.rows["office"]:
            spot = Spot(office.commune, office.latitude, office.longitude, serves=False, field=False)
            for one in self.rows["consultant"]:
                if one.office_id == office.id and wish.kind is None:
                    yield from self._of(wish, rank(wish, spot), one.id, None)
        for field_day in self.rows["field_day"]:
            spot = Spot(field_day.commune, field_day.latitude, field_day.longitude, serves=False, field=True)
            booked = [one for one in self.rows["appointment"] if one.field_day_id == field_day.id]
            seats = [one for one in booked if one.state in ("booked", "confirmed") or one.state == "held" and one.held_until > NOW]  # fmt: skip
            for one in self.rows["field_day_team"]:
                if one.field_day_id == field_day.id and len(seats) < field_day.seats:
                    yield from self._of(wish, rank(wish, spot), one.consultant_id, field_day.id)

    def _of(self, wish: Wish, near: Rank, consultant: int, field_day: int | None) -> Iterator[Chance]:
        lead = LEAD[Kind.FIELD if field_day else Kind.OFFICE]
        order = list(rounds(wish, DAYS))
        for day in DAYS:
            base = midnight(day)
            for start in self.free(consultant, day, field_day, TOPICS[wish.topic]):
                off = minutes_off(wish, start)
                if minute_of(NOW + lead) <= base + start <= minute_of(NOW + HORIZON):
                    number = next(n for n, one in enumerate(order) if day in one.days and off <= one.most_off)
                    yield Chance(number, near, days_off(wish, day), day, off, base + start, consultant, field_day)

    def free(self, consultant: int, day: date, field_day: int | None, takes: int) -> set[int]:
        """Return the minutes of the day at which something may begin."""
        base, found = midnight(day), set()
        for worked in self.worked(consultant, day, field_day):
            grid = 0
            for minute in sorted(worked):
                grid = grid if minute - 1 in worked else minute
                whole = (minute - grid) % STEP == 0 and worked.issuperset(range(minute, minute + takes))
                if whole and self.taken[consultant].isdisjoint(range(base + minute, base + minute + takes + REST)):
                    found.add(minute)
        return found

    def worked(self, consultant: int, day: date, field_day: int | None) -> Iterator[set[int]]:
        """Yield the minutes of each stretch of work, on a field day or in the office."""
        changes = [one for one in self.rows["plan_exception"] if (one.consultant_id, one.day) == (consultant, day)]
        teams = {one.field_day_id for one in self.rows["field_day_team"] if one.consultant_id == consultant}
        out = [one for one in self.rows["field_day"] if one.id in teams and one.day == day]
        usual = [
            one
            for one in self.rows["working_plan"]
            if one.consultant_id == consultant
            and one.weekday in weekdays(day, self.special)
            and one.from_day <= day <= one.to_day
        ]
        inside = [] if out else [*usual, *(one for one in changes if one.works)]
        away = {minute for one in changes if not one.works for minute in minutes(one)}
        for one in [each for each in out if each.id == field_day] if field_day else inside:
            yield set(minutes(one)) - away

    def best(self, wish: Wish, chances: list[Chance], needed: int) -> list[tuple[int, int, int | None]]:
        """Return the beginnings with room between them, then those between, each with whoever has least to do."""
        rivals: dict[int, list[Chance]] = {}
        for one in chances:
            if one[:6] == rivals.setdefault(one.start, [one])[0][:6] and one not in rivals[one.start]:
                rivals[one.start].append(one)
        chosen: list[int] = []
        for start in rivals:
            if all(abs(start - other) >= TOPICS[wish.topic] + REST for other in chosen):
                chosen.append(start)
        between = [] if len(chosen) >= needed else [start for start in rivals if start not in chosen]
        picked = [min(rivals[start], key=self.busyness) for start in [*chosen[:needed], *between]]
        return [(one.start, one.consultant, one.field_day) for one in picked]

    def busyness(self, one: Chance) -> tuple[int, int, int]:
        """Return how much a consultant has to do that day and that week."""
        days = [day_in_vietnam(row.starts_at) for row in self.alive if row.consultant_id == one.consultant]
        return (
            days.count(one.day),
            sum(day.isocalendar()[:2] == one.day.isocalendar()[:2] for day in days),
            one.consultant,
        )
