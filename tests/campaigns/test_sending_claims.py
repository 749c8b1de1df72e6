"""A campaign's messages are claimed only while it runs and the person allows it, and looked at again just before the call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.outbox.accounts import take_over
from bot.outbox.caps import SMS_LAW, Cap, over, read_cap
from bot.outbox.claim import Claimed, claim
from bot.outbox.permission import still_permitted
from bot.outbox.quiet import silent
from tests.campaigns.sending_world import Campaigns
from tests.outbox.world import engine_of

RATE = 1000.0
ONE_A_DAY = Cap(1, timedelta(days=1))


class Desk(Campaigns):
    """Claims and looks again as senders do, without sending."""

    async def take(
        self, channel: str = "telegram", most: int = 64, caps: Sequence[Cap] = (SMS_LAW,), **more: Any
    ) -> list[Claimed]:
        async with self.engine.begin() as connection:
            await take_over(connection, channel, channel, RATE)
            await connection.execute(text("UPDATE channel_account SET paced_until = now()"))
            found = await claim(connection, channel, channel, own_rate=RATE, most=most, caps=caps, **more)
        return list(found.rows)

    async def again(
        self,
        rows: Sequence[Claimed],
        channel: str = "telegram",
        *,
        quiet: bool = False,
        caps: Sequence[Cap] = (SMS_LAW,),
    ) -> list[Claimed]:
        async with self.engine.begin() as connection:
            found = await still_permitted(connection, channel, [row.id for row in rows], silent=quiet, caps=caps)
        return [row for row in rows if row.id in found]

    async def sent(self, rows: Sequence[Claimed], ago: timedelta = timedelta()) -> None:
        await self.do(
            "UPDATE outbox SET state = 'sent', started_at = now() - :ago WHERE id = ANY(:ids)",
            ids=[row.id for row in rows],
            ago=ago,
        )

    async def due_in(self, campaign: int) -> float:
        """Return in how many seconds a campaign's only planned row is due."""
        return float(
            await self.value(
                "SELECT extract(epoch FROM due_at - now()) FROM outbox WHERE campaign_id = :id AND state = 'planned'",
                id=campaign,
            )
        )


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    engine = engine_of(database_url)
    found = Desk(engine)
    await found.people(6)
    await found.contacts("telegram", 1, 6)
    await found.contacts("sms", 1, 6)
    yield found
    await engine.dispose()


async def test_only_running_campaigns_within_their_time_are_claimed(desk: Desk) -> None:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    running = await desk.begun("running")
    for key, more in (
        ("early", {"begins": now + hour}),
        ("late", {"ends": now - hour}),
        ("paused", {}),
        ("stopped", {}),
        ("scheduled", {}),
    ):
        campaign = await desk.begun(key, begins=more.get("begins"), ends=more.get("ends"))
        if key not in ("early", "late"):
            await desk.do("UPDATE campaign SET state = :state WHERE id = :id", state=key, id=campaign)
    rows = await desk.take()
    assert {row.campaign_id for row in rows} == {running}
    assert len(rows) == 6
    assert await desk.value("SELECT count(*) FROM outbox WHERE started_at IS NOT NULL") == 6


async def test_messages_of_the_class_that_belong_to_no_campaign_are_claimed_as_ever(desk: Desk) -> None:
    await desk.do(
        "INSERT INTO outbox (key, contact_id, class, channel, body) SELECT id::text, id, 'campaign', 'telegram', '{}'"
        " FROM contact WHERE channel = 'telegram'"
    )
    rows = await desk.take()
    assert [row.campaign_id for row in rows] == [None] * 6


async def test_who_may_no_longer_be_written_to_is_left_out_at_once_with_the_reason(desk: Desk) -> None:
    campaign = await desk.begun("k")
    await desk.says(False, "telegram", 1, 1)
    await desk.says(False, "sms", 2, 2)
    await desk.do("UPDATE contact SET unreachable = 'blocked' WHERE person_id = 3 AND channel = 'telegram'")
    await desk.do("UPDATE contact SET outreach = NULL WHERE person_id = 4 AND channel = 'telegram'")
    await desk.do("UPDATE outbox SET expires_at = now() - interval '1 s' WHERE person_id = 5")
    assert len(await desk.take(most=1)) == 1  # all are settled in one look, however few may leave
    assert await desk.fates(campaign) == {
        "stopped": 2,
        "unreachable": 1,
        "never_consented": 1,
        "expired": 1,
        "sending": 1,
    }


async def test_a_paused_campaign_stands_in_nobodys_way(desk: Desk) -> None:
    first, second = await desk.begun("first"), await desk.begun("second")
    await desk.become(first, "paused", "pause")
    assert {row.campaign_id for row in await desk.take()} == {second}
    await desk.do("UPDATE outbox SET state = 'sent' WHERE state = 'sending'")
    assert await desk.take() == []
    await desk.become(first, "running", "resume")
    assert {row.campaign_id for row in await desk.take()} == {first}


