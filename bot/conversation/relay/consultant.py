"""What an event of a consultant does: our buttons, and while they have a person, their words."""

from __future__ import annotations

from bot.booking import after_note, desk
from bot.conversation.actions import say
from bot.conversation.relay import queue, staff, store, words
from bot.conversation.relay.line import Line
from bot.conversation.relay.queue import Said, pass_over
from bot.conversation.relay.rules import ends, passes_on, target, words_of
from bot.conversation.relay.staff import Consultant
from bot.conversation.relay.store import HandOver
from bot.conversation.rules import Event, Kind, wish_in
from bot.outbox.rules import Message


async def take_in(line: Line, who: Consultant, event: Event) -> Said | None:
    """Take an event of a consultant; None: it is not ours."""
    if event.kind is Kind.BUTTON:
        return await _by_button(line, who, event.payload)
    if event.payload.startswith("/") or wish_in(event.kind, event.payload) is not None:
        return None
    wish = await store.of_consultant(line.connection, who.id)
    if wish is None or await _for_the_desk(line, who, event):
        return None
    if ends(event.payload):
        return await done(line, who, wish)
    if passes_on(event.payload):
        return await _pass_on(line, who, wish)
    return await _to_citizen(line, who, wish, event)


async def _for_the_desk(line: Line, who: Consultant, event: Event) -> bool:
    """Tell whether the words are for no citizen: a list asked for, or the line behind a note on somebody else's visit."""
    if event.kind is not Kind.TEXT:
        return False
    if desk.list_asked_for(event.payload):
        return True
    return await after_note.noted_just_before(line.connection, who.contact_id or 0, line.inbox_id) is not None


async def _by_button(line: Line, who: Consultant, payload: str) -> Said | None:
    what, wish_id = target(payload) or ("", 0)
    if what == "take":
        return await queue.take(line, who, wish_id)
    if what not in ("done", "pass"):
        return None
    wish = await store.of_consultant(line.connection, who.id)
    if wish is None or wish.id != wish_id:
        return (say(line.library, "relay_no_conversation"),)
    return await (done if what == "done" else _pass_on)(line, who, wish)


async def done(line: Line, who: Consultant, wish: HandOver) -> Said:
    """End a conversation that has been answered; both are told."""
    told = say(line.library, "relay_back_by_consultant", name=who.name)
    line.tell(wish.contact_id, await queue.back(line, wish, told))
    line.tell(who.contact_id, say(line.library, "relay_you_ended"))
    await queue.end(line, wish, by=f"consultant:{who.id}", what="done")
    return ()


async def _pass_on(line: Line, who: Consultant, wish: HandOver) -> Said:
    if not await staff.anybody(line.connection, wish.province, wish.contact_id, but=who.id):
        told = say(line.library, "relay_nobody_else")
        return (words.with_buttons(told, words.button(line.library, "done", wish.id)),)
    await let_go(line, who, wish, what="passed")
    return ()


async def let_go(line: Line, who: Consultant, wish: HandOver, *, what: str) -> None:
    """Put a person back into the queue for others; both are told."""
    line.tell(wish.contact_id, say(line.library, "relay_passed_on", name=who.name))
    line.tell(who.contact_id, say(line.library, "relay_you_passed"))
    await queue.put_back(line, wish, by=f"consultant:{who.id}", what=what)
    await queue.offer_next(line, who.id)


async def _to_citizen(line: Line, who: Consultant, wish: HandOver, event: Event) -> Said:
    said = words_of(event)
    if not said:
        return (say(line.library, "relay_only_words"),)
    return await pass_over(line, wish, wish.contact_id, await answered(line, who, wish, said))


async def answered(line: Line, who: Consultant, wish: HandOver, said: str) -> Message:
    """Note that a person has got an answer; return it as they read it."""
    if wish.answered_at is None:
        await store.change(line.connection, wish.id, answered_at=line.now)
    return say(line.library, "relay_from_consultant", name=who.name, said=said)
