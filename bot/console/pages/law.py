"""The numbers of the law: what they are on a day, since when and until when, by which document, and who uses them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.pages.content import day_of, found_in, shelf_of
from bot.console.visit import Page, Visit
from bot.errors import NotInForce
from bot.law.parameters import DatedValue, Parameter
from bot.staff.rules import Right
from bot.vn import show

_UNITS = {
    "VND": "đồng", "VND/month": "đồng một tháng", "/1": "", "/day": "một ngày", "/month": "một tháng", "days": "ngày",
    "working_days": "ngày làm việc", "months": "tháng", "years": "năm", "count": "", "x": "lần", "date": "", "text": "", "table": "",
}  # fmt: skip
_SHARES = frozenset({"/1", "/day", "/month"})


async def _law(visit: Visit) -> Response:
    day, law = day_of(visit), visit.house.library.law
    shelf = await shelf_of(visit)
    found = found_in(visit, law.parameters.values(), lambda one: f"{one.name} {one.description}")
    lines = [(one, on(one, day), len(shelf.uses.get(one.name, ()))) for one in found]
    return visit.show("content/law.html", day=day, q=visit.query("q"), lines=lines, shown=shown)


async def _number(visit: Visit) -> Response:
    parameter = visit.house.library.law.parameters.get(visit.path("name"))
    if parameter is None:
        raise HTTPException(404)
    day, shelf = day_of(visit), await shelf_of(visit)
    return visit.show(
        "content/number.html", day=day, one=parameter, now=on(parameter, day), shown=shown,
        uses=shelf.uses.get(parameter.name, ()),
    )  # fmt: skip


def on(parameter: Parameter, day: date) -> DatedValue | None:
    """Return the value in force on a day, None when there is none."""
    try:
        return parameter.on(day)
    except NotInForce:
        return None


def shown(parameter: Parameter, value: DatedValue | None) -> str:
    """Return a value with its unit, as it is read."""
    if value is None or value.value is None:
        return "Không có"
    found, unit = value.value, _UNITS[parameter.unit]
    if isinstance(found, date):
        return show.day(found)
    if isinstance(found, str):
        return found
    if isinstance(found, int):
        return f"{show.grouped(found)} {unit}".strip()
    if isinstance(found, Decimal):
        number = show.percent(found) if parameter.unit in _SHARES else show.decimal_comma(found)
        return f"{number} {unit}".strip()
    return "; ".join(f"{year}: {show.decimal_comma(number)}" for year, number in sorted(found.items()))


PAGES = (
    Page("/content/law", "Số của luật", Right.SEE_CONTENT, get=_law, menu="content", help="law"),
    Page("/content/law/{name}", "Số của luật", Right.SEE_CONTENT, get=_number, menu="content", help="law"),
)
