"""Telegram's updates: fetched or pushed, confirmed or repeated, never lost and never both."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot.simulator.remote import Remote
from tests.simulator.conftest import Bot, Receiver


async def test_updates_are_given_again_until_they_are_confirmed(sim: Remote, bot: Bot) -> None:
    for text in ("một", "hai", "ba"):
        await sim.said("telegram", "1", text)
    first = (await bot.telegram("getUpdates", limit=2))["result"]
    assert [update["message"]["text"] for update in first] == ["một", "hai"]
    assert (await bot.telegram("getUpdates", limit=2))["result"] == first
    rest = (await bot.telegram("getUpdates", offset=first[-1]["update_id"] + 1))["result"]
    assert [update["message"]["text"] for update in rest] == ["ba"]
    assert (await sim.state())["pending"]["telegram"] == 1


async def test_a_negative_offset_forgets_all_but_the_last(sim: Remote, bot: Bot) -> None:
    for text in ("một", "hai", "ba"):
        await sim.said("telegram", "1", text)
    (last,) = (await bot.telegram("getUpdates", offset=-1))["result"]
    assert last["message"]["text"] == "ba"


async def test_updates_older_than_a_day_are_gone(sim: Remote, bot: Bot) -> None:
    await sim.said("telegram", "1", "cũ")
    await sim.advance(24 * 3600 + 1)
    await sim.said("telegram", "1", "mới")
    assert [u["message"]["text"] for u in (await bot.telegram("getUpdates"))["result"]] == ["mới"]


async def test_a_long_poll_ends_when_somebody_writes(sim: Remote, bot: Bot) -> None:
    poll = asyncio.create_task(bot.telegram("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    assert not poll.done()
    await sim.said("telegram", "1", "chào")
    assert (await poll)["result"][0]["message"]["text"] == "chào"


async def test_a_second_poll_ends_the_first(bot: Bot) -> None:
    first = asyncio.create_task(bot.telegram("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(bot.telegram("getUpdates", timeout=1))
    refused = await first
    assert refused["error_code"] == 409 and "terminated by other getUpdates" in refused["description"]
    assert (await second)["result"] == []


async def test_polling_and_webhook_exclude_each_other(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    poll = asyncio.create_task(bot.telegram("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    assert (await bot.telegram("setWebhook", url=receiver.url))["ok"]
    assert (await poll)["error_code"] == 409
    refused = await bot.telegram("getUpdates")
    assert refused["error_code"] == 409 and "webhook is active" in refused["description"]
    assert (await bot.telegram("deleteWebhook"))["ok"]
    assert (await bot.telegram("getUpdates"))["ok"]


async def test_what_waited_is_pushed_with_the_secret(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    number = await sim.said("telegram", "1", "trước")
    await bot.telegram("setWebhook", url=receiver.url, secret_token="s-3_C")
    await sim.said("telegram", "2", "sau")
    first, _ = await receiver.until(2)
    assert first.headers["x-telegram-bot-api-secret-token"] == "s-3_C"
    assert (str(first.body["update_id"]), first.body["message"]["text"]) == (number, "trước")
    info = (await bot.telegram("getWebhookInfo"))["result"]
    assert (info["url"], info["pending_update_count"], info["max_connections"]) == (receiver.url, 0, 40)


async def test_a_refused_update_comes_again_and_keeps_the_next_one_waiting(
    sim: Remote, bot: Bot, receiver: Receiver
) -> None:
    receiver.answers = [Response(status_code=500), Response(status_code=500)]
    await bot.telegram("setWebhook", url=receiver.url)
    for text in ("một", "hai"):
        await sim.said("telegram", "1", text)
    assert [heard.body["message"]["text"] for heard in await receiver.until(2)] == ["một", "một"]
    info = (await bot.telegram("getWebhookInfo"))["result"]
    assert info["pending_update_count"] == 2 and "500" in info["last_error_message"]
    await sim.advance(1)
    assert [heard.body["message"]["text"] for heard in await receiver.until(4)] == ["một", "một", "một", "hai"]


async def test_the_wait_between_repeats_doubles(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    receiver.answers = [Response(status_code=502) for _ in range(9)]
    await bot.telegram("setWebhook", url=receiver.url)
    await sim.said("telegram", "1", "chào")
    tries = [len(await receiver.until(2))]
    for _ in range(8):
        await sim.advance(1)
        await asyncio.sleep(0.05)
        tries.append(len(receiver.heard))
    assert tries == [2, 3, 3, 4, 4, 4, 4, 5, 5]


async def test_one_person_does_not_keep_another_waiting(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    receiver.answers = [Response(status_code=503), Response(status_code=503)]
    await bot.telegram("setWebhook", url=receiver.url)
    await sim.said("telegram", "1", "hỏng")
    await receiver.until(2)
    await sim.said("telegram", "2", "lành")
    assert (await receiver.until(3))[-1].body["message"]["text"] == "lành"


async def test_the_receiver_may_ask_for_more_time(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    receiver.answers = [Response(status_code=429, headers={"Retry-After": "100"})]
    await bot.telegram("setWebhook", url=receiver.url)
    await sim.said("telegram", "1", "chào")
    await receiver.until(1)
    await sim.advance(99)
    assert len(await receiver.until(1)) == 1
    await sim.advance(2)
    assert len(await receiver.until(2)) == 2


async def test_a_webhook_that_stays_silent_for_a_day_loses_the_update(
    sim: Remote, bot: Bot, receiver: Receiver
) -> None:
    receiver.answers = [Response(status_code=500, headers={"Retry-After": "3600"}) for _ in range(99)]
    await bot.telegram("setWebhook", url=receiver.url)
    await sim.said("telegram", "1", "chào")
    await receiver.until(1)
    await sim.advance(25 * 3600)
    state = await sim.until(lambda found: found["pending"]["telegram"] == 0)
    assert state["counts"]["telegram events dropped"] == 1
    assert len(receiver.heard) == 1 + 24


async def test_wrong_webhooks_are_refused(bot: Bot) -> None:
    for wrong in (
        {"url": "ftp://x"},
        {"url": "https://x", "secret_token": "có dấu"},
        {"url": "https://x", "max_connections": 101},
    ):
        assert (await bot.telegram("setWebhook", **wrong))["error_code"] == 400


async def test_only_the_allowed_kinds_of_updates_come(sim: Remote, bot: Bot) -> None:
    await bot.telegram("getUpdates", allowed_updates=["message"])
    await sim.said("telegram", "1", "chào")
    await sim.said("telegram", "1", kind="block")
    assert len((await bot.telegram("getUpdates"))["result"]) == 1


async def test_doubled_updates_carry_the_same_number(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    await sim.fault("duplicate", probability=0.3)
    await bot.telegram("setWebhook", url=receiver.url)
    await sim.post("said", events=[{"face": "telegram", "address": str(n), "text": "a"} for n in range(1, 201)])
    state = await sim.until(lambda found: found["pending"]["telegram"] == 0)
    doubled = state["counts"]["telegram events doubled"]
    assert 30 < doubled < 90
    heard = [found.body["update_id"] for found in await receiver.until(200 + doubled)]
    assert len(heard) == 200 + doubled and len(set(heard)) == 200


async def test_reordered_updates_all_come(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    await sim.fault("reorder", probability=0.3)
    await bot.telegram("setWebhook", url=receiver.url)
    await sim.post("said", events=[{"face": "telegram", "address": "1", "text": str(n)} for n in range(60)])
    heard = [int(found.body["message"]["text"]) for found in await receiver.until(60)]
    assert heard != sorted(heard) and sorted(heard) == list(range(60))


async def test_what_a_removed_webhook_never_heard_is_fetched(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    receiver.answers = [Response(status_code=500) for _ in range(9)]
    await bot.telegram("setWebhook", url=receiver.url)
    for text in ("một", "hai"):
        await sim.said("telegram", "1", text)
    await receiver.until(2)
    await bot.telegram("deleteWebhook")
    await sim.advance(600)
    assert len(await receiver.until(2)) == 2
    assert [u["message"]["text"] for u in (await bot.telegram("getUpdates"))["result"]] == ["một", "hai"]
