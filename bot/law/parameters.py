"""A number of the law on a given day, with the document that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.errors import NotInForce

Value = int | Decimal | date | str | Mapping[int, Decimal]


class Confidence(StrEnum):
    """How sure we are; only the first two may be shown to a citizen."""

    VERIFIED = "verified"
    SINGLE_SOURCE = "single-source"
    FROM_MEMORY = "from-memory"
    EXAMPLE_ONLY = "example-only"


SHOWABLE = {Confidence.VERIFIED, Confidence.SINGLE_SOURCE}


@dataclass(frozen=True, slots=True)
class Reference:
    """The document and article a value stands in."""

    title: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """What holds from `since` until the next value; None: no longer known or no longer in force."""

    since: date
    value: Value | None
    confidence: Confidence
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the law through time; `values` ascend by date."""

    name: str
    description: str
    unit: str
    checked: date
    values: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue:
        """Return the value in force on the day, whatever its confidence; raise NotInForce when there is none."""
        for found in reversed(self.values):
            if found.since <= day:
                if found.value is None:
                    break
                return found
        raise NotInForce(f"{self.name} has no value on {day}")

    def coming(self, day: date) -> DatedValue | None:
        """Return the next value after the day; None when none is known."""
        return next((value for value in self.values if value.since > day), None)

    def earlier(self, day: date) -> tuple[DatedValue, ...]:
        """Return what held before the value of the day, the latest first."""
        begun = [value for value in self.values if value.since <= day]
        return tuple(reversed(begun[:-1]))


@dataclass(frozen=True, slots=True)
class Law:
    """All parameters by dotted name, such as `voluntary_contribution.rate`."""

    parameters: Mapping[str, Parameter]

    def at(self, day: date) -> LawOnDay:
        """Return the law as it stands on the day."""
        return LawOnDay(self, day)


@dataclass(slots=True)
class LawOnDay:
    """The law of one day; remembers every number read, so that an answer can cite it."""

    law: Law
    day: date
    read: dict[str, DatedValue] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Value:
        """Return the value of a parameter; raise NotInForce when unknown, not in force or not checked."""
        parameter = self.law.parameters.get(name)
        if parameter is None:
            raise NotInForce(f"{name} is no parameter of content/law")
        found = parameter.on(self.day)
        if found.confidence not in SHOWABLE:
            raise NotInForce(f"{name} is {found.confidence} on {self.day}: not to be shown as fact")
        if name not in self.read or found.confidence is not Confidence.VERIFIED:
            self.read[name] = found  # of several days' values the least certain is what the reader must know of
        assert found.value is not None
        return found.value

    def chapter(self) -> Chapter:
        """Return the view that templates use: law.voluntary_contribution.rate."""
        return Chapter(self, "")

    def on(self, day: date) -> Chapter:
        """Return the same view for another day; what is read there is remembered here."""
        return Chapter(LawOnDay(self.law, day, self.read), "")


class Chapter:
    """Attribute access to parameters and folders of parameters."""

    def __init__(self, law: LawOnDay, prefix: str) -> None:
        self._law, self._prefix = law, prefix

    def __str__(self) -> str:
        raise NotInForce(f"{self._prefix}* is a folder of content/law, not a number")

    def __getattr__(self, part: str) -> object:
        if part.startswith("_"):
            raise AttributeError(part)
        name = f"{self._prefix}{part}"
        if name in self._law.law.parameters:
            return self._law[name]
        if any(other.startswith(f"{name}.") for other in self._law.law.parameters):
            return Chapter(self._law, f"{name}.")
        raise NotInForce(f"{name} is no parameter of content/law")


def uncertain(read: Mapping[str, DatedValue]) -> Iterator[str]:
    """Yield the names of the numbers that rest on one source only."""
    return (name for name, value in read.items() if value.confidence is not Confidence.VERIFIED)
