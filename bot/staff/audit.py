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
from bot.staff.audit_places import places_of_staff, places_of_thing
from bot.staff.rules import Staff

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
    line = {
        "at": now, "by": by, "act": act, "about": about, "note": note,
        "by_places": await places_of_staff(connection, by), "about_places": await places_of_thing(connection, about),
    }  # fmt: skip
    await connection.execute(
        text(
            "INSERT INTO audit (at, by, act, about, note, by_places, about_places, chain)"
            " VALUES (:at, :by, :act, :about, :note, :by_places, :about_places, :chain)"
        ),
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
    """Return the fingerprint of a line and of all before it; its places count where they are kept, which older lines have not."""
    at = line["at"].astimezone(UTC).isoformat(timespec="microseconds")
    whole = [before, at, *(line[name] for name in ("by", "act", "about", "note"))]
    whole += [line[name] for name in ("by_places", "about_places") if line[name] is not None]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


async def broken(connection: AsyncConnection) -> int | None:
    """Return the number of the first line that is not what was written, or of the last if lines are cut off; None: all are."""
    before, last, kept = FIRST, 0, await end(connection)
    async with connection.stream(
        text("SELECT id, at, by, act, about, note, by_places, about_places, chain FROM audit ORDER BY id")
    ) as rows:
        async for row in rows:
            if row.chain != chained(before, dict(row._mapping)):
                return int(row.id)
            before, last = row.chain, row.id
    if kept is None:
        return max(last, 1)
    return None if (last, before) == (kept.line, kept.chain) else max(last, int(kept.line))


async def lines(
    connection: AsyncConnection,
    *,
    reader: Staff | None = None,
    about: str = "",
    before: int | None = None,
    most: int = 50,
) -> list[Any]:
    """Return the newest lines, of one thing or of all, those before a number.

    `reader`: only what somebody may read: who does not work everywhere reads what people of their places did and what was
    done with things there. Of lines that do not keep their places that is what accounts of these places did, by where they
    work now, and what was done with these accounts.
    """
    codes = reader.codes() if reader else None
    values: dict[str, Any] = {"about": about, "before": before, "most": most, "codes": codes or []}
    if reader and codes is not None:
        accounts = await connection.execute(text("SELECT key, scope FROM staff"))
        keys = [row.key for row in accounts if reader.answers_for(row.scope)]
        values |= {"keys": keys, "abouts": [f"staff:{key}" for key in keys]}
    return list(await connection.execute(_LINES if codes is None else _LINES_OF_PLACES, values))


_SOME = """
    SELECT id, at, by, act, about, note FROM audit
    WHERE (:about = '' OR about = :about) AND (cast(:before AS bigint) IS NULL OR id < :before) {which}
    ORDER BY id DESC LIMIT :most
"""
_OF_PLACES = """
    AND (by_places || about_places) && :codes
    AND ((by_places <> '{}' AND by_places <@ :codes) OR (about_places <> '{}' AND about_places <@ :codes))
"""
_PARTS = (_OF_PLACES, "AND by_places IS NULL AND by = ANY(:keys)", "AND by_places IS NULL AND about = ANY(:abouts)")
_LINES = text(_SOME.format(which=""))
_LINES_OF_PLACES = text(  # each part by an index of its own
    " UNION ".join(f"({_SOME.format(which=which)})" for which in _PARTS) + " ORDER BY id DESC LIMIT :most"
)
