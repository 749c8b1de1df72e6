"""Templates into HTML: everything that is filled in is escaped, nothing is run that a text brings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.booking.words import phone
from bot.clock import VIETNAM
from bot.console.audit_words import said_about, said_act, said_line
from bot.console.campaign_words import said_note, said_reason, said_text
from bot.console.masked import mask_name, mask_phone
from bot.console.words import MENUS, SAID, WORDS
from bot.reports.rules import told
from bot.staff.scope import names_of
from bot.vn import show
from bot.vn.place_choices import place_name

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        moment=moment,
        hour=hour,
        day=show.day,
        dong=show.dong,
        grouped=show.grouped,
        place=place,
        works_in=names_of,
        word=word,
        name_masked=mask_name,
        phone_masked=mask_phone,
        phone=phone,
        told=told,
        note=said_note,
        audit_act=said_act,
        audit_about=said_about,
        audit_note=said_line,
        reason=said_reason,
        said_text=said_text,
    )
    made.globals.update(MENUS=MENUS, SAID=SAID)
    return made


def rendered(template: str, values: Mapping[str, Any]) -> str:
    """Return a template with its values."""
    return environment().get_template(template).render(values)


def moment(at: datetime | None) -> str:
    """Return a moment as it is written in Vietnam: «08:30, 27/11/2026»."""
    return f"{at.astimezone(VIETNAM):%H:%M, %d/%m/%Y}" if at else "–"


def hour(at: datetime | None) -> str:
    """Return the time of day."""
    return f"{at.astimezone(VIETNAM):%H:%M}" if at else "–"


def place(code: str | None) -> str:
    """Return the name of a province or commune."""
    if not code:
        return "Chưa rõ nơi ở"
    return place_name(code)


def word(code: object) -> str:
    """Return what staff call a code: «đang gửi» for running."""
    return WORDS.get(str(code), str(code))


def as_day(written: str) -> date | None:
    """Read the value of a date field, None when it is none, or so far away that no sum with it would be a day."""
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if 1900 <= found.year < 2200 else None
