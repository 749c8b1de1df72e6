"""Waves by file: a plan, and entries; each looked at before it is written, and only the file that was looked at."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.campaigns.waves import scope, service, store
from bot.campaigns.waves.files import Imported, enter_file
from bot.campaigns.waves.read import parse
from bot.campaigns.waves.rules import Refused as WaveRefused
from bot.campaigns.waves.rules import Wave
from bot.campaigns.waves.written import as_file
from bot.citizens.lists.faults import harmless
from bot.citizens.lists.uploaded import not_a_bomb
from bot.console.pages.waves import kept_of, names
from bot.console.visit import Page, Visit
from bot.console.wave_words import change_named, faults
from bot.errors import AnSinhError, ContentError, Refused, SetupError
from bot.sheets.words import say
from bot.staff import audit
from bot.staff.rules import Right

MOST = 2 * 2**20  # bytes of a file
FORM = 64 * 1024  # bytes that a form takes beside its file
SHOWN = 100  # rows to mend on a page; the file has all
PLAN = "tệp"  # what a plan's faults are named by
NO_SECRET = "Máy chủ chưa bật ghi từng người. Hãy để trống cột điện thoại và số định danh, ghi số lượng."  # noqa: S105


async def _plan(visit: Visit) -> Response:
    return visit.show("campaigns/wave_file.html", seen=(), faults=[], step="")


async def _bring_in(visit: Visit) -> Response:
    """Look at the plan of a file, or bring it in, if it is the one that was looked at."""
    data, step = await _uploaded(visit), visit.field("step", 10)
    try:
        waves = parse(_decoded(data), PLAN)
        _theirs(visit, waves)
        if step == "write":
            return await _written(visit, waves, data)
        async with visit.house.engine.connect() as connection:
            seen = await _seen(visit, connection, waves)
    except ContentError as error:
        return _looked(visit, "plan", seen=(), faults=faults(str(error), PLAN), step="seen", digest="")
    return _looked(visit, "plan", seen=seen, faults=[], step="seen", digest=_digest(data))


async def _uploaded(visit: Visit) -> bytes:
    data = await visit.file("file", MOST)
    if data is None:
        raise Refused("Chưa chọn tệp. Hãy chọn tệp rồi bấm lại.")
    if visit.field("step", 10) == "write" and visit.field("digest", 64) != _digest(data):
        raise Refused("Đây không phải tệp bạn vừa xem thử. Hãy bấm «Xem thử» với tệp này trước.")
    return data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        raise ContentError(f"{PLAN}: not UTF-8") from None


def _theirs(visit: Visit, waves: Sequence[Wave]) -> None:
    if not all(scope.whole(wave, visit.staff) for wave in waves):
        raise Refused("Kế hoạch này là của tỉnh, thành phố mà bạn không phụ trách toàn bộ.")


async def _seen(visit: Visit, connection: AsyncConnection, waves: Sequence[Wave]) -> tuple[service.Seen, ...]:
    """Return what a plan would change, if what stands under its keys is theirs too; Refused before anything of it is told."""
    standing = [await store.get(connection, wave.key) for wave in waves]
    _theirs(visit, [kept.wave for kept in standing if kept is not None])
    return await service.look(connection, waves, PLAN)


async def _written(visit: Visit, waves: tuple[Wave, ...], data: bytes) -> Response:
    async with visit.house.engine.begin() as connection:
        await _seen(visit, connection, waves)
        loaded = await service.bring_in(connection, waves, PLAN, by=visit.staff.key, now=visit.now)
        for done in loaded:
            if done.changed:
                note = f"version {done.version}, {_digest(data)[:12]}"
                await audit.write(
                    connection, by=visit.staff.key, act="wave_load", about=f"wave:{done.key}", note=note, now=visit.now
                )  # fmt: skip
    return visit.go(f"/waves/{waves[0].key}", said="wave_loaded")


def _looked(visit: Visit, what: str, **values: Any) -> Response:
    template = f"campaigns/{'piece_' if visit.in_place else ''}wave_{'file' if what == 'plan' else 'import'}.html"
    words = names(visit)

    def named(wave: Wave, change: Any) -> str:
        return change_named(wave, change, words["measure_name"], words["level_name"])

    return visit.show(template, named=named, **words, **values)


async def _download(visit: Visit) -> Response:
    """Return a wave's plan as the file that says it."""
    async with visit.house.engine.connect() as connection:
        kept, _ = await kept_of(visit, connection)
    headers = {"content-disposition": f'attachment; filename="{kept.wave.key}.yaml"', "cache-control": "no-store"}
    return Response(as_file(kept.wave), media_type="application/yaml; charset=utf-8", headers=headers)


