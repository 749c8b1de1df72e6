"""The face of Zalo OA: single-use refresh tokens, windows, nights, caps, templates, signed events, receipts."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from bot.simulator.remote import Remote
from tests.simulator.conftest import STANDING, Answer, Receiver

ANNA, PHONE = "2468000000000000001", "84900000001"
HOUR, DAY = 3600, 24 * 3600
TEMPLATE: dict[str, Any] = {"id": "t1", "parameters": {"ten": "name", "ngay": "time"}}
DATA = {"ten": "Cô Ba", "ngay": "08:00 25/11/2026"}


@dataclass
class Account:
    """An Official Account's client."""

    client: httpx.AsyncClient
    base: str
    token: str = ""
    refresh_token: str = ""

    async def call(self, path: str, **given: Any) -> Answer:
        """Call a method; always HTTP 200."""
        answer = await self.client.post(f"{self.base}/{path}", json=given, headers={"access_token": self.token})
        assert answer.status_code == 200
        found: Answer = answer.json()
        return found

    async def reply(self, text: str = "Chào cô", user: str = ANNA) -> int:
        """Send a consultation message and return the error number."""
        body = {"recipient": {"user_id": user}, "message": {"text": text}}
        return int((await self.call("openapi/v3.0/oa/message/cs", **body))["error"])

    async def template(self, template: str = "t1", data: object = None, user: str = ANNA) -> int:
        """Send a template message by user."""
        given = {"user_id": user, "template_id": template, "template_data": DATA if data is None else data}
        return int((await self.call("openapi/v3.0/oa/message/template", **given))["error"])

    async def by_phone(self, template: str = "t1", tracking: str = "k-1", phone: str = PHONE) -> int:
        """Send a template message by phone."""
        given = {"phone": phone, "template_id": template, "template_data": DATA, "tracking_id": tracking}
        return int((await self.call("business/message/template", **given))["error"])

    async def renew(self, refresh_token: str) -> Answer:
        """Renew the access token."""
        form = {"app_id": STANDING.zalo_oa_app_id, "grant_type": "refresh_token", "refresh_token": refresh_token}
        url, secret = f"{self.base}/oauth/v4/oa/access_token", {"secret_key": STANDING.zalo_oa_app_secret}
        found: Answer = (await self.client.post(url, data=form, headers=secret)).json()
        return found

    async def later(self, sim: Remote, seconds: float) -> None:
        """Let time pass and renew the token, which may have ended."""
        await sim.advance(seconds)
        pair = await self.renew(self.refresh_token)
        self.token, self.refresh_token = pair["access_token"], pair["refresh_token"]


@pytest.fixture
async def oa(sim: Remote) -> AsyncIterator[Account]:
    """The account with its first tokens; one follower, one template."""
    await sim.said("zalo_oa", ANNA, kind="follow")
    await sim.post("templates", **TEMPLATE)
    first = (await sim.state())["zalo_oa_tokens"]
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        yield Account(client, sim.zalo_oa, first["access_token"], first["refresh_token"])


async def test_a_refresh_token_works_once(oa: Account) -> None:
    first = await oa.renew(oa.refresh_token)
    assert first["expires_in"] == "90000"
    assert "error" in await oa.renew(oa.refresh_token)
    second = await oa.renew(first["refresh_token"])
    assert len({oa.token, first["access_token"], second["access_token"]}) == 3
    oa.token = second["access_token"]
    assert await oa.reply() == 0


async def test_an_access_token_lives_twenty_five_hours(sim: Remote, oa: Account) -> None:
    await sim.advance(25 * HOUR - 1)
    assert await oa.reply() == 0
    await sim.advance(1)
    assert await oa.reply() == -220


async def test_a_refresh_token_lives_three_months(sim: Remote, oa: Account) -> None:
    await sim.advance(91 * DAY)
    assert "error" in await oa.renew(oa.refresh_token)


async def test_revoked_and_unknown_tokens_are_refused_until_renewed(sim: Remote, oa: Account) -> None:
    await sim.post("revoke")
    assert await oa.reply() == -216
    oa.token = (await oa.renew(oa.refresh_token))["access_token"]
    assert await oa.reply() == 0


@pytest.mark.parametrize(
    ("form", "secret"),
    [({"refresh_token": "x"}, STANDING.zalo_oa_app_secret), ({}, "wrong"), ({"app_id": "1"}, STANDING.zalo_oa_app_secret)],
)  # fmt: skip
async def test_a_wrong_renewal_spends_nothing(oa: Account, form: dict[str, str], secret: str) -> None:
    right = {"app_id": STANDING.zalo_oa_app_id, "grant_type": "refresh_token", "refresh_token": oa.refresh_token}
    url = f"{oa.base}/oauth/v4/oa/access_token"
    refused = await oa.client.post(url, data=right | form, headers={"secret_key": secret})
    assert refused.status_code == 200 and refused.json()["error"] < 0
    assert "access_token" in await oa.renew(oa.refresh_token)


