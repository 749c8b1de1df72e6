"""Who uses a number of the law: nothing that reads one is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.answers.library import Library
from bot.answers.render import render
from bot.answers.uses import in_calculator, in_templates, uses
from bot.calculators.catalogue import CALCULATORS, Books
from bot.errors import CitizenError, NotInForce
from bot.law.parameters import Law, Parameter
from tests.calculators.test_cases import as_question

DAY = date(2026, 11, 27)
CASES = sorted((Path(__file__).parents[1] / "cases" / "calculators").glob("*.yaml"))


class Watched(Mapping[str, Parameter]):
    """The numbers of the law, and which of them were asked for."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters, self.read = parameters, set[str]()

    def __getitem__(self, name: str) -> Parameter:
        found = self._parameters[name]
        self.read.add(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_all_that_a_calculator_reads_in_its_cases_is_known_to_be_used_by_it(library: Library, path: Path) -> None:
    watched = Watched(library.law.parameters)
    for case in yaml.safe_load(path.read_text(encoding="utf-8")):
        with suppress(CitizenError, NotInForce):
            CALCULATORS[path.stem].answer(Books(Law(watched), library.local_support), as_question(case["asked"]))
    assert watched.read and watched.read <= in_calculator(path.stem, library.law)


def test_all_that_a_page_reads_is_known_to_be_used_by_it(library: Library) -> None:
    for page in library.pages.values():
        for day in (DAY, date(2027, 2, 1)):
            watched = Watched(library.law.parameters)
            render(page, Law(watched), day, library.texts)
            footer = {"service.hotline"}  # none of a page's own
            assert watched.read - footer <= in_templates((page.body,), library.law), page.name


def test_a_folder_that_is_given_a_name_counts_with_all_below_it(library: Library) -> None:
    source = "{% set c = law_on(today).voluntary_contribution %}{{ c.rate }} {{ law.service.hotline }}"
    found = in_templates((source,), library.law)
    assert {"voluntary_contribution.rate", "service.hotline"} <= found
    assert all(name.startswith(("voluntary_contribution.", "service.hotline")) for name in found)


def test_the_poverty_line_names_its_answer_and_its_calculator(library: Library) -> None:
    found = {(use.kind, use.name) for use in uses(library, {})["common.rural_poverty_line"]}
    assert {("answer", "contribution_amount"), ("calculator", "contribution")} <= found
    assert ("calculator", "retirement_age") not in found
