"""Each channel that is on, at work in a worker: its sender, what draws its pictures, and what fetches its messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from bot.answers.library import Library
from bot.channels.fetch import keep_fetching
from bot.channels.open import Open, open_channels
from bot.conversation.inbound import Inbound
from bot.conversation.intake import take_in
from bot.conversation.pictures import draw
from bot.conversation.respond import commands
from bot.conversation.service import Conversation
from bot.outbox.claim import Claimed
from bot.outbox.contract import Part, Upload
from bot.outbox.sender import Sender
from bot.outbox.shape import part_of
from bot.settings import Settings


@asynccontextmanager
async def listening(settings: Settings, conversation: Conversation, library: Library) -> AsyncIterator[None]:
    """Send and fetch for every channel that is on, for the time of the block; then let finish what is under way."""
    menu = {name.removeprefix("/"): button.title for name, button in commands(library).items()}
    channels = open_channels(settings, conversation.engine, menu)
    tasks = [asyncio.create_task(_sender(conversation, library, opened).run()) for opened in channels]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for opened in channels:
            await opened.aclose()


def _sender(conversation: Conversation, library: Library, opened: Open) -> Sender:
    async def store(came: Sequence[Inbound]) -> None:
        await take_in(conversation, opened.channel.capabilities.name, came)

    return Sender(
        conversation.engine,
        opened.channel,
        rate=opened.rate,
        prepare=partial(_with_picture, library),
        beside=partial(keep_fetching, opened, store),
    )


async def _with_picture(library: Library, row: Claimed) -> Part:
    picture = row.body.get("picture")
    if not picture:
        return part_of(row.body)
    drawn = await asyncio.to_thread(draw, library, picture)
    return part_of(row.body, Upload("an-sinh.png", "picture", drawn))
