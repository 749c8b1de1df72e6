"""A whole conversation through a Telegram Bot API server that nobody here wrote: real Rasa answers, the sender sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text

from bot.channels.listen import listening
from bot.wiring import Parts
from tests.channels.foreign.server import TOKEN, Visitor, running_foreign

NUMBER = 9001
LEDGER = """
    SELECT o.body->>'text' AS text, o.state FROM outbox o JOIN contact c ON c.id = o.contact_id
    WHERE c.channel = 'telegram' AND c.address = :address ORDER BY o.id
"""


@pytest.fixture
async def foreign(parts: Parts, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """The server, and our bot polling it."""
    async with running_foreign() as server:
        settings = replace(parts.settings, telegram_token=TOKEN, telegram_url=str(server.base_url).rstrip("/"))
        async with listening(settings, parts.conversation, parts.library):
            yield server


async def test_a_conversation_through_a_server_that_others_wrote(foreign: httpx.AsyncClient, parts: Parts) -> None:
    lan = Visitor(foreign, NUMBER)
    await lan.commands("/start")
    heard = [await lan.gets("Tôi là An Sinh")]
    await lan.says("mức đóng thấp nhất bao nhiêu")
    heard += [await lan.gets("Luật BHXH 41/2024/QH15")]
    await lan.presses(heard[0], "Mức đóng BHYT hộ gia đình")
    heard += [await lan.gets("Người thứ nhất")]
    await lan.commands("/tinh_muc_dong")
    heard += [await lan.gets("mức thu nhập bao nhiêu")]
    await lan.presses(heard[-1], "3 triệu")
    heard += [await lan.gets("diện nào")]
    await lan.says("hộ cận nghèo")
    heard += [await lan.gets("Bạn đang ở đâu?")]
    await lan.says("Hà Nội")
    heard += [
        await lan.gets("Bạn nộp: 330.000 đồng"),
        await lan.gets("Cách tính từng bước"),
        await lan.gets("nhắn cho bạn ở đây không"),
    ]
    await lan.says("cảm ơn")
    heard += [await lan.gets("Không có gì")]
    ledger = await settled(parts)
    assert await lan.got() == heard
    question = "mức thu nhập bao nhiêu"  # of which, once it was answered by a button, only the answer stays
    edits = [(words, state) for words, state in ledger if question in words and "✓" in words]
    assert [state for _, state in edits] == ["sent"]
    said = [(words, state) for words, state in ledger if words and (words, state) not in edits]
    assert said == [(line.text, "sent") for line in heard]
    # The server knows neither sendPhoto nor setMyCommands and answers both with 500: the picture alone is lost.
    assert [state for words, state in ledger if not words] == ["failed"]


async def settled(parts: Parts) -> list[tuple[str, str]]:
    """Return what the ledger says was sent to her, once it is certain of all of it."""
    async with asyncio.timeout(60):
        while True:
            async with parts.engine.connect() as connection:
                rows = await connection.execute(text(LEDGER), {"address": str(NUMBER)})
                found = [(row.text, row.state) for row in rows]
            if not {"planned", "sending"} & {state for _, state in found}:
                return found
            await asyncio.sleep(0.1)
