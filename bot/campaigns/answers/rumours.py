"""«Em nghe nói…»: what people heard is recorded by theme and place, without who they are, and what is right is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.answers.redact import redacted
from bot.campaigns.answers.rumour_content import calls_it_rumour, tells_hearsay, theme_in
from bot.clock import day_in_vietnam
from bot.conversation.rules import Event, Kind
from bot.outbox.rules import Message
from bot.vn.addresses import Place, find_places

LONGEST_SNIPPET = 200  # signs
MISINFORMATION = "complaint_or_misinformation"  # the topic under which rumours that nobody wrote about are answered

_NOTE = text(
    """
    INSERT INTO rumour (theme, province, commune, snippet, inbox_id)
    SELECT :theme, coalesce(:province, p.province, (
               SELECT value FROM profile WHERE contact_id = :contact AND name = 'province' AND value <> 'unknown')),
           coalesce(:commune, CASE WHEN coalesce(:province, p.province) = p.province THEN p.commune END), :snippet, :inbox
    FROM contact c JOIN person p ON p.id = c.person_id WHERE c.id = :contact
    ON CONFLICT (inbox_id) DO NOTHING
    """
)
_NAMES = text(
    """
    SELECT p.name FROM person p JOIN contact c ON c.person_id = p.id WHERE c.id = :contact AND p.name <> ''
    UNION SELECT name FROM appointment WHERE contact_id = :contact AND name <> ''
    """
)
_COUNT = text(
    """
    SELECT theme, province, commune, count(*) AS times FROM rumour
    WHERE at > :since
      AND (cast(:codes AS text[]) IS NULL OR province = ANY(:codes) OR commune = ANY(:codes)) GROUP BY theme, province, commune ORDER BY times DESC, theme, province, commune
    """
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A rumour, where it was told of, and how often; the theme is None where none fits."""

    theme: str | None
    province: str | None
    commune: str | None
    times: int


async def turn(
    connection: AsyncConnection, contact_id: int, event: Event, library: Library, *, now: datetime
) -> tuple[Message, ...] | None:
    """Answer a rumour that is known with what is right, and count it; None for anything else."""
    theme = theme_in(library.rumours, event.payload) if event.kind is Kind.TEXT else None
    if theme is None:
        return None
    await _note(connection, contact_id, event, theme.key)
    found = library.correction(theme, day_in_vietnam(now))
    return (Message(found.text, found.buttons, found.topic, found.sources),)


async def note_unmatched(
    connection: AsyncConnection, contact_id: int, event: Event, said: Sequence[Message], *, unanswered: bool
) -> bool:
    """Count hearsay for which there is no correction, unless it was a plain question that a page answered; tell whether it was counted."""
    if event.kind is not Kind.TEXT or not tells_hearsay(event.payload):
        return False
    topics = {message.topic for message in said}
    counts = unanswered or MISINFORMATION in topics or calls_it_rumour(event.payload)
    if counts:
        await _note(connection, contact_id, event, None)
    return counts


async def _note(connection: AsyncConnection, contact_id: int, event: Event, theme: str | None) -> None:
    known = await connection.scalars(_NAMES, {"contact": contact_id})
    place = _place(event.payload)
    values = {"province": place.province if place else None, "commune": place.commune if place else None}
    snippet = redacted(event.payload, list(known))[:LONGEST_SNIPPET]
    await connection.execute(
        _NOTE, {"contact": contact_id, "inbox": int(event.event_id), "theme": theme, "snippet": snippet, **values}
    )


def _place(said: str) -> Place | None:
    """Return the place that a text names, where it is certain."""
    return next((place for place in find_places(said) if place.province), None)


async def counted(
    connection: AsyncConnection, *, now: datetime, within: timedelta, codes: Sequence[str] | None = None
) -> list[Heard]:
    """Return how often each rumour was told of in each place of late, the most frequent first; `codes`: only there."""
    rows = await connection.execute(_COUNT, {"since": now - within, "codes": None if codes is None else list(codes)})
    return [Heard(row.theme, row.province, row.commune, row.times) for row in rows]
