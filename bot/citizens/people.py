"""One human being behind one or several contacts: what is known of them, and when two turn out to be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers import forget as answers
from bot.citizens.rules import facts_of
from bot.citizens.store import PROFILE, latest_consent


@dataclass(frozen=True, slots=True)
class Person:
    """What may be known of a person; None or empty where it is not. Places are a key and a code of today."""

    id: int
    province: str | None = None
    commune: str | None = None
    situation: str | None = None
    entitlements: tuple[str, ...] = ()
    birth_year: int | None = None
    joined: str | None = None
    paid_until: date | None = None
    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    told: tuple[str, ...] = ()


FIELDS = tuple(each.name for each in fields(Person) if each.name not in ("id", "told"))
_COLUMNS = ", ".join(f"p.{each.name}" for each in fields(Person))


async def person_of(connection: AsyncConnection, contact_id: int) -> Person:
    """Return the person behind a contact."""
    query = text(f"SELECT {_COLUMNS} FROM person p JOIN contact c ON c.person_id = p.id WHERE c.id = :contact")  # noqa: S608
    row = (await connection.execute(query, {"contact": contact_id})).one()
    return _person(row)


def _person(row: Any) -> Person:
    values = dict(row._mapping)
    return Person(**values | {"entitlements": tuple(values["entitlements"]), "told": tuple(values["told"])})


async def contacts_of(connection: AsyncConnection, person_id: int) -> list[int]:
    """Return the contacts of a person, the oldest first."""
    query = text("SELECT id FROM contact WHERE person_id = :person ORDER BY id")
    return list(await connection.scalars(query, {"person": person_id}))


async def tell(connection: AsyncConnection, contact_id: int, facts: Mapping[str, Any]) -> None:
    """Write what a person told about themselves; whoever calls has their leave. An entitlement is added to those known."""
    known = {name: value for name, value in facts.items() if name in FIELDS and value not in (None, ())}
    if not known:
        return
    marks = ", ".join(_assignment(name) for name in known)
    if "province" in known and "commune" not in known:  # another province: the commune known till now lies elsewhere
        marks += ", commune = CASE WHEN province = :province THEN commune END"
    query = text(
        f"UPDATE person SET {marks}, told = ARRAY(SELECT DISTINCT unnest(told || cast(:told AS text[])))"  # noqa: S608
        " WHERE id = (SELECT person_id FROM contact WHERE id = :contact)"
    )
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in known.items()}
    await connection.execute(query, {**values, "told": sorted(known), "contact": contact_id})


def _assignment(name: str) -> str:
    if name == "entitlements":
        return "entitlements = ARRAY(SELECT DISTINCT unnest(entitlements || cast(:entitlements AS text[])))"
    return f"{name} = :{name}"


async def hear(connection: AsyncConnection, contact_id: int, facts: Mapping[str, str]) -> None:
    """Write what the dialogue heard of a person, by the names it has for facts."""
    await tell(connection, contact_id, facts_of(facts))


async def prove_phone(connection: AsyncConnection, contact_id: int, phone: str) -> bool:
    """Take a number that the channel says is its owner's own: whoever has it already is the same person. Tell whether two became one."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:phone, 10))"), {"phone": phone})
    person = await person_of(connection, contact_id)
    if person.phone:
        return False  # theirs, or another one: people of different numbers are never made one
    other = await _of_phone(connection, phone)
    if other is not None:
        return await merge(connection, keep=other, gone=person.id)
    if await latest_consent(connection, contact_id, PROFILE):
        await tell(connection, contact_id, {"phone": phone})
    return False


async def _of_phone(connection: AsyncConnection, phone: str) -> int | None:
    found: int | None = await connection.scalar(text("SELECT id FROM person WHERE phone = :phone"), {"phone": phone})
    return found


