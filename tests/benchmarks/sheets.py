"""How long a sheet takes as a picture, and what it weighs: p50 and p95 of each, printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from bot.answers.library import Library, load_library
from bot.calculators.contribution import ContributionQuestion, contribution
from bot.calculators.pension_plan import PensionPlanQuestion, pension_plan
from bot.calculators.people import Sex
from bot.settings import ROOT
from bot.sheets.curve import curve
from bot.sheets.example_table import example_table
from bot.sheets.leaflet import leaflet_page
from bot.sheets.result_card import result_card
from bot.sheets.typeset import as_pdf, as_png

DAY = date(2026, 11, 27)
ROUNDS = 30
Made = Callable[[int], bytes]


def sheets(library: Library) -> dict[str, Made]:
    """One maker for each sheet, from question to picture; the number makes each question a new one."""

    def asked(number: int) -> tuple[ContributionQuestion, PensionPlanQuestion]:
        income = 1_500_000 + 50_000 * number
        paying = ContributionQuestion(day=DAY, income=income, province="vinh_phuc")
        return paying, PensionPlanQuestion(day=DAY, income=income, sex=Sex.FEMALE, birth=date(1985, 3, 1))

    def card(number: int, *, plan: bool) -> bytes:
        paying, planned = asked(number)
        paid = contribution(library.law, library.local_support, paying)
        results = [paid, pension_plan(library.law, planned)] if plan else [paid]
        return as_png("result_card", result_card(library, "sheet_title_benefit", results, DAY))

    def drawn(number: int) -> bytes:
        data = curve(library, *asked(number))
        assert data is not None
        return as_png("curve", data)

    return {
        "card of a contribution": lambda number: card(number, plan=False),
        "card with a pension": lambda number: card(number, plan=True),
        "curve": drawn,
        "table for a phone": lambda number: as_png("example_table_phone", _new(_table(library), number)),
        "table, PDF": lambda number: as_pdf("example_table", _new(_table(library), number), day=DAY),
        "leaflet, PDF": lambda number: as_pdf("leaflet", _new(_leaflet(library), number), day=DAY),
    }


def _table(library: Library) -> dict[str, Any]:
    return example_table(library, "vinh_phuc", DAY)


def _leaflet(library: Library) -> dict[str, Any]:
    return leaflet_page(library, "vinh_phuc", DAY, "https://example.vn/chat")


def _new(data: dict[str, Any], number: int) -> dict[str, Any]:
    return {**data, "foot": f"{data['foot']} {number}"}


def measure(make: Made) -> tuple[float, float, int]:
    """p50 and p95 in milliseconds after a first round that does not count, and the largest size in bytes."""
    make(0)
    times, sizes = [], []
    for number in range(1, ROUNDS + 1):
        start = time.perf_counter()
        sizes.append(len(make(number)))
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], max(sizes)


def report() -> list[str]:
    """Return the lines of the report on sheets."""
    library = load_library(ROOT / "content")
    lines = ["## Pictures and pages", "", "| sheet | p50 ms | p95 ms | kB |", "|---|---|---|---|"]
    for name, make in sheets(library).items():
        p50, p95, size = measure(make)
        lines.append(f"| {name} | {p50:.0f} | {p95:.0f} | {size / 1000:.0f} |")
    return lines
