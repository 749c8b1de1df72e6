"""A wave as the file that says it, to be changed and brought in again. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import yaml

from bot.campaigns.waves.rules import Level, Unit, Wave, What
from bot.clock import VIETNAM


def as_file(wave: Wave) -> str:
    """Return YAML that `read.parse` reads to the same wave."""
    found = {
        "document": asdict(wave.document),
        "form": asdict(wave.form) | {"to": list(wave.form.to)},
        "units": [_unit(unit) for unit in wave.units],
        "organisations": [asdict(one) for one in wave.organisations],
        "waves": [dict(_wave(wave))],
    }
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=120)


def _unit(unit: Unit) -> dict[str, Any]:
    found: dict[str, Any] = {"key": unit.key, "level": str(unit.level), "name": unit.name}
    found |= {name: value for name, value in (("within", unit.within), ("place", unit.place)) if value}
    return found | ({"communes": list(unit.communes)} if unit.level is Level.AREA else {})


def _wave(wave: Wave) -> Iterator[tuple[str, Any]]:
    yield from (("key", wave.key), ("name", wave.name), ("starts_on", wave.starts_on), ("ends_on", wave.ends_on))
    if wave.launch_at:
        at = wave.launch_at.astimezone(VIETNAM)
        yield "launch", {"at": f"{at:%Y-%m-%dT%H:%M}", "place": wave.launch_place}
    begins = wave.launch_at.astimezone(VIETNAM).date() if wave.launch_at else wave.starts_on
    for due in wave.due_days:
        if due.what is What.LIST:
            yield "list", {"level": str(due.level), "days_before": (begins - due.last_day).days}
    reports = [due for due in wave.due_days if due.what is What.REPORT]
    yield "reports", [{"level": str(due.level), "before": due.last_day + timedelta(days=1)} for due in reports]
    yield (
        "targets",
        [
            {"unit": one.unit, "measure": str(one.measure), "number": one.number}
            | ({"organisation": one.organisation} if one.organisation else {})
            | ({"example": True} if one.example else {})
            for one in wave.targets
        ],
    )
