"""Every calculator against its cases: each file of tests/cases/calculators is a calculator, each case has its source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answers.library import Library
from bot.calculators.catalogue import CALCULATORS, Books
from bot.calculators.wire import as_json
from bot.errors import CitizenError, NotInForce

FOLDER = Path(__file__).parents[1] / "cases" / "calculators"
CASES = [
    pytest.param(file.stem, case, id=f"{file.stem}: {case['case']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]


def as_question(raw: Any) -> Any:
    """YAML reads 2026-11-22 as a day; JSON has it as text."""
    if isinstance(raw, dict):
        return {key: as_question(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [as_question(value) for value in raw]
    return raw.isoformat() if hasattr(raw, "isoformat") else raw


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(name: str, case: dict[str, Any], library: Library) -> None:
    assert case["source"].strip()
    books = Books(library.law, library.local_support)
    asked = as_question(case["asked"])
    if "refuses" in case:
        with pytest.raises((CitizenError, NotInForce)) as refused:
            CALCULATORS[name].answer(books, asked)
        assert getattr(refused.value, "key", "not_in_force") == case["refuses"]
        return
    found = as_json(CALCULATORS[name].answer(books, asked), library.texts)
    expected = as_question(case["gives"])
    assert {key: found["result"][key] for key in expected} == expected
    assert found["estimate"] is case.get("estimate", False), found["estimated_from"]
    assert set(case.get("notes", [])) <= {note["key"] for note in found["notes"]}


@pytest.mark.parametrize(("name", "case"), CASES)
def test_every_step_shows_its_value_and_rests_on_a_document(name: str, case: dict[str, Any], library: Library) -> None:
    if "refuses" in case:
        return
    found = as_json(
        CALCULATORS[name].answer(Books(library.law, library.local_support), as_question(case["asked"])), library.texts
    )
    assert found["steps"] or found["notes"]
    for step in found["steps"]:
        assert step["references"] and step["label"] and step["shown"], step


def test_every_calculator_has_cases() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == CALCULATORS.keys()
