"""A list that came through a page: looked at first, brought in when it is the very file that was looked at, kept nowhere."""

from __future__ import annotations

import asyncio
import tempfile
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.answers.library import Library
from bot.citizens.lists.service import Report, Task, load
from bot.citizens.lists.told import told
from bot.citizens.store import OUTREACH
from bot.database import open_engine
from bot.errors import AnSinhError

MOST = 10 * 1024 * 1024  # bytes of a file
MOST_INSIDE = 300 * 1024 * 1024  # bytes of what a workbook holds, unpacked


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name is what a person called it and is never a path."""

    name: str
    data: bytes
    proof: str
    answers_for: Callable[[Collection[str]], bool]


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of it, or would: the summary, how many rows are refused, and the file of those."""

    lines: list[str]
    rows: int
    refused: int
    faults: bytes


async def bring_in(database_url: str, library: Library, upload: Upload, *, dry: bool, now: datetime) -> Looked:
    """Bring a file in, or look at it; beside the event loop, because reading a large one takes seconds."""
    return await asyncio.to_thread(lambda: asyncio.run(_aside(database_url, library, upload, dry, now)))


async def _aside(database_url: str, library: Library, upload: Upload, dry: bool, now: datetime) -> Looked:
    engine = open_engine(database_url)
    try:
        with tempfile.TemporaryDirectory(prefix="list-") as folder:  # readable by its owner alone
            path = Path(folder) / f"list{_ending(upload.data)}"
            path.write_bytes(upload.data)
            not_a_bomb(path)
            task = Task(path, OUTREACH, upload.proof, Path(folder) / "errors.csv", dry, upload.answers_for)
            report = await load(engine, library, task, now=now)
            return _looked(library, task, report)
    finally:
        await engine.dispose()


def _looked(library: Library, task: Task, report: Report) -> Looked:
    lines = list(told(library, task, report))[1 : -1 if report.refused else None]  # not the name of a file of ours
    faults = task.faults.read_bytes() if task.faults.exists() else b""
    return Looked(lines, report.counts["rows"], report.refused, faults)


def _ending(data: bytes) -> str:
    return ".xlsx" if data.startswith(b"PK") else ".csv"


def not_a_bomb(path: Path) -> None:
    """Refuse a workbook that would fill the memory when it is unpacked."""
    if path.suffix == ".xlsx":
        try:
            with zipfile.ZipFile(path) as archive:
                size = sum(one.file_size for one in archive.infolist())
        except zipfile.BadZipFile:
            raise AnSinhError("The workbook is broken.") from None
        if size > MOST_INSIDE:
            raise AnSinhError("The workbook holds too much.")
