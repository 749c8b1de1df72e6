"""What staff see of conversations in the console: who waits, who has whom, and what was said; never outside their places."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.relay.store import REACHED
from bot.staff.rules import Staff
from bot.vn.communes import communes

MOST_OPEN, MOST_LINES = 200, 60


@dataclass(frozen=True, slots=True)
class Talk:
    """Somebody's wish to speak with a person: waiting, taken by a consultant, or over."""

    id: int
    contact_id: int
    person_id: int
    asked_at: datetime
    taken_at: datetime | None
    closed_at: datetime | None
    province: str | None
    commune: str | None  # of the person
    channel: str
    taken_by: int | None
    taken_name: str | None
    topic: str | None  # the last one that the machine answered about
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    note: str | None = field(repr=False)

    @property
    def place(self) -> str:
        """Return the code of the commune where it lies in the province that is to answer, else that province; empty: unknown."""
        unit = communes().get(self.commune or "")
        return self.commune or "" if unit and unit.province == self.province else self.province or ""

    def within(self, staff: Staff) -> bool:
        """Tell whether somebody may see it: it is of their places, or nobody knows of which while somebody waits."""
        return staff.answers_for([self.place]) if self.place else self.closed_at is None or staff.answers_for([])


_TALK = """
    SELECT h.id, h.contact_id, k.person_id, h.asked_at, h.taken_at, h.closed_at, h.province, p.commune, k.channel,
        h.taken_by, c.name AS taken_name, (
            SELECT o.body->>'topic' FROM outbox o WHERE o.contact_id = h.contact_id AND o.body->>'topic' <> ''
            ORDER BY o.id DESC LIMIT 1
        ) AS topic, p.name, p.phone, h.note
    FROM hand_over h JOIN contact k ON k.id = h.contact_id JOIN person p ON p.id = k.person_id
    LEFT JOIN consultant c ON c.id = h.taken_by
"""
_OPEN = text(
    f"""
    {_TALK} WHERE h.closed_at IS NULL AND (
        cardinality(cast(:scope AS text[])) = 0 OR h.province IS NULL OR h.province = ANY(:scope) OR p.commune = ANY(:scope))
    ORDER BY h.taken_by IS NOT NULL, h.asked_at, h.id LIMIT :most
    """
)
_ONE = text(f"{_TALK} WHERE h.id = :id")


async def open_talks(connection: AsyncConnection, staff: Staff) -> list[Talk]:
    """Return who waits, the longest first, then who is being answered, of somebody's places."""
    rows = await connection.execute(_OPEN, {"scope": sorted(staff.scope), "most": MOST_OPEN})
    return [talk for talk in (Talk(**row._mapping) for row in rows) if talk.within(staff)]


async def find(connection: AsyncConnection, staff: Staff, talk_id: int) -> Talk | None:
    """Return a conversation of somebody's places."""
    row = (await connection.execute(_ONE, {"id": talk_id})).one_or_none()
    talk = Talk(**row._mapping) if row else None
    return talk if talk and talk.within(staff) else None


@dataclass(frozen=True, slots=True)
class Line:
    """One bubble. `who`: citizen, consultant, machine or campaign; `state`: of what we sent, empty of what came."""

    who: str
    kind: str
    at: datetime
    state: str
    said: str = field(repr=False)


# In the order in which it was said: an answer of the machine below its question, all else by time.
_LINES = text(
    """
    SELECT * FROM (
        SELECT 'citizen' AS who, i.kind, i.received_at AS at, '' AS state,
            CASE i.kind WHEN 'button' THEN coalesce((
                SELECT button->>'title' FROM outbox o,
                    jsonb_array_elements(coalesce(o.body->'buttons', '[]') || coalesce(o.body->'menu', '[]')) AS button
                WHERE o.contact_id = i.contact_id AND button->>'to' = i.payload ORDER BY o.id DESC LIMIT 1), '')
            ELSE i.payload END AS said,
            i.id AS turn, 0 AS side, i.id
        FROM inbox i WHERE i.contact_id = ANY(:contacts) AND i.payload <> ''
        UNION ALL
        SELECT CASE WHEN o.class = 'campaign' THEN 'campaign'
                WHEN o.key LIKE 'relay:%' OR o.key LIKE 'said:%' THEN 'consultant' ELSE 'machine' END,
            'text', o.created_at, o.state, o.body->>'text',
            CASE WHEN o.key LIKE 'reply:%' THEN split_part(o.key, ':', 2)::bigint ELSE (
                SELECT coalesce(max(i.id), 0) FROM inbox i
                WHERE i.contact_id = o.contact_id AND i.received_at <= o.created_at
            ) END, 1, o.id
        FROM outbox o WHERE o.contact_id = ANY(:contacts) AND o.body->>'text' <> ''
            AND o.state NOT IN ('excluded', 'expired')
    ) AS said ORDER BY turn DESC, side DESC, id DESC LIMIT :most
    """
)


async def lines(connection: AsyncConnection, contacts: Collection[int], most: int = MOST_LINES) -> list[Line]:
    """Return the last that was said with these contacts, oldest first; what was erased is not there."""
    rows = (await connection.execute(_LINES, {"contacts": list(contacts), "most": most})).all()
    return [Line(row.who, row.kind, row.at, row.state, row.said) for row in reversed(rows)]


async def names_of(connection: AsyncConnection, person_id: int) -> list[str]:
    """Return by which names a person is known, to hide them."""
    return list(await connection.scalars(_NAMES, {"person": person_id}))


_NAMES = text(
    """
    SELECT name FROM person WHERE id = :person AND name <> ''
    UNION SELECT a.name FROM appointment a JOIN contact k ON k.id = a.contact_id WHERE k.person_id = :person AND a.name <> ''
    """
)


@dataclass(frozen=True, slots=True)
class Desk:
    """An office where somebody can answer in the chat."""

    key: str
    name: str
    province: str


async def desks(connection: AsyncConnection, *, but: int) -> Sequence[Desk]:
    """Return the offices where somebody but a consultant can answer, by province."""
    rows = await connection.execute(_DESKS, {"but": but})
    return [Desk(*row) for row in rows]


_DESKS = text(
    f"""
    SELECT o.key, o.name, o.province FROM office o WHERE o.active AND EXISTS (
        SELECT FROM consultant c LEFT JOIN contact k ON k.id = c.contact_id
        WHERE c.office_id = o.id AND c.active AND c.id <> :but AND {REACHED})
    ORDER BY o.province, o.name, o.key
    """  # noqa: S608 - a part of our own
)
