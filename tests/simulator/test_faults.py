"""Faults strike as told, and under each of them the truth says who really got what."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SetupError
from bot.simulator.faults import KINDS, Faults
from bot.simulator.remote import Remote
from tests.simulator.conftest import STANDING, TELEGRAM, Bot


def fates(seed: int, calls: list[str]) -> list[str]:
    faults = Faults(seed)
    faults.add({"kind": "hang", "probability": 0.3}, 0)
    faults.add({"kind": "429", "probability": 0.3}, 0)
    return [faults.fate("telegram", "sendmessage", address, 0).kind for address in calls]


@given(st.integers(0, 50), st.lists(st.sampled_from("abcdef"), min_size=40, max_size=60))
def test_each_persons_fate_hangs_on_the_seed_and_never_on_the_order_of_calls(seed: int, calls: list[str]) -> None:
    def of_each(order: list[str]) -> dict[str, list[str]]:
        drawn = fates(seed, order)
        return {who: [fate for fate, one in zip(drawn, order, strict=True) if one == who] for who in order}

    assert of_each(calls) == of_each(sorted(calls))


def test_another_seed_is_another_fate() -> None:
    calls = [str(n) for n in range(100)]
    assert fates(1, calls) == fates(1, calls) != fates(2, calls)


def test_probability_is_kept_over_many_people() -> None:
    faults = Faults(1)
    faults.add({"kind": "hang", "probability": 0.01}, 0)
    struck = sum(faults.fate("telegram", "m", str(n), 0).kind == "hang" for n in range(20_000))
    assert 140 < struck < 260


def test_a_rule_skips_strikes_so_often_and_lapses() -> None:
    faults = Faults(1)
    faults.add({"kind": "5xx", "skip": 2, "times": 3}, 0)
    assert [faults.fate("sms", "m", "a", 0).kind for _ in range(7)] == ["", "", "5xx", "5xx", "5xx", "", ""]
    faults.add({"kind": "429", "seconds": 30, "value": 7}, 100)
    assert (faults.fate("sms", "m", "a", 130).value, faults.fate("sms", "m", "a", 131).kind) == (7, "")


def test_a_rule_strikes_only_whom_it_names() -> None:
    faults = Faults(1)
    faults.add({"kind": "5xx", "face": "sms", "address": "a"}, 0)
    faults.add({"kind": "hang", "method": "getupdates"}, 0)
    assert faults.fate("sms", "m", "a", 0).kind == "5xx"
    assert faults.fate("sms", "m", "b", 0).kind == ""
    assert faults.fate("telegram", "m", "a", 0).kind == ""
    assert faults.fate("telegram", "getupdates", "", 0, sends=False).kind == "hang"


@pytest.mark.parametrize(
    "wrong",
    [{}, {"kind": "fire"}, {"kind": "hang", "met": 1}, {"kind": "hang", "probability": "1"}, {"kind": "hang", "times": True},
     {"kind": "hang", "seconds": float("nan")}, {"kind": "hang", "value": -1}],
)  # fmt: skip
def test_what_is_no_fault_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((SetupError, TypeError)):
        Faults(1).add(wrong, 0)


async def attempt(bot: Bot, chat: int) -> str:
    """Send as a bot does, and tell what it believes."""
    url = f"{bot.telegram_base}{TELEGRAM}/sendMessage"
    try:
        answer = await bot.client.post(url, json={"chat_id": chat, "text": f"Tin {chat}"}, timeout=0.5)
        answer.read()
    except httpx.HTTPError:
        return "unknown"
    return "sent" if answer.status_code == 200 else str(answer.status_code)


# What the sender believes, and what really happened: whether the person got it, whether the sender was lied to.
EXPECTED: dict[str, tuple[str, int, int]] = {
    "429": ("429", 0, 0),
    "5xx": ("502", 0, 0),
    "revoked": ("401", 0, 0),
    "drop": ("unknown", 0, 0),
    "hang": ("unknown", 1, 0),
    "reset": ("unknown", 1, 0),
    "unrecorded": ("sent", 0, 1),
    "latency": ("sent", 1, 0),
}


def test_every_fault_has_its_expectation() -> None:
    assert set(KINDS) == set(EXPECTED) | {"duplicate", "reorder"}


@pytest.mark.parametrize("kind", EXPECTED)
async def test_the_truth_is_what_happened_whatever_the_sender_believes(sim: Remote, bot: Bot, kind: str) -> None:
    believed, got, lost = EXPECTED[kind]
    await sim.citizens("telegram", first=1, count=3)
    await sim.fault(kind, address="2", value=0.05)
    assert [await attempt(bot, chat) for chat in (1, 2, 3)] == ["sent", believed, "sent"]
    truth = await sim.truth("telegram")
    assert [line.address for line in truth if line.kind == "got"] == (["1", "2", "3"] if got else ["1", "3"])
    assert [line.address for line in truth if line.kind == "lost"] == (["2"] if lost else [])
    if kind in ("hang", "reset", "unrecorded"):
        assert [line.fault for line in truth if line.address == "2"] == [kind]


async def test_a_mix_of_faults_leaves_no_contradiction(sim: Remote, bot: Bot) -> None:
    await sim.post("switches", unlimited=True)
    await sim.citizens("telegram", first=1, count=120)
    for kind in ("429", "5xx", "drop", "reset", "unrecorded"):
        await sim.fault(kind, probability=0.1)
    believed = {str(chat): await attempt(bot, chat) for chat in range(1, 121)}
    got = {line.address for line in await sim.truth("telegram", "got")}
    lost = {line.address for line in await sim.truth("telegram", "lost")}
    sure = {chat for chat, belief in believed.items() if belief == "sent"}
    refused = {chat for chat, belief in believed.items() if belief in ("429", "502")}
    assert sure == (got & sure) | lost and not got & lost
    assert not refused & got
    assert got - sure == {chat for chat, belief in believed.items() if belief == "unknown"} & got
    assert refused and lost and got - sure


async def test_the_same_seed_is_the_same_story(sim: Remote, bot: Bot) -> None:
    async def story(seed: int) -> list[str]:
        await sim.reset(**{**asdict(STANDING), "seed": seed, "unlimited": True})
        await sim.citizens("telegram", first=1, count=40)
        await sim.fault("5xx", probability=0.3)
        await sim.fault("unrecorded", probability=0.2)
        believed = [await attempt(bot, chat) for chat in range(1, 41)]
        return [*believed, *(f"{line.kind} {line.address} {line.id} {line.at}" for line in await sim.truth())]

    assert await story(5) == await story(5) != await story(6)


async def test_latency_delays_the_answer_not_the_message(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", address="1")
    await sim.fault("latency", value=0.15)
    began = time.perf_counter()
    assert await attempt(bot, 1) == "sent"
    assert time.perf_counter() - began >= 0.15


async def test_a_storm_of_429_ends_with_its_time(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", first=1, count=9)
    await sim.fault("429", seconds=30, value=17)
    answer = await bot.telegram("sendMessage", chat_id=1, text="Chào")
    assert answer["parameters"] == {"retry_after": 17}
    await sim.advance(31)
    assert (await bot.telegram("sendMessage", chat_id=1, text="Chào"))["ok"]


async def test_faults_end_when_calmed(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", address="1")
    await sim.fault("revoked")
    assert await attempt(bot, 1) == "401"
    await sim.post("calm")
    assert await attempt(bot, 1) == "sent"


async def test_a_leap_of_the_clock_shows_in_the_dates(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", address="1")
    before = (await bot.telegram("sendMessage", chat_id=1, text="Chào"))["result"]["date"]
    await sim.advance(-3600)
    assert (await bot.telegram("sendMessage", chat_id=1, text="Chào"))["result"]["date"] == before - 3600
