"""Who reads which lines of the account of acts: everything, or what belongs to the places where somebody works."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import open_engine
from bot.errors import Refused
from bot.staff import accounts, audit
from bot.staff.rules import Role
from tests.conftest import fresh_database

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
HERE = "07900"  # a commune of Phú Thọ


@pytest.fixture(scope="module")
def town(postgres: str) -> str:
    return fresh_database(postgres, "audit_places")


@pytest.fixture
async def connection(town: str) -> AsyncIterator[AsyncConnection]:
    """A connection on which there is staff of two provinces and of the whole country; all of it is undone."""
    engine = open_engine(town)
    async with engine.connect() as found, found.begin() as undone:
        for key, scope in (("gan", ["phu_tho"]), ("xa", ["can_tho"]), ("xom", [HERE]), ("tat_ca", [])):
            await accounts.add(found, key, name=key, roles=[Role.ADMIN], scope=scope, by="operator", now=NOW)
        yield found
        await undone.rollback()
    await engine.dispose()


async def write(connection: AsyncConnection, by: str, act: str, about: str = "") -> None:
    await audit.write(connection, by=by, act=act, about=about, now=NOW)


async def read(connection: AsyncConnection, reader: str) -> list[str]:
    """Return the acts that somebody reads, without the making of accounts."""
    staff = await accounts.find(connection, reader)
    return [line.act for line in await audit.lines(connection, reader=staff) if line.act != "add_staff"]


async def old_line(connection: AsyncConnection, by: str, act: str, about: str = "") -> None:
    """Write a line as it was written before places were kept."""
    line = {"at": NOW, "by": by, "act": act, "about": about, "note": "", "by_places": None, "about_places": None}
    chain = audit.chained((await audit.end(connection)).chain, line)
    await connection.execute(
        text("INSERT INTO audit (at, by, act, about, chain) VALUES (:at, :by, :act, :about, :chain)"),
        {"at": NOW, "by": by, "act": act, "about": about, "chain": chain},
    )


async def test_an_administrator_of_a_place_reads_what_its_staff_did_and_who_works_everywhere_reads_all(
    connection: AsyncConnection,
) -> None:
    for by in ("gan", "xa", "xom", "tat_ca", "operator"):
        await write(connection, by, f"by_{by}")
    assert await read(connection, "gan") == ["by_xom", "by_gan"], "a commune of the province too"
    assert await read(connection, "xom") == ["by_xom"], "what lies around it is more than its own"
    assert await read(connection, "xa") == ["by_xa"]
    assert await read(connection, "tat_ca") == ["by_operator", "by_tat_ca", "by_xom", "by_xa", "by_gan"]


async def test_what_others_do_with_things_of_a_place_is_read_there_and_nowhere_else(
    connection: AsyncConnection,
) -> None:
    for about in ("staff:gan", "staff:xa", "staff:tat_ca", "staff:nobody", "channel:telegram", ""):
        await write(connection, "tat_ca", about or "nothing", about)
    assert await read(connection, "gan") == ["staff:gan"]
    assert await read(connection, "xa") == ["staff:xa"]
    assert await read(connection, "xom") == []


async def test_a_line_belongs_where_its_people_worked_when_it_was_written(connection: AsyncConnection) -> None:
    await write(connection, "gan", "before")
    await accounts.change(connection, "gan", scope=["can_tho"], by="operator", now=NOW)
    assert "before" not in await read(connection, "xa")
    await write(connection, "gan", "after")
    assert (await read(connection, "xa"))[0] == "after"


async def test_older_lines_are_read_by_where_their_people_work_now_and_the_chain_over_both_is_whole(
    connection: AsyncConnection,
) -> None:
    await old_line(connection, "gan", "old_here")
    await old_line(connection, "xa", "old_there")
    await old_line(connection, "tat_ca", "old_about", "staff:xom")
    await old_line(connection, "tat_ca", "old_of_all")
    await write(connection, "gan", "new")
    assert await read(connection, "gan") == ["new", "old_about", "old_here"]
    assert await read(connection, "xa") == ["old_there"]
    assert len(await read(connection, "tat_ca")) == 5
    assert await audit.broken(connection) is None


@pytest.mark.parametrize(
    "places",
    [
        "by_places = '{can_tho}'", "about_places = '{can_tho}'", "by_places = '{}', about_places = '{phu_tho}'",
        "by_places = NULL, about_places = NULL",
    ],
)  # fmt: skip
async def test_to_move_a_line_to_another_place_shows(places: str, connection: AsyncConnection) -> None:
    await write(connection, "gan", "x")
    await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    await connection.execute(text(f"UPDATE audit SET {places} WHERE act = 'x'"))
    assert await audit.broken(connection)


async def test_to_give_an_older_line_a_place_shows(connection: AsyncConnection) -> None:
    await old_line(connection, "tat_ca", "x")
    await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    await connection.execute(text("UPDATE audit SET by_places = '{phu_tho}', about_places = '{}' WHERE act = 'x'"))
    assert await audit.broken(connection)


@pytest.mark.parametrize("key", ["operator", "clock", "citizen", "demo"])
async def test_nobody_is_given_the_name_under_which_others_act_and_with_it_their_lines(
    key: str, connection: AsyncConnection
) -> None:
    await old_line(connection, key, "elsewhere", "staff:xa")
    with pytest.raises(Refused, match="chọn tên tài khoản khác"):
        await accounts.add(connection, key, name="x", roles=[Role.ADMIN], scope=["phu_tho"], by="gan", now=NOW)
    assert "elsewhere" not in await read(connection, "gan")
