"""Calendars through the whole web process: a consultant's secret feed, a citizen's signed link, a chat's own file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from bot.answers.library import Library
from bot.booking.feed import renew
from bot.booking.rules import State
from bot.booking.service import mark
from bot.channels.webchat.socket import COOKIE, address_of
from bot.outbox import telling
from bot.outbox.rules import Message
from bot.security import signed, unsigned
from bot.settings import Settings
from bot.web import web_app
from bot.wiring import build
from tests.booking.people import NAME, TUESDAY, WEDNESDAY, People, people_of
from tests.booking.world import at

SECRET = "a-secret-of-24-signs-long"  # noqa: S105


class Web(People):
    """People, and the web process beside them."""

    http: httpx.AsyncClient

    async def secret(self, consultant: int) -> str:
        async with self.go() as connection:
            return await renew(connection, consultant)

    async def feed(self, secret: str, **headers: str) -> httpx.Response:
        return await self.http.get(
            f"/calendar/{secret}.ics", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    async def events(self, secret: str) -> list[Any]:
        return events_of(await self.feed(secret))


def events_of(response: httpx.Response) -> list[Any]:
    """Read a calendar back."""
    return list(Calendar.from_ical(response.text).walk("VEVENT"))


@pytest.fixture
async def web(database_url: str, library: Library) -> AsyncIterator[Web]:
    settings = Settings(
        database_url=database_url, rasa_url="http://127.0.0.1:9", public_url="https://an-sinh.example",
        hook_secret=SECRET, now="2026-11-29T08:00",
    ).prepared()  # fmt: skip
    async with build(settings) as parts, people_of(database_url, library) as people:
        found = Web(people.engine)
        found.library = library
        transport = httpx.ASGITransport(web_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://an-sinh.example") as found.http:
            yield found


async def test_a_consultant_sees_their_own_appointments_and_nobody_elses(web: Web) -> None:
    office = await web.office()
    mine, hers = await web.consultant(office, "c1"), await web.consultant(office, "c2")
    found = await web.booked(mine, at(TUESDAY, 8))
    await web.booked(hers, at(TUESDAY, 9))
    (event,) = await web.events(await web.secret(mine))
    assert (event["DTSTART"].dt, event["LOCATION"]) == (at(TUESDAY, 8), "office o, address of o")
    assert event["SUMMARY"] == f"Hoa ({found.code}), nghỉ việc, rút một lần"


async def test_the_feed_holds_no_full_name_no_number_and_nothing_that_was_asked(web: Web) -> None:
    consultant = await web.consultant(await web.office(), kinds=["office", "phone"])
    await web.booked(consultant, at(TUESDAY, 8))
    await web.do("UPDATE appointment SET note = 'nói riêng'")
    text = (await web.feed(await web.secret(consultant))).text.replace("\r\n ", "")
    assert not [word for word in (NAME, "Nguyễn", "912345678", "rút một lần được", "nói riêng") if word in text]


async def test_what_is_cancelled_or_only_held_is_not_in_the_feed_and_what_was_done_is(web: Web) -> None:
    consultant = await web.consultant(await web.office())
    await web.cancelled(await web.booked(consultant, at(TUESDAY, 8)))
    await web.hold(await web.someone(), consultant, at(TUESDAY, 9))
    done = await web.booked(consultant, at(TUESDAY, 10))
    async with web.go() as connection:
        await mark(connection, done.id, State.DONE, by="c", now=at(TUESDAY, 11))
    assert [event["DTSTART"].dt for event in await web.events(await web.secret(consultant))] == [at(TUESDAY, 10)]


async def test_any_other_word_is_not_found_whoever_it_is_of(web: Web) -> None:
    consultant = await web.consultant(await web.office())
    secret = await web.secret(consultant)
    (row,) = await web.rows("SELECT feed_hash FROM consultant")
    near = ("A" if secret[0] != "A" else "B") + secret[1:]
    for wrong in (near, secret[:-1], secret + "x", "x" * 32, row.feed_hash, "%00" * 32, "đ" * 32, "..", secret.upper()):
        response = await web.feed(wrong)
        assert (response.status_code, response.content) == (404, b""), wrong
        assert response.headers["cache-control"] == "no-store"


async def test_only_the_hash_of_the_secret_is_kept(web: Web) -> None:
    consultant = await web.consultant(await web.office())
    secret = await web.secret(consultant)
    (row,) = await web.rows("SELECT feed_hash FROM consultant")
    assert re.fullmatch(r"[0-9a-f]{64}", row.feed_hash)
    assert secret not in row.feed_hash


async def test_a_new_secret_closes_the_old_address_and_so_does_leaving(web: Web) -> None:
    consultant = await web.consultant(await web.office())
    old = await web.secret(consultant)
    new = await web.secret(consultant)
    assert ((await web.feed(old)).status_code, (await web.feed(new)).status_code) == (404, 200)
    await web.do("UPDATE consultant SET active = false")
    assert (await web.feed(new)).status_code == 404


async def test_whoever_has_the_newest_version_is_sent_nothing_and_a_change_is_seen(web: Web) -> None:
    consultant = await web.consultant(await web.office())
    found = await web.booked(consultant, at(TUESDAY, 8))
    secret = await web.secret(consultant)
    first = await web.feed(secret)
    assert first.headers["content-type"].startswith("text/calendar")
    assert first.headers["cache-control"] == "private, max-age=300"
    again = await web.feed(secret, if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    await web.moved(found, consultant, at(WEDNESDAY, 8))
    assert (await web.feed(secret, if_none_match=first.headers["etag"])).status_code == 200


async def test_a_flood_of_guesses_leaves_the_chat_its_connections(web: Web) -> None:
    guesses = [web.feed("x" * 32) for _ in range(200)]
    found = await asyncio.gather(*guesses, web.http.get("/health"))
    assert [response.status_code for response in found] == [404] * 200 + [200]


async def test_a_signed_link_opens_one_appointment_and_no_other(web: Web) -> None:
    consultant = await web.consultant(await web.office())
    found, other = await web.booked(consultant, at(TUESDAY, 8)), await web.booked(consultant, at(TUESDAY, 9))
    token = signed(str(found.id), "appointment", SECRET)
    response = await web.http.get(f"/appointment/{token}.ics")
    assert (response.status_code, response.headers["content-type"].split(";")[0]) == (200, "text/calendar")
    assert "lich-hen.ics" in response.headers["content-disposition"]
    (event,) = events_of(response)
    assert event["DTSTART"].dt == at(TUESDAY, 8)
    signature = token.partition("-")[2]
    for wrong in (f"{other.id}-{signature}", str(found.id), f"{found.id}-", token[:-1], token + "x", "x-y", "đ"):
        assert (await web.http.get(f"/appointment/{wrong}.ics")).status_code == 404


def test_a_signature_is_good_for_its_purpose_and_its_secret_only() -> None:
    token = signed("12", "appointment", SECRET)
    assert unsigned(token, "appointment", SECRET) == "12"
    assert unsigned(token, "feed", SECRET) is None
    assert unsigned(token, "appointment", "another secret") is None
    assert unsigned(signed("12", "appointment", ""), "appointment", "") is None


async def test_a_file_in_the_web_chat_is_for_its_own_conversation(web: Web) -> None:
    citizen = await web.someone("web")
    await web.do("UPDATE contact SET address = :address WHERE id = :id", address=address_of("mine"), id=citizen)
    found = await web.booked(await web.consultant(await web.office()), at(TUESDAY, 8), citizen=citizen)
    message = Message("Đã đặt lịch", file={"kind": "ics", "appointment": found.id})
    async with web.go() as connection:
        await telling.tell(connection, citizen, "reply:1", (message,))
    (row,) = await web.told(citizen)
    own = await web.http.get(f"/file/{row.id}", headers={"cookie": f"{COOKIE}=mine"})
    assert own.status_code == 200
    assert len(events_of(own)) == 1
    for cookie in (f"{COOKIE}=theirs", ""):
        assert (await web.http.get(f"/file/{row.id}", headers={"cookie": cookie})).status_code == 404
