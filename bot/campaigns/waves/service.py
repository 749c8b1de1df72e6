"""What can be done with waves, each in the caller's transaction: bring in a file, enter, correct, take back, forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.waves import entries, store
from bot.campaigns.waves.changes import Change, changes
from bot.campaigns.waves.ledger import Ledger, ledger
from bot.campaigns.waves.people import Person
from bot.campaigns.waves.plan import to_json
from bot.campaigns.waves.read import parse
from bot.campaigns.waves.rules import BY_PERSON, MOST, Measure, Refused, Wave, doubts
from bot.clock import day_in_vietnam
from bot.errors import ContentError
from bot.vn.phones import find_phones
from bot.vn.text import clean
from bot.yaml_files import read_text

LONGEST_NOTE = 300  # signs


@dataclass(frozen=True, slots=True)
class Given:
    """What an agent enters: a count, or one person who joined."""

    agent: str
    unit: str
    organisation: str
    measure: Measure
    day: date
    count: int = 1
    person: Person | None = None
    note: str = ""
    row_key: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file did to one wave: its version now, and whether that is new."""

    key: str
    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A wave of a file, what stands in the tables (None: it is new), and what the file would change."""

    wave: Wave
    before: store.Kept | None
    changes: tuple[Change, ...]


async def load(connection: AsyncConnection, path: Path, *, by: str, now: datetime) -> tuple[Loaded, ...]:
    """Bring in a file of waves, all or nothing; ContentError names every fault. What did not change stays as it is."""
    return await bring_in(connection, parse(read_text(path), str(path)), str(path), by=by, now=now)


async def bring_in(
    connection: AsyncConnection, waves: Sequence[Wave], where: str, *, by: str, now: datetime
) -> tuple[Loaded, ...]:
    """Bring in the waves of a file, all or nothing; `where`: what its faults are named by."""
    await store.lock_files(connection)
    async with connection.begin_nested():
        return tuple([await _bring_in(connection, wave, where, by=by, now=now) for wave in waves])


async def look(connection: AsyncConnection, waves: Sequence[Wave], where: str) -> tuple[Seen, ...]:
    """Return what the waves of a file would change, and write nothing; ContentError where they may not be brought in."""
    found = []
    for wave in waves:
        before = await store.get(connection, wave.key)
        if before is not None:
            await _keep_what_is_used(connection, before, wave, where)
        found.append(Seen(wave, before, changes(before.wave if before else None, wave)))
    return tuple(found)


async def _bring_in(connection: AsyncConnection, wave: Wave, where: str, *, by: str, now: datetime) -> Loaded:
    before = await store.get(connection, wave.key, lock=True)
    if before is not None and before.wave == wave:
        return Loaded(wave.key, before.version, changed=False)
    if before is not None:
        await _keep_what_is_used(connection, before, wave, where)
    version = before.version + 1 if before else 1
    await store.write(connection, wave, to_json(wave), version, by=by, now=now)
    return Loaded(wave.key, version, changed=True)


async def _keep_what_is_used(connection: AsyncConnection, before: store.Kept, wave: Wave, where: str) -> None:
    for unit, organisation, _ in await entries.used(connection, before.id):
        if unit not in wave.unit or organisation not in wave.organisation:
            raise ContentError(f"{where}: waves: {wave.key}: figures were entered of {unit}, {organisation}; keep both")


async def enter(connection: AsyncConnection, key: str, given: Given, *, now: datetime) -> int | None:
    """Append an entry and return its number; None: this row of a file was entered before. Refused says what to mend."""
    return await enter_into(connection, await _locked(connection, key), given, now=now)


async def enter_into(connection: AsyncConnection, kept: store.Kept, given: Given, *, now: datetime) -> int | None:
    """Append an entry to a wave that the caller has locked, as `enter` does."""
    if given.row_key is not None and await entries.known_row(connection, kept.id, given.row_key):
        return None
    _check(kept.wave, given, day_in_vietnam(now))
    note = clean(given.note)[:LONGEST_NOTE]
    values = {
        "unit": given.unit, "organisation": given.organisation, "measure": given.measure, "count": given.count,
        "day": given.day, "agent": given.agent, "note": note, "row_key": given.row_key, "at": now,
    }  # fmt: skip
    again = given.person is None and await entries.entered_that_day(connection, kept.id, values)
    for doubt in doubts(kept.wave, given.measure, given.count, given.day, again=again):
        if not note:
            raise Refused(f"note_{doubt}", count=given.count)
    if given.person is None:
        return await entries.add(connection, kept.id, values)
    return await _enter_person(connection, kept.id, given, values)


async def _enter_person(connection: AsyncConnection, wave_id: int, given: Given, values: dict[str, object]) -> int:
    assert given.person is not None
    counted = await entries.counted(connection, wave_id, given.measure, given.person)
    if counted is not None:
        raise Refused("twice", entry=counted)
    number = await entries.add(connection, wave_id, values)
    await entries.count_person(connection, wave_id, given.measure, number, given.person)
    return number


def _check(wave: Wave, given: Given, today: date) -> None:
    if given.unit not in wave.unit:
        raise Refused("unit", unit=given.unit)
    if given.organisation not in wave.organisation:
        raise Refused("organisation", organisation=given.organisation)
    if not 0 < given.count <= MOST or (given.person is not None and given.count != 1):
        raise Refused("count", most=MOST)
    if given.person is not None and given.measure not in BY_PERSON:
        raise Refused("no_person")
    if given.day > today:
        raise Refused("future")
    _check_note(given.note)
    if not given.agent.strip():
        raise Refused("agent")


def _check_note(note: str) -> None:
    if find_phones(note) or any(len(run) >= 9 for run in _digits(note)):
        raise Refused("personal_note")


def _digits(note: str) -> list[str]:
    return "".join(sign if sign.isdigit() else " " for sign in note).split()


async def correct(connection: AsyncConnection, number: int, given: Given, *, now: datetime) -> int:
    """Take back an entry and enter what is right in its place, and return the number of that; the note says why.

    Whom the entry counted is counted by the new one, if that is of the same measure and names nobody.
    """
    found = await entries.entry(connection, number)
    if found is None:
        raise Refused("entry", entry=number)
    who = await entries.who(connection, number)
    await take_back(connection, number, agent=given.agent, note=given.note, now=now)
    if who is not None and given.person is None and given.measure is found.measure:
        given = replace(given, person=who)
    entered = await enter(connection, found.wave, given, now=now)
    assert entered is not None  # no row of a file
    return entered


async def take_back(connection: AsyncConnection, number: int, *, agent: str, note: str, now: datetime) -> int:
    """Append the counter-entry of an entry and return its number; whom it counted may be counted anew."""
    found = await entries.entry(connection, number)
    if found is None:
        raise Refused("entry", entry=number)
    kept = await _locked(connection, found.wave)
    found = await entries.entry(connection, number)  # as it stands behind the lock
    assert found is not None
    if found.counters is not None or found.countered:
        raise Refused("countered", entry=number)
    if not clean(note):
        raise Refused("why")
    _check_note(note)
    values = {
        "unit": found.unit, "organisation": found.organisation, "measure": found.measure, "count": -found.count,
        "day": found.day, "agent": agent, "note": clean(note)[:LONGEST_NOTE], "counters": number, "at": now,
    }  # fmt: skip
    await entries.uncount_person(connection, number)
    return await entries.add(connection, kept.id, values)


async def forget(connection: AsyncConnection, people: Sequence[Person]) -> int:
    """Erase whatever tells that somebody was counted; the counts stay. Return how many entries are nobody's now."""
    return sum([await entries.forget(connection, person) for person in people])


async def read_ledger(connection: AsyncConnection, key: str, *, up_to: int | None = None) -> Ledger:
    """Return the ledger of a wave, as it was when an entry was its newest if one is named."""
    kept = await store.get(connection, key)
    if kept is None:
        raise Refused("wave", wave=key)
    return ledger(kept.wave, await entries.sums(connection, kept.id, up_to=up_to))


async def _locked(connection: AsyncConnection, key: str) -> store.Kept:
    kept = await store.get(connection, key, lock=True)
    if kept is None:
        raise Refused("wave", wave=key)
    return kept
