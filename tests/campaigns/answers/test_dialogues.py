"""Whole conversations around surveys, rumours and payments, named after the trouble; the real Rasa, the real tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import VIETNAM
from bot.database import open_engine
from bot.wiring import Parts
from bot.yaml_files import read_yaml
from tests.booking.dialogue_steps import take
from tests.booking.dialogue_world import Town
from tests.booking.test_dialogues import settle
from tests.booking.world import World

FOLDER = Path(__file__).parent / "dialogues"
NOW = "2026-11-25T09:00"  # a Wednesday


@pytest.fixture
async def town(parts: Parts, database_url: str) -> AsyncIterator[Town]:
    engine = open_engine(database_url)
    await settle(World(engine))
    found = Town(engine, replace(parts.responder, today=lambda: found.now.astimezone(VIETNAM).date()), parts.clock())
    found.at(NOW)
    yield found
    await engine.dispose()


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
async def test_dialogue(name: str, town: Town) -> None:
    for number, step in enumerate(read_yaml(FOLDER / f"{name}.yaml")["steps"], 1):
        await take(town, dict(step), f"{name}, step {number}: {step}")


async def got_a_campaign(town: Town, name: str) -> None:
    """Let somebody have got a campaign's message four days ago."""
    contact = await town.contact(name)
    await town.do("INSERT INTO campaign (key, title, plan, author, created_at) VALUES ('c', 'c', '{}', 'a', now())")
    await town.do(
        "INSERT INTO outbox (key, contact_id, class, channel, body, state, campaign_id, person_id, step, started_at)"
        " SELECT 'k', c.id, 'campaign', 'telegram', '{\"text\": \"x\"}', 'sent', g.id, c.person_id, 'once',"
        " now() - interval '4 days' FROM contact c, campaign g WHERE c.id = :contact",
        contact=contact,
    )


async def test_a_booking_is_attributed_to_the_campaign_that_led_to_it(town: Town) -> None:
    await got_a_campaign(town, "hoa")
    for words in ("đặt lịch 8h sáng mai ở xã Bình Xuyên hỏi về lương hưu", "Nguyễn Thị Hoa", "0912 345 678"):
        await town.say("hoa", words)
    await town.press("hoa", "Đặt lịch")
    rows = await town.rows("SELECT kind, what FROM campaign_answer")
    assert [(row.kind, row.what) for row in rows] == [("booked", "pension")]


async def test_a_calculation_with_the_real_engine_is_attributed(town: Town) -> None:
    await got_a_campaign(town, "hoa")
    await town.say("hoa", "em hộ nghèo ở Phú Thọ, mức 2 triệu thì mỗi tháng đóng bao nhiêu?")
    rows = await town.rows("SELECT kind, what FROM campaign_answer")
    assert [(row.kind, row.what) for row in rows] == [("calculated", "contribution")]
