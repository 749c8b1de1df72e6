"""A campaign from the plan to the people, over simulated Telegram and SMS, by the commands that staff give."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text

from bot.answers.library import Library
from bot.campaigns import commands, store
from bot.campaigns.desk import Desk
from bot.campaigns.rounds import go_round
from bot.clock import VIETNAM
from bot.errors import Refused
from bot.law.parameters import Law
from bot.outbox.caps import caps_of
from bot.rehearsal import rehearse
from bot.settings import Settings
from bot.simulator.run import running_simulator
from bot.staff import accounts
from tests.booking.world import World as BookingWorld
from tests.campaigns.test_plan import plan as raw_plan
from tests.outbox.world import World, engine_of, sender, sending

KEY = "nong_dan_12_2026"


NOON = datetime(2026, 11, 27, 12, tzinfo=VIETNAM)


class Office:
    """Two members of staff at their terminal, and people on Telegram."""

    def __init__(self, world: World, library: Library, folder: Path, moment: datetime) -> None:
        self.world, self.library, self.folder, self.moment = world, library, folder, moment
        self.settings = Settings(sms_refuse_by="19009068", sms_advertising_type="2", campaign_cap="2/7")
        self.passwords: dict[str, Path] = {}

    async def hire(self, key: str, role: str) -> None:
        async with self.world.engine.begin() as connection:
            password = await accounts.add(connection, key, name=key, roles=[role], by="operator", now=self.moment)
            await connection.execute(text("UPDATE staff SET password_is_new = false"))
        self.passwords[key] = self.folder / f"{key}.txt"
        self.passwords[key].write_text(password, encoding="utf-8")

    async def says(self, line: str) -> str:
        """Give a command as typed, `lan: submit …`."""
        who, _, words = line.partition(": ")
        parser = argparse.ArgumentParser()
        commands.add_arguments(parser)
        typed = words.split("|") if "|" in words else words.split()
        signed = ["--by", who, "--password-file", str(self.passwords[who])] if who else []
        given = parser.parse_args([typed[0], *signed, *typed[1:]])
        desk = Desk(self.world.engine, self.library, self.settings, self.moment)
        return "\n".join(await commands.run(desk, given, rehearse))

    async def round(self) -> None:
        await go_round(
            self.world.engine, self.library, caps_of(self.settings.campaign_cap), now=self.moment,
            advertising_by_sms=bool(self.settings.sms_advertising_type),
        )  # fmt: skip


@pytest.fixture
async def office(database_url: str, library: Library, tmp_path: Path) -> AsyncIterator[Office]:
    engine = engine_of(database_url)
    async with running_simulator() as remote:
        office = Office(World(engine, remote), library, tmp_path, NOON - timedelta(hours=1))
        await office.hire("lan", "author")
        await office.hire("minh", "approver")
        yield office
    await engine.dispose()


async def farmers(office: Office, count: int) -> None:
    """So many farmers of Bình Xuyên on Telegram; the third has stopped, the fourth was never asked, the fifth is a trader."""
    await office.world.people(count)
    await office.world.do(
        "UPDATE person SET situation = 'nong_dan', province = 'phu_tho', commune = '08950', name = 'Bà Tám' WHERE id > 0"
    )
    await office.world.do(
        "INSERT INTO consent (contact_id, purpose, given, text_version, proof)"
        " SELECT id, 'outreach', address <> '3', 'v1', 'list:1' FROM contact WHERE address <> '4'"
    )
    await office.world.do(
        "UPDATE person SET situation = 'tieu_thuong' FROM contact c WHERE c.person_id = person.id AND c.address = '5'"
    )


def write_plan(office: Office, **changed: object) -> Path:
    at = office.moment + timedelta(hours=1)
    fixed = {"template": "nong_dan", "channels": ["telegram"], "schedule": {"at": f"{at:%Y-%m-%d %H:%M}"}}
    raw = raw_plan(**{**fixed, "ends": f"{at:%Y-%m-%d} 20:00", **changed})
    file = office.folder / "plan.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return file


def with_rate(library: Library, day: date, value: str) -> Library:
    """Return the library of an editor for whom the rate of contribution is another from a day on."""
    name = "voluntary_contribution.rate"
    old = library.law.parameters[name]
    new = replace(old.values[-1], since=day, value=Decimal(value))
    values = tuple(sorted([*(one for one in old.values if one.since != day), new], key=lambda one: one.since))
    law = Law({**library.law.parameters, name: replace(old, values=values)})
    return replace(library, law=law, _answers={}, _search=None, _heads=None)


async def stands(office: Office) -> tuple[str, str | None]:
    [row] = await office.world.rows("SELECT state, why FROM campaign")
    return row.state, row.why


async def until_scheduled(office: Office, **changed: object) -> str:
    """Have a campaign written, approved and scheduled; return its digest."""
    await office.says(f"lan: create {write_plan(office, **changed)}")
    digest = (await office.says(f"lan: submit {KEY}")).rpartition(" ")[2].rstrip(".")
    await office.says(f"minh: approve {KEY} --digest {digest}")
    await office.says(f"lan: schedule {KEY}")
    return digest


async def test_a_number_that_changes_while_a_campaign_runs_pauses_it_until_its_approver_has_looked_again(
    office: Office,
) -> None:
    await farmers(office, 6)
    digest = await until_scheduled(office)
    office.moment += timedelta(hours=1)
    await office.round()
    assert await stands(office) == ("running", None)
    today, read = office.moment.date(), office.library
    office.library = with_rate(read, date(2027, 6, 1), "0.5")
    await office.round()
    assert await stands(office) == ("running", None), "of that day it says nothing"
    office.library = with_rate(read, today, "0.5")
    await office.round()
    await office.round()
    state, why = await stands(office)
    assert state == "paused" and why is not None
    rate = "Tỷ lệ đóng BHXH tự nguyện trên mức thu nhập làm căn cứ đóng"
    assert why == (
        f"số liệu đã đổi sau khi duyệt: {rate}, ngày {today:%d/%m/%Y}: 0.22 → 0.5; {rate}, ngày 01/01/2027: 0.22 → 0.5."
        " Người duyệt phải xem lại lời tin."
    )
    assert (await office.says(f": show {KEY}")).count("clock: pause") == 1
    with pytest.raises(Refused, match="chưa gửi tiếp được: số liệu đã đổi"):
        await office.says(f"lan: resume {KEY}")
    with pytest.raises(Refused, match="không có quyền"):
        await office.says(f"lan: approve {KEY} --digest {digest}")
    assert "Next: `campaign resume" in await office.says(f"minh: approve {KEY} --digest {digest}")
    await office.says(f"minh: resume {KEY}")
    await office.round()
    assert (await stands(office))[0] == "running", "what was looked at again is no change any more"
    with pytest.raises(Refused, match="lúc này chưa làm được"):
        await office.says(f"minh: approve {KEY} --digest {digest}")
    office.library = read
    await office.round()
    assert (await stands(office))[0] == "paused", "back again is a change too"


async def test_a_number_that_changes_before_a_campaign_begins_makes_a_draft_of_it(office: Office) -> None:
    await farmers(office, 6)
    await until_scheduled(office)
    office.library = with_rate(office.library, office.moment.date(), "0.5")
    await office.round()
    assert (await stands(office))[0] == "draft"
    assert "clock: withdraw số liệu đã đổi" in await office.says(f": show {KEY}")
    digest = (await office.says(f"lan: submit {KEY}")).rpartition(" ")[2].rstrip(".")
    await office.round()
    assert (await stands(office))[0] == "submitted", "it rests on the numbers of now"
    await office.says(f"minh: approve {KEY} --digest {digest}")


async def test_a_round_that_read_old_numbers_leaves_alone_what_was_submitted_since(office: Office) -> None:
    await farmers(office, 6)
    await until_scheduled(office)
    read = office.library
    office.library = with_rate(read, office.moment.date(), "0.5")
    async with office.world.engine.begin() as meanwhile:
        await meanwhile.execute(text("SELECT FROM campaign FOR UPDATE"))
        behind = asyncio.create_task(office.round())
        waits = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        while not await office.world.rows(waits):
            await asyncio.sleep(0.01)
        desk = Desk(office.world.engine, office.library, office.settings, office.moment)
        campaign, plan = await desk.plan_of(meanwhile, KEY)
        await store.rest_on(meanwhile, campaign.id, desk.grounds_now(campaign, plan))
    await behind
    assert (await stands(office))[0] == "scheduled"


async def test_advertising_that_the_provider_does_not_take_is_held_before_any_of_it_leaves(office: Office) -> None:
    await farmers(office, 6)
    digest = await until_scheduled(office, channels=["telegram", "sms"])
    office.moment += timedelta(hours=1)
    await office.round()
    assert await stands(office) == ("running", None)
    agreed, office.settings = office.settings, replace(office.settings, sms_advertising_type="")
    await office.round()
    await office.round()
    state, why = await stands(office)
    assert state == "paused" and why is not None and "AN_SINH_SMS_ADVERTISING_TYPE" in why
    assert (await office.says(f": show {KEY}")).count("clock: pause") == 1
    with pytest.raises(Refused, match="chưa gửi tiếp được: tin quảng cáo qua SMS"):
        await office.says(f"lan: resume {KEY}")
    with pytest.raises(Refused, match="nhà mạng chưa cho"):
        await office.says(f"minh: approve {KEY} --digest {digest}")
    office.settings = agreed
    await office.says(f"minh: approve {KEY} --digest {digest}")
    await office.says(f"minh: resume {KEY}")
    await office.round()
    assert (await stands(office))[0] == "running"


@pytest.mark.parametrize(("channels", "state"), [(["telegram", "sms"], "draft"), (["telegram"], "running")])
async def test_advertising_by_sms_alone_does_not_begin_while_the_provider_does_not_take_it(
    channels: list[str], state: str, office: Office
) -> None:
    await farmers(office, 6)
    await until_scheduled(office, channels=channels)
    office.settings = replace(office.settings, sms_advertising_type="")
    office.moment += timedelta(hours=1)
    await office.round()
    assert (await stands(office))[0] == state
    assert bool(await office.world.states()) == (state == "running")


async def test_two_people_send_a_campaign_and_account_for_everybody(office: Office) -> None:
    await farmers(office, 12)
    file = write_plan(office)
    await office.says(f"lan: create {file}")
    counted = await office.says(f": count {KEY}")
    assert "11 people are meant, 9 of them" in counted and "never_consented" in counted and "stopped" in counted
    assert "Bấm nút, tôi tính thử" in await office.says(f": preview {KEY}")
    assert "9 by telegram" in await office.says(f": forecast {KEY}")
    dry = await office.says(f"lan: dry-run {KEY}")
    assert "9 người sẽ nhận" in dry and "sót 0, trùng 0; cộng lại đúng" in dry
    assert not await office.world.states(), "nobody real got anything"
    digest = (await office.says(f"lan: submit {KEY}")).rpartition(" ")[2].rstrip(".")
    with pytest.raises(Refused, match="không có quyền làm việc «Duyệt»"):
        await office.says(f"lan: approve {KEY} --digest {digest}")
    await office.says(f"minh: approve {KEY} --digest {digest}")
    await office.says(f"lan: schedule {KEY}")
    await office.round()
    assert not await office.world.states(), "its moment has not come"

    office.moment += timedelta(hours=1)
    await office.round()
    assert await office.world.states() == {"planned": 9, "excluded": 2}
    await office.world.do(
        "UPDATE outbox SET due_at = now() WHERE state = 'planned'"
    )  # the senders' clock is the real one
    await office.world.do("UPDATE outbox SET expires_at = now() + interval '1 hour'")
    await office.world.do("UPDATE campaign SET begins_at = now(), ends_at = now() + interval '1 hour'")
    async with sending(sender(office.world.engine, office.world.remote)):
        await office.world.settled()
    assert await office.world.disagreements() == []
    told = await office.world.got()
    assert len(told) == 9 and all("Chào Bà Tám" in words for _, words in told)
    await office.round()
    assert "11 people = 9 sent + 0 failed + 0 unknown + 2 excluded + 0 expired + 0 open" in await office.says(
        f": reconcile {KEY}"
    )
    shown = await office.says(f": show {KEY}")
    assert "lan: dry_run 9 người sẽ nhận" in shown
    assert "done; version" in shown and "clock: finish" in shown


async def test_nobody_acts_by_a_password_that_another_has_given(office: Office) -> None:
    await office.world.do("UPDATE staff SET password_is_new = true WHERE key = 'lan'")
    with pytest.raises(Refused, match="do người khác cấp"):
        await office.says(f"lan: create {write_plan(office)}")


async def test_what_was_not_approved_by_its_moment_goes_to_nobody(office: Office) -> None:
    await farmers(office, 6)
    await office.says(f"lan: create {write_plan(office)}")
    await office.says(f"lan: submit {KEY}")
    office.moment += timedelta(hours=1)
    await office.round()
    assert "expired: not approved and scheduled by its moment" in await office.says(f": show {KEY}")
    assert not await office.world.states()


async def approved(office: Office, **changed: object) -> None:
    await office.says(f"lan: create {write_plan(office, **changed)}")
    digest = (await office.says(f"lan: submit {KEY}")).rpartition(" ")[2].rstrip(".")
    await office.says(f"minh: approve {KEY} --digest {digest}")
    await office.says(f"lan: schedule {KEY}")


async def test_a_text_that_was_changed_behind_the_back_is_not_sent(office: Office) -> None:
    await farmers(office, 6)
    await approved(office)
    await office.world.do('UPDATE campaign_text SET body = body || \'{"text": "khác"}\'')
    office.moment += timedelta(hours=1)
    await office.round()
    assert "not those that were approved" in await office.says(f": show {KEY}")
    assert not await office.world.states()


async def test_a_text_that_is_changed_while_it_runs_is_not_sent_the_next_time(office: Office) -> None:
    await farmers(office, 6)
    at = office.moment + timedelta(hours=1)
    daily = {"from": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}", "weekdays": ["friday", "saturday"]}
    await approved(office, schedule=daily, ends=f"{at + timedelta(days=2):%Y-%m-%d} 20:00")
    office.moment = at
    await office.round()
    before = await office.world.states()
    await office.world.do('UPDATE campaign_text SET body = body || \'{"text": "khác"}\'')
    office.moment += timedelta(days=1)
    await office.round()
    rows = await office.world.rows("SELECT step FROM outbox GROUP BY step")
    assert len(rows) == 1 and sum(before.values()) == sum((await office.world.states()).values())
    assert "not those that were approved" in await office.says(f": show {KEY}")


@pytest.mark.parametrize(
    ("what", "reason"),
    [("minh: withdraw", "withdrawn"), ("minh: stop", "campaign_stopped"), ("lan: stop", "campaign_stopped")],
)
async def test_who_stops_it_leaves_out_all_who_have_not_got_it(what: str, reason: str, office: Office) -> None:
    await farmers(office, 6)
    await approved(office)
    office.moment += timedelta(hours=1)
    await office.round()
    await office.says(f"{what}|{KEY}|--why|sai mức đóng")
    await office.round()
    rows = await office.world.rows(
        "SELECT DISTINCT reason FROM outbox WHERE reason NOT IN ('stopped', 'never_consented')"
    )
    assert [row.reason for row in rows] == [reason]
    assert "0 open" in await office.says(f": reconcile {KEY}")


async def test_a_round_that_comes_twice_or_late_changes_nothing(office: Office) -> None:
    await farmers(office, 6)
    await approved(office)
    office.moment += timedelta(hours=1)
    await office.round()
    await office.world.do("INSERT INTO contact (channel, address) VALUES ('telegram', '99')")
    await office.world.do(
        "UPDATE person SET situation = 'nong_dan', province = 'phu_tho', commune = '08950' WHERE situation IS NULL"
    )
    before = await office.world.states()
    await office.round()
    await office.round()
    assert await office.world.states() == before, "who came later is not added to what was approved"


async def test_a_try_goes_to_the_named_member_of_staff_and_to_nobody_else(office: Office) -> None:
    await farmers(office, 6)
    await office.says(f"lan: create {write_plan(office)}")
    with pytest.raises(Refused, match="chưa kết nối tài khoản"):
        await office.says(f"lan: try {KEY} --to thu")
    world = BookingWorld(office.world.engine)
    await world.consultant(await world.office("chợ", commune="08950"), "thu")
    await office.world.do("UPDATE consultant SET contact_id = (SELECT id FROM contact WHERE address = '6')")
    assert "1 texts" in await office.says(f"lan: try {KEY} --to thu")
    rows = await office.world.rows(
        "SELECT c.address, o.body->>'text' AS words FROM outbox o JOIN contact c ON c.id = o.contact_id"
    )
    assert [row.address for row in rows] == ["6"]
    assert rows[0].words.startswith("[GỬI THỬ") and "Chào bà con" in rows[0].words


async def test_the_better_text_goes_to_those_who_waited_by_the_rule_of_the_plan(office: Office) -> None:
    await farmers(office, 200)
    trial = {"arms": {"a": 20, "b": 20}, "trial": {"by": "pressed", "after_hours": 2, "least": 5}}
    await approved(office, **trial)
    office.moment += timedelta(hours=1)
    await office.round()
    rows = await office.world.rows("SELECT variant, count(*) AS n FROM outbox WHERE state = 'planned' GROUP BY 1")
    waiting = {row.variant: row.n for row in rows}
    assert set(waiting) == {"a", "b", "rest"} and waiting["rest"] > 80
    await office.world.do(
        "UPDATE outbox SET state = 'sent', started_at = due_at, finished_at = due_at WHERE variant IN ('a', 'b')"
    )
    await office.world.do(
        "INSERT INTO campaign_answer (key, outbox_id, campaign_id, person_id, contact_id, kind)"
        " SELECT id::text, id, campaign_id, person_id, contact_id, 'pressed' FROM outbox"
        " WHERE variant = 'b' AND state = 'sent' AND id % 2 = 0"
    )
    office.moment += timedelta(hours=1)
    await office.round()
    assert "clock: decide" not in await office.says(f": show {KEY}"), "its hour has not come"
    office.moment += timedelta(hours=1)
    await office.round()
    await office.round()
    shown = await office.says(f": show {KEY}")
    assert shown.count("clock: decide pressed a: 0/") == 1 and f"{waiting['rest']} people get b" in shown
    rows = await office.world.rows(
        "SELECT DISTINCT variant, body->>'text' AS words FROM outbox WHERE state = 'planned'"
    )
    assert [row.variant for row in rows] == ["rest:b"] and "ngửa tay xin con" in rows[0].words


async def test_a_template_is_asked_for_an_arm_it_has_not(office: Office) -> None:
    await farmers(office, 6)
    await office.says(f"lan: create {write_plan(office, arms={'a': 50, 'c': 50})}")
    with pytest.raises(Refused, match="không có bản c"):
        await office.says(f"lan: submit {KEY}")


async def test_a_law_that_changes_before_the_end_is_told(office: Office) -> None:
    await farmers(office, 6)
    office.moment = office.moment.replace(year=2026, month=12, day=31)
    await office.says(f"lan: create {write_plan(office, ends='2027-01-02 20:00')}")
    with pytest.raises(Refused, match="luật đổi nên"):
        await office.says(f"lan: submit {KEY}")


async def test_a_dry_run_of_a_trial_ends_with_everybody_accounted_for(office: Office) -> None:
    await farmers(office, 30)
    trial = {"arms": {"a": 20, "b": 20}, "trial": {"by": "pressed", "after_hours": 2, "least": 5}}
    await office.says(f"lan: create {write_plan(office, **trial)}")
    assert "cộng lại đúng" in await asyncio.wait_for(office.says(f"lan: dry-run {KEY}"), 60)


async def test_a_campaign_goes_on_when_a_topic_that_its_audience_names_is_gone_from_the_content(office: Office) -> None:
    await farmers(office, 6)
    await office.world.do(
        "INSERT INTO behaviour (person_id, kind, topic, first_at, last_at)"
        " SELECT id, 'asked', 'contribution_amount', now(), now() FROM person"
    )
    await approved(office, audience={"situations": ["nong_dan"], "asked": ["contribution_amount"]})
    office.moment += timedelta(hours=1)
    await office.round()
    assert (await office.world.states())["planned"] == 3
    office.library = replace(office.library, topics={})
    await office.says(f"lan: pause|{KEY}|--why|xem lại")
    assert "paused" in await office.says(f": show {KEY}")
    assert "It adds up" in await office.says(f": reconcile {KEY}")
