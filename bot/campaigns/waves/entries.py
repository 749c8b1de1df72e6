"""The tables of entries and of who is counted, and their queries; the connection is passed in and committed elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.waves.ledger import Sum
from bot.campaigns.waves.people import Person
from bot.campaigns.waves.rules import Measure


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the table has it."""

    id: int
    wave: str
    unit: str
    organisation: str
    measure: Measure
    count: int
    day: date
    agent: str
    counters: int | None
    countered: bool


async def used(connection: AsyncConnection, wave_id: int) -> set[tuple[str, str, str]]:
    """Return the units, organisations and measures of which something was entered."""
    rows = await connection.execute(
        text("SELECT DISTINCT unit, organisation, measure FROM wave_entry WHERE wave_id = :id"), {"id": wave_id}
    )
    return {(row.unit, row.organisation, row.measure) for row in rows}


async def last_entry(connection: AsyncConnection, wave_id: int) -> int:
    """Return the number of a wave's newest entry, 0 when there is none."""
    query = text("SELECT coalesce(max(id), 0) FROM wave_entry WHERE wave_id = :id")
    return int(await connection.scalar(query, {"id": wave_id}) or 0)


async def sums(connection: AsyncConnection, wave_id: int, *, up_to: int | None = None) -> list[Sum]:
    """Return what was entered up to an entry, by unit, organisation and measure."""
    rows = await connection.execute(_SUMS, {"id": wave_id, "up_to": up_to})
    return [Sum(row.unit, row.organisation, Measure(row.measure), row.done, tuple(row.entries)) for row in rows]


_SUMS = text(
    """
    SELECT unit, organisation, measure, cast(sum(count) AS int) AS done, array_agg(id ORDER BY id) AS entries
    FROM wave_entry WHERE wave_id = :id AND (cast(:up_to AS bigint) IS NULL OR id <= :up_to)
    GROUP BY unit, organisation, measure ORDER BY unit, organisation, measure
    """
)


async def entry(connection: AsyncConnection, number: int) -> Entry | None:
    """Return one entry."""
    row = (await connection.execute(_ENTRY, {"id": number})).mappings().one_or_none()
    return None if row is None else Entry(**{**row, "measure": Measure(row["measure"])})


_ENTRY = text(
    """
    SELECT e.id, w.key AS wave, e.unit, e.organisation, e.measure, e.count, e.day, e.agent, e.counters,
           EXISTS (SELECT FROM wave_entry c WHERE c.counters = e.id) AS countered
    FROM wave_entry e JOIN wave w ON w.id = e.wave_id WHERE e.id = :id
    """
)


async def latest(
    connection: AsyncConnection,
    wave_id: int,
    units: Sequence[str],
    *,
    organisation: str = "",
    measure: str = "",
    before: int | None = None,
    most: int = 50,
) -> list[Any]:
    """Return the newest entries of some units, the newest first: as Entry, with note and at.

    `organisation`, `measure`: of these alone; `before`: entries with a smaller number, for the next page.
    """
    values = {"id": wave_id, "units": list(units), "organisation": organisation, "measure": measure}
    return list(await connection.execute(_LATEST, values | {"before": before, "most": most}))


_LATEST = text(
    """
    SELECT e.id, e.unit, e.organisation, e.measure, e.count, e.day, e.agent, e.note, e.at, e.counters,
           EXISTS (SELECT FROM wave_entry c WHERE c.counters = e.id) AS countered
    FROM wave_entry e WHERE e.wave_id = :id AND e.unit = ANY(:units) AND :organisation IN ('', e.organisation)
      AND :measure IN ('', e.measure) AND (cast(:before AS bigint) IS NULL OR e.id < :before)
    ORDER BY e.id DESC LIMIT :most
    """
)


async def add(connection: AsyncConnection, wave_id: int, values: dict[str, Any]) -> int:
    """Append an entry and return its number."""
    return int(await connection.scalar(_ADD, {"wave_id": wave_id, "row_key": None, "counters": None} | values) or 0)


