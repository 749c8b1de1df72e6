"""The figures of a report, counted at one moment and kept: everything that is printed, without a word and without a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.numbers import numbers
from bot.campaigns.waves import entries, store
from bot.campaigns.waves.advice import advice
from bot.campaigns.waves.ledger import Ledger, Line, added, compare, ledger
from bot.campaigns.waves.plan import to_json
from bot.campaigns.waves.rules import Refused, Wave
from bot.campaigns.waves.store import Kept

Figures = dict[str, Any]


async def wave_figures(connection: AsyncConnection, key: str, *, unit: str | None, now: datetime) -> Figures:
    """Count the figures of one wave, for the whole or for one unit."""
    kept = await store.get(connection, key, lock=True)
    if kept is None:
        raise Refused("wave", wave=key)
    unit = unit or kept.wave.root.key
    if unit not in kept.wave.unit:
        raise Refused("unit", unit=unit)
    book = ledger(kept.wave, await entries.sums(connection, kept.id))
    return {
        "kind": "wave",
        **_head(kept.wave, unit, now),
        "counted": [await _counted(connection, kept)],
        "tables": list(_tables(book, unit)),
        "short": [_line(line) for line in book.short(unit)],
        **await _work(connection, [kept.wave], unit),
    }


async def year_figures(
    connection: AsyncConnection, year: int, place: str, *, unit: str | None, now: datetime
) -> Figures:
    """Count the figures of all waves that begin in a year, in one province."""
    found = [kept for kept in await store.all_waves(connection, year=year) if kept.wave.root.place == place]
    if not found:
        raise Refused("year", year=year, place=place)
    kept = [
        one for key in sorted(one.wave.key for one in found) if (one := await store.get(connection, key, lock=True))
    ]
    kept.sort(key=lambda one: (one.wave.starts_on, one.wave.key))
    unit = unit or kept[-1].wave.root.key
    if any(unit not in one.wave.unit for one in kept):
        raise Refused("unit", unit=unit)
    books = [ledger(one.wave, await entries.sums(connection, one.id)) for one in kept]
    tables = list(_year_tables(books, unit))
    several = await entries.in_several(connection, [one.id for one in kept])
    return {
        "kind": "year",
        "year": year,
        **_head(kept[-1].wave, unit, now),
        "waves": [_period(one.wave) for one in kept],
        "counted": [await _counted(connection, one) for one in kept],
        "several": {str(measure): people for measure, people in several.items()},
        "tables": tables,
        "short": [row["all"] for table in tables for row in table["rows"] if row["all"]["remaining"]],
        **await _work(connection, [one.wave for one in kept], unit),
    }


def _head(wave: Wave, unit: str, now: datetime) -> Figures:
    plan = to_json(wave)
    names = {name: plan[name] for name in ("document", "form", "units", "organisations")}
    return {"unit": unit, "at": now.isoformat(), "root": wave.root.key, "waves": [_period(wave)], **names}


def _period(wave: Wave) -> Figures:
    plan = to_json(wave)
    return {name: plan[name] for name in ("key", "name", "starts_on", "ends_on", "launch_at", "launch_place")}


async def _counted(connection: AsyncConnection, kept: Kept) -> Figures:
    last = await entries.last_entry(connection, kept.id)
    return {"wave": kept.wave.key, "version": kept.version, "up_to": last}


def _tables(book: Ledger, unit: str) -> Iterator[Figures]:
    """Yield a table for each measure: the unit, its organisations, then each unit right below with its own."""
    for measure in book.measures:
        lines = []
        for key in (unit, *book.wave.children[unit]):
            lines.append(book.line(key, None, measure))
            own = (book.line(key, one, measure) for one in book.wave.organisation)
            lines += [line for line in own if line.target or line.entries]
        if any(line.target or line.entries for line in lines):
            yield {"measure": str(measure), "lines": [_line(line) for line in lines]}


def _year_tables(books: Sequence[Ledger], unit: str) -> Iterator[Figures]:
    """Yield a table for each measure: each unit with its line of every wave, and their sum."""
    units = dict.fromkeys(key for book in books for key in (unit, *book.wave.children[unit]))
    for measure in dict.fromkeys(measure for book in books for measure in book.measures):
        rows = [(key, compare(books, key, measure)) for key in units]
        yield {
            "measure": str(measure),
            "rows": [
                {"unit": key, "waves": [_line(line) for line in lines], "all": _line(added(lines))}
                for key, lines in rows
            ],
        }


def _line(line: Line) -> Figures:
    percent, target = line.percent, line.target
    return {
        "unit": line.unit,
        "organisation": line.organisation,
        "measure": str(line.measure),
        "target": target.number if target else None,
        "example": bool(target and target.example),
        "parts": target.parts if target else None,
        "done": line.done,
        "remaining": line.remaining,
        "percent": None if percent is None else str(percent),
        "entries": spans(line.entries),
    }


def spans(numbers: Iterable[int]) -> str:
    """[1, 2, 3, 7] -> «1-3, 7»."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


async def _work(connection: AsyncConnection, waves: Sequence[Wave], unit: str) -> Figures:
    return {
        "messages": await _messages(connection, waves, unit),
        "advice": [
            {
                "wave": wave.key,
                "units": {key: asdict(one) for key, one in (await advice(connection, wave, unit)).items()},
            }
            for wave in waves
        ],
    }


async def _messages(connection: AsyncConnection, waves: Sequence[Wave], unit: str) -> Figures:
    rows = (await connection.execute(_CAMPAIGNS, {"waves": [wave.key for wave in waves]})).all()
    last = waves[-1]
    communes = None if unit == last.root.key else last.unit[unit].communes
    each = [(row.title, await numbers(connection, [row.id], communes=communes)) for row in rows]
    whole = await numbers(connection, [row.id for row in rows], communes=communes)
    return {
        "campaigns": [{"title": title, **asdict(found.all)} for title, found in each],
        "all": asdict(whole.all),
        "excluded": dict(whole.excluded),
        "failed": dict(whole.failed),
    }


_CAMPAIGNS = text("SELECT id, title FROM campaign WHERE wave = ANY(:waves) ORDER BY begins_at NULLS LAST, id")
