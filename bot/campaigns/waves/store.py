"""The tables of waves, of what was handed in and of reports; the connection is passed in and committed elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.waves.plan import from_json
from bot.campaigns.waves.rules import Wave

LOCK = 3_020_511_261  # any number, the same for every process; bringing in a file


@dataclass(frozen=True, slots=True)
class Kept:
    """A wave as the table has it."""

    id: int
    version: int
    wave: Wave


_WAVE = "SELECT id, version, plan FROM wave WHERE key = :key"


async def lock_files(connection: AsyncConnection) -> None:
    """Let one process at a time bring in a file."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


async def get(connection: AsyncConnection, key: str, *, lock: bool = False) -> Kept | None:
    """Return a wave; locked, nobody else enters anything into it until the caller commits."""
    query = text(f"{_WAVE} FOR NO KEY UPDATE" if lock else _WAVE)
    row = (await connection.execute(query, {"key": key})).one_or_none()
    return None if row is None else Kept(row.id, row.version, from_json(row.plan))


async def all_waves(connection: AsyncConnection, *, year: int | None = None) -> list[Kept]:
    """Return the waves, the earliest first; of one year, those that begin in it."""
    rows = await connection.execute(
        text(
            "SELECT id, version, plan FROM wave WHERE cast(:year AS int) IS NULL OR extract(year FROM starts_on) = :year"
            " ORDER BY starts_on, key"
        ),
        {"year": year},
    )
    return [Kept(row.id, row.version, from_json(row.plan)) for row in rows]


async def names(connection: AsyncConnection) -> dict[str, str]:
    """Return the name of each wave by its key."""
    rows = await connection.execute(text("SELECT key, plan->>'name' AS name FROM wave"))
    return {row.key: row.name for row in rows}


async def write(
    connection: AsyncConnection, wave: Wave, plan: dict[str, Any], version: int, *, by: str, now: datetime
) -> None:
    """Write a wave's newest plan, and keep it among its versions."""
    values = {"key": wave.key, "version": version, "starts_on": wave.starts_on, "ends_on": wave.ends_on}
    values |= {"plan": json.dumps(plan, ensure_ascii=False), "by": by, "now": now}
    await connection.execute(_WRITE, values)


_WRITE = text(
    """
    WITH written AS (
        INSERT INTO wave (key, version, starts_on, ends_on, plan)
        VALUES (:key, :version, :starts_on, :ends_on, cast(:plan AS jsonb))
        ON CONFLICT (key) DO UPDATE SET (version, starts_on, ends_on, plan) =
            (excluded.version, excluded.starts_on, excluded.ends_on, excluded.plan)
        RETURNING id, version, plan
    )
    INSERT INTO wave_version (wave_id, version, at, by, plan) SELECT id, version, :now, :by, plan FROM written
    """
)


async def handed_in(connection: AsyncConnection) -> set[tuple[int, str, str]]:
    """Return what was handed in: wave, what, unit."""
    rows = await connection.execute(text("SELECT wave_id, what, unit FROM wave_handed_in"))
    return {(row.wave_id, row.what, row.unit) for row in rows}


async def keep_report(connection: AsyncConnection, figures: dict[str, Any], *, by: str, now: datetime) -> int:
    """Keep the figures of a report and return their number."""
    query = text("INSERT INTO wave_report (by, at, figures) VALUES (:by, :now, cast(:figures AS jsonb)) RETURNING id")
    values = {"by": by, "now": now, "figures": json.dumps(figures, ensure_ascii=False)}
    return int(await connection.scalar(query, values) or 0)


async def report(connection: AsyncConnection, number: int) -> dict[str, Any] | None:
    """Return the figures of a report that was made."""
    found: dict[str, Any] | None = await connection.scalar(
        text("SELECT figures FROM wave_report WHERE id = :id"), {"id": number}
    )
    return found


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made and is kept."""

    id: int
    by: str
    at: datetime
    kind: str  # wave or year
    year: int | None
    waves: tuple[str, ...]  # their keys
    unit: str
    unit_name: str


async def made(
    connection: AsyncConnection, own: Iterable[tuple[str, str]], *, kind: str = "", most: int = 100
) -> list[Made]:
    """Return the newest reports of units that were made, the newest first.

    `own`: waves and their units; a report is of a unit in all its waves. `kind`: only reports of a wave, or of a year.
    """
    own_keys = [f"{wave}/{unit}" for wave, unit in own]
    rows = await connection.execute(_MADE, {"own": own_keys, "kind": kind, "most": most})
    return [Made(**{**row, "waves": tuple(row["waves"])}) for row in rows.mappings()]


_MADE = text(
    """
    SELECT r.id, r.by, r.at, r.figures ->> 'kind' AS kind, cast(r.figures ->> 'year' AS int) AS year,
           ARRAY(SELECT w ->> 'key' FROM jsonb_array_elements(r.figures -> 'waves') w) AS waves,
           r.figures ->> 'unit' AS unit,
           (SELECT u ->> 'name' FROM jsonb_array_elements(r.figures -> 'units') u
            WHERE u ->> 'key' = r.figures ->> 'unit') AS unit_name
    FROM wave_report r
    WHERE (:kind = '' OR r.figures ->> 'kind' = :kind) AND (
        SELECT bool_and((w ->> 'key') || '/' || (r.figures ->> 'unit') = ANY(cast(:own AS text[])))
        FROM jsonb_array_elements(r.figures -> 'waves') w
    )
    ORDER BY r.id DESC LIMIT :most
    """
)
