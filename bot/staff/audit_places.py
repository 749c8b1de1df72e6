"""Where an act belongs when it is written down: where whoever does it works, and where what it is done with lies.

Of people and what they said only the province is kept: a line stays when they are forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.vn.communes import communes
from bot.vn.places import gazetteer


async def places_of_staff(connection: AsyncConnection, key: str) -> list[str]:
    """Return the keys and codes of the places where somebody works; nothing: everywhere, or it is no member of staff."""
    return await _found(connection, _OF["staff"], key)


async def places_of_thing(connection: AsyncConnection, about: str) -> list[str]:
    """Return the keys and codes of the places of today of what a line is about; nothing: it lies nowhere in particular."""
    kind, sign, key = about.partition(":")
    if not sign:  # «work/3», and of reports «<wave>/<unit>»
        first, _, rest = about.partition("/")
        kind, key = ("work", rest) if first == "work" else ("wave", first)
    query = _OF.get(kind)
    return [] if query is None or (kind in _NUMBERED and not key.isdecimal()) else await _found(connection, query, key)


async def _found(connection: AsyncConnection, query: TextClause, key: str) -> list[str]:
    value: Any = int(key) if ":number" in query.text else key
    rows = await connection.scalars(query, {"number" if ":number" in query.text else "key": value})
    return sorted({today for row in rows if row for today in [_today(str(row))] if today})


def _today(place: str) -> str:
    if place in communes():
        return place
    province = gazetteer().today(place)
    return province.key if province else ""


_NUMBERED = frozenset({"appointment", "talk", "person", "work"})
_OF: Mapping[str, TextClause] = {
    kind: text(query)
    for kind, query in {
        "staff": "SELECT unnest(scope) FROM staff WHERE key = :key",
        "campaign": "SELECT jsonb_array_elements_text(coalesce(plan #> '{audience,places}', '[]')) FROM campaign WHERE key = :key",
        "wave": "SELECT plan #>> '{units,0,place}' FROM wave WHERE key = :key",
        "consultant": "SELECT o.commune FROM consultant c JOIN office o ON o.id = c.office_id WHERE c.key = :key",
        "field_day": "SELECT commune FROM field_day WHERE key = :key",
        "invitation": """
            SELECT coalesce(f.commune, o.commune) FROM invitation i LEFT JOIN field_day f ON f.key = i.event
            LEFT JOIN consultant c ON c.key = i.agent LEFT JOIN office o ON o.id = c.office_id WHERE i.code = :key
        """,
        "appointment": "SELECT o.commune FROM appointment a JOIN office o ON o.id = a.office_id WHERE a.id = :number",
        "talk": """
            SELECT coalesce(h.province, p.province) FROM hand_over h JOIN contact k ON k.id = h.contact_id
            LEFT JOIN person p ON p.id = k.person_id WHERE h.id = :number
        """,
        "person": "SELECT province FROM person WHERE id = :number",
        "work": """
            SELECT coalesce(r.province, p.province) FROM work_item w
            LEFT JOIN rumour r ON w.kind = 'rumour' AND r.id = w.ref
            LEFT JOIN open_question q ON w.kind = 'question' AND q.id = w.ref
            LEFT JOIN inbox i ON i.id = coalesce(q.inbox_id, CASE w.kind WHEN 'report' THEN w.ref END)
            LEFT JOIN contact k ON k.id = i.contact_id LEFT JOIN person p ON p.id = k.person_id WHERE w.id = :number
        """,
    }.items()
}
