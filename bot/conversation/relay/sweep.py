"""What only time brings: silence, a long wait, somebody who can no longer be reached, the hours that begin."""

from __future__ import annotations

from bot.conversation.actions import say
from bot.conversation.relay import queue, staff, store, words
from bot.conversation.relay.hours import answering, time_open
from bot.conversation.relay.line import Line
from bot.conversation.relay.rules import LONG_WAIT, LONGEST_WAIT, SILENCE
from bot.conversation.relay.store import HandOver


async def look(line: Line) -> None:
    """Do all that is due now; what somebody else works on is left to the next look."""
    await _end_lost_citizens(line)
    await _put_back_lost_consultants(line)
    await _end_silences(line)
    await _end_vain_waits(line)
    await _tell_of_long_waits(line)
    await queue.offer(line)


async def _end_lost_citizens(line: Line) -> None:
    for wish in await store.with_lost_citizen(line.connection):
        if wish.taken_by is not None:
            consultant = await staff.of_id(line.connection, wish.taken_by)
            line.tell(consultant.contact_id, say(line.library, "relay_citizen_lost"))
        await queue.end(line, wish, by="clock", what="citizen unreachable")


async def _put_back_lost_consultants(line: Line) -> None:
    for wish in await store.with_lost_consultant(line.connection):
        consultant = await staff.of_id(line.connection, wish.taken_by or 0)
        line.tell(wish.contact_id, say(line.library, "relay_lost", name=consultant.name, hotline=line.hotline))
        await queue.put_back(line, wish, by="clock", what="consultant unreachable")


async def _end_silences(line: Line) -> None:
    for wish in await store.silent_since(line.connection, line.now - SILENCE):
        if wish.answered_at is None:
            await _put_back_unanswered(line, wish)
        else:
            await _end_silence(line, wish)


async def _end_silence(line: Line, wish: HandOver) -> None:
    consultant, minutes = await staff.of_id(line.connection, wish.taken_by or 0), words.minutes(SILENCE)
    told = say(line.library, "relay_back_by_silence", name=consultant.name, minutes=minutes)
    line.tell(wish.contact_id, await queue.back(line, wish, told))
    line.tell(consultant.contact_id, say(line.library, "relay_silence", minutes=minutes))
    await queue.end(line, wish, by="clock", what="silence")


async def _put_back_unanswered(line: Line, wish: HandOver) -> None:
    """Nobody wrote to the person at all: they have not been answered, and wait again."""
    consultant = await staff.of_id(line.connection, wish.taken_by or 0)
    line.tell(wish.contact_id, say(line.library, "relay_lost", name=consultant.name, hotline=line.hotline))
    told = say(line.library, "relay_unanswered", minutes=words.minutes(SILENCE))
    line.tell(consultant.contact_id, words.with_buttons(told, words.button(line.library, "take", wish.id)))
    await queue.put_back(line, wish, by="clock", what="unanswered")


async def _end_vain_waits(line: Line) -> None:
    """Tell who has waited for days that nobody comes, and what else there is; a night and a holiday do not count."""
    works = await line.works()
    if not answering(line.now, works):
        return
    for wish in await store.waiting_since(line.connection, line.now - LONGEST_WAIT):
        if time_open(wish.waits_since, line.now, works) >= LONGEST_WAIT:
            line.tell(wish.contact_id, say(line.library, "relay_in_vain", hotline=line.hotline))
            await queue.end(line, wish, by="clock", what="waited in vain")


async def _tell_of_long_waits(line: Line) -> None:
    """Tell once who has waited long while people answer; a night and a lunch break do not count."""
    works = await line.works()
    if not answering(line.now, works):
        return
    for wish in await store.waiting_untold(line.connection, line.now - LONG_WAIT):
        if time_open(wish.waits_since, line.now, works) < LONG_WAIT:
            continue
        told = say(line.library, "relay_waits_long", hotline=line.hotline)
        line.tell(wish.contact_id, words.with_buttons(told, words.button(line.library, "withdraw", wish.id)))
        await store.change(line.connection, wish.id, told_at=line.now)
