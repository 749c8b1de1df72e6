"""Keeps a channel that is open listening: begins its work, fetches what comes, waits out what ends a poll."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bot.channels.open import Open, Store
from bot.conversation.inbound import Inbound
from bot.outbox.contract import Outcome, Reject, Retry, Sent, Unknown

log = logging.getLogger(__name__)

AGAIN = 60.0  # seconds before a refused account is listened to again


async def keep_fetching(opened: Open, store: Store) -> None:
    """Begin, then fetch for ever; what ends a poll is waited out, and a refused token looked at again in a while."""
    for step in opened.begin:
        while not isinstance(outcome := await step(), Sent | Reject):
            await _pause(opened, outcome)
    while opened.fetch is not None:
        await _pause(opened, await opened.fetch(_noticing(opened, store)))
    await asyncio.Event().wait()


def _noticing(opened: Open, store: Store) -> Store:
    async def stored(came: Sequence[Inbound]) -> None:
        await store(came)
        if opened.notice is not None:
            await asyncio.gather(*map(opened.notice, came))

    return stored


async def _pause(opened: Open, ended: Outcome) -> None:
    """Wait before another try; say so unless the network was the reason."""
    if isinstance(ended, Retry | Unknown):
        await asyncio.sleep(ended.after_seconds if isinstance(ended, Retry) else 3)
        return
    why = getattr(ended, "why", type(ended).__name__)
    log.error("A channel cannot be listened to", extra={"channel": opened.channel.capabilities.name, "why": why})
    await asyncio.sleep(AGAIN)
