"""What staff do with a campaign, each in the caller's transaction: write, submit, approve by another, schedule, pause, stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import store, versions
from bot.campaigns.digest import SHOWN, digest_of
from bot.campaigns.plan import Plan, plan_json
from bot.campaigns.rules import Act, State, may_resume, moved
from bot.campaigns.said import ACTS, STATES
from bot.campaigns.store import Campaign, Pinned
from bot.errors import Refused
from bot.staff import audit
from bot.staff.rules import Right, Staff
from bot.staff.scope import names_of

_NEEDS = {
    Act.CREATE: Right.WRITE_CAMPAIGNS,
    Act.EDIT: Right.WRITE_CAMPAIGNS,
    Act.DRY_RUN: Right.WRITE_CAMPAIGNS,
    Act.SUBMIT: Right.WRITE_CAMPAIGNS,
    Act.SCHEDULE: Right.WRITE_CAMPAIGNS,
    Act.SETTLE: Right.WRITE_CAMPAIGNS,
    Act.APPROVE: Right.APPROVE_CAMPAIGNS,
    Act.CONFIRM: Right.APPROVE_CAMPAIGNS,
    Act.REFUSE: Right.APPROVE_CAMPAIGNS,
    Act.WITHDRAW: Right.APPROVE_CAMPAIGNS,
    Act.PAUSE: Right.HOLD_CAMPAIGNS,
    Act.RESUME: Right.HOLD_CAMPAIGNS,  # and whose pause it was, below
    Act.STOP: Right.HOLD_CAMPAIGNS,
}
"""What staff do, and which right it needs; whatever does not stand here only the clock does."""


async def create(connection: AsyncConnection, plan: Plan, *, by: Staff, now: datetime) -> Campaign:
    """Write a draft."""
    check(by, Act.CREATE, plan_json(plan))
    await _check_wave(connection, plan)
    if not await store.add(connection, _values(plan, by) | {"key": plan.key, "now": now}):
        raise Refused(f"Đã có chiến dịch {plan.key}; hãy sửa chiến dịch đó hoặc đặt mã khác.")
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
    await _check_wave(connection, plan)
    if version is not None and version != campaign.version:
        raise Refused(f"Có người vừa sửa {plan.key}; hãy đọc lại rồi hãy sửa.")
    state = _moved(campaign, Act.EDIT)
    void = "approval is void" if campaign.approver else ""
    await store.rewrite(connection, campaign.id, _values(plan, by))
    await store.become(connection, campaign, Act.EDIT, state, by=by.key, now=now, note=void)
    await _write_down(connection, plan.key, Act.EDIT, by, now, void)


async def submit(
    connection: AsyncConnection,
    plan: Plan,
    texts: Sequence[Pinned],
    *,
    reached: int,
    by: Staff,
    now: datetime,
    grounds: Mapping[str, str] | None = None,
) -> str:
    """Pin the texts and ask for approval; return the digest that the approver sees.

    `reached`: who would get it now. `grounds`: what the texts rest on, None: on nothing that may change.
    """
    campaign = await _locked(connection, plan.key)
    check(by, Act.SUBMIT, campaign.plan)
    state = _moved(campaign, Act.SUBMIT)
    if plan_json(plan) != campaign.plan:
        raise Refused(f"Có người vừa sửa {plan.key}; hãy đọc lại rồi hãy gửi duyệt.")
    if plan.schedule.at <= now:
        raise Refused(f"{plan.key} bắt đầu trong quá khứ; hãy dời lịch gửi.")
    if not reached:
        raise Refused(
            f"{plan.key} không đến được ai. Xem phần đếm người nhận để biết vì sao, rồi mở rộng nhóm nhận hoặc thêm kênh."
        )
    digest = digest_of(plan_json(plan), texts)
    await store.pin(connection, campaign.id, texts)
    await store.rest_on(connection, campaign.id, grounds or {})
    await versions.keep(connection, campaign, digest, texts, now)
    await store.become(connection, campaign, Act.SUBMIT, state, by=by.key, now=now, digest=digest)
    await _write_down(connection, plan.key, Act.SUBMIT, by, now, digest[:SHOWN])
    return digest


async def approve(
    connection: AsyncConnection,
    key: str,
    *,
    digest: str,
    by: Staff,
    now: datetime,
    grounds: Mapping[str, str] | None = None,
) -> None:
    """Approve exactly what was read: `digest` is what the approver saw, its first 12 signs or more.

    What is paused because a number has changed is approved again as it is, on the `grounds` of now: then it may go on.
    """
    campaign = await _locked(connection, key)
    check(by, Act.APPROVE, campaign.plan)
    again = campaign.state is State.PAUSED and campaign.changed is not None
    state = campaign.state if again else _moved(campaign, Act.APPROVE)
    if by.key in writers(campaign, await store.acts(connection, campaign.id)):
        raise Refused(f"{by.name} đã soạn {key} nên không được duyệt; phải là người khác.")
    if len(digest) < SHOWN or not (campaign.digest or "").startswith(digest):
        raise Refused(
            f"{key} không còn là bản bạn đã đọc: dấu của bản này là {(campaign.digest or '')[:SHOWN]}. Hãy đọc lại."
        )
    if not await intact(connection, campaign):
        raise Refused(f"Nội dung của {key} không đúng bản đã gửi duyệt; phải sửa và gửi duyệt lại.")
    if campaign.ends_at is None or campaign.ends_at <= now:
        raise Refused(f"{key} đã quá hạn; hãy dời lịch rồi gửi duyệt lại.")
    what, note = (Act.CONFIRM, "đã xem lại, lời tin vẫn đúng") if again else (Act.APPROVE, "")
    await store.become(connection, campaign, what, state, by=by.key, now=now, approver=by.key, note=note)
    if again:
        await store.rest_on(connection, campaign.id, grounds or {})
    await _write_down(connection, key, what, by, now, digest[:SHOWN])


def writers(campaign: Campaign, acts: Sequence[Any]) -> set[str]:
    """Return who has written a campaign, by its history: no second person for it."""
    return {campaign.author, *(act.by for act in acts if act.act in (Act.CREATE, Act.EDIT, Act.SUBMIT))}


def resumable(campaign: Campaign, acts: Sequence[Any], by: Staff) -> bool:
    """Tell whether somebody may let a campaign go on, by its history."""
    paused_by = next((act.by for act in reversed(acts) if act.act == Act.PAUSE), "")
    return campaign.state is State.PAUSED and may_resume(by, paused_by=paused_by, wrote=writers(campaign, acts))


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
    if what is Act.RESUME and campaign.changed:
        raise Refused(f"{key} chưa gửi tiếp được: {campaign.changed}")
    if what is Act.RESUME and not resumable(campaign, await store.acts(connection, campaign.id), by):
        raise Refused(
            f"{by.name} không tự cho {key} gửi tiếp được, vì người khác hoặc máy đã tạm dừng. Hãy nhờ người duyệt xem và bấm «Gửi tiếp»."
        )
    if what in (Act.REFUSE, Act.WITHDRAW, Act.PAUSE, Act.STOP) and not note.strip():
        raise Refused(f"Hãy ghi lý do, vài chữ cũng được: người khác sẽ đọc trong lịch sử của {key}.")
    await store.become(connection, campaign, what, state, by=by.key, now=now, note=note.strip())
    await _write_down(connection, key, what, by, now, note.strip())
    return campaign


def check(by: Staff, what: Act, *plans: Mapping[str, Any]) -> None:
    """Raise Refused when somebody may not do that, or not for all the places that the plans mean."""
    if what not in _NEEDS or not by.may(_NEEDS[what]):
        raise Refused(f"{by.name} không có quyền làm việc «{ACTS[what]}» với chiến dịch.")
    if not all(by.answers_for(plan["audience"].get("places", ())) for plan in plans):
        raise Refused(f"{by.name} chỉ phụ trách {', '.join(names_of(by))}; nhóm nhận phải nằm trong đó.")


async def _check_wave(connection: AsyncConnection, plan: Plan) -> None:
    if plan.wave and not await store.wave_exists(connection, plan.wave):
        raise Refused(f"Không có đợt ra quân {plan.wave}; hãy đưa đợt đó vào trước, hoặc để trống.")


async def _write_down(
    connection: AsyncConnection, key: str, what: Act, by: Staff, now: datetime, note: str = ""
) -> None:
    await audit.write(connection, by=by.key, act=what, about=f"campaign:{key}", note=note, now=now)


def _moved(campaign: Campaign, what: Act) -> State:
    state = moved(what, campaign.state)
    if state is None:
        raise Refused(
            f"{campaign.key} đang ở bước «{STATES[campaign.state]}», lúc này chưa làm được việc «{ACTS[what]}». Hãy tải lại trang."
        )
    return state


async def _locked(connection: AsyncConnection, key: str) -> Campaign:
    campaign = await store.locked(connection, key)
    if campaign is None:
        raise Refused(f"Không có chiến dịch {key}.")
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
