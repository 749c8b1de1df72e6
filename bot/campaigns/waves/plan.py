"""A wave as JSON, as the table keeps it, and back to the same. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from bot.campaigns.waves.rules import Document, DueDay, Form, Level, Measure, Organisation, Target, Unit, Wave, What


def to_json(wave: Wave) -> dict[str, Any]:
    """Return the wave as JSON that `from_json` reads back to the same."""
    made: dict[str, Any] = _plain(asdict(wave))
    return made


def _plain(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _plain(value) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return [_plain(value) for value in found]
    return found.isoformat() if isinstance(found, date | datetime) else found


def from_json(found: dict[str, Any]) -> Wave:
    """Return the wave that JSON of `to_json` says."""
    launch = found["launch_at"]
    document, form = found["document"], found["form"]
    return Wave(
        key=found["key"],
        name=found["name"],
        document=Document(document["number"], date.fromisoformat(document["day"]), document["title"]),
        form=Form(**form | {"to": tuple(form["to"])}),
        starts_on=date.fromisoformat(found["starts_on"]),
        ends_on=date.fromisoformat(found["ends_on"]),
        launch_at=datetime.fromisoformat(launch) if launch else None,
        launch_place=found["launch_place"],
        units=tuple(
            Unit(**one | {"level": Level(one["level"]), "communes": tuple(one["communes"])}) for one in found["units"]
        ),
        organisations=tuple(Organisation(**one) for one in found["organisations"]),
        targets=tuple(Target(**one | {"measure": Measure(one["measure"])}) for one in found["targets"]),
        due_days=tuple(
            DueDay(What(one["what"]), Level(one["level"]), date.fromisoformat(one["last_day"]))
            for one in found["due_days"]
        ),
    )
