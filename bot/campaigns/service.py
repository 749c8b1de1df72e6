"""What staff do with a campaign, each in the caller's transaction: write, submit, approve by another, schedule, pause, stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import store
from bot.campaigns.digest import SHOWN, digest_of
from bot.campaigns.plan import Plan, plan_json
from bot.campaigns.rules import Act, State, moved
from bot.campaigns.store import Campaign, Pinned
from bot.errors import Refused
from bot.staff import audit
from bot.staff.rules import Right, Staff

_NEEDS = {
    Act.CREATE: Right.WRITE_CAMPAIGNS,
    Act.EDIT: Right.WRITE_CAMPAIGNS,
    Act.DRY_RUN: Right.WRITE_CAMPAIGNS,
    Act.SUBMIT: Right.WRITE_CAMPAIGNS,
    Act.SCHEDULE: Right.WRITE_CAMPAIGNS,
    Act.RESUME: Right.WRITE_CAMPAIGNS,
    Act.APPROVE: Right.APPROVE_CAMPAIGNS,
    Act.REFUSE: Right.APPROVE_CAMPAIGNS,
    Act.WITHDRAW: Right.APPROVE_CAMPAIGNS,
    Act.PAUSE: Right.HOLD_CAMPAIGNS,
    Act.STOP: Right.HOLD_CAMPAIGNS,
}
"""What staff do, and which right it needs; whatever does not stand here only the clock does."""


async def create(connection: AsyncConnection, plan: Plan, *, by: Staff, now: datetime) -> Campaign:
    """Write a draft."""
    check(by, Act.CREATE, plan_json(plan))
    if not await store.add(connection, _values(plan, by) | {"key": plan.key, "now": now}):
        raise Refused(f"There is a campaign {plan.key} already; edit it, or choose another key.")
    campaign = await _locked(connection, plan.key)
    await store.note_act(connection, campaign.id, Act.CREATE, by=by.key, now=now, digest=None, note="")
    await _write_down(connection, plan.key, Act.CREATE, by, now)
    return campaign


async def edit(
    connection: AsyncConnection, plan: Plan, *, by: Staff, now: datetime, version: int | None = None
) -> None:
    """Write another plan: it is a draft again, and an approval is void. `version`: the one that was read, if it matters."""
    campaign = await _locked(connection, plan.key)
    check(by, Act.EDIT, campaign.plan, plan_json(plan))
    if version is not None and version != campaign.version:
        raise Refused(f"{plan.key} was changed by somebody else meanwhile; read it again, then edit.")
    state = _moved(campaign, Act.EDIT)
    void = "approval is void" if campaign.approver else ""
    await store.rewrite(connection, campaign.id, _values(plan, by))
    await store.become(connection, campaign, Act.EDIT, state, by=by.key, now=now, note=void)
    await _write_down(connection, plan.key, Act.EDIT, by, now, void)


async def submit(
    connection: AsyncConnection, plan: Plan, texts: Sequence[Pinned], *, reached: int, by: Staff, now: datetime
) -> str:
    """Pin the texts and ask for approval; return the digest that the approver sees. `reached`: who would get it now."""
    campaign = await _locked(connection, plan.key)
    check(by, Act.SUBMIT, campaign.plan)
    state = _moved(campaign, Act.SUBMIT)
    if plan_json(plan) != campaign.plan:
        raise Refused(f"{plan.key} was changed by somebody else meanwhile; read it again, then submit.")
    if plan.schedule.ends <= now or (plan.schedule.once and plan.schedule.at <= now):
        raise Refused(f"{plan.key} would begin in the past; move its schedule.")
    if not reached:
        raise Refused(f"{plan.key} would reach nobody; `campaign count` says why. Widen the audience or the channels.")
    digest = digest_of(plan_json(plan), texts)
    await store.pin(connection, campaign.id, texts)
    await store.become(connection, campaign, Act.SUBMIT, state, by=by.key, now=now, digest=digest)
    await _write_down(connection, plan.key, Act.SUBMIT, by, now, digest[:SHOWN])
    return digest


async def approve(connection: AsyncConnection, key: str, *, digest: str, by: Staff, now: datetime) -> None:
    """Approve exactly what was read: `digest` is what the approver saw, its first 12 signs or more."""
    campaign = await _locked(connection, key)
    check(by, Act.APPROVE, campaign.plan)
    state = _moved(campaign, Act.APPROVE)
    written = {
        act.by for act in await store.acts(connection, campaign.id) if act.act in (Act.CREATE, Act.EDIT, Act.SUBMIT)
    }
    if by.key in written | {campaign.author}:
        raise Refused(f"{by.key} has written {key} and cannot approve it; somebody else must.")
    if len(digest) < SHOWN or not (campaign.digest or "").startswith(digest):
        raise Refused(f"{key} is not what you read: its digest is {(campaign.digest or '')[:SHOWN]}. Read it again.")
    if not await intact(connection, campaign):
        raise Refused(f"The texts of {key} are not those that were submitted; it must be edited and submitted anew.")
    if campaign.ends_at is None or campaign.ends_at <= now:
        raise Refused(f"The time of {key} is over; move its schedule and submit it anew.")
    await store.become(connection, campaign, Act.APPROVE, state, by=by.key, now=now, approver=by.key)
    await _write_down(connection, key, Act.APPROVE, by, now, digest[:SHOWN])


async def intact(connection: AsyncConnection, campaign: Campaign) -> bool:
    """Tell whether plan and texts are still those of the digest."""
    return campaign.digest == digest_of(campaign.plan, await store.pinned(connection, campaign.id))


async def act(
    connection: AsyncConnection, key: str, what: Act, *, by: Staff, now: datetime, note: str = ""
) -> Campaign:
    """Refuse, withdraw, schedule, pause, resume or stop; raise Refused when that may not be done now."""
    campaign = await _locked(connection, key)
    check(by, what, campaign.plan)
    state = _moved(campaign, what)
    if what in (Act.REFUSE, Act.WITHDRAW, Act.PAUSE, Act.STOP) and not note.strip():
        raise Refused(f"Say why, in a few words: others read it in the history of {key}.")
    await store.become(connection, campaign, what, state, by=by.key, now=now, note=note.strip())
    await _write_down(connection, key, what, by, now, note.strip())
    return campaign


def check(by: Staff, what: Act, *plans: Mapping[str, Any]) -> None:
    """Raise Refused when somebody may not do that, or not for all the places that the plans mean."""
    if what not in _NEEDS or not by.may(_NEEDS[what]):
        raise Refused(f"{by.key} may not «{what}» campaigns.")
    if not all(by.answers_for(plan["audience"].get("places", ())) for plan in plans):
        raise Refused(f"{by.key} works in {', '.join(sorted(by.scope))} only; the audience must lie there.")


async def _write_down(
    connection: AsyncConnection, key: str, what: Act, by: Staff, now: datetime, note: str = ""
) -> None:
    await audit.write(connection, by=by.key, act=what, about=f"campaign:{key}", note=note, now=now)


def _moved(campaign: Campaign, what: Act) -> State:
    state = moved(what, campaign.state)
    if state is None:
        raise Refused(f"{campaign.key} is {campaign.state}: «{what}» is not possible now.")
    return state


async def _locked(connection: AsyncConnection, key: str) -> Campaign:
    campaign = await store.locked(connection, key)
    if campaign is None:
        raise Refused(f"There is no campaign {key}; `campaign list` shows them.")
    return campaign


def _values(plan: Plan, by: Staff) -> dict[str, Any]:
    return {
        "title": plan.title,
        "plan": plan_json(plan),
        "author": by.key,
        "begins_at": plan.schedule.at,
        "ends_at": plan.schedule.ends,
        "wave": plan.wave or None,
    }
