"""A wave: its document, units, organisations, targets and due days; what may be entered without a word. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from bot.errors import AnSinhError


class Level(StrEnum):
    """A level of a wave's units, the highest first."""

    PROVINCE = "province"
    DISTRICT = "district"  # before July 2025
    AREA = "area"  # since then: the communes that one office of social insurance looks after
    COMMUNE = "commune"


class Measure(StrEnum):
    """What a wave counts."""

    VOLUNTARY = "voluntary"
    HOUSEHOLD_HEALTH = "household_health"
    COMPULSORY = "compulsory"
    ADVICE_GROUPS = "advice_groups"
    ADVISERS = "advisers"
    MOBILE_TEAMS = "mobile_teams"
    MARCHERS = "marchers"
    LAUNCH_GUESTS = "launch_guests"
    MEETINGS = "meetings"
    BROADCASTS = "broadcasts"
    LEAFLETS = "leaflets"


BY_PERSON = frozenset({Measure.VOLUNTARY, Measure.HOUSEHOLD_HEALTH, Measure.COMPULSORY})  # people who joined
LIMITS: Mapping[Measure, int] = {
    Measure.VOLUNTARY: 200, Measure.HOUSEHOLD_HEALTH: 1_000, Measure.COMPULSORY: 1_000, Measure.ADVICE_GROUPS: 50,
    Measure.ADVISERS: 200, Measure.MOBILE_TEAMS: 20, Measure.MARCHERS: 500, Measure.LAUNCH_GUESTS: 2_000,
    Measure.MEETINGS: 50, Measure.BROADCASTS: 500, Measure.LEAFLETS: 20_000,
}  # fmt: skip
"""Above this, one entry needs a word of explanation: it is more likely a slip of the finger."""
MOST = 1_000_000


class What(StrEnum):
    """What is handed in by a day."""

    REPORT = "report"
    LIST = "list"


class Doubt(StrEnum):
    """Why an entry needs a note."""

    LARGE = "large"
    OUTSIDE = "outside"  # of the wave's period
    AGAIN = "again"  # the same was entered for that day already


class Refused(AnSinhError):
    """Whoever enters figures can mend it; `key` names the text in content/messages."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = f"wave_refused_{key}", values


@dataclass(frozen=True, slots=True)
class Document:
    """The plan a wave carries out."""

    number: str
    day: date
    title: str


@dataclass(frozen=True, slots=True)
class Form:
    """How the report begins and ends."""

    parent: str
    issuer: str
    place: str
    symbol: str
    to: tuple[str, ...]
    signer: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A place with targets; `communes` are the codes of today's communes that lie in it, for a province none."""

    key: str
    level: Level
    name: str
    within: str | None
    place: str | None = None  # of a province its key, of a commune of today its code
    communes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who carries targets beside the units."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Target:
    """So many of a measure, of a whole unit or of an organisation in it."""

    unit: str
    organisation: str | None
    measure: Measure
    number: int
    example: bool = False  # not a figure that an authority has set


@dataclass(frozen=True, slots=True)
class DueDay:
    """What units of a level hand in, and the last day for it."""

    what: What
    level: Level
    last_day: date


@dataclass(frozen=True)
class Wave:
    """One wave as its file says."""

    key: str
    name: str
    document: Document
    form: Form
    starts_on: date
    ends_on: date
    launch_at: datetime | None
    launch_place: str
    units: tuple[Unit, ...]
    organisations: tuple[Organisation, ...]
    targets: tuple[Target, ...]
    due_days: tuple[DueDay, ...] = field(default=())

    @cached_property
    def unit(self) -> Mapping[str, Unit]:
        """The units by key."""
        return {unit.key: unit for unit in self.units}

    @cached_property
    def organisation(self) -> Mapping[str, Organisation]:
        """The organisations by key."""
        return {one.key: one for one in self.organisations}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of the units right below each, in the order of the file."""
        return {key: tuple(one.key for one in self.units if one.within == key) for key in self.unit}

    @property
    def root(self) -> Unit:
        """The unit that holds all others."""
        return next(unit for unit in self.units if unit.within is None)

    def up(self, key: str) -> Iterator[str]:
        """Yield a unit and those that hold it, up to the root."""
        at: str | None = key
        while at is not None:
            yield at
            at = self.unit[at].within

    def below(self, key: str) -> Iterator[str]:
        """Yield a unit and all that lie in it, each before its parts."""
        yield key
        for child in self.children[key]:
            yield from self.below(child)


def doubts(wave: Wave, measure: Measure, count: int, day: date, *, again: bool) -> tuple[Doubt, ...]:
    """Return why an entry needs a note, nothing for most."""
    found = {
        Doubt.LARGE: count > LIMITS[measure],
        Doubt.OUTSIDE: not wave.starts_on <= day <= wave.ends_on,
        Doubt.AGAIN: again,
    }
    return tuple(doubt for doubt, true in found.items() if true)


SOON = timedelta(days=7)
DISTRICTS_ENDED = date(2025, 7, 1)  # since then provinces and communes are the two levels
