"""What a citizen presses in a reminder, or when a consultant proposes another time, and the same typed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import ask, drafts, mine, news, offers, proposals, service, shown, store
from bot.booking.after_note import remember
from bot.booking.draft import PAUSED
from bot.booking.proposals import Proposal
from bot.booking.rules import AGREED, Appointment
from bot.booking.steps import Talk, stay
from bot.booking.wants import Reply, reply_in
from bot.conversation.rules import Event
from bot.outbox import store as outbox
from bot.outbox.rules import Message
from bot.vn.text import fold_key

PREFIX = "visit:"
Messages = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A citizen's own appointment about which they have pressed something."""

    connection: AsyncConnection
    library: Library
    found: Appointment
    now: datetime

    @property
    def talk(self) -> Talk:
        """The citizen's turn of the booking dialogue."""
        return Talk(self.connection, self.found.contact_id, self.library, self.now)

    def say(self, key: str) -> Messages:
        """Return a text about the appointment."""
        return (shown.about(self.library, key, self.found),)


async def pressed(
    connection: AsyncConnection, contact_id: int, target: str, library: Library, *, now: datetime
) -> Messages | None:
    """Do what a button stands for; None when it is no button of ours, or of an appointment of somebody else."""
    verb, _, rest = target.removeprefix(PREFIX).partition(":")
    number, _, argument = rest.partition(":")
    if verb not in _PRESSED or not (number.isdecimal() and len(number) < 19):
        return None
    found = await store.get(connection, int(number))
    if found is None or found.contact_id != contact_id:
        return None
    visit = Visit(connection, library, found, now)
    if found.state not in AGREED or found.ends_at <= now:
        return visit.say("visit_old")
    return await _PRESSED[verb](visit, argument)


async def typed(
    connection: AsyncConnection, contact_id: int, event: Event, library: Library, *, now: datetime
) -> Messages | None:
    """Take yes, no or the words of a button for that button of the proposal or reminder that the citizen had seen last.

    None for anything else, and while an appointment is being made: then yes and no answer its questions.
    """
    if len(event.payload) > LONGEST_ANSWER:
        return None
    came = await connection.scalar(text("SELECT received_at FROM inbox WHERE id = :id"), {"id": int(event.event_id)})
    seen = await outbox.seen_last(connection, contact_id, came)  # a yes that waited here is none to what came meanwhile
    target = _meant(seen.body, event.payload) if seen and seen.key.startswith(_ASKING) else ""
    if not target:
        return None
    draft = await drafts.load(connection, contact_id, now)
    if draft and draft.asks not in PAUSED:
        return None
    return await pressed(connection, contact_id, target, library, now=now)


def _meant(body: Mapping[str, Any], words: str) -> str:
    """Return where the button leads that all was said for: «vâng, tôi sẽ đến»; "" for none of those that answer."""
    buttons = [*body.get("buttons", ()), *body.get("menu", ())]
    ours = {each["to"].split(":")[1]: each for each in buttons if each["to"].startswith(PREFIX)}
    parts = {_answered(ours, part) for part in _PARTS.split(words) if part.strip()}
    return _answered(ours, words) or (parts.pop() if len(parts) == 1 else "")


def _answered(ours: Mapping[str, Mapping[str, str]], words: str) -> str:
    """Return where the button leads whose title these words are, or which they answer for."""
    said = next((each["to"] for each in ours.values() if fold_key(each["title"]) == fold_key(words)), "")
    reply = reply_in(words)
    return said or next((ours[verb]["to"] for verb in (_VERBS[reply] if reply else ()) if verb in ours), "")


LONGEST_ANSWER = 60  # signs
_ASKING = (PREFIX, "reminder:")  # keys of messages that wait for an answer
_PARTS = re.compile(r"[,.;!]")
_VERBS: Mapping[Reply, tuple[str, str]] = {
    Reply.YES: ("take", "yes"),
    Reply.NO: ("keep", "no"),
    Reply.KEEP: ("keep", "yes"),
}


async def _yes(visit: Visit, _: str) -> Messages:
    await remember(visit.connection, visit.found, service.CITIZEN, {"answer": "coming"}, now=visit.now)
    return visit.say("visit_yes_call" if visit.found.kind in shown.CALLS else "visit_yes")


async def _no(visit: Visit, _: str) -> Messages:
    return visit.say("visit_no")


async def _keep(visit: Visit, _: str) -> Messages:
    """Leave a proposed time and tell the consultant."""
    await stay(visit.talk, visit.found)
    message = shown.about(visit.library, "desk_kept", visit.found)
    await news.notice(visit.connection, visit.found, "kept", message, now=visit.now)
    return visit.say("visit_kept")


async def _take(visit: Visit, key: str) -> Messages:
    """Move to a proposed time, if it still is free; confirmed at once, where the consultant's side has said nothing else since."""
    wanted, proposal = offers.parse(key), await proposals.proposal(visit.connection, visit.found, key)
    agreed = proposal.by if proposal and proposal.stands else ""
    moved = wanted and proposal and await service.move(
        visit.connection, visit.found.id, *wanted, by=service.CITIZEN, proposed_by=agreed, now=visit.now
    )  # fmt: skip
    if not moved or not proposal:
        return await _gone(visit, wanted[2] if wanted else None)
    await stay(visit.talk, visit.found)
    await store.shut(visit.connection, visit.found)
    await news.tell(visit.connection, visit.library, moved, _news(proposal, moved), now=visit.now)
    return ask.done(visit.library, moved, "agreed") if agreed else ask.moved(visit.library, moved)


def _news(proposal: Proposal, moved: Appointment) -> news.News:
    if not proposal.stands:
        return news.News.MOVED
    own = proposal.by == f"consultant:{moved.consultant_id}"
    return news.News.ACCEPTED if own else news.News.ACCEPTED_FOR_YOU


async def _gone(visit: Visit, moment: datetime | None) -> Messages:
    """Say that a proposed time is not to be had any more, with those nearest to it and the old one, in one message."""
    *before, last = await mine.times_near(visit.talk, visit.found, moment)
    if visit.found.starts_at <= visit.now:
        return (*before, last)
    (gone,) = visit.say("visit_taken")
    return (*before, replace(last, text=f"{gone.text}\n\n{last.text}", buttons=(*last.buttons, *gone.buttons)))


_PRESSED: Mapping[str, Callable[[Visit, str], Awaitable[Messages]]] = {
    "yes": _yes,
    "no": _no,
    "keep": _keep,
    "take": _take,
}
VERBS = frozenset(_PRESSED)
