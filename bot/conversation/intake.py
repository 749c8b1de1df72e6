"""From what a channel brings to stored events: once each, whatever else it says about the person kept beside it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking.desk import LINK
from bot.booking.staff import PREFIX
from bot.citizens import people
from bot.citizens import store as citizens
from bot.conversation.inbound import Inbound, InboundKind
from bot.conversation.rules import Event, Kind
from bot.conversation.service import Conversation
from bot.conversation.store import overtaken
from bot.outbox import store as outbox
from bot.outbox.reachable import reach_again, spoken_since, stop_contact
from bot.vn.choices import chosen
from bot.vn.phones import find_phones

log = logging.getLogger(__name__)

LONGEST_CHOICE = 40  # signs; «số mười hai» and the like
LONGEST_MENU = 100  # lines
START = "greet"  # what a person who presses Start is answered


async def take_in(conversation: Conversation, channel: str, came: Sequence[Inbound]) -> None:
    """Store what came, each in one commit and in order; returns only when all of it is safe."""
    for inbound in came:
        if inbound.kind is InboundKind.GROUP:
            log.info("Something said in a group is left", extra={"channel": channel})
            continue
        async with conversation.engine.begin() as connection:
            if inbound.kind is InboundKind.RECEIPT:
                await outbox.note_receipt(connection, channel, inbound.about, inbound.payload)
            else:
                contact_id = await citizens.contact_id(connection, channel, inbound.address)
                await _one(conversation, connection, channel, contact_id, inbound)


async def _one(
    conversation: Conversation, connection: AsyncConnection, channel: str, contact_id: int, inbound: Inbound
) -> None:
    match inbound.kind:
        case InboundKind.BLOCKED:
            if not await spoken_since(connection, contact_id, inbound.at):
                await stop_contact(connection, contact_id, "blocked")
        case InboundKind.UNBLOCKED:
            await reach_again(connection, contact_id)
        case _:
            event = await _event(connection, contact_id, inbound)
            if await conversation.keep(connection, contact_id, event):  # what had come before changes nothing
                await _note(conversation, connection, channel, contact_id, inbound)


async def _note(
    conversation: Conversation, connection: AsyncConnection, channel: str, contact_id: int, inbound: Inbound
) -> None:
    """Keep what an event tells besides: by which link somebody came, which button they chose, that a number is their own."""
    if inbound.kind is InboundKind.CONTACT and (found := find_phones(international(inbound.payload))):
        await people.prove_phone(connection, contact_id, found[0].number)
    if inbound.kind is InboundKind.START and inbound.payload and not _links_an_account(inbound):
        await citizens.note_arrival(connection, contact_id, inbound.payload, conversation.clock())
    if inbound.kind is InboundKind.BUTTON and inbound.about:
        await outbox.note_choice(connection, channel, contact_id, inbound.about, inbound.payload)


async def _event(connection: AsyncConnection, contact_id: int, inbound: Inbound) -> Event:
    """Return the event that an answer is due to; a number answers the last numbered menu."""
    kind, payload = Kind.TEXT, ""  # a picture, a voice message: nothing to read in it
    match inbound.kind:
        case InboundKind.START if _links_an_account(inbound):
            kind, payload = Kind.BUTTON, f"{LINK}{inbound.payload.removeprefix(PREFIX)}"
        case InboundKind.START:
            kind, payload = Kind.BUTTON, START
        case InboundKind.BUTTON:
            kind, payload = Kind.BUTTON, await outbox.target_of(connection, inbound.payload)
        case InboundKind.TEXT:
            target = await _chosen(connection, contact_id, inbound)
            kind, payload = (Kind.TEXT, inbound.payload) if target is None else (Kind.BUTTON, target)
        case InboundKind.CONTACT:  # their own number, as if they had typed it
            payload = international(inbound.payload)
        case InboundKind.LOCATION:
            kind, payload = Kind.LOCATION, inbound.payload
    about = inbound.about if inbound.kind is InboundKind.BUTTON else ""
    return Event(inbound.event_id, kind, payload, inbound.sequence, about)


async def _chosen(connection: AsyncConnection, contact_id: int, inbound: Inbound) -> str | None:
    """Return where a number leads in the menu that the person had seen last, None for other words."""
    words = inbound.payload[:LONGEST_CHOICE]
    if chosen(words, LONGEST_MENU) is None:
        return None
    late = await overtaken(connection, contact_id, inbound.sequence)  # else no clock but ours is asked
    menu = await outbox.last_menu(connection, contact_id, inbound.at if late else None)
    number = chosen(words, len(menu))
    return None if number is None else menu[number - 1]["to"]


def international(number: str) -> str:
    """Return a number that a messenger tells without its plus sign as people write it: 84912345678 is +84912345678."""
    return f"+{number}" if number.startswith("84") else number


def _links_an_account(inbound: Inbound) -> bool:
    """Tell a consultant's deep link, which is good once and nobody else's affair, from those of campaigns and events."""
    return inbound.payload.startswith(PREFIX)
