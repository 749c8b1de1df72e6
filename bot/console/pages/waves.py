"""Waves: targets and what is done of them by unit, what is due, entries by a form, correcting them and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns.waves import entries, handed, scope, service, store
from bot.campaigns.waves.due import due_of
from bot.campaigns.waves.ledger import Ledger, ledger
from bot.campaigns.waves.people import Person, person
from bot.campaigns.waves.rules import BY_PERSON, Measure, Unit, Wave
from bot.campaigns.waves.rules import Refused as WaveRefused
from bot.campaigns.waves.scope import units_of
from bot.console.render import as_day
from bot.console.visit import Page, Visit
from bot.console.who import who_of
from bot.errors import Refused
from bot.sheets.words import say
from bot.staff import audit
from bot.staff.rules import Right

NEWEST, NEWEST_OF_WAVE = 30, 10  # entries on a page of them, on that of the wave
LONGEST_NUMBER = 18  # digits
FIELDS = ("unit", "organisation", "measure", "count", "day", "note")


async def kept_of(visit: Visit, connection: AsyncConnection) -> tuple[store.Kept, tuple[Unit, ...]]:
    """Return the wave of the address and the units of this person; 404 where there are none."""
    kept = await store.get(connection, visit.path("key"))
    units = units_of(kept.wave, visit.staff) if kept else ()
    if kept is None or not units:
        raise HTTPException(404)
    return kept, units


async def _all(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        waves = [kept.wave for kept in await store.all_waves(connection)]
        mine = {wave.key: units_of(wave, visit.staff) for wave in waves}
        waiting = await due_of(connection, visit.staff, visit.today)
    return visit.show(
        "campaigns/waves.html", waves=[wave for wave in reversed(waves) if mine[wave.key]], due=waiting, **names(visit)
    )  # fmt: skip


def names(visit: Visit) -> dict[str, Any]:
    """Return what a template calls measures, levels and what is handed in."""
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
        kept, units = await kept_of(visit, connection)
        up_to = whole_number(visit.query("up_to"))
        book = ledger(kept.wave, await entries.sums(connection, kept.id, up_to=up_to))
        newest = await entries.latest(connection, kept.id, [unit.key for unit in units], most=NEWEST_OF_WAVE)
        gone, who = await handed.of_wave(connection, kept.id), await who_of(connection)
    wanted = [(one, unit) for one in kept.wave.due_days for unit in units if unit.level is one.level]
    return visit.show(
        "campaigns/wave.html", status=400 if fault else 200, wave=kept.wave, units=units, book=book,
        tables=_tables(book, units), newest=newest, measures=list(Measure), by_person=BY_PERSON, typed=typed, fault=fault,
        people=bool(visit.house.settings.person_secret), wanted=wanted, handed=gone, who=who, up_to=up_to,
        whole=scope.whole(kept.wave, visit.staff), **names(visit),
    )  # fmt: skip


def whole_number(written: str) -> int | None:
    """Return a number of an entry as it is typed, None when it is none."""
    return int(written) if written.isascii() and written.isdigit() and len(written) <= LONGEST_NUMBER else None


def _tables(book: Ledger, units: Sequence[Unit]) -> list[tuple[Measure, list[Any]]]:
    """Return for each measure the lines of the units that have a target or an entry."""
    found = []
    for measure in book.measures:
        lines = [(unit, book.line(unit.key, None, measure)) for unit in units]
        found.append((measure, [(unit, line) for unit, line in lines if line.target or line.entries]))
    return [(measure, lines) for measure, lines in found if lines]


async def _act(visit: Visit) -> Response:
    acts = {"enter": _enter, "take_back": _take_back}
    what = visit.field("what", 20)
    typed = {name: visit.field(name, 300) for name in FIELDS}
    try:
        async with visit.house.engine.begin() as connection:
            kept, units = await kept_of(visit, connection)
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
    given = _given(visit, units)
    number = await service.enter(connection, wave.key, given, now=visit.now)
    return f"{number}: {given.unit} {given.measure} {given.count}"


def _given(visit: Visit, units: set[str]) -> service.Given:
    """Return what the form says was done."""
    unit, count, day = visit.field("unit", 64), visit.field("count", 9), as_day(visit.field("day", 10))
    if unit not in units:
        raise Refused("Hãy chọn đơn vị thuộc nơi bạn phụ trách.")
    if visit.field("measure", 40) not in tuple(Measure) or not count.isascii() or not count.isdigit() or day is None:
        raise Refused("Hãy chọn chỉ tiêu, ghi số lượng và ngày.")
    return service.Given(
        visit.staff.key, unit, visit.field("organisation", 64), Measure(visit.field("measure", 40)), day, int(count),
        _person(visit), visit.field("note", 300),
    )  # fmt: skip


def _person(visit: Visit) -> Person | None:
    phone, card = visit.field("phone", 30), visit.field("id_number", 30)
    if (phone or card) and not visit.house.settings.person_secret:
        raise Refused("Máy chủ chưa bật ghi từng người. Hãy để trống số điện thoại và số định danh.")
    return person(visit.house.settings.person_secret, phone=phone, id_number=card)


async def _take_back(visit: Visit, connection: AsyncConnection, wave: Wave, units: set[str]) -> str:
    found = await _entry(connection, wave, units, visit.field("entry", LONGEST_NUMBER))
    number = await service.take_back(
        connection, found.id, agent=visit.staff.key, note=visit.field("note", 300), now=visit.now
    )  # fmt: skip
    return f"{number} takes back {found.id}"


async def _entry(connection: AsyncConnection, wave: Wave, units: set[str], written: str) -> entries.Entry:
    """Return an entry of somebody's own units; 404 for any other."""
    number = whole_number(written)
    found = await entries.entry(connection, number) if number else None
    if found is None or found.wave != wave.key or found.unit not in units:
        raise HTTPException(404)
    return found


