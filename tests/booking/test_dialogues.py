"""Whole conversations of people who book, named after the trouble; real Rasa, tables and sender, the clock of the test.

A file's `people` says who is on which channel, all others are on the web chat; `over` names channels on which the same is
said once more, by everybody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from bot.channels.listen import listening
from bot.clock import VIETNAM
from bot.database import open_engine
from bot.outbox.channels import ZALO_BOT
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.wiring import Parts
from bot.yaml_files import read_yaml
from tests.booking.dialogue_steps import STEPS, take
from tests.booking.dialogue_world import WEB, Town
from tests.booking.phones import TELEGRAM
from tests.booking.world import World
from tests.channels.test_conversations import SET_UP, settings_of

FOLDER = Path(__file__).parent / "dialogues"
NOW = "2026-11-25T09:00"  # a Wednesday


@pytest.fixture(scope="module")
async def simulator() -> AsyncIterator[Remote]:
    async with running_simulator() as remote:
        yield remote


async def settle(world: World) -> None:
    """Two consultants in one office, one of them on Friday evenings too, and a day at a market."""
    office = await world.office(
        "binh_xuyen", commune="08950", name="BHXH cơ sở Bình Xuyên", address="Đường Hương Canh, xã Bình Xuyên",
        latitude=21.30, longitude=105.66,
    )  # fmt: skip
    kinds = ["office", "phone"]
    huong = await world.consultant(office, "huong", kinds=kinds)
    lan = await world.consultant(office, "lan", kinds=kinds)
    evening = {"weekday": 4, "starts": time(18), "ends": time(20)}
    await world.put("working_plan", consultant_id=huong, **evening)
    market: dict[str, Any] = {
        "name": "Chợ Bình Nguyên",
        "address": "Chợ Bình Nguyên",
        "commune": "08935",
        "starts": time(7, 30),
    }
    await world.field_day(office, date(2026, 11, 28), [huong, lan], **market)


def played() -> Iterator[Any]:
    """Yield each conversation, and once more for each channel over which it is played as well."""
    for path in sorted(FOLDER.rglob("*.yaml")):
        yield pytest.param(path, "", id=path.stem)
        for channel in read_yaml(path).get("over", ()):
            yield pytest.param(path, channel, id=f"{path.stem} over {channel}")


@pytest.mark.parametrize(("path", "channel"), [*played()])
async def test_dialogue(path: Path, channel: str, parts: Parts, database_url: str, simulator: Remote) -> None:
    written = read_yaml(path)
    people = dict.fromkeys(_speaking(written), channel) if channel else written.get("people", {})
    async with town_of(parts, database_url, people, simulator) as town:
        for number, step in enumerate(written["steps"], 1):
            await take(town, dict(step), f"{path.stem}, step {number}: {step}")


def _speaking(written: dict[str, Any]) -> set[str]:
    """Return who says or does something."""
    return {
        key for step in written["steps"] for key in step if key not in {*STEPS, "hears", "not", "buttons", "except"}
    }


@asynccontextmanager
async def town_of(parts: Parts, url: str, people: dict[str, str], simulator: Remote) -> AsyncIterator[Town]:
    """Open a town over a database; where somebody has a telephone, both channels listen."""
    engine = open_engine(url)
    responder = replace(parts.responder, today=lambda: town.now.astimezone(VIETNAM).date())
    town = Town(engine, responder, parts.clock(), people, simulator)
    town.at(NOW)
    try:
        await settle(World(engine))
        async with _channels(town, parts) if {*people.values()} - {WEB} else nullcontext():
            yield town
    finally:
        await engine.dispose()


@asynccontextmanager
async def _channels(town: Town, parts: Parts) -> AsyncIterator[None]:
    """Begin a new world at the providers, and listen to those of them where somebody is."""
    assert town.simulator
    await town.simulator.reset(unlimited=True)
    used = {*town.channels.values()}
    settings = replace(
        settings_of(parts, town.simulator, public_url=""),
        telegram_token=SET_UP.telegram_token if TELEGRAM in used else "",
        zalo_bot_token=SET_UP.zalo_bot_token if ZALO_BOT.name in used else "",
    )
    async with listening(settings, town.conversation, parts.library, lambda: town.now):
        yield
        if ZALO_BOT.name in used:
            await _interrupt_poll(town.simulator)


async def _interrupt_poll(simulator: Remote) -> None:
    """Ask Zalo once ourselves, which ends the long poll under way: at its end a worker waits for it."""
    url = f"{simulator.zalo_bot}/bot{SET_UP.zalo_bot_token}/getUpdates"
    await simulator.client.post(url, json={"timeout": 0})
