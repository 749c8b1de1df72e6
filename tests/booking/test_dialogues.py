"""Whole conversations of people who book, named after the trouble; the real Rasa, the real tables, the clock of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from bot.booking import service
from bot.booking.waiting import tell_of_room
from bot.clock import VIETNAM
from bot.conversation.rules import Kind
from bot.database import open_engine
from bot.wiring import Parts
from bot.yaml_files import read_yaml
from tests.booking.dialogue_world import Town
from tests.booking.world import World

FOLDER = Path(__file__).parent / "dialogues"
NOW = "2026-11-25T09:00"  # a Wednesday


@pytest.fixture
async def town(parts: Parts, database_url: str) -> AsyncIterator[Town]:
    engine = open_engine(database_url)
    await settle(World(engine))
    found = Town(engine, replace(parts.responder, today=lambda: found.now.astimezone(VIETNAM).date()), parts.clock())
    found.at(NOW)
    yield found
    await engine.dispose()


async def settle(world: World) -> None:
    """Two consultants in one office, one of them on Friday evenings too, and a day at a market."""
    office = await world.office(
        "binh_xuyen", commune="08950", name="BHXH cơ sở Bình Xuyên", address="Đường Hương Canh, xã Bình Xuyên",
        latitude=21.30, longitude=105.66,
    )  # fmt: skip
    kinds = ["office", "phone"]
    huong = await world.consultant(office, "huong", kinds=kinds)
    lan = await world.consultant(office, "lan", kinds=kinds)
    evening = {"weekday": 4, "starts": time(18), "ends": time(20)}
    await world.put("working_plan", consultant_id=huong, **evening)
    market: dict[str, Any] = {
        "name": "Chợ Bình Nguyên",
        "address": "Chợ Bình Nguyên",
        "commune": "08935",
        "starts": time(7, 30),
    }
    await world.field_day(office, date(2026, 11, 28), [huong, lan], **market)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", names())
async def test_dialogue(name: str, town: Town) -> None:
    for number, step in enumerate(read_yaml(FOLDER / f"{name}.yaml")["steps"], 1):
        await take(town, dict(step), f"{name}, step {number}: {step}")


async def take(town: Town, step: dict[str, Any], where: str) -> None:
    """Do one step and check what it should lead to."""
    hears, silent_about, shown = step.pop("hears", []), step.pop("not", []), step.pop("buttons", [])
    ((who, what),) = [(key, value) for key, value in step.items() if key != "except"] or [("", "")]
    if who in STEPS:
        bodies = await STEPS[who](town, step)
    elif isinstance(what, str):
        bodies = await town.say(who, what)
    elif "press" in what:
        bodies = await town.press(who, what["press"])
    elif "place" in what:
        bodies = await town.say(who, what["place"], Kind.LOCATION)
    else:
        bodies = await town.say(who, what["button"], Kind.BUTTON)
    told = "\n".join(str(body["text"]) for body in bodies)
    titles = [button["title"] for body in bodies for button in body.get("buttons") or ()]
    if who not in STEPS:
        assert told, f"{where}: silence"
    for words in hears:
        assert words in told, f"{where}: «{words}» is not in:\n{told}\n{titles}"
    for words in silent_about:
        assert words not in told, f"{where}: «{words}» is in:\n{told}"
    for words in shown:
        assert any(title.startswith(words) for title in titles), f"{where}: «{words}» is not among {titles}:\n{told}"


async def _at(town: Town, step: dict[str, Any]) -> list[dict[str, Any]]:
    town.at(step["at"])
    return []


async def _sweep(town: Town, step: dict[str, Any]) -> list[dict[str, Any]]:
    async with town.engine.begin() as connection:
        if step["sweep"] == "lapse":
            await service.lapse(connection, now=town.now)
        else:
            await tell_of_room(connection, town.responder.library, now=town.now)
    return []


async def _told(town: Town, step: dict[str, Any]) -> list[dict[str, Any]]:
    return await town.new(step["told"])


async def _leave(town: Town, step: dict[str, Any]) -> list[dict[str, Any]]:
    """Let consultants be away for the whole horizon, but from one moment to another."""
    begin, end = step.get("except") or ("2026-01-01T00:00", "2026-01-01T00:01")
    await town.do(
        """
        INSERT INTO plan_exception (consultant_id, day, works, starts, ends, reason)
        SELECT c.id, d::date, false, part.starts, part.ends, 'leave'
        FROM consultant c, generate_series(date '2026-11-25', date '2027-02-01', interval '1 day') AS d,
             LATERAL (VALUES ('00:00'::time, CASE WHEN d::date = cast(:begin AS timestamp)::date AND c.key = :first
                                                  THEN cast(:begin AS timestamp)::time ELSE '24:00'::time END),
                             (cast(:end AS timestamp)::time, '24:00'::time)) AS part (starts, ends)
        WHERE c.key = ANY(:who)
          AND (part.starts = '00:00' OR (d::date = cast(:begin AS timestamp)::date AND c.key = :first))
        """,
        who=step["leave"],
        begin=begin,
        end=end,
        first=step["leave"][0],
    )
    return []


async def _return(town: Town, step: dict[str, Any]) -> list[dict[str, Any]]:
    await town.do(
        "DELETE FROM plan_exception WHERE consultant_id IN (SELECT id FROM consultant WHERE key = ANY(:who))",
        who=step["return"],
    )
    return []


async def _appointments(town: Town, step: dict[str, Any]) -> list[dict[str, Any]]:
    """Check which appointments there are: «state who when»."""
    who = {contact: name for name, contact in town.people.items()}
    rows = await town.rows("SELECT state, contact_id, starts_at FROM appointment ORDER BY starts_at DESC, id")
    found = [f"{row.state} {who[row.contact_id]} {row.starts_at.astimezone(VIETNAM):%Y-%m-%dT%H:%M}" for row in rows]
    assert sorted(found) == sorted(step["appointments"])
    return []


async def _unknown(town: Town, step: dict[str, Any]) -> list[dict[str, Any]]:
    """Check that a name stands in no table of booking any more."""
    assert not await town.rows("SELECT 1 FROM appointment WHERE name = :name", name=step["unknown"])
    assert not await town.rows(
        "SELECT 1 FROM booking_draft WHERE draft::text LIKE '%' || :name || '%'", name=step["unknown"]
    )
    return []


STEPS = {
    "unknown": _unknown,
    "at": _at,
    "sweep": _sweep,
    "told": _told,
    "leave": _leave,
    "return": _return,
    "appointments": _appointments,
}
