"""Entries from a CSV or XLSX file as agents keep it; each row that is wrong is told with its line."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.texts import Text
from bot.campaigns.waves import service, store
from bot.campaigns.waves.people import person
from bot.campaigns.waves.rules import MOST, Measure, Refused, Wave
from bot.citizens.lists import sheet
from bot.errors import ContentError
from bot.vn.text import clean, fold_key

COLUMNS: Mapping[str, str] = {
    "don vi": "unit", "to chuc": "organisation", "chi tieu": "measure", "so luong": "count", "dien thoai": "phone",
    "so dinh danh": "id_number", "ngay": "day", "ghi chu": "note", "nguoi nhap": "agent",
}  # fmt: skip
"""What the columns are called in a spreadsheet, without diacritics; their keys do as well."""
_NEEDED = ("unit", "organisation", "measure", "day")
MOST_ROWS = 2_000  # all are one transaction, and nobody else enters anything meanwhile
_NO_ZERO = {
    "phone": re.compile(r"[235789]\d{8}", re.ASCII),
    "id_number": re.compile(r"\d{11}", re.ASCII),
}  # numbers from which a spreadsheet has taken the zero in front
_COUNT = re.compile(r"\d{1,7}|\d{1,3}(\.\d{3}){1,2}", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """The line of a row, what is wrong with it, and its cells as they stand."""

    line: int
    refused: Refused
    cells: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were entered, how many had been before, and which are wrong."""

    entered: int
    before: int
    wrong: tuple[Row, ...]


async def enter_file(
    connection: AsyncConnection,
    key: str,
    path: Path,
    texts: Mapping[str, Text],
    *,
    agent: str,
    secret: str,
    now: datetime,
    units: Collection[str] | None = None,
) -> Imported:
    """Enter the rows that are well; mend the others and run it again: what was entered is not entered twice.

    `units`: of whoever enters for themselves: rows of any other unit are refused, another agent in a row is passed over.
    None: all are taken as they stand.
    """
    kept = await store.get(connection, key, lock=True)
    if kept is None:
        raise Refused("wave", wave=key)
    entered, before, wrong, seen = 0, 0, [], Counter[str]()
    for line, cells in await asyncio.to_thread(rows, path):
        try:
            said = cells if units is None else {**cells, "agent": agent}
            given = read_row(kept.wave, said, texts, agent=agent, secret=secret)
            if units is not None and given.unit not in units:
                raise Refused("elsewhere", unit=kept.wave.unit[given.unit].name)
            seen[_said(given)] += 1
            row_key = hashlib.sha256(f"{_said(given)}\0{seen[_said(given)]}".encode()).hexdigest()
            async with connection.begin_nested():
                number = await service.enter_into(connection, kept, _with_key(given, row_key), now=now)
        except Refused as refused:
            wrong.append(Row(line, refused, tuple(cells.values())))
            continue
        entered, before = entered + (number is not None), before + (number is None)
    return Imported(entered, before, tuple(wrong))


def rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return line and cells of each row of a CSV or XLSX file that is not empty; ContentError when the columns are not known."""
    lines = sheet.rows(path)
    titles = _until_the_last(next(lines, (1, []))[1])
    names = [_column(title) for title in titles]
    unknown = [title or "(empty)" for title, name in zip(titles, names, strict=True) if not name]
    missing = [name for name in _NEEDED if name not in names]
    if unknown or missing or len(set(names)) < len(names):
        known = ", ".join(f"{name} («{title}»)" for title, name in COLUMNS.items())
        raise ContentError(
            f"{path}: line 1: columns {', '.join([*unknown, *missing])}: unknown or missing; known: {known}"
        )
    found = []
    for number, cells in lines:
        if any(cell.strip() for cell in cells):
            found.append((number, dict(zip(names, (clean(cell) for cell in cells), strict=False))))
        if len(found) > MOST_ROWS:
            raise ContentError(f"{path}: more than {MOST_ROWS} rows; make several files of it")
    return found


def _until_the_last(titles: list[str]) -> list[str]:
    """Return the titles without empty cells behind the last, which workbooks have."""
    return titles[: max((at for at, title in enumerate(titles, 1) if title.strip()), default=0)]


def _column(cell: str) -> str:
    written = cell.strip().strip('"')
    return written if written in COLUMNS.values() else COLUMNS.get(fold_key(written), "")


def read_row(
    wave: Wave, cells: Mapping[str, str], texts: Mapping[str, Text], *, agent: str, secret: str
) -> service.Given:
    """Return what a row says; Refused when it cannot be read."""
    phone, card = (_with_zero(cells.get(name, ""), no_zero) for name, no_zero in _NO_ZERO.items())
    who = person(secret, phone=phone, id_number=card)
    return service.Given(
        agent=cells.get("agent") or agent,
        unit=_named(cells.get("unit", ""), {key: unit.name for key, unit in wave.unit.items()}, "unit"),
        organisation=_named(
            cells.get("organisation", ""), {key: one.name for key, one in wave.organisation.items()}, "organisation"
        ),
        measure=Measure(
            _named(cells.get("measure", ""), {one: texts[f"wave_measure_{one}"].text for one in Measure}, "measure")
        ),
        day=as_day(cells.get("day", "")),
        count=_count(cells.get("count", ""), one=who is not None),
        person=who,
        note=cells.get("note", ""),
    )


def _with_zero(number: str, no_zero: re.Pattern[str]) -> str:
    return f"0{number}" if no_zero.fullmatch(number) else number


def _named(written: str, names: Mapping[str, str], what: str) -> str:
    """Return the key that is written, or that of the one thing of that name."""
    found = [key for key, name in names.items() if written == key or fold_key(name) == fold_key(written)]
    exact = [key for key in found if written in (key, names[key])]
    if len(exact or found) != 1:
        raise Refused(what, **{what: written})
    return (exact or found)[0]


def _count(written: str, *, one: bool) -> int:
    if not written and one:
        return 1
    if not _COUNT.fullmatch(written):
        raise Refused("count", most=MOST)
    return int(written.replace(".", ""))


def as_day(written: str) -> date:
    """Read «20/5/2023» or «2023-05-20»."""
    found = _DAY.fullmatch(written)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(written)
    except ValueError:
        raise Refused("day") from None


def _said(given: service.Given) -> str:
    """Return what a row says, so that a second reading of the file is known; of a person only digests."""
    who = (given.person.phone_key, given.person.id_key) if given.person else ()
    return repr(
        (given.agent, given.unit, given.organisation, str(given.measure), given.day.isoformat(), given.count, who)
    )


def _with_key(given: service.Given, row_key: str) -> service.Given:
    return service.Given(**{name: getattr(given, name) for name in given.__slots__} | {"row_key": row_key})
