"""A wish on its way: asked, shown to consultants, taken by one, given back or ended; each step is kept."""

from __future__ import annotations

from bot.booking import drafts
from bot.conversation.actions import say
from bot.conversation.relay import staff, store, words
from bot.conversation.relay.asked_before import questions
from bot.conversation.relay.hours import answering, opens
from bot.conversation.relay.line import Line
from bot.conversation.relay.staff import Consultant
from bot.conversation.relay.store import HandOver
from bot.outbox.rules import Message

Said = tuple[Message, ...]


async def ask(line: Line, contact_id: int, province: str, old_province: str) -> Said:
    """Put a person into the queue; return what they are told."""
    wish_id = await store.ask(line.connection, contact_id, line.inbox_id, province, old_province, line.now)
    if wish_id is None:
        return await _asked_again(line, contact_id)
    await _note(line, wish_id, "citizen", "asked")
    works = await line.works()
    if not answering(line.now, works):
        when = words.when(line.library, opens(line.now, works), line.now)
        return (_may_withdraw(line, wish_id, say(line.library, "relay_out_of_hours", when=when, hotline=line.hotline)),)
    if not await staff.anybody(line.connection, province or None, contact_id):
        told = say(line.library, "relay_nobody_here", hours=words.hours(), hotline=line.hotline)
        await store.change(line.connection, wish_id, told_at=line.now)
        return (_may_withdraw(line, wish_id, told),)
    await offer(line, wish=wish_id)
    ahead = await store.ahead_of(line.connection, wish_id, province or None)
    return (words.in_queue(line.library, wish_id, ahead),)


async def _asked_again(line: Line, contact_id: int) -> Said:
    wish = await store.of_citizen(line.connection, contact_id)
    if wish is None or wish.taken_by is not None:
        return ()
    ahead = await store.ahead_of(line.connection, wish.id, wish.province)
    told = say(line.library, "relay_still_waiting", ahead=ahead, hotline=line.hotline)
    return (_may_withdraw(line, wish.id, told),)


def _may_withdraw(line: Line, wish_id: int, told: Message) -> Message:
    return words.with_buttons(told, words.button(line.library, "withdraw", wish_id))


async def offer(line: Line, *, wish: int | None = None, consultant: int | None = None) -> None:
    """Show wishes that wait to consultants who are free: all, or one of either; in working hours only."""
    if not answering(line.now, await line.works()):
        return
    notices: dict[int, Message] = {}
    for wish_id, contact_id in await staff.offer(line.connection, now=line.now, wish=wish, consultant=consultant):
        if wish_id not in notices:
            notices[wish_id] = await _notice(line, wish_id)
        line.tell(contact_id, notices[wish_id])


async def _notice(line: Line, wish_id: int) -> Message:
    wish = await store.seen(line.connection, wish_id)
    return words.notice(line.library, wish, await questions(line.connection, wish), line.now)


async def take(line: Line, consultant: Consultant, wish_id: int) -> Said:
    """Give a wish to the first who wants it; return what the consultant is told."""
    found = await claim(line, consultant, wish_id)
    return (found if isinstance(found, Message) else await you_took(line, consultant, found),)


async def you_took(line: Line, consultant: Consultant, wish: HandOver) -> Message:
    """Return what a consultant reads who has taken a wish."""
    return words.you_took(line.library, wish, await questions(line.connection, wish), consultant.name, line.now)


async def claim(line: Line, consultant: Consultant, wish_id: int) -> HandOver | Message:
    """Give a wish to the first who wants it and tell the citizen; return it, or what says why not."""
    await staff.hold_still(line.connection, consultant.id)
    wish = await store.of_id(line.connection, wish_id)
    refusal = await _refusal(line, consultant, wish)
    if wish is None or refusal is not None:
        return refusal or say(line.library, "relay_gone")
    await store.change(
        line.connection, wish.id, taken_by=consultant.id, taken_at=line.now, said_at=line.now, answered_at=None
    )
    await _note(line, wish.id, f"consultant:{consultant.id}", "taken")
    line.tell(wish.contact_id, words.taken(line.library, wish, consultant.name))
    return wish


async def _refusal(line: Line, consultant: Consultant, wish: HandOver | None) -> Message | None:
    """Return why a consultant does not get a wish; None when they do."""
    if wish is None or not await staff.was_shown(line.connection, wish.id, consultant.id):
        return say(line.library, "relay_gone")
    if wish.taken_by == consultant.id:
        return say(line.library, "relay_yours_already")
    if wish.taken_by is not None:
        other = await staff.of_id(line.connection, wish.taken_by)
        return say(line.library, "relay_taken_by_other", name=other.name)
    if await store.of_consultant(line.connection, consultant.id) is not None:
        return say(line.library, "relay_finish_first")
    return None


async def pass_over(line: Line, wish: HandOver, to: int | None, message: Message) -> Said:
    """Plan what one of the two wrote for the other; the writer hears nothing. `to` is None of who reads it in the console."""
    if to is not None:
        await line.relay(to, message)
    await store.change(line.connection, wish.id, said_at=line.now)
    return ()


async def back(line: Line, wish: HandOver, told: Message) -> Message:
    """Return what a person reads who is with the machine again; a booking that was begun before waits to be asked for."""
    begun = await drafts.leave_open(line.connection, wish.contact_id, line.now)
    return words.with_booking(line.library, told) if begun else told


async def end(line: Line, wish: HandOver, *, by: str, what: str) -> None:
    """End a wish; whoever had it is offered the next one."""
    if wish.taken_by is not None:
        await drafts.leave_open(line.connection, wish.contact_id, line.now)
    await store.change(line.connection, wish.id, closed_at=line.now)
    await _note(line, wish.id, by, what)
    if wish.taken_by is not None:
        await offer_next(line, wish.taken_by)


async def put_back(line: Line, wish: HandOver, *, by: str, what: str) -> None:
    """Let a person whom somebody had wait again, in their old place; others are shown the wish anew."""
    await drafts.leave_open(line.connection, wish.contact_id, line.now)
    nobody = {"taken_by": None, "taken_at": None, "said_at": None, "answered_at": None}
    await store.change(line.connection, wish.id, **nobody, passed_by=wish.taken_by, waits_since=line.now)
    await _note(line, wish.id, by, what)
    await staff.show_anew(line.connection, wish.id)
    await offer(line, wish=wish.id)


async def offer_next(line: Line, consultant_id: int) -> None:
    """Show a consultant who is free again who has waited longest, even if that was shown before."""
    oldest = await staff.oldest_for(line.connection, consultant_id)
    if oldest is not None:
        await staff.show_anew(line.connection, oldest, to=consultant_id)
        await offer(line, wish=oldest, consultant=consultant_id)


async def _note(line: Line, wish_id: int, by: str, what: str) -> None:
    await store.note(line.connection, wish_id, by=by, what=what, at=line.now)
