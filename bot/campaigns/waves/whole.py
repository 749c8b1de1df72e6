"""The target of a whole unit or organisation: as written, else the sum of its parts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.campaigns.waves.rules import Measure, Wave

Key = tuple[str, str | None, Measure]  # unit, organisation or None for the whole unit, measure


@dataclass(frozen=True, slots=True)
class Whole:
    """A target, whether an example figure is part of it, and what its parts add up to where that differs."""

    number: int
    example: bool
    parts: int | None = None


def wholes(wave: Wave) -> Mapping[Key, Whole]:
    """Return every target that is written or follows from what is written."""
    written = {(one.unit, one.organisation, one.measure): Whole(one.number, one.example) for one in wave.targets}
    found: dict[Key, Whole] = {}
    for unit in reversed(tuple(wave.below(wave.root.key))):
        for measure in Measure:
            for organisation in [*wave.organisation, None]:
                key: Key = (unit, organisation, measure)
                whole = _whole(written.get(key), _parts(wave, key, found))
                if whole is not None:
                    found[key] = whole
    return found


def _whole(written: Whole | None, parts: Whole | None) -> Whole | None:
    if written is None or parts is None or written.number == parts.number:
        return written or parts
    return Whole(written.number, written.example, parts.number)


def _parts(wave: Wave, key: Key, found: Mapping[Key, Whole]) -> Whole | None:
    """Return the sum of the units below; of a whole unit without any, that of its organisations."""
    unit, organisation, measure = key
    below = [(child, organisation, measure) for child in wave.children[unit]]
    beside = [(unit, one, measure) for one in wave.organisation] if organisation is None else []
    for keys in (below, beside):
        parts = [found[each] for each in keys if each in found]
        if parts:
            return Whole(sum(part.number for part in parts), any(part.example for part in parts))
    return None


def unsure(wave: Wave) -> Iterator[tuple[str, Measure]]:
    """Yield each unit and measure without a written target whose parts and organisations add up to different sums."""
    found = wholes(wave)
    written = {(one.unit, one.organisation, one.measure): one.number for one in wave.targets}
    for unit in wave.unit:
        for measure in Measure:
            below = [
                found[key].number for key in ((child, None, measure) for child in wave.children[unit]) if key in found
            ]
            beside = [written[key] for key in ((unit, one, measure) for one in wave.organisation) if key in written]
            if (unit, None, measure) not in written and below and beside and sum(below) != sum(beside):
                yield unit, measure
