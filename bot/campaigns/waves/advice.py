"""Consultations in a wave's period, by the unit in which they were held."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import chain

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.waves.rules import DISTRICTS_ENDED, Wave
from bot.vn.communes import communes
from bot.vn.places import gazetteer

UNSURE = ""  # held where two units of a wave share a commune of today


@dataclass(frozen=True, slots=True)
class Advice:
    """Consultations of one unit: all that were agreed, then what became of them and what people did."""

    agreed: int = 0
    done: int = 0
    absent: int = 0
    cancelled: int = 0  # by either side
    registered: int = 0  # the consultant noted that the person joined

    def __add__(self, other: Advice) -> Advice:
        return Advice(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


async def advice(connection: AsyncConnection, wave: Wave, unit: str) -> Mapping[str, Advice]:
    """Return the consultations in a unit, by the unit right below it, or by itself where it has none below."""
    parts = wave.children[unit] or (unit,)
    held = {part: set(chain(*(wave.unit[each].communes for each in wave.below(part)))) for part in parts}
    holders = Counter(code for codes in held.values() for code in codes)
    owner = {code: part for part, codes in held.items() for code in codes if holders[code] == 1}
    within = None if wave.unit[unit].within is None else set(wave.unit[unit].communes) | set(holders)
    found: dict[str, Advice] = defaultdict(Advice, {part: Advice() for part in parts})
    for commune, counts in (await _by_commune(connection, wave)).items():
        if within is None or commune in within:
            found[_part(owner, parts, unit, commune, holders)] += counts
    return dict(found)


def _part(owner: Mapping[str, str], parts: tuple[str, ...], unit: str, commune: str, holders: Counter[str]) -> str:
    alone = unit if parts == (unit,) and not holders[commune] else UNSURE
    return owner.get(commune, alone)


async def _by_commune(connection: AsyncConnection, wave: Wave) -> dict[str, Advice]:
    place = wave.root.place or ""
    province = gazetteer().today(place)
    values = {"from": wave.starts_on, "to": wave.ends_on, "province": province.key if province else place}
    rows = await connection.execute(_ADVICE, values)
    as_it_was = wave.starts_on < DISTRICTS_ENDED  # of merged provinces, the old one alone is meant
    counts = {row.commune: Advice(*row[1:]) for row in rows}
    return {code: one for code, one in counts.items() if not as_it_was or _old_province(code) == place}


def _old_province(code: str) -> str:
    commune = communes().get(code)
    return commune.old_province if commune else ""


_ADVICE = text(
    """
    SELECT coalesce(f.commune, o.commune) AS commune, count(*) AS agreed,
           count(*) FILTER (WHERE a.state = 'done') AS done, count(*) FILTER (WHERE a.state = 'absent') AS absent,
           count(*) FILTER (WHERE a.state IN ('cancelled', 'declined')) AS cancelled,
           count(*) FILTER (WHERE a.note_kind = 'registered') AS registered
    FROM appointment a JOIN office o ON o.id = a.office_id LEFT JOIN field_day f ON f.id = a.field_day_id
    WHERE a.state NOT IN ('held', 'lapsed', 'moved') AND coalesce(f.province, o.province) = :province
      AND a.starts_at >= cast(:from AS date)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
      AND a.starts_at < (cast(:to AS date) + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
    GROUP BY 1 ORDER BY 1
    """
)
