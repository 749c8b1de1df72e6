"""Makes a report: counts its figures once, keeps them, writes them as PDF or XLSX, and again to the letter by their number."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.waves import paper, store
from bot.campaigns.waves.figures import Figures
from bot.campaigns.waves.rules import Refused
from bot.campaigns.waves.words import report
from bot.clock import day_in_vietnam

FORMS = (".pdf", ".xlsx")


async def keep(connection: AsyncConnection, figures: Figures, *, by: str, now: datetime) -> int:
    """Keep the figures of a report and return the number by which it is printed again."""
    return await store.keep_report(connection, figures, by=by, now=now)


async def kept(connection: AsyncConnection, number: int) -> Figures:
    """Return the figures of a report that was made; Refused when there is none."""
    figures = await store.report(connection, number)
    if figures is None:
        raise Refused("report", report=number)
    return figures


def made(library: Library, figures: Figures, number: int, form: str) -> bytes:
    """Return the report as a file of the form .pdf or .xlsx."""
    if form not in FORMS:
        raise Refused("file")
    words, at = report(library, figures, number), datetime.fromisoformat(figures["at"])
    return paper.pdf(words, day=day_in_vietnam(at)) if form == ".pdf" else paper.xlsx(words, made=at)


def write(library: Library, figures: Figures, number: int, out: Path) -> None:
    """Write the report into a file."""
    content = made(library, figures, number, out.suffix)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
