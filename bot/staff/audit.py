"""The account of acts: one line each, chained so that a line that is changed or missing shows; no citizen's words in it.

The number and fingerprint of the last line stand in a table of their own, so that lines cut off at the end show too, though
others follow. It cannot be noticed here that somebody who may do everything with the database has made both anew: whoever
must be sure of that keeps what `python -m bot staff audit` or the page prints, elsewhere, and looks whether that line is the same.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SetupError

_LOCK = 4_191_203  # of the chain's end, until the transaction ends
FIRST = "0" * 64


async def write(
    connection: AsyncConnection, *, by: str, act: str, about: str = "", note: str = "", now: datetime
) -> None:
    """Append a line: who did what to which thing, when, and why."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = await end(connection)
    if last is None:
        raise SetupError("The end of the account of acts is gone: restore the database from a backup.")
    line = {"at": now, "by": by, "act": act, "about": about, "note": note}
    await connection.execute(
        text("INSERT INTO audit (at, by, act, about, note, chain) VALUES (:at, :by, :act, :about, :note, :chain)"),
        line | {"chain": chained(last.chain, line)},
    )


async def end(connection: AsyncConnection) -> Any:
    """Return the number, 0 before the first, and the fingerprint of the line that was written last: line, chain; None: gone."""
    return (await connection.execute(text("SELECT line, chain FROM audit_end"))).one_or_none()


async def done_since(connection: AsyncConnection, *, by: str, act: str, about: str, since: datetime) -> bool:
    """Tell whether somebody did something to a thing since a moment."""
    found = text("SELECT EXISTS (SELECT FROM audit WHERE about = :about AND by = :by AND act = :act AND at >= :since)")
    return bool(await connection.scalar(found, {"about": about, "by": by, "act": act, "since": since}))


def chained(before: str, line: dict[str, Any]) -> str:
    """Return the fingerprint of a line and of all before it."""
    at = line["at"].astimezone(UTC).isoformat(timespec="microseconds")
    whole = [before, at, *(line[name] for name in ("by", "act", "about", "note"))]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


async def broken(connection: AsyncConnection) -> int | None:
    """Return the number of the first line that is not what was written, or of the last if lines are cut off; None: all are."""
    before, last, kept = FIRST, 0, await end(connection)
    async with connection.stream(text("SELECT id, at, by, act, about, note, chain FROM audit ORDER BY id")) as rows:
        async for row in rows:
            if row.chain != chained(before, dict(row._mapping)):
                return int(row.id)
            before, last = row.chain, row.id
    if kept is None:
        return max(last, 1)
    return None if (last, before) == (kept.line, kept.chain) else max(last, int(kept.line))


async def lines(
    connection: AsyncConnection, *, about: str = "", before: int | None = None, most: int = 50
) -> list[Any]:
    """Return the newest lines, of one thing or of all, those before a number."""
    rows = await connection.execute(
        text(
            "SELECT id, at, by, act, about, note FROM audit WHERE (:about = '' OR about = :about)"
            " AND (cast(:before AS bigint) IS NULL OR id < :before) ORDER BY id DESC LIMIT :most"
        ),
        {"about": about, "before": before, "most": most},
    )
    return list(rows)
