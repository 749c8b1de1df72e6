"""Holds, confirmations, moves and ends of appointments, over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.booking import service, store
from bot.booking.rules import Kind, State, Wish
from tests.booking.world import BINH_XUYEN, MONDAY, NOW, World, at, world_of

LATER = NOW + timedelta(minutes=11)  # a hold of NOW has run out


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with world_of(database_url) as found:
        yield found


@pytest.fixture
async def office(world: World) -> int:
    return await world.office()


@pytest.fixture
async def consultant(world: World, office: int) -> int:
    return await world.consultant(office, kinds=["office", "phone"])


@pytest.fixture
async def person(world: World) -> int:
    return await world.person()


async def test_a_hold_keeps_a_time_from_others_and_becomes_an_appointment(
    world: World, consultant: int, person: int
) -> None:
    held = await world.hold(person, consultant, at(MONDAY, 9))
    assert held is not None
    assert (held.state, held.held_until) == (State.HELD, NOW + timedelta(minutes=10))
    assert (held.starts_at, held.ends_at) == (at(MONDAY, 9), at(MONDAY, 9, 30))
    assert (held.place, held.consultant, held.province) == ("office o", "consultant c", "phu_tho")
    other = await world.person("b")
    assert await world.hold(other, consultant, at(MONDAY, 9, 15)) is None
    booked = await world.confirm(held.id)
    assert booked is not None
    assert (booked.state, booked.name, booked.phone, booked.brief) == (
        State.BOOKED, "Nguyễn Thị A", "+84900000001", {"x": 1},
    )  # fmt: skip
    assert len(booked.code) == 6


async def test_the_rest_between_two_appointments_is_kept(world: World, consultant: int, person: int) -> None:
    await world.book(person, consultant, at(MONDAY, 9))
    other = await world.person("b")
    assert await world.hold(other, consultant, at(MONDAY, 9, 30)) is None
    assert await world.hold(other, consultant, at(MONDAY, 8, 30)) is None
    assert await world.hold(other, consultant, at(MONDAY, 9, 45)) is not None
    assert await world.hold(other, consultant, at(MONDAY, 8, 15)) is not None


async def test_a_confirmation_that_comes_twice_books_once(world: World, consultant: int, person: int) -> None:
    held = await world.hold(person, consultant, at(MONDAY, 9))
    assert held is not None
    for key in ("k", "k", "pressed again"):
        booked = await world.confirm(held.id, key=key)
        assert booked is not None
        assert booked.state is State.BOOKED
    assert len(await world.rows("SELECT 1 FROM appointment_change WHERE new_state = 'booked'")) == 1


async def test_a_hold_that_ran_out_is_confirmed_if_its_time_is_still_free(
    world: World, consultant: int, person: int
) -> None:
    for swept in (False, True):
        held = await world.hold(person, consultant, at(MONDAY, 9 + swept))
        assert held is not None
        if swept:
            async with world.go() as connection:
                assert await service.lapse(connection, now=LATER) == [held.id]
        booked = await world.confirm(held.id, now=LATER, key=f"k{swept}")
        assert booked is not None
        assert booked.state is State.BOOKED


async def test_a_hold_that_ran_out_makes_room_and_cannot_be_confirmed_any_more(
    world: World, consultant: int, person: int
) -> None:
    held = await world.hold(person, consultant, at(MONDAY, 9))
    assert held is not None
    other = await world.hold(await world.person("b"), consultant, at(MONDAY, 9, 15), now=LATER)
    assert other is not None
    assert await world.confirm(held.id, now=LATER) is None
    assert (await world.confirm(other.id, now=LATER)) is not None


async def test_a_new_hold_releases_the_one_before_and_a_vain_one_does_not(
    world: World, consultant: int, person: int
) -> None:
    first = await world.hold(person, consultant, at(MONDAY, 9))
    assert first is not None
    assert await world.hold(person, consultant, at(MONDAY, 12)) is None  # a break
    async with world.go() as connection:
        kept = await store.get(connection, first.id)
    assert kept is not None
    assert kept.state is State.HELD
    second = await world.hold(person, consultant, at(MONDAY, 9, 15))
    assert second is not None
    states = await world.rows("SELECT state FROM appointment ORDER BY id")
    assert [row.state for row in states] == ["cancelled", "held"]


async def test_a_person_may_have_several_appointments_but_not_two_at_once(
    world: World, office: int, consultant: int, person: int
) -> None:
    other = await world.consultant(office, "d")
    await world.book(person, consultant, at(MONDAY, 9))
    assert await world.hold(person, other, at(MONDAY, 9, 15)) is None
    await world.book(person, other, at(MONDAY, 9, 30))
    async with world.go() as connection:
        assert len(await service.coming(connection, person, now=NOW)) == 2


async def test_a_move_puts_another_appointment_in_its_place(world: World, consultant: int, person: int) -> None:
    old = await world.book(person, consultant, at(MONDAY, 9))
    async with world.go() as connection:
        new = await service.move(connection, old.id, consultant, Kind.PHONE, at(MONDAY, 9, 15), by="citizen", now=NOW)
        assert new is not None
        assert (new.state, new.kind, new.name, new.phone, new.brief) == (
            State.BOOKED, Kind.PHONE, old.name, old.phone, old.brief,
        )  # fmt: skip
        assert await service.coming(connection, person, now=NOW) == [new]
        assert await service.by_code(connection, person, f" {old.code.lower()[:3]} {old.code[3:]}") == new
        assert await service.by_code(connection, await _stranger(world), new.code) is None
        replaced = await store.get(connection, old.id)
    assert replaced is not None
    assert replaced.state is State.MOVED


async def _stranger(world: World) -> int:
    return await world.person("stranger")


async def test_a_move_that_cannot_be_leaves_the_appointment(world: World, consultant: int, person: int) -> None:
    old = await world.book(person, consultant, at(MONDAY, 9))
    other = await world.book(await world.person("b"), consultant, at(MONDAY, 10))
    async with world.go() as connection:
        for starts in (other.starts_at, at(MONDAY, 12), at(MONDAY, 9, 5), NOW - timedelta(days=1)):
            assert (
                await service.move(connection, old.id, consultant, Kind.OFFICE, starts, by="citizen", now=NOW) is None
            )
        assert await service.coming(connection, person, now=NOW) == [old]


async def test_an_appointment_is_cancelled_or_declined_until_it_begins(
    world: World, consultant: int, person: int
) -> None:
    for end, state in ((service.cancel, State.CANCELLED), (service.decline, State.DECLINED)):
        booked = await world.book(person, consultant, at(MONDAY, 9))
        async with world.go() as connection:
            assert await end(connection, booked.id, by="citizen", now=booked.starts_at) is None
            ended = await end(connection, booked.id, by="citizen", now=NOW, reason="busy")
            assert ended is not None
            assert ended.state is state
            assert await end(connection, booked.id, by="citizen", now=NOW) is None
    assert await world.hold(await world.person("b"), consultant, at(MONDAY, 9)) is not None


async def test_marks_follow_the_table_of_moves(world: World, consultant: int, person: int) -> None:
    booked = await world.book(person, consultant, at(MONDAY, 9))
    async with world.go() as connection:

        async def mark(state: State, now: object = booked.starts_at) -> bool:
            found = await service.mark(connection, booked.id, state, by=f"consultant:{consultant}", now=now)  # type: ignore[arg-type]
            return found is not None and found.state is state

        assert not await mark(State.DONE, NOW)
        assert await mark(State.CONFIRMED, NOW)
        assert await mark(State.CONFIRMED, NOW)
        assert await mark(State.DONE)
        assert await mark(State.ABSENT)
        assert not await mark(State.CONFIRMED)
        assert not await mark(State.CANCELLED)
    history = await world.rows("SELECT new_state, by FROM appointment_change ORDER BY id")
    assert [row.new_state for row in history] == ["held", "booked", "confirmed", "done", "absent"]
    assert {row.by for row in history} == {"citizen", f"consultant:{consultant}"}


@pytest.mark.parametrize(
    "starts",
    [
        at(MONDAY - timedelta(days=2), 9),  # past
        at(MONDAY + timedelta(days=5), 9),  # a Saturday without plan
        at(MONDAY + timedelta(days=32), 9),  # New Year
        at(MONDAY + timedelta(days=70), 9),  # too far ahead
        at(MONDAY, 11, 15),  # into the break
        at(MONDAY, 12),  # in it
        at(MONDAY, 9, 5),  # off the grid
        at(MONDAY, 9) + timedelta(seconds=1),
    ],
)
async def test_what_is_not_offered_is_refused(world: World, consultant: int, person: int, starts: object) -> None:
    assert await world.hold(person, consultant, starts) is None  # type: ignore[arg-type]
    assert await world.rows("SELECT 1 FROM appointment") == []


async def test_whoever_is_unknown_away_or_does_something_else_is_refused(
    world: World, office: int, consultant: int, person: int
) -> None:
    assert await world.hold(person, 99, at(MONDAY, 9)) is None
    assert await world.hold(person, consultant, at(MONDAY, 9), kind=Kind.VIDEO) is None
    assert await world.hold(person, consultant, at(MONDAY, 9), kind=Kind.FIELD) is None
    assert await world.hold(person, await world.consultant(office, "p", topics=["pension"]), at(MONDAY, 9)) is None
    await world.put("plan_exception", consultant_id=consultant, day=MONDAY, works=False)
    assert await world.hold(person, consultant, at(MONDAY, 9)) is None
    async with world.go() as connection:
        assert await store.get(connection, 99) is None
        assert await service.cancel(connection, 99, by="citizen", now=NOW) is None


async def test_a_collision_of_codes_draws_another(world: World, consultant: int, person: int) -> None:
    booked = await world.book(person, consultant, at(MONDAY, 9))
    drawn = iter([booked.code, booked.code, "ABCDEF"])
    async with world.go() as connection:
        starts, ends = at(MONDAY, 10), at(MONDAY, 10, 30)
        made = await store.add(
            connection, by="citizen", now=NOW, draw=lambda: next(drawn), state=State.BOOKED, contact_id=person,
            consultant_id=consultant, office_id=booked.office_id, kind=Kind.OFFICE, topic="other", starts_at=starts,
            ends_at=ends, taken=store.taken(consultant, starts, ends),
        )  # fmt: skip
        assert made is not None
        found = await store.get(connection, made)
    assert found is not None
    assert found.code == "ABCDEF"


async def test_whoever_waits_waits_once(world: World, person: int) -> None:
    async with world.go() as connection:
        assert await service.wait(connection, person, Wish(commune=BINH_XUYEN, days=(MONDAY,)), now=NOW)
        assert await service.wait(connection, person, Wish(commune=BINH_XUYEN, part="evening"), now=NOW)
        assert not await service.wait(connection, person, Wish(), now=NOW)
    [row] = await world.rows("SELECT * FROM wait_list")
    assert (row.province, row.wish) == ("phu_tho", {"topic": "other", "commune": BINH_XUYEN, "part": "evening"})
    assert (row.until_day - NOW.date()).days == 60
