"""Each channel that is on, at work in a worker: its sender, what draws its pictures and files, what fetches its messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from bot.answers.library import Library
from bot.channels.calendars import Calendars
from bot.channels.fetch import keep_fetching
from bot.channels.leaflets import Leaflets
from bot.channels.open import Open, open_channels
from bot.clock import Clock, day_in_vietnam, system_clock
from bot.conversation.inbound import Inbound
from bot.conversation.intake import take_in
from bot.conversation.pictures import draw
from bot.conversation.respond import commands
from bot.conversation.service import Conversation
from bot.outbox.caps import Cap, caps_of
from bot.outbox.claim import Claimed
from bot.outbox.contract import Capabilities, Part, Upload
from bot.outbox.fit import fit
from bot.outbox.quiet import silent
from bot.outbox.rules import Message
from bot.outbox.sender import Prepare, Sender
from bot.outbox.shape import part_of
from bot.settings import Settings


@asynccontextmanager
async def listening(
    settings: Settings, conversation: Conversation, library: Library, clock: Clock = system_clock
) -> AsyncIterator[None]:
    """Send and fetch for every channel that is on, for the time of the block; then let finish what is under way."""
    menu = {name.removeprefix("/"): button.title for name, button in commands(library).items()}
    channels = open_channels(settings, conversation.engine, menu)
    calendars = Calendars(conversation.engine, library, clock, settings)
    leaflets = Leaflets(library, lambda: day_in_vietnam(clock()), settings)
    caps = caps_of(settings.campaign_cap)
    senders = [
        _sender(conversation, opened, _prepare(library, calendars, leaflets, opened), clock, caps)
        for opened in channels
    ]
    tasks = [asyncio.create_task(sender.run()) for sender in senders]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for opened in channels:
            await opened.aclose()


def _sender(conversation: Conversation, opened: Open, prepare: Prepare, clock: Clock, caps: Sequence[Cap]) -> Sender:
    name = opened.channel.capabilities.name

    async def store(came: Sequence[Inbound]) -> None:
        await take_in(conversation, name, came)

    return Sender(
        conversation.engine,
        opened.channel,
        rate=opened.rate,
        prepare=prepare,
        beside=partial(keep_fetching, opened, store),
        silent=lambda: silent(clock(), name),
        caps=caps,
    )


def _prepare(library: Library, calendars: Calendars, leaflets: Leaflets, opened: Open) -> Prepare:
    return partial(_prepared, library, calendars, leaflets, opened.channel.capabilities)


async def _prepared(
    library: Library, calendars: Calendars, leaflets: Leaflets, shown: Capabilities, row: Claimed
) -> Part | None:
    if picture := row.body.get("picture"):
        drawn = await asyncio.to_thread(draw, library, picture)
        return part_of(row.body, Upload("an-sinh.png", "picture", drawn))
    if sheet := await leaflets.make(row.body.get("file") or {}):
        return part_of(row.body, sheet)
    if file := row.body.get("file"):
        return _with_file(library, await calendars.make(file), shown)
    return part_of(row.body)


def _with_file(library: Library, file: Upload | None, shown: Capabilities) -> Part | None:
    """Return the file with its words, or the link to it; None where there is neither."""
    if file is None:
        return None
    taken = file.name.endswith(shown.files)
    if not taken and not file.url:
        return None
    words = library.text("calendar_file") if taken else library.text("calendar_link")
    return fit(Message(words.text), shown, upload=file)[0]
