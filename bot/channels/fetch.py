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
SELDOM = 600.0  # seconds before a menu that could not be set is tried again


async def keep_fetching(opened: Open, store: Store) -> None:
    """Begin, then fetch for ever; what ends a poll is waited out, and a refused token looked at again in a while."""
    for step in opened.begin:
        while not isinstance(outcome := await step(), Sent | Reject):
            await _pause(opened, outcome)
    menu = asyncio.create_task(_show_menu(opened))
    try:
        while opened.fetch is not None:
            await _pause(opened, await opened.fetch(_noticing(opened, store)))
        await asyncio.Event().wait()
    finally:
        menu.cancel()
        await asyncio.gather(menu, return_exceptions=True)


async def _show_menu(opened: Open) -> None:
    """Set the command menu; a channel can do without, so a failure holds nothing up and is tried again much later."""
    while opened.menu is not None and not isinstance(outcome := await opened.menu(), Sent | Reject):
        log.warning("A channel goes without its menu for now", extra={"channel": _name(opened), "why": _why(outcome)})
        await asyncio.sleep(max(SELDOM, outcome.after_seconds if isinstance(outcome, Retry) else 0))


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
    log.error("A channel cannot be listened to", extra={"channel": _name(opened), "why": _why(ended)})
    await asyncio.sleep(AGAIN)


def _name(opened: Open) -> str:
    return opened.channel.capabilities.name


def _why(outcome: Outcome) -> str:
    return str(getattr(outcome, "why", type(outcome).__name__))
