"""The calendar file of an appointment, read back as telephones read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from bot.answers.library import Library
from bot.booking import service
from bot.booking.calendar import Entry, calendar, map_link
from bot.booking.invitation import KEPT, invitation
from bot.booking.rules import Kind, State
from tests.booking.people import NAME, TUESDAY, WEDNESDAY, People, people_of
from tests.booking.world import NOW, at


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[People]:
    async with people_of(database_url, library) as found:
        yield found


def events(data: bytes | None) -> list[Any]:
    assert data is not None
    return list(Calendar.from_ical(data.decode()).walk("VEVENT"))


async def file_of(world: People, number: int, now: datetime = NOW) -> bytes | None:
    async with world.go() as connection:
        return await invitation(connection, world.library, number, now=now)


async def test_an_appointment_lands_in_the_calendar_at_its_hour_with_its_place_and_an_alarm(world: People) -> None:
    office = await world.office(latitude=21.3, longitude=105.66)
    found = await world.booked(await world.consultant(office), at(TUESDAY, 8, 30))
    data = await file_of(world, found.id)
    (event,) = events(data)
    assert event["DTSTART"].dt == at(TUESDAY, 8, 30)
    assert event["DTEND"].dt == at(TUESDAY, 9)
    assert event["LOCATION"] == "office o, address of o"
    assert event["URL"] == "https://www.google.com/maps/search/?api=1&query=21.300000,105.660000"
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", found.version)
    assert "nghỉ việc, rút một lần" in event["SUMMARY"]
    assert found.code in event["DESCRIPTION"]
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == -timedelta(hours=1)
    assert NAME not in data.decode()  # type: ignore[union-attr]
    assert "912345678" not in data.decode()  # type: ignore[union-attr]


async def test_every_line_is_short_enough_and_ends_as_the_standard_wants(world: People) -> None:
    long = "Điểm tư vấn lưu động chợ phiên vùng cao, thôn Đồng Tâm; bên cạnh nhà văn hóa " * 3
    office = await world.office(address=long)
    found = await world.booked(await world.consultant(office), at(TUESDAY, 8, 30))
    data = await file_of(world, found.id)
    assert data is not None
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert long.strip() in events(data)[0]["LOCATION"]


async def test_a_change_keeps_the_event_and_counts_up(world: People) -> None:
    found = await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30))
    before = events(await file_of(world, found.id))[0]
    async with world.go() as connection:
        await service.mark(connection, found.id, State.CONFIRMED, by="consultant:1", now=NOW)
    after = events(await file_of(world, found.id))[0]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


async def test_a_cancelled_appointment_is_taken_out_of_the_calendar(world: People) -> None:
    found = await world.booked(await world.consultant(await world.office()), at(TUESDAY, 8, 30))
    await world.cancelled(found)
    data = await file_of(world, found.id)
    assert data is not None
    assert Calendar.from_ical(data.decode())["METHOD"] == "CANCEL"
    (event,) = events(data)
    assert event["STATUS"] == "CANCELLED"
    assert not event.walk("VALARM")


async def test_a_moved_appointment_takes_the_old_one_along_as_cancelled(world: People) -> None:
    consultant = await world.consultant(await world.office())
    old = await world.booked(consultant, at(TUESDAY, 8, 30))
    new = await world.moved(old, consultant, at(WEDNESDAY, 14))
    data = await file_of(world, new.id)
    assert data is not None
    assert Calendar.from_ical(data.decode())["METHOD"] == "PUBLISH"
    assert [(event["STATUS"], event["DTSTART"].dt) for event in events(data)] == [
        ("CONFIRMED", at(WEDNESDAY, 14)),
        ("CANCELLED", at(TUESDAY, 8, 30)),
    ]
    assert len({event["UID"] for event in events(data)}) == 2


async def test_a_call_has_no_map_and_a_video_call_has_its_address(world: People) -> None:
    office = await world.office(latitude=21.3, longitude=105.66)
    consultant = await world.consultant(office, kinds=["phone", "video"], video_url="https://meet.example/abc")
    by_phone = events(await file_of(world, (await world.booked(consultant, at(TUESDAY, 8), kind=Kind.PHONE)).id))[0]
    by_video = events(await file_of(world, (await world.booked(consultant, at(TUESDAY, 9), kind=Kind.VIDEO)).id))[0]
    assert "GEO" not in by_phone
    assert "URL" not in by_phone
    assert by_video["URL"] == "https://meet.example/abc"
    assert "https://meet.example/abc" in by_video["DESCRIPTION"]


async def test_a_field_day_is_where_it_is_held_and_not_at_the_office(world: People) -> None:
    office = await world.office(latitude=21.3, longitude=105.66)
    consultant = await world.consultant(office)
    await world.field_day(office, TUESDAY, [consultant])
    found = await world.booked(consultant, at(TUESDAY, 8), kind=Kind.FIELD)
    (event,) = events(await file_of(world, found.id))
    assert "the market" in event["LOCATION"]
    assert "GEO" not in event
    assert "21.3" not in event["URL"]


async def test_a_hold_has_no_file_and_neither_has_what_is_long_past(world: People) -> None:
    consultant = await world.consultant(await world.office())
    held = await world.hold(await world.someone(), consultant, at(TUESDAY, 8))
    booked = await world.booked(consultant, at(TUESDAY, 10))
    assert held
    assert await file_of(world, held.id) is None
    assert await file_of(world, 4711) is None
    assert await file_of(world, booked.id, now=booked.ends_at + KEPT + timedelta(hours=1)) is None


def test_a_map_is_asked_by_name_and_address_where_coordinates_are_not_known() -> None:
    link = map_link("BHXH cơ sở Bình Xuyên", "số 1, thị trấn Hương Canh")
    assert httpx.URL(link).params["query"] == "BHXH co so Binh Xuyen, so 1, thi tran Huong Canh"


def test_words_with_separators_and_line_breaks_survive() -> None:
    entry = Entry(1, 0, NOW, NOW + timedelta(minutes=30), 'a; "b", c\\d', "một\nhai, ba; bốn", "x, y")
    (event,) = events(calendar([entry], now=NOW))
    assert (event["SUMMARY"], event["DESCRIPTION"], event["LOCATION"]) == (entry.title, entry.description, "x, y")
