"""Reports of waves for those who answer for their units: what is due where, and the report of a unit as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.waves import reports, store
from bot.campaigns.waves.due import Due, due
from bot.campaigns.waves.figures import Figures, wave_figures, year_figures
from bot.campaigns.waves.rules import Refused as NotInWaves
from bot.campaigns.waves.rules import Unit, Wave
from bot.campaigns.waves.scope import units_of
from bot.campaigns.waves.store import Made
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
                Shown(
                    kept.wave, units, tuple(one for one in owed if one.wave == kept.wave.key and own & {*one.units}),
                )
            )  # fmt: skip
    return found


async def report(
    connection: AsyncConnection, library: Library, staff: Staff, key: str, *, unit: str, form: str, now: datetime
) -> tuple[int, bytes] | None:
    """Count and keep the report of a unit, and return its number and the file; None where somebody does not answer for it."""
    kept = await store.get(connection, key)
    if kept is None or unit not in {one.key for one in units_of(kept.wave, staff)}:
        return None
    return await _kept(
        connection,
        library,
        staff,
        wave_figures(connection, key, unit=unit, now=now),
        form,
        about=f"{key}/{unit}",
        now=now,
    )


async def year_report(
    connection: AsyncConnection, library: Library, staff: Staff, year: int, place: str, unit: str, *, form: str, now: datetime
) -> tuple[int, bytes] | None:  # fmt: skip
    """Count and keep the report of a unit in all waves of a year; None where somebody does not answer for it."""
    found = [kept.wave for kept in await store.all_waves(connection, year=year) if kept.wave.root.place == place]
    if not any(one.key == unit for one in _in_all(found, staff)):
        return None
    figures = year_figures(connection, year, place, unit=unit, now=now)
    return await _kept(connection, library, staff, figures, form, about=f"{year}/{unit}", now=now)


def _in_all(waves: Sequence[Wave], staff: Staff) -> list[Unit]:
    """Return the units that all of some waves have and somebody answers for, as the newest calls them."""
    shared = [{unit.key for unit in units_of(wave, staff)} for wave in waves]
    return [unit for unit in units_of(waves[-1], staff) if all(unit.key in keys for keys in shared)] if waves else []


async def _kept(
    connection: AsyncConnection, library: Library, staff: Staff, counting: Awaitable[Figures], form: str, *, about: str,
    now: datetime,
) -> tuple[int, bytes]:  # fmt: skip
    try:
        number = await reports.keep(connection, await counting, by=staff.key, now=now)
        figures = await reports.kept(connection, number)  # as it is printed again
        file = await asyncio.to_thread(reports.made, library, figures, number, f".{form}")
    except NotInWaves as refused:
        raise Refused(say(library, refused.key, **refused.values)) from None
    await audit.write(connection, by=staff.key, act="wave_report", about=about, note=str(number), now=now)
    return number, file


def years(found: Sequence[Shown], staff: Staff) -> list[tuple[int, str, list[Unit]]]:
    """Return the years of which somebody may make a report, the newest first: year, key of the province, units."""
    waves: dict[tuple[int, str], list[Wave]] = {}
    for one in sorted(found, key=lambda one: one.wave.starts_on):
        waves.setdefault((one.wave.starts_on.year, one.wave.root.place or ""), []).append(one.wave)
    each = [(year, place, _in_all(some, staff)) for (year, place), some in waves.items()]
    return sorted((one for one in each if one[2]), key=lambda one: (-one[0], one[1]))


async def made(connection: AsyncConnection, found: Sequence[Shown]) -> list[Made]:
    """Return the newest reports that were made of units that are shown to somebody, the newest first."""
    return await store.made(connection, [(one.wave.key, unit.key) for one in found for unit in one.units])


async def made_of(connection: AsyncConnection, wave: str, unit: str) -> list[Made]:
    """Return the newest reports that were made of a unit of one wave."""
    return await store.made(connection, [(wave, unit)], kind="wave")


async def again(
    connection: AsyncConnection, library: Library, staff: Staff, number: int, *, form: str
) -> tuple[int, bytes] | None:
    """Return a report that was made, to the letter; None where somebody does not answer for its unit."""
    figures = await store.report(connection, number)
    if figures is None:
        return None
    for key in [wave["key"] for wave in figures["waves"]]:
        kept = await store.get(connection, key)
        if kept is None or figures["unit"] not in {unit.key for unit in units_of(kept.wave, staff)}:
            return None
    try:
        return number, await asyncio.to_thread(reports.made, library, figures, number, f".{form}")
    except NotInWaves as refused:
        raise Refused(say(library, refused.key, **refused.values)) from None
