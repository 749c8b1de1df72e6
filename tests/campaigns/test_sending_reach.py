"""Whom a campaign reaches and how its people are frozen: each reason, each text, once, and only ever fewer."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.audience import Audience, Match, audience_json, read_audience
from bot.campaigns.freeze import decide, freeze, stored
from bot.campaigns.personal import for_person
from bot.campaigns.reach import Question, Reach, count
from bot.campaigns.rules import State
from bot.campaigns.said import STATES
from bot.citizens import people
from bot.citizens.erasure import erase
from bot.errors import Refused
from bot.outbox.caps import SMS_LAW, Cap
from tests.campaigns.sending_world import Campaigns
from tests.outbox.world import engine_of

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[Campaigns]:
    engine = engine_of(database_url)
    yield Campaigns(engine)
    await engine.dispose()


async def reach(world: Campaigns, match: Match, *channels: str, without: Match | None = None, **more: object) -> Reach:
    audience = Audience(match, without or Match(), int(str(more.pop("holdout", 0))))
    question = Question(audience, channels or ("telegram",), "k", NOW, **more)  # type: ignore[arg-type]
    async with world.engine.begin() as connection:
        return await count(connection, question)


async def met(world: Campaigns, match: Match, without: Match | None = None) -> set[int]:
    """Return who is meant by a rule."""
    campaign = await world.campaign(f"k{await world.value('SELECT count(*) FROM campaign')}", state="running")
    await world.do(
        "UPDATE campaign SET plan = jsonb_set(plan, '{audience}', cast(:rule AS jsonb)) WHERE id = :id",
        id=campaign,
        rule=json.dumps(audience_json(Audience(match, without or Match()))),
    )
    await world.step(campaign)
    await world.freeze(campaign, now=NOW)
    return {
        row.person_id for row in await world.rows("SELECT person_id FROM outbox WHERE campaign_id = :id", id=campaign)
    }


async def test_each_condition_means_exactly_whom_it_says(world: Campaigns) -> None:
    await world.people(1, 1, province="phu_tho", commune="08935", situation="nong_dan", birth_year=1970)
    await world.people(1, 2, province="phu_tho", commune="08950", situation="tieu_thuong", birth_year=1990)
    await world.people(1, 3, province="ha_noi", situation="nong_dan", paid_until=date(2026, 12, 31))
    await world.people(1, 4)
    await world.do("UPDATE person SET entitlements = '{ho_ngheo,dtts}' WHERE id = 2")
    await world.do("UPDATE person SET joined = 'voluntary' WHERE id = 3")
    await world.do(
        "INSERT INTO behaviour (person_id, kind, topic, first_at, last_at) VALUES"
        " (1, 'asked', 'pension_amount', :now - interval '100 days', :now - interval '40 days'),"
        " (2, 'calculated', 'pension_amount', :now, :now), (4, 'came_by', 'cho_1', :now, :now)",
        now=NOW,
    )
    assert await met(world, Match(places=("phu_tho",))) == {1, 2}
    assert await met(world, Match(places=("ha_noi", "08950"))) == {2, 3}
    assert await met(world, Match(situations=("nong_dan",), places=("phu_tho",))) == {1}
    assert await met(world, Match(entitlements=("ho_ngheo", "nguoi_cao_tuoi"))) == {2}
    assert await met(world, Match(joined=("voluntary", "pension"))) == {3}
    assert await met(world, Match(born_from=1980)) == {2}
    assert await met(world, Match(born_from=1960, born_to=1990)) == {1, 2}
    assert await met(world, Match(paid_from=date(2026, 12, 31), paid_to=date(2026, 12, 31))) == {3}
    assert await met(world, Match(asked=("pension_amount",))) == {1}
    assert await met(world, Match(asked=("pension_amount",), within_days=30)) == set()
    assert await met(world, Match(came_by=("cho_1", "cho_2"))) == {4}
    assert await met(world, Match(joined=("no", "voluntary")), Match(situations=("nong_dan",))) == {2, 4}
    everybody = Match(joined=("no", "voluntary"))
    assert await met(world, everybody, Match(situations=("nong_dan",), places=("phu_tho",))) == {2, 3, 4}


async def test_the_first_permitted_channel_is_used_and_each_reason_is_told(world: Campaigns) -> None:
    await world.people(7)
    await world.contacts("telegram", 1, 3)  # 1: both channels; 2: unreachable; 3: stopped
    await world.contacts("telegram", 4, 4, outreach=None)
    await world.contacts("sms", 1, 1)
    await world.contacts("sms", 5, 5)
    await world.contacts("web", 6, 6)
    await world.do("UPDATE contact SET unreachable = 'blocked' WHERE person_id = 2")
    await world.says(False, "telegram", 3, 3)
    found = await reach(world, Match(joined=("no",)), "telegram", "sms")
    assert found.by_channel == {"telegram": 1, "sms": 1}
    assert found.excluded == {"unreachable": 1, "stopped": 1, "never_consented": 1, "no_contact": 2}
    assert (found.people, found.planned) == (7, 2)
    assert (await reach(world, Match(joined=("no",)), "sms", "telegram")).by_channel == {"sms": 2}


async def test_a_stop_on_one_channel_ends_what_was_allowed_before_on_another_and_nothing_later(
    world: Campaigns,
) -> None:
    await world.people(2)
    await world.contacts("telegram", 1, 2)
    await world.contacts("sms", 1, 2)
    await world.says(False, "sms", 1, 2)
    assert (await reach(world, Match(joined=("no",)), "telegram")).excluded == {"stopped": 2}
    await world.says(True, "telegram", 1, 1)
    assert (await reach(world, Match(joined=("no",)), "telegram")).by_channel == {"telegram": 1}
    assert (await reach(world, Match(joined=("no",)), "sms")).excluded == {"stopped": 2}


async def test_whoever_turns_out_to_be_the_same_person_is_stopped_on_both_contacts(world: Campaigns) -> None:
    await world.people(2)
    await world.contacts("telegram", 1, 1)
    await world.contacts("sms", 2, 2)
    await world.says(False, "sms", 2, 2)
    assert (await reach(world, Match(joined=("no",)), "telegram")).planned == 1
    await world.do("UPDATE contact SET person_id = 1 WHERE person_id = 2")
    assert (await reach(world, Match(joined=("no",)), "telegram")).excluded == {"stopped": 1, "no_contact": 1}


@pytest.mark.parametrize("first", ["merge", "stop"])
async def test_a_stop_said_while_two_become_one_holds_for_all_their_contacts(world: Campaigns, first: str) -> None:
    await world.people(2)
    await world.contacts("telegram", 1, 1)
    await world.contacts("sms", 2, 2)

    async def merge(connection: AsyncConnection) -> None:
        await people.merge(connection, keep=1, gone=2)

    async def stop(connection: AsyncConnection) -> None:
        await connection.execute(
            text(
                "INSERT INTO consent (contact_id, purpose, given, text_version, proof)"
                " SELECT id, 'outreach', false, 'v1', 'event' FROM contact WHERE channel = 'telegram'"
            )
        )

    async def then(what: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        async with world.engine.begin() as connection:
            await what(connection)

    begun, waits = (merge, stop) if first == "merge" else (stop, merge)
    async with world.engine.begin() as connection:
        await begun(connection)
        second = asyncio.create_task(then(waits))
        await asyncio.sleep(0.3)
    await second
    rows = await world.rows("SELECT NOT outreach OR stopped_elsewhere AS stopped FROM contact WHERE person_id = 1")
    assert [row.stopped for row in rows] == [True, True]


async def test_a_cap_leaves_out_only_those_for_whom_no_time_is_left(world: Campaigns) -> None:
    await world.people(3)
    await world.contacts("telegram", 1, 3)
    first = await world.begun("first")
    await world.do("UPDATE outbox SET state = 'sent', started_at = :at WHERE person_id = 1", at=NOW - timedelta(days=2))
    await world.do("UPDATE outbox SET state = 'failed', started_at = :at WHERE person_id = 2", at=NOW)
    caps = (Cap(1, WEEK), SMS_LAW)
    match = Match(joined=("no",))
    assert (await reach(world, match, caps=caps, until=NOW + timedelta(days=1))).excluded == {"capped": 1}
    assert (await reach(world, match, caps=caps, until=NOW + WEEK)).excluded == {}
    assert (await reach(world, match, caps=(Cap(0, WEEK),), until=NOW + WEEK)).excluded == {"capped": 3}
    assert (await reach(world, match, caps=(), until=NOW)).excluded == {}
    assert first


async def test_the_lot_is_the_same_however_often_and_whoever_else_is_meant(world: Campaigns) -> None:
    await world.people(1000)
    await world.contacts("telegram", 1, 1000)
    ends = NOW + WEEK
    audience = {"joined": ["no"], "holdout_percent": 20}
    drawn = {}
    for key in ("x", "y"):
        campaign = await world.begun(
            key, audience=audience, ends=ends, texts=[("a", "", "A"), ("b", "", "B")], arms={"a": 30, "b": 70}
        )
        rows = await world.rows("SELECT person_id, reason, variant FROM outbox WHERE campaign_id = :id", id=campaign)
        drawn[key] = {row.person_id: row.reason or row.variant for row in rows}
        held = sum(fate == "holdout" for fate in drawn[key].values())
        assert 150 <= held <= 250
        assert 0.2 < sum(fate == "a" for fate in drawn[key].values()) / (1000 - held) < 0.4
    assert drawn["x"] != drawn["y"]
    await world.do(
        "DELETE FROM outbox; UPDATE campaign_step SET frozen_at = NULL; UPDATE person SET joined = 'left' WHERE id > 500"
    )
    again = (await world.rows("SELECT id FROM campaign WHERE key = 'x'"))[0].id
    await world.freeze(again)
    rows = await world.rows("SELECT person_id, reason, variant FROM outbox WHERE person_id <= 500")
    assert {row.person_id: row.reason or row.variant for row in rows} == {
        p: f for p, f in drawn["x"].items() if p <= 500
    }


async def test_each_person_gets_the_text_of_their_arm_channel_and_situation_with_what_is_known_of_them(
    world: Campaigns,
) -> None:
    await world.people(1, 1, name='Nguyễn "Tư"\n\\ Đức', province="phu_tho", situation="nong_dan", commune="08935")
    await world.people(1, 2, situation="tieu_thuong", paid_until=date(2026, 12, 5))
    await world.people(1, 3, name="Đào Thị Ước")
    await world.people(1, 4, name="Út ⟦commune⟧")
    await world.people(1, 5, name="Hoa 🌸")
    await world.contacts("telegram", 1, 2)
    await world.contacts("sms", 3, 5)
    words = "Chào ⟦name⟧ ở ⟦commune⟧, ⟦province⟧, đóng đến ⟦paid_until⟧"
    texts = [("a", "", words), ("a", "nong_dan", "Bà con: " + words)]
    campaign = await world.begun("k", "telegram", "sms", texts=texts)
    rows = await world.rows(
        "SELECT person_id, variant, body->>'text' AS words FROM outbox WHERE campaign_id = :id", id=campaign
    )
    got = {row.person_id: (row.variant, row.words) for row in rows}
    farmer = 'Bà con: Chào Nguyễn "Tư" \\ Đức ở Xã Bình Nguyên, Phú Thọ, đóng đến sắp tới'
    assert got[1] == ("a/nong_dan", farmer)
    assert got[2] == ("a", "Chào bà con ở xã mình, tỉnh mình, đóng đến 05/12/2026")
    assert got[3][1].startswith("Chào Dao Thi Uoc ở xã mình")
    assert got[4][1].startswith("Chào bà con ở xã mình"), "a name that looks like a field is said by nobody"
    assert got[5][1].startswith("Chào bà con ở xã mình"), "an SMS cannot say a flower"


async def test_a_name_by_sms_is_what_the_preview_says_of_it(world: Campaigns) -> None:
    names = [
        "Đỗ Thị Mỹ Ữ", unicodedata.normalize("NFD", "Nguyễn Đức Thuỵ Quỳnh"), "  Lê\u00a0Văn\u3000Tám ", "H'Hen Niê", "Y Ƀan",
        "Ngọc-Ánh, 2", "José Peña Garçon", "Łukasz", "q̃uang", "ạ̈nh", "김", "Straße", "Hoa 🌸", "ﬁ", "Ⅷ", "Anh (Tư)", "x" * 61, "",
    ]  # fmt: skip
    for number, name in enumerate(names, 1):
        await world.people(1, number, name=name)
    await world.contacts("sms", 1, len(names))
    campaign = await world.begun("k", "sms", texts=[("a", "", "Chao ⟦name⟧")])
    rows = await world.rows(
        "SELECT person_id, body FROM outbox WHERE campaign_id = :id ORDER BY person_id", id=campaign
    )
    said = [
        for_person({"text": "Chao ⟦name⟧"}, {"name": "bà con"}, {"name": name}, accents=False)["text"] for name in names
    ]
    assert [row.body["text"] for row in rows] == said
    assert said[:2] == ["Chao Do Thi My U", "Chao Nguyen Duc Thuy Quynh"]


async def test_who_is_erased_or_merged_meanwhile_waits_for_the_freeze_and_finds_all_of_it(world: Campaigns) -> None:
    await world.people(2, name="Nhạn Marker")
    await world.contacts("telegram", 1, 2)
    campaign = await world.campaign("k", texts=[("a", "", "Chào ⟦name⟧")])
    await world.step(campaign)
    async with world.engine.connect() as freezing, world.engine.connect() as erasing:
        await freeze(freezing, campaign, "once", NOW)
        contact = await world.value("SELECT id FROM contact WHERE person_id = 1")
        erased = asyncio.create_task(erase(erasing, contact, proof="event", now=NOW))
        while not await world.rows("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            assert not erased.done(), "it did not wait"
            await asyncio.sleep(0.01)
        await freezing.commit()
        await erased
        await erasing.commit()
    rows = await world.rows("SELECT state, body->>'text' AS words FROM outbox ORDER BY person_id")
    assert [tuple(row) for row in rows] == [("excluded", ""), ("planned", "Chào Nhạn Marker")]


@pytest.mark.parametrize("table", ["person", "campaign"])
async def test_whom_the_ledger_names_is_never_deleted(world: Campaigns, table: str) -> None:
    await world.people(1)
    await world.campaign("k")
    with pytest.raises(DBAPIError, match=f"{table} is never deleted"):
        await world.do(f"DELETE FROM {table}")


async def test_a_person_in_a_series_is_frozen_only_for_their_own_date(world: Campaigns) -> None:
    await world.people(1, 1, paid_until=date(2026, 12, 31))
    await world.people(1, 2, paid_until=date(2026, 12, 30))
    await world.contacts("telegram", 1, 2)
    campaign = await world.campaign("k", ends=NOW + timedelta(days=60))
    await world.do("UPDATE campaign_text SET step = '-7'")
    await world.step(campaign, "2026-12-31:-7", NOW)
    found = await world.freeze(campaign, "2026-12-31:-7", now=NOW)
    assert found.by_channel == {"telegram": 1}
    rows = await world.rows("SELECT person_id, key, expires_at FROM outbox")
    assert [(row.person_id, row.key) for row in rows] == [(1, f"campaign:{campaign}:2026-12-31:-7:1")]
    assert rows[0].expires_at == NOW.replace(hour=14), "21:00 in Vietnam: tomorrow the words are wrong"


async def test_who_has_had_enough_of_a_series_is_left_out_of_its_next_day_and_of_no_other_campaign(
    world: Campaigns,
) -> None:
    await world.people(2)
    await world.contacts("telegram", 1, 2)
    own, other = await world.campaign("k", ends=NOW + WEEK), await world.campaign("m", ends=NOW + WEEK)
    most = {"at_most": {"messages": 1, "days": 30}}
    await world.do(
        "UPDATE campaign SET plan = plan || cast(:most AS jsonb) WHERE id = :id", id=own, most=json.dumps(most)
    )
    for step, campaign in (("2026-11-27", own), ("2026-11-28", own), ("2026-11-28", other)):
        await world.step(campaign, step, NOW)
    await world.freeze(own, "2026-11-27", now=NOW)
    await world.do("UPDATE outbox SET state = 'sent', started_at = :now WHERE person_id = 1", now=NOW)
    assert await world.freeze(own, "2026-11-28", now=NOW) == Reach(2, {"telegram": 1}, {"capped": 1})
    assert await world.freeze(other, "2026-11-28", now=NOW) == Reach(2, {"telegram": 2})
    assert await world.value("SELECT person_id FROM outbox WHERE reason = 'capped'") == 1


async def test_freezing_twice_adds_nobody_and_tells_what_was_frozen(world: Campaigns) -> None:
    await world.people(3)
    await world.contacts("telegram", 1, 2)
    campaign = await world.campaign("k")
    await world.step(campaign)
    first = await world.freeze(campaign)
    await world.people(5, 10)
    await world.contacts("telegram", 10, 14)
    await world.says(False, "telegram", 1, 1)
    assert await world.freeze(campaign) == first == Reach(3, {"telegram": 2}, {"no_contact": 1})
    assert (
        await world.value("SELECT people FROM campaign_step") == await world.value("SELECT count(*) FROM outbox") == 3
    )


async def test_two_who_freeze_at_once_freeze_once(world: Campaigns) -> None:
    await world.people(2)
    await world.contacts("telegram", 1, 2)
    campaign = await world.campaign("k")
    await world.step(campaign)
    async with world.engine.connect() as one, world.engine.connect() as other:
        await freeze(one, campaign, "once", NOW)
        waiting = asyncio.create_task(freeze(other, campaign, "once", NOW))
        await asyncio.sleep(0.2)
        await one.commit()
        assert (await waiting).planned == 2
        await other.commit()
    assert await world.value("SELECT count(*) FROM outbox") == 2


async def test_a_freeze_that_is_broken_off_leaves_nothing(world: Campaigns) -> None:
    await world.people(2)
    await world.contacts("telegram", 1, 2)
    campaign = await world.campaign("k")
    await world.step(campaign)
    async with world.engine.connect() as connection:
        await freeze(connection, campaign, "once", NOW)
    assert await world.value("SELECT count(*) FROM outbox") == 0
    assert await world.value("SELECT count(*) FROM campaign_step WHERE frozen_at IS NOT NULL") == 0


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "stopped", "done", "paused"])
async def test_nobody_is_frozen_for_a_campaign_that_may_not_send(world: Campaigns, state: str) -> None:
    campaign = await world.campaign("k", state=state)
    await world.step(campaign)
    with pytest.raises(Refused, match=f"«{STATES[State(state)]}»"):
        await world.freeze(campaign)


async def test_a_campaign_without_a_text_for_everybody_is_refused(world: Campaigns) -> None:
    campaign = await world.campaign("k", texts=[("a", "nong_dan", "A")])
    await world.step(campaign)
    with pytest.raises(Refused, match="Không có bản a cho mọi người trên telegram"):
        await world.freeze(campaign)


async def test_who_waits_for_the_better_text_gets_it_when_it_is_decided(world: Campaigns) -> None:
    await world.people(300, situation="nong_dan")
    await world.contacts("telegram", 1, 300)
    texts = [("a", "", "A ⟦name⟧"), ("b", "", "B ⟦name⟧"), ("b", "nong_dan", "BN ⟦name⟧")]
    ends = datetime.now(UTC) + WEEK
    campaign = await world.begun("k", texts=texts, arms={"a": 10, "b": 10}, ends=ends)
    waiting = await world.rows("SELECT person_id FROM outbox WHERE variant = 'rest' AND due_at = expires_at")
    assert 200 < len(waiting) < 280
    async with world.engine.begin() as connection:
        assert await decide(connection, campaign, "once", "b", NOW) == len(waiting)
        assert await decide(connection, campaign, "once", "a", NOW) == 0
        left = await connection.scalar(text("SELECT count(*) FROM outbox WHERE due_at = expires_at"))
    assert left == 0
    found = await world.rows("SELECT DISTINCT body->>'text' AS words FROM outbox WHERE variant = 'rest:b/nong_dan'")
    assert [row.words for row in found] == ["BN bà con"]


async def test_a_stored_rule_is_read_back_as_it_was_written(library: Library) -> None:
    raw = {
        "asked": ["pension_amount"],
        "not": {"booked": ["pension"]},
        "places": ["phu_tho"],
        "holdout_percent": 5,
    }
    assert stored(raw) == read_audience(raw, "x", library.topics)
