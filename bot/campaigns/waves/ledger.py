"""Target, done, remaining and percent of every unit and organisation, added up the tree, each with the rows behind it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.campaigns.waves.rules import Measure, Wave
from bot.campaigns.waves.whole import Key, Whole, wholes

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Sum:
    """What was entered for one unit, organisation and measure, counter-entries taken off, and the entries' numbers."""

    unit: str
    organisation: str
    measure: Measure
    count: int
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger; no target: nothing was set, and there is nothing to be short of."""

    unit: str
    organisation: str | None  # None: the whole unit
    measure: Measure
    target: Whole | None
    done: int
    entries: tuple[int, ...]

    @property
    def remaining(self) -> int | None:
        """How many are missing; None without a target."""
        return None if self.target is None else max(self.target.number - self.done, 0)

    @property
    def percent(self) -> Decimal | None:
        """Per cent of the target, to a tenth; never 100 before all is done."""
        return None if self.target is None else percent(self.done, self.target.number)

    @property
    def short(self) -> bool:
        """Tell whether the target is not reached."""
        return bool(self.remaining)


def percent(done: int, target: int) -> Decimal:
    """Return how much of a target is done, to a tenth of a per cent; what is missing is not rounded away."""
    rounded = (Decimal(done) * 100 / target).quantize(_TENTH, rounding=ROUND_HALF_UP)
    return min(rounded, 100 - _TENTH) if done < target else rounded


@dataclass(frozen=True, slots=True)
class Ledger:
    """All lines of a wave by unit, organisation and measure."""

    wave: Wave
    lines: Mapping[Key, Line]

    def line(self, unit: str, organisation: str | None, measure: Measure) -> Line:
        """Return a line; where there is neither target nor entry, an empty one."""
        empty = Line(unit, organisation, measure, None, 0, ())
        return self.lines.get((unit, organisation, measure), empty)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures that have a target or an entry."""
        return tuple(measure for measure in Measure if (self.wave.root.key, None, measure) in self.lines)

    def short(self, unit: str) -> Iterator[Line]:
        """Yield the lines of a unit and the units right below it that have not reached their target."""
        for measure in self.measures:
            lines = (self.line(key, None, measure) for key in (unit, *self.wave.children[unit]))
            yield from (line for line in lines if line.short)


def ledger(wave: Wave, sums: Iterable[Sum]) -> Ledger:
    """Return the ledger of a wave from what was entered."""
    done: dict[Key, list[Sum]] = defaultdict(list)
    for one in sums:
        for unit in wave.up(one.unit):
            done[unit, one.organisation, one.measure].append(one)
            done[unit, None, one.measure].append(one)
    targets = wholes(wave)
    keys = dict.fromkeys([*targets, *done])
    return Ledger(wave, {key: _line(key, targets.get(key), done.get(key, ())) for key in keys})


def _line(key: Key, target: Whole | None, sums: Sequence[Sum]) -> Line:
    entries = sorted(number for one in sums for number in one.entries)
    return Line(*key, target, sum(one.count for one in sums), tuple(entries))


def compare(ledgers: Sequence[Ledger], unit: str, measure: Measure) -> tuple[Line, ...]:
    """Return the same line of several waves side by side; a wave without the unit has an empty one."""
    return tuple(one.line(unit, None, measure) for one in ledgers)


def added(lines: Sequence[Line]) -> Line:
    """Return the sum of one line in several waves; it has a target if any of them has."""
    first, targets = lines[0], [line.target for line in lines if line.target is not None]
    whole = Whole(sum(one.number for one in targets), any(one.example for one in targets)) if targets else None
    entries = sorted(number for line in lines for number in line.entries)
    return Line(first.unit, first.organisation, first.measure, whole, sum(line.done for line in lines), tuple(entries))
