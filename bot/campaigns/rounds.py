"""What the clock brings about in campaigns: they begin, speak, are watched, end; safe to run at any time and twice."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.campaigns import service, store
from bot.campaigns.audience import topics_named
from bot.campaigns.freeze import decide, freeze
from bot.campaigns.grounds import changes, told
from bot.campaigns.plan import Plan, read_plan
from bot.campaigns.rules import CLOCK, MOVES, Act, State
from bot.campaigns.schedule import ONCE, Step
from bot.campaigns.store import Campaign
from bot.campaigns.trial import Tally, better
from bot.campaigns.watch import end_overdue, missing_rows, watch
from bot.outbox.caps import Cap
from bot.outbox.channels import ADVERTISING, SMS

log = logging.getLogger(__name__)

WAITING = tuple(MOVES[Act.EXPIRE])
NO_ADVERTISING = (
    "tin quảng cáo qua SMS chưa gửi được vì nhà mạng chưa cho loại tin này. Hãy nhờ người quản trị đặt"
    " AN_SINH_SMS_ADVERTISING_TYPE, hoặc soạn chiến dịch khác không có kênh SMS."
)


async def go_round(
    engine: AsyncEngine, library: Library, caps: Sequence[Cap], *, now: datetime, advertising_by_sms: bool
) -> None:
    """Do what is due: each campaign in transactions of its own, so that one that breaks holds up no other.

    `advertising_by_sms`: whether the provider takes it; else what would send it is held.
    """
    async with engine.connect() as connection:
        alive = await store.of_states(connection, (*WAITING, State.RUNNING, State.PAUSED))
    for campaign in alive:
        try:
            plan = read_plan(campaign.plan, topics_named(campaign.plan["audience"]), campaign.key)
            async with engine.begin() as connection:
                await _hold(connection, campaign.key, library, now, advertising_by_sms=advertising_by_sms)
            await _one(engine, campaign, plan, caps, now)
        except Exception as error:
            log.error("A campaign cannot go on", extra={"campaign": campaign.id, "reason": type(error).__name__})
    async with engine.begin() as connection:
        await watch(connection, now)
    async with engine.begin() as connection:
        await end_overdue(connection, now)
        await missing_rows(connection)


async def _hold(
    connection: AsyncConnection, key: str, library: Library, now: datetime, *, advertising_by_sms: bool
) -> None:
    """Pause what may not go on as it was approved, and ask its approver again; what has not begun is a draft again."""
    campaign = await store.locked(connection, key)
    if campaign is None or campaign.state not in (*WAITING, State.RUNNING, State.PAUSED):
        return
    what = _changed(campaign, library)
    if not advertising_by_sms and await store.begins_with(connection, campaign.id, SMS.name, ADVERTISING):
        what = f"{what} {NO_ADVERTISING}".strip()
    if not what or campaign.changed == what:
        return
    log.error("A campaign may not go on as it was approved", extra={"campaign": campaign.id})
    if campaign.state in WAITING:
        await _act(connection, campaign, Act.WITHDRAW, now, what)
        await store.rest_on(connection, campaign.id, {})
        return
    if campaign.state is State.RUNNING:
        await _act(connection, campaign, Act.PAUSE, now, what)
    await store.has_changed(connection, campaign.id, what)


def _changed(campaign: Campaign, library: Library) -> str:
    plan = read_plan(campaign.plan, topics_named(campaign.plan["audience"]), campaign.key)
    found = changes(campaign.grounds, library, *plan.schedule.days)
    return told(found) if found else ""


async def _one(engine: AsyncEngine, campaign: Campaign, plan: Plan, caps: Sequence[Cap], now: datetime) -> None:
    if campaign.state in WAITING:
        async with engine.begin() as connection:
            await _begin_or_expire(connection, campaign.key, now)
    async with engine.connect() as connection:
        done = await store.frozen_steps(connection, campaign.id)
    for step in plan.schedule.steps(now):
        if step.name not in done:
            async with engine.begin() as connection:
                await _speak(connection, campaign.key, step, caps, now)
    async with engine.begin() as connection:
        await _decide(connection, campaign.key, plan, now)
    async with engine.begin() as connection:
        await _end(connection, campaign.key, plan, now)


async def _begin_or_expire(connection: AsyncConnection, key: str, now: datetime) -> None:
    """Begin what is approved and scheduled and still what was approved; what is not by its moment does not go out."""
    campaign = await store.locked(connection, key)
    if campaign is None or campaign.state not in WAITING or campaign.begins_at is None or campaign.ends_at is None:
        return
    if campaign.ends_at <= now:
        await _act(connection, campaign, Act.EXPIRE, now, "its time was over")
    elif campaign.begins_at > now:
        return
    elif campaign.state is not State.SCHEDULED:
        await _act(connection, campaign, Act.EXPIRE, now, "not approved and scheduled by its moment")
    elif await service.intact(connection, campaign):
        await _act(connection, campaign, Act.BEGIN, now)
    else:
        await _stop_changed(connection, campaign, now)


async def _stop_changed(connection: AsyncConnection, campaign: Campaign, now: datetime) -> None:
    log.error("A campaign is not what was approved", extra={"campaign": campaign.id})
    await _act(connection, campaign, Act.STOP, now, "its texts or plan are not those that were approved")


async def _speak(connection: AsyncConnection, key: str, step: Step, caps: Sequence[Cap], now: datetime) -> None:
    """Freeze the audience of a step that is due; one whose time is over is noted as missed."""
    campaign = await store.locked(connection, key)
    if campaign is None or campaign.state is not State.RUNNING:
        return
    if not await service.intact(connection, campaign):
        await _stop_changed(connection, campaign, now)
        return
    await store.note_step(connection, campaign.id, step)
    if step.expires_at <= now:
        await store.miss_step(connection, campaign.id, step.name, now)
        log.warning("A step of a campaign is missed", extra={"campaign": campaign.id})
        return
    frozen = await freeze(connection, campaign.id, step.name, now, caps=caps)
    log.info("An audience is frozen", extra={"campaign": campaign.id, "people": frozen.people})


async def _decide(connection: AsyncConnection, key: str, plan: Plan, now: datetime) -> None:
    """End a trial at the moment its plan states: the rest gets the better text."""
    campaign = await store.locked(connection, key) if plan.trial else None
    if plan.trial is None or campaign is None or campaign.state is not State.RUNNING:
        return
    if now < plan.schedule.at + timedelta(hours=plan.trial.after_hours):
        return
    if any(act.act == Act.DECIDE for act in await store.acts(connection, campaign.id)):
        return
    found = {
        row.arm: Tally(row.arm, row.sent, row.did)
        for row in await store.tallies(connection, campaign.id, plan.trial.by)
    }
    tallies = [found.get(arm, Tally(arm, 0, 0)) for arm in plan.arms]
    arm = better(tallies, plan.trial)
    number = await decide(connection, campaign.id, ONCE, arm, now)
    shares = ", ".join(f"{one.arm}: {one.did}/{one.sent}" for one in tallies)
    await store.note_act(
        connection, campaign.id, Act.DECIDE, by=CLOCK, now=now, digest=campaign.digest,
        note=f"{plan.trial.by} {shares}; {number} people get {arm}",
    )  # fmt: skip


async def _end(connection: AsyncConnection, key: str, plan: Plan, now: datetime) -> None:
    """End what is done, and what is still paused when its time is over."""
    campaign = await store.locked(connection, key)
    if campaign is None:
        return
    if campaign.state is State.RUNNING and await _finished(connection, campaign, plan, now):
        await _act(connection, campaign, Act.FINISH, now)
    elif campaign.state is State.PAUSED and plan.schedule.ends <= now:
        await _act(connection, campaign, Act.STOP, now, "its time was over while it was paused")


async def _finished(connection: AsyncConnection, campaign: Campaign, plan: Plan, now: datetime) -> bool:
    """Tell whether nothing is left to say: all steps that there will be are frozen, and every message has its end."""
    more = not plan.schedule.once and plan.schedule.ends > now
    due = {step.name for step in plan.schedule.steps(now)}
    if more or not due or not due <= await store.frozen_steps(connection, campaign.id):
        return False
    return not await store.unfinished(connection, campaign.id)


async def _act(connection: AsyncConnection, campaign: Campaign, what: Act, now: datetime, note: str = "") -> None:
    await store.become(connection, campaign, what, MOVES[what][campaign.state], by=CLOCK, now=now, note=note)
