"""A plain account of the tables of booking, minute by minute: whether they keep what is promised, however they came about."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from bot.booking.closed import SpecialDay, weekdays
from bot.booking.rules import BUFFER, State, may_become
from bot.clock import VIETNAM
from tests.booking.world import World

ALIVE = ("held", "booked", "confirmed")


async def overlaps(world: World) -> list[str]:
    """Return where a consultant would meet two people at once or without a rest, or a person be in two places."""
    rows = await world.rows("SELECT * FROM appointment WHERE state = ANY(:alive) ORDER BY starts_at", alive=list(ALIVE))
    by_consultant, by_person = defaultdict(list), defaultdict(list)
    for row in rows:
        by_consultant[row.consultant_id].append(row)
        by_person[row.contact_id].append(row)
    wrong = [
        f"consultant: {one.id} and {other.id}"
        for those in by_consultant.values() for one, other in pairwise(those) if other.starts_at < one.ends_at + BUFFER
    ]  # fmt: skip
    return wrong + [
        f"person: {one.id} and {other.id}"
        for those in by_person.values() for one, other in pairwise(those) if other.starts_at < one.ends_at
    ]  # fmt: skip


async def outside(world: World, number: int) -> bool:
    """Tell whether an appointment does not lie in unbroken work of its consultant at its place, minute by minute."""
    [row] = await world.rows("SELECT * FROM appointment WHERE id = :id", id=number)
    starts = row.starts_at.astimezone(VIETNAM)
    minutes = [starts.hour * 60 + starts.minute + one for one in range(int((row.ends_at - row.starts_at).seconds / 60))]
    worked = await _worked(world, row.consultant_id, starts.date())
    return not any(part >= set(minutes) for field_day, part in worked if field_day == row.field_day_id)


async def _worked(world: World, consultant: int, day: date) -> list[tuple[int | None, set[int]]]:
    """Return the minutes of a day of each stretch of work: on field days, or else as planned and added; leave left out."""
    special = {
        row.day: SpecialDay(row.works, row.like_weekday, row.name)
        for row in await world.rows("SELECT * FROM special_day")
    }
    told = {"who": consultant, "day": day, "weekdays": list(weekdays(day, special))}
    span = (
        "extract(hour FROM starts) * 60 + extract(minute FROM starts) AS starts, extract(epoch FROM ends) / 60 AS ends"
    )
    out = await world.rows(
        f"SELECT id, {span} FROM field_day JOIN field_day_team ON field_day_id = id"
        " WHERE consultant_id = :who AND day = :day AND NOT cancelled", **told,
    )  # fmt: skip
    usual = await world.rows(
        f"SELECT NULL AS id, {span} FROM working_plan WHERE consultant_id = :who AND weekday = ANY(:weekdays)"
        f" AND :day BETWEEN from_day AND to_day UNION ALL SELECT NULL, {span} FROM plan_exception"
        " WHERE consultant_id = :who AND day = :day AND works", **told,
    )  # fmt: skip
    leave = await world.rows(
        f"SELECT {span} FROM plan_exception WHERE consultant_id = :who AND day = :day AND NOT works", **told
    )
    away = {minute for row in leave for minute in range(int(row.starts), int(row.ends))}
    return [(row.id, set(range(int(row.starts), int(row.ends))) - away) for row in out or usual]


async def broken_histories(world: World) -> list[str]:
    """Return the appointments whose history does not lead, move by allowed move, to the state they are in."""
    rows = await world.rows(
        "SELECT a.id, a.state, a.version, c.old_state, c.new_state FROM appointment a"
        " LEFT JOIN appointment_change c ON c.appointment_id = a.id ORDER BY a.id, c.id"
    )
    stories: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        stories[row.id].append(row)
    return [f"{number}: {[row.new_state for row in story]}" for number, story in stories.items() if not _adds_up(story)]


def _adds_up(story: list[Any]) -> bool:
    states = [None, *(row.new_state for row in story)]
    moves = [(row.old_state, row.new_state) for row in story]
    allowed = all(may_become(State(old), State(new)) for old, new in moves[1:])
    return allowed and moves == list(pairwise(states)) and states[-1] == story[-1].state


async def overbooked(world: World, now: datetime) -> list[str]:
    """Return the field days with more people booked than they have seats."""
    rows = await world.rows(
        "SELECT f.key FROM field_day f JOIN appointment a ON a.field_day_id = f.id WHERE a.state IN ('booked', 'confirmed')"
        " OR a.state = 'held' AND a.held_until > :now GROUP BY f.id HAVING count(*) > f.seats", now=now,
    )  # fmt: skip
    return [row.key for row in rows]


def soon(now: datetime, minutes: float) -> datetime:
    """Return a moment some minutes later, whole seconds."""
    return (now + timedelta(minutes=minutes)).replace(microsecond=0)
