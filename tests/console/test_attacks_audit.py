"""The account of acts under the hands of somebody who may do everything with the database: what they did to it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database import open_engine
from bot.errors import SetupError
from bot.staff import audit
from tests.conftest import fresh_database
from tests.console.conftest import NOW

LINES = 8
ATTACKS = {
    "other words": "UPDATE audit SET note = 'khác' WHERE id = 3",
    "somebody else": "UPDATE audit SET by = 'khác' WHERE id = 3",
    "another time": "UPDATE audit SET at = at + interval '1 microsecond' WHERE id = 3",
    "gone at the beginning": "DELETE FROM audit WHERE id = 1",
    "gone in the middle": "DELETE FROM audit WHERE id = 3",
    "gone at the end": "DELETE FROM audit WHERE id >= 7",
    "two in another order": "UPDATE audit a SET (note, chain) = (SELECT note, chain FROM audit b WHERE b.id = 13 - a.id) WHERE id IN (6, 7)",
    "a line of one's own": "INSERT INTO audit (at, by, act, chain) SELECT at, by, act, chain FROM audit WHERE id = 5",
    "all gone": "TRUNCATE audit",
    "another end": "UPDATE audit_end SET line = 4, chain = (SELECT chain FROM audit WHERE id = 4)",
    "a later end": "UPDATE audit_end SET line = 99",
    "no end": "DELETE FROM audit_end",
    "no end either": "TRUNCATE audit_end",
}


@pytest.fixture(scope="module")
async def engine(postgres: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(fresh_database(postgres, "audited"))
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection on which a few acts are written down; all of it is undone after the test."""
    async with engine.connect() as found, found.begin() as undone:
        await found.execute(text("ALTER TABLE audit ALTER COLUMN id RESTART"))
        await act(found, LINES)
        assert await audit.broken(found) is None
        yield found
        await undone.rollback()


async def act(connection: AsyncConnection, count: int = 1) -> None:
    for number in range(count):
        await audit.write(connection, by="lan", act="approve", about="campaign:x", note=f"lần {number}", now=NOW)


async def unguarded(connection: AsyncConnection, statement: str) -> None:
    """Do what the tables do not allow, as whoever owns them can."""
    for table in ("audit", "audit_end"):
        await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    await connection.execute(text(statement))
    for table in ("audit", "audit_end"):
        await connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@pytest.mark.parametrize("what", sorted(ATTACKS.keys() - {"a line of one's own"}))
async def test_the_tables_refuse_it(what: str, connection: AsyncConnection) -> None:
    with pytest.raises(DBAPIError, match="append-only|written with audit alone"):
        async with connection.begin_nested():
            await connection.execute(text(ATTACKS[what]))
    assert await audit.broken(connection) is None


@pytest.mark.parametrize("what", ATTACKS)
async def test_it_shows_when_it_is_done_all_the_same(what: str, connection: AsyncConnection) -> None:
    await unguarded(connection, ATTACKS[what])
    assert await audit.broken(connection)


@pytest.mark.parametrize("what", sorted(ATTACKS.keys() - {"no end", "no end either", "another end", "a later end"}))
async def test_it_shows_also_when_others_go_on(what: str, connection: AsyncConnection) -> None:
    await unguarded(connection, ATTACKS[what])
    await act(connection, 3)
    assert await audit.broken(connection)


@pytest.mark.parametrize("what", ["no end", "no end either"])
async def test_nothing_is_done_while_nothing_can_be_written_down(what: str, connection: AsyncConnection) -> None:
    await unguarded(connection, ATTACKS[what])
    with pytest.raises(SetupError):
        await act(connection)


async def test_an_end_that_is_kept_elsewhere_shows_what_is_made_anew(connection: AsyncConnection) -> None:
    kept = await audit.end(connection)
    assert kept.line == LINES
    await unguarded(connection, "TRUNCATE audit RESTART IDENTITY")
    await unguarded(connection, f"UPDATE audit_end SET line = 0, chain = '{audit.FIRST}'")
    await act(connection, LINES - 1)
    await audit.write(connection, by="lan", act="refuse", now=NOW)
    assert await audit.broken(connection) is None, "this cannot be noticed here"
    assert (await audit.end(connection)).chain != kept.chain, "but by whoever has the fingerprint of that line"
