"""One sender for an account over a real database and the simulated Telegram: nothing lost, nobody twice, never too fast."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import make_url

from bot.channels.calls import Clients
from bot.channels.telegram.send import Telegram
from bot.outbox.claim import Claimed
from bot.outbox.contract import Part, Upload
from bot.outbox.reachable import exclude_unreachable
from bot.outbox.sender import Sender
from bot.outbox.shape import part_of
from bot.outbox.store import expire_overdue, waiting_long, without_receipt
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from tests.outbox.world import TOKEN, World, engine_of, sender, sending

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Remote]:
    async with running_simulator(Switches(unlimited=True)) as remote:
        yield remote


@pytest.fixture
async def world(running: Remote, database_url: str) -> AsyncIterator[World]:
    await running.reset(unlimited=True)
    engine = engine_of(database_url)
    yield World(engine, running)
    await engine.dispose()


async def test_everybody_gets_the_message_once_and_the_ledger_says_so(world: World) -> None:
    await world.people(200)
    await world.plan(200)
    async with sending(sender(world.engine, world.remote)):
        assert await world.settled() == {"sent": 200}
    assert await world.disagreements() == []
    assert len(await world.got()) == 200


async def test_two_senders_of_one_account_send_nothing_twice(world: World) -> None:
    await world.people(150)
    await world.plan(150)
    first, second = sender(world.engine, world.remote), sender(world.engine, world.remote)
    async with sending(first, second):
        await world.settled()
    assert await world.disagreements() == []
    assert {row.sender for row in await world.rows("SELECT DISTINCT sender FROM outbox")} <= {first.id, second.id}


async def test_the_parts_of_a_reply_come_in_order(world: World) -> None:
    await world.people(3)
    for number in range(5):
        await world.plan(3, "reply", prefix=f"part {number} of")
    async with sending(sender(world.engine, world.remote)):
        await world.settled()
    for address in ("1", "2", "3"):
        texts = [line.text for line in await world.remote.truth("telegram", "got") if line.address == address]
        assert texts == [f"part {number} of {address}" for number in range(5)]


async def test_a_picture_that_cannot_be_sent_hardly_holds_up_the_words_behind_it(world: World) -> None:
    await world.people(1)
    await world.remote.fault("5xx", face="telegram", method="sendphoto")
    await world.plan(1, "reply", prefix="result")
    await world.do(
        "INSERT INTO outbox (key, contact_id, class, channel, body)"
        """ SELECT 'picture', id, 'reply', 'telegram', '{"text": "", "picture": {"what": "table"}}' FROM contact"""
    )
    await world.plan(1, "reply", prefix="steps")
    async with sending(sender(world.engine, world.remote, prepare=_drawn)):
        assert await world.settled(10) == {"sent": 2, "failed": 1}
    assert [line.text for line in await world.remote.truth("telegram", "got")] == ["result 1", "steps 1"]


async def _drawn(row: Claimed) -> Part:
    return part_of(row.body, Upload("a.png", "picture", PNG) if row.body.get("picture") else None)


async def test_replies_leave_before_a_campaign_that_was_planned_earlier(world: World) -> None:
    await world.people(120)
    await world.plan(100)
    await world.plan(20, "reply", first=101, prefix="reply")
    async with sending(sender(world.engine, world.remote, rate=20, at_once=8)):
        await asyncio.sleep(3)
        left = await world.rows("SELECT count(*) AS n FROM outbox WHERE class = 'reply' AND state <> 'sent'")
        assert left[0].n == 0
        assert (await world.states())["planned"] > 20


async def test_who_has_blocked_us_is_not_written_to_again(world: World) -> None:
    await world.people(3)
    await world.remote.citizens("telegram", first=2, count=1, blocked=True)
    await world.plan(3, prefix="first")
    async with sending(sender(world.engine, world.remote)):
        assert await world.settled() == {"sent": 2, "failed": 1}
        await world.plan(3, prefix="second")
        await asyncio.sleep(1.5)
    assert await world.disagreements() == []
    assert await world.rows("SELECT 1 FROM contact WHERE address = '2' AND unreachable IS NOT NULL")
    assert len(await world.got()) == 4


async def test_a_message_that_was_taken_and_never_answered_is_unknown_and_not_sent_again(world: World) -> None:
    await world.people(40)
    await world.remote.fault("hang", face="telegram", probability=0.2)
    await world.plan(40)
    async with sending(sender(world.engine, world.remote)):
        found = await world.settled()
    assert found["unknown"] > 0
    assert found["unknown"] + found["sent"] == 40
    assert await world.disagreements() == []


async def test_a_429_stops_the_account_for_as_long_as_it_says_and_slows_it(world: World) -> None:
    await world.people(30)
    await world.remote.fault("429", face="telegram", times=1, value=2)
    await world.plan(30)
    async with sending(sender(world.engine, world.remote, rate=100, at_once=4)):
        await asyncio.sleep(1.2)
        assert len(await world.got()) <= 8  # those under way when it was said
        blocked = await world.rows("SELECT blocked_until > now() AS waits, rate FROM channel_account")
        assert blocked[0].waits
        assert blocked[0].rate == 50
        assert await world.settled() == {"sent": 30}
    assert await world.disagreements() == []


async def test_what_a_429_says_is_obeyed_by_the_next_sender_too(world: World) -> None:
    await world.people(2)
    await world.do(
        "INSERT INTO channel_account (channel, rate, blocked_until) VALUES ('telegram', 100, now() + interval '2 s')"
    )
    await world.plan(2)
    async with sending(sender(world.engine, world.remote)):
        await asyncio.sleep(1)
        assert not await world.got()
        assert await world.settled() == {"sent": 2}


async def test_a_refused_token_stops_the_account_and_loses_nothing(world: World) -> None:
    await world.people(5)
    await world.remote.fault("revoked", face="telegram")
    await world.plan(5)
    async with sending(sender(world.engine, world.remote)):
        await asyncio.sleep(1.5)
    assert (await world.states()) == {"planned": 5}
    stopped = await world.rows("SELECT stopped FROM channel_account")
    assert stopped[0].stopped


async def test_what_a_dead_sender_left_is_unknown_for_a_campaign_and_sent_again_for_a_reply(world: World) -> None:
    await world.people(2)
    await world.plan(1, prefix="campaign")
    await world.plan(1, "reply", first=2, prefix="reply")
    await world.do("UPDATE outbox SET state = 'sending', sender = 'dead'")
    await world.do(
        "INSERT INTO channel_account (channel, rate, sender, leased_until) VALUES ('telegram', 100, 'dead', now() - interval '1 s')"
    )
    async with sending(sender(world.engine, world.remote)):
        assert await world.settled() == {"unknown": 1, "sent": 1}
    assert await world.got() == {("2", "reply 2"): 1}


async def test_a_sender_that_is_told_to_stop_knows_what_became_of_everything(world: World) -> None:
    await world.people(400)
    await world.plan(400)
    for _ in range(6):
        async with sending(sender(world.engine, world.remote)):
            await asyncio.sleep(0.3)
        assert (await world.states()).keys() <= {"planned", "sent"}
    async with sending(sender(world.engine, world.remote)):
        assert await world.settled() == {"sent": 400}
    assert await world.disagreements() == []


async def test_connections_to_the_database_that_break_lose_and_repeat_nothing(world: World, database_url: str) -> None:
    named = make_url(database_url).update_query_dict({"application_name": "sender"})
    engine = engine_of(named.render_as_string(hide_password=False))
    await world.people(400)
    await world.plan(400)
    async with sending(sender(engine, world.remote)):
        for _ in range(4):
            await asyncio.sleep(0.4)
            await world.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sender'")
        assert await world.settled() == {"sent": 400}
    await engine.dispose()
    assert await world.disagreements() == []


async def test_an_account_is_not_taken_from_a_sender_that_lives(world: World) -> None:
    await world.people(1)
    await world.plan(1)
    await world.do(
        "INSERT INTO channel_account (channel, rate, sender, leased_until) VALUES ('telegram', 100, 'alive', now() + interval '1 h')"
    )
    async with sending(sender(world.engine, world.remote)):
        await asyncio.sleep(2)
    assert await world.states() == {"planned": 1}


async def test_the_limit_of_telegram_is_used_without_a_429_of_our_own_making(
    running: Remote, database_url: str
) -> None:
    await running.reset(unlimited=False)
    engine = engine_of(database_url)
    world = World(engine, running)
    await world.people(150)
    await world.plan(150)
    begun = asyncio.get_running_loop().time()
    async with sending(sender(engine, running, rate=30)):
        assert await world.settled() == {"sent": 150}
    took = asyncio.get_running_loop().time() - begun
    rate = (await world.rows("SELECT rate FROM channel_account"))[0].rate
    await engine.dispose()
    assert rate == 30  # it would be lower had Telegram complained
    assert took < 150 / 30 * 2


async def test_what_breaks_beside_a_sender_never_silences_the_account(world: World) -> None:
    async def breaks() -> None:
        raise RuntimeError("a poller broke")

    await world.people(3)
    clients = Clients(count=1)
    channel = Telegram(TOKEN, clients, base_url=f"{world.remote.url}/telegram")
    async with sending(Sender(world.engine, channel, rate=100, beside=breaks)):
        await asyncio.sleep(1.5)
        await world.plan(3)
        assert await world.settled() == {"sent": 3}


async def test_a_network_that_is_away_slows_nothing_afterwards(world: World) -> None:
    await world.people(1)
    await world.plan(1)
    channel = Telegram(TOKEN, Clients(count=1), base_url="http://127.0.0.1:9/telegram")
    async with sending(Sender(world.engine, channel, rate=100)):
        await asyncio.sleep(2)
    found = await world.rows("SELECT rate, blocked_until > 'epoch' AS blocked FROM channel_account")
    assert (found[0].rate, found[0].blocked) == (100, True)
    assert await world.states() == {"planned": 1}


async def test_what_is_planned_for_somebody_who_has_left_is_excluded(world: World) -> None:
    await world.people(2)
    await world.plan(2, "reply")
    await world.do("UPDATE contact SET unreachable = 'blocked' WHERE address = '1'")
    async with world.engine.begin() as connection:
        assert await exclude_unreachable(connection) == 1
    assert await world.states() == {"excluded": 1, "planned": 1}


async def test_what_is_too_late_is_ended_and_what_nobody_sends_is_counted(world: World) -> None:
    await world.people(3)
    await world.plan(1)
    await world.plan(2, "reply", first=2, prefix="reply")
    await world.do("UPDATE outbox SET expires_at = now() - interval '1 s' WHERE class = 'campaign'")
    await world.do("UPDATE outbox SET due_at = now() - interval '1 h' WHERE class = 'reply'")
    async with world.engine.begin() as connection:
        assert await expire_overdue(connection) == 1
        assert await waiting_long(connection, timedelta(minutes=5)) == {"telegram": 2}
    assert await world.states() == {"expired": 1, "planned": 2}


async def test_what_was_sent_and_never_confirmed_is_counted_where_a_channel_confirms(world: World) -> None:
    await world.people(4)
    await world.plan(4)
    await world.do("UPDATE outbox SET state = 'sent', finished_at = now() - interval '2 h'")
    async with world.engine.begin() as connection:
        assert await without_receipt(connection, timedelta(hours=1), timedelta(hours=25)) == {}
    await world.do("UPDATE outbox SET receipt = 'delivered' WHERE contact_id = (SELECT min(contact_id) FROM outbox)")
    await world.do("UPDATE outbox SET finished_at = now() WHERE contact_id = (SELECT max(contact_id) FROM outbox)")
    async with world.engine.begin() as connection:
        assert await without_receipt(connection, timedelta(hours=1), timedelta(hours=25)) == {"telegram": 2}
