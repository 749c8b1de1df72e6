"""The brief of an appointment in parts, for a page: what was asked and calculated before, group, place, consent. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers.library import Library
from bot.booking import told_staff
from bot.booking.rules import Appointment
from bot.calculators.state_subsidy import Group
from bot.sheets.words import place_name


@dataclass(frozen=True, slots=True)
class Brief:
    """What is known before a meeting; empty where it is not."""

    asked: tuple[str, ...] = ()  # in the person's words
    calculated: str = ""
    group: str = ""
    place: str = ""
    consent: bool = False


def brief_of(library: Library, found: Appointment) -> Brief:
    """Return the brief of an appointment."""
    brief = found.brief or {}
    facts, asked = brief.get("facts"), brief.get("asked")
    facts = facts if isinstance(facts, dict) else {}
    group = str(facts.get("group", ""))
    return Brief(
        asked=tuple(str(each)[: told_staff.LONGEST] for each in asked) if isinstance(asked, list) else (),
        calculated=str(brief.get("calculated") or ""),
        group=library.text(f"result_group_{group}").text if group in tuple(Group) else "",
        place=place_name(library, str(facts.get("old_province") or facts.get("province", ""))),
        consent=brief.get("consent") is True,
    )
