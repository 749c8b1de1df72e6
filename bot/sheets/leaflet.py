"""The leaflet of a place: the plan in plain words, who gets what, where to go, and a code that opens the chat."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import segno

from bot.answers.library import Library
from bot.errors import AnSinhError
from bot.sheets.example_table import example_table
from bot.sheets.examples import incomes_on, local_lines
from bot.sheets.words import say
from bot.vn import show

LONGEST_LINK = 60  # signs that somebody would type from paper


def leaflet_page(library: Library, place: str, day: date, link: str = "") -> dict[str, Any]:
    """Return the data of the template leaflet; without a link the page has no code to scan."""
    table = example_table(library, place, day)
    return {
        **table,
        "title": say(library, "sheet_leaflet_title"),
        "headline": say(library, "sheet_leaflet_headline"),
        "plan": _plan(library, day),
        "code": code(link) if link else "",
        "link": link if len(link) <= LONGEST_LINK else "",
        "scan": say(library, "sheet_leaflet_scan"),
        "local_title": say(library, "sheet_leaflet_local", place=table["place"]),
        "local": [*local_lines(library, place, day), say(library, "sheet_leaflet_ask_first")],
        "where_title": say(library, "sheet_leaflet_where"),
        "where": [say(library, f"sheet_leaflet_where_{step}") for step in ("place", "papers", "safe")],
    }


def _plan(library: Library, day: date) -> list[str]:
    law, lowest = library.law.at(day), incomes_on(library, day)[0]
    rate, months = law["voluntary_contribution.rate"], law["voluntary_subsidy.months_max"]
    assert isinstance(rate, Decimal) and isinstance(months, int)
    return [
        say(library, "sheet_plan_what"),
        say(library, "sheet_plan_pay", rate=show.percent(rate), lowest=show.dong(lowest)),
        say(library, "sheet_rule_support", months=show.duration(months)),
        say(library, "sheet_plan_pension", years=law["pension.min_years_voluntary"]),
        say(library, "sheet_plan_keep"),
    ]


def code(link: str) -> str:
    """Return a QR code of the link as SVG; raise AnSinhError when the link is too long for one."""
    drawn = BytesIO()
    try:
        segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, svgclass=None)
    except segno.DataOverflowError:
        raise AnSinhError(f"The link has {len(link)} signs: too many for a code to scan") from None
    return drawn.getvalue().decode("utf-8")