async def _import(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        kept, units = await kept_of(visit, connection)
    return _looked(visit, "import", wave=kept.wave, units=units, done=None, faults=[], step="")


async def _enter(visit: Visit) -> Response:
    """Look at a file of entries, give its faulty rows as a file, or enter it, if it is the one that was looked at."""
    step = visit.field("step", 10)
    async with visit.house.engine.connect() as connection, connection.begin() as transaction:
        kept, units = await kept_of(visit, connection)
        data = await _uploaded(visit)
        about: dict[str, Any] = {"wave": kept.wave, "units": units, "step": "written" if step == "write" else "seen"}
        try:
            done = await _entered(visit, connection, kept.wave, {unit.key for unit in units}, data)
        except (WaveRefused, SetupError, Refused):
            raise
        except AnSinhError as error:
            return _looked(visit, "import", **about, done=None, faults=faults(str(error), PLAN))
        if step != "write":
            await transaction.rollback()
        else:
            note = f"{_digest(data)[:12]}: {done.entered} entered, {len(done.wrong)} wrong"
            await audit.write(
                connection, by=visit.staff.key, act="wave_import", about=f"wave:{kept.wave.key}", note=note, now=visit.now
            )  # fmt: skip
    wrong = [(row, say(visit.house.library, row.refused.key, **row.refused.values)) for row in done.wrong]
    if step == "errors":
        return _to_mend([(row.line, why, row.cells) for row, why in wrong])
    return _looked(
        visit, "import", **about, done=done, faults=[], wrong=[(row.line, why) for row, why in wrong[:SHOWN]],
        digest=_digest(data),
    )  # fmt: skip


async def _entered(visit: Visit, connection: AsyncConnection, wave: Wave, units: set[str], data: bytes) -> Imported:
    with tempfile.TemporaryDirectory(prefix="wave-") as folder:  # readable by its owner alone
        path = Path(folder) / f"{PLAN}{'.xlsx' if data.startswith(b'PK') else '.csv'}"
        path.write_bytes(data)
        not_a_bomb(path)
        try:
            return await enter_file(
                connection, wave.key, path, visit.house.library.texts, agent=visit.staff.key,
                secret=visit.house.settings.person_secret, now=visit.now, units=units,
            )  # fmt: skip
        except SetupError:
            raise Refused(NO_SECRET) from None


def _to_mend(wrong: list[tuple[int, str, tuple[str, ...]]]) -> Response:
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(("Dòng", "Cần sửa", "Dòng ấy ghi"))
    rows.writerows([str(line), why, *map(harmless, cells)] for line, why, cells in wrong)
    headers = {"content-disposition": 'attachment; filename="dong-can-sua.csv"', "cache-control": "no-store"}
    return Response(file.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


PAGES = (
    Page(
        "/wave-file", "Kế hoạch ra quân", Right.WRITE_CAMPAIGNS, get=_plan, post=_bring_in, menu="campaigns", help="wave_file",
        largest=MOST + FORM,
    ),
    Page("/waves/{key}/plan", "Tải kế hoạch", Right.SEE_CAMPAIGNS, get=_download, menu="campaigns", help="wave_file"),
    Page(
        "/waves/{key}/import", "Đưa số liệu vào", Right.WRITE_CAMPAIGNS, get=_import, post=_enter, menu="campaigns", help="wave_import",
        largest=MOST + FORM,
    ),
)  # fmt: skip
