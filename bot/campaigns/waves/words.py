"""Figures in words: the report of a wave or a year in the form of administrative documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from bot.answers.library import Library
from bot.campaigns.waves.layout import Report, Section
from bot.campaigns.waves.naming import low, measure_name, unit_name
from bot.campaigns.waves.tables import overview, shortcomings, sources, unit_table, year_table
from bot.campaigns.waves.work import consultations, messages
from bot.clock import VIETNAM
from bot.sheets.words import say

Figures = dict[str, Any]
_FROM_MARCH = 3  # «tháng 01», «tháng 02», «tháng 3»: so that nobody can write a figure before it
_TWO_DIGITS = 10


def report(library: Library, figures: Figures, number: int) -> Report:
    """Return the report that figures make; the number is that under which they are kept."""
    form, document = figures["form"], figures["document"]
    made = datetime.fromisoformat(figures["at"]).astimezone(VIETNAM)
    head = {"number": document["number"], "day": document_day(library, date.fromisoformat(document["day"]))}
    root = figures["unit"] == figures["root"]
    issuer = (
        form["issuer"] if root else say(library, "wave_issuer_of_unit", unit=low(unit_name(figures, figures["unit"])))
    )
    return Report(
        parent=(form["parent"] if root else form["issuer"]).upper(),
        issuer=issuer.upper(),
        country=say(library, "wave_motto_country"),
        motto=say(library, "wave_motto"),
        number=say(library, "wave_number", symbol=form["symbol"]),
        place_and_day=say(library, "wave_place_and_day", place=form["place"], year=made.year),
        title=say(library, "wave_report"),
        subject=_subject(library, figures),
        on_plan=say(library, "wave_on_plan", **head),
        intro=_intro(library, figures, issuer, {**head, "title": low(document["title"])}),
        sections=list(_sections(library, figures)),
        to_title=say(library, "wave_to"),
        to=form["to"],
        signer=form["signer"],
        counted=_counted(library, figures, made, number),
        page=say(library, "wave_page"),
        sources=sources(library, figures),
    )


def document_day(library: Library, day: date) -> str:
    """date(2023, 4, 5) -> «ngày 05 tháng 4 năm 2023», as documents write it."""
    month = str(day.month) if day.month >= _FROM_MARCH else f"{day.month:02}"
    return say(
        library, "wave_day", day=f"{day.day:02}" if day.day < _TWO_DIGITS else day.day, month=month, year=day.year
    )


def _subject(library: Library, figures: Figures) -> str:
    if figures["kind"] == "year":
        return say(library, "wave_subject_year", year=figures["year"])
    return say(library, "wave_subject", wave=figures["waves"][0]["name"])


def _intro(library: Library, figures: Figures, issuer: str, head: Figures) -> str:
    if figures["kind"] == "year":
        return say(library, "wave_intro_year", **head, issuer=issuer, year=figures["year"])
    wave = figures["waves"][0]
    return say(library, "wave_intro", **head, issuer=issuer, **_period(library, wave))


def _period(library: Library, wave: Figures) -> dict[str, str]:
    first, last = (document_day(library, date.fromisoformat(wave[name])) for name in ("starts_on", "ends_on"))
    return {"wave": wave["name"], "from": first, "to": last}


def _sections(library: Library, figures: Figures) -> Iterator[Section]:
    yield Section(say(library, "wave_results"))
    yield Section(say(library, "wave_results_all"), 2, list(_launches(library, figures)), [overview(library, figures)])
    if figures["kind"] == "year":
        several = [
            say(library, "wave_several", people=people, measure=low(measure_name(library, measure)))
            for measure, people in figures["several"].items()
        ]
        tables = [year_table(library, figures, one) for one in figures["tables"]]
        yield Section(say(library, "wave_results_waves"), 2, several, tables)
    else:
        tables = [unit_table(library, figures, one) for one in figures["tables"]]
        yield Section(say(library, "wave_results_units"), 2, (), tables)
    yield messages(library, figures)
    yield consultations(library, figures)
    yield shortcomings(library, figures)
    yield Section(say(library, "wave_proposals"), blank=True)


def _launches(library: Library, figures: Figures) -> Iterator[str]:
    for wave in figures["waves"]:
        if figures["kind"] == "year":
            yield say(library, "wave_period", **_period(library, wave))
        if wave["launch_at"]:
            at = datetime.fromisoformat(wave["launch_at"]).astimezone(VIETNAM)
            day = document_day(library, at.date())
            yield say(library, "wave_launch", hour=f"{at:%H}", minute=f"{at:%M}", day=day, place=wave["launch_place"])


def _counted(library: Library, figures: Figures, made: datetime, number: int) -> str:
    names = {wave["key"]: wave["name"] for wave in figures["waves"]}
    entries = " ".join(
        say(library, "wave_counted_entries", wave=names[one["wave"]], up_to=one["up_to"], version=one["version"])
        for one in figures["counted"]
    )
    day = document_day(library, made.date())
    return say(library, "wave_counted", hour=f"{made:%H}", minute=f"{made:%M}", day=day, report=number, entries=entries)
