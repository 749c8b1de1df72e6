"""What units handed in: that they did, when and by whom; of a report the very file, kept to the letter.

Lists of guests hold names of people, and are kept by the office alone: of a list only the day stands here.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.waves import reports, store
from bot.campaigns.waves.rules import Refused, What

LARGEST = 10 * 1024 * 1024  # bytes
FORMS: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_INSIDE = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A report as it is handed in; `report`: its number, where it was made here."""

    form: str  # of FORMS
    data: bytes
    report: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was handed in."""

    id: int
    at: datetime
    by: str
    form: str
    report: int | None


@dataclass(frozen=True, slots=True)
class Handed:
    """When something was handed in first and by whom, and its files, the newest first."""

    at: datetime
    by: str
    files: tuple[Kept, ...]


def paper_of(data: bytes) -> Paper:
    """Return an uploaded file by what it is, whatever it is called; Refused when it is no report on paper or sheet."""
    if len(data) > LARGEST:
        raise Refused("paper_large")
    if data.startswith(b"%PDF-"):
        return Paper("pdf", data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        names = set()
    form = next((form for form, inside in _INSIDE.items() if inside in names), None)
    if form is None or any(name.endswith("vbaProject.bin") for name in names):
        raise Refused("paper")
    return Paper(form, data)


async def made_here(connection: AsyncConnection, library: Library, key: str, unit: str, number: int) -> Paper:
    """Return a report that was made here as PDF; Refused when it is not of this wave and unit."""
    figures = await reports.kept(connection, number)
    waves = [wave["key"] for wave in figures["waves"]]
    if figures["kind"] != "wave" or waves != [key] or figures["unit"] != unit:
        raise Refused("report", report=number)
    return Paper("pdf", reports.made(library, figures, number, ".pdf"), number)


async def hand_in(
    connection: AsyncConnection, key: str, what: What, unit: str, *, by: str, now: datetime, paper: Paper | None = None
) -> None:
    """Note that a unit handed in its report or list, the first time counts; of a report keep the file, every one."""
    kept = await store.get(connection, key, lock=True)
    if kept is None:
        raise Refused("wave", wave=key)
    levels = {due.level for due in kept.wave.due_days if due.what is what}
    if unit not in kept.wave.unit or kept.wave.unit[unit].level not in levels:
        raise Refused("unit", unit=unit)
    if paper is not None and what is not What.REPORT:
        raise Refused("no_paper")
    values = {"id": kept.id, "what": what, "unit": unit, "by": by, "now": now}
    await connection.execute(_HAND_IN, values)
    if paper is not None:
        await connection.execute(_KEEP, values | {"form": paper.form, "data": paper.data, "report": paper.report})


_HAND_IN = text(
    "INSERT INTO wave_handed_in (wave_id, what, unit, by, at) VALUES (:id, :what, :unit, :by, :now) ON CONFLICT DO NOTHING"
)
_KEEP = text(
    """
    INSERT INTO wave_handed_file (handed_in_id, at, by, report_id, form, data)
    SELECT h.id, :now, :by, :report, :form, :data FROM wave_handed_in h
    WHERE h.wave_id = :id AND h.what = :what AND h.unit = :unit
    """
)


async def of_wave(connection: AsyncConnection, wave_id: int) -> dict[tuple[What, str], Handed]:
    """Return what was handed in of a wave, by what and unit."""
    files: dict[int, list[Kept]] = defaultdict(list)
    for row in await connection.execute(_FILES, {"id": wave_id}):
        files[row.handed_in_id].append(Kept(row.id, row.at, row.by, row.form, row.report_id))
    query = text("SELECT id, what, unit, by, at FROM wave_handed_in WHERE wave_id = :id")
    return {
        (What(row.what), row.unit): Handed(row.at, row.by, tuple(files[row.id]))
        for row in await connection.execute(query, {"id": wave_id})
    }


_FILES = text(
    """
    SELECT f.id, f.handed_in_id, f.at, f.by, f.form, f.report_id
    FROM wave_handed_file f JOIN wave_handed_in h ON h.id = f.handed_in_id WHERE h.wave_id = :id ORDER BY f.id DESC
    """
)


async def file(connection: AsyncConnection, wave_id: int, number: int) -> tuple[str, str, bytes] | None:
    """Return the unit, the form and the bytes of a file that was handed in of a wave; None when there is none."""
    row = (await connection.execute(_FILE, {"id": wave_id, "number": number})).one_or_none()
    return None if row is None else (row.unit, row.form, bytes(row.data))


_FILE = text(
    """
    SELECT h.unit, f.form, f.data FROM wave_handed_file f JOIN wave_handed_in h ON h.id = f.handed_in_id
    WHERE f.id = :number AND h.wave_id = :id
    """
)
