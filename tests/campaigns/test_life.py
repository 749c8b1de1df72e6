"""The life of a campaign: every allowed move, every forbidden one, and that nothing goes round the second person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.campaigns import service, store, versions
from bot.campaigns.plan import Plan, plan_json, read_plan
from bot.campaigns.progress import listed, progress
from bot.campaigns.rules import MOVES, Act, State
from bot.campaigns.settle import settle
from bot.campaigns.store import Campaign, Pinned
from bot.database import open_engine
from bot.errors import Refused
from bot.outbox.rules import State as Outcome
from bot.staff import audit
from bot.staff.rules import Role, Staff
from tests.campaigns.test_plan import plan as raw_plan

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
TEXTS = (Pinned("", "a", "", "sms", {"text": "BHXH: moi ba con tham gia"}, {}),)
KEY = "nong_dan_12_2026"
BOTH = frozenset({Role.AUTHOR, Role.APPROVER})  # who has both roles is still one person
LAN, AN, MINH, HOA = (
    Staff(number, key, key, BOTH, frozenset()) for number, key in enumerate(("lan", "an", "minh", "hoa"))
)


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
    await service.create(connection, plan, by=LAN, now=NOW)
    return await service.submit(connection, plan, TEXTS, reached=5, by=LAN, now=NOW)


async def paused(connection: AsyncConnection, by: str) -> None:
    """Let a campaign be paused by somebody, or by the clock."""
    campaign = await found(connection)
    await store.become(connection, campaign, Act.PAUSE, State.PAUSED, by=by, now=NOW, note="vì mưa bão")


async def found(connection: AsyncConnection) -> Campaign:
    campaign = await store.find(connection, KEY)
    assert campaign
    return campaign


async def test_two_people_bring_a_campaign_on_its_way(connection: AsyncConnection, plan: Plan) -> None:
    digest = await submitted(connection, plan)
    await service.approve(connection, KEY, digest=digest[:12], by=MINH, now=NOW)
    await service.act(connection, KEY, Act.SCHEDULE, by=LAN, now=NOW)
    campaign = await found(connection)
    assert (campaign.state, campaign.author, campaign.approver) == (State.SCHEDULED, "lan", "minh")
    history = [(act.by, act.act) for act in await store.acts(connection, campaign.id)]
    assert history == [("lan", "create"), ("lan", "submit"), ("minh", "approve"), ("lan", "schedule")]


@pytest.mark.parametrize("who", [LAN, AN])
async def test_nobody_who_wrote_it_approves_it(who: Staff, connection: AsyncConnection, plan: Plan) -> None:
    await service.create(connection, plan, by=AN, now=NOW)
    await service.edit(connection, plan, by=LAN, now=NOW)
    digest = await service.submit(connection, plan, TEXTS, reached=5, by=LAN, now=NOW)
    with pytest.raises(Refused, match="phải là người khác"):
        await service.approve(connection, KEY, digest=digest, by=who, now=NOW)


async def test_the_database_too_refuses_an_approver_who_is_the_author(connection: AsyncConnection, plan: Plan) -> None:
    await submitted(connection, plan)
    with pytest.raises(IntegrityError):
        await connection.execute(text("UPDATE campaign SET approver = author"))


async def test_only_what_was_read_is_approved(connection: AsyncConnection, plan: Plan) -> None:
    digest = await submitted(connection, plan)
    for wrong in ("", digest[:11], "0" * 64):
        with pytest.raises(Refused, match="không còn là bản bạn đã đọc"):
            await service.approve(connection, KEY, digest=wrong, by=MINH, now=NOW)


async def test_a_text_changed_behind_the_back_is_noticed(connection: AsyncConnection, plan: Plan) -> None:
    digest = await submitted(connection, plan)
    await connection.execute(text("UPDATE campaign_text SET body = :body"), {"body": json.dumps({"text": "khac"})})
    with pytest.raises(Refused, match="không đúng bản đã gửi duyệt"):
        await service.approve(connection, KEY, digest=digest, by=MINH, now=NOW)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED, State.SCHEDULED])
async def test_an_edit_voids_the_approval(
    state: State, connection: AsyncConnection, plan: Plan, library: Library
) -> None:
    digest = await submitted(connection, plan)
    if state is not State.SUBMITTED:
        await service.approve(connection, KEY, digest=digest, by=MINH, now=NOW)
    if state is State.SCHEDULED:
        await service.act(connection, KEY, Act.SCHEDULE, by=LAN, now=NOW)
    other = read_plan(raw_plan(title="Khác"), library.topics)
    await service.edit(connection, other, by=LAN, now=NOW)
    campaign = await found(connection)
    assert (campaign.state, campaign.approver, campaign.digest) == (State.DRAFT, None, None)
    assert await store.pinned(connection, campaign.id) == []
    assert await service.submit(connection, other, TEXTS, reached=5, by=LAN, now=NOW) != digest


async def test_who_edits_what_another_changed_is_told(connection: AsyncConnection, plan: Plan) -> None:
    await service.create(connection, plan, by=AN, now=NOW)
    read = (await found(connection)).version
    await service.edit(connection, plan, by=LAN, now=NOW, version=read)
    with pytest.raises(Refused, match="Có người vừa sửa"):
        await service.edit(connection, plan, by=AN, now=NOW, version=read)


async def test_a_campaign_that_reaches_nobody_or_began_yesterday_is_not_submitted(
    connection: AsyncConnection, plan: Plan
) -> None:
    await service.create(connection, plan, by=LAN, now=NOW)
    with pytest.raises(Refused, match="không đến được ai"):
        await service.submit(connection, plan, TEXTS, reached=0, by=LAN, now=NOW)
    with pytest.raises(Refused, match="bắt đầu trong quá khứ"):
        await service.submit(connection, plan, TEXTS, reached=5, by=LAN, now=plan.schedule.at)


async def test_what_speaks_again_and_again_is_not_submitted_after_its_beginning_either(
    connection: AsyncConnection, library: Library
) -> None:
    daily = {"from": "2026-12-01", "time": "08:30", "weekdays": ["monday"]}
    plan = read_plan(raw_plan(schedule=daily, ends="2026-12-31 20:00"), library.topics)
    await service.create(connection, plan, by=LAN, now=NOW)
    with pytest.raises(Refused, match="bắt đầu trong quá khứ"):
        await service.submit(connection, plan, TEXTS, reached=5, by=LAN, now=plan.schedule.at)


PLAIN = (Act.REFUSE, Act.WITHDRAW, Act.SCHEDULE, Act.BEGIN, Act.PAUSE, Act.RESUME, Act.FINISH, Act.STOP, Act.EXPIRE)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("what", PLAIN)
async def test_each_act_moves_as_the_table_says_or_is_refused(
    state: State, what: Act, connection: AsyncConnection, plan: Plan
) -> None:
    await submitted(connection, plan)
    await connection.execute(text("UPDATE campaign SET state = :state"), {"state": state})
    if state is State.PAUSED:
        await paused(connection, LAN.key)
    leads_to = MOVES[what].get(state)
    if leads_to is None or what in (Act.BEGIN, Act.FINISH, Act.EXPIRE):
        with pytest.raises(Refused, match="lúc này chưa làm được|không có quyền"):
            await service.act(connection, KEY, what, by=LAN, now=NOW, note="vì mưa bão")
        assert (await found(connection)).state == state
    else:
        await service.act(connection, KEY, what, by=LAN, now=NOW, note="vì mưa bão")
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
                await service.create(connection, plan, by=AN, now=NOW)
            case Act.EDIT:
                await service.edit(connection, plan, by=AN, now=NOW)
            case Act.SUBMIT:
                await service.submit(connection, plan, TEXTS, reached=5, by=AN, now=NOW)
            case _:
                await service.approve(connection, KEY, digest=digest, by=MINH, now=NOW)


async def test_who_stops_something_says_why(connection: AsyncConnection, plan: Plan) -> None:
    await submitted(connection, plan)
    with pytest.raises(Refused, match="ghi lý do"):
        await service.act(connection, KEY, Act.STOP, by=MINH, now=NOW, note="  ")


LY = Staff(8, "ly", "Ly", frozenset({Role.AUTHOR}), frozenset())
TU = Staff(9, "tu", "Tú", frozenset({Role.ADMIN}), frozenset())


@pytest.mark.parametrize(
    ("by", "who", "goes_on"),
    [
        ("lan", LAN, True),
        ("ly", LY, True),
        ("tu", TU, True),
        ("clock", MINH, True),
        ("lan", MINH, True),
        ("hoa", MINH, True),
        ("clock", LAN, False),
        ("minh", LAN, False),
        ("clock", LY, False),
        ("minh", LY, False),
        ("lan", LY, False),
        ("clock", TU, False),
    ],
)
async def test_what_is_paused_goes_on_by_whoever_paused_it_or_by_a_second_person(
    by: str, who: Staff, goes_on: bool, connection: AsyncConnection, plan: Plan
) -> None:
    await submitted(connection, plan)
    await paused(connection, "lan")
    await connection.execute(text("UPDATE campaign SET state = 'running'"))
    await paused(connection, by)  # the last pause is the one that counts
    campaign = await found(connection)
    assert service.resumable(campaign, await store.acts(connection, campaign.id), who) is goes_on
    if goes_on:
        await service.act(connection, KEY, Act.RESUME, by=who, now=NOW)
        assert not service.resumable(await found(connection), await store.acts(connection, campaign.id), who)
    else:
        with pytest.raises(Refused, match="người khác hoặc máy đã tạm dừng"):
            await service.act(connection, KEY, Act.RESUME, by=who, now=NOW)
    assert (await found(connection)).state == (State.RUNNING if goes_on else State.PAUSED)


async def test_history_is_never_rewritten(connection: AsyncConnection, plan: Plan) -> None:
    await submitted(connection, plan)
    for statement in ("UPDATE campaign_act SET by = 'minh'", "DELETE FROM campaign_act"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with connection.begin_nested():
                await connection.execute(text(statement))


async def test_an_unknown_campaign_is_said_to_be_unknown(connection: AsyncConnection) -> None:
    with pytest.raises(Refused, match="Không có chiến dịch"):
        await service.act(connection, "khong_co", Act.STOP, by=LAN, now=NOW, note="x")


async def test_a_campaign_belongs_to_a_wave_that_there_is(connection: AsyncConnection, library: Library) -> None:
    with pytest.raises(Refused, match="Không có đợt ra quân"):
        await service.create(connection, read_plan(raw_plan(wave="dot_khong_co"), library.topics), by=LAN, now=NOW)


async def test_two_who_approve_at_once_are_one_approval(engine: AsyncEngine, plan: Plan) -> None:
    async with engine.begin() as first:
        digest = await submitted(first, plan)
    async with engine.begin() as first:
        await service.approve(first, KEY, digest=digest, by=MINH, now=NOW)
    async with engine.begin() as second:
        with pytest.raises(Refused, match="chưa làm được việc «Duyệt»"):
            await service.approve(second, KEY, digest=digest, by=HOA, now=NOW)


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        (Role.AUTHOR, {Act.APPROVE, Act.CONFIRM, Act.REFUSE, Act.WITHDRAW}),
        (Role.APPROVER, {Act.CREATE, Act.EDIT, Act.DRY_RUN, Act.SUBMIT, Act.SCHEDULE, Act.SETTLE}),
        (Role.VIEWER, set(Act)),
        (Role.CONSULTANT, set(Act)),
        (Role.EDITOR, set(Act)),
        (Role.ADMIN, set(Act) - {Act.PAUSE, Act.RESUME, Act.STOP}),
    ],
)
def test_each_role_does_what_is_its_own(role: Role, refused: set[Act], plan: Plan) -> None:
    somebody = Staff(9, "tu", "Tú", frozenset({role}), frozenset())
    clock = {Act.BEGIN, Act.FINISH, Act.EXPIRE, Act.DECIDE}
    for what in Act:
        if what in refused | clock:
            with pytest.raises(Refused, match="không có quyền"):
                service.check(somebody, what, plan_json(plan))
        else:
            service.check(somebody, what, plan_json(plan))


async def test_nobody_writes_to_people_of_another_place(connection: AsyncConnection, library: Library) -> None:
    here = Staff(9, "tu", "Tú", frozenset({Role.AUTHOR}), frozenset({"phu_tho"}))
    for audience in ({"places": ["Cần Thơ"]}, {"situations": ["nong_dan"]}, {"places": ["Cần Thơ", "Phú Thọ"]}):
        with pytest.raises(Refused, match="chỉ phụ trách Phú Thọ"):
            await service.create(connection, read_plan(raw_plan(audience=audience), library.topics), by=here, now=NOW)
    await service.create(connection, read_plan(raw_plan(), library.topics), by=here, now=NOW)
    elsewhere = read_plan(raw_plan(audience={"places": ["Cần Thơ"]}), library.topics)
    with pytest.raises(Refused, match="chỉ phụ trách Phú Thọ"):
        await service.edit(connection, elsewhere, by=here, now=NOW)


async def test_each_act_leaves_a_line(connection: AsyncConnection, plan: Plan) -> None:
    digest = await submitted(connection, plan)
    await service.approve(connection, KEY, digest=digest, by=MINH, now=NOW)
    await service.act(connection, KEY, Act.STOP, by=LAN, now=NOW, note="vì mưa bão")
    lines = [(line.by, line.act, line.note) for line in await audit.lines(connection, about=f"campaign:{KEY}")]
    assert lines[:2] == [("lan", "stop", "vì mưa bão"), ("minh", "approve", digest[:12])]
    assert await audit.broken(connection) is None


async def test_a_new_submission_is_compared_with_what_was_approved_last(
    connection: AsyncConnection, plan: Plan, library: Library
) -> None:
    digest = await submitted(connection, plan)
    campaign = await found(connection)
    assert await versions.before(connection, campaign.id) is None, "there is nothing before the first"
    await service.approve(connection, KEY, digest=digest, by=MINH, now=NOW)
    for title in ("Hai", "Ba"):
        other = read_plan(raw_plan(title=title), library.topics)
        await service.edit(connection, other, by=LAN, now=NOW)
        await service.submit(connection, other, TEXTS, reached=5, by=LAN, now=NOW)
    compared = await versions.before(connection, campaign.id)
    assert compared and (compared.digest, compared.approved, compared.texts) == (digest, True, TEXTS)
    assert compared.plan["title"] == plan.title


def test_texts_are_laid_beside_those_in_their_place() -> None:
    other = replace(TEXTS[0], body={"text": "khac"})
    further = replace(TEXTS[0], arm="b")
    changes = versions.text_changes([*TEXTS, further], [other, further])
    assert [(change.place[1], change.same) for change in changes] == [("a", False), ("b", True)]
    assert versions.text_changes([], TEXTS)[0].before is None


async def doubtful(connection: AsyncConnection, plan: Plan) -> int:
    await submitted(connection, plan)
    row = await connection.scalar(
        text(
            "WITH c AS (INSERT INTO contact (channel, address) VALUES ('sms', '84900000001') RETURNING id, person_id)"
            " INSERT INTO outbox (key, contact_id, class, body, channel, state, campaign_id, person_id, step)"
            " SELECT 'k', c.id, 'campaign', jsonb_build_object('text', 'x'), 'sms', 'unknown', k.id, c.person_id, 'once'"
            " FROM c, campaign k RETURNING id"
        )
    )
    return int(row or 0)


async def test_an_unknown_message_is_settled_once_and_under_a_name(connection: AsyncConnection, plan: Plan) -> None:
    row = await doubtful(connection, plan)
    with pytest.raises(Refused, match="vì sao"):
        await settle(connection, KEY, row, Outcome.SENT, by=LAN, now=NOW, note=" ")
    with pytest.raises(Refused, match="Chỉ ghi được"):
        await settle(connection, KEY, row, Outcome.PLANNED, by=LAN, now=NOW, note="gửi lại")
    await settle(connection, KEY, row, Outcome.SENT, by=LAN, now=NOW, note="đã hỏi người nhận")
    assert await connection.scalar(text("SELECT state FROM outbox")) == "sent"
    line = (await audit.lines(connection, about=f"campaign:{KEY}"))[0]
    assert (line.by, line.act, line.note) == ("lan", "settle", f"{row}: sent; đã hỏi người nhận")
    with pytest.raises(Refused, match="đã có người ghi"):
        await settle(connection, KEY, row, Outcome.FAILED, by=AN, now=NOW, note="không thấy")


async def test_a_list_holds_what_lies_where_somebody_works(connection: AsyncConnection, plan: Plan) -> None:
    await doubtful(connection, plan)
    for scope, keys in (((), [KEY]), (("phu_tho",), [KEY]), (("08935",), []), (("can_tho",), [])):
        who = Staff(9, "tu", "Tú", BOTH, frozenset(scope))
        assert [one.key for one in await listed(connection, who.codes())] == keys, scope
    [one] = await listed(connection, None)
    assert (one.state, one.counts) == (State.SUBMITTED, {"unknown": 1})
    assert await listed(connection, None, states=[State.DRAFT]) == []


async def test_a_campaign_for_everybody_is_in_nobodys_list_who_works_in_one_place(
    connection: AsyncConnection, library: Library
) -> None:
    await service.create(connection, read_plan(raw_plan(audience={"joined": ["no"]}), library.topics), by=LAN, now=NOW)
    assert await listed(connection, ["phu_tho"]) == []


async def test_progress_counts_states_and_the_rate_of_the_last_minute(connection: AsyncConnection, plan: Plan) -> None:
    await doubtful(connection, plan)
    await connection.execute(text("UPDATE outbox SET finished_at = :now"), {"now": NOW})
    one = await progress(connection, await found(connection), NOW + timedelta(seconds=30))
    assert (one.people, one.ended, one.of("unknown"), one.speed) == (1, 1, 1, 1 / 60)
    assert (await progress(connection, await found(connection), NOW + timedelta(minutes=2))).speed == 0
