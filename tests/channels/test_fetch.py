"""What keeps a channel listening: people are heard while what it can do without fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest

from bot.channels.fetch import keep_fetching
from bot.channels.open import open_channels
from bot.conversation.inbound import Inbound
from bot.database import open_engine
from bot.settings import Settings
from tests.channels.provider import Answer, Provider, provider

DONE: Answer = (200, {"ok": True, "result": True})
UNSUPPORTED: Answer = (500, {"message": "API method 'setMyCommands' is not supported."})
UNKNOWN: Answer = (404, {"ok": False, "error_code": 404, "description": "Not Found"})
TOO_MANY: Answer = (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 10072}})


@pytest.mark.parametrize("refusal", [UNSUPPORTED, UNKNOWN, TOO_MANY])
async def test_a_menu_that_cannot_be_set_silences_nobody(refusal: Answer) -> None:
    async with provider(DONE, refusal) as server:
        await _fetched(server)
    methods = [call.path.rpartition("/")[2] for call in server.calls]
    assert methods[0] == "deleteWebhook"
    assert sorted(methods[1:]) == ["getUpdates", "setMyCommands"]


async def _fetched(server: Provider) -> None:
    """Listen until three calls were made."""
    settings = Settings(telegram_token="1000:token", telegram_url=server.url)
    (opened,) = open_channels(settings, open_engine("postgresql://nowhere"), {"dung": "Dừng nhận tin"})
    listening = asyncio.create_task(keep_fetching(opened, _forget))
    async with asyncio.timeout(60):
        while len(server.calls) < 3:
            await asyncio.sleep(0.02)
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    await opened.aclose()


async def _forget(came: Sequence[Inbound]) -> None:
    """Keep nothing."""
