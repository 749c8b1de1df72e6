"""A consultant's lists: today, tomorrow, the week; and the list of each working morning, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest

from bot.answers.library import Library
from bot.booking.diary_lists import send_mornings
from bot.conversation.rules import Kind as Said
from tests.booking.people import TUESDAY, WEDNESDAY, People, people_of, targets
from tests.booking.world import MONDAY, at

MORNING = at(MONDAY, 7, 15)


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[People]:
    async with people_of(database_url, library) as found:
        yield found


async def mornings(world: People, now: datetime) -> None:
    await send_mornings(world.engine, world.library, now=now)


@pytest.mark.parametrize("words", ["lịch mai", "Lich mai", "LỊCH NGÀY MAI", " lịch  mai ! "])
async def test_a_day_is_asked_for_with_or_without_diacritics(world: People, words: str) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    later, first = await world.booked(consultant, at(MONDAY, 14)), await world.booked(consultant, at(MONDAY, 8))
    await world.booked(consultant, at(TUESDAY, 8))
    message = await world.hears(account, words, Said.TEXT)
    assert "thứ hai 30/11/2026: 2 cuộc hẹn" in message.text
    assert message.text.index("8 giờ Nguyễn") < message.text.index("14 giờ Nguyễn")
    assert targets(message) == [f"desk:show:{first.id}", f"desk:show:{later.id}"]


@pytest.mark.parametrize("words", ["lịch hôm nay", "/lich", "lich hom nay", "lịch"])
async def test_today_may_be_empty(world: People, words: str) -> None:
    account = await world.linked(await world.consultant(await world.office()))
    assert "chưa có cuộc hẹn nào" in (await world.hears(account, words, Said.TEXT)).text


async def test_the_week_is_shown_day_by_day_without_what_is_gone(world: People) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    await world.booked(consultant, at(MONDAY, 8))
    await world.cancelled(await world.booked(consultant, at(MONDAY, 9)))
    await world.booked(consultant, at(WEDNESDAY, 8))
    await world.hold(await world.someone(), consultant, at(TUESDAY, 9))
    message = await world.hears(account, "lịch tuần", Said.TEXT)
    assert "2 cuộc hẹn" in message.text
    assert "thứ ba" not in message.text
    assert message.text.index("thứ hai") < message.text.index("thứ tư")


async def test_the_morning_list_comes_once_to_those_who_work_that_day(world: People) -> None:
    office = await world.office()
    here, away, unlinked = [await world.consultant(office, f"c{number}") for number in range(3)]
    account, other = await world.linked(here), await world.linked(away)
    await world.booked(here, at(MONDAY, 8), tell=False)
    await world.booked(unlinked, at(MONDAY, 8), tell=False)
    await world.do(
        "INSERT INTO plan_exception (consultant_id, day, works) VALUES (:id, :day, false)", id=away, day=MONDAY
    )
    await mornings(world, MORNING - timedelta(seconds=1))
    assert await world.told(account) == []
    await asyncio.gather(*(mornings(world, MORNING + timedelta(seconds=number)) for number in range(4)))
    await mornings(world, at(MONDAY, 9))
    (row,) = await world.told(account)
    assert "1 cuộc hẹn" in row.body["text"]
    assert row._mapping["class"] == "reminder"
    assert await world.told(other) == []


async def test_the_next_working_morning_brings_the_next_list(world: People) -> None:
    account = await world.linked(await world.consultant(await world.office()))
    for day in (MONDAY, TUESDAY):
        await mornings(world, at(day, 7, 20))
    assert ["thứ hai" in text for text in await world.got(account)] == [True, False]


@pytest.mark.parametrize("day", [date(2026, 11, 29), date(2027, 1, 1)])  # a Sunday; the New Year
async def test_on_a_day_off_there_is_no_list_unless_somebody_comes(world: People, day: date) -> None:
    consultant = await world.consultant(await world.office())
    account = await world.linked(consultant)
    await mornings(world, at(day, 7, 20))
    assert await world.told(account) == []
    await world.booked(consultant, at(TUESDAY, 8), tell=False)
    await world.do("UPDATE appointment SET starts_at = :start, ends_at = :start + interval '30 min'", start=at(day, 8))
    await mornings(world, at(day, 7, 30))
    assert len(await world.told(account)) == 1


async def test_after_the_morning_it_is_too_late_for_a_list(world: People) -> None:
    account = await world.linked(await world.consultant(await world.office()))
    await mornings(world, at(MONDAY, 12))
    assert await world.told(account) == []
