"""Waves: targets and what is done of them by unit, what is due, entries by a form and taking them back."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns.waves import entries, service, store
from bot.campaigns.waves.due import due_of, units_of
from bot.campaigns.waves.ledger import Ledger, ledger
from bot.campaigns.waves.people import Person, person
from bot.campaigns.waves.rules import BY_PERSON, Measure, Unit, Wave, What
from bot.campaigns.waves.rules import Refused as WaveRefused
from bot.console.render import as_day
from bot.console.visit import Page, Visit
from bot.errors import Refused
from bot.sheets.words import say
from bot.staff import audit
from bot.staff.rules import Right

FIELDS = ("unit", "organisation", "measure", "count", "day", "note")


async def _kept(visit: Visit, connection: AsyncConnection) -> tuple[store.Kept, list[Unit]]:
    """Return the wave of the address and the units of this person; 404 where there are none."""
    kept = await store.get(connection, visit.path("key"))
    units = units_of(kept.wave, visit.staff) if kept else []
    if kept is None or not units:
        raise HTTPException(404)
    return kept, units


async def _all(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        waves = [kept.wave for kept in await store.all_waves(connection)]
        mine = {wave.key: units_of(wave, visit.staff) for wave in waves}
        waiting = await due_of(connection, visit.staff, visit.today)
    return visit.show(
        "campaigns/waves.html", waves=[wave for wave in reversed(waves) if mine[wave.key]], due=waiting, **_names(visit)
    )  # fmt: skip


def _names(visit: Visit) -> dict[str, Any]:
    library = visit.house.library
    return {
        "measure_name": lambda measure: say(library, f"wave_measure_{measure}"),
        "what_name": lambda what: say(library, f"wave_what_{what}"),
        "level_name": lambda level: say(library, f"wave_level_{level}"),
    }


async def _one(visit: Visit) -> Response:
    return await _shown(visit, dict.fromkeys(FIELDS, ""), "")


async def _shown(visit: Visit, typed: dict[str, str], fault: str) -> Response:
    async with visit.house.engine.connect() as connection:
        kept, units = await _kept(visit, connection)
        book = ledger(kept.wave, await entries.sums(connection, kept.id))
        newest = await entries.latest(connection, kept.id, [unit.key for unit in units])
        handed = {(what, unit) for wave, what, unit in await store.handed_in(connection) if wave == kept.id}
    wanted = [(one, unit) for one in kept.wave.due_days for unit in units if unit.level is one.level]
    return visit.show(
        "campaigns/wave.html", status=400 if fault else 200, wave=kept.wave, units=units, book=book,
        tables=_tables(book, units), newest=newest, measures=list(Measure), by_person=BY_PERSON, typed=typed, fault=fault,
        people=bool(visit.house.settings.person_secret), wanted=wanted, handed=handed, **_names(visit),
    )  # fmt: skip


def _tables(book: Ledger, units: list[Unit]) -> list[tuple[Measure, list[Any]]]:
    """Return for each measure the lines of the units that have a target or an entry."""
    found = []
    for measure in book.measures:
        lines = [(unit, book.line(unit.key, None, measure)) for unit in units]
        found.append((measure, [(unit, line) for unit, line in lines if line.target or line.entries]))
    return [(measure, lines) for measure, lines in found if lines]


async def _act(visit: Visit) -> Response:
    acts = {"enter": _enter, "take_back": _take_back, "hand_in": _hand_in}
    what = visit.field("what", 20)
    typed = {name: visit.field(name, 300) for name in FIELDS}
    try:
        async with visit.house.engine.begin() as connection:
            kept, units = await _kept(visit, connection)
            if what not in acts:
                raise Refused("Không rõ cần làm gì.")
            note = await acts[what](visit, connection, kept.wave, {unit.key for unit in units})
            await audit.write(
                connection, by=visit.staff.key, act=f"wave_{what}", about=f"wave:{kept.wave.key}", note=note, now=visit.now
            )  # fmt: skip
    except WaveRefused as error:
        return await _shown(visit, typed, say(visit.house.library, error.key, **error.values))
    except Refused as error:
        return await _shown(visit, typed, str(error))
    return visit.go(f"/waves/{visit.path('key')}", said="saved")


async def _enter(visit: Visit, connection: AsyncConnection, wave: Wave, units: set[str]) -> str:
    unit, count, day = visit.field("unit", 64), visit.field("count", 9), as_day(visit.field("day", 10))
    if unit not in units:
        raise Refused("Hãy chọn đơn vị thuộc nơi bạn phụ trách.")
    if visit.field("measure", 40) not in tuple(Measure) or not count.isascii() or not count.isdigit() or day is None:
        raise Refused("Hãy chọn chỉ tiêu, ghi số lượng và ngày.")
    given = service.Given(
        visit.staff.key, unit, visit.field("organisation", 64), Measure(visit.field("measure", 40)), day, int(count),
        _person(visit), visit.field("note", 300),
    )  # fmt: skip
    number = await service.enter(connection, wave.key, given, now=visit.now)
    return f"{number}: {unit} {given.measure} {given.count}"


def _person(visit: Visit) -> Person | None:
    phone, card = visit.field("phone", 30), visit.field("id_number", 30)
    if (phone or card) and not visit.house.settings.person_secret:
        raise Refused("Máy chủ chưa bật ghi từng người. Hãy để trống số điện thoại và số định danh.")
    return person(visit.house.settings.person_secret, phone=phone, id_number=card)


async def _take_back(visit: Visit, connection: AsyncConnection, wave: Wave, units: set[str]) -> str:
    written = visit.field("entry", 18)
    found = await entries.entry(connection, int(written)) if written.isascii() and written.isdigit() else None
    if found is None or found.wave != wave.key or found.unit not in units:
        raise HTTPException(404)
    number = await service.take_back(
        connection, found.id, agent=visit.staff.key, note=visit.field("note", 300), now=visit.now
    )  # fmt: skip
    return f"{number} takes back {found.id}"


async def _hand_in(visit: Visit, connection: AsyncConnection, wave: Wave, units: set[str]) -> str:
    what, unit = visit.field("of", 20), visit.field("unit", 64)
    if what not in tuple(What) or unit not in units:
        raise HTTPException(404)
    await service.hand_in(connection, wave.key, What(what), unit, by=visit.staff.key, now=visit.now)
    return f"{what} {unit}"


PAGES = (
    Page("/waves", "Đợt ra quân", Right.SEE_CAMPAIGNS, get=_all, menu="campaigns", help="waves"),
    Page("/waves/{key}", "Đợt ra quân", Right.SEE_CAMPAIGNS, get=_one, menu="campaigns", help="waves"),
    Page("/waves/{key}/entries", "Đợt ra quân", Right.WRITE_CAMPAIGNS, post=_act, menu="campaigns"),
)
