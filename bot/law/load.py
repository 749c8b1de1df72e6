"""Reads content/law: one number a file, in OpenFisca's shape but stricter."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.law.parameters import Confidence, DatedValue, Law, Parameter, Reference, Value
from bot.yaml_files import as_date, as_list, as_text, checked_keys, read_yaml

_PART = re.compile(r"[a-z][a-z0-9_]*\Z")
_WHOLE = {"VND", "VND/month", "VND/year", "years", "months", "days", "working_days", "count"}
_DECIMAL = {"/1", "/month", "/day", "x"}
UNITS = _WHOLE | _DECIMAL | {"date", "text", "table"}


def load_law(folder: Path) -> Law:
    """Read every parameter below the folder; raise ContentError naming file, key and reason."""
    found = {
        parameter.name: parameter for path in sorted(folder.rglob("*.yaml")) for parameter in [_parameter(path, folder)]
    }
    if not found:
        raise ContentError(f"{folder}: no parameters found")
    return Law(found)


def _parameter(path: Path, folder: Path) -> Parameter:
    parts = path.relative_to(folder).with_suffix("").parts
    for part in parts:
        if not _PART.match(part):
            raise ContentError(f"{path}: «{part}» must be lower case letters, digits and _")
    where = str(path)
    raw = checked_keys(read_yaml(path), where, needed={"description", "metadata", "values"})
    metadata = checked_keys(raw["metadata"], f"{where}: metadata", needed={"unit", "last_value_still_valid_on"})
    unit = as_text(metadata["unit"], f"{where}: metadata.unit")
    if unit not in UNITS:
        raise ContentError(f"{where}: metadata.unit: unknown unit {unit}")
    return Parameter(
        name=".".join(parts),
        description=as_text(raw["description"], f"{where}: description"),
        unit=unit,
        checked=as_date(metadata["last_value_still_valid_on"], f"{where}: metadata.last_value_still_valid_on"),
        values=_dated_values(raw["values"], unit, f"{where}: values"),
    )


def _dated_values(raw: Any, unit: str, where: str) -> tuple[DatedValue, ...]:
    if not isinstance(raw, dict) or not raw:
        raise ContentError(f"{where}: at least one dated value is needed")
    values = [_dated_value(as_date(day, where), found, unit, f"{where}.{day}") for day, found in raw.items()]
    return tuple(sorted(values, key=lambda value: value.since))


def _dated_value(since: date, raw: Any, unit: str, where: str) -> DatedValue:
    found = checked_keys(raw, where, needed={"value", "metadata"})
    metadata = checked_keys(found["metadata"], f"{where}.metadata", needed={"confidence", "reference"})
    references = as_list(metadata["reference"], f"{where}.metadata.reference", _reference)
    if not references:
        raise ContentError(f"{where}.metadata.reference: every value needs its source")
    try:
        confidence = Confidence(metadata["confidence"])
    except ValueError:
        raise ContentError(f"{where}.metadata.confidence: unknown confidence {metadata['confidence']!r}") from None
    value = None if found["value"] is None else _value(found["value"], unit, f"{where}.value")
    return DatedValue(since, value, confidence, references)


def _reference(raw: Any, where: str) -> Reference:
    found = checked_keys(raw, where, needed={"title"}, allowed={"href"})
    href = found.get("href", "")
    if href and not str(href).startswith("https://"):
        raise ContentError(f"{where}.href: must begin with https://")
    return Reference(as_text(found["title"], f"{where}.title"), str(href))


def _value(raw: Any, unit: str, where: str) -> Value:
    if unit in _WHOLE and type(raw) is int:
        return raw
    if unit in _DECIMAL and isinstance(raw, str):
        return _decimal(raw, where)
    if unit == "date":
        return as_date(raw, where)
    if unit == "text":
        return as_text(raw, where)
    if unit == "table" and isinstance(raw, dict) and all(type(key) is int for key in raw):
        return {key: _decimal(text, f"{where}.{key}") for key, text in raw.items()}
    kind = "a whole number" if unit in _WHOLE else "a decimal in quotes" if unit in _DECIMAL else f"a {unit}"
    raise ContentError(f"{where}: must be {kind}, found {raw!r}")


def _decimal(raw: Any, where: str) -> Decimal:
    try:
        number = Decimal(raw if isinstance(raw, str) else "not text")
        if number.is_finite():
            return number
        raise InvalidOperation
    except InvalidOperation:
        raise ContentError(f"{where}: must be a decimal in quotes, found {raw!r}") from None