async def _rows(visit: Visit) -> Response:
    """Show the entries behind a figure, the newest first, a page at a time."""
    organisation, measure = visit.query("organisation"), visit.query("measure")
    async with visit.house.engine.connect() as connection:
        kept, units = await kept_of(visit, connection)
        asked = {key for key in kept.wave.below(visit.query("unit"))} if visit.query("unit") in kept.wave.unit else None
        own = [unit.key for unit in units if asked is None or unit.key in asked]
        found = await entries.latest(
            connection, kept.id, own, organisation=organisation, measure=measure,
            before=whole_number(visit.query("before")), most=NEWEST + 1,
        )  # fmt: skip
    chosen = {"unit": visit.query("unit"), "organisation": organisation, "measure": measure}
    older = urlencode({**chosen, "before": found[NEWEST - 1].id}) if len(found) > NEWEST else ""
    return visit.show(
        "campaigns/wave_rows.html", wave=kept.wave, units=units, newest=found[:NEWEST], chosen=chosen, older=older,
        measures=list(Measure), **names(visit),
    )  # fmt: skip


async def _wrong(visit: Visit) -> Response:
    return await _correcting(visit, None, "")


async def _correcting(visit: Visit, typed: dict[str, str] | None, fault: str) -> Response:
    async with visit.house.engine.connect() as connection:
        kept, units = await kept_of(visit, connection)
        found = await _entry(connection, kept.wave, {unit.key for unit in units}, visit.path("id"))
        by_person = await entries.who(connection, found.id) is not None
    said = typed or {name: str(getattr(found, name, "")) for name in FIELDS}
    return visit.show(
        "campaigns/wave_entry.html", status=400 if fault else 200, wave=kept.wave, units=units, entry=found, typed=said,
        fault=fault, by_person=by_person, measures=list(Measure), **names(visit),
    )  # fmt: skip


async def _correct(visit: Visit) -> Response:
    """Take an entry back and enter what is right in its place."""
    try:
        async with visit.house.engine.begin() as connection:
            kept, units = await kept_of(visit, connection)
            own = {unit.key for unit in units}
            found = await _entry(connection, kept.wave, own, visit.path("id"))
            number = await service.correct(connection, found.id, _given(visit, own), now=visit.now)
            await audit.write(
                connection, by=visit.staff.key, act="wave_correct", about=f"wave:{kept.wave.key}",
                note=f"{number} instead of {found.id}", now=visit.now,
            )  # fmt: skip
    except (WaveRefused, Refused) as error:
        told = say(visit.house.library, error.key, **error.values) if isinstance(error, WaveRefused) else str(error)
        return await _correcting(visit, {name: visit.field(name, 300) for name in FIELDS}, told)
    return visit.go(f"/waves/{kept.wave.key}", said="wave_corrected")


PAGES = (
    Page("/waves", "Đợt ra quân", Right.SEE_CAMPAIGNS, get=_all, menu="campaigns", help="waves"),
    Page("/waves/{key}", "Đợt ra quân", Right.SEE_CAMPAIGNS, get=_one, menu="campaigns", help="waves"),
    Page("/waves/{key}/entries", "Đợt ra quân", Right.WRITE_CAMPAIGNS, post=_act, menu="campaigns"),
    Page(
        "/waves/{key}/entries/{id:int}",
        "Sửa số liệu",
        Right.WRITE_CAMPAIGNS,
        get=_wrong,
        post=_correct,
        menu="campaigns",
        help="waves",
    ),
    Page("/waves/{key}/rows", "Số liệu đã ghi", Right.SEE_CAMPAIGNS, get=_rows, menu="campaigns", help="waves"),
)
