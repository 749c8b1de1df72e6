"""Reminders: the evening before and the hour before, never at night, never twice, never of what holds no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.answers.library import Library
from bot.booking import service
from bot.booking.reminders import due, remind, reminders
from bot.booking.rounds import go_round
from bot.booking.rules import Kind, State
from bot.citizens.store import OUTREACH
from bot.conversation.store import history
from bot.outbox import store as outbox
from bot.outbox.quiet import quiet
from tests.booking.people import TUESDAY, WEDNESDAY, People, people_of
from tests.booking.world import MONDAY, NOW, at

EVENING, LATE, HOUR = at(MONDAY, 18, 30), at(MONDAY, 20), at(TUESDAY, 7, 30)  # of an appointment on Tuesday at 8:30


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[People]:
    async with people_of(database_url, library) as found:
        yield found


async def sweep(world: People, now: datetime) -> int:
    return await remind(world.engine, world.library, now=now)


async def reminded(world: People) -> list[Any]:
    return await world.rows("SELECT * FROM outbox WHERE class = 'reminder' ORDER BY id")


async def keys(world: People) -> list[str]:
    return [row.key.rpartition(":")[0].rpartition(":")[2] for row in await reminded(world)]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (at(TUESDAY, 8, 30), [at(MONDAY, 18, 30), at(TUESDAY, 7, 30)]),
        (at(TUESDAY, 8), [at(MONDAY, 18, 30), at(TUESDAY, 7)]),
        (at(TUESDAY, 7, 45), [at(MONDAY, 18, 30), at(MONDAY, 20)]),  # an hour before it people sleep
        (at(TUESDAY, 0, 15), [at(MONDAY, 18, 30), at(MONDAY, 20)]),
        (at(TUESDAY, 19), [at(MONDAY, 18, 30), at(TUESDAY, 18)]),
        (at(TUESDAY, 21, 59), [at(MONDAY, 18, 30), at(TUESDAY, 20, 59)]),
        (at(TUESDAY, 23, 30), [at(MONDAY, 18, 30), at(TUESDAY, 20)]),
        (at(date(2027, 1, 1), 8, 30), [at(date(2026, 12, 31), 18, 30), at(date(2027, 1, 1), 7, 30)]),
    ],
)
def test_reminders_are_due_the_evening_before_and_an_hour_before_and_never_at_night(
    start: datetime, expected: Sequence[datetime]
) -> None:
    found = reminders(start)
    assert [each.due for each in found] == expected
    assert not any(quiet(each.due) for each in found)
    assert (found[0].until, found[1].until) == (found[1].due, start)


def test_at_every_quarter_of_a_day_both_reminders_come_before_the_beginning_and_while_people_are_awake() -> None:
    for quarter in range(96):
        start = at(TUESDAY, 0) + timedelta(minutes=15 * quarter)
        first, second = reminders(start)
        assert first.due < second.due < start
        assert not quiet(first.due)
        assert not quiet(second.due)


@pytest.mark.parametrize(
    ("now", "which"),
    [
        (EVENING - timedelta(seconds=1), None),
        (EVENING, "evening"),
        (at(TUESDAY, 0), "evening"),  # the clock was away; who sends it waits until the morning
        (HOUR - timedelta(seconds=1), "evening"),
        (HOUR, "hour"),
        (at(TUESDAY, 8, 29), "hour"),
        (at(TUESDAY, 8, 30), None),
        (at(TUESDAY, 9), None),
    ],
)
def test_at_each_moment_at_most_one_reminder_is_due(now: datetime, which: str | None) -> None:
    found = due(at(TUESDAY, 8, 30), NOW, now)
    assert (found.which if found else None) == which


def test_who_has_only_just_made_an_appointment_is_not_reminded_of_it() -> None:
    start = at(TUESDAY, 8, 30)
    assert due(start, EVENING - timedelta(minutes=20), EVENING) is None
    assert due(start, EVENING + timedelta(minutes=20), EVENING + timedelta(minutes=30)) is None
    assert due(start, EVENING + timedelta(minutes=20), HOUR) is not None


async def test_each_reminder_is_planned_once_however_often_the_clock_asks(world: People) -> None:
    found = await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30))
    assert [await sweep(world, now) for now in (NOW, EVENING, EVENING, LATE, HOUR, HOUR, at(TUESDAY, 8))] == [
        0, 1, 0, 0, 1, 0, 0,
    ]  # fmt: skip
    assert await keys(world) == ["evening", "hour"]
    evening, hour = await reminded(world)
    assert evening.contact_id == found.contact_id
    assert "8 giờ 30, thứ ba 01/12/2026" in evening.body["text"]
    assert [each["to"] for each in hour.body["buttons"]] == [f"visit:yes:{found.id}", f"visit:no:{found.id}"]


async def test_a_reminder_is_worth_sending_until_the_next_one_and_the_last_until_the_beginning(world: People) -> None:
    await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30))
    await sweep(world, EVENING)
    await sweep(world, HOUR + timedelta(minutes=10))
    lasts = await world.rows("SELECT expires_at - created_at AS lasts FROM outbox WHERE class = 'reminder' ORDER BY id")
    assert [row.lasts for row in lasts] == [timedelta(hours=13), timedelta(minutes=50)]


async def test_sweeps_in_many_workers_at_once_plan_one(world: People) -> None:
    consultant = await world.consultant(await world.office())
    for minute in (0, 45):
        await world.booked(consultant, at(TUESDAY, 9, minute))
    planned = await asyncio.gather(*(sweep(world, EVENING) for _ in range(6)))
    assert sum(planned) == 2
    assert len(await reminded(world)) == 2


async def test_a_confirmation_between_two_sweeps_reminds_nobody_again(world: People) -> None:
    found = await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30))
    await sweep(world, EVENING)
    async with world.go() as connection:
        await service.mark(connection, found.id, State.CONFIRMED, by="consultant:1", now=EVENING)
    await sweep(world, LATE)
    assert await keys(world) == ["evening"]


async def test_a_cancelled_appointment_is_not_reminded_of(world: People) -> None:
    found = await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30))
    await world.cancelled(found)
    await sweep(world, EVENING)
    assert await reminded(world) == []


async def test_a_reminder_that_waits_is_left_out_when_the_appointment_is_cancelled(world: People) -> None:
    found = await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30))
    await sweep(world, EVENING)
    await world.cancelled(found)
    (row,) = await reminded(world)
    assert (row.state, row.reason) == ("excluded", "appointment changed")


async def test_a_reminder_that_waits_is_left_out_by_the_next_sweep_whoever_changed_the_appointment(
    world: People,
) -> None:
    found = await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30))
    await sweep(world, EVENING)
    await world.do("UPDATE appointment SET state = 'declined' WHERE id = :id", id=found.id)
    await sweep(world, EVENING)
    (row,) = await reminded(world)
    assert row.state == "excluded"


async def test_after_a_move_the_old_time_is_forgotten_and_the_new_one_reminded_of(world: People) -> None:
    consultant = await world.consultant(await world.office())
    old = await world.booked(consultant, at(TUESDAY, 8, 30))
    await sweep(world, EVENING)
    world.now = LATE
    new = await world.moved(old, consultant, at(WEDNESDAY, 14))
    await sweep(world, HOUR)
    assert [row.state for row in await reminded(world)] == ["excluded"]
    await sweep(world, at(TUESDAY, 18, 30))
    evening = (await reminded(world))[-1]
    assert (evening.state, f":{new.id}:" in evening.key) == ("planned", True)


async def test_a_cancellation_and_a_sweep_at_once_leave_nothing_to_send(world: People) -> None:
    consultant = await world.consultant(await world.office())
    found = [await world.booked(consultant, at(TUESDAY, 9 + number)) for number in range(2)]
    await asyncio.gather(*(world.cancelled(each) for each in found), *(sweep(world, EVENING) for _ in range(3)))
    await sweep(world, EVENING)
    assert "planned" not in {row.state for row in await reminded(world)}


async def test_a_call_is_reminded_of_as_a_call(world: People) -> None:
    consultant = await world.consultant(await world.office(), kinds=["phone"])
    await world.booked(consultant, at(TUESDAY, 8, 30), kind=Kind.PHONE)
    await sweep(world, EVENING)
    (row,) = await reminded(world)
    assert "sẽ gọi cho bạn" in row.body["text"]
    assert "maps" not in row.body["text"]


async def test_who_said_stop_is_still_reminded_of_an_appointment_that_stands(world: People) -> None:
    consultant = await world.consultant(await world.office())
    found = await world.booked(consultant, at(TUESDAY, 8, 30))
    moment = NOW + timedelta(hours=1)
    await world.put(
        "consent", contact_id=found.contact_id, purpose=OUTREACH, given=False, text_version="t", proof="p", at=moment
    )
    await sweep(world, EVENING)
    assert [row.contact_id for row in await reminded(world)] == [found.contact_id]


async def test_on_zalo_the_answers_are_a_numbered_menu(world: People) -> None:
    citizen = await world.someone("zalo_bot")
    await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30), citizen=citizen)
    await sweep(world, EVENING)
    (row,) = await reminded(world)
    assert "1. Tôi sẽ đến" in row.body["text"]
    assert row.body["menu"][0]["to"].startswith("visit:yes:")


async def test_the_web_chat_gets_a_reminder_when_it_opens_and_shows_it_where_it_came(world: People) -> None:
    citizen = await world.someone("web")
    await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30), citizen=citizen)
    await world.put("inbox", contact_id=citizen, event_id="1", kind="text", payload="chào", answered_at=NOW)
    await sweep(world, EVENING)
    async with world.go() as connection:
        assert await history(connection, citizen, 10) == [{"me": "chào", "kind": "text", "id": "1"}]
        (taken,) = await outbox.claim(connection, citizen)
    await world.put("inbox", contact_id=citizen, event_id="2", kind="text", payload="cảm ơn", answered_at=NOW)
    async with world.go() as connection:
        said = await history(connection, citizen, 10)
        assert [line.get("me") or line["row"] for line in said] == ["chào", taken[0], "cảm ơn"]
        assert [row for row, _ in await outbox.messages_after(connection, citizen, 0)] == [taken[0]]


async def test_the_web_chat_does_not_get_what_is_too_late_or_too_early(world: People) -> None:
    citizen = await world.someone("web")
    await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30), citizen=citizen)
    await sweep(world, EVENING)
    for change in ("expires_at = now() - interval '1 s'", "expires_at = NULL, due_at = now() + interval '1 h'"):
        await world.do(f"UPDATE outbox SET {change} WHERE class = 'reminder'")
        async with world.go() as connection:
            assert await outbox.claim(connection, citizen) == []


async def test_a_round_ends_holds_that_ran_out_and_reminds(world: People) -> None:
    consultant = await world.consultant(await world.office())
    await world.booked(consultant, at(TUESDAY, 8, 30))
    held = await world.hold(await world.someone(), consultant, at(TUESDAY, 10), now=EVENING - timedelta(minutes=20))
    assert held
    await asyncio.gather(*(go_round(world.engine, world.library, now=EVENING) for _ in range(3)))
    assert await keys(world) == ["evening"]
    assert [row.state for row in await world.rows("SELECT state FROM appointment WHERE id = :id", id=held.id)] == [
        "lapsed"
    ]
