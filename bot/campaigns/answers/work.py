"""What editors have to look at: questions nobody answered, rumours without a correction, complaints; who has it and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers.redact import redacted
from bot.campaigns.answers.rumours import MISINFORMATION
from bot.conversation.rules import Event, Kind
from bot.errors import Refused
from bot.outbox.rules import Message
from bot.staff import audit
from bot.staff.rules import Staff
from bot.staff.scope import EVERYWHERE, Places, places_of


class State(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    DISMISSED = "dismissed"


MOVES: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.TAKEN, State.DONE, State.DISMISSED}),
    State.TAKEN: frozenset({State.TAKEN, State.OPEN, State.DONE, State.DISMISSED}),
    State.DONE: frozenset({State.OPEN}),
    State.DISMISSED: frozenset({State.OPEN}),
}


@dataclass(frozen=True, slots=True)
class Item:
    """An item as editors read it: what was said, without names and numbers."""

    id: int
    kind: str
    state: State
    by: str
    at: datetime
    note: str
    said: str
    place: str = ""  # the province, or the commune where it is known


# A rumour's words are kept without names already; those of a question or a complaint are the event's own.
_ITEMS = """
    SELECT w.id, w.kind, w.state, coalesce(w.by, '') AS by, w.at, w.note, coalesce(r.snippet, i.payload, '') AS said,
           coalesce(p.name, '') AS name, coalesce(r.commune, r.province, p.commune, p.province, '') AS place
    FROM work_item w
    LEFT JOIN open_question q ON w.kind = 'question' AND q.id = w.ref
    LEFT JOIN rumour r ON w.kind = 'rumour' AND r.id = w.ref
    LEFT JOIN inbox i ON i.kind = 'text' AND i.id = CASE w.kind WHEN 'question' THEN q.inbox_id WHEN 'report' THEN w.ref END
    LEFT JOIN contact c ON c.id = i.contact_id LEFT JOIN person p ON p.id = c.person_id
    WHERE {which} AND (:everywhere OR coalesce(r.province, p.province) = ANY(:provinces)
        OR coalesce(r.commune, p.commune) = ANY(:communes))
    ORDER BY w.id LIMIT :most
"""
_LISTED = text(_ITEMS.format(which="w.state = ANY(:states)"))
_TEXTS = text(_ITEMS.format(which="w.kind = ANY(:kinds)"))
# Item by item, by index, until there are enough: OFFSET 0 keeps the planner from joining whole tables first.
_OPEN = text(
    """
    SELECT kind, count(*)::int AS number FROM (
        SELECT w.kind FROM work_item w CROSS JOIN LATERAL (
            SELECT coalesce(r.province, p.province) AS province, coalesce(r.commune, p.commune) AS commune
            FROM (SELECT w.ref) AS item
            LEFT JOIN open_question q ON w.kind = 'question' AND q.id = w.ref
            LEFT JOIN rumour r ON w.kind = 'rumour' AND r.id = w.ref
            LEFT JOIN inbox i ON i.id = CASE w.kind WHEN 'question' THEN q.inbox_id WHEN 'report' THEN w.ref END
            LEFT JOIN contact c ON c.id = i.contact_id LEFT JOIN person p ON p.id = c.person_id OFFSET 0) AS whose
        WHERE w.state = 'open'
          AND (:everywhere OR whose.province = ANY(:provinces) OR whose.commune = ANY(:communes))
        ORDER BY w.id LIMIT :most) AS found
    GROUP BY kind
    """
)
_ONE = text(_ITEMS.format(which="w.id = :id"))
_MOVE = text(
    """
    UPDATE work_item SET state = :state, by = :by, at = now(), note = coalesce(:note, note)
    WHERE id = :id AND state = ANY(:from) AND (state <> 'taken' OR by = :by)
    RETURNING id
    """
)
_REPORT = text("INSERT INTO work_item (kind, ref) VALUES ('report', :inbox) ON CONFLICT DO NOTHING")


async def listed(
    connection: AsyncConnection,
    *,
    states: Sequence[State] = (State.OPEN, State.TAKEN),
    most: int = 100,
    places: Places = EVERYWHERE,
) -> list[Item]:
    """Return the items in these states that come from some places, the oldest first."""
    return await _items(connection, _LISTED, {"states": list(states), "most": most, **places.values})


async def untaken(connection: AsyncConnection, *, places: Places = EVERYWHERE, most: int = 100) -> dict[str, int]:
    """Count by kind, of the first so many, the items from some places that nobody has taken."""
    return {row.kind: row.number for row in await connection.execute(_OPEN, {"most": most, **places.values})}


async def find(connection: AsyncConnection, item: int, *, places: Places = EVERYWHERE) -> Item | None:
    """Return an item that comes from some places."""
    found = await _items(connection, _ONE, {"id": item, "most": 1, **places.values})
    return found[0] if found else None


async def take(connection: AsyncConnection, item: int, by: str) -> bool:
    """Take an item; False when somebody else has it or it is over."""
    return await _move(connection, item, State.TAKEN, by)


async def give_back(connection: AsyncConnection, item: int, by: str) -> bool:
    """Open an item again, one's own or one that was over."""
    return await _move(connection, item, State.OPEN, by)


