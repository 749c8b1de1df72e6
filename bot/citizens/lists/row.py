"""A row of a list: the person it names, or each thing in it that must be mended. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from bot.citizens.lists import cells
from bot.citizens.lists.cells import Wrong
from bot.citizens.lists.headings import CONSENT
from bot.citizens.places import At, place_in, place_of

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a list; `notes`: codes of what was taken in part."""

    row: int
    phone: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    province: str | None = None
    commune: str | None = None
    situation: str | None = None
    entitlements: tuple[str, ...] = ()
    birth_year: int | None = None
    joined: str | None = None
    paid_until: date | None = None
    consented: bool | None = None  # with proof; False: said no; None: nothing is proven
    consent_on: date | None = None
    consent_by: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell of a row: the meaning of its column, and the code of the text that says how to mend it."""

    column: str
    code: str


class _Reader:
    """The cells of one row by the meaning of their columns; gathers every fault instead of stopping at the first."""

    def __init__(self, raw: Sequence[str], columns: Mapping[int, str]) -> None:
        self._raw = {column: raw[at] for at, column in columns.items() if at < len(raw)}
        self.has_consent = bool(CONSENT & set(columns.values()))
        self.faults: list[Fault] = []

    def cell(self, column: str) -> str:
        found = self._try(column, cells.plain, self._raw.get(column, ""))
        return found or ""

    def read(self, column: str, reader: Callable[[str], Value]) -> Value | None:
        """Return what a cell says by its reader; None when it is empty or wrong."""
        return self._try(column, reader, typed) if (typed := self.cell(column)) else None

    def _try(self, column: str, reader: Callable[[str], Value], typed: str) -> Value | None:
        try:
            return reader(typed)
        except Wrong as wrong:
            self.faults.append(Fault(column, wrong.code))
            return None


def read_row(
    number: int, raw: Sequence[str], columns: Mapping[int, str], *, today: date, list_proof: bool
) -> Listed | list[Fault]:
    """Read a row; `list_proof`: consent of the whole list is kept somewhere, where its rows do not say otherwise."""
    reader = _Reader(raw, columns)
    phone = reader.read("phone", cells.phone)
    if phone is None and not reader.faults:
        reader.faults.append(Fault("phone", "phone_missing"))
    group = reader.read("group", cells.group) or (None, ())
    at = _place(reader)
    consent = _consent(reader, today, list_proof)
    values: dict[str, Any] = {
        "name": reader.read("name", cells.name),
        "birth_year": reader.read("birth", lambda text: cells.birth_year(text, today)),
        "joined": reader.read("joined", cells.joined),
        "paid_until": reader.read("paid_until", cells.paid_until),
    }
    if reader.faults or phone is None:
        return reader.faults
    notes = (("commune_divided",) if at and at.divided else ()) + consent[3]
    return Listed(
        number, phone, **values, province=at.province if at else None, commune=at.commune if at else None,
        situation=group[0], entitlements=group[1], consented=consent[0], consent_on=consent[1], consent_by=consent[2],
        notes=notes,
    )  # fmt: skip


def _place(reader: _Reader) -> At | None:
    parts = [reader.cell(column) for column in ("commune", "district", "province")]
    if not any(parts):
        address = reader.cell("place")
        return _known(reader, "place", place_in(address)) if address else None
    return _known(reader, "commune" if parts[0] else "province", place_of(*parts))


def _known(reader: _Reader, column: str, found: At | str) -> At | None:
    if isinstance(found, At):
        return found
    reader.faults.append(Fault(column, f"place_{found}"))
    return None


_Consent = tuple[bool | None, date | None, str | None, tuple[str, ...]]


def _consent(reader: _Reader, today: date, list_proof: bool) -> _Consent:
    """Return whether there is proof of consent, with its day and form; a yes that nothing proves is none."""
    if not reader.has_consent:
        return list_proof or None, None, None, ()
    said, on, by = (reader.cell(column) for column in ("consent", "consent_on", "consent_by"))
    together = " ".join(part for part in (said, on, by) if part)
    if not together:
        return None, None, None, ()
    answer = cells.consented(said) if said else True
    day = reader.read("consent_on", cells.day) or (reader.read("consent", cells.day) if said else None)
    if answer is None or (on and day is None) or (day and day > today):
        reader.faults.append(Fault("consent", "consent_later" if day and day > today else "consent"))
        return None, None, None, ()
    if not answer:
        return False, None, None, ()
    form = cells.form(by or said)
    if day and form:
        return True, day, form, ()
    return (True, day, form, ()) if list_proof else (None, None, None, ("consent_unproven",))
