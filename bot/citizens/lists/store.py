"""A batch of listed people becomes rows in a few statements; the connection is passed in and committed elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.citizens import people
from bot.citizens.lists.row import Listed
from bot.errors import AnSinhError


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A file that is brought in, and how far that has come."""

    id: int
    purpose: str
    rows_done: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    finished: bool = False


async def open_list(connection: AsyncConnection, digest: str, purpose: str, proof: str, *, now: datetime) -> PeopleList:
    """Return the list of a file, made at its first sight; the same file with another proof is another list."""
    values = {"digest": digest, "purpose": purpose, "proof": proof, "now": now}
    await connection.execute(_OPEN, values)
    row = (await connection.execute(_FOUND, values)).one()
    return PeopleList(row.id, purpose, row.rows_done, dict(row.counts), row.finished_at is not None)


async def go_on(connection: AsyncConnection, found: PeopleList, rows_done: int, counts: Counter[str]) -> None:
    """Note how far a list has come; raise AnSinhError when another run was faster."""
    values = {"list": found.id, "was": found.rows_done, "rows": rows_done, "counts": json.dumps(counts)}
    if (await connection.execute(_GO_ON, values)).rowcount != 1:
        raise AnSinhError("Another run brings in the same file at this moment; wait for it and run again.")


async def finish(connection: AsyncConnection, found: PeopleList, *, now: datetime) -> None:
    """Note that a list has been brought in whole."""
    await connection.execute(_FINISH, {"list": found.id, "now": now})


async def stage(connection: AsyncConnection, rows: Sequence[Listed]) -> list[int]:
    """Lay a batch ready, each number once; return the rows of people who had themselves erased, which are not taken."""
    raw = json.dumps([asdict(each) for each in rows], default=str, ensure_ascii=False)
    for setting in (
        "enable_hashjoin",
        "enable_mergejoin",
    ):  # a batch is small, whatever the planner thinks: look each up
        await connection.execute(text(f"SET LOCAL {setting} = off"))
    await connection.execute(_STAGE, {"rows": raw})
    return list(await connection.scalars(_ERASED))


async def write(connection: AsyncConnection, found: PeopleList, *, now: datetime) -> Counter[str]:
    """Write the batch that lies ready; return how many were new, merged into known people, left as they were, and of consent."""
    values: dict[str, Any] = {"list": found.id, "purpose": found.purpose, "now": now}
    counts: Counter[str] = Counter(await _counted(connection, _PEOPLE, values))
    await connection.execute(_CONTACTS)
    for row in (await connection.execute(_STRAYS)).all():
        await people.merge(connection, keep=row.keep, gone=row.gone)
    counts.update(await _counted(connection, _CONSENTS, values))
    counts.update(await _counted(connection, _REFUSALS, values))
    await connection.execute(_ROWS, values)
    return counts


async def _counted(connection: AsyncConnection, query: Any, values: dict[str, Any]) -> dict[str, int]:
    row = (await connection.execute(query, values)).one()
    return {name: int(value) for name, value in row._mapping.items() if value}


_OPEN = text(
    "INSERT INTO people_list (digest, purpose, proof, made_at) VALUES (:digest, :purpose, :proof, :now)"
    " ON CONFLICT DO NOTHING"
)
_FOUND = text(
    "SELECT id, rows_done, counts, finished_at FROM people_list"
    " WHERE digest = :digest AND purpose = :purpose AND proof = :proof"
)
_GO_ON = text(
    "UPDATE people_list SET rows_done = :rows, counts = cast(:counts AS jsonb) WHERE id = :list AND rows_done = :was"
)
_FINISH = text("UPDATE people_list SET finished_at = :now WHERE id = :list")
_STAGE = text(
    """
    CREATE TEMPORARY TABLE listed ON COMMIT DROP AS SELECT * FROM jsonb_to_recordset(cast(:rows AS jsonb)) AS r (
        row int, phone text, name text, province text, commune text, situation text, entitlements text[],
        birth_year smallint, joined text, paid_until date, consented boolean, consent_on date, consent_by text)
    """
)
_ERASED = text(
    """
    DELETE FROM listed USING contact c WHERE c.channel = 'sms'
        AND c.address = 'erased:' || encode(sha256(convert_to(listed.phone, 'UTF8')), 'hex')
    RETURNING listed.row
    """
)
_LISTED = ("name", "province", "commune", "situation", "entitlements", "birth_year", "joined", "paid_until")