async def done(connection: AsyncConnection, item: int, by: str, note: str = "") -> bool:
    """End an item: the answer is written; False when somebody else has it or it is over."""
    return await _move(connection, item, State.DONE, by, note)


async def dismiss(connection: AsyncConnection, item: int, by: str, note: str = "") -> bool:
    """End an item about which nothing is to be done; False when somebody else has it or it is over."""
    return await _move(connection, item, State.DISMISSED, by, note)


ACTS: Mapping[str, State] = {"take": State.TAKEN, "back": State.OPEN, "done": State.DONE, "dismiss": State.DISMISSED}


async def act(
    connection: AsyncConnection, item: int, what: str, staff: Staff, note: str = "", *, now: datetime
) -> bool:
    """Do one of ACTS for a member of staff and write it down; False when there is no such item where they work."""
    if await find(connection, item, places=places_of(staff)) is None:
        return False
    if what not in ACTS:
        raise Refused("Không rõ cần làm gì.")
    if what in ("done", "dismiss") and redacted(note, sums=True) != " ".join(note.split()):
        raise Refused("Ghi chú có vẻ có tên, số điện thoại hoặc địa chỉ. Hãy viết lại, đừng ghi gì về người hỏi.")
    if not await _move(connection, item, ACTS[what], staff.key, note or None):
        raise Refused("Người khác đang làm việc này, hoặc việc đã xong. Hãy tải lại trang.")
    await audit.write(connection, by=staff.key, act=f"work_{what}", about=f"work/{item}", now=now)
    return True


async def _move(connection: AsyncConnection, item: int, state: State, by: str, note: str | None = None) -> bool:
    allowed = [before for before, moves in MOVES.items() if state in moves]
    values = {"id": item, "state": state, "by": by, "from": allowed, "note": note or None}
    return await connection.scalar(_MOVE, values) is not None


async def note_report(connection: AsyncConnection, _: int, event: Event, said: Sequence[Message]) -> None:
    """Put a complaint before the editors: what somebody wrote that was answered under that topic."""
    if event.kind is Kind.TEXT and any(message.topic == MISINFORMATION for message in said):
        await connection.execute(_REPORT, {"inbox": int(event.event_id)})


async def training_lines(
    connection: AsyncConnection, *, kinds: Sequence[str] = ("question",), places: Places = EVERYWHERE
) -> list[str]:
    """Return what was asked, each once, without telephone and identity numbers and names: for an editor to sort into nlu_data."""
    items = await _items(connection, _TEXTS, {"kinds": list(kinds), "most": 100_000, **places.values})
    lines = (item.said.lstrip("/-").strip() for item in items)
    return list(dict.fromkeys(line for line in lines if line))


async def _items(connection: AsyncConnection, query: TextClause, values: Mapping[str, object]) -> list[Item]:
    rows = await connection.execute(query, values)
    return [
        Item(
            row.id,
            row.kind,
            State(row.state),
            row.by,
            row.at,
            row.note,
            redacted(row.said, [row.name], sums=True),
            row.place,
        )
        for row in rows
    ]
