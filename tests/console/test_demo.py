"""The demonstration: an empty database becomes a believable province, any other is left as it is, and every page shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.console.pages import PAGES
from bot.console.visit import HOME
from bot.demo import fill
from bot.demo_campaigns import CAMPAIGNS
from bot.demo_place import ACCOUNTS
from bot.errors import SetupError
from bot.staff.rules import RIGHTS, Role
from tests.conftest import fresh_database
from tests.console.conftest import Console, running_console


async def filled(console: Console) -> Any:
    parts = console.parts
    return await fill(parts.engine, parts.library, parts.settings, parts.clock)


@pytest.fixture(scope="module")
async def province(postgres: str) -> AsyncIterator[tuple[Console, Any]]:
    async with running_console(fresh_database(postgres, "demonstration")) as console:
        yield console, await filled(console)


async def counts(console: Console, query: str) -> dict[str, int]:
    return {row[0]: row[1] for row in await console.rows(query)}


async def test_an_empty_database_becomes_a_province_that_every_page_can_show(
    province: tuple[Console, Any],
) -> None:
    console, made = province
    assert made.passwords.keys() == {one.key for one in ACCOUNTS} and made.left_out == []
    assert {role for one in ACCOUNTS for role in one.roles} == set(Role)
    appointments = await counts(console, "SELECT state, count(*) FROM appointment GROUP BY 1")
    assert appointments.keys() == {
        "held", "booked", "confirmed", "done", "absent", "moved", "cancelled", "declined", "lapsed",
    }  # fmt: skip
    campaigns = await counts(console, "SELECT state, count(*) FROM campaign GROUP BY 1")
    assert sum(campaigns.values()) == len(CAMPAIGNS)
    assert campaigns.keys() == {
        "draft", "submitted", "approved", "scheduled", "running", "paused", "stopped", "done",
    }  # fmt: skip
    waiting = await console.rows("SELECT taken_by FROM hand_over WHERE closed_at IS NULL")
    assert [row.taken_by for row in waiting].count(None) >= 2 and len(waiting) > 2
    assert len(await console.rows("SELECT FROM wait_list WHERE closed_at IS NULL")) >= 5
    ledger = await counts(console, "SELECT state, count(*) FROM outbox WHERE campaign_id IS NOT NULL GROUP BY 1")
    assert ledger["planned"] > 20 and ledger["sent"] > 50 and ledger["excluded"] and ledger["failed"]
    assert not await console.rows("SELECT FROM outbox WHERE state = 'planned' AND campaign_id IS NULL")
    for role in Role:
        somebody = await console.as_(f"see.{role}", role)
        for page in PAGES:
            if page.get and "{" not in page.path and (page.right is None or page.right in RIGHTS[role]):
                answer = await somebody.get(HOME + page.path)
                assert answer.status_code == 200, f"{role} {page.path}: {answer.status_code}"


async def test_nobody_in_it_could_be_taken_for_somebody_real(province: tuple[Console, Any]) -> None:
    console, _ = province
    people = await console.rows("SELECT name, phone FROM person WHERE name IS NOT NULL")
    assert len(people) >= 300
    assert all(row.name.startswith("Người dân ") and row.phone.startswith("+8495") for row in people)
    names = [row.name for row in await console.rows("SELECT name FROM consultant")]
    assert all(name[-2:].isdigit() for name in names)


async def test_a_demonstration_is_filled_once_and_never_over_anything_else(province: tuple[Console, Any]) -> None:
    console, _ = province
    before = await console.rows("SELECT count(*) FROM person")
    assert await filled(console) is None, "it goes on as it was left"
    assert await console.rows("SELECT count(*) FROM person") == before


async def test_a_database_in_use_is_refused_and_left_as_it_is(console: Console) -> None:
    await console.hire("lan", Role.ADMIN)
    with pytest.raises(SetupError, match="needs an empty one"):
        await filled(console)
    assert not await console.rows("SELECT FROM person")


async def test_it_can_be_filled_on_any_day_of_the_week(console: Console) -> None:
    saturday = console.parts.clock().replace(day=28)
    parts = console.parts
    made = await fill(parts.engine, parts.library, replace(parts.settings, now=""), lambda: saturday)
    assert made is not None and made.left_out == []
