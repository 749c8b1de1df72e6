"""Brings a list in: batch by batch, each whole or not at all; the same file goes on where it stopped and changes nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.citizens.lists import headings, sheet, store
from bot.citizens.lists.faults import FaultFile
from bot.citizens.lists.garbled import garbled
from bot.citizens.lists.row import Fault, Listed, read_row
from bot.citizens.lists.sheet import Row
from bot.citizens.lists.store import PeopleList
from bot.citizens.store import OUTREACH
from bot.clock import day_in_vietnam
from bot.errors import AnSinhError

BATCH = 5_000  # rows
PURPOSES = (OUTREACH,)
_TITLE_ROWS = 15  # above the headings, at most


def _everywhere(_: Collection[str]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be brought in, why, and where it is kept that its people consented; dry: look, and change nothing.

    `answers_for`: whether whoever brings it in may do so for people of a place; people of others are refused.
    """

    path: Path
    purpose: str
    proof: str
    faults: Path
    dry: bool = False
    answers_for: Callable[[Collection[str]], bool] = _everywhere


@dataclass
class Report:
    """What became of a list: counts by what happened, and headings that mean nothing here."""

    counts: Counter[str] = field(default_factory=Counter)
    unused: list[str] = field(default_factory=list)
    before: bool = False  # it had been brought in whole before, and nothing was changed

    @property
    def refused(self) -> int:
        """How many rows were not taken."""
        return sum(count for name, count in self.counts.items() if name.startswith("refused:"))


@dataclass(frozen=True, slots=True)
class _Table:
    headings: Sequence[str]
    columns: Mapping[int, str]
    rows: Iterator[Row]


async def load(engine: AsyncEngine, library: Library, task: Task, *, now: datetime, batch: int = BATCH) -> Report:
    """Bring in the people of a file; raise AnSinhError when the file as a whole cannot be read."""
    table = _table(task.path)
    report = Report(unused=[cell for at, cell in enumerate(table.headings) if cell.strip() and at not in table.columns])
    found = PeopleList(0, task.purpose)
    if not task.dry:
        async with engine.begin() as connection:
            found = await store.open_list(connection, sheet.digest(task.path), task.purpose, task.proof, now=now)
    report.before = found.finished
    found = replace(found, rows_done=0, counts={}) if report.before else found
    faults = FaultFile(task.faults, library, after=found.rows_done)
    try:
        faults.head(table.headings)
        await _Import(engine, task, found, report, faults, now).run(table, batch)
    finally:
        faults.close()
    return report


def _table(path: Path) -> _Table:
    """Find the headings, which may stand below a title."""
    if not path.is_file():
        raise AnSinhError(f"There is no file {path}.")
    rows = sheet.rows(path)
    for number, cells in rows:
        columns = headings.columns_of(cells)
        if columns is not None:
            if (name := headings.twice(columns)) is not None:
                raise AnSinhError(f"{path.name}, row {number}: two columns are headed as {name}; name one otherwise.")
            return _Table(cells, columns, rows)
        if spoilt := garbled(" ".join(cells)):
            raise AnSinhError(sheet.spoilt(path, spoilt))
        if number >= _TITLE_ROWS:
            break
    raise AnSinhError(f"{path.name}: no row of headings with «Họ tên» and «Điện thoại»; the README lists the headings.")


