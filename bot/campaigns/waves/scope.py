"""Which units of a wave a member of staff answers for."""

from __future__ import annotations

from bot.campaigns.waves.rules import Unit, Wave
from bot.staff.rules import Staff
from bot.vn.places import gazetteer


def units_of(wave: Wave, staff: Staff) -> tuple[Unit, ...]:
    """Return the units of a wave for which somebody answers, each before its parts."""
    return tuple(wave.unit[key] for key in wave.below(wave.root.key) if staff.answers_for(places(wave.unit[key])))


def places(unit: Unit) -> tuple[str, ...]:
    """Return the places of today that a unit is, by key or code; of a province of before July 2025 the one that it is in."""
    today = gazetteer().today(unit.place) if unit.place else None
    return unit.communes or ((today.key,) if today else (unit.place,) if unit.place else ())


def whole(wave: Wave, staff: Staff) -> bool:
    """Tell whether somebody answers for all of a wave, and so may bring in its plan."""
    return staff.answers_for(places(wave.root))
