"""What is too old is forgotten at night, in small batches; what is younger, and what is still to be sent, stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.citizens.retention import Kept, forget_old
from bot.database import open_engine
from bot.settings import Settings
from bot.ticker import EVERY, NIGHTLY, defer
from bot.wiring import FORGET, build
from bot.worker import register
from tests.booking.world import World

KEPT = Kept(talks=timedelta(days=200), campaigns=timedelta(days=400), appointments=timedelta(days=300))
DAYS = (500, 350, 250, 150, 1)


async def old_world(url: str) -> World:
    """A person who wrote, read, was told by campaigns and met somebody, so many days ago."""
    world = World(open_engine(url))
    office = await world.office("o.x")
    consultant = await world.consultant(office, "c.x")
    await world.do("INSERT INTO contact (channel, address) VALUES ('telegram', '1')")
    for days in DAYS:
        values = {"days": days, "consultant": consultant, "office": office}
        for statement in _WRITTEN:
            await world.do(statement, **{name: value for name, value in values.items() if f":{name}" in statement})
    return world


_AGO = "now() - cast(:days AS int) * interval '1 day'"
_WRITTEN = (
    "INSERT INTO inbox (contact_id, event_id, kind, payload, received_at, answered_at)"
    f" SELECT min(id), cast(:days AS text), 'text', 'lời ' || cast(:days AS text), {_AGO}, now() FROM contact",
    "INSERT INTO outbox (key, contact_id, class, channel, body, state, created_at)"
    " SELECT each.class || ':' || cast(:days AS text), k.id, each.class, 'telegram',"
    f" jsonb_build_object('text', 'lời ' || cast(:days AS text)), each.state, {_AGO} FROM contact k,"
    " (VALUES ('campaign', 'failed'), ('reply', 'sent'), ('reminder', 'planned')) AS each (class, state)",
    "INSERT INTO appointment (code, state, contact_id, consultant_id, office_id, kind, topic, starts_at, ends_at, taken,"
    f" name, phone, brief, note, created_at) SELECT 'A' || cast(:days AS text), 'done', min(id), :consultant, :office, 'office',"
    f" 'pension', {_AGO}, {_AGO} + interval '20 minutes', int8range(10 * cast(:days AS int), 10 * cast(:days AS int) + 5),"
    " 'Nhạn', '+84912777333', jsonb_build_object('asked', 'gì đó'), 'hẹn lại', " + _AGO + " FROM contact",
)


async def left(world: World) -> dict[str, set[int]]:
    """Return of each kind from how many days ago words are still there."""
    queries = {
        "written": "SELECT substr(payload, 5)::int FROM inbox WHERE payload <> ''",
        "told": "SELECT substr(body->>'text', 5)::int FROM outbox WHERE class = 'reply' AND body->>'text' <> ''",
        "campaign": "SELECT substr(body->>'text', 5)::int FROM outbox WHERE class = 'campaign' AND body->>'text' <> ''",
        "to_send": "SELECT substr(body->>'text', 5)::int FROM outbox WHERE state = 'planned'",
        "met": "SELECT substr(code, 2)::int FROM appointment WHERE name <> '' AND phone <> '' AND note = 'hẹn lại'",
        "brief": "SELECT substr(code, 2)::int FROM appointment WHERE brief <> '{}'",
    }
    return {kind: {row[0] for row in await world.rows(query)} for kind, query in queries.items()}


@pytest.mark.parametrize("batch", [1, 2, 1000])
async def test_what_is_too_old_is_forgotten_and_its_row_stays(batch: int, database_url: str) -> None:
    world = await old_world(database_url)
    assert await forget_old(world.engine, KEPT, batch=batch) == 3 + 3 + 1 + 2
    assert await left(world) == {
        "written": {150, 1}, "told": {150, 1}, "campaign": {350, 250, 150, 1}, "to_send": set(DAYS),
        "met": {250, 150, 1}, "brief": {250, 150, 1},
    }  # fmt: skip
    counts = [await rows_of(world, table) for table in ("inbox", "outbox", "appointment")]
    assert counts == [5, 15, 5]
    assert await forget_old(world.engine, KEPT, batch=batch) == 0, "a second night finds nothing"
    await world.engine.dispose()


async def test_what_reports_count_and_what_proves_consent_stays_and_wordless_work_is_put_away(
    database_url: str,
) -> None:
    world = await old_world(database_url)
    await world.do(
        """UPDATE outbox SET body = body || '{"topic": "calculate_pension", "picture": {"what": "curve", "income": 4000000}}'"""
    )
    await world.do(
        "INSERT INTO consent (contact_id, purpose, given, text_version, proof)"
        " SELECT contact_id, 'outreach', true, '1', 'inbox:' || id FROM inbox WHERE payload = 'lời 350'"
    )
    await world.do("INSERT INTO open_question (inbox_id, reason) SELECT id, 'unclear' FROM inbox")
    await world.do("INSERT INTO rumour (snippet, at) VALUES ('quỹ vỡ', now() - interval '201 days'), ('mới', now())")
    await forget_old(world.engine, KEPT)
    assert (await left(world))["written"] == {350, 150, 1}
    bodies = await world.rows("SELECT body, body->>'text' = '' AS bare FROM outbox WHERE class = 'reply' ORDER BY id")
    assert [row.bare for row in bodies] == [True, True, True, False, False]
    assert bodies[0].body == {"text": "", "buttons": [], "topic": "calculate_pension", "picture": {"what": "curve"}}
    work = await world.rows("SELECT kind, state, count(*) AS n FROM work_item GROUP BY 1, 2 ORDER BY 1, 2")
    assert [tuple(row) for row in work] == [
        ("question", "dismissed", 2), ("question", "open", 3), ("rumour", "dismissed", 1), ("rumour", "open", 1),
    ]  # fmt: skip
    assert await forget_old(world.engine, KEPT) == 0
    await world.engine.dispose()


async def rows_of(world: World, table: str) -> int:
    (row,) = await world.rows(f"SELECT count(*) AS n FROM {table}")
    return int(row.n)


async def test_a_night_that_was_ended_goes_on_the_next_one(database_url: str) -> None:
    world = await old_world(database_url)
    engine: Any = _Ends(world.engine, after=2)
    with pytest.raises(ConnectionAbortedError):
        await forget_old(engine, KEPT, batch=1)
    assert (await left(world))["written"] == {250, 150, 1}, "what was committed is forgotten"
    await forget_old(world.engine, KEPT)
    assert (await left(world))["written"] == {150, 1}
    await world.engine.dispose()


class _Ends:
    """An engine whose server goes away after so many transactions."""

    def __init__(self, engine: Any, after: int) -> None:
        self._engine, self._left = engine, after

    def begin(self) -> Any:
        self._left -= 1
        if self._left < 0:
            raise ConnectionAbortedError
        return self._engine.begin()


async def test_words_that_nobody_has_answered_yet_stay(database_url: str) -> None:
    world = await old_world(database_url)
    await world.do("UPDATE inbox SET answered_at = NULL")
    await forget_old(world.engine, KEPT)
    assert (await left(world))["written"] == set(DAYS)
    await world.engine.dispose()


async def test_rasa_forgets_the_same(database_url: str) -> None:
    world = await old_world(database_url)
    await world.do("CREATE TABLE rasa.events (id serial PRIMARY KEY, sender_id text, timestamp double precision)")
    for days in DAYS:
        await world.do(
            f"INSERT INTO rasa.events (sender_id, timestamp) SELECT 'contact-1', extract(epoch FROM {_AGO})", days=days
        )
    await forget_old(world.engine, KEPT, batch=1)
    assert await rows_of(world, "rasa.events") == 2
    await world.engine.dispose()


async def test_the_clock_defers_what_a_worker_does_at_night(database_url: str) -> None:
    world = await old_world(database_url)
    settings = Settings(database_url=database_url, rasa_url="http://127.0.0.1:9", keep_talks=160, now="2035-01-01")
    async with build(settings.prepared()) as parts:
        register(parts)
        assert EVERY.keys() | NIGHTLY.keys() <= parts.jobs.tasks.keys()
        await defer(parts, FORGET)
        await defer(parts, FORGET)
        await parts.jobs.run_worker_async(wait=False, install_signal_handlers=False)
    assert (await left(world))["written"] == {150, 1}, "and a rehearsed day forgets nothing more"
    await world.engine.dispose()
