"""What a person is asked about themselves, one thing at a time and each once, and how a reply is read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bot.citizens.rules import Entitlement, Joined, Situation
from bot.vn.addresses import find_places
from bot.vn.births import read_birth
from bot.vn.text import words

PREFIX = "people:"
OUTREACH = "outreach"  # the one question of consent; the others only fill what is kept with leave
PLACE, BIRTH = "place", "birth_year"
BETWEEN = timedelta(hours=20)  # two questions: on one day one is enough
OPEN = timedelta(minutes=30)  # so long a typed place or year is taken for an answer
ANSWERS_BEFORE = 2  # helpful answers before we ask to be allowed to write
AROUND = 3  # words beside the place in a reply: «em ở … ạ»

# In this order; each with what its buttons may say. Typed replies are read only to the place and the year.
QUESTIONS: Mapping[str, frozenset[str]] = {
    PLACE: frozenset(),
    "situation": frozenset(Situation),
    "entitlements": frozenset({*Entitlement, "none"}),
    BIRTH: frozenset(),
    "joined": frozenset(Joined),
}
_GROUPS = {Entitlement.POOR: "poor", Entitlement.NEAR_POOR: "near_poor", Entitlement.ETHNIC_MINORITY: "ethnic_minority"}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a helpful answer leaves: consents, gaps, what was asked before."""

    outreach: bool | None
    remembers: bool  # the person allowed us to keep what they tell
    gaps: frozenset[str]  # of QUESTIONS, what is not known
    asked: Mapping[str, datetime]
    answers: int  # helpful ones before this
    busy: bool  # books, waits for or speaks with a consultant


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reply says: for the table of people, and for the dialogue."""

    person: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


def next_question(known: Known, *, result: bool, now: datetime) -> str | None:
    """Return what is asked behind a helpful answer; `result`: something was worked out. None: nothing now."""
    if known.busy or any(now - at < BETWEEN for at in known.asked.values()):
        return None
    if known.outreach is None and OUTREACH not in known.asked and (result or known.answers >= ANSWERS_BEFORE):
        return OUTREACH
    if not known.remembers:
        return None
    return next((what for what in QUESTIONS if what in known.gaps and what not in known.asked), None)


def pressed(target: str) -> tuple[str, str] | None:
    """Return the question and the answer of a button such as «people:situation=nong_dan»; «» for «rather not»."""
    what, _, value = target.removeprefix(PREFIX).partition("=")
    if what == "skip":
        return (value, "") if value in QUESTIONS else None
    if what == OUTREACH:
        return (what, value) if value in ("yes", "no") else None
    return (what, value) if value in QUESTIONS.get(what, frozenset()) else None


def leads_somewhere(target: str) -> bool:
    """Tell whether a button of the texts is one of these questions'."""
    return target.startswith(PREFIX) and pressed(target) is not None


def heard(what: str, value: str) -> Heard:
    """Return what a pressed answer says."""
    if what == "entitlements":
        if value == "none":
            return Heard(facts={"group": "other"})
        group = _GROUPS.get(Entitlement(value))
        return Heard({"entitlements": (value,)}, {"group": group} if group else {})
    return Heard({what: value})


def typed(what: str, text: str, today: date) -> Heard | None:
    """Return what a typed reply to the question for the place or the year says; None when it is no answer to it."""
    if what == BIRTH:
        years = {each.year for each in read_birth(text, today)}
        return Heard({BIRTH: (year := years.pop())}, {"birth": str(year)}) if len(years) == 1 else None
    return _place(text) if what == PLACE else None


def _place(text: str) -> Heard | None:
    found = find_places(text, expecting=True)
    if len(found) != 1 or found[0].province is None:
        return None
    place = found[0]
    if len(words(text[: place.start] + " " + text[place.end :])) > AROUND or "?" in text:
        return None
    facts = {"province": place.province, "old_province": place.old_province}
    kept = {name: value for name, value in facts.items() if value}
    return Heard({"province": place.province, "commune": place.commune}, kept)
