"""Asks a person, now and then behind a helpful answer, one short thing about themselves, and takes the reply."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.citizens import people, questions, store
from bot.citizens.behaviour import CALCULATED, did
from bot.citizens.questions import BIRTH, OUTREACH, PLACE, PREFIX, Heard, Known
from bot.clock import day_in_vietnam
from bot.conversation.rules import Event, Kind
from bot.conversation.store import refused_later
from bot.outbox.channels import CAPABILITIES
from bot.outbox.rules import Message

Messages = tuple[Message, ...]


async def ask(
    connection: AsyncConnection, contact_id: int, library: Library, said: Sequence[Message], *, now: datetime
) -> Messages:
    """Return the one question that follows what was said, noted as asked; () for none."""
    answered = did(said)
    if not answered or said[-1].once:
        return ()
    row = await connection.execute(_KNOWN, {"contact": contact_id, "channels": list(CAPABILITIES)})
    known = _known(row.one())  # the web chat is no channel of campaigns: there nobody is asked for consent to them
    what = questions.next_question(known, result=CALCULATED in {kind for kind, _ in answered}, now=now)
    if what is None or not await connection.scalar(_ASK, {"contact": contact_id, "what": what, "now": now}):
        return ()
    return (_question(library, what),)


def _question(library: Library, what: str) -> Message:
    found = library.text(f"people_ask_{what}")
    return Message(found.filled(), found.buttons, once=True)


def _known(row: Any) -> Known:
    gaps = {PLACE: row.commune, "situation": row.situation, BIRTH: row.birth_year, "joined": row.joined}
    missing = {what for what, value in gaps.items() if value is None}
    if not row.entitlements:
        missing.add("entitlements")
    asked = dict(zip(row.asked, row.asked_at, strict=True))
    return Known(row.outreach, bool(row.remembers), frozenset(missing), asked, row.answers, row.busy)


async def answered(
    connection: AsyncConnection, contact_id: int, event: Event, library: Library, *, now: datetime
) -> Messages | None:
    """Take a reply to one of these questions; None for any other event."""
    if event.kind is Kind.BUTTON and event.payload.startswith(PREFIX):
        return await _pressed(connection, contact_id, event, library, now)
    if event.kind is Kind.TEXT:
        return await _typed(connection, contact_id, event.payload, library, now)
    return None


async def _pressed(
    connection: AsyncConnection, contact_id: int, event: Event, library: Library, now: datetime
) -> Messages:
    found = questions.pressed(event.payload)
    if found is None:
        return (_say(library, "unknown_button"),)
    what, value = found
    await connection.execute(_CLOSE, {"contact": contact_id, "what": what, "now": now})
    if what == OUTREACH:
        return await _on_outreach(connection, contact_id, int(event.event_id), library, given=value == "yes")
    if not value:
        return (_say(library, "people_skipped"),)
    return await _take(connection, contact_id, questions.heard(what, value), library)


async def _on_outreach(
    connection: AsyncConnection, contact_id: int, inbox_id: int, library: Library, *, given: bool
) -> Messages:
    """Write a yes or a no into the ledger, with the very text that was asked; a yes that came late undoes no later stop."""
    if given and await refused_later(connection, inbox_id, store.OUTREACH):
        return ()
    if await store.latest_consent(connection, contact_id, store.OUTREACH) is not given:
        shown = hashlib.sha256(library.text("people_ask_outreach").text.encode()).hexdigest()
        await store.record_consent(
            connection, contact_id, purpose=store.OUTREACH, given=given, text_version=f"people_ask_outreach:{shown[:12]}",
            proof=f"inbox:{inbox_id}",
        )  # fmt: skip
    return (_say(library, "people_outreach_given" if given else "people_outreach_refused"),)


async def _typed(
    connection: AsyncConnection, contact_id: int, said: str, library: Library, now: datetime
) -> Messages | None:
    since = {"contact": contact_id, "since": now - questions.OPEN, "typed": [PLACE, BIRTH]}
    row = (await connection.execute(_OPEN, since)).first()
    if row is None or not library.text(f"people_ask_{row.what}").text.strip().endswith(str(row.last)[-_TAIL:].strip()):
        return None  # something else was asked since
    what = row.what
    found = questions.typed(what, said, day_in_vietnam(now))
    if found is None:
        return None
    await connection.execute(_CLOSE, {"contact": contact_id, "what": what, "now": now})
    return await _take(connection, contact_id, found, library)


async def _take(connection: AsyncConnection, contact_id: int, found: Heard, library: Library) -> Messages:
    """Keep what was told, if the person still allows it."""
    if await store.latest_consent(connection, contact_id, store.PROFILE):
        await people.tell(connection, contact_id, found.person)
        await store.keep_facts(connection, contact_id, found.facts)
    return (_say(library, "people_noted"),)


def _say(library: Library, key: str) -> Message:
    found = library.text(key)
    return Message(found.filled(), found.buttons)


_KNOWN = text(
    """
    SELECT CASE WHEN c.channel = ANY(:channels) THEN c.outreach ELSE false END AS outreach, p.commune, p.situation, p.entitlements, p.birth_year, p.joined,
        (SELECT given FROM consent WHERE contact_id = c.id AND purpose = 'profile' ORDER BY id DESC LIMIT 1) AS remembers,
        (SELECT coalesce(sum(times), 0)::int FROM behaviour WHERE person_id = p.id AND kind IN ('asked', 'calculated'))
            AS answers,
        ARRAY(SELECT what FROM people_question WHERE contact_id = c.id ORDER BY what) AS asked,
        ARRAY(SELECT asked_at FROM people_question WHERE contact_id = c.id ORDER BY what) AS asked_at,
        EXISTS (SELECT FROM booking_draft WHERE contact_id = c.id)
            OR EXISTS (SELECT FROM hand_over WHERE contact_id = c.id AND closed_at IS NULL)
            OR EXISTS (SELECT FROM consultant WHERE contact_id = c.id) AS busy
    FROM contact c JOIN person p ON p.id = c.person_id WHERE c.id = :contact
    """
)
_ASK = text(
    "INSERT INTO people_question (contact_id, what, asked_at) VALUES (:contact, :what, :now)"
    " ON CONFLICT DO NOTHING RETURNING true"
)
_CLOSE = text(
    "UPDATE people_question SET closed_at = :now WHERE contact_id = :contact AND what = :what AND closed_at IS NULL"
)
_TAIL = 40  # signs by which the last thing that was said is known, however a channel cut it
_OPEN = text(
    """
    SELECT what, coalesce((SELECT body->>'text' FROM outbox WHERE contact_id = :contact AND body->>'text' <> ''
                           ORDER BY id DESC LIMIT 1), '-') AS last
    FROM people_question WHERE contact_id = :contact AND closed_at IS NULL AND asked_at > :since
      AND what = ANY(:typed) ORDER BY asked_at DESC LIMIT 1
    """
)
