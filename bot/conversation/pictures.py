"""The picture that goes with a message: kept as what it shows, drawn when somebody looks at it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from bot.answers.library import Library
from bot.calculators.working import Result
from bot.conversation.calculations import contribution_question, group_of, household, monthly, plan_question, saving
from bot.conversation.told import UNKNOWN, birth_of
from bot.errors import AnSinhError, ContentError
from bot.sheets.certificate import certificate
from bot.sheets.curve import curve
from bot.sheets.example_table import example_table
from bot.sheets.printing import AsKey
from bot.sheets.result_card import Person, result_card
from bot.sheets.typeset import as_png

Picture = Mapping[str, str]  # what is drawn, the day, and the facts it is about


def picture_of(what: str, facts: Mapping[str, str], day: date) -> Picture:
    """Return the picture of a result: contribution, benefit, household, curve or table."""
    return {**facts, "what": what, "on": day.isoformat()}


def draw(library: Library, picture: Picture) -> bytes:
    """Return the picture as PNG; raise AnSinhError when it is none of ours."""
    return _drawn(AsKey(library), json.dumps(dict(picture), sort_keys=True))


def check(library: Library, picture: Picture) -> None:
    """Raise ContentError when the picture could not be drawn; much faster than drawing it."""
    facts = dict(picture)
    what, day = facts.pop("what", ""), date.fromisoformat(facts.pop("on", ""))
    try:
        _sheet(library, what, facts, day)
    except (AnSinhError, KeyError, ValueError) as error:
        raise ContentError(f"no picture of {what}: {error}") from None


@lru_cache(maxsize=64)
def _drawn(of: AsKey, spec: str) -> bytes:
    facts: dict[str, str] = json.loads(spec)
    what, day = facts.pop("what", ""), date.fromisoformat(facts.pop("on", ""))
    template, data = _sheet(of.library, what, facts, day)
    return as_png(template, data)


def _sheet(library: Library, what: str, facts: Mapping[str, str], day: date) -> tuple[str, dict[str, Any]]:
    if what == "table":
        return "example_table_phone", example_table(library, place_of(facts), day)
    if what == "certificate":
        return what, certificate(library, facts, day)
    if what == "household":
        return _card(library, what, [household(library, facts, day)], facts, day)
    found = saving(library, facts, day)
    if what == "curve":
        asked = contribution_question({**facts, "income": str(found.income)}, day)
        data = curve(library, monthly(asked), plan_question(facts, found.income, day))
        if data is None:
            raise ContentError("a plan without a pension has no curve")
        return "curve", data
    if what not in ("contribution", "benefit"):
        raise AnSinhError(f"There is no picture of {what!r}")
    results: list[Result] = [found.contribution, *([found.plan] if found.plan else [])]
    back = found.way.paid_back_months if found.way else None
    return _card(library, what, results, facts, day, back)


def _card(
    library: Library,
    what: str,
    results: list[Result],
    facts: Mapping[str, str],
    day: date,
    paid_back: int | None = None,
) -> tuple[str, dict[str, Any]]:
    person = Person(
        groups=(group_of(facts),),
        place=place_of(facts),
        sex=facts.get("sex", ""),
        birth=birth_of(facts["birth"]) if "birth" in facts else None,
    )
    title = f"sheet_title_{what}"
    return "result_card", result_card(library, title, results, day, person=person, paid_back=paid_back)


def place_of(facts: Mapping[str, str]) -> str:
    """Return the key of the place told, the old province where it is known; empty when it is not."""
    province = facts.get("province", "")
    return "" if province == UNKNOWN else facts.get("old_province") or province
