"""The steps of written conversations: what people say and press, what time brings, and what each side must see."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import yaml

from bot.booking import rounds, service, staff
from bot.booking.news import tell_outside
from bot.booking.roster import load
from bot.booking.waiting import tell_of_room
from bot.clock import VIETNAM
from bot.conversation import relay
from bot.conversation.rules import Kind
from bot.outbox.reachable import exclude_unreachable
from tests.booking.dialogue_world import Town

Bodies = list[dict[str, Any]]
_NAMED = re.compile(r"\{(link|code) (\w+)\}")  # «{link huong}» and «{code hoa}» in what people type


async def take(town: Town, step: dict[str, Any], where: str) -> None:
    """Do one step and check what it should lead to."""
    hears, silent_about, shown = step.pop("hears", []), step.pop("not", []), step.pop("buttons", [])
    ((who, what),) = [(key, value) for key, value in step.items() if key != "except"] or [("", "")]
    bodies = await (STEPS[who](town, step) if who in STEPS else _does(town, who, what))
    told = "\n".join(str(body["text"]) for body in bodies)
    titles = [button["title"] for body in bodies for button in body.get("buttons") or ()]
    if who not in STEPS and not (isinstance(what, dict) and "silently" in what):
        assert told, f"{where}: silence"
    for words in hears:
        assert words in told, f"{where}: «{words}» is not in:\n{told}\n{titles}"
    for words in silent_about:
        assert words not in told, f"{where}: «{words}» is in:\n{told}"
    for words in shown:
        assert any(title.startswith(words) for title in titles), f"{where}: «{words}» is not among {titles}:\n{told}"


async def _does(town: Town, who: str, what: Any) -> Bodies:
    """Let a person do one thing; return what they are told."""
    if isinstance(what, str):
        return await town.say(who, await _with_names(town, what))
    ((how, given),) = what.items()
    return await _WAYS[how](town, who, given)


async def _blocks(town: Town, step: dict[str, Any]) -> Bodies:
    """Let somebody on Telegram block the bot."""
    await town.phones[step["blocks"]].blocks()
    return []


_WAYS: Mapping[str, Callable[[Town, str, str], Awaitable[Bodies]]] = {
    "press": lambda town, who, title: town.press(who, title),
    "twice": lambda town, who, title: town.press(who, title, times=2),
    "place": lambda town, who, at: town.say(who, at, Kind.LOCATION),
    "button": lambda town, who, target: town.say(who, target, Kind.BUTTON),
    "shares": lambda town, who, number: town.share_number(who, number),
    "silently": lambda town, who, words: town.say(who, words),
}


async def _with_names(town: Town, words: str) -> str:
    """Fill in a consultant's code that links an account, or the code of a person's last appointment."""
    for found in _NAMED.finditer(words):
        what, name = found.groups()
        filling = f"{staff.PREFIX}{town.codes[name]}" if what == "link" else await _booking_code(town, name)
        words = words.replace(found[0], filling)
    return words


async def _booking_code(town: Town, name: str) -> str:
    query = "SELECT code FROM appointment WHERE contact_id = :contact ORDER BY id DESC LIMIT 1"
    return str((await town.rows(query, contact=town.people[name]))[0].code)


async def _at(town: Town, step: dict[str, Any]) -> Bodies:
    town.at(step["at"])
    return []


async def _round(town: Town, step: dict[str, Any]) -> Bodies:
    """Let it be a moment, and the clock do all that is due then."""
    town.at(step["round"])
    async with town.engine.begin() as connection:
        await exclude_unreachable(connection)
    await rounds.go_round(town.engine, town.responder.library, now=town.now)
    async with town.engine.begin() as connection:
        await relay.sweep(connection, town.responder.library, now=town.now)
    return []


async def _sweep(town: Town, step: dict[str, Any]) -> Bodies:
    async with town.engine.begin() as connection:
        if step["sweep"] == "lapse":
            await service.lapse(connection, now=town.now)
        else:
            await tell_of_room(connection, town.responder.library, now=town.now)
    return []


async def _told(town: Town, step: dict[str, Any]) -> Bodies:
    """Look at what somebody was told meanwhile; they must have been told something."""
    bodies = await town.new(step["told"])
    assert bodies, f"{step['told']} was told nothing"
    return bodies


async def _nothing(town: Town, step: dict[str, Any]) -> Bodies:
    """Check that people were told nothing meanwhile."""
    for name in step["nothing"]:
        bodies = await town.new(name)
        assert not bodies, f"{name} was told {[body['text'] for body in bodies]}"
    return []


async def _code(town: Town, step: dict[str, Any]) -> Bodies:
    """Let the administrator make a code for a consultant; an earlier one is void."""
    async with town.engine.begin() as connection:
        consultant = await staff.of_key(connection, step["code"])
        assert consultant
        town.codes[step["code"]] = await staff.new_code(connection, consultant, now=town.now)
    return []


async def _on_leave(town: Town, step: dict[str, Any]) -> Bodies:
    """Let the administrator write leave of a consultant into the roster: «on_leave: [huong, first day, last day]»."""
    key, first, last = step["on_leave"]
    leave = [{"from": date.fromisoformat(first), "to": date.fromisoformat(last)}]
    roster = {"consultants": [{"key": key, "name": f"consultant {key}", "office": "binh_xuyen", "leave": leave}]}
    with NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(roster, file)
        file.flush()
        async with town.engine.begin() as connection:
            report = await load(connection, Path(file.name), now=town.now)
            await tell_outside(connection, town.responder.library, report.outside, now=town.now)
    return []


async def _leave(town: Town, step: dict[str, Any]) -> Bodies:
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


async def _return(town: Town, step: dict[str, Any]) -> Bodies:
    await town.do(
        "DELETE FROM plan_exception WHERE consultant_id IN (SELECT id FROM consultant WHERE key = ANY(:who))",
        who=step["return"],
    )
    return []


async def _appointments(town: Town, step: dict[str, Any]) -> Bodies:
    """Check which appointments there are: «state who when»."""
    who = {contact: name for name, contact in town.people.items()}
    rows = await town.rows("SELECT state, contact_id, starts_at FROM appointment ORDER BY starts_at DESC, id")
    found = [f"{row.state} {who[row.contact_id]} {row.starts_at.astimezone(VIETNAM):%Y-%m-%dT%H:%M}" for row in rows]
    assert sorted(found) == sorted(step["appointments"])
    return []


async def _unknown(town: Town, step: dict[str, Any]) -> Bodies:
    """Check that a name stands in no table of booking any more."""
    assert not await town.rows("SELECT 1 FROM appointment WHERE name = :name", name=step["unknown"])
    assert not await town.rows(
        "SELECT 1 FROM booking_draft WHERE draft::text LIKE '%' || :name || '%'", name=step["unknown"]
    )
    return []


STEPS: Mapping[str, Callable[[Town, dict[str, Any]], Awaitable[Bodies]]] = {
    "unknown": _unknown,
    "at": _at,
    "round": _round,
    "sweep": _sweep,
    "told": _told,
    "nothing": _nothing,
    "code": _code,
    "blocks": _blocks,
    "leave": _leave,
    "on_leave": _on_leave,
    "return": _return,
    "appointments": _appointments,
}
