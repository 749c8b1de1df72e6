"""Invitations: a link and its QR code for each event and agent, and who came by them first."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import segno
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.citizens.store import note_arrival
from bot.errors import AnSinhError
from bot.vn.named import told_apart

SIGNS = "234679ACDEFGHJKMNPQRTVWXY"  # none looks like another, when somebody types a link from paper
LENGTH = 8
FILES = {".png", ".svg", ".pdf"}


@dataclass(frozen=True, slots=True)
class Brought:
    """How many people came first by an invitation, and wrote to us."""

    code: str
    event: str
    agent: str
    wave: str
    people: int
    place: str | None = None  # the commune of the field day or of the agent's office, where either is known
    event_name: str = ""  # the key, of what has no name here; so the others
    agent_name: str = ""
    wave_name: str = ""


async def place_of(connection: AsyncConnection, event: str, agent: str) -> str | None:
    """Return the commune of an event that is a field day, or else of the office of an agent who is a consultant."""
    found = await connection.scalar(text(f"SELECT {_PLACE}"), {"event": event, "agent": agent})  # noqa: S608 - ours
    return None if found is None else str(found)


async def invite(connection: AsyncConnection, event: str, agent: str, wave: str, *, now: datetime) -> str:
    """Return the code of an event, an agent and a wave; the same one however often it is asked for."""
    values = {"event": event, "agent": agent, "wave": wave, "now": now}
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    await connection.execute(_INVITE, {**values, "code": code})
    return str(await connection.scalar(_CODE, values))


def links(code: str, *, telegram: str, web: str) -> dict[str, str]:
    """Return where a code leads on each channel: `telegram` is the bot's name, `web` the chat's address; empty: not there."""
    found = {"telegram": f"https://t.me/{telegram.lstrip('@')}?start={code}" if telegram else ""}
    found["web"] = f"{web.rstrip('/')}/?via={code}" if web else ""
    return {channel: link for channel, link in found.items() if link}


def draw(link: str, out: Path) -> None:
    """Write the QR code of a link, to be printed: PNG, SVG or PDF by the name of the file."""
    if out.suffix not in FILES:
        raise AnSinhError(f"{out}: the name of the file must end in .png, .svg or .pdf")
    out.parent.mkdir(parents=True, exist_ok=True)
    segno.make(link, error="m", micro=False).save(str(out), scale=12, border=4)


async def arrive(connection: AsyncConnection, contact_id: int, code: str, *, now: datetime) -> bool:
    """Note that a contact came by an invitation of ours to a page that opens often: once, and no made-up code."""
    if not await connection.scalar(_NEW, {"contact": contact_id, "code": code[:64]}):
        return False
    await note_arrival(connection, contact_id, code, now)
    return True


async def brought(connection: AsyncConnection) -> list[Brought]:
    """Return how many people each invitation brought: a person counts once, where they came first, when they have written."""
    return [Brought(*row) for row in await connection.execute(_BROUGHT)]


def within(found: Collection[Brought], answers_for: Callable[[Collection[str]], bool]) -> list[Brought]:
    """Return the invitations of the places that somebody answers for."""
    return [one for one in found if answers_for([one.place] if one.place else [])]


async def names(connection: AsyncConnection, answers_for: Callable[[Collection[str]], bool]) -> dict[str, str]:
    """Return by code what each invitation of somebody's places is for and who invites, the newest first."""
    rows = [row for row in await connection.execute(_NAMES) if answers_for([row.place] if row.place else [])]
    return told_apart((row.code, " – ".join(part for part in (row.event, row.agent) if part)) for row in rows)


async def choices(connection: AsyncConnection, codes: list[str] | None, day: date) -> list[Row[Any]]:
    """Return what an invitation may be for, as rows of what, key and name: field days from a day on, consultants.

    `codes`: of the places that are looked for, None for everywhere.
    """
    values = {"everywhere": codes is None, "codes": codes or [], "day": day}
    return list(await connection.execute(_CHOICES, values))


_CHOICES = text(
    """
    SELECT 'event' AS what, key, name || ', ' || to_char(day, 'DD/MM/YYYY') AS name FROM field_day
    WHERE day >= :day AND NOT cancelled AND (:everywhere OR commune = ANY(:codes))
    UNION ALL
    SELECT 'agent', c.key, c.name || ', ' || o.name FROM consultant c JOIN office o ON o.id = c.office_id
    WHERE c.active AND (:everywhere OR o.commune = ANY(:codes))
    ORDER BY what, name
    """
)

_NAMES = text(
    """
    SELECT i.code, coalesce(f.commune, o.commune) AS place, coalesce(c.name, i.agent) AS agent,
           coalesce(f.name || ', ' || to_char(f.day, 'DD/MM/YYYY'), i.event) AS event
    FROM invitation i LEFT JOIN field_day f ON f.key = i.event
        LEFT JOIN consultant c ON c.key = i.agent LEFT JOIN office o ON o.id = c.office_id
    ORDER BY i.made_at DESC, i.code
    """
)

_PLACE = """
    coalesce((SELECT f.commune FROM field_day f WHERE f.key = :event),
             (SELECT o.commune FROM consultant c JOIN office o ON o.id = c.office_id WHERE c.key = :agent))
"""

_INVITE = text(
    "INSERT INTO invitation (code, event, agent, wave, made_at) VALUES (:code, :event, :agent, :wave, :now)"
    " ON CONFLICT (event, agent, wave) DO NOTHING"
)
_CODE = text("SELECT code FROM invitation WHERE event = :event AND agent = :agent AND wave = :wave")
_NEW = text(
    "SELECT EXISTS (SELECT FROM invitation WHERE code = :code)"
    " AND NOT EXISTS (SELECT FROM arrival WHERE contact_id = :contact AND link = :code)"
)
_BROUGHT = text(
    """
    WITH first AS (
        SELECT DISTINCT ON (b.person_id) b.person_id, b.topic AS code FROM behaviour b
        JOIN invitation i ON i.code = b.topic WHERE b.kind = 'came_by' ORDER BY b.person_id, b.first_at, b.topic
    ), spoke AS (
        SELECT code, count(*)::int AS people FROM first
        WHERE EXISTS (SELECT FROM contact c WHERE c.person_id = first.person_id AND c.spoke_at IS NOT NULL)
        GROUP BY code
    )
    SELECT i.code, i.event, i.agent, i.wave, coalesce(s.people, 0), coalesce(f.commune, o.commune),
           coalesce(f.name, i.event), coalesce(c.name, i.agent), coalesce(w.plan->>'name', i.wave)
    FROM invitation i LEFT JOIN spoke s ON s.code = i.code LEFT JOIN field_day f ON f.key = i.event
        LEFT JOIN consultant c ON c.key = i.agent LEFT JOIN office o ON o.id = c.office_id
        LEFT JOIN wave w ON w.key = i.wave
    ORDER BY i.event, i.agent, i.wave
    """
)