_ADD = text(
    """
    INSERT INTO wave_entry (wave_id, unit, organisation, measure, count, day, agent, note, row_key, counters, at)
    VALUES (:wave_id, :unit, :organisation, :measure, :count, :day, :agent, :note, :row_key, :counters, :at)
    RETURNING id
    """
)


async def known_row(connection: AsyncConnection, wave_id: int, row_key: str) -> bool:
    """Tell whether a row of a file was entered before."""
    query = text("SELECT EXISTS (SELECT FROM wave_entry WHERE wave_id = :id AND row_key = :row_key)")
    return bool(await connection.scalar(query, {"id": wave_id, "row_key": row_key}))


async def entered_that_day(connection: AsyncConnection, wave_id: int, values: dict[str, Any]) -> bool:
    """Tell whether the same agent entered a count of the same for the same day, and it stands."""
    return bool(await connection.scalar(_THAT_DAY, {"id": wave_id} | values))


_THAT_DAY = text(
    """
    SELECT EXISTS (
        SELECT FROM wave_entry e WHERE wave_id = :id AND agent = :agent AND day = :day AND unit = :unit
            AND organisation = :organisation AND measure = :measure AND counters IS NULL
            AND NOT EXISTS (SELECT FROM wave_person p WHERE p.entry_id = e.id)
            AND NOT EXISTS (SELECT FROM wave_entry c WHERE c.counters = e.id))
    """
)


async def counted(connection: AsyncConnection, wave_id: int, measure: Measure, who: Person) -> int | None:
    """Return the entry that counts a person already, None when there is none.

    Two cards are two people, though a family shares a telephone; where one card is not known the telephone decides.
    """
    values = {"id": wave_id, "measure": measure, "phone": who.phone_key, "card": who.id_key}
    found = await connection.scalar(_COUNTED, values)
    return None if found is None else int(found)


_COUNTED = text(
    """
    SELECT entry_id FROM wave_person
    WHERE wave_id = :id AND measure = :measure
      AND (id_key = :card OR (phone_key = :phone AND (id_key IS NULL OR cast(:card AS text) IS NULL)))
    ORDER BY entry_id LIMIT 1
    """
)


async def count_person(connection: AsyncConnection, wave_id: int, measure: Measure, entry_id: int, who: Person) -> None:
    """Remember whom an entry counts."""
    await connection.execute(
        text(
            "INSERT INTO wave_person (entry_id, wave_id, measure, phone_key, id_key)"
            " VALUES (:entry, :id, :measure, :phone, :card)"
        ),
        {"entry": entry_id, "id": wave_id, "measure": measure, "phone": who.phone_key, "card": who.id_key},
    )


async def who(connection: AsyncConnection, entry_id: int) -> Person | None:
    """Return whom an entry counts, None for nobody."""
    query = text("SELECT phone_key, id_key FROM wave_person WHERE entry_id = :entry")
    row = (await connection.execute(query, {"entry": entry_id})).one_or_none()
    return None if row is None else Person(row.phone_key, row.id_key)


async def uncount_person(connection: AsyncConnection, entry_id: int) -> None:
    """Forget whom an entry counted: it was taken back."""
    await connection.execute(text("DELETE FROM wave_person WHERE entry_id = :entry"), {"entry": entry_id})


async def forget(connection: AsyncConnection, who: Person) -> int:
    """Erase every digest of a person; the counts stay and are nobody's. Return how many there were."""
    gone = await connection.execute(
        text("DELETE FROM wave_person WHERE phone_key = :phone OR id_key = :card"),
        {"phone": who.phone_key, "card": who.id_key},
    )
    return int(gone.rowcount)


async def in_several(connection: AsyncConnection, waves: Sequence[int]) -> dict[Measure, int]:
    """Count, for each measure, the people who are counted in more than one of the waves."""
    rows = await connection.execute(_IN_SEVERAL, {"waves": list(waves)})
    return {Measure(row.measure): int(row.people) for row in rows}


_IN_SEVERAL = text(
    """
    SELECT measure, count(*) AS people FROM (
        SELECT measure FROM wave_person WHERE wave_id = ANY(:waves)
        GROUP BY measure, coalesce(id_key, phone_key) HAVING count(DISTINCT wave_id) > 1) twice
    GROUP BY measure
    """
)
