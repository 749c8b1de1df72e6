"""Consultants, who answer on Telegram, in the console or both: who serves a province, which wishes each of them is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.relay.rules import MOST_SHOWN
from bot.conversation.relay.store import AT_CONSOLE, REACHED


@dataclass(frozen=True, slots=True)
class Consultant:
    """A consultant, and the contact through which we speak with them; None where no account is linked."""

    id: int
    name: str
    contact_id: int | None


_SERVING = f"""
    FROM consultant c JOIN office o ON o.id = c.office_id LEFT JOIN contact k ON k.id = c.contact_id
    WHERE c.active AND {REACHED}
"""


async def at_contact(connection: AsyncConnection, contact_id: int) -> Consultant | None:
    """Return the consultant who speaks through a contact."""
    row = (
        await connection.execute(
            text("SELECT id, name, contact_id FROM consultant WHERE contact_id = :contact AND active"),
            {"contact": contact_id},
        )
    ).one_or_none()
    return None if row is None else Consultant(*row)


async def of_id(connection: AsyncConnection, consultant_id: int) -> Consultant:
    """Return a consultant by number."""
    found = await connection.execute(
        text("SELECT id, name, contact_id FROM consultant WHERE id = :id"), {"id": consultant_id}
    )
    return Consultant(*found.one())


async def hold_still(connection: AsyncConnection, consultant_id: int) -> None:
    """Let no other transaction give this consultant a conversation before ours has ended."""
    await connection.execute(text("SELECT FROM consultant WHERE id = :id FOR NO KEY UPDATE"), {"id": consultant_id})


async def anybody(connection: AsyncConnection, province: str | None, contact_id: int, *, but: int = 0) -> bool:
    """Tell whether a consultant could answer this person, on Telegram or in the console; `but` is one who does not count."""
    found = (
        f"SELECT EXISTS (SELECT {_SERVING} AND c.id <> :but AND c.contact_id IS DISTINCT FROM :contact AND {_THERE})"  # noqa: S608 - parts of our own
    )
    values = {"but": but, "contact": contact_id, "province": province}
    return bool(await connection.scalar(text(found), values))


_THERE = "(cast(:province AS text) IS NULL OR o.province = :province)"
_ELIGIBLE = """
    h.closed_at IS NULL AND h.taken_by IS NULL AND h.contact_id <> c.contact_id
    AND (h.province IS NULL OR h.province = o.province) AND h.passed_by IS DISTINCT FROM c.id
"""
_FREE = "NOT EXISTS (SELECT FROM hand_over t WHERE t.taken_by = c.id AND t.closed_at IS NULL)"

# Each consultant without a conversation is shown the oldest wishes, a few at a time and each once.
_OFFER = text(
    f"""
    INSERT INTO hand_over_notice (hand_over_id, consultant_id, at)
    SELECT due.id, c.id, :now
    FROM consultant c JOIN office o ON o.id = c.office_id JOIN contact k ON k.id = c.contact_id
    CROSS JOIN LATERAL (
        SELECT h.id FROM hand_over h
        WHERE {_ELIGIBLE} AND (cast(:wish AS bigint) IS NULL OR h.id = :wish) AND NOT EXISTS (
            SELECT FROM hand_over_notice n WHERE n.hand_over_id = h.id AND n.consultant_id = c.id AND n.open)
        ORDER BY h.id LIMIT greatest(0, :most - (
            SELECT count(*) FROM hand_over_notice n JOIN hand_over s ON s.id = n.hand_over_id
            WHERE n.consultant_id = c.id AND n.open AND s.closed_at IS NULL AND s.taken_by IS NULL))
    ) due
    WHERE c.active AND k.unreachable IS NULL AND {_FREE}
      AND (cast(:consultant AS bigint) IS NULL OR c.id = :consultant)
    ORDER BY due.id, c.id
    ON CONFLICT (hand_over_id, consultant_id) DO UPDATE SET open = true, at = excluded.at
        WHERE NOT hand_over_notice.open
    RETURNING hand_over_id, (SELECT contact_id FROM consultant WHERE id = consultant_id)
    """  # noqa: S608 - parts of our own
)


async def offer(
    connection: AsyncConnection, *, now: datetime, wish: int | None = None, consultant: int | None = None
) -> list[tuple[int, int]]:
    """Note to whom which wishes are shown now, all or one of either; return pairs of wish and contact."""
    values = {"now": now, "wish": wish, "consultant": consultant, "most": MOST_SHOWN}
    return sorted((row[0], row[1]) for row in await connection.execute(_OFFER, values))


async def show_anew(connection: AsyncConnection, wish_id: int, *, to: int | None = None) -> None:
    """Forget that a wish was shown, to one consultant or to all."""
    await connection.execute(
        text(
            "UPDATE hand_over_notice SET open = false"
            " WHERE hand_over_id = :wish AND (cast(:to AS bigint) IS NULL OR consultant_id = :to)"
        ),
        {"wish": wish_id, "to": to},
    )


async def was_shown(connection: AsyncConnection, wish_id: int, consultant_id: int) -> bool:
    """Tell whether a consultant was ever shown a wish, and so may take it."""
    found = "SELECT EXISTS (SELECT FROM hand_over_notice WHERE hand_over_id = :wish AND consultant_id = :consultant)"
    return bool(await connection.scalar(text(found), {"wish": wish_id, "consultant": consultant_id}))


async def at_console(connection: AsyncConnection, consultant_id: int) -> bool:
    """Tell whether a consultant may answer in the console."""
    found = f"SELECT EXISTS (SELECT FROM consultant c WHERE c.id = :id AND c.active AND {AT_CONSOLE})"  # noqa: S608 - parts of our own
    return bool(await connection.scalar(text(found), {"id": consultant_id}))


async def show_in_console(connection: AsyncConnection, wish_id: int, consultant_id: int, at: datetime) -> bool:
    """Note that a consultant sees a wish of their place in the console, and so may take it; False for another place."""
    done = await connection.execute(
        text(
            """
            INSERT INTO hand_over_notice (hand_over_id, consultant_id, at, open)
            SELECT h.id, c.id, :at, false FROM hand_over h, consultant c JOIN office o ON o.id = c.office_id
            WHERE h.id = :wish AND c.id = :consultant AND c.active AND h.contact_id IS DISTINCT FROM c.contact_id
              AND (h.province IS NULL OR h.province = o.province)
            ON CONFLICT (hand_over_id, consultant_id) DO UPDATE SET at = excluded.at
            """
        ),
        {"wish": wish_id, "consultant": consultant_id, "at": at},
    )
    return done.rowcount == 1


async def oldest_for(connection: AsyncConnection, consultant_id: int) -> int | None:
    """Return the wish that has waited longest of those a consultant may answer."""
    found: int | None = await connection.scalar(
        text(
            f"""
            SELECT h.id FROM consultant c JOIN office o ON o.id = c.office_id
            JOIN hand_over h ON {_ELIGIBLE} WHERE c.id = :consultant ORDER BY h.id LIMIT 1
            """  # noqa: S608 - parts of our own
        ),
        {"consultant": consultant_id},
    )
    return found
