"""The face of the SMS gateway: the sender's key, parts and price, delivery, rejection and callbacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from bot.simulator.remote import Remote
from bot.simulator.sms import part_count
from tests.simulator.conftest import STANDING, Answer, Receiver

PHONE = "84900000001"
Send = Callable[..., Awaitable[Answer]]


@pytest.fixture
def send(sim: Remote) -> Send:
    """Send one message as eSMS documents it."""

    async def sending(**changes: object) -> Answer:
        body = {
            "ApiKey": STANDING.sms_api_key,
            "SecretKey": STANDING.sms_secret_key,
            "Phone": "0900000001",
            "Content": "BHXH: Moi co chu den Nha van hoa luc 8h",
            "Brandname": STANDING.sms_brandname,
            "SmsType": "2",
            "IsUnicode": "0",
            "Sandbox": "0",
        }
        url = "/sms/MainService.svc/json/SendMultipleMessage_V4_post_json/"
        answer = await sim.client.post(url, json=body | changes)
        assert answer.status_code == 200
        found: Answer = answer.json()
        return found

    return sending


async def test_a_message_is_accepted_first_and_got_later(sim: Remote, send: Send) -> None:
    answer = await send(RequestId="row-1")
    assert answer["CodeResult"] == "100"
    (line,) = await sim.truth("sms")
    assert (line.kind, line.key, line.id) == ("accepted", "row-1", answer["SMSID"])
    await sim.advance(60)
    await sim.until(lambda state: state["pending"]["sms"] == 0)
    (got,) = await sim.truth("sms", "got")
    assert (got.address, got.id, got.key) == (PHONE, answer["SMSID"], "row-1")


async def test_the_same_key_is_refused_for_a_day(sim: Remote, send: Send) -> None:
    assert (await send(RequestId="row-1"))["CodeResult"] == "100"
    assert (await send(RequestId="row-1"))["CodeResult"] == "124"
    await sim.advance(24 * 3600)
    assert (await send(RequestId="row-1"))["CodeResult"] == "100"
    assert [(await send())["CodeResult"] for _ in range(2)] == ["100", "100"]


async def test_a_lost_answer_can_be_asked_again_without_a_second_message(sim: Remote, send: Send) -> None:
    await sim.fault("5xx", times=1)
    with pytest.raises(AssertionError):
        await send(RequestId="row-1")
    assert (await send(RequestId="row-1"))["CodeResult"] == "100"
    assert len(await sim.truth("sms", "accepted")) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ApiKey": "x"}, "101"),
        ({"Brandname": "x"}, "104"),
        ({"SmsType": "8"}, "104"),
        ({"Phone": "123"}, "99"),
        ({"Content": " "}, "99"),
        ({"Content": 5}, "99"),
        ({"RequestId": "x" * 51}, "99"),
        ({"Content": "x" * 153 * 8 + "x"}, "99"),
    ],
)
async def test_wrong_messages_are_refused_and_cost_nothing(
    sim: Remote, send: Send, changes: dict[str, object], code: str
) -> None:
    assert (await send(**changes))["CodeResult"] == code
    assert await sim.truth("sms") == []


async def test_parts_are_paid_until_the_money_ends(sim: Remote, send: Send) -> None:
    await sim.post("switches", sms_balance=1500)
    assert (await send(Content="đ" * 71, IsUnicode="1"))["CodeResult"] == "100"
    assert (await send(Content="đ" * 71, IsUnicode="1"))["CodeResult"] == "103"
    assert (await send(Content="đ" * 71, IsUnicode="0"))["CodeResult"] == "100"
    two, one = await sim.truth("sms", "accepted")
    assert (two.extra, one.extra) == ({"parts": 2, "price": 1000}, {"parts": 1, "price": 500})
    assert one.text == "d" * 71


async def test_the_sandbox_reaches_nobody(sim: Remote, send: Send) -> None:
    assert (await send(Sandbox="1"))["CodeResult"] == "100"
    await sim.advance(60)
    assert await sim.truth("sms") == []


async def test_a_delivery_is_called_back_until_it_is_heard(sim: Remote, send: Send, receiver: Receiver) -> None:
    receiver.answers = [Response(status_code=500), Response(status_code=500)]
    await send(RequestId="row-1", CallbackUrl=receiver.url)
    for count in (1, 2, 3):
        await sim.advance(60)
        await receiver.until(count)
    await sim.advance(600)
    first, *_, last = await receiver.until(3)
    assert first.query == last.query and len(receiver.heard) == 3
    assert (last.query["SendStatus"], last.query["RequestId"], last.query["phonenumber"]) == ("5", "row-1", PHONE)
    assert (last.query["SendSuccess"], last.query["TotalPrice"], last.query["telcoid"]) == ("1", "500", "1")


async def test_a_callback_nobody_hears_is_given_up_after_five(sim: Remote, send: Send, receiver: Receiver) -> None:
    receiver.answers = [Response(status_code=500) for _ in range(9)]
    await send(CallbackUrl=receiver.url)
    for count in range(1, 6):
        await sim.advance(60)
        await receiver.until(count)
    await sim.advance(600)
    assert len(await receiver.until(5)) == 5
    assert (await sim.state())["pending"]["sms"] == 0


async def test_forbidden_content_is_rejected_after_it_was_accepted(sim: Remote, send: Send, receiver: Receiver) -> None:
    assert (await send(Content="Vay tien nhanh", CallbackUrl=receiver.url))["CodeResult"] == "100"
    await sim.advance(60)
    (heard,) = await receiver.until(1)
    assert (heard.query["SendStatus"], heard.query["SendFailed"], heard.query["TotalPrice"]) == ("4", "1", "0")
    assert [line.kind for line in await sim.truth("sms")] == ["accepted", "rejected"]


async def test_a_message_may_wait_for_its_day(sim: Remote, send: Send) -> None:
    await send(SendDate="2026-11-23 08:00:00")
    await sim.advance(12 * 3600)
    assert await sim.truth("sms", "got") == []
    await sim.advance(24 * 3600)
    await sim.until(lambda state: state["pending"]["sms"] == 0)
    assert len(await sim.truth("sms", "got")) == 1


async def test_a_doubled_callback_says_the_same_twice(sim: Remote, send: Send, receiver: Receiver) -> None:
    await sim.fault("duplicate", face="sms")
    await send(CallbackUrl=receiver.url)
    await sim.advance(60)
    await receiver.until(1)
    await sim.advance(60)
    first, second = await receiver.until(2)
    assert first.query == second.query


PARTS = {
    "x" * 160: 1,
    "x" * 161: 2,
    "x" * 306: 2,
    "x" * 307: 3,
    "€" * 80: 1,
    "€" * 81: 2,
    "ế" * 70: 1,
    "ế" * 71: 2,
    "ế" * 135: 3,
}


@pytest.mark.parametrize(("text", "parts"), PARTS.items())
def test_parts_are_counted_as_networks_do(text: str, parts: int) -> None:
    assert part_count(text) == parts


@given(st.text(min_size=1, max_size=900))
def test_accents_never_make_a_text_shorter(text: str) -> None:
    assert part_count(text) >= part_count("x" * len(text))