async def test_of_one_person_one_message_at_a_time_is_claimed(desk: Desk) -> None:
    await desk.begun("first")
    await desk.begun("second")
    rows = await desk.take()
    assert len(rows) == len({row.contact_id for row in rows}) == 6
    assert await desk.take() == []


async def test_whoever_stops_between_the_claim_and_the_call_gets_nothing(desk: Desk) -> None:
    campaign = await desk.begun("k")
    rows = await desk.take()
    await desk.says(False, "telegram", 1, 1)
    await desk.says(False, "sms", 2, 2)
    await desk.do("UPDATE contact SET unreachable = 'blocked' WHERE person_id = 3 AND channel = 'telegram'")
    assert len(await desk.again(rows)) == 3
    assert await desk.fates(campaign) == {"sending": 3, "stopped": 2, "unreachable": 1}


@pytest.mark.parametrize(
    ("state", "act", "fate"),
    [
        ("stopped", "stop", "campaign_stopped"),
        ("stopped", "withdraw", "withdrawn"),
        ("draft", "edit", "campaign_stopped"),
    ],
)
async def test_a_campaign_that_ends_between_the_claim_and_the_call_sends_nothing(
    desk: Desk, state: str, act: str, fate: str
) -> None:
    campaign = await desk.begun("k")
    rows = await desk.take()
    await desk.become(campaign, state, act)
    assert await desk.again(rows) == []
    assert await desk.fates(campaign) == {fate: 6}


@pytest.mark.parametrize("why", ["paused", "quiet"])
async def test_a_pause_or_a_quiet_hour_puts_messages_back_and_takes_no_attempt(desk: Desk, why: str) -> None:
    campaign = await desk.begun("k")
    rows = await desk.take()
    if why == "paused":
        await desk.become(campaign, "paused", "pause")
    assert await desk.again(rows, quiet=why == "quiet") == []
    assert await desk.fates(campaign) == {"planned": 6}
    assert await desk.value("SELECT max(attempts) FROM outbox") == 0
    await desk.become(campaign, "running", "resume")
    assert len(await desk.take()) == 6


async def test_a_campaign_whose_end_comes_between_the_claim_and_the_call_expires(desk: Desk) -> None:
    campaign = await desk.begun("k")
    rows = await desk.take()
    await desk.do("UPDATE campaign SET ends_at = now()")
    assert await desk.again(rows) == []
    assert await desk.fates(campaign) == {"expired": 6}


async def test_whoever_has_lost_the_account_may_send_nothing_of_what_was_claimed(desk: Desk) -> None:
    await desk.begun("k")
    rows = await desk.take()
    await desk.do("UPDATE outbox SET state = 'unknown' WHERE state = 'sending'")
    assert await desk.again(rows) == []


async def test_a_cap_counts_over_all_campaigns_and_channels(desk: Desk) -> None:
    caps = (ONE_A_DAY, SMS_LAW)
    await desk.begun("first")
    await desk.sent(await desk.take(), ago=timedelta(hours=20))
    ends = datetime.now(UTC) + timedelta(days=3)
    second = await desk.begun("second", "sms", ends=ends)
    assert await desk.take("sms", caps=caps) == []
    assert await desk.fates(second) == {"planned": 6}  # the cap is free again in four hours
    assert (
        3.9 * 3600
        < float(
            await desk.value(
                "SELECT extract(epoch FROM min(due_at) - now()) FROM outbox WHERE campaign_id = :id", id=second
            )
        )
        <= 4 * 3600
    )
    assert len(await desk.take("sms", caps=())) == 0  # not due before
    await desk.do("UPDATE outbox SET due_at = now(), started_at = started_at - interval '5 h' WHERE class = 'campaign'")
    assert len(await desk.take("sms", caps=caps)) == 6


async def test_a_cap_that_is_not_free_before_the_end_leaves_people_out(desk: Desk) -> None:
    await desk.begun("first")
    await desk.sent(await desk.take(), ago=timedelta(hours=1))
    second = await desk.begun("second", ends=datetime.now(UTC) + timedelta(hours=22))
    assert await desk.take(caps=(ONE_A_DAY,)) == []
    assert await desk.fates(second) == {"capped": 6}


async def test_what_failed_or_was_left_out_counts_for_no_cap_and_what_is_unknown_does(desk: Desk) -> None:
    await desk.begun("first")
    await desk.sent(await desk.take())
    await desk.do("UPDATE outbox SET state = 'failed' WHERE person_id <= 2")
    await desk.do("UPDATE outbox SET state = 'excluded', reason = 'stopped' WHERE person_id = 3")
    await desk.do("UPDATE outbox SET state = 'unknown' WHERE person_id = 4")
    await desk.begun("second")
    assert len(await desk.take(caps=(ONE_A_DAY,))) == 3


async def test_nought_is_none_and_no_cap_is_no_cap(desk: Desk) -> None:
    campaign = await desk.begun("k", caps=())
    assert read_cap("") is None
    assert await desk.take(caps=(read_cap("0") or ONE_A_DAY,)) == []
    assert await desk.fates(campaign) == {"capped": 6}


