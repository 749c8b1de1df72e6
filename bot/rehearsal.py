"""A dry run of a campaign: people like those it means, without names and numbers, at simulated providers that fail, and real senders.

What came of it is written into the campaign's history, with the digest it was made of, for whoever is to approve it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.campaigns import store
from bot.campaigns.desk import Desk
from bot.campaigns.digest import SHOWN, digest_of
from bot.campaigns.freeze import freeze
from bot.campaigns.plan import Plan, plan_json
from bot.campaigns.reach import judged, person
from bot.campaigns.rules import Act
from bot.campaigns.schedule import ONCE
from bot.campaigns.store import Pinned
from bot.campaigns.watch import Account, reconcile
from bot.channels.open import open_channels
from bot.clock import system_clock
from bot.database import embedded_postgres, migrate, open_engine
from bot.errors import Refused
from bot.outbox.sender import Sender
from bot.settings import Settings
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches

MOST = 5_000  # people of a dry run: of a larger audience so many, drawn by lot
HANGS, STORM = 0.01, 2.0  # the share of calls that are never answered; seconds of «too many requests»
PATIENCE = 900.0  # seconds


@dataclass(frozen=True, slots=True)
class Result:
    """What a dry run showed."""

    meant: int
    account: Account
    lost: int  # nobody got it, and the ledger does not say that it may be so
    twice: int
    seconds: float

    def lines(self) -> list[str]:
        """Tell it."""
        one = self.account
        tried = f", thử với {one.people} người rút thăm" if one.people < self.meant else ""
        return [
            f"{self.meant} người sẽ nhận{tried}; kênh giả báo quá tải {STORM:g} giây, {HANGS:.0%} lệnh gửi không được trả lời",
            f"{one.sent} đã gửi, {one.failed} lỗi, {len(one.unknown)} không rõ, {one.expired} quá hạn, trong {self.seconds:.0f} giây",
            f"sót {self.lost}, trùng {self.twice}; {'cộng lại đúng' if one.closed else 'CỘNG LẠI KHÔNG ĐÚNG'}",
        ]


async def rehearse(desk: Desk, key: str, *, by: str) -> list[str]:
    """Send a campaign to simulated people like those it means; return what came of it, written down too."""
    async with desk.engine.begin() as connection:
        campaign, plan = await desk.plan_of(connection, key)
        texts, (people, meant) = desk.pinned(plan), await _people(connection, desk, plan)
    if not people:
        raise Refused(f"{key} không đến được ai; hãy xem phần đếm người nhận để biết vì sao.")
    async with _stage() as (engine, remote, settings):
        await _enter(engine, remote, people)
        result = await _played(engine, remote, settings, plan, texts, meant)
    digest, lines = digest_of(plan_json(plan), texts), result.lines()
    async with desk.engine.begin() as connection:
        await store.note_act(
            connection, campaign.id, Act.DRY_RUN, by=by, now=desk.now, digest=digest, note="; ".join(lines)
        )
    return [*lines, f"Đã ghi vào lịch sử của {key}, mã kiểm {digest[:SHOWN]}."]


async def rehearse_apart(desk: Desk, key: str, by: str) -> list[str]:
    """Do the same in a thread with an event loop of its own: to start a database there blocks nobody else."""
    return await asyncio.to_thread(lambda: asyncio.run(_apart(desk, key, by)))


async def _apart(desk: Desk, key: str, by: str) -> list[str]:
    engine = open_engine(desk.settings.database_url)
    try:
        return await rehearse(replace(desk, engine=engine), key, by=by)
    finally:
        await engine.dispose()


async def _people(connection: AsyncConnection, desk: Desk, plan: Plan) -> tuple[list[dict[str, Any]], int]:
    """Return whom it would reach, each as their place in the ladder and what texts go by; and how many they are."""
    who = judged(desk.question(plan)).subquery("who")
    reached = (
        select(who.c.code, person.c.situation, person.c.province, person.c.commune, person.c.paid_until)
        .select_from(who.join(person, person.c.id == who.c.person_id))
        .where(who.c.code < len(plan.channels))
    )
    meant = await connection.scalar(select(func.count()).select_from(reached.subquery()))
    rows = await connection.execute(reached.order_by(func.random()).limit(MOST))
    return [{**row._mapping, "channel": plan.channels[row.code]} for row in rows], int(meant or 0)


@asynccontextmanager
async def _stage() -> AsyncIterator[tuple[AsyncEngine, Remote, Settings]]:
    """A database of its own and a simulator, both gone afterwards, and settings that lead there."""
    switches = Switches(unlimited=True)
    with (
        tempfile.TemporaryDirectory(prefix="an-sinh-") as folder,
        embedded_postgres(Path(folder) / "pg", durable=False) as url,
    ):
        migrate(url)
        engine = open_engine(url)
        try:
            async with running_simulator(switches) as remote:
                yield engine, remote, await simulated(Settings(database_url=url), remote, switches)
        finally:
            await engine.dispose()


async def simulated(settings: Settings, remote: Remote, switches: Switches) -> Settings:
    """Return settings whose channels all lead to a simulator."""
    tokens = (await remote.state())["zalo_oa_tokens"]
    return replace(
        settings,
        telegram_token=switches.telegram_token,
        telegram_url=f"{remote.url}/telegram",
        zalo_bot_token=switches.zalo_bot_token,
        zalo_bot_url=remote.zalo_bot,
        zalo_oa_app_id=switches.zalo_oa_app_id,
        zalo_oa_app_secret=switches.zalo_oa_app_secret,
        zalo_oa_id=switches.zalo_oa_id,
        zalo_oa_secret=switches.zalo_oa_secret,
        zalo_oa_refresh_token=tokens["refresh_token"],
        zalo_oa_url=remote.zalo_oa,
        sms_api_key=switches.sms_api_key,
        sms_secret_key=switches.sms_secret_key,
        sms_brandname=switches.sms_brandname,
        sms_advertising_type="2",  # as the simulator takes all
        sms_url=remote.sms,
    )


async def _enter(engine: AsyncEngine, remote: Remote, people: Sequence[dict[str, Any]]) -> None:
    """Bring the people on, each with a made-up address on their channel."""
    rows = [{**one, "id": number, "address": _address(one["channel"], number)} for number, one in enumerate(people, 1)]
    for one in rows:
        flags = {"follows": True} if one["channel"] == "zalo_oa" else {}
        await remote.citizens(one["channel"], address=one["address"], **flags)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO person (id, joined, situation, province, commune, paid_until)"
                " VALUES (:id, 'no', :situation, :province, :commune, :paid_until)"
            ),
            rows,
        )
        await connection.execute(
            text("INSERT INTO contact (channel, address, person_id) VALUES (:channel, :address, :id)"), rows
        )
        await connection.execute(
            text(
                "INSERT INTO consent (contact_id, purpose, given, text_version, proof)"
                " SELECT id, 'outreach', true, 'dry run', 'dry run' FROM contact"
            )
        )


def _address(channel: str, number: int) -> str:
    return f"849{number:08d}" if channel == "sms" else str(number)


async def _played(
    engine: AsyncEngine, remote: Remote, settings: Settings, plan: Plan, texts: Sequence[Pinned], meant: int
) -> Result:
    begun = system_clock()
    campaign_id = await _begun(engine, plan, texts, begun)
    await remote.fault("hang", probability=HANGS)
    await remote.fault("429", seconds=STORM, value=1)
    opened = [one for one in open_channels(settings, engine, {}) if one.channel.capabilities.name in plan.channels]
    tasks = [asyncio.create_task(Sender(engine, one.channel, rate=one.rate).run()) for one in opened]
    try:
        async with asyncio.timeout(PATIENCE):
            while await _open(engine, campaign_id):  # noqa: ASYNC110 - other processes change it
                await asyncio.sleep(0.2)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in opened:
            await one.aclose()
    return await _result(engine, remote, campaign_id, meant, (system_clock() - begun).total_seconds())


async def _begun(engine: AsyncEngine, plan: Plan, texts: Sequence[Pinned], now: datetime) -> int:
    """Make the campaign there, running since now, and freeze its people."""
    first_arm, rest = next(iter(plan.arms)), 100 - sum(plan.arms.values())  # who waits for the better text gets it now
    arms = {**plan.arms, first_arm: plan.arms[first_arm] + rest}
    raw = {**plan_json(plan), "audience": {"joined": ["no"]}, "arms": arms}
    values = {"key": plan.key, "plan": raw, "title": plan.title, "author": "dry run", "begins_at": now}
    async with engine.begin() as connection:
        await store.add(connection, {**values, "ends_at": now + timedelta(hours=1), "wave": None, "now": now})
        campaign = await store.find(connection, plan.key)
        assert campaign is not None
        first = min({one.step for one in texts}, key=lambda step: (step != "", step))
        await store.pin(connection, campaign.id, [replace(one, step="") for one in texts if one.step == first])
        await connection.execute(text("UPDATE campaign SET state = 'running'"))
        await connection.execute(
            text("INSERT INTO campaign_step (campaign_id, step, due_at) VALUES (:id, :step, :now)"),
            {"id": campaign.id, "step": ONCE, "now": now},
        )
        await freeze(connection, campaign.id, ONCE, now, caps=())
    return campaign.id


async def _open(engine: AsyncEngine, campaign_id: int) -> bool:
    async with engine.connect() as connection:
        return bool(await store.unfinished(connection, campaign_id))


async def _result(engine: AsyncEngine, remote: Remote, campaign_id: int, meant: int, seconds: float) -> Result:
    """Compare the ledger with what people really got."""
    arrived = [line for line in await remote.truth() if line.kind == ("accepted" if line.face == "sms" else "got")]
    got = Counter((line.face, line.address) for line in arrived)  # a gateway has taken it; it delivers when it likes
    async with engine.connect() as connection:
        account = await reconcile(connection, campaign_id)
        rows = await connection.execute(
            text(
                "SELECT c.channel, c.address FROM outbox o JOIN contact c ON c.id = o.contact_id WHERE o.state = 'sent'"
            )
        )
        lost = sum(not got[row.channel, row.address] for row in rows)
    return Result(meant, account, lost, sum(count > 1 for count in got.values()), seconds)
