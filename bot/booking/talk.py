"""The booking dialogue: one event of a person, inside the transaction that answers it, to what they are told."""

from __future__ import annotations

from dataclasses import replace

from bot.booking import drafts, mine
from bot.booking.answered import go_on_with, told
from bot.booking.begins import begins_booking
from bot.booking.draft import LEFT, PAUSED, Draft, needed
from bot.booking.heard import hear
from bot.booking.pressed import located, new_draft, pressed
from bot.booking.steps import Messages, Talk, go_on
from bot.booking.wants import Want
from bot.conversation.rules import Event, Kind


async def turn(talk: Talk, event: Event) -> Messages | None:
    """Answer an event that belongs to booking; None for any other."""
    draft = await drafts.load(talk.connection, talk.contact_id, talk.now)
    if event.kind is Kind.LOCATION:
        return await located(talk, draft, event.payload)
    if event.kind is Kind.BUTTON:
        return await pressed(talk, draft, event.payload) if event.payload.startswith("bk:") else None
    if not event.payload.strip():
        return None
    return await _typed(talk, _open(talk, draft, event.payload), event.payload)


def _open(talk: Talk, draft: Draft | None, text: str) -> Draft | None:
    """Return the draft if the words may be an answer to its question; one that was put aside for a form only if they are."""
    if draft is None or draft.asks not in PAUSED:
        return draft
    heard = hear(text, talk.today)
    on_a_day = heard.days and (heard.times or heard.part)
    if draft.asks != "paused" or heard.question or not (heard.phones or on_a_day or mine.leaves_booking(heard, text)):
        return None
    return replace(draft, asks=needed(draft))


async def _typed(talk: Talk, draft: Draft | None, text: str) -> Messages | None:
    heard = hear(text, talk.today, asked=draft.asks if draft else "")
    corrects = draft is not None and not draft.moving and Want.MOVE in heard.wants  # «chuyển sang thứ sáu nhé»
    if not corrects and (found := await mine.asked(talk, heard, text)) is not None:
        return found
    if draft:
        return await told(talk, draft, heard, text)
    if (found := await mine.cannot_come(talk, heard)) is not None:
        return found
    return await begin(talk, text) if begins_booking(text) else None


async def begin(talk: Talk, text: str) -> Messages | None:
    """Begin a booking with what the sentence told already; None where nobody offers time, or only a question was asked."""
    if not await drafts.anybody(talk.connection):
        return None
    draft = await drafts.load(talk.connection, talk.contact_id, talk.now)
    if draft and draft.asks not in PAUSED:
        return await go_on(talk, draft)
    heard = hear(text, talk.today)
    if (found := await mine.asked(talk, heard, text)) is not None:
        return found
    if heard.question and not begins_booking(text):
        return None
    return await go_on_with(talk, replace(draft, asks="") if draft else await new_draft(talk), heard, text)


async def again(talk: Talk, *, asking: bool) -> Messages:
    """Ask the open question again, after a question in between was answered; `asking`: the answer asks something itself."""
    draft = await drafts.load(talk.connection, talk.contact_id, talk.now)
    if draft is None or draft.asks in ("near", LEFT):
        return ()
    if asking:
        await talk.keep(replace(draft, asks="paused"))
        return ()
    return await go_on(talk, draft)