async def test_the_law_allows_three_sms_in_a_day_whatever_the_house_says(desk: Desk) -> None:
    for number in range(3):
        await desk.begun(f"k{number}", "sms")
        rows = await desk.take("sms")
        assert len(rows) == 6
        await desk.sent(rows, ago=timedelta(hours=23 - number))
    fourth = await desk.begun("fourth", "sms")
    assert await desk.take("sms") == []
    assert await desk.fates(fourth) == {"planned": 6}
    await desk.begun("other", "telegram")
    assert len(await desk.take("telegram")) == 6  # the law speaks of SMS


async def test_of_two_channels_that_claim_at_once_one_sends(desk: Desk) -> None:
    caps, ends = (ONE_A_DAY,), datetime.now(UTC) + timedelta(hours=5)
    first, second = await desk.begun("first", ends=ends), await desk.begun("second", "sms", ends=ends)
    mine, theirs = await desk.take(caps=()), await desk.take("sms", caps=())  # neither has seen the other
    assert await desk.again(theirs, "sms", caps=caps) == []  # claimed later: yields
    assert await desk.fates(second) == {"capped": 6}
    assert len(await desk.again(mine, caps=caps)) == 6
    assert await desk.fates(first) == {"sending": 6}


async def test_who_sees_a_later_claim_asks_again_since_that_one_may_not_have_seen_it(desk: Desk) -> None:
    caps = (ONE_A_DAY,)
    first = await desk.begun("first")
    await desk.begun("second", "sms")
    mine, theirs = await desk.take(caps=()), await desk.take("sms", caps=())
    assert await desk.again(mine, caps=caps) == []
    assert await desk.fates(first) == {"planned": 6}
    assert (
        0
        < float(
            await desk.value(
                "SELECT extract(epoch FROM max(due_at) - now()) FROM outbox WHERE campaign_id = :id", id=first
            )
        )
        <= 2
    )
    assert len(await desk.again(theirs, "sms", caps=caps)) == 6


async def test_campaigns_wait_for_the_morning_while_replies_and_reminders_have_hours_of_their_own(desk: Desk) -> None:
    await desk.begun("k")
    six, seven = (datetime(2026, 12, 1, hour, 30, tzinfo=UTC) - timedelta(hours=7) for hour in (6, 7))
    assert silent(six) == {"reminder", "campaign"}
    assert silent(seven) == {"campaign"}
    assert await desk.take(silent=silent(seven)) == []
    assert len(await desk.take(silent=silent(seven + timedelta(hours=2)))) == 6


def test_a_cap_is_kept_however_the_time_is_laid() -> None:
    begun = datetime(2026, 12, 1, tzinfo=UTC)
    day, hour = timedelta(days=1), timedelta(hours=1)
    two = Cap(2, day)
    assert over([two], [(begun, "sms"), (begun + 23 * hour, "telegram"), (begun + day, "sms")]) == []
    assert over([two], [(begun, "sms"), (begun + 22 * hour, "telegram"), (begun + 23 * hour, "sms")]) == [two]
    assert over([SMS_LAW], [(begun, "telegram")] * 9) == []


async def test_who_became_one_person_while_both_were_frozen_gets_it_once(desk: Desk) -> None:
    await desk.begun("k")
    await desk.do("UPDATE contact SET person_id = 1 WHERE person_id = 2 AND channel = 'telegram'")
    rows = await desk.again(await desk.take())
    assert len(rows) == 5
    left = await desk.rows("SELECT person_id, reason FROM outbox WHERE state = 'excluded'")
    assert [(row.person_id, row.reason) for row in left] == [(2, "merged")]


async def test_a_cap_counts_what_the_person_got_whose_contact_it_is_now(desk: Desk) -> None:
    first = await desk.begun("first", caps=())
    await desk.sent(await desk.take(caps=()))
    await desk.begun("second", caps=())
    await desk.do("DELETE FROM outbox WHERE campaign_id = :id AND person_id = 2", id=first)
    await desk.do("UPDATE contact SET person_id = 1 WHERE person_id = 2 AND channel = 'telegram'")
    await desk.do("DELETE FROM outbox WHERE campaign_id <> :id AND person_id <> 2", id=first)
    assert not await desk.take(caps=(ONE_A_DAY,))


async def test_whose_payment_becomes_known_after_the_freeze_is_not_reminded_of_it(desk: Desk) -> None:
    await desk.do("UPDATE person SET paid_until = '2026-12-31'")
    series = await desk.campaign("series")
    await desk.step(series, "2026-12-31:-7")
    await desk.freeze(series, "2026-12-31:-7")
    await desk.do("UPDATE person SET paid_until = '2027-03-31' WHERE id IN (2, 3)")
    assert {row.contact_id for row in await desk.again(await desk.take())} == {1, 4, 5, 6}
    assert await desk.fates(series) == {"sending": 4, "paid": 2}
