"""Whoever reckons a step's formula again comes to its value, to the đồng."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from bot.answers.library import Library
from bot.calculators.catalogue import CALCULATORS, Books
from bot.calculators.working import Step, Unit, dong
from tests.calculators.test_cases import CASES, as_question

_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?(%?)")
_ASIDE = re.compile(r" \((?:\d{4}|[^()×]*(?:năm|tháng))\)")  # «(2016)», «(1 năm 6 tháng)»
_COUNTED = {Unit.PERCENT, Unit.TIMES}


def value_of(formula: str) -> Decimal | None:
    """Return what a formula of numbers, + − × ÷ and brackets comes to; None for one with other signs, or with none."""
    if "/" in formula:  # a day
        return None
    plain = re.sub(r" (?:năm|tháng)\b", "", _ASIDE.sub("", formula))
    parts = plain.replace("×", "*").replace("÷", "/").replace("−", "-")
    if not re.fullmatch(r"[\d.,%()*/+ -]+", parts) or not re.search(r"[*/+-]", parts):
        return None
    found = eval(_NUMBER.sub(_as_decimal, parts))  # noqa: S307  digits, signs and brackets only
    assert isinstance(found, Decimal)
    return found


def _as_decimal(number: re.Match[str]) -> str:
    text = f"{number[1].replace('.', '')}.{number[2] or 0}"
    return f"(Decimal('{text}') / 100)" if number[3] else f"Decimal('{text}')"


def test_the_reckoner_can_count() -> None:
    assert value_of("22% × 1.500.000") == 330_000
    assert value_of("12 tháng (2016) × 700.000 × 1,32") == 11_088_000
    assert value_of("75% − 3% (1 năm 6 tháng)") == Decimal("0.72")
    assert value_of("(2 năm × 1,5 + 3 năm × 2) × 1.000") == 9000
    assert value_of("3.520.000; ≤ 2 × 2.000.000") is None
    assert value_of("1 × 198.000; ≤ 100.000") is None
    assert value_of("01/06/1951 + 75 năm") is None


def agrees(step: Step) -> bool | None:
    """Tell whether a step's formula yields its value; None: a formula that cannot be reckoned."""
    if step.unit not in {Unit.DONG, Unit.MONTHS, *_COUNTED}:
        return None
    worth = value_of(step.formula)
    if worth is None:
        return None
    return dong(worth) == step.value if step.unit is Unit.DONG else worth == step.value


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_formula_yields_its_value(name: str, case: dict[str, object], library: Library) -> None:
    if "refuses" in case:
        return
    found = CALCULATORS[name].answer(Books(library.law, library.local_support), as_question(case["asked"]))
    assert [step for step in found.steps if agrees(step) is False] == []


def test_enough_formulas_are_reckoned(library: Library) -> None:
    books = Books(library.law, library.local_support)
    steps = [
        step
        for name, case in (param.values for param in CASES)
        if "refuses" not in case  # type: ignore[operator]
        for step in CALCULATORS[name].answer(books, as_question(case["asked"])).steps  # type: ignore[index]
    ]
    assert sum(agrees(step) is True for step in steps) > len(steps) / 2
