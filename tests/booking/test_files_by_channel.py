"""An appointment's calendar file on its way: uploaded where a channel takes it, else a link that opens it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from icalendar import Calendar

from bot.answers.library import Library
from bot.booking.shown import with_file
from bot.channels.listen import listening
from bot.outbox import telling
from bot.outbox.channels import SMS, TELEGRAM, ZALO_BOT, ZALO_OA
from bot.outbox.rules import Message, message_from
from bot.outbox.shape import bodies_of
from bot.settings import Settings
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from bot.simulator.truth import Line
from bot.web import web_app
from bot.wiring import build
from tests.booking.people import TUESDAY, People, people_of
from tests.booking.world import at
from tests.channels.citizen import Citizen

SET_UP = Switches()
FILE = {"kind": "ics", "appointment": 7}


@pytest.fixture(scope="module")
async def simulator() -> AsyncIterator[Remote]:
    async with running_simulator() as remote:
        yield remote


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[People]:
    async with people_of(database_url, library) as found:
        yield found


class Reader(Citizen):
    """Somebody who reads what the simulator brings them."""

    def __init__(self, simulator: Remote, face: str, address: str) -> None:
        super().__init__()
        self._simulator, self._face, self._address = simulator, face, address

    async def got(self) -> list[Line]:
        return [line for line in await self._simulator.truth(self._face, "got") if line.address == self._address]


def settings_of(url: str, simulator: Remote, public_url: str = "") -> Settings:
    return Settings(
        database_url=url, rasa_url="http://127.0.0.1:9", public_url=public_url, hook_secret="a secret of enough signs",
        telegram_token=SET_UP.telegram_token, telegram_url=f"{simulator.url}/telegram",
        zalo_bot_token=SET_UP.zalo_bot_token, zalo_bot_url=simulator.zalo_bot, now="2026-11-29T08:00",
    ).prepared()  # fmt: skip


async def book_and_tell(world: People, channel: str, address: str) -> None:
    citizen = await world.put("contact", channel=channel, address=address)
    consultant = await world.consultant(await world.office(key=channel), key=channel)
    found = await world.booked(consultant, at(TUESDAY, 8, 30), citizen=citizen)
    async with world.go() as connection:
        message = with_file(Message("Đã đặt lịch cho bạn"), found)
        await telling.tell(connection, citizen, f"reply:{citizen}", (message,))


def test_a_file_is_a_row_of_its_own_behind_the_words_and_comes_back_from_json() -> None:
    message = Message("Đã đặt lịch", file=FILE)
    for shown in (TELEGRAM, ZALO_BOT, ZALO_OA):
        words, file = bodies_of(message, shown)
        assert (words["text"], file) == ("Đã đặt lịch", {"text": "", "file": FILE})
    assert len(bodies_of(message, SMS)) == 1
    (whole,) = bodies_of(message, None)
    assert message_from(whole) == message


def test_what_a_channel_takes_goes_by_the_names_ending() -> None:
    names = ("lich-hen.ics", "bang.pdf")
    taken = {shown.name: [name.endswith(shown.files) for name in names] for shown in (TELEGRAM, ZALO_BOT, ZALO_OA)}
    assert taken == {"telegram": [True, True], "zalo_bot": [False, False], "zalo_oa": [False, True]}


async def test_on_telegram_the_file_itself_arrives(world: People, simulator: Remote, database_url: str) -> None:
    settings = settings_of(database_url, simulator)
    await simulator.citizens("telegram", first=901, count=1)
    await book_and_tell(world, "telegram", "901")
    async with build(settings) as parts, listening(settings, parts.conversation, parts.library, parts.clock):
        hoa = Reader(simulator, "telegram", "901")
        await hoa.gets("Đã đặt lịch cho bạn")
        line = await hoa.gets("lưu lịch hẹn vào điện thoại")
    assert line.extra["file"] == "lich-hen.ics"


async def test_on_zalo_a_link_arrives_that_opens_the_file(world: People, simulator: Remote, database_url: str) -> None:
    settings = settings_of(database_url, simulator, public_url="https://an-sinh.example")
    await simulator.citizens("zalo_bot", address="feed", follows=True)
    await book_and_tell(world, "zalo_bot", "feed")
    async with build(settings) as parts:
        async with listening(settings, parts.conversation, parts.library, parts.clock):
            line = await Reader(simulator, "zalo_bot", "feed").gets("https://an-sinh.example/appointment/")
        link = next(word for word in line.text.split() if word.startswith("https://"))
        transport = httpx.ASGITransport(web_app(replace(parts, settings=settings)))
        async with httpx.AsyncClient(transport=transport, base_url="https://an-sinh.example") as http:
            (event,) = Calendar.from_ical((await http.get(link)).text).walk("VEVENT")
    assert "CONFIRMED" in event.to_ical().decode()


async def test_where_no_link_can_be_given_the_words_come_alone(
    world: People, simulator: Remote, database_url: str
) -> None:
    settings = settings_of(database_url, simulator)
    await simulator.citizens("zalo_bot", address="cafe", follows=True)
    await book_and_tell(world, "zalo_bot", "cafe")
    async with build(settings) as parts, listening(settings, parts.conversation, parts.library, parts.clock):
        await Reader(simulator, "zalo_bot", "cafe").gets("Đã đặt lịch cho bạn")
        for _ in range(50):
            rows = await world.rows("SELECT state, reason FROM outbox WHERE body ? 'file'")
            if rows[0].state == "failed":
                break
            await asyncio.sleep(0.1)
    assert tuple(rows[0]) == ("failed", "nothing to show here")
    assert len(await Reader(simulator, "zalo_bot", "cafe").got()) == 1
