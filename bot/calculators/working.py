"""How a calculation is shown: steps with numbers and references, notes, and what makes it an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, TypedDict

from bot.errors import CitizenError, NotInForce
from bot.law.parameters import SHOWABLE, Confidence, DatedValue, Law, Value
from bot.vn import show


class Unit(StrEnum):
    """What the value of a step counts, and so how it is shown."""

    DONG = "dong"
    PERCENT = "percent"  # Decimal: 0.45 is 45 %
    MONTHS = "months"
    YEARS = "years"
    TIMES = "times"
    DAY = "day"
    AGE = "age"  # months of life


Number = int | Decimal | date
FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2150, 12, 31)  # the law of Luật BHXH 58/2014/QH13 and of what followed it


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a calculation: `label` is a text of content/messages, `formula` its numbers and signs."""

    label: str
    formula: str
    value: Number
    unit: Unit
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that belongs to the result: a key of content/messages and its values."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a calculator is asked: facts in their units, and the day by whose law it answers."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "use_attribute_docstrings": True}

    day: date
    """The day by whose law to answer ("2026-11-22"), from 2016-01-01."""

    def __post_init__(self) -> None:
        if not FIRST_DAY <= self.day <= LAST_DAY:
            raise refuse("day_out_of_range", first=show.day(FIRST_DAY), last=show.day(LAST_DAY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What every result carries besides its own figures.

    `estimated_from` names the settings that make it an estimate; `checked` is the day of the oldest check of a number in it.
    """

    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    estimated_from: tuple[str, ...]
    checked: date | None

    @property
    def estimate(self) -> bool:
        """Tell whether a number behind the result is not officially known."""
        return bool(self.estimated_from)

    @property
    def references(self) -> tuple[str, ...]:
        """Return every document and article the steps rest on, each once, in order."""
        return tuple(dict.fromkeys(title for step in self.steps for title in step.references))


class Findings(TypedDict):
    """What every Result is made with."""

    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    estimated_from: tuple[str, ...]
    checked: date | None


class Working:
    """The sheet one calculation is written on: reads the law of a day, remembers steps, notes and doubts.

    The numbers read since the last step give the next step its references.
    """

    def __init__(self, law: Law, day: date) -> None:
        self.law, self.day = law, day
        self.steps: list[Step] = []
        self.notes: list[Note] = []
        self.estimated_from: list[str] = []
        self.checked: date | None = None
        self._read: list[str] = []

    def whole(self, name: str, on: date | None = None) -> int:
        """Return a number of đồng, years, months or days in force on the day; raise NotInForce when there is none."""
        value = self._value(name, on or self.day)
        assert isinstance(value, int), name
        return value

    def decimal(self, name: str, on: date | None = None) -> Decimal:
        """Return a rate or a multiple in force on the day; raise NotInForce when there is none."""
        value = self._value(name, on or self.day)
        assert isinstance(value, Decimal), name
        return value

    def moment(self, name: str) -> date:
        """Return a date that the law names, to compare with; raise NotInForce when there is none."""
        value = self._parameter_on(name, self.day).value
        assert isinstance(value, date), name
        return value

    def has(self, name: str, on: date | None = None) -> bool:
        """Tell whether the law has a value on the day."""
        parameter = self.law.parameters.get(name)
        if parameter is None:
            return False
        try:
            parameter.on(on or self.day)
        except NotInForce:
            return False
        return True

    def nearest(self, name: str) -> tuple[Value, date]:
        """Return the value in force or else the one nearest in time, and its day; what is not in force makes an estimate."""
        if self.has(name):
            return self._value(name, self.day), self._parameter_on(name, self.day).since
        known = [value for value in self.law.parameters[name].values if value.value is not None]
        if not known:
            raise NotInForce(f"{name} has no value on any day")
        best = min(known, key=lambda value: (abs((value.since - self.day).days), value.since))
        self._note_reading(name, best, doubtful=True)
        assert best.value is not None
        return best.value, best.since

    def step(self, label: str, formula: str, value: int, *rules: str) -> int:
        """Write a step in đồng and return its value; `rules` are the articles of the formula itself."""
        self.write(label, formula, value, Unit.DONG, *rules)
        return value

    def write(self, label: str, formula: str, value: Number, unit: Unit, *rules: str) -> None:
        """Write a step of any unit."""
        references = tuple(dict.fromkeys([*rules, *self._read]))
        self.steps.append(Step(label, formula, value, unit, references))
        self._read.clear()

    def note(self, key: str, **values: str) -> None:
        """Add a sentence to the result, once."""
        note = Note(key, values)
        if note not in self.notes:
            self.notes.append(note)

    def doubt(self, setting: str) -> None:
        """Make the result an estimate because of this setting."""
        if setting not in self.estimated_from:
            self.estimated_from.append(setting)

    def take(self, other: Result) -> None:
        """Copy the steps, notes and doubts of another result onto this sheet."""
        self.steps += other.steps
        for note in other.notes:
            self.note(note.key, **note.values)
        for setting in other.estimated_from:
            self.doubt(setting)
        self.note_check(other.checked)

    def note_check(self, day: date | None) -> None:
        """Remember the day on which something behind the result was last checked, if it is the oldest."""
        if day is not None and (self.checked is None or day < self.checked):
            self.checked = day

    @property
    def findings(self) -> Findings:
        """Return what a Result is made with: Result(**working.findings, …)."""
        return {
            "steps": tuple(self.steps),
            "notes": tuple(self.notes),
            "estimated_from": tuple(self.estimated_from),
            "checked": self.checked,
        }

    def _value(self, name: str, day: date) -> Value:
        found = self._parameter_on(name, day)
        self._note_reading(name, found, doubtful=found.confidence not in SHOWABLE)
        assert found.value is not None
        return found.value

    def _parameter_on(self, name: str, day: date) -> DatedValue:
        parameter = self.law.parameters.get(name)
        if parameter is None:
            raise NotInForce(f"{name} is no parameter of content/law")
        return parameter.on(day)

    def _note_reading(self, name: str, found: DatedValue, *, doubtful: bool) -> None:
        self._read += [reference.title for reference in found.references]
        self.note_check(self.law.parameters[name].checked)
        if doubtful:
            self.doubt(name)
        elif found.confidence is not Confidence.VERIFIED:
            self.note("calc_one_source")


def dong(amount: int | Decimal) -> int:
    """Round to whole đồng, halves up, as the examples of Quyết định 595/QĐ-BHXH do (Ví dụ 10)."""
    return show.whole_dong(amount)


def refuse(key: str, **values: object) -> CitizenError:
    """Return the error for input that the citizen can mend; `key` names the sentence that says what is allowed."""
    return CitizenError(f"calc_{key}", **values)
