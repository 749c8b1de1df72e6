"""A result as JSON for other programs: figures, steps with formula and references, notes in Vietnamese, and what is an estimate."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.answers.texts import Text
from bot.calculators.catalogue import BadInput, Books, Calculator
from bot.calculators.months import Spell
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
        message = texts["calc_not_in_force"].filled()
        answer, well = {"error": {"key": "not_in_force", "message": message, "detail": str(error)}}, False
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
    """Return what a calculator does, the fields of its question and of its result, for the terminal."""
    schema = calculator.schema()
    parts = [_part(name, part) for name, part in schema.get("$defs", {}).items()]
    return "\n\n".join(
        [
            f"{calculator.name}: {calculator.about}",
            "Fields of the JSON question:\n" + _fields(schema, calculator.question),
            *parts,
            _result(calculator.gives),
        ]
    )


def _part(name: str, schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return f"{name}: one of {', '.join(map(json.dumps, schema['enum']))}"
    return f"{name} (a part):\n" + _fields(schema, Spell)


def _result(kind: type[Result]) -> str:
    own = [one for one in fields(kind) if one.name not in _COMMON]
    lines = [f"  {one.name} ({one.type})" for one in own]
    about = f'Fields of "result": {inspect.getdoc(kind)}'
    beside = 'Beside it: "steps", "references", "notes", "estimate" with "estimated_from", and "checked", the day of the oldest check.'
    return "\n".join([about, *lines, beside])


def _fields(schema: Mapping[str, Any], kind: type) -> str:
    about = _documented(kind)
    return "\n".join(_field(name, found, schema, about.get(name, "")) for name, found in schema["properties"].items())


def _field(name: str, found: Mapping[str, Any], schema: Mapping[str, Any], about: str) -> str:
    empty: dict[str, Any] | None = {} if found.get("type") == "object" else None
    default = "" if name in schema.get("required", ()) else f", default {json.dumps(found.get('default', empty))}"
    return f"  {name} ({_kind(found)}{default}): {about}".rstrip(": ")


def _documented(kind: type) -> dict[str, str]:
    """Return the text under each field of a dataclass and of its bases; pydantic's schema has those of the class alone."""
    found: dict[str, str] = {}
    for base in (base for base in reversed(kind.__mro__) if is_dataclass(base)):
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, text in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                found[ast.unparse(field.target)] = inspect.cleandoc(str(text.value.value))
    return found


def _kind(found: Mapping[str, Any]) -> str:
    if "$ref" in found:
        return str(found["$ref"]).rpartition("/")[2]
    if "anyOf" in found:
        return " or ".join(_kind(one) for one in found["anyOf"])
    if found.get("type") == "array":
        return f"list of {_kind(found.get('items', {}))}"
    return str(found.get("format") or found.get("type") or "text")
