"""The card of a person for staff, and how one is found: by telephone number or by words they wrote; only of one's places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.staff.rules import Staff
from bot.vn.phones import find_phones
from bot.vn.text import fold, words

MOST_FOUND, LONGEST_AGO = 50, timedelta(days=90)
SHORTEST = 3  # signs of words that are looked for

# Of one's places, or somebody who waits for an answer from them now.
_WITHIN = """
    p.merged_into IS NULL AND (cardinality(cast(:scope AS text[])) = 0 OR p.province = ANY(:scope) OR p.commune = ANY(:scope)
    OR EXISTS (SELECT FROM hand_over h JOIN contact w ON w.id = h.contact_id
        WHERE w.person_id = p.id AND h.closed_at IS NULL AND (h.province IS NULL OR h.province = ANY(:scope))))
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was looked for."""

    id: int
    province: str | None
    commune: str | None
    channels: Sequence[str]
    at: datetime | None  # when they last wrote
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


_PERSON = """
    SELECT p.id, p.province, p.commune,
        (SELECT array_agg(DISTINCT k.channel) FROM contact k WHERE k.person_id = p.id) AS channels,
        (SELECT max(k.spoke_at) FROM contact k WHERE k.person_id = p.id) AS at, p.name, p.phone
    FROM person p
"""
_FOUND = f"{_PERSON} WHERE {_WITHIN}"
_BY_PHONE = text(
    f"""
    {_FOUND} AND p.id IN (
        SELECT id FROM person WHERE phone = :phone
        UNION SELECT person_id FROM contact WHERE address = :phone
        UNION SELECT k.person_id FROM appointment a JOIN contact k ON k.id = a.contact_id WHERE a.phone = :phone)
    ORDER BY p.id LIMIT :most
    """  # noqa: S608 - parts of our own
)
# Whoever wrote them last comes first. The last word may be the beginning of one.
_BY_WORDS = text(
    f"""
    {_PERSON} JOIN (
        SELECT k.person_id, max(i.received_at) AS said_at FROM inbox i JOIN contact k ON k.id = i.contact_id
        WHERE i.words @@ cast(nullif(phraseto_tsquery('simple', plain_words(:wanted))::text, '') || '\\:*' AS tsquery) AND i.received_at > :since
        GROUP BY 1
    ) AS said ON said.person_id = p.id
    WHERE {_WITHIN} ORDER BY said.said_at DESC, p.id LIMIT :most
    """  # noqa: S608 - parts of our own
)


async def search(connection: AsyncConnection, staff: Staff, wanted: str, *, now: datetime) -> list[Found]:
    """Return whose number it is; of other words who wrote them side by side in the last three months, in any spelling of the marks."""
    values: dict[str, Any] = {"scope": sorted(staff.scope), "most": MOST_FOUND}
    if phones := find_phones(wanted):
        return await _found(connection, _BY_PHONE, values | {"phone": phones[0].number})
    if sum(map(len, words(fold(wanted)))) < SHORTEST:
        return []
    return await _found(connection, _BY_WORDS, values | {"wanted": wanted, "since": now - LONGEST_AGO})


async def _found(connection: AsyncConnection, query: Any, values: dict[str, Any]) -> list[Found]:
    return [Found(**row._mapping) for row in await connection.execute(query, values)]


@dataclass(frozen=True, slots=True)
class Card:
    """All that staff may open of a person."""

    person: Found
    known: dict[str, Any] = field(repr=False)  # the columns of campaigns
    contacts: Sequence[Any] = field(repr=False)
    facts: Sequence[Any] = field(repr=False)
    consents: Sequence[Any] = field(repr=False)
    appointments: Sequence[Any] = field(repr=False)
    campaigns: Sequence[Any] = field(repr=False)


async def card(connection: AsyncConnection, staff: Staff, person_id: int) -> Card | None:
    """Return the card of a person of somebody's places."""
    found = await _found(connection, text(f"{_FOUND} AND p.id = :person"), _of(staff, person_id))
    if not found:
        return None
    known = (await connection.execute(_KNOWN, {"person": person_id})).one()
    parts = [(await connection.execute(query, {"person": person_id})).all() for query in _PARTS]
    return Card(found[0], dict(known._mapping), *parts)


def _of(staff: Staff, person_id: int) -> dict[str, Any]:
    return {"scope": sorted(staff.scope), "person": person_id}


_KNOWN = text("SELECT situation, entitlements, birth_year, joined, paid_until FROM person WHERE id = :person")
_PARTS = (
    text("SELECT id, channel, address, created_at, spoke_at, unreachable, outreach FROM contact WHERE person_id = :person ORDER BY id"),
    text(
        "SELECT f.name, f.value, f.told_at FROM profile f JOIN contact k ON k.id = f.contact_id WHERE k.person_id = :person"
        " ORDER BY f.name, f.told_at"
    ),
    text(
        "SELECT c.purpose, c.given, c.at, k.channel FROM consent c JOIN contact k ON k.id = c.contact_id"
        " WHERE k.person_id = :person ORDER BY c.id DESC LIMIT 30"
    ),
    text(
        "SELECT a.starts_at, a.kind, a.state, a.topic, o.name AS office FROM appointment a JOIN office o ON o.id = a.office_id"
        " JOIN contact k ON k.id = a.contact_id WHERE k.person_id = :person AND a.state <> 'lapsed'"
        " ORDER BY a.starts_at DESC LIMIT 30"
    ),
    text(
        "SELECT c.key, c.title, o.state, o.reason, coalesce(o.finished_at, o.due_at) AS at FROM outbox o"
        " JOIN campaign c ON c.id = o.campaign_id WHERE o.person_id = :person ORDER BY o.id DESC LIMIT 30"
    ),
)  # fmt: skip
