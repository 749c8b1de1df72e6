"""The examples of the table and the leaflet: which incomes, how many years, which groups and what the place adds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from bot.answers.library import Library
from bot.calculators.contribution import ContributionQuestion, contribution, income_range
from bot.calculators.local_subsidy import LocalSubsidy, LocalSubsidyQuestion, local_subsidy
from bot.calculators.pension import Pension, PensionQuestion, pension
from bot.calculators.people import Sex
from bot.calculators.state_subsidy import PARAMETER, Group
from bot.calculators.wire import note_text
from bot.calculators.working import Working
from bot.errors import ContentError
from bot.sheets.typeset import TEMPLATES
from bot.sheets.words import group_name, local_finding, say
from bot.vn import show
from bot.vn.places import gazetteer
from bot.yaml_files import as_list, checked_keys, read_yaml

LOWEST = "lowest"


@dataclass(frozen=True, slots=True)
class Examples:
    """Incomes in đồng a month (None: the lowest) and years of paying."""

    incomes: tuple[int | None, ...]
    years: tuple[int, ...]


@cache
def examples() -> Examples:
    """Read content/leaflets/example_table.yaml; raise ContentError naming what is wrong."""
    where = str(TEMPLATES / "example_table.yaml")
    raw = checked_keys(read_yaml(TEMPLATES / "example_table.yaml"), where, needed={"incomes", "years"})
    return Examples(
        incomes=as_list(raw["incomes"], f"{where}: incomes", _income),
        years=as_list(raw["years"], f"{where}: years", _whole),
    )


def incomes_on(library: Library, day: date) -> list[int]:
    """Return the incomes of the examples that may be chosen on the day, ascending; the lowest is always among them."""
    working = Working(library.law, day)
    lowest, highest = income_range(working)
    name = "voluntary_contribution.income_step"
    step = working.whole(name) if working.has(name) else 1
    wanted = {lowest if income is None else income for income in examples().incomes}
    return sorted({income - (income - lowest) % step for income in wanted if lowest <= income <= highest} | {lowest})


def groups_on(library: Library, day: date) -> list[Group]:
    """Return the groups that the law of the day knows; everybody else comes last."""
    working = Working(library.law, day)
    return [group for group in Group if group is Group.OTHER or working.has(PARAMETER[group])]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """What somebody of a group gets and pays a month, đồng; `own` for each income of the examples."""

    group: Group
    state: int
    local: LocalSubsidy
    own: tuple[int, ...]
    references: tuple[str, ...]


def group_line(library: Library, place: str, day: date, group: Group, incomes: list[int]) -> GroupLine:
    """Return one group's line of the table."""
    asked = [ContributionQuestion(day=day, income=income, groups=(group,), province=place) for income in incomes]
    paid = [contribution(library.law, library.local_support, one) for one in asked]
    return GroupLine(
        group=group,
        state=paid[0].state,
        local=local_in(library, place, day, group),
        own=tuple(one.own for one in paid),
        references=tuple(title for one in paid for title in one.references),
    )


def pension_after(library: Library, day: date, sex: Sex, years: int, income: int) -> Pension:
    """Return the pension of somebody who paid that long on the same income and is old enough, by the law of the day."""
    return pension(library.law, PensionQuestion(day=day, sex=sex, months=12 * years, average_income=income))


def local_in(library: Library, place: str, day: date, group: Group, former: str = "") -> LocalSubsidy:
    """Return what a place, or an old province inside it, adds for a group by its resolution."""
    question = LocalSubsidyQuestion(day=day, province=place, old_province=former, groups=(group,))
    return local_subsidy(library.law, library.local_support, question)


def local_cell(library: Library, found: LocalSubsidy) -> str:
    """Return the amount, or in a word or two why there is none to tell."""
    return local_finding(library, found.finding) if found.monthly is None else show.grouped(found.monthly)


def local_lines(library: Library, place: str, day: date) -> list[str]:
    """Return in sentences what the place adds; where its old provinces differ, for each of them."""
    formers = [
        former for group in groups_on(library, day) for former in local_in(library, place, day, group).former
    ]  # those of the groups for which they differ
    province = gazetteer().today(place)
    if not formers or province is None:
        return _lines_of(library, place, day)
    return [
        say(library, "sheet_of_former", former=province.former[key], said=" ".join(_lines_of(library, place, day, key)))
        for key in dict.fromkeys(formers)
    ]


def _lines_of(library: Library, place: str, day: date, former: str = "") -> list[str]:
    found = {group: local_in(library, place, day, group, former) for group in groups_on(library, day)}
    added = [
        say(library, "sheet_local_added", group=group_name(library, group), amount=show.dong(one.monthly))
        for group, one in found.items()
        if one.monthly is not None
    ]
    titles = dict.fromkeys(one.resolution for one in found.values() if one.monthly is not None)
    head = [say(library, "sheet_local_by", resolution=", ".join(titles), added="; ".join(added))] if added else []
    notes = dict.fromkeys(
        note_text(note, library.texts).strip()
        for one in found.values()
        for note in one.notes
        if note.key != "calc_local_ask_first"
    )
    ends = {one.valid_to for one in found.values() if one.monthly is not None and one.valid_to is not None}
    return [*head, *(say(library, "sheet_local_until", day=show.day(end)) for end in sorted(ends)), *notes]


def _income(raw: Any, where: str) -> int | None:
    return None if raw == LOWEST else _whole(raw, where)


def _whole(raw: Any, where: str) -> int:
    if type(raw) is not int or raw <= 0:
        raise ContentError(f"{where}: must be a whole number above 0, found {raw!r}")
    return raw
