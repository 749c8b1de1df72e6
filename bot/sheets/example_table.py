"""The table of examples for a place and a day: what each group pays a month, and the pension after some years."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from bot.answers.library import Library
from bot.calculators.contribution import ContributionQuestion, contribution
from bot.calculators.pension import Pension
from bot.calculators.people import Sex
from bot.sheets.examples import (
    GroupLine,
    examples,
    group_line,
    groups_on,
    incomes_on,
    local_cell,
    local_lines,
    pension_after,
)
from bot.sheets.words import documents, group_name, head, place_name, say
from bot.vn import show


def example_table(library: Library, place: str, day: date) -> dict[str, Any]:
    """Return the data of the templates example_table (to print) and example_table_phone."""
    incomes = incomes_on(library, day)
    lines = [group_line(library, place, day, group, incomes) for group in groups_on(library, day)]
    after = pensions(library, day, incomes)
    references = [title for line in lines for title in line.references]
    references += [title for row in after.values() for one in row for title in one.references]
    return {
        **head(library, day),
        "place": place_name(library, place),
        "title": say(library, "sheet_title_table"),
        "incomes_label": say(library, "sheet_table_incomes"),
        "incomes": [show.grouped(income) for income in incomes],
        "pay": pay(library, day, incomes, lines),
        "back": back_rows(library, after),
        "notes": [*local_lines(library, place, day), *rules(library, day)],
        "basis": documents(library, references),
    }


def pay(library: Library, day: date, incomes: list[int], lines: Iterable[GroupLine]) -> dict[str, Any]:
    """Return the upper half: the whole contribution for each income, then what each group gets and pays itself."""
    whole = [
        contribution(library.law, library.local_support, ContributionQuestion(day=day, income=income)).total
        for income in incomes
    ]
    return {
        "title": say(library, "sheet_table_pay"),
        "group": say(library, "sheet_table_group"),
        "state": say(library, "sheet_table_state"),
        "local": say(library, "sheet_table_local"),
        "whole": {"label": say(library, "sheet_full"), "amounts": [show.grouped(one) for one in whole]},
        "rows": [
            {
                "group": group_name(library, line.group),
                "state": show.grouped(line.state),
                "local": local_cell(library, line.local),
                "own": [show.grouped(one) for one in line.own],
            }
            for line in lines
        ],
    }


def pensions(library: Library, day: date, incomes: list[int]) -> dict[tuple[int, Sex], list[Pension]]:
    """Return the pension for each income, by years paid and sex."""
    return {
        (years, sex): [pension_after(library, day, sex, years, income) for income in incomes]
        for years in examples().years
        for sex in (Sex.FEMALE, Sex.MALE)
    }


def back_rows(library: Library, after: dict[tuple[int, Sex], list[Pension]]) -> dict[str, Any]:
    """Return the lower half: the pension a month for each income, by years and sex."""
    rows = [
        {
            "who": say(library, f"sheet_after_{sex}", years=years),
            "amounts": [_pension_cell(library, one) for one in found],
        }
        for (years, sex), found in after.items()
    ]
    return {
        "title": say(library, "sheet_table_back"),
        "mark": say(library, "sheet_estimate_today"),
        "who": say(library, "sheet_table_who"),
        "rows": rows,
    }


def _pension_cell(library: Library, found: Pension) -> str:
    return say(library, "sheet_no_pension") if found.monthly is None else show.grouped(found.monthly)


def rules(library: Library, day: date) -> list[str]:
    """Return the sentences that keep the figures from being read wrongly."""
    months = library.law.at(day)["voluntary_subsidy.months_max"]
    least = library.law.at(day)["pension.min_years_voluntary"]
    assert isinstance(months, int)
    return [
        say(library, "sheet_rule_support", months=show.duration(months)),
        say(library, "sheet_rule_pension", years=least),
        say(library, "sheet_rule_today"),
    ]
