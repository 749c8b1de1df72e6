"""A quiz over Telegram and over a Zalo bot, begun from a campaign's message; real Rasa, real sender."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.channels.listen import listening
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.wiring import Parts
from tests.channels.test_conversations import Simulated, settings_of


@pytest.fixture(scope="module")
async def simulator() -> AsyncIterator[Remote]:
    async with running_simulator() as remote:
        yield remote


@pytest.fixture
async def site(parts: Parts, address: str, simulator: Remote) -> AsyncIterator[Parts]:
    settings = replace(settings_of(parts, simulator), public_url="")
    async with listening(settings, parts.conversation, parts.library, parts.clock):
        yield parts


async def campaign_to(parts: Parts, channel: str, address: str, body: str) -> None:
    """Plan a campaign's message for somebody who has written already."""
    async with parts.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO campaign (key, title, plan, author, state, created_at)"
                " VALUES (:key, 'c', '{}', 'a', 'running', now())"
                " ON CONFLICT DO NOTHING"
            ),
            {"key": channel},
        )
        await connection.execute(
            text(
                "INSERT INTO consent (contact_id, purpose, given, text_version, proof)"
                " SELECT id, 'outreach', true, 'v1', 'event' FROM contact WHERE channel = :channel AND address = :address"
            ),
            {"channel": channel, "address": address},
        )
        await connection.execute(
            text(
                "INSERT INTO outbox (key, contact_id, class, channel, body, campaign_id, person_id, step, started_at)"
                " SELECT 'campaign:' || c.id, c.id, 'campaign', c.channel, cast(:body AS jsonb), g.id, c.person_id, 'once',"
                " now() FROM contact c, campaign g WHERE c.channel = :channel AND c.address = :address AND g.key = :channel"
            ),
            {"body": body, "channel": channel, "address": address},
        )


async def attributed(parts: Parts, channel: str) -> list[tuple[str, str]]:
    async with parts.engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT a.kind, a.what FROM campaign_answer a JOIN campaign g ON g.id = a.campaign_id WHERE g.key = :c"
            ),
            {"c": channel},
        )
        return [(row.kind, row.what) for row in rows]


async def test_a_quiz_on_telegram_ends_with_a_picture(site: Parts, simulator: Remote) -> None:
    mai = Simulated(simulator, "telegram", "801")
    await mai.does("xin chào")
    await mai.gets("An Sinh")
    await campaign_to(
        site, "telegram", "801",
        '{"text": "Đố vui về BHXH", "buttons": [{"title": "Chơi", "to": "quiz:household_card"}], "button_keys": ["quiz:household_card"]}',
    )  # fmt: skip
    await mai.gets("Đố vui về BHXH")
    await mai.does(kind="press", data="quiz:household_card")
    for question in site.library.surveys["household_card"].questions:
        await mai.gets("Câu ")
        await mai.does(kind="press", data=f"sv:household_card:{question.key}:{question.right}")
    await mai.gets("ghi tên gì")
    await mai.does("Mai")
    await mai.gets_picture()
    assert await attributed(site, "telegram") == [("pressed", "quiz:household_card"), ("replied", "")]


async def test_a_survey_on_zalo_is_answered_by_numbers(site: Parts, simulator: Remote) -> None:
    tu = Simulated(simulator, "zalo_bot", "b802")
    await tu.does("xin chào")
    await tu.gets("An Sinh")
    await campaign_to(
        site, "zalo_bot", "b802",
        '{"text": "Bạn cho xin ý kiến\\n\\n1. Trả lời", "menu": [{"title": "Trả lời", "to": "survey:after_consultation"}]}',
    )  # fmt: skip
    await tu.gets("cho xin ý kiến")
    await tu.does("1")
    for number in range(1, 5):
        await tu.gets(f"Câu {number}/5")
        await tu.does("1")
    await tu.gets("Câu 5/5")
    await tu.does("bỏ qua")
    await tu.gets("Cảm ơn bạn đã góp ý")
    assert (await attributed(site, "zalo_bot"))[0] == ("pressed", "survey:after_consultation")