async def test_the_window_is_free_then_billed_then_closed_until_the_citizen_writes(sim: Remote, oa: Account) -> None:
    assert await oa.reply() == 0
    await oa.later(sim, 48 * HOUR + 1)
    assert await oa.reply() == 0
    await oa.later(sim, 5 * DAY)
    assert await oa.reply() == -230
    assert await oa.template() == 0
    await sim.said("zalo_oa", ANNA, "Tôi hỏi chút")
    assert await oa.reply() == 0
    assert [line.extra["price"] for line in await sim.truth("zalo_oa", "got")] == [0, 55, 560, 0]


async def test_the_window_can_be_asked_for(sim: Remote, oa: Account) -> None:
    told = (await oa.call("v3.0/oa/quota/message", user_id=ANNA))["data"]
    assert int(told["last_interaction"]) == int((await sim.state())["now"] * 1000)
    assert told["cs_reply"]["remain"] == "unlimited" and told["promotion"]["daily_remain"] == 1


async def test_who_does_not_want_messages_is_refused(sim: Remote, oa: Account) -> None:
    assert await oa.reply(user="99") == -213
    await sim.citizens("zalo_oa", address=ANNA, inactive=True)
    assert await oa.reply() == -227
    await sim.citizens("zalo_oa", address=ANNA, blocked=True)
    assert await oa.template() == -244
    assert await sim.truth("zalo_oa", "got") == []


@pytest.mark.parametrize(("text", "error"), [("x" * 2000, 0), ("x" * 2001, -210), ("", -201), (" ", -201)])
async def test_a_consultation_message_has_up_to_two_thousand_characters(oa: Account, text: str, error: int) -> None:
    assert await oa.reply(text) == error


@pytest.mark.parametrize(
    ("template", "data", "error"),
    [
        ("nope", DATA, -109),
        ("t1", {}, -111),
        ("t1", "x", -111),
        ("t1", {"ten": "Cô Ba"}, -1122),
        ("t1", DATA | {"ten": "x" * 31}, -1124),
        ("t1", DATA | {"ten": "x" * 30}, 0),
    ],
)
async def test_template_data_fit_the_registered_parameters(
    oa: Account, template: str, data: object, error: int
) -> None:
    assert await oa.template(template, data) == error


async def test_a_template_that_is_not_enabled_is_not_sent(sim: Remote, oa: Account) -> None:
    await sim.post("templates", **TEMPLATE | {"status": "REJECT"})
    assert await oa.template() == -131


async def test_a_template_tells_its_price(oa: Account) -> None:
    query = {"data": '{"template_id":"t1"}'}
    answer = await oa.client.get(f"{oa.base}/template/info/v2", params=query, headers={"access_token": oa.token})
    assert (answer.json()["data"]["price_sdt"], answer.json()["data"]["status"]) == (800, "ENABLE")


async def test_promotion_sleeps_at_night_and_comes_once_a_day_and_four_times_a_month(sim: Remote, oa: Account) -> None:
    await sim.post("templates", **TEMPLATE | {"tag": 3})
    await sim.post("clock", set="2026-11-22T05:59:59")
    assert await oa.template() == -234
    await sim.advance(1)
    assert [await oa.template(), await oa.template()] == [0, -1472]
    for _ in range(3):
        await oa.later(sim, DAY)
        assert await oa.template() == 0
    await oa.later(sim, DAY)
    assert await oa.template() == -1441
    await sim.post("clock", set="2026-11-29T22:00")
    await oa.later(sim, 0)
    assert await oa.template() == -234
    await sim.post("clock", set="2026-12-01T08:00")
    await oa.later(sim, 0)
    assert await oa.template() == 0


async def test_a_quiet_template_by_phone_sleeps_at_night_and_another_does_not(sim: Remote, oa: Account) -> None:
    await sim.post("templates", **TEMPLATE | {"id": "quiet", "quiet_at_night": True})
    await sim.post("clock", set="2026-11-22T22:00")
    assert [await oa.by_phone("quiet"), await oa.by_phone("t1"), await oa.template("quiet")] == [-133, 0, 0]


async def test_the_days_quota_ends_and_begins_again(sim: Remote, oa: Account) -> None:
    await sim.post("switches", zalo_oa_daily_quota=2)
    assert [await oa.template(), await oa.by_phone(), await oa.template()] == [0, 0, -144]
    assert await oa.reply() == 0
    await oa.later(sim, DAY)
    assert await oa.template() == 0


