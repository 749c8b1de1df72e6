"""Plans messages for somebody who has not just spoken to us, as their channel can show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.citizens import store as citizens
from bot.outbox import store
from bot.outbox.channels import CAPABILITIES
from bot.outbox.rules import Message
from bot.outbox.shape import bodies_of, long_keys


async def tell(
    connection: AsyncConnection,
    contact_id: int,
    key: str,
    messages: Sequence[Message],
    *,
    message_class: str = "reply",
    lasts: timedelta | None = None,
) -> None:
    """Plan messages once for a key, in the caller's transaction; `lasts`: for so long they are worth sending."""
    channel = await citizens.channel_of(connection, contact_id)
    bodies = [body for message in messages for body in bodies_of(message, CAPABILITIES.get(channel))]
    await store.keep_keys(connection, {key: to for body in bodies for key, to in long_keys(body).items()})
    await store.plan(connection, contact_id, channel, key, bodies, message_class=message_class, lasts=lasts)