async def hold_everybody(connection: AsyncConnection) -> None:
    """Let nobody be merged or erased until commit: of what is written about many at once such an act would see nothing."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _HELD})


async def wait_while_held(connection: AsyncConnection) -> None:
    """Wait for whoever holds everybody; come first in what changes who somebody is."""
    await connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": _HELD})


async def merge(connection: AsyncConnection, *, keep: int, gone: int) -> bool:
    """Make one person of two, once; consent stays with each contact. False: they have different numbers, or are one already."""
    await wait_while_held(connection)
    rows = await connection.execute(_LOCK, {"both": [keep, gone]})
    both = {row.id: row for row in rows}
    await connection.execute(
        _LOCK_CONTACTS, {"both": [keep, gone]}
    )  # a stop that is said now waits, and counts for all
    if keep == gone or len(both) < 2 or any(row.merged_into for row in both.values()):
        return False
    if both[gone].phone not in (None, both[keep].phone):
        return False
    for statement in _MERGE:
        await connection.execute(statement, {"keep": keep, "gone": gone})
    await answers.join(connection, keep, gone)
    return True


async def forget(connection: AsyncConnection, person_id: int) -> None:
    """Erase all that is known of a person, and what they did."""
    for statement in _FORGET:
        await connection.execute(statement, {"person": person_id})


_HELD = 4_191_206  # any number, the same for every process
_LOCK = text("SELECT id, phone, merged_into FROM person WHERE id = ANY(:both) ORDER BY id FOR UPDATE")
_LOCK_CONTACTS = text("SELECT FROM contact WHERE person_id = ANY(:both) ORDER BY id FOR NO KEY UPDATE")
_EMPTY = """province = NULL, commune = NULL, situation = NULL, entitlements = '{}', birth_year = NULL, joined = NULL,
    paid_until = NULL, name = NULL, phone = NULL, told = '{}'"""


def _better(column: str) -> str:
    """Return the value of two: what was told outranks what stood on a list, and what is kept outranks the other."""
    empty = "cardinality(k.entitlements) = 0" if column == "entitlements" else f"k.{column} IS NULL"
    return (
        f"{column} = CASE WHEN {empty} OR ('{column}' = ANY(g.told) AND NOT '{column}' = ANY(k.told))"
        f" THEN coalesce(g.{column}, k.{column}) ELSE k.{column} END"
    )


_MERGE = (
    text(
        f"UPDATE person SET {', '.join(_better(name) for name in FIELDS if name != 'phone')},"  # noqa: S608
        " told = ARRAY(SELECT DISTINCT unnest(k.told || g.told))"
        " FROM person k, person g WHERE person.id = :keep AND k.id = :keep AND g.id = :gone"
    ),
    text("UPDATE contact SET person_id = :keep WHERE person_id = :gone"),
    text(
        """
        INSERT INTO behaviour AS b (person_id, kind, topic, times, first_at, last_at)
        SELECT :keep, kind, topic, times, first_at, last_at FROM behaviour WHERE person_id = :gone
        ON CONFLICT (person_id, kind, topic) DO UPDATE SET times = b.times + excluded.times,
            first_at = least(b.first_at, excluded.first_at), last_at = greatest(b.last_at, excluded.last_at)
        """
    ),
    text("DELETE FROM behaviour WHERE person_id = :gone"),
    text(
        """
        INSERT INTO people_list_row (list_id, person_id, row)
        SELECT list_id, :keep, row FROM people_list_row WHERE person_id = :gone ON CONFLICT DO NOTHING
        """
    ),
    text("DELETE FROM people_list_row WHERE person_id = :gone"),
    text(
        """
        UPDATE outbox o SET state = 'excluded', reason = 'merged', finished_at = now()
        WHERE o.person_id IN (:keep, :gone) AND o.campaign_id IS NOT NULL AND o.state = 'planned' AND EXISTS (
            SELECT FROM outbox k WHERE k.campaign_id = o.campaign_id AND k.step = o.step
              AND k.person_id IN (:keep, :gone) AND k.person_id <> o.person_id
              AND CASE k.state WHEN 'planned' THEN o.person_id = :gone
                  WHEN 'excluded' THEN k.reason NOT IN ('no_contact', 'never_consented', 'unreachable')
                  ELSE k.state IN ('sending', 'sent', 'unknown') END)
        """
    ),
    text(
        """
        UPDATE outbox o SET person_id = :keep WHERE o.person_id = :gone AND o.campaign_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM outbox k WHERE k.campaign_id = o.campaign_id AND k.step = o.step AND k.person_id = :keep)
        """
    ),
    text(f"UPDATE person SET {_EMPTY}, merged_into = :keep WHERE id = :gone"),  # noqa: S608
)
_FORGET = (
    text("DELETE FROM behaviour WHERE person_id = :person"),
    text("DELETE FROM people_list_row WHERE person_id = :person"),
    text(f"UPDATE person SET {_EMPTY} WHERE id = :person"),  # noqa: S608
)
