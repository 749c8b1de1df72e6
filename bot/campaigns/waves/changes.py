"""What a file would change in a wave, fact by fact, for whoever is about to bring it in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.campaigns.waves.rules import Wave
from bot.clock import VIETNAM
from bot.vn import show

Place = tuple[str, ...]  # the kind of a fact, and of what it is one


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that the file says otherwise; None: it is not there."""

    place: Place
    before: str | None
    after: str | None


def changes(before: Wave | None, after: Wave) -> tuple[Change, ...]:
    """Return what differs, in the order of a plan; of a new wave everything."""
    old, new = facts(before) if before else {}, facts(after)
    return tuple(
        Change(place, old.get(place), new.get(place))
        for place in dict.fromkeys([*new, *old])
        if old.get(place) != new.get(place)
    )


def facts(wave: Wave) -> Mapping[Place, str]:
    """Return every fact of a wave as it is read."""
    form = wave.form
    found: dict[Place, str] = {
        ("name",): wave.name,
        ("document",): f"{wave.document.number}, {show.day(wave.document.day)}: {wave.document.title}",
        ("form",): "; ".join((form.parent, form.issuer, form.place, form.symbol, *form.to, form.signer)),
        ("period",): f"{show.day(wave.starts_on)} – {show.day(wave.ends_on)}",
    }
    if wave.launch_at:
        at = wave.launch_at.astimezone(VIETNAM)
        found["launch",] = f"{at:%H:%M}, {show.day(at.date())}, {wave.launch_place}"
    found |= {("due", one.what, one.level): show.day(one.last_day) for one in wave.due_days}
    for unit in wave.units:
        found["unit", unit.key] = "; ".join((unit.name, unit.within or "", *unit.communes)).rstrip("; ")
    found |= {("organisation", one.key): one.name for one in wave.organisations}
    for target in wave.targets:
        place = ("target", target.unit, target.organisation or "", target.measure)
        found[place] = show.grouped(target.number) + ("*" if target.example else "")
    return found
