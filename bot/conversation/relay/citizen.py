"""What an event of a citizen does who waits for a person or speaks with one."""

from __future__ import annotations

from bot.conversation.actions import say
from bot.conversation.relay import asked_before, queue, staff, store
from bot.conversation.relay.line import Line
from bot.conversation.relay.queue import Said, pass_over
from bot.conversation.relay.rules import PREFIX, leaves, target, words_of
from bot.conversation.relay.staff import Consultant
from bot.conversation.relay.store import HandOver
from bot.conversation.respond import commands
from bot.conversation.rules import Event, Kind, Wish, wish_in
from bot.outbox.rules import Message

GIVES_UP = (Wish.STOP, Wish.FORGET)  # who says so is not written to by anybody


def _meant(line: Line, event: Event) -> Event:
    """Return a command of the menu as the button it stands for."""
    command = None if event.kind is Kind.BUTTON else commands(line.library).get(event.payload.strip())
    return Event(event.event_id, Kind.BUTTON, command.to) if command else event


async def take_in(line: Line, contact_id: int, event: Event) -> Said | None:
    """Take an event of somebody who wants a person or has one; None: it is the machine's."""
    event = _meant(line, event)
    wish = await store.of_citizen(line.connection, contact_id)
    if wish is None:
        return (say(line.library, "unknown_button"),) if _ours(event) else None
    obeyed = wish_in(event.kind, event.payload)
    if obeyed is not None:
        if obeyed in GIVES_UP:
            await _give_up(line, wish, "stopped", say(line.library, "relay_citizen_stopped"))
        return None
    if wish.taken_by is None:
        return await _while_waiting(line, wish, event)
    return await _to_consultant(line, wish, await staff.of_id(line.connection, wish.taken_by), event)


def _ours(event: Event) -> bool:
    return event.kind is Kind.BUTTON and event.payload.startswith(PREFIX)


def _wants_machine(event: Event, wish: HandOver) -> bool:
    if event.kind is Kind.BUTTON:
        return target(event.payload) in (("leave", wish.id), ("withdraw", wish.id))
    return event.kind is Kind.TEXT and leaves(event.payload, taken=wish.taken_by is not None)


async def _give_up(line: Line, wish: HandOver, what: str, told: Message) -> None:
    """End a wish by the person's own will; the consultant who has them is told."""
    if wish.taken_by is not None:
        consultant = await staff.of_id(line.connection, wish.taken_by)
        line.tell(consultant.contact_id, told)
    await queue.end(line, wish, by="citizen", what=what)


async def _while_waiting(line: Line, wish: HandOver, event: Event) -> Said | None:
    if _wants_machine(event, wish):
        await queue.end(line, wish, by="citizen", what="withdrawn")
        return (say(line.library, "relay_withdrawn"),)
    return (say(line.library, "unknown_button"),) if _ours(event) else None


async def _to_consultant(line: Line, wish: HandOver, consultant: Consultant, event: Event) -> Said | None:
    if _wants_machine(event, wish):
        await _give_up(line, wish, "left", say(line.library, "relay_citizen_left"))
        return (await queue.back(line, wish, say(line.library, "relay_back_by_citizen", name=consultant.name)),)
    if event.kind is Kind.BUTTON and ":" in event.payload and not _ours(event):
        return None  # of an appointment: it works as always
    if consultant.contact_id is None and not await staff.at_console(line.connection, consultant.id):
        return await _unlinked(line, wish, consultant)
    message = await _carried(line, wish, event)
    if message is None:
        if event.kind is Kind.BUTTON:
            return (say(line.library, "relay_with_person", name=consultant.name),)
        return (say(line.library, "relay_only_words"),)
    return await pass_over(line, wish, consultant.contact_id, message)


async def _unlinked(line: Line, wish: HandOver, consultant: Consultant) -> Said:
    await queue.put_back(line, wish, by="clock", what="consultant unreachable")
    return (say(line.library, "relay_lost", name=consultant.name, hotline=line.hotline),)


async def _carried(line: Line, wish: HandOver, event: Event) -> Message | None:
    """Return what the consultant reads of an event: the words, or what the pressed button of the machine said."""
    if event.kind is not Kind.BUTTON:
        said = words_of(event)
        return say(line.library, "relay_from_citizen", said=said) if said else None
    title = await asked_before.title_of(line.connection, wish.contact_id, event.payload)
    machines = title and not _ours(event) and event.payload != "human"
    return say(line.library, "relay_pressed", title=title) if machines else None