@dataclass
class _Import:
    engine: AsyncEngine
    task: Task
    found: PeopleList
    report: Report
    faults: FaultFile
    now: datetime

    async def run(self, table: _Table, size: int) -> None:
        self.report.counts.update(self.found.counts)
        pending: dict[str, tuple[Listed, Sequence[str]]] = {}
        number = self.found.rows_done
        async with self.engine.connect() as connection:
            if self.task.dry:
                await _remember_seen(connection)
            seen = 0
            for number, cells in table.rows:
                if number <= self.found.rows_done or not any(cell.strip() for cell in cells):
                    continue
                seen += 1
                self._read(number, cells, table, pending)
                if seen % size == 0:
                    await self._batch(connection, number, pending)
            await self._batch(connection, number, pending)
            if not self.task.dry and not self.report.before:
                async with connection.begin():
                    await store.finish(connection, self.found, now=self.now)

    def _read(
        self, number: int, cells: Sequence[str], table: _Table, pending: dict[str, tuple[Listed, Sequence[str]]]
    ) -> None:
        if cells == table.headings:
            return  # a page's head, printed again
        today = day_in_vietnam(self.now)
        read = read_row(number, cells, table.columns, today=today, list_proof=bool(self.task.proof))
        if isinstance(read, Listed) and not self.task.answers_for(
            [at for at in (read.commune or read.province,) if at]
        ):
            read = [Fault("place", "elsewhere")]
        self.report.counts["rows"] += 1
        if not isinstance(read, Listed):
            self.report.counts[f"refused:{read[0].code}"] += 1
            self.faults.write(number, cells, read)
            return
        self.report.counts.update(f"note:{code}" for code in read.notes)
        earlier = pending.get(read.phone)
        if earlier:
            self.report.counts["merged"] += 1
        pending[read.phone] = (_both(earlier[0], read) if earlier else read, cells)

    async def _batch(
        self, connection: AsyncConnection, number: int, pending: dict[str, tuple[Listed, Sequence[str]]]
    ) -> None:
        """Write what was gathered and how far the list has come, in one commit; what is refused is on the disk by then."""
        if self.report.before:
            pending.clear()
            return
        async with connection.begin() as transaction:
            counts = await self._written(connection, pending)
            self.report.counts.update(counts)
            self.faults.safe()
            if self.task.dry:
                await transaction.rollback()
            else:
                await store.go_on(connection, self.found, number, self.report.counts)
                self.found = replace(self.found, rows_done=number)
        if self.task.dry:
            await _see(connection, list(pending))
        pending.clear()

    async def _written(
        self, connection: AsyncConnection, pending: dict[str, tuple[Listed, Sequence[str]]]
    ) -> Counter[str]:
        if self.task.dry:
            self.found = await store.open_list(connection, "dry", self.task.purpose, self.task.proof, now=self.now)
        raw = {listed.row: cells for listed, cells in pending.values()}
        erased = await store.stage(connection, [listed for listed, _ in pending.values()])
        for row in erased:
            self.faults.write(row, raw[row], [Fault("phone", "erased")])
        again = await _seen_again(connection) if self.task.dry else 0
        counts = await store.write(connection, self.found, now=self.now)
        if again:
            counts.update({"new": -again, "merged": again})
        if erased:
            counts["refused:erased"] = len(erased)
        return counts


def _both(earlier: Listed, later: Listed) -> Listed:
    """Return what two rows of one number say together: the later one where both say something; a no outranks a yes."""
    names = ("name", "situation", "birth_year", "joined", "paid_until")
    values = {name: getattr(later, name) or getattr(earlier, name) for name in names}
    place = later if later.province else earlier
    proof = later if later.consented is False or not earlier.consented else earlier
    proof = earlier if earlier.consented is False else proof
    return replace(
        later, **values, province=place.province, commune=place.commune,
        entitlements=later.entitlements or earlier.entitlements, consented=proof.consented,
        consent_on=proof.consent_on, consent_by=proof.consent_by,
    )  # fmt: skip


# A dry run undoes each batch; so that a number that comes twice counts once, it remembers them in a table of its own.
async def _remember_seen(connection: AsyncConnection) -> None:
    async with connection.begin():
        await connection.execute(text("CREATE TEMPORARY TABLE seen_before (phone text PRIMARY KEY)"))


async def _see(connection: AsyncConnection, phones: Sequence[str]) -> None:
    async with connection.begin():
        query = text("INSERT INTO seen_before SELECT unnest(cast(:phones AS text[])) ON CONFLICT DO NOTHING")
        await connection.execute(query, {"phones": phones})


async def _seen_again(connection: AsyncConnection) -> int:
    query = text(
        "SELECT count(*) FROM listed l JOIN seen_before s ON s.phone = l.phone"
        " WHERE NOT EXISTS (SELECT FROM person p WHERE p.phone = l.phone)"
    )
    return int(await connection.scalar(query) or 0)