@pytest.mark.parametrize(
    ("phone", "tracking", "flags", "error"),
    [
        ("0900000001", "k", {}, -108),
        (PHONE, "", {}, -201),
        (PHONE, "k" * 49, {}, -201),
        (PHONE, "k" * 48, {}, 0),
        (PHONE, "k", {"has_zalo": False}, -118),
        (PHONE, "k", {"inactive": True}, -114),
        (PHONE, "k", {"blocked": True}, -139),
    ],
)
async def test_a_template_by_phone_needs_a_phone_and_a_key(
    sim: Remote, oa: Account, phone: str, tracking: str, flags: dict[str, bool], error: int
) -> None:
    await sim.citizens("zalo_oa", address=PHONE, **flags)
    assert await oa.by_phone(phone=phone, tracking=tracking) == error


async def test_the_four_thousand_and_first_call_of_a_minute_is_refused(sim: Remote, oa: Account) -> None:
    await sim.post("switches", zalo_oa_per_minute=3)
    assert [await oa.reply() for _ in range(4)] == [0, 0, 0, -32]
    await sim.advance(60)
    assert await oa.reply() == 0


async def test_faults_speak_in_the_words_of_this_face(sim: Remote, oa: Account) -> None:
    await sim.fault("429", times=1)
    await sim.fault("revoked", times=1)
    assert [await oa.reply(), await oa.reply(), await oa.reply()] == [-32, -216, 0]


@pytest.mark.parametrize("order", ["app_id", "oa_id"])
async def test_events_are_signed_in_either_order(sim: Remote, oa: Account, receiver: Receiver, order: str) -> None:
    await sim.post("switches", zalo_oa_webhook=receiver.url, zalo_oa_signature=order)
    key = await sim.said("zalo_oa", ANNA, "Xin chào")
    (heard,) = await receiver.until(1)
    body, first = heard.body, STANDING.zalo_oa_app_id if order == "app_id" else STANDING.zalo_oa_id
    stuff = first.encode() + heard.raw + body["timestamp"].encode() + STANDING.zalo_oa_secret.encode()
    assert heard.headers["x-zevent-signature"] == f"mac={hashlib.sha256(stuff).hexdigest()}"
    assert (body["event_name"], body["message"]) == ("user_send_text", {"msg_id": key, "text": "Xin chào"})
    assert (body["sender"]["id"], body["recipient"]["id"]) == (ANNA, STANDING.zalo_oa_id)
    assert all(isinstance(body[name], str) for name in ("app_id", "timestamp", "user_id_by_app"))


async def test_a_refused_event_climbs_the_ladder_with_its_number(sim: Remote, oa: Account, receiver: Receiver) -> None:
    receiver.answers = [Response(status_code=500) for _ in range(9)]
    await sim.post("switches", zalo_oa_webhook=receiver.url)
    await sim.said("zalo_oa", ANNA, "Xin chào")
    await receiver.until(1)
    for count, wait in enumerate((30, 300, 900, 1800, 3600), 2):
        await sim.advance(wait - 1)
        assert len(await receiver.until(count - 1)) == count - 1
        await sim.advance(1)
        await receiver.until(count)
    await sim.advance(DAY)
    retries = [heard.headers.get("num_retry") for heard in await receiver.until(6)]
    assert retries == [None, "1", "2", "3", "4", "5"]
    assert (await sim.state())["counts"]["zalo_oa events dropped"] == 1


async def test_an_answer_after_two_seconds_is_none(sim: Remote, oa: Account, receiver: Receiver) -> None:
    receiver.delay = 2.3
    await sim.post("switches", zalo_oa_webhook=receiver.url)
    await sim.said("zalo_oa", ANNA, "Xin chào")
    state = await sim.until(lambda found: "zalo_oa webhooks failed" in found["counts"])
    assert state["pending"]["zalo_oa"] == 1


async def test_a_receipt_follows_with_the_senders_key(sim: Remote, oa: Account, receiver: Receiver) -> None:
    await sim.post("switches", zalo_oa_webhook=receiver.url)
    assert await oa.by_phone(tracking="row-7") == 0
    assert receiver.heard == []
    await sim.advance(3)
    (heard,) = await receiver.until(1)
    (line,) = await sim.truth("zalo_oa", "got")
    assert heard.headers["x-zevent-server"] == "ZNS"
    message = heard.body["message"]
    assert (message["msg_id"], message["tracking_id"], line.key) == (line.id, "row-7", "row-7")
    assert heard.body["event_name"] == "user_received_message"


async def test_management_events_come_without_a_message(sim: Remote, oa: Account, receiver: Receiver) -> None:
    await sim.post("switches", zalo_oa_webhook=receiver.url)
    await sim.said("zalo_oa", ANNA, kind="info", phone=PHONE)
    await sim.said("zalo_oa", ANNA, kind="unfollow")
    told = {heard.body["event_name"]: heard.body for heard in await receiver.until(2)}
    assert told["user_submit_info"]["info"]["phone"] == PHONE and told["unfollow"]["follower"]["id"] == ANNA
