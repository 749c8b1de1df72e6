"""Consultants and the accounts they speak through: found by their contact, linked by a code that is good once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.vn.named import told_apart

PREFIX = "cb_"  # of a deep link's parameter that links an account
LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Consultant:
    """A consultant; without an account, `contact_id` is None."""

    id: int
    name: str
    contact_id: int | None
    key: str = ""
    office: str = ""
    commune: str = ""  # of the office

    @property
    def by(self) -> str:
        """Who changed something, as the history says it."""
        return f"consultant:{self.id}"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was made, and the account that it has replaced."""

    consultant: Consultant
    replaced: int | None


async def of_contact(connection: AsyncConnection, contact_id: int) -> Consultant | None:
    """Return the consultant who speaks through a contact."""
    return await _one(connection, "contact_id = :it AND active", contact_id)


async def of_id(connection: AsyncConnection, consultant_id: int) -> Consultant | None:
    """Return a consultant who works with us."""
    return await _one(connection, "id = :it AND active", consultant_id)


async def of_key(connection: AsyncConnection, key: str) -> Consultant | None:
    """Return a consultant by the key of the roster."""
    return await _one(connection, "key = :it AND active", key)


async def linked(connection: AsyncConnection) -> list[Consultant]:
    """Return the consultants who have an account."""
    rows = await connection.execute(
        text(
            "SELECT c.id, c.name, c.contact_id, c.key, o.name AS office, o.commune FROM consultant c"
            " JOIN office o ON o.id = c.office_id WHERE c.active AND c.contact_id IS NOT NULL ORDER BY c.id"
        )
    )
    return [Consultant(**row._mapping) for row in rows]


async def names(connection: AsyncConnection, codes: list[str] | None) -> dict[str, str]:
    """Return by key what the consultants of some communes, None: of all, are called, with their offices."""
    rows = await connection.execute(
        text(
            "SELECT c.key, c.name || ', ' || o.name AS name FROM consultant c JOIN office o ON o.id = c.office_id"
            " WHERE c.active AND (:everywhere OR o.commune = ANY(:codes)) ORDER BY name, c.key"
        ),
        {"everywhere": codes is None, "codes": codes or []},
    )
    return told_apart((row.key, row.name) for row in rows)


async def _one(connection: AsyncConnection, which: str, value: Any) -> Consultant | None:
    row = (
        await connection.execute(text(f"SELECT id, name, contact_id FROM consultant WHERE {which}"), {"it": value})  # noqa: S608 - constants of ours
    ).one_or_none()
    return Consultant(row.id, row.name, row.contact_id) if row else None


async def new_code(connection: AsyncConnection, consultant: Consultant, *, now: datetime) -> str:
    """Return a code that links an account to the consultant, once and within a day; an earlier code is void."""
    code = secrets.token_urlsafe(18)
    await connection.execute(
        text("DELETE FROM consultant_code WHERE consultant_id = :id OR expires_at <= :now"),
        {"id": consultant.id, "now": now},
    )
    await connection.execute(
        text("INSERT INTO consultant_code (hash, consultant_id, expires_at) VALUES (:hash, :id, :until)"),
        {"hash": _hashed(code), "id": consultant.id, "until": now + LASTS},
    )
    return code


async def link(connection: AsyncConnection, contact_id: int, code: str, *, now: datetime) -> Link | None:
    """Link an account by a code and use the code up; None when it is none of ours, used or too old."""
    used = await connection.execute(
        text("DELETE FROM consultant_code WHERE hash = :hash RETURNING consultant_id, expires_at"),
        {"hash": _hashed(code)},
    )
    row = used.one_or_none()
    before = await of_id(connection, row.consultant_id) if row and now < row.expires_at else None
    if before is None:
        return None
    values = {"id": before.id, "contact": contact_id}
    await connection.execute(text("UPDATE consultant SET contact_id = NULL WHERE contact_id = :contact"), values)
    await connection.execute(text("UPDATE consultant SET contact_id = :contact WHERE id = :id"), values)
    replaced = before.contact_id if before.contact_id != contact_id else None
    return Link(Consultant(before.id, before.name, contact_id), replaced)


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
