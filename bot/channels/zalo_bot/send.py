"""Sends through the Zalo Bot Platform, and fetches what came when there is no webhook."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.channels.calls import Clients, NotSent, Unanswered, outcome_of_failure
from bot.channels.zalo_bot.errors import IDLE, code_of, outcome_of
from bot.channels.zalo_bot.parse import read_event
from bot.conversation.inbound import Inbound
from bot.outbox.channels import ZALO_BOT
from bot.outbox.contract import Ended, Outcome, Part, Retry, StopChannel

log = logging.getLogger(__name__)

OFFICIAL = "https://bot-api.zaloplatforms.com"
Store = Callable[[list[Inbound]], Awaitable[None]]
WAIT = 4  # seconds of a long poll: short, since an end must wait for it
PAUSE = 3.0  # seconds before trying again what did not work


class ZaloBot:
    """One bot; the token is part of every address, so no address is ever shown."""

    capabilities = ZALO_BOT

    def __init__(self, token: str, clients: Clients, *, base_url: str = OFFICIAL) -> None:
        self._base, self._clients = f"{base_url}/bot{token}", clients

    async def call(self, method: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Call one method; raise NotSent or Unanswered."""
        return await self._clients.post(f"{self._base}/{method}", json=body)

    async def send(self, address: str, part: Part, *, key: str, now: datetime) -> Outcome:
        """Send one part; the platform takes no key."""
        del key
        if part.upload:
            photo = {"chat_id": address, "photo": part.upload.url}
            return await self._outcome("sendPhoto", photo | ({"caption": part.text} if part.text else {}), now)
        return await self._outcome("sendMessage", {"chat_id": address, "text": part.text}, now)

    async def type(self, address: str, *, now: datetime) -> Outcome:
        """Show for some seconds that an answer is being written."""
        return await self._outcome("sendChatAction", {"chat_id": address, "action": "typing"}, now)

    async def set_webhook(self, url: str, secret: str, *, now: datetime) -> Outcome:
        """Have events posted to an address of ours."""
        return await self._outcome("setWebhook", {"url": url, "secret_token": secret}, now)

    async def delete_webhook(self, *, now: datetime) -> Outcome:
        """Have events kept for polling."""
        return await self._outcome("deleteWebhook", {}, now)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._clients.aclose()

    async def _outcome(self, method: str, body: dict[str, Any], now: datetime) -> Outcome:
        try:
            status, answer = await self.call(method, body)
        except (NotSent, Unanswered) as error:
            return outcome_of_failure(error)
        return outcome_of(status, answer, now)


async def poll(bot: ZaloBot, store: Store, *, wait: int = WAIT, pause: float = PAUSE) -> Ended:
    """Store one event after the other until Zalo or the network ends it; clients must have more patience than `wait`.

    Zalo forgets an event as it tells it: who is told to end hears what is being asked to its end, and stores it.
    """
    while True:
        step = asyncio.ensure_future(_poll_once(bot, store, wait, pause))
        try:
            ended = await asyncio.shield(step)
        except asyncio.CancelledError:
            await asyncio.wait([step], timeout=wait + pause)
            step.cancel()
            raise
        if ended is not None:
            return ended


async def _poll_once(bot: ZaloBot, store: Store, wait: int, pause: float) -> Ended | None:
    """Ask once, and store what came; None: ask again."""
    try:
        status, answer = await bot.call("getUpdates", {"timeout": wait})
    except (NotSent, Unanswered):
        return Retry(pause, "account", counted=False)
    code = code_of(status, answer)
    if code in (401, 404):
        return StopChannel("token" if code == 401 else "method")
    if code not in (0, IDLE):
        return Retry(pause, "account", counted=False)
    if came := read_event(answer) if code == 0 else []:
        await _store_at_last(store, came, pause)
    elif code == 0:  # something we cannot read; it must not come a thousand times a second
        await asyncio.sleep(pause)
    return None


async def _store_at_last(store: Store, came: list[Inbound], pause: float) -> None:
    """Store an event however long it takes: Zalo has forgotten it and will not tell it again."""
    while True:
        try:
            return await store(came)
        except Exception as error:
            log.warning("An event is not stored yet", extra={"reason": type(error).__name__})
            await asyncio.sleep(pause)
