"""`python -m bot wave …`: what the office does with waves from a terminal. Returns lines; whoever calls prints them."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.waves import handed, reports, service
from bot.campaigns.waves.due import Due, due
from bot.campaigns.waves.figures import wave_figures, year_figures
from bot.campaigns.waves.files import enter_file
from bot.campaigns.waves.layout import shown
from bot.campaigns.waves.people import person
from bot.campaigns.waves.rules import Measure, Refused, What
from bot.clock import day_in_vietnam
from bot.errors import AnSinhError
from bot.sheets.words import say
from bot.vn import show


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with."""

    connection: AsyncConnection
    library: Library
    secret: str
    now: datetime


async def run(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    """Do one act and return what to print; AnSinhError in plain words when it is refused."""
    try:
        return await _ACTS[arguments.act](desk, arguments)
    except Refused as refused:
        raise AnSinhError(say(desk.library, refused.key, **refused.values)) from None


async def _load(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    loaded = await service.load(desk.connection, arguments.file, by=arguments.by, now=desk.now)
    return [f"{one.key}: version {one.version}, {'written' if one.changed else 'as before'}" for one in loaded]


async def _enter(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    given = service.Given(
        arguments.by, arguments.unit, arguments.organisation, Measure(arguments.measure),
        arguments.day or day_in_vietnam(desk.now), arguments.count,
        person(desk.secret, phone=arguments.phone, id_number=arguments.id_number), arguments.note,
    )  # fmt: skip
    return [f"entry {await service.enter(desk.connection, arguments.wave, given, now=desk.now)}"]


async def _import(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    done = await enter_file(
        desk.connection, arguments.wave, arguments.file, desk.library.texts,
        agent=arguments.by, secret=desk.secret, now=desk.now,
    )  # fmt: skip
    wrong = [f"line {row.line}: {say(desk.library, row.refused.key, **row.refused.values)}" for row in done.wrong]
    return [f"{done.entered} entered, {done.before} entered before, {len(done.wrong)} wrong", *wrong]


async def _take_back(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    number = await service.take_back(
        desk.connection, arguments.entry, agent=arguments.by, note=arguments.note, now=desk.now
    )
    return [f"entry {number} takes back entry {arguments.entry}"]


async def _ledger(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    book = await service.read_ledger(desk.connection, arguments.wave, up_to=arguments.up_to)
    found = []
    for measure in book.measures:
        found.append(say(desk.library, f"wave_measure_{measure}"))
        for unit in book.wave.below(book.wave.root.key):
            for organisation in (None, *book.wave.organisation):
                line = book.line(unit, organisation, measure)
                if line.target or line.entries:
                    target = line.target.number if line.target else None
                    cells = [shown(cell) for cell in (target, line.done, line.remaining, line.percent)]
                    rows = str(list(line.entries)) if arguments.rows else ""
                    found.append(
                        f"  {unit} {organisation or ''}".ljust(34) + "".join(cell.rjust(10) for cell in cells) + rows
                    )
    return found


async def _due(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    found = await due(desk.connection, arguments.day or day_in_vietnam(desk.now))
    return list(told(desk.library, found)) or [say(desk.library, "wave_nothing_due")]


def told(library: Library, found: tuple[Due, ...]) -> Iterator[str]:
    """Yield what is due, a line each."""
    for one in found:
        yield say(
            library, "wave_overdue" if one.overdue else "wave_due", name=one.name, what=say(library, f"wave_what_{one.what}"),
            level=say(library, f"wave_level_{one.level}"), day=show.day(one.last_day), days=abs(one.days_left),
            units=", ".join(one.units),
        )  # fmt: skip


async def _hand_in(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    what, unit = What(arguments.what), arguments.unit
    await handed.hand_in(desk.connection, arguments.wave, what, unit, by=arguments.by, now=desk.now)
    return [f"{unit} has handed in its {what}"]


async def _report(desk: Desk, arguments: argparse.Namespace) -> list[str]:
    if any(out.suffix not in reports.FORMS for out in arguments.out):
        raise Refused("file")
    number = arguments.again
    if number is None:
        number = await reports.keep(desk.connection, await _count(desk, arguments), by=arguments.by, now=desk.now)
    figures = await reports.kept(desk.connection, number)  # what is printed now is what is printed again
    for out in arguments.out:
        reports.write(desk.library, figures, number, out)
    return [f"report {number}", *(str(out) for out in arguments.out)]


async def _count(desk: Desk, arguments: argparse.Namespace) -> dict[str, object]:
    if arguments.year is not None:
        return await year_figures(
            desk.connection, arguments.year, arguments.place, unit=arguments.unit, now=desk.now
        )  # fmt: skip
    return await wave_figures(desk.connection, arguments.wave, unit=arguments.unit, now=desk.now)


Act = Callable[[Desk, argparse.Namespace], Awaitable[list[str]]]
_ACTS: dict[str, Act] = {
    "load": _load,
    "enter": _enter,
    "import": _import,
    "take-back": _take_back,
    "ledger": _ledger,
    "due": _due,
    "hand-in": _hand_in,
    "report": _report,
}
