"""Erasing a person: each subject that keeps anything about people forgets it, for all their contacts, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers import forget as answers
from bot.campaigns.waves import service as waves
from bot.campaigns.waves.people import person
from bot.citizens import people
from bot.conversation import erasure as talk
from bot.vn.phones import find_phones


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is to be forgotten: the person, all their contacts, the moment, and the event that proves the wish."""

    person_id: int
    contact_ids: tuple[int, ...]
    now: datetime
    proof: str
    secret: str = field(default="", repr=False)  # by which digests of telephone numbers were made, if any were


Forget = Callable[[AsyncConnection, Whom], Awaitable[None]]


async def erase(connection: AsyncConnection, contact_id: int, *, proof: str, now: datetime, secret: str = "") -> None:
    """Have every subject forget the person behind a contact; what they said of consent stays, without a name."""
    await people.wait_while_held(connection)
    who = await people.person_of(connection, contact_id)
    contacts = await people.contacts_of(connection, who.id)
    for forget in FORGETS:
        await forget(connection, Whom(who.id, tuple(contacts), now, proof, secret))


async def _waves(connection: AsyncConnection, whom: Whom) -> None:
    """Forget that somebody was counted in a wave; it goes by their numbers, so it comes before these are forgotten."""
    if not whom.secret:  # without it nobody was entered
        return
    numbers = await connection.scalars(_NUMBERS, {"person": whom.person_id, "contacts": list(whom.contact_ids)})
    people = (person(whom.secret, phone=number) for number in numbers if find_phones(number))
    await waves.forget(connection, [one for one in people if one is not None])


async def _talk(connection: AsyncConnection, whom: Whom) -> None:
    """Forget what was told, written and booked through each contact."""
    for contact_id in whom.contact_ids:
        await talk.erase(connection, contact_id, now=whom.now)


async def _campaigns(connection: AsyncConnection, whom: Whom) -> None:
    """Send nothing more of any campaign, and keep nothing of what was sent."""
    await connection.execute(_CAMPAIGNS, {"person": whom.person_id, "contacts": list(whom.contact_ids)})


async def _answers(connection: AsyncConnection, whom: Whom) -> None:
    """Forget what they answered to campaigns and surveys, and whose rumours they were."""
    for contact_id in whom.contact_ids:
        await answers.forget(connection, whom.person_id, contact_id)


async def _person(connection: AsyncConnection, whom: Whom) -> None:
    """Forget who they are, what they did, by which link they came, on which lists they stood, what they were asked."""
    await people.forget(connection, whom.person_id)
    for table in ("arrival", "people_question"):
        query = text(f"DELETE FROM {table} WHERE contact_id = ANY(:contacts)")  # noqa: S608 - names of ours
        await connection.execute(query, {"contacts": list(whom.contact_ids)})


async def _addresses(connection: AsyncConnection, whom: Whom) -> None:
    """Keep of a telephone number only its digest: by it a list that names it again is refused."""
    await connection.execute(_NUMBER, {"person": whom.person_id})
    await connection.execute(_ADDRESSES, {"person": whom.person_id})


async def _consents(connection: AsyncConnection, whom: Whom) -> None:
    """Take back what was allowed; what was said before stays as proof. By the word on facts the clock erases what is left."""
    await connection.execute(_TAKE_BACK, {"contacts": list(whom.contact_ids), "proof": whom.proof})


FORGETS: tuple[Forget, ...] = (_waves, _talk, _campaigns, _answers, _addresses, _person, _consents)
"""A subject with a table about people adds its own here; a test looks for a person in every table afterwards."""

_CAMPAIGNS = text(
    """
    UPDATE outbox SET body = '{"text": "", "buttons": []}',
        reason = CASE WHEN state = 'planned' THEN 'withdrawn' ELSE reason END,
        finished_at = CASE WHEN state = 'planned' THEN now() ELSE finished_at END,
        state = CASE WHEN state = 'planned' THEN 'excluded' ELSE state END
    WHERE class = 'campaign' AND state <> 'sending'
      AND (campaign_id IS NOT NULL AND person_id = :person OR contact_id = ANY(:contacts))
    """
)
_NUMBERS = text(
    """
    SELECT phone FROM person WHERE id = :person AND phone IS NOT NULL
    UNION SELECT address FROM contact WHERE person_id = :person AND channel = 'sms'
    UNION SELECT phone FROM appointment WHERE contact_id = ANY(:contacts) AND phone <> ''
    """
)
_NUMBER = text(
    """
    INSERT INTO contact (channel, address, person_id) SELECT 'sms', phone, id FROM person
    WHERE id = :person AND phone IS NOT NULL ON CONFLICT DO NOTHING
    """
)
_ADDRESSES = text(
    """
    UPDATE contact SET address = 'erased:' || encode(sha256(convert_to(address, 'UTF8')), 'hex'), unreachable = 'erased'
    WHERE person_id = :person AND channel = 'sms' AND address NOT LIKE 'erased:%'
    """
)
_TAKE_BACK = text(
    """
    INSERT INTO consent (contact_id, purpose, given, text_version, proof)
    SELECT k.id, p.purpose, false, 'forget', :proof
    FROM contact k CROSS JOIN (VALUES ('outreach'), ('profile')) AS p (purpose)
    LEFT JOIN LATERAL (
        SELECT given FROM consent WHERE contact_id = k.id AND purpose = p.purpose ORDER BY id DESC LIMIT 1) AS last ON true
    WHERE k.id = ANY(:contacts) AND (last.given OR (p.purpose = 'profile' AND last.given IS NULL))
    """
)
