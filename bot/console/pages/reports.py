"""Reports: who came, what was asked, from where, how far people got, how long they waited; campaigns."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns import store as campaigns
from bot.console import charts
from bot.console.campaign_words import said_reason, said_text
from bot.console.render import as_day, place, word
from bot.console.visit import Page, Visit
from bot.reports import tables
from bot.reports.files import FORMS, GUARDED, written
from bot.reports.period import Period, period
from bot.reports.rules import Table, exact, numbers_of
from bot.reports.tables import TABLES, Asked
from bot.staff.rules import Right
from bot.staff.scope import places_of
from bot.vn import show
from bot.vn.communes import province_name
from bot.vn.places import gazetteer

_FILE = re.compile(r"([a-z]{1,20})\.(csv|xlsx|pdf)")
_KEY = re.compile(r"[a-z0-9_.]{1,80}")


def _asked(visit: Visit) -> Asked:
    """Return the period and the places asked for; 404 where somebody does not work."""
    places = places_of(visit.staff)
    if visit.query("place"):
        narrowed = places.only(visit.query("place"))
        if narrowed is None:
            raise HTTPException(404)
        places = narrowed
    return Asked(_period(visit), places, exact(visit.staff))


def _period(visit: Visit) -> Period:
    return period(as_day(visit.query("first")), as_day(visit.query("last")), visit.today)


def _filters(visit: Visit, asked: Asked) -> dict[str, Any]:
    chosen = {
        "first": asked.period.first.isoformat(),
        "last": asked.period.last.isoformat(),
        "place": visit.query("place"),
    }
    return {
        "asked": asked, "place": visit.query("place"), "choices": places_of(visit.staff).choices,
        "filter": urlencode({name: value for name, value in chosen.items() if value}),
    }  # fmt: skip


async def _overview(visit: Visit) -> Response:
    asked = _asked(visit)
    async with visit.house.engine.connect() as connection:
        made, at = await tables.overview(connection, visit.house.library, asked)
    return visit.show(
        "reports/overview.html",
        shown=[_drawn(made[key]) for key in TABLES],
        counted_at=at,
        guarded=GUARDED,
        **_filters(visit, asked),
    )


def _drawn(table: Table) -> tuple[Table, object]:
    """Return a table with its chart."""
    if table.key == "days":
        series = {table.columns[at]: numbers_of(table, at) for at in (2, 3)}
        return table, charts.columns([_short(str(row[0])) for row in table.rows], series)
    if table.key == "map":
        names = {key: province.name for key, province in gazetteer().provinces.items()}
        numbers = dict(zip((row[0] for row in table.rows), numbers_of(table, 1), strict=True))
        return table, charts.tiles({key: numbers.get(name, 0) for key, name in names.items()}, names)
    rows = [(str(row[0]), number) for row, number in zip(table.rows, numbers_of(table, 1), strict=True)]
    return table, charts.bars(rows, table.columns[1].removeprefix("Số "))  # «Số người», «Số lần»


def _short(day: str) -> str:
    """«27/11/2026» -> «27/11»; a month stays as it is."""
    return day[:5] if len(day) == 10 else day


async def _file(visit: Visit, table: Table, name: str, form: str, about: str) -> Response:
    notes = () if exact(visit.staff) else (GUARDED,)
    content = await asyncio.to_thread(written, table, form, about=about, made=visit.now, notes=notes)
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"', "cache-control": "no-store"}
    return Response(content, media_type=FORMS[form], headers=headers)


async def _download(visit: Visit) -> Response:
    name = _FILE.fullmatch(visit.path("name"))
    if name is None or name[1] not in TABLES:
        raise HTTPException(404)
    asked = _asked(visit)
    async with visit.house.engine.connect() as connection:
        table = (await tables.overview(connection, visit.house.library, asked))[0][name[1]]
    lives = province_name(visit.query("place")) if visit.query("place") else "mọi nơi được xem"
    about = f"Từ {show.day(asked.period.first)} đến {show.day(asked.period.last)}; nơi ở: {lives}"
    return await _file(visit, table, f"{name[1]}_{asked.period.first}_{asked.period.last}", name[2], about)


async def _campaigns(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await tables.seen_campaigns(connection, visit.staff)
        table = await tables.outcomes(connection, found, exact(visit.staff))
    form = visit.query("form")
    if form in FORMS:
        return await _file(visit, table, f"campaigns_{visit.today}", form, f"Tính đến {show.day(visit.today)}")
    return visit.show("reports/campaigns.html", table=table, found=found)


async def _campaign(visit: Visit) -> Response:
    """Return the results of a campaign, as a page or, with `form`, as a file."""
    async with visit.house.engine.connect() as connection:
        found = await campaigns.find(connection, visit.path("key"))
        if found is None or not visit.staff.answers_for(found.plan["audience"].get("places", ())):
            raise HTTPException(404)
        table = _said(await tables.campaign(connection, found, exact=exact(visit.staff)))
    form = visit.query("form")
    if form in FORMS:
        return await _file(visit, table, f"campaign_{_safe(found.key)}", form, f"Tính đến {show.day(visit.today)}")
    rows = [(str(name), number) for name, number in zip(table.columns[2:], table.rows[0][2:], strict=True)]
    parts = {
        title: [line for line in table.rows if line[0] == title]
        for title in dict.fromkeys(row[0] for row in table.rows)
    }
    chart = charts.bars(rows, "người")  # type: ignore[arg-type]
    return visit.show("reports/campaign.html", table=table, chart=chart, parts=parts, key=found.key)


def _said(table: Table) -> Table:
    """Return the numbers of a campaign with words for their codes, on the page and in files alike."""
    rows = ((title, _value(str(title), str(value)), *cells) for title, value, *cells in table.rows)
    return replace(table, rows=tuple(rows))


def _value(title: str, value: str) -> str:
    if title == "Tất cả":
        return value
    if title == "Giờ gửi":
        return f"{int(value)} giờ" if value.isdigit() else "Chưa gửi được"
    if title == "Tỉnh":
        return place(value)
    if title == "Lý do":
        return said_reason(value)
    if title == "Bản tin":
        return said_text(value)
    return word(value) if value else "Chưa rõ"


def _safe(key: str) -> str:
    return key if _KEY.fullmatch(key) else "bao_cao"


PAGES = (
    Page("/reports", "Tổng quan", Right.SEE_REPORTS, get=_overview, menu="reports", help="reports"),
    Page("/reports/files/{name}", "Tải báo cáo", Right.SEE_REPORTS, get=_download, help="reports"),
    Page("/reports/campaigns", "Kết quả chiến dịch", Right.SEE_REPORTS, get=_campaigns, menu="reports", help="reports"),
    Page(
        "/reports/campaigns/{key}",
        "Kết quả chiến dịch",
        Right.SEE_REPORTS,
        get=_campaign,
        menu="reports",
        help="reports",
    ),
)
