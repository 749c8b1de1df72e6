"""Offices and who works there, as staff see them: within the places that somebody answers for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Consultant:
    """A consultant: whether an account is linked, a code to link one is good, a calendar address is given out."""

    key: str
    name: str
    kinds: tuple[str, ...]
    active: bool
    linked: bool
    code_until: datetime | None
    has_feed: bool
    hours: int  # stretches of the plan; 0: nobody can book them


@dataclass(frozen=True, slots=True)
class Office:
    """An office and its consultants."""

    key: str
    name: str
    kind: str
    address: str
    commune: str
    phone: str
    active: bool
    consultants: list[Consultant] = field(default_factory=list)


async def offices(connection: AsyncConnection, scope: Collection[str], *, now: datetime) -> list[Office]:
    """Return the offices of the places of a scope, everywhere for an empty one."""
    found: dict[str, Office] = {}
    rows = await connection.execute(_OFFICES, {"everywhere": not scope, "scope": list(scope), "now": now})
    for row in rows:
        office = found.setdefault(
            row.key,
            Office(row.key, row.name, row.kind, row.address, row.commune, row.phone or "", row.active),
        )
        if row.consultant:
            office.consultants.append(
                Consultant(
                    row.consultant,
                    row.consultant_name,
                    tuple(row.kinds),
                    row.works,
                    row.linked,
                    row.code_until,
                    row.has_feed,
                    row.hours,
                )  # fmt: skip
            )
    return list(found.values())


async def place_of(connection: AsyncConnection, consultant: str) -> str | None:
    """Return the commune of the office of a consultant; None when there is no such consultant."""
    query = text("SELECT o.commune FROM consultant c JOIN office o ON o.id = c.office_id WHERE c.key = :key")
    found = await connection.scalar(query, {"key": consultant})
    return None if found is None else str(found)


_OFFICES = text(
    """
    SELECT o.key, o.name, o.kind, o.address, o.commune, o.phone, o.active,
           c.key AS consultant, c.name AS consultant_name, c.kinds, c.active AS works, c.contact_id IS NOT NULL AS linked,
           c.feed_hash IS NOT NULL AS has_feed,
           (SELECT max(expires_at) FROM consultant_code k WHERE k.consultant_id = c.id AND k.expires_at > :now) AS code_until,
           (SELECT count(*)::int FROM working_plan p WHERE p.consultant_id = c.id) AS hours
    FROM office o LEFT JOIN consultant c ON c.office_id = o.id
    WHERE :everywhere OR o.province = ANY(:scope) OR o.commune = ANY(:scope)
    ORDER BY o.active DESC, o.name, c.active DESC, c.name
    """
)
