"""Reports of waves and of years: made, printed again as they were, handed in, and the file that was handed in."""

from __future__ import annotations

import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns.waves import handed
from bot.campaigns.waves.rules import Refused as WaveRefused
from bot.campaigns.waves.rules import Unit, Wave, What
from bot.console.pages.waves import kept_of, names
from bot.console.visit import Page, Visit
from bot.console.who import who_of
from bot.errors import Refused
from bot.reports import waves
from bot.reports.rules import exact
from bot.sheets.words import say
from bot.staff import audit
from bot.staff.rules import Right

FORM = 64 * 1024  # bytes that a form takes beside its file
_KEY = re.compile(r"[a-z0-9_.]{1,80}")


async def _reports(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await waves.seen(connection, visit.staff, visit.today)
        made = await waves.made(connection, found) if exact(visit.staff) else []
        who = await who_of(connection)
    called = {one.wave.key: one.wave.name for one in found}
    return visit.show(
        "reports/waves.html",
        wave_name=called.get,
        found=found,
        exact=exact(visit.staff),
        made=made,
        who=who,
        years=waves.years(found, visit.staff),
        **names(visit),
    )


async def _wave(visit: Visit) -> Response:
    key, unit, form = visit.path("key"), visit.field("unit", 80), visit.field("form", 10)
    async with visit.house.engine.begin() as connection:
        made = await waves.report(
            connection, visit.house.library, visit.staff, key, unit=unit, form=form, now=visit.now
        )
    return _file(made, f"bao_cao_{key if _KEY.fullmatch(key) else 'dot'}", form)


async def _year(visit: Visit) -> Response:
    year, place, unit = [*visit.field("of", 200).split(":"), "", ""][:3]
    if not (year.isascii() and year.isdigit() and len(year) == 4):  # noqa: PLR2004 - digits of a year
        raise HTTPException(404)
    form = visit.field("form", 10)
    async with visit.house.engine.begin() as connection:
        made = await waves.year_report(
            connection, visit.house.library, visit.staff, int(year), place, unit, form=form, now=visit.now
        )
    return _file(made, f"bao_cao_nam_{year}", form)


async def _again(visit: Visit) -> Response:
    """Return a report that was made, to the letter."""
    form = visit.query("form", "pdf")
    async with visit.house.engine.connect() as connection:
        made = await waves.again(connection, visit.house.library, visit.staff, int(visit.path("id")), form=form)
    return _file(made, "bao_cao", form)


def _file(made: tuple[int, bytes] | None, name: str, form: str) -> Response:
    if made is None:
        raise HTTPException(404)
    return attached(made[1], f"{name}_{made[0]}.{form}", handed.FORMS[form])


def attached(content: bytes, name: str, kind: str) -> Response:
    """Return a file to be kept."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


async def _to_hand_in(visit: Visit) -> Response:
    return await _handing_in(visit, "")


async def _handing_in(visit: Visit, fault: str) -> Response:
    async with visit.house.engine.connect() as connection:
        kept, units = await kept_of(visit, connection)
        what, unit = _what(visit, kept.wave, units)
        gone = (await handed.of_wave(connection, kept.id)).get((what, unit.key))
        made = [one for one in await waves.made_of(connection, kept.wave.key, unit.key) if what is What.REPORT]
        who = await who_of(connection)
    last = min(one.last_day for one in kept.wave.due_days if one.what is what and one.level is unit.level)
    return visit.show(
        "campaigns/wave_hand_in.html", status=400 if fault else 200, wave=kept.wave, what=what, unit=unit, last=last,
        gone=gone, made=made, fault=fault, who=who, **names(visit),
    )  # fmt: skip


def _what(visit: Visit, wave: Wave, units: tuple[Unit, ...]) -> tuple[What, Unit]:
    """Return what is handed in by which unit; 404 where it is not owed, or not by a unit of this person."""
    what, key = visit.path("what"), visit.path("unit")
    unit = next((unit for unit in units if unit.key == key), None)
    if unit is None or not any(one.what == what and one.level is unit.level for one in wave.due_days):
        raise HTTPException(404)
    return What(what), unit


async def _hand_in(visit: Visit) -> Response:
    try:
        data = await visit.file("file", handed.LARGEST)
        async with visit.house.engine.begin() as connection:
            kept, units = await kept_of(visit, connection)
            what, unit = _what(visit, kept.wave, units)
            paper, number = handed.paper_of(data) if data is not None else None, visit.field("report", 18)
            if paper is None and number.isascii() and number.isdigit():
                paper = await handed.made_here(connection, visit.house.library, kept.wave.key, unit.key, int(number))
            await handed.hand_in(
                connection, kept.wave.key, what, unit.key, by=visit.staff.key, now=visit.now, paper=paper
            )
            note = f"{what} {unit.key} {paper.form if paper else 'paper'}"
            await audit.write(
                connection, by=visit.staff.key, act="wave_hand_in", about=f"wave:{kept.wave.key}", note=note, now=visit.now
            )  # fmt: skip
    except WaveRefused as error:
        return await _handing_in(visit, say(visit.house.library, error.key, **error.values))
    except Refused as error:
        return await _handing_in(visit, str(error))
    return visit.go(f"/waves/{kept.wave.key}", said="handed_in")


async def _handed(visit: Visit) -> Response:
    """Return a file as it was handed in."""
    async with visit.house.engine.connect() as connection:
        kept, units = await kept_of(visit, connection)
        found: Any = await handed.file(connection, kept.id, int(visit.path("id")))
    if found is None or found[0] not in {unit.key for unit in units}:
        raise HTTPException(404)
    unit, form, data = found
    return attached(data, f"da_nop_{kept.wave.key}_{unit}_{visit.path('id')}.{form}", handed.FORMS[form])


PAGES = (
    Page("/reports/waves", "Báo cáo đợt ra quân", Right.SEE_REPORTS, get=_reports, menu="reports", help="wave_reports"),
    Page("/reports/waves/{key}", "Báo cáo đợt ra quân", Right.HOLD_CAMPAIGNS, post=_wave),
    Page("/reports/years", "Báo cáo năm", Right.HOLD_CAMPAIGNS, post=_year),
    Page("/reports/made/{id:int}", "In lại báo cáo", Right.HOLD_CAMPAIGNS, get=_again, help="wave_reports"),
    Page(
        "/waves/{key}/hand-in/{what}/{unit}", "Nộp", Right.WRITE_CAMPAIGNS, get=_to_hand_in, post=_hand_in,
        menu="campaigns", help="hand_in", largest=handed.LARGEST + FORM,
    ),
    Page("/waves/{key}/handed/{id:int}", "Tệp đã nộp", Right.SEE_CAMPAIGNS, get=_handed, help="hand_in"),
)  # fmt: skip
