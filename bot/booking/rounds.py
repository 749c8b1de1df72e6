"""What the clock brings about in booking: holds end, people are reminded, consultants get their day's list."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.answers.library import Library
from bot.booking import drafts, service
from bot.booking.diary_lists import send_mornings
from bot.booking.reminders import remind
from bot.booking.waiting import tell_of_room
from bot.conversation.erasure import erase_rest

log = logging.getLogger(__name__)


async def go_round(engine: AsyncEngine, library: Library, *, now: datetime) -> None:
    """Do all that is due; safe to run twice, late, and by two workers at once."""
    async with engine.begin() as connection:
        await service.lapse(connection, now=now)
        await drafts.drop_old(connection, now)
    async with engine.begin() as connection:
        await erase_rest(connection, now=now)
    reminded = await remind(engine, library, now=now)
    await send_mornings(engine, library, now=now)
    if reminded:
        log.info("People are reminded of appointments", extra={"count": reminded})
    async with engine.begin() as connection:
        await tell_of_room(connection, library, now=now)
