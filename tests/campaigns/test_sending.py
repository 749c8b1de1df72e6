"""Campaigns over real senders and the simulated Telegram: pausing in time, watching, ending, and accounts that close."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.campaigns.watch import FEWEST, Account, end_overdue, missing_rows, reconcile, watch
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from tests.campaigns.sending_world import Campaigns
from tests.outbox.world import World, engine_of, sender, sending

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)


class Site(Campaigns):
    """Campaigns, and the world in which they are sent."""

    def __init__(self, world: World) -> None:
        super().__init__(world.engine)
        self.world, self.remote = world, world.remote

    async def citizens(self, count: int) -> None:
        await self.remote.citizens("telegram", first=1, count=count)
        await self.people(count)
        await self.contacts("telegram", 1, count)

    async def account(self, campaign: int) -> Account:
        async with self.engine.connect() as connection:
            return await reconcile(connection, campaign)

    async def watched(self) -> list[str]:
        async with self.engine.begin() as connection:
            return await watch(connection, NOW)

    async def got(self) -> int:
        return len(await self.remote.truth("telegram", "got"))


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Remote]:
    async with running_simulator(Switches(unlimited=True)) as remote:
        yield remote


@pytest.fixture
async def site(running: Remote, database_url: str) -> AsyncIterator[Site]:
    await running.reset(unlimited=True)
    engine = engine_of(database_url)
    yield Site(World(engine, running))
    await engine.dispose()


async def test_everybody_gets_their_message_once_and_the_account_closes(site: Site) -> None:
    await site.citizens(150)
    await site.people(5, 151)
    campaign = await site.begun("k", texts=[("a", "", "A"), ("b", "", "B")], arms={"a": 50, "b": 50})
    async with sending(sender(site.engine, site.remote)):
        await site.world.settled()
    assert await site.world.disagreements() == []
    found = await site.account(campaign)
    assert (found.people, found.sent, found.excluded, found.closed) == (155, 150, {"no_contact": 5}, True)
    assert len(await site.world.got()) == 150


async def test_a_pause_takes_effect_within_two_seconds_with_calls_under_way(site: Site) -> None:
    await site.citizens(400)
    campaign = await site.begun("k")
    await site.remote.fault("latency", face="telegram", value=0.15)
    async with sending(sender(site.engine, site.remote, rate=30)):
        while await site.got() < 30:
            await asyncio.sleep(0.05)
        await site.become(campaign, "paused", "pause")
        await asyncio.sleep(2)
        then = await site.got()
        await asyncio.sleep(2)
        assert await site.got() == then < 150
        assert await site.fates(campaign) == {"sent": then, "planned": 400 - then}
        await site.become(campaign, "running", "resume")
        await asyncio.sleep(1)
        assert await site.got() > then
    assert await site.world.disagreements() == []


async def test_a_stop_reaches_messages_that_are_planned_while_others_leave(site: Site) -> None:
    await site.citizens(200)
    campaign = await site.begun("k")
    async with sending(sender(site.engine, site.remote, rate=60)):
        while await site.got() < 20:
            await asyncio.sleep(0.05)
        await site.says(False, "telegram", 101, 200)
        before = {line.address for line in await site.remote.truth("telegram", "got")}
        await site.world.settled()
    after = {line.address for line in await site.remote.truth("telegram", "got")} - before
    assert not {who for who in after if int(who) > 101}  # one may have been under way
    found = await site.account(campaign)
    assert found.closed
    assert found.excluded["stopped"] >= 99


async def test_replies_overtake_a_campaign(site: Site) -> None:
    await site.citizens(200)
    await site.begun("k")
    await site.world.plan(20, "reply", prefix="reply")
    async with sending(sender(site.engine, site.remote, rate=30)):
        await asyncio.sleep(3)
        assert await site.value("SELECT count(*) FROM outbox WHERE class = 'reply' AND state <> 'sent'") == 0
        assert (await site.world.states())["planned"] > 50


async def test_a_campaign_that_fails_is_paused_with_the_numbers_and_is_judged_anew_when_it_goes_on(site: Site) -> None:
    await site.citizens(FEWEST)
    campaign = await site.begun("k")
    await site.do("UPDATE outbox SET state = 'sent', started_at = now()")
    assert await site.watched() == []
    await site.do("UPDATE outbox SET state = 'failed' WHERE person_id <= 8")
    await site.do("UPDATE outbox SET state = 'unknown' WHERE person_id IN (9, 10)")
    assert await site.watched() == []  # a fifth is just allowed
    await site.do("UPDATE outbox SET state = 'unknown' WHERE person_id = 11")
    assert await site.watched() == ["k"]
    assert await site.watched() == []
    row = (await site.rows("SELECT state, why FROM campaign"))[0]
    assert (row.state, row.why) == ("paused", f"errors 11/{FEWEST}")
    act = (await site.rows("SELECT by, act, note, at FROM campaign_act"))[0]
    assert (act.by, act.act, act.note, act.at) == ("clock", "pause", row.why, NOW)
    await site.become(campaign, "running", "resume")
    assert await site.watched() == []


async def test_who_has_blocked_us_is_no_error_of_a_campaign(site: Site) -> None:
    await site.citizens(FEWEST + 40)
    await site.remote.citizens("telegram", first=1, count=30, blocked=True)
    campaign = await site.begun("k")
    async with sending(sender(site.engine, site.remote)):
        await site.world.settled()
    assert await site.fates(campaign) == {"failed": 30, "sent": FEWEST + 10}
    assert await site.watched() == []
    await site.do("UPDATE outbox SET state = 'failed', reason = 'chat_not_found' WHERE person_id BETWEEN 31 AND 43")
    assert await site.watched() == ["k"]
    assert await site.value("SELECT why FROM campaign") == f"errors 13/{FEWEST + 10}"


@pytest.mark.parametrize(
    ("reason", "share", "paused"),
    [("forbidden", 100, True), ("zalo_-213", 100, True), ("blocked", 100, True), ("zalo_-244", 50, False),
     ("deactivated", 50, False), ("blocked", 51, True), ("blocked", 50, False), ("forbidden", 21, True)],
)  # fmt: skip
async def test_a_campaign_is_paused_when_more_cannot_be_reached_than_go_by_themselves(
    reason: str, share: int, paused: bool, site: Site
) -> None:
    await site.citizens(100)
    await site.begun("k")
    await site.do("UPDATE outbox SET state = 'sent', started_at = now()")
    await site.do(
        "UPDATE outbox SET state = 'failed', reason = :why WHERE person_id <= :share", why=reason, share=share
    )
    await site.do("UPDATE contact SET unreachable = :why WHERE person_id <= :share", why=reason, share=share)
    assert await site.watched() == (["k"] if paused else [])
    assert await site.value("SELECT why FROM campaign") == (f"errors {share}/100" if paused else None)


async def test_too_few_messages_say_nothing_about_errors(site: Site) -> None:
    await site.citizens(FEWEST - 1)
    await site.begun("k")
    await site.do("UPDATE outbox SET state = 'failed', started_at = now()")
    assert await site.watched() == []


async def test_what_will_never_be_sent_is_ended_once_with_its_reason(site: Site) -> None:
    await site.citizens(3)
    campaigns = {
        key: await site.begun(key, ends=datetime.now(UTC) + timedelta(days=1))
        for key in ("running", "done", "stopped", "withdrawn", "over", "paused")
    }
    await site.become(campaigns["done"], "done", "finish")
    await site.become(campaigns["stopped"], "stopped", "stop")
    await site.become(campaigns["withdrawn"], "stopped", "withdraw")
    await site.become(campaigns["paused"], "paused", "pause")
    await site.do("UPDATE campaign SET ends_at = now() - interval '1 s' WHERE key = 'over'")
    await site.do(
        "UPDATE outbox SET expires_at = now() WHERE campaign_id = :id AND person_id = 1", id=campaigns["paused"]
    )
    for ended in (13, 0):
        async with site.engine.begin() as connection:
            assert await end_overdue(connection, datetime.now(UTC)) == ended
    assert {key: await site.fates(campaign) for key, campaign in campaigns.items()} == {
        "running": {"planned": 3},
        "done": {"expired": 3},
        "stopped": {"campaign_stopped": 3},
        "withdrawn": {"withdrawn": 3},
        "over": {"expired": 3},
        "paused": {"planned": 2, "expired": 1},
    }
    assert not (await site.account(campaigns["paused"])).closed
    assert (await site.account(campaigns["withdrawn"])).closed


async def test_rows_that_are_missing_are_told(site: Site) -> None:
    await site.citizens(3)
    campaign = await site.begun("k")
    async with site.engine.connect() as connection:
        assert await missing_rows(connection) == {}
    await site.do("DELETE FROM outbox WHERE person_id = 2")
    async with site.engine.connect() as connection:
        assert await missing_rows(connection) == {"k": 1}
    assert (await site.account(campaign)).missing == 1


async def test_each_unknown_message_is_listed(site: Site) -> None:
    await site.citizens(60)
    campaign = await site.begun("k")
    await site.remote.fault("hang", face="telegram", probability=0.2)
    async with sending(sender(site.engine, site.remote)):
        await site.world.settled()
    found = await site.account(campaign)
    assert found.closed
    assert len(found.unknown) > 0
    assert all(one.channel == "telegram" and one.step == "once" and one.at for one in found.unknown)
    assert found.sent + len(found.unknown) == 60


async def test_a_paused_campaign_at_the_head_of_the_ledger_does_not_slow_the_claims_of_another(site: Site) -> None:
    await site.citizens(20)
    paused, other = await site.campaign("paused", state="paused"), await site.begun("other")
    await site.do(
        "INSERT INTO outbox (id, key, contact_id, class, channel, body, campaign_id, person_id, step)"
        " OVERRIDING SYSTEM VALUE SELECT -n, 'p' || n, c.id, 'campaign', 'telegram', '{}', :id, c.person_id, n::text"
        " FROM generate_series(1, 200000) AS n JOIN contact c ON c.person_id = n % 20 + 1",
        id=paused,
    )
    await site.do("ANALYZE outbox")
    async with sending(sender(site.engine, site.remote)):
        begun = asyncio.get_running_loop().time()
        while (await site.fates(other)).get("sent", 0) < 20:
            await asyncio.sleep(0.02)
        assert asyncio.get_running_loop().time() - begun < 2
