"""What all channels share: reading bodies, calling providers, telling what had left us and what had not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.bodies import (
    count_of,
    header,
    id_of,
    inside,
    made_id,
    moment_of,
    place_of,
    read_object,
    same,
    text_of,
)
from bot.channels.calls import NotSent, Unanswered, outcome_of_failure
from bot.channels.sms.send import Sms
from bot.channels.telegram.send import Telegram
from bot.channels.zalo_bot.send import ZaloBot
from bot.channels.zalo_oa.send import ZaloOa
from bot.conversation.inbound import BadBody, Inbound, InboundKind
from bot.outbox.contract import Channel, Part, Retry, Template, Unknown, Upload
from tests.channels.hostile import NO_BODIES, raw_bodies, values
from tests.channels.provider import BREAK, SILENCE, clients, nowhere, provider

CHANNELS: list[type[Channel]] = [Telegram, ZaloBot, ZaloOa, Sms]


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_says_what_it_can_show(channel: type[Channel]) -> None:
    found = channel.capabilities
    assert found.longest_text >= found.longest_caption  # type: ignore[attr-defined]
    assert bool(found.buttons) == bool(found.payload_bytes)  # type: ignore[attr-defined]


def test_what_people_said_and_who_they_are_is_not_shown_by_accident() -> None:
    inbound = Inbound("e1", "84912345678", InboundKind.TEXT, "lời riêng", answer_to="query-id")
    part = Part("lời riêng", upload=Upload("a.png", "picture", b"rieng-tu"), template=Template("t", {"name": "Nguyễn"}))
    for secret in ("84912345678", "riêng", "rieng-tu", "query-id", "Nguyễn"):
        assert secret not in f"{inbound!r}{inbound}{part!r}{part}"


@pytest.mark.parametrize("raw", NO_BODIES)
def test_what_is_no_object_of_a_fair_size_is_refused(raw: bytes) -> None:
    with pytest.raises(BadBody, match=r"^not a JSON object of a size we read$"):
        read_object(raw)


@given(raw_bodies)
def test_any_body_is_an_object_or_refused(raw: bytes) -> None:
    try:
        assert isinstance(read_object(raw), dict)
    except BadBody as error:
        assert error.__context__ is None  # it would quote the body
        assert str(error) == "not a JSON object of a size we read"


@given(values)
def test_any_value_can_be_asked_for_anything(value: object) -> None:
    assert isinstance(text_of(value), str)
    assert len(id_of(value)) <= 128
    assert place_of(value, value) == "" or "," in place_of(value, value)
    assert isinstance(moment_of(value), datetime | None)
    assert inside({"a": value}, "a") is value
    assert inside(value, "never", "there") is None


@given(st.text())
def test_a_text_that_was_read_can_be_stored(text: str) -> None:
    assert text_of(text + "\ud800\x00").encode() == text.replace("\x00", "").encode()


@pytest.mark.parametrize("value", [True, None, 1.5, 2**63, "x" * 129, [], {}])
def test_what_is_no_id_is_none(value: object) -> None:
    assert id_of(value) == ""


def test_ids_beyond_what_javascript_can_count_stay_exact() -> None:
    assert id_of(9007199254740993) == id_of("9007199254740993") == "9007199254740993"


def test_counts_are_numbers_or_digits() -> None:
    assert [count_of(value) for value in (7, "0012", 10**15 - 1)] == [7, 12, 10**15 - 1]
    assert [count_of(value) for value in (True, -1, "-1", "1.0", "1" * 16, 2**70, None, "")] == [None] * 8


def test_moments_are_seconds_or_milliseconds() -> None:
    assert moment_of(1790000000) == moment_of("1790000000000", per_second=1000) == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)  # fmt: skip
    assert [moment_of(value) for value in (True, -1, "²", "1" * 16, 10**14, None, "")] == [None] * 7


def test_places_are_on_earth() -> None:
    assert place_of(10.762622, "106.660172") == "10.762622,106.660172"
    assert {place_of(91, 0), place_of(0, 181), place_of("nan", 0), place_of("inf", 0), place_of(None, 1)} == {""}


def test_a_header_is_found_however_it_is_written() -> None:
    assert header({"x-bot-api-SECRET-token": "a"}, "X-Bot-Api-Secret-Token") == "a"
    assert header({}, "X-Bot-Api-Secret-Token") == ""


def test_no_secret_opens_nothing() -> None:
    assert same("a", "a")
    assert same("đ", "đ")
    assert not same("", "")
    assert not same("a", "b")


def test_a_made_id_is_the_same_for_the_same_parts_only() -> None:
    assert made_id("a", "b") == made_id("a", "b") != made_id("ab", "") != made_id("a", "b", "")


async def test_a_server_that_is_not_there_got_nothing() -> None:
    async with clients() as http:
        with pytest.raises(NotSent):
            await http.post(await nowhere(), json={})


@pytest.mark.parametrize("failure", [SILENCE, BREAK])
async def test_a_server_that_took_the_call_and_says_nothing_may_have_acted_and_is_asked_once(failure: str) -> None:
    async with provider(failure) as server, clients() as http:
        with pytest.raises(Unanswered):
            await http.post(server.url, json={})
        assert len(server.calls) == 1


async def test_a_call_that_waited_for_a_connection_in_vain_was_not_made() -> None:
    async with provider(SILENCE) as server, clients(4) as http:
        calls = (http.post(server.url, json={}) for _ in range(4 + 3))
        ended = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(error) for error in ended].count(NotSent) == 3
    assert len(server.calls) == 4


async def test_calls_spread_over_the_clients() -> None:
    async with provider((200, {})) as server, clients(4) as http:
        await asyncio.gather(*(http.post(server.url, json={}) for _ in range(4)))
    assert server.connections == 4


async def test_a_failed_call_names_no_address() -> None:
    async with provider(SILENCE) as server, clients() as http:
        for url in (
            f"{server.url}/bot1:secret/x",
            f"{await nowhere()}/bot1:secret/x",
            "bot1:secret",
            "http://bot1:secret",
        ):
            with pytest.raises((NotSent, Unanswered)) as caught:
                await http.post(url, json={})
            assert "secret" not in f"{caught.value!r}{caught.value}"
            assert caught.value.__cause__ is None
            assert caught.value.__suppress_context__


async def test_an_answer_that_is_no_json_is_none() -> None:
    async with provider((502, b"<html>")) as server, clients() as http:
        assert await http.post(server.url, json={}) == (502, None)


def test_what_never_left_costs_no_attempt_and_what_may_have_left_is_unknown() -> None:
    assert outcome_of_failure(NotSent("ConnectError")) == Retry(1.0, "account", counted=False, outage=True)
    assert outcome_of_failure(Unanswered("ReadTimeout")) == Unknown("ReadTimeout")
