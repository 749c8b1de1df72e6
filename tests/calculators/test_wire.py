"""Whatever is asked, the answer is one line of JSON: a result, or an error that says what to mend."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.answers.library import Library
from bot.calculators.catalogue import CALCULATORS, Books
from bot.calculators.wire import answer_json, describe
from tests.calculators.test_cases import CASES, as_question

ODD: list[Any] = [
    None, True, 0, -1, 1.5, 10**18, 10**30, -(10**30), float("nan"), float("inf"), "", "x", "0", "86400", "-1", "1e400",
    "NaN", "2026-02-30", "0001-01-01", "9999-12-31", "2150-12-31", "9999", "đ", [], [None], [10**30], [-1], ["x"] * 50,
    {}, {"student": 10**30}, {"2016": "1E400"}, {"a": {"b": []}},
    [{"since": "2016-01", "until": "2015-01", "income": 1}],
    [{"since": "0001-01", "until": "9999-12", "income": 10**6}],
    [{"since": "2140-01", "until": "2150-12", "income": 10**6}],
    [{"since": "2016-01", "until": "2016-12", "income": 10**6}] * 2,
]  # fmt: skip


def answered(library: Library, name: str, source: str) -> dict[str, Any]:
    """Return the answer, which is one line of JSON; an error comes with its own sign."""
    line, well = answer_json(CALCULATORS[name], Books(library.law, library.local_support), library.texts, source)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    assert well is ("error" not in found)
    assert well or found["error"]["message"]
    return found


def first_question(name: str) -> dict[str, Any]:
    """Return the first case of a calculator that is answered."""
    found = next(case for param in CASES for file, case in [param.values] if file == name and "gives" in case)  # type: ignore[operator]
    asked: dict[str, Any] = as_question(found["asked"])  # type: ignore[index]
    return asked


@pytest.mark.parametrize("name", CALCULATORS)
def test_odd_values_in_any_field_get_a_clean_answer(name: str, library: Library) -> None:
    good = first_question(name)
    for field in CALCULATORS[name].schema()["properties"]:
        for odd in ODD:
            answered(library, name, json.dumps({**good, field: odd}))


@pytest.mark.parametrize("name", CALCULATORS)
def test_a_missing_field_is_named(name: str, library: Library) -> None:
    good = first_question(name)
    for field in CALCULATORS[name].schema()["required"]:
        found = answered(library, name, json.dumps({key: value for key, value in good.items() if key != field}))
        assert f"{field}: " in found["error"]["message"]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("", "question: not JSON"),
        ("[]", "question: "),
        ('"x"', "question: "),
        ("[" * 100_000, "question: not JSON"),
        (f'{{"day": "2026-11-22", "x": {"[" * 700}{"]" * 700}}}', "question: "),
        ('{"day": "2026-02-30", "income": 2000000}', "day: "),
        ('{"day": "86400", "income": 2000000}', "day: must be a day"),
        ('{"day": "2026-11-22", "income": 2000000.0}', "income: "),
        ('{"day": "2026-11-22", "income": true}', "income: "),
        ('{"day": "2026-11-22", "income": "2000000"}', "income: "),
        (f'{{"day": "2026-11-22", "income": {10**30}}}', "income: the number is too large"),
        ('{"day": "2026-11-22", "income": 2000000, "groups": ["rich"]}', "groups.0: "),
        ('{"day": "2026-11-22", "income": 2000000, "thunhập": 1}', "thunhập: "),
        ('{"day": "2026-11-22", "income": 2000000, "province": "\\ud800"}', "question: "),
    ],
)
def test_what_is_no_question_is_named(source: str, named: str, library: Library) -> None:
    assert named in answered(library, "contribution", source)["error"]["message"]


def test_a_day_without_a_law_is_refused_in_vietnamese(library: Library) -> None:
    found = answered(library, "social_pension", '{"day": "2019-01-01", "birth": "1930-01-01"}')
    assert found["error"]["key"] == "not_in_force"
    assert "chưa có số liệu của luật" in found["error"]["message"]
    assert "social_pension.age_general" in found["error"]["detail"]


def test_years_and_months_stand_for_their_first_day_and_a_place_stays_as_it_is(library: Library) -> None:
    short, whole = (
        answered(library, "retirement_age", json.dumps({"day": "2026-11-22", "sex": "male", "birth": birth}))
        for birth in ("1970", "1970-01-01")
    )
    assert short == whole
    found = answered(library, "local_subsidy", '{"day": "2026-11-22", "province": "1970"}')
    assert "«1970»" in found["error"]["message"]


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_field_is_described(name: str) -> None:
    for line in describe(CALCULATORS[name]).split('Fields of "result"')[0].splitlines():
        assert not line.startswith("  ") or "): " in line, line
