"""The numbers of the law: what they are on a day, since when and until when, by which document, and who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.pages.content import day_of, found_in, shelf_of
from bot.console.render import word
from bot.console.visit import Page, Visit
from bot.errors import NotInForce
from bot.law.parameters import DatedValue, Parameter
from bot.staff.rules import Right
from bot.vn import show
from bot.vn.text import fold_key

_UNITS = {
    "VND": "đồng", "VND/month": "đồng một tháng", "/1": "", "/day": "một ngày", "/month": "một tháng", "days": "ngày",
    "working_days": "ngày làm việc", "months": "tháng", "years": "năm", "count": "", "x": "lần", "date": "", "text": "", "table": "",
}  # fmt: skip
MOST = 30  # numbers found; those of one subject are all shown
_SHARES = frozenset({"/1", "/day", "/month"})


async def _law(visit: Visit) -> Response:
    """Answer with the subjects and what changes next; or with the numbers of one subject, or those looked for."""
    day, part, every = day_of(visit), visit.query("part"), visit.house.library.law.parameters.values()
    by_part = _by_part(every)
    if part and part not in by_part:
        raise HTTPException(404)
    shelf = await shelf_of(visit)
    found = found_in(visit, by_part.get(part, every), lambda one: f"{one.name} {one.description} {title_of(one)}")
    lines = found if part or visit.query("q") else _changing(every, day)
    most = len(lines) if part else MOST
    return visit.show(
        "content/law.html", day=day, q=visit.query("q"), part=part, lines=lines[:most], more=len(lines[most:]), on=on,
        shown=shown, used=lambda one: len(shelf.uses.get(one.name, ())), part_of=part_of,
        parts=[(key, len(numbers), len(_changing(numbers, day))) for key, numbers in by_part.items()],
    )  # fmt: skip


def part_of(parameter: Parameter) -> str:
    """Return the subject of a number: the first part of its name."""
    return parameter.name.partition(".")[0]


def title_of(parameter: Parameter) -> str:
    """Return what the subject of a number is called."""
    return word(f"law_{part_of(parameter)}")


def _by_part(numbers: Iterable[Parameter]) -> Mapping[str, list[Parameter]]:
    """Return the numbers of each subject, the subjects by their titles."""
    found: dict[str, list[Parameter]] = {}
    for one in sorted(numbers, key=lambda one: fold_key(title_of(one))):
        found.setdefault(part_of(one), []).append(one)
    return found


def _changing(numbers: Iterable[Parameter], day: date) -> list[Parameter]:
    """Return the numbers that are known to change after a day, the next first."""
    coming = [(value.since, one) for one in numbers if (value := one.coming(day)) is not None]
    return [one for _, one in sorted(coming, key=lambda pair: pair[0])]


async def _number(visit: Visit) -> Response:
    parameter = visit.house.library.law.parameters.get(visit.path("name"))
    if parameter is None:
        raise HTTPException(404)
    day, shelf = day_of(visit), await shelf_of(visit)
    return visit.show(
        "content/number.html", day=day, one=parameter, part=part_of(parameter), now=on(parameter, day), shown=shown,
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
