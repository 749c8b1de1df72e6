"""How many results a second each calculator gives on one core, and what a person's whole comparison costs: var/bench.md."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import yaml

from bot.answers.library import load_library
from bot.calculators.catalogue import CALCULATORS, Books
from bot.errors import AnSinhError
from bot.settings import ROOT

CASES = Path(__file__).parents[1] / "cases" / "calculators"
LONG_ENOUGH = 0.3  # seconds for each calculator
COMPARED: dict[str, Any] = {
    "day": "2026-11-27",
    "sex": "female",
    "birth": "1985-03-12",
    "incomes": [1500000, 3000000, 5000000],
    "months": [180, 240, 300],
    "groups": ["near_poor"],
    "province": "vinh_phuc",
}


def measured(name: str, questions: list[Any], books: Books) -> float:
    """Return the mean seconds of one result, over the questions of the cases again and again."""
    calculator, count, begun = CALCULATORS[name], 0, time.perf_counter()
    while time.perf_counter() - begun < LONG_ENOUGH:
        for question in questions:
            calculator.run(books, question)
        count += len(questions)
    return (time.perf_counter() - begun) / count


def answered(name: str, books: Books) -> list[Any]:
    """Return the questions of the calculator's cases that have an answer."""
    found = []
    for case in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8")):
        question = CALCULATORS[name].read(_plain(case["asked"])) if "refuses" not in case else None
        if question is not None:
            found.append(question)
    return found


def _plain(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {key: _plain(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_plain(value) for value in raw]
    return raw.isoformat() if hasattr(raw, "isoformat") else raw


def report() -> list[str]:
    """Return the lines of the report."""
    library = load_library(ROOT / "content")
    books = Books(library.law, library.local_support)
    lines = ["## Calculators, one core", "", "| calculator | results/s | µs |", "|---|---|---|"]
    for name in CALCULATORS:
        try:
            seconds = measured(name, answered(name, books), books)
        except AnSinhError as error:
            raise SystemExit(f"{name}: {error}") from None
        lines.append(f"| {name} | {1 / seconds:,.0f} | {seconds * 1e6:.0f} |")
    whole = measured("comparison", [CALCULATORS["comparison"].read(COMPARED)], books)
    return [
        *lines,
        "",
        f"One person's comparison of 3 incomes and 3 lengths, with the province: {whole * 1e3:.2f} ms (aim: 5).",
    ]