def _kept(column: str) -> str:
    """Return what a column becomes: what a person told stays; a place is taken whole, so that a commune lies in its province."""
    if column == "commune":
        new = """CASE WHEN excluded.commune IS NOT NULL THEN excluded.commune
            WHEN coalesce(excluded.province, p.province) = p.province THEN p.commune END"""
    elif column == "entitlements":
        new = "CASE WHEN excluded.entitlements = '{}' THEN p.entitlements ELSE excluded.entitlements END"
    else:
        new = f"coalesce(excluded.{column}, p.{column})"
    told = "{province,commune}" if column in ("province", "commune") else f"{{{column}}}"
    return f"CASE WHEN p.told && '{told}' THEN p.{column} ELSE {new} END"


_PEOPLE = text(
    f"""
    WITH put AS (
        INSERT INTO person AS p (phone, {", ".join(_LISTED)}) SELECT phone, {", ".join(_LISTED)} FROM listed ORDER BY phone
        ON CONFLICT (phone) WHERE phone IS NOT NULL DO UPDATE SET
            {", ".join(f"{column} = {_kept(column)}" for column in _LISTED)}
        WHERE ({", ".join(_kept(column) for column in _LISTED)}) IS DISTINCT FROM
            ({", ".join(f"p.{column}" for column in _LISTED)})
        RETURNING xmax = 0 AS new
    )
    SELECT count(*) FILTER (WHERE new) AS new, count(*) FILTER (WHERE NOT new) AS merged,
           (SELECT count(*) FROM listed) - count(*) AS unchanged FROM put
    """  # noqa: S608 - columns of our own
)
_CONTACTS = text(
    """
    INSERT INTO contact (channel, address, person_id)
    SELECT 'sms', l.phone, p.id FROM listed l JOIN person p ON p.phone = l.phone ORDER BY l.phone ON CONFLICT DO NOTHING
    """
)
_STRAYS = text(
    """
    SELECT p.id AS keep, c.person_id AS gone FROM listed l JOIN person p ON p.phone = l.phone
    JOIN contact c ON c.channel = 'sms' AND c.address = l.phone WHERE c.person_id <> p.id ORDER BY 1, 2
    """
)
# Who has stopped, on whatever channel, is written to by no list; only they can take that back.
_CONSENTS = text(
    """
    WITH proven AS (
        SELECT c.id, c.outreach, l.row, l.consent_on, l.consent_by, EXISTS (
            SELECT FROM contact o WHERE o.person_id = c.person_id AND o.outreach IS FALSE) AS stopped
        FROM listed l JOIN contact c ON c.channel = 'sms' AND c.address = l.phone WHERE l.consented
    ), given AS (
        INSERT INTO consent (contact_id, purpose, given, text_version, proof, at)
        SELECT id, :purpose, true, 'list:' || :list, concat_ws(':', 'list', :list, row, consent_by),
               coalesce(consent_on::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh', :now)
        FROM proven WHERE outreach IS NULL AND NOT stopped ORDER BY id RETURNING 1
    )
    SELECT (SELECT count(*) FROM given) AS consent_given, count(*) FILTER (WHERE stopped) AS consent_stopped,
           count(*) FILTER (WHERE outreach AND NOT stopped) AS consent_known,
           (SELECT count(*) FROM listed WHERE consented IS NULL) AS consent_none FROM proven
    """
)
_REFUSALS = text(
    """
    WITH refused AS (
        INSERT INTO consent (contact_id, purpose, given, text_version, proof, at)
        SELECT c.id, :purpose, false, 'list:' || :list, concat_ws(':', 'list', :list, l.row), :now
        FROM listed l JOIN contact c ON c.channel = 'sms' AND c.address = l.phone
        WHERE l.consented IS FALSE AND c.outreach IS DISTINCT FROM false ORDER BY c.id RETURNING 1
    ) SELECT count(*) AS consent_refused FROM refused
    """
)
_ROWS = text(
    """
    INSERT INTO people_list_row (list_id, person_id, row)
    SELECT :list, p.id, l.row FROM listed l JOIN person p ON p.phone = l.phone ON CONFLICT DO NOTHING
    """
)
