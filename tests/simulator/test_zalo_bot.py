"""The face of Zalo Bot: one event a poll, refusals inside HTTP 200, bare and enveloped webhooks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import Response

from bot.simulator.remote import Remote
from tests.simulator.conftest import Bot, Receiver

ANNA, BINH = "6ede9afa66b88fe6d6a9", "7ede9afa66b88fe6d6a9"


async def test_the_bot_knows_itself(bot: Bot) -> None:
    assert (await bot.zalo("getMe"))["result"]["account_type"] == "BASIC"


async def test_a_poll_gives_one_event_and_forgets_it(sim: Remote, bot: Bot) -> None:
    await sim.said("zalo_bot", ANNA, "một")
    key = await sim.said("zalo_bot", ANNA, "hai")
    await bot.zalo("getUpdates")
    event = (await bot.zalo("getUpdates"))["result"]
    assert event["event_name"] == "message.text.received"
    message = event["message"]
    assert (message["message_id"], message["text"], message["from"]["id"]) == (key, "hai", ANNA)
    assert message["chat"] == {"id": ANNA, "chat_type": "PRIVATE"} and message["date"] > 10**12
    assert (await bot.zalo("getUpdates", timeout=0))["error_code"] == 408


async def test_an_idle_poll_ends_with_408_and_a_word_ends_it_early(sim: Remote, bot: Bot) -> None:
    assert (await bot.zalo("getUpdates", timeout=0.1)) == {
        "ok": False,
        "error_code": 408,
        "description": "Request timeout",
    }
    poll = asyncio.create_task(bot.zalo("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    await sim.said("zalo_bot", ANNA, "chào")
    assert (await poll)["ok"]


async def test_only_one_may_poll(bot: Bot) -> None:
    first = asyncio.create_task(bot.zalo("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    second = await bot.zalo("getUpdates", timeout=0.1)
    assert (await first)["error_code"] == 400 and second["error_code"] == 408


async def test_messages_are_sent_to_those_who_wrote(sim: Remote, bot: Bot) -> None:
    await sim.said("zalo_bot", ANNA, "chào")
    sent = await bot.zalo("sendMessage", chat_id=ANNA, text="Chào cô")
    await bot.zalo("sendPhoto", chat_id=ANNA, photo="https://x.example/bang.png", caption="Bảng")
    assert (await bot.zalo("sendChatAction", chat_id=ANNA, action="typing"))["result"] == {"ok": True}
    first, second = await sim.truth("zalo_bot", "got")
    assert (first.id, first.text) == (sent["result"]["message_id"], "Chào cô")
    assert (second.text, second.extra) == ("Bảng", {"photo": "https://x.example/bang.png"})


@pytest.mark.parametrize(
    ("method", "given", "code"),
    [
        ("sendMessage", {"chat_id": ANNA, "text": "x" * 2001}, 400),
        ("sendMessage", {"chat_id": ANNA, "text": ""}, 400),
        ("sendMessage", {"chat_id": ANNA, "text": 5}, 400),
        ("sendMessage", {"chat_id": BINH, "text": "x"}, 400),
        ("sendMessage", {"text": "x"}, 400),
        ("sendPhoto", {"chat_id": ANNA, "photo": "bang.png"}, 400),
        ("sendVoice", {"chat_id": ANNA, "voice_url": "https://x/a.mp3"}, 400),
        ("editMessage", {"chat_id": ANNA, "text": "x"}, 404),
        ("setWebhook", {"url": "https://x", "secret_token": "short"}, 400),
        ("setWebhook", {"url": "https://x"}, 400),
        ("getUpdates", {"timeout": "soon"}, 400),
    ],
)
async def test_refusals_come_inside_http_200(
    sim: Remote, bot: Bot, method: str, given: dict[str, Any], code: int
) -> None:
    await sim.said("zalo_bot", ANNA, "chào")
    answer = await bot.zalo(method, **given)
    assert (answer["ok"], answer["error_code"]) == (False, code)
    assert await sim.truth("zalo_bot", "got") == []


async def test_two_thousand_characters_just_fit(sim: Remote, bot: Bot) -> None:
    await sim.said("zalo_bot", ANNA, "chào")
    assert (await bot.zalo("sendMessage", chat_id=ANNA, text="ế" * 2000))["ok"]


async def test_a_wrong_token_is_refused(sim: Remote) -> None:
    answer = await sim.client.post("/zalo_bot/bot2000:wrong/getMe", json={})
    assert (answer.status_code, answer.json()["error_code"]) == (200, 401)


async def test_who_blocked_the_bot_is_refused_in_the_documented_words(sim: Remote, bot: Bot) -> None:
    await sim.citizens("zalo_bot", address=ANNA, blocked=True)
    answer = await bot.zalo("sendMessage", chat_id=ANNA, text="x")
    assert (answer["error_code"], answer["description"]) == (403, "internal server error")


async def test_the_daily_quota_ends_and_begins_at_midnight_in_vietnam(sim: Remote, bot: Bot) -> None:
    await sim.post("switches", zalo_bot_daily_quota=2)
    await sim.citizens("zalo_bot", address=ANNA)

    async def send() -> int:
        return int((await bot.zalo("sendMessage", chat_id=ANNA, text="x")).get("error_code", 0))

    assert [await send() for _ in range(3)] == [0, 0, 429]
    await sim.post("clock", set="2026-11-22T23:59:59")
    assert await send() == 429
    await sim.advance(1)
    assert await send() == 0


async def test_a_window_can_be_switched_on(sim: Remote, bot: Bot) -> None:
    await sim.post("switches", zalo_bot_window=3600)
    await sim.said("zalo_bot", ANNA, "chào")
    assert (await bot.zalo("sendMessage", chat_id=ANNA, text="x"))["ok"]
    await sim.advance(3601)
    assert not (await bot.zalo("sendMessage", chat_id=ANNA, text="x"))["ok"]


@pytest.mark.parametrize("envelope", [True, False])
async def test_webhooks_come_enveloped_or_bare_with_the_secret(
    sim: Remote, bot: Bot, receiver: Receiver, envelope: bool
) -> None:
    await sim.post("switches", zalo_bot_envelope=envelope)
    told = await bot.zalo("setWebhook", url=receiver.url, secret_token="secret-secret")
    assert told["result"]["url"] == receiver.url
    await sim.said("zalo_bot", ANNA, "chào")
    (heard,) = await receiver.until(1)
    assert heard.headers["x-bot-api-secret-token"] == "secret-secret"
    event = heard.body["result"] if envelope else heard.body
    assert event["message"]["text"] == "chào" and ("ok" in heard.body) == envelope
    assert (await bot.zalo("getUpdates"))["error_code"] == 400
    assert (await bot.zalo("deleteWebhook"))["result"]["url"] == ""


async def test_a_refused_webhook_comes_a_few_times_more(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    receiver.answers = [Response(status_code=500) for _ in range(9)]
    await bot.zalo("setWebhook", url=receiver.url, secret_token="secret-secret")
    await sim.said("zalo_bot", ANNA, "chào")
    await receiver.until(1)
    await sim.advance(60)
    assert len(await receiver.until(3)) == 3
    assert (await sim.state())["pending"]["zalo_bot"] == 0
