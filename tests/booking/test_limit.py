"""How many appointments a person may make by themselves, over a real PostgreSQL, and in races."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import service
from bot.booking.draft import Draft
from bot.booking.limit import LimitMet, Met
from bot.booking.rules import Appointment, Kind, State
from bot.booking.steps import Talk, go_on
from tests.booking.world import MONDAY, NOW, World, at, world_of

HOA, BA = "+84912345678", "+84987654321"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with world_of(database_url) as found:
        yield found


@pytest.fixture
async def consultant(world: World) -> int:
    return await world.consultant(await world.office())


async def held(world: World, person: int, consultant: int, hour: int, *, now: datetime = NOW) -> Appointment:
    found = await world.hold(person, consultant, at(MONDAY, hour), now=now)
    assert found
    return found


async def confirm(
    connection: AsyncConnection, found: Appointment, phone: str = "", *, most: int | None = 2, now: datetime = NOW
) -> Appointment | None:
    return await service.confirm(
        connection, found.id, name="Nguyễn Thị A", phone=phone, brief={}, key=f"k{found.id}", most=most, now=now
    )


async def made(world: World, person: int, consultant: int, hour: int, phone: str = "", most: int = 2) -> Appointment:
    found = await held(world, person, consultant, hour)
    async with world.go() as connection:
        booked = await confirm(connection, found, phone, most=most)
    assert booked and booked.state is State.BOOKED
    return booked


async def refused(world: World, person: int, consultant: int, hour: int, phone: str = "", most: int = 2) -> Met:
    found = await held(world, person, consultant, hour)
    async with world.go() as connection:
        with pytest.raises(LimitMet) as full:
            await confirm(connection, found, phone, most=most)
    assert (await states(world))[found.id] == "held"
    return full.value.met


async def states(world: World) -> dict[int, str]:
    return {row.id: row.state for row in await world.rows("SELECT id, state FROM appointment")}


async def test_one_more_than_a_person_may_have_is_refused_and_a_cancelled_one_makes_room(
    world: World, consultant: int
) -> None:
    person = await world.person()
    first = await made(world, person, consultant, 8)
    await made(world, person, consultant, 9, HOA)
    assert await refused(world, person, consultant, 10, BA) is Met.PERSON
    async with world.go() as connection:
        assert await service.cancel(connection, first.id, by=service.CITIZEN, now=NOW)
    await made(world, person, consultant, 10, BA)


async def test_one_more_than_a_number_may_have_is_refused_in_whatever_chat(world: World, consultant: int) -> None:
    for hour, name in ((8, "a"), (9, "b")):
        await made(world, await world.person(name), consultant, hour, HOA)
    third = await world.person("c")
    assert await refused(world, third, consultant, 10, HOA) is Met.NUMBER
    await made(world, third, consultant, 10, BA)


async def test_who_has_enough_is_shown_those_that_make_room_not_what_staff_made(
    world: World, consultant: int, library: Library
) -> None:
    person = await world.person()
    async with world.go() as connection:
        by_staff = await service.hold(
            connection, person, consultant, Kind.OFFICE, at(MONDAY, 8), "other", by="staff:hoa", now=NOW
        )
        assert by_staff and await confirm(connection, by_staff, HOA, most=None)
    own = await made(world, person, consultant, 9, most=1)
    async with world.go() as connection:
        (told,) = await go_on(Talk(connection, person, library, NOW, most=1), Draft())
    assert "Bạn đã tự đặt 1 lịch hẹn" in told.text
    targets = [button.to for button in told.buttons]
    assert f"bk:drop:{own.id}" in targets and f"bk:drop:{by_staff.id}" not in targets


async def test_who_gives_no_number_is_counted_by_the_chat_alone(world: World, consultant: int) -> None:
    for hour, name in ((8, "a"), (9, "b"), (10, "c")):
        await made(world, await world.person(name), consultant, hour, most=1)


async def test_a_confirmation_that_comes_twice_is_no_second_appointment(world: World, consultant: int) -> None:
    booked = await made(world, await world.person(), consultant, 8, HOA, most=1)
    async with world.go() as connection:
        assert await confirm(connection, booked, HOA, most=1) == booked


async def test_what_is_over_does_not_count(world: World, consultant: int) -> None:
    person = await world.person()
    await made(world, person, consultant, 8, most=1)
    ended = at(MONDAY, 8, 30)
    found = await held(world, person, consultant, 14, now=ended)
    async with world.go() as connection:
        assert await confirm(connection, found, most=1, now=ended)


async def test_a_move_is_never_refused_and_what_is_moved_still_counts(world: World, consultant: int) -> None:
    person = await world.person()
    first = await made(world, person, consultant, 8, HOA, most=1)
    for by in (service.CITIZEN, f"consultant:{consultant}"):
        async with world.go() as connection:
            moved = await service.move(
                connection, first.id, consultant, Kind.OFFICE, first.starts_at + timedelta(hours=1), by=by, now=NOW
            )
        assert moved
        first = moved
    assert await refused(world, person, consultant, 14, most=1) is Met.PERSON
    assert await refused(world, await world.person("b"), consultant, 15, HOA, most=1) is Met.NUMBER


async def test_what_staff_make_is_not_bound_and_does_not_count_wherever_it_is_moved(
    world: World, consultant: int
) -> None:
    person, by = await world.person(), "staff:hoa"
    numbers = []
    for hour in (8, 9, 10):
        async with world.go() as connection:
            found = await service.hold(
                connection, person, consultant, Kind.OFFICE, at(MONDAY, hour), "other", by=by, now=NOW
            )
            assert found and await confirm(connection, found, HOA, most=None)
            numbers.append(found.id)
    async with world.go() as connection:
        assert await service.move(
            connection, numbers[0], consultant, Kind.OFFICE, at(MONDAY, 14), by=service.CITIZEN, now=NOW
        )
    await made(world, person, consultant, 15, HOA, most=1)


@pytest.mark.parametrize("one_chat", [True, False], ids=["of one chat", "of two chats with one number"])
async def test_of_two_confirmations_at_the_limit_the_second_waits_for_the_first_and_is_refused(
    one_chat: bool, world: World, consultant: int
) -> None:
    person = await world.person()
    first = await held(world, person, consultant, 8)
    if one_chat:
        await world.do("UPDATE appointment SET state = 'lapsed'")
    second = await held(world, person if one_chat else await world.person("b"), consultant, 9)
    phones = ("", "") if one_chat else (HOA, HOA)

    async def late() -> Met | None:
        async with world.go() as connection:
            try:
                await confirm(connection, second, phones[1], most=1)
            except LimitMet as full:
                return full.met
        return None

    async with world.go() as connection:
        assert await confirm(connection, first, phones[0], most=1)
        waiting = asyncio.create_task(late())
        async with asyncio.timeout(20):
            while not await world.rows(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ):
                assert not waiting.done(), "the second does not wait"
                await asyncio.sleep(0.01)
    assert await waiting is (Met.PERSON if one_chat else Met.NUMBER)
    assert (await states(world))[first.id] == "booked"


async def test_of_many_who_give_one_number_at_once_as_many_are_booked_as_may_be(world: World, consultant: int) -> None:
    holds = [await held(world, await world.person(f"p{hour}"), consultant, hour) for hour in (8, 9, 10, 13, 14, 15)]

    async def one(found: Appointment) -> bool:
        async with world.go() as connection:
            try:
                return await confirm(connection, found, HOA) is not None
            except LimitMet:
                return False

    assert sum(await asyncio.gather(*(one(found) for found in holds))) == 2
    assert sorted((await states(world)).values()) == ["booked"] * 2 + ["held"] * 4


async def test_a_person_who_takes_many_times_at_once_holds_one(world: World, consultant: int) -> None:
    person = await world.person()
    hours = (8, 9, 10, 13, 14, 15)
    await asyncio.gather(*(world.hold(person, consultant, at(MONDAY, hour)) for hour in hours))
    assert list((await states(world)).values()).count("held") == 1
