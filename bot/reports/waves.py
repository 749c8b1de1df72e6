"""Reports of waves for those who answer for their units: what is due where, and the report of a unit as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.waves import reports, store
from bot.campaigns.waves.due import Due, due
from bot.campaigns.waves.figures import wave_figures
from bot.campaigns.waves.rules import Refused as NotInWaves
from bot.campaigns.waves.rules import Unit, Wave
from bot.errors import Refused
from bot.sheets.words import say
from bot.staff import audit
from bot.staff.rules import Staff


@dataclass(frozen=True, slots=True)
class Shown:
    """A wave, the units of it that somebody answers for, and what these have not handed in."""

    wave: Wave
    units: tuple[Unit, ...]
    due: tuple[Due, ...]


async def seen(connection: AsyncConnection, staff: Staff, today: date) -> list[Shown]:
    """Return the waves with a unit where somebody works, the newest first."""
    owed = await due(connection, today)
    found = []
    for kept in reversed(await store.all_waves(connection)):
        units = units_of(kept.wave, staff)
        if units:
            own = {unit.name for unit in units}
            found.append(
                Shown(kept.wave, units, tuple(one for one in owed if one.wave == kept.wave.key and own & {*one.units}))
            )
    return found  # fmt: skip


def units_of(wave: Wave, staff: Staff) -> tuple[Unit, ...]:
    """Return the units of a wave that somebody answers for."""
    return tuple(unit for unit in wave.units if staff.answers_for(_places(unit)))


def _places(unit: Unit) -> Sequence[str]:
    return [unit.place] if unit.place else unit.communes


async def report(
    connection: AsyncConnection, library: Library, staff: Staff, key: str, *, unit: str, form: str, now: datetime
) -> tuple[int, bytes] | None:
    """Count and keep the report of a unit, and return its number and the file; None where somebody does not answer for it."""
    kept = await store.get(connection, key)
    if kept is None or unit not in {one.key for one in units_of(kept.wave, staff)}:
        return None
    try:
        figures = await wave_figures(connection, key, unit=unit, now=now)
        number = await reports.keep(connection, figures, by=staff.key, now=now)
        file = reports.made(library, figures, number, f".{form}")
    except NotInWaves as refused:
        raise Refused(say(library, refused.key, **refused.values)) from None
    await audit.write(connection, by=staff.key, act="wave_report", about=f"{key}/{unit}", note=str(number), now=now)
    return number, file
