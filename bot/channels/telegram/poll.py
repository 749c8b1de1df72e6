"""Fetches updates from Telegram; an update is confirmed only after it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.channels.calls import Clients, NotSent, Unanswered
from bot.channels.telegram.errors import outcome_of
from bot.channels.telegram.parse import read_update
from bot.channels.telegram.send import OFFICIAL
from bot.conversation.inbound import Inbound
from bot.outbox.contract import Ended, Retry, StopChannel

Store = Callable[[list[Inbound]], Awaitable[None]]
KINDS = ["message", "callback_query", "my_chat_member"]
PAUSE = 3.0  # seconds before polling again after a break
BREATH = 0.2  # seconds after «nothing new»: a server that does not hold the call is not asked without end


class Updates:
    """What waits for one bot; its clients must have more patience than `wait`, in seconds."""

    def __init__(self, token: str, clients: Clients, *, base_url: str = OFFICIAL, wait: int = 25) -> None:
        self._url, self._clients, self._wait = f"{base_url}/bot{token}/getUpdates", clients, wait

    async def fetch(self, offset: int | None) -> list[dict[str, Any]] | Ended:
        """Return the updates from an offset on, which confirms those before it, or why there are none to be had."""
        wish = {"timeout": self._wait, "limit": 100, "allowed_updates": KINDS}
        try:
            status, answer = await self._clients.post(self._url, json=wish | ({"offset": offset} if offset else {}))
        except (NotSent, Unanswered):
            return Retry(PAUSE, "account", counted=False)
        if status == 200 and isinstance(answer, dict) and isinstance(answer.get("result"), list):
            return [update for update in answer["result"] if isinstance(update, dict)]
        outcome = outcome_of(status, answer)
        return outcome if isinstance(outcome, Retry | StopChannel) else Retry(PAUSE, "account", counted=False)


async def poll(bot: Updates, store: Store) -> Ended:
    """Store what comes until Telegram or the network ends it; what `store` raises leaves the updates unconfirmed."""
    offset: int | None = None
    while True:
        updates = await bot.fetch(offset)
        if not isinstance(updates, list):
            return updates
        if not updates:
            await asyncio.sleep(BREATH)
            continue
        if came := [inbound for update in updates for inbound in read_update(update)]:
            await store(came)
        numbers = [update["update_id"] for update in updates if type(update.get("update_id")) is int]
        if not numbers:  # nothing to confirm: asking again would bring the same at once
            return Retry(PAUSE, "account", counted=False)
        offset = max(numbers) + 1
