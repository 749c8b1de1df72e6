"""The life of a campaign: every allowed move, every forbidden one, and that nothing goes round the second person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.campaigns import service, store
from bot.campaigns.plan import Plan, read_plan
from bot.campaigns.rules import MOVES, Act, State
from bot.campaigns.store import Campaign, Pinned
from bot.database import open_engine
from bot.errors import Refused
from tests.campaigns.test_plan import plan as raw_plan

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
TEXTS = (Pinned("", "a", "", "sms", {"text": "BHXH: moi ba con tham gia"}, {}),)
KEY = "nong_dan_12_2026"


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.begin() as connection:
        yield connection


@pytest.fixture
def plan(library: Library) -> Plan:
    return read_plan(raw_plan(), library.topics)


async def submitted(connection: AsyncConnection, plan: Plan) -> str:
    await service.create(connection, plan, by="lan", now=NOW)
    return await service.submit(connection, plan, TEXTS, reached=5, by="lan", now=NOW)


async def found(connection: AsyncConnection) -> Campaign:
    campaign = await store.find(connection, KEY)
    assert campaign
    return campaign


async def test_two_people_bring_a_campaign_on_its_way(connection: AsyncConnection, plan: Plan) -> None:
    digest = await submitted(connection, plan)
    await service.approve(connection, KEY, digest=digest[:12], by="minh", now=NOW)
    await service.act(connection, KEY, Act.SCHEDULE, by="lan", now=NOW)
    campaign = await found(connection)
    assert (campaign.state, campaign.author, campaign.approver) == (State.SCHEDULED, "lan", "minh")
    history = [(act.by, act.act) for act in await store.acts(connection, campaign.id)]
    assert history == [("lan", "create"), ("lan", "submit"), ("minh", "approve"), ("lan", "schedule")]


@pytest.mark.parametrize("who", ["lan", "an"])
async def test_nobody_who_wrote_it_approves_it(who: str, connection: AsyncConnection, plan: Plan) -> None:
    await service.create(connection, plan, by="an", now=NOW)
    await service.edit(connection, plan, by="lan", now=NOW)
    digest = await service.submit(connection, plan, TEXTS, reached=5, by="lan", now=NOW)
    with pytest.raises(Refused, match="cannot approve it; somebody else must"):
        await service.approve(connection, KEY, digest=digest, by=who, now=NOW)


async def test_the_database_too_refuses_an_approver_who_is_the_author(connection: AsyncConnection, plan: Plan) -> None:
    await submitted(connection, plan)
    with pytest.raises(IntegrityError):
        await connection.execute(text("UPDATE campaign SET approver = author"))


async def test_only_what_was_read_is_approved(connection: AsyncConnection, plan: Plan) -> None:
    digest = await submitted(connection, plan)
    for wrong in ("", digest[:11], "0" * 64):
        with pytest.raises(Refused, match="is not what you read"):
            await service.approve(connection, KEY, digest=wrong, by="minh", now=NOW)


async def test_a_text_changed_behind_the_back_is_noticed(connection: AsyncConnection, plan: Plan) -> None:
    digest = await submitted(connection, plan)
    await connection.execute(text("UPDATE campaign_text SET body = :body"), {"body": json.dumps({"text": "khac"})})
    with pytest.raises(Refused, match="not those that were submitted"):
        await service.approve(connection, KEY, digest=digest, by="minh", now=NOW)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED, State.SCHEDULED])
async def test_an_edit_voids_the_approval(
    state: State, connection: AsyncConnection, plan: Plan, library: Library
) -> None:
    digest = await submitted(connection, plan)
    if state is not State.SUBMITTED:
        await service.approve(connection, KEY, digest=digest, by="minh", now=NOW)
    if state is State.SCHEDULED:
        await service.act(connection, KEY, Act.SCHEDULE, by="lan", now=NOW)
    other = read_plan(raw_plan(title="Khác"), library.topics)
    await service.edit(connection, other, by="lan", now=NOW)
    campaign = await found(connection)
    assert (campaign.state, campaign.approver, campaign.digest) == (State.DRAFT, None, None)
    assert await store.pinned(connection, campaign.id) == []
    assert await service.submit(connection, other, TEXTS, reached=5, by="lan", now=NOW) != digest


async def test_who_edits_what_another_changed_is_told(connection: AsyncConnection, plan: Plan) -> None:
    await service.create(connection, plan, by="an", now=NOW)
    read = (await found(connection)).version
    await service.edit(connection, plan, by="lan", now=NOW, version=read)
    with pytest.raises(Refused, match="changed by somebody else"):
        await service.edit(connection, plan, by="an", now=NOW, version=read)


async def test_a_campaign_that_reaches_nobody_or_began_yesterday_is_not_submitted(
    connection: AsyncConnection, plan: Plan
) -> None:
    await service.create(connection, plan, by="lan", now=NOW)
    with pytest.raises(Refused, match="would reach nobody"):
        await service.submit(connection, plan, TEXTS, reached=0, by="lan", now=NOW)
    with pytest.raises(Refused, match="begin in the past"):
        await service.submit(connection, plan, TEXTS, reached=5, by="lan", now=plan.schedule.at)


PLAIN = (Act.REFUSE, Act.WITHDRAW, Act.SCHEDULE, Act.BEGIN, Act.PAUSE, Act.RESUME, Act.FINISH, Act.STOP, Act.EXPIRE)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("what", PLAIN)
async def test_each_act_moves_as_the_table_says_or_is_refused(
    state: State, what: Act, connection: AsyncConnection, plan: Plan
) -> None:
    await submitted(connection, plan)
    await connection.execute(text("UPDATE campaign SET state = :state"), {"state": state})
    leads_to = MOVES[what].get(state)
    if leads_to is None:
        with pytest.raises(Refused, match="is not possible now"):
            await service.act(connection, KEY, what, by="lan", now=NOW, note="vì mưa bão")
        assert (await found(connection)).state == state
    else:
        await service.act(connection, KEY, what, by="lan", now=NOW, note="vì mưa bão")
        assert (await found(connection)).state == leads_to


@pytest.mark.parametrize("what", [Act.CREATE, Act.EDIT, Act.SUBMIT, Act.APPROVE])
@pytest.mark.parametrize("state", [State.RUNNING, State.PAUSED, State.DONE, State.STOPPED, State.EXPIRED])
async def test_what_runs_or_is_over_is_written_by_nobody(
    state: State, what: Act, connection: AsyncConnection, plan: Plan
) -> None:
    digest = await submitted(connection, plan)
    await connection.execute(text("UPDATE campaign SET state = :state"), {"state": state})
    with pytest.raises(Refused):
        match what:
            case Act.CREATE:
                await service.create(connection, plan, by="an", now=NOW)
            case Act.EDIT:
                await service.edit(connection, plan, by="an", now=NOW)
            case Act.SUBMIT:
                await service.submit(connection, plan, TEXTS, reached=5, by="an", now=NOW)
            case _:
                await service.approve(connection, KEY, digest=digest, by="minh", now=NOW)


async def test_who_stops_something_says_why(connection: AsyncConnection, plan: Plan) -> None:
    await submitted(connection, plan)
    with pytest.raises(Refused, match="Say why"):
        await service.act(connection, KEY, Act.STOP, by="minh", now=NOW, note="  ")


async def test_history_is_never_rewritten(connection: AsyncConnection, plan: Plan) -> None:
    await submitted(connection, plan)
    for statement in ("UPDATE campaign_act SET by = 'minh'", "DELETE FROM campaign_act"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with connection.begin_nested():
                await connection.execute(text(statement))


async def test_an_unknown_campaign_is_said_to_be_unknown(connection: AsyncConnection) -> None:
    with pytest.raises(Refused, match="There is no campaign"):
        await service.act(connection, "khong_co", Act.STOP, by="lan", now=NOW, note="x")


async def test_two_who_approve_at_once_are_one_approval(engine: AsyncEngine, plan: Plan) -> None:
    async with engine.begin() as first:
        digest = await submitted(first, plan)
    async with engine.begin() as first:
        await service.approve(first, KEY, digest=digest, by="minh", now=NOW)
    async with engine.begin() as second:
        with pytest.raises(Refused, match="«approve» is not possible now"):
            await service.approve(second, KEY, digest=digest, by="hoa", now=NOW)
