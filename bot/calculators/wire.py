"""A result as JSON for other programs: figures, steps with formula and references, notes in Vietnamese, and what is an estimate."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.answers.texts import Text
from bot.calculators.catalogue import BadInput, Books, Calculator
from bot.calculators.working import Note, Number, Result, Step, Unit
from bot.errors import CitizenError, ContentError
from bot.vn import show

_COMMON = {"steps", "notes", "estimated_from", "checked"}

_SHOWN: Mapping[Unit, Callable[[Any], str]] = {
    Unit.DONG: show.dong,
    Unit.PERCENT: show.percent,
    Unit.MONTHS: show.duration,
    Unit.YEARS: lambda years: f"{show.decimal_comma(years)} năm",
    Unit.TIMES: lambda times: f"{show.decimal_comma(times)} lần",
    Unit.DAY: show.day,
    Unit.AGE: show.age,
}


def shown(value: Number, unit: Unit) -> str:
    """Return a value as people read it."""
    return _SHOWN[unit](value)


def as_json(result: Result, texts: Mapping[str, Text]) -> dict[str, Any]:
    """Return the result as JSON values: đồng and months are whole numbers, rates texts such as "0.45", days ISO."""
    return {
        "result": {one.name: plain(getattr(result, one.name)) for one in fields(result) if one.name not in _COMMON},
        "estimate": result.estimate,
        "estimated_from": list(result.estimated_from),
        "steps": [_step(step, texts) for step in result.steps],
        "references": list(result.references),
        "checked": plain(result.checked),
        "notes": [{"key": note.key, "text": note_text(note, texts)} for note in result.notes],
    }


def note_text(note: Note, texts: Mapping[str, Text]) -> str:
    """Return a note in words."""
    return texts[note.key].filled(**note.values)


def _step(step: Step, texts: Mapping[str, Text]) -> dict[str, Any]:
    return {
        "key": step.label,
        "label": texts[step.label].filled(),
        "formula": step.formula,
        "value": plain(step.value),
        "unit": step.unit,
        "shown": shown(step.value, step.unit),
        "references": list(step.references),
    }


def plain(value: Any) -> Any:
    """Return a figure as JSON knows it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    return value


def answer_json(calculator: Calculator, books: Books, texts: Mapping[str, Text], source: str) -> tuple[str, bool]:
    """Answer one question written as JSON; return the answer as a line of JSON and whether it went well."""
    try:
        answer, well = as_json(calculator.answer(books, _parsed(source)), texts), True
    except CitizenError as error:
        answer, well = {"error": {"key": error.key, "message": texts[error.key].filled(**error.values)}}, False
    except BadInput as error:
        answer, well = {"error": {"key": "bad_input", "message": str(error)}}, False
    except ContentError as error:  # the law has no number for that day: an error, never 0
        answer, well = {"error": {"key": "not_in_force", "message": str(error)}}, False
    return json.dumps(answer, ensure_ascii=False), well


def _parsed(source: str) -> Any:
    try:
        return json.loads(source)
    except (ValueError, RecursionError):
        raise BadInput("question: not JSON") from None


def questions_in(source: str) -> list[str]:
    """Return the questions of a text: one JSON object in any layout, or one on each line."""
    try:
        json.loads(source)
        return [source]
    except (ValueError, RecursionError):
        return [line for line in source.splitlines() if line.strip()] or [source]


def describe(calculator: Calculator) -> str:
    """Return what a calculator does and the fields of its question, for the terminal."""
    schema = calculator.schema()
    lines = [_field(name, found, schema) for name, found in schema["properties"].items()]
    parts = [
        f"{name} (a part):\n" + _fields(part) for name, part in schema.get("$defs", {}).items() if "properties" in part
    ]
    return "\n\n".join(
        [f"{calculator.name}: {calculator.about}", "Fields of the JSON question:\n" + "\n".join(lines), *parts]
    )


def _fields(schema: Mapping[str, Any]) -> str:
    return "\n".join(_field(name, found, schema) for name, found in schema["properties"].items())


def _field(name: str, found: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    default = "" if name in schema.get("required", ()) else f", default {json.dumps(found.get('default'))}"
    return f"  {name} ({_kind(found)}{default}): {found.get('description', '')}".rstrip(": ")


def _kind(found: Mapping[str, Any]) -> str:
    if "$ref" in found:
        return str(found["$ref"]).rpartition("/")[2]
    if "anyOf" in found:
        return " or ".join(_kind(one) for one in found["anyOf"])
    if found.get("type") == "array":
        return f"list of {_kind(found.get('items', {}))}"
    return str(found.get("format") or found.get("type") or "text")
