"""What units owe: reports and lists that are due soon, or overdue, by level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.waves import store
from bot.campaigns.waves.rules import SOON, Level, Wave, What
from bot.campaigns.waves.scope import units_of
from bot.staff.rules import Staff


@dataclass(frozen=True, slots=True)
class Due:
    """What some units of one level have not handed in, and until when they may."""

    wave: str
    name: str
    what: What
    level: Level
    last_day: date
    days_left: int  # below 0: overdue
    units: tuple[str, ...]  # the names of those that have not

    @property
    def overdue(self) -> bool:
        """Tell whether the last day is over."""
        return self.days_left < 0


async def due(connection: AsyncConnection, today: date) -> tuple[Due, ...]:
    """Return what is due within seven days or overdue, the oldest first."""
    done = await store.handed_in(connection)
    found = [
        each
        for kept in await store.all_waves(connection)
        for each in _of(kept.wave, {(what, unit) for wave, what, unit in done if wave == kept.id}, today)
    ]
    return tuple(sorted(found, key=lambda one: (one.last_day, one.wave, one.level)))


async def due_of(connection: AsyncConnection, staff: Staff, today: date) -> list[Due]:
    """Return what is due of the units for which somebody answers."""
    waves = await store.all_waves(connection)
    names = {kept.wave.key: {unit.name for unit in units_of(kept.wave, staff)} for kept in waves}
    here = (
        replace(one, units=tuple(unit for unit in one.units if unit in names[one.wave]))
        for one in await due(connection, today)
    )
    return [one for one in here if one.units]


def _of(wave: Wave, done: set[tuple[str, str]], today: date) -> list[Due]:
    found = []
    for day in wave.due_days:
        missing = [u.name for u in wave.units if u.level is day.level and (day.what, u.key) not in done]
        if missing and day.last_day - today <= SOON:
            left = (day.last_day - today).days
            found.append(Due(wave.key, wave.name, day.what, day.level, day.last_day, left, tuple(missing)))
    return found
