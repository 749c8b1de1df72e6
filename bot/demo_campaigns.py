"""The campaigns of the demonstration, made as staff make them: one of each state, and one that runs on the simulator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.campaigns import service
from bot.campaigns.desk import Desk
from bot.campaigns.plan import read_plan
from bot.campaigns.rounds import go_round
from bot.campaigns.rules import Act
from bot.clock import VIETNAM
from bot.demo_place import PROVINCE, WAVE
from bot.errors import ContentError, Refused
from bot.outbox.caps import caps_of
from bot.staff import accounts

LADDER = ["telegram", "zalo_bot", "sms"]


@dataclass(frozen=True, slots=True)
class Made:
    """A campaign to be made: from which day on, counted from today, how far it comes, which share of it has left by now."""

    key: str
    template: str
    title: str
    audience: Mapping[str, Any]
    begins: int
    lasts: int
    last: Act
    sent: int = 0  # percent; 100: it is done
    hour: str = "09:00"
    arms: Mapping[str, int] | None = None
    schedule: Mapping[str, Any] | None = None  # of one that speaks several times, without its beginning


CAMPAIGNS = (
    Made("nong_dan_da_xong", "nong_dan", "Nông dân: góp ít mà già có lương", {"situations": ["nong_dan"]},
         -3, 1, Act.SCHEDULE, sent=100, arms={"a": 50, "b": 50}),
    Made("tieu_thuong_dang_gui", "tieu_thuong", "Tiểu thương chợ Việt Trì", {"joined": ["no"], "not": {"situations": ["nong_dan"]}},
         -1, 4, Act.SCHEDULE, sent=30),
    Made("nhac_ky_dong", "sap_den_ky_dong", "Nhắc kỳ đóng BHXH tự nguyện", {"joined": ["voluntary"]},
         -1, 20, Act.SCHEDULE, schedule={"around": "paid_until", "days": [-7, -3, 0, 5]}),
    Made("bao_luu_tam_dung", "bao_luu_bhxh", "Nghỉ việc rồi, đừng vội rút", {"joined": ["left"]},
         -1, 5, Act.PAUSE, sent=40),
    Made("can_ngheo_hen_gio", "ho_can_ngheo", "Hộ cận nghèo: được đỡ cả quỹ hưu và thẻ BHYT", {"entitlements": ["ho_can_ngheo"]},
         2, 1, Act.SCHEDULE),
    Made("lao_dong_tu_do_da_duyet", "lao_dong_tu_do", "Làm tự do cũng có lương hưu", {"situations": ["lao_dong_tu_do", "khac"]},
         4, 1, Act.APPROVE),
    Made("nong_dan_cho_duyet", "nong_dan", "Nông dân đợt hai", {"situations": ["nong_dan"], "joined": ["no"]},
         3, 1, Act.SUBMIT, arms={"a": 50, "b": 50}),
    Made("ho_kinh_doanh_nhap", "ho_kinh_doanh", "Hộ kinh doanh: điều cần biết", {"situations": ["ho_kinh_doanh"]},
         5, 2, Act.CREATE),
    Made("lang_nghe_da_dung", "lang_nghe_htx", "Làng nghề Hương Canh", {"situations": ["lang_nghe_htx"]},
         -1, 2, Act.STOP),
)  # fmt: skip


async def campaign(desk: Desk) -> list[str]:
    """Make them; return the keys of those that the content of this day does not allow."""
    left_out = []
    for one in CAMPAIGNS:
        try:
            await _make(desk, one)
        except (ContentError, Refused):
            left_out.append(one.key)
    return left_out


async def _make(desk: Desk, one: Made) -> None:
    first = desk.now.astimezone(VIETNAM).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(one.begins)
    written = replace(desk, now=min(desk.now, first - timedelta(days=1)))
    plan = read_plan(_plan(one, first), desk.library.topics, one.key)
    async with desk.engine.begin() as connection:
        author = await accounts.find(connection, "soanthao")
        approver = await accounts.find(connection, "duyet")
        await service.create(connection, plan, by=author, now=written.now)
        if one.last is Act.CREATE:
            return
        reach = await written.reach(connection, plan)
        texts = written.pinned(plan)
        digest = await service.submit(
            connection, plan, texts, reached=reach.planned, by=author, now=written.now,
            grounds=written.grounds(plan, texts),
        )  # fmt: skip
        if one.last is Act.SUBMIT:
            return
        await service.approve(connection, plan.key, digest=digest, by=approver, now=written.now)
        if one.last is Act.APPROVE:
            return
        await service.act(connection, plan.key, Act.SCHEDULE, by=author, now=written.now)
    if first <= desk.now:
        await _begun(desk, one, first)


def _plan(one: Made, first: datetime) -> dict[str, Any]:
    once = {"at": f"{first:%Y-%m-%d} {one.hour}"}
    several = {"from": f"{first:%Y-%m-%d}", "time": one.hour, **(one.schedule or {})}
    found: dict[str, Any] = {
        "campaign": one.key, "title": one.title, "template": one.template,
        "audience": {"places": [PROVINCE], **one.audience}, "channels": LADDER,
        "schedule": several if one.schedule else once, "ends": f"{first + timedelta(one.lasts):%Y-%m-%d} 20:00",
        "wave": WAVE,
    }  # fmt: skip
    return found | ({"arms": dict(one.arms)} if one.arms else {})


async def _begun(desk: Desk, one: Made, first: datetime) -> None:
    """Let the clock begin it at its moment, write what has left since, and do what staff did then."""
    caps = caps_of(desk.settings.campaign_cap)
    await go_round(desk.engine, desk.library, caps, now=first, advertising_by_sms=True)
    async with desk.engine.begin() as connection:
        values = {"key": one.key, "share": one.sent, "at": first}
        await connection.execute(_LEFT, values)
        await connection.execute(_ANSWERED, values)
        if one.last in (Act.PAUSE, Act.STOP):
            holder = await accounts.find(connection, "duyet")
            await service.act(connection, one.key, one.last, by=holder, now=desk.now, note="Cần xem lại lời văn")
            await connection.execute(_EXCLUDED, {"key": one.key, "over": one.last is Act.STOP})
    later = min(desk.now, first + timedelta(hours=12))
    await go_round(desk.engine, desk.library, caps, now=later, advertising_by_sms=True)


_LEFT = text(
    """
    UPDATE outbox o SET started_at = :at, finished_at = :at + o.id % 600 * interval '1 second',
        provider_id = CASE WHEN o.id % 29 = 0 THEN NULL ELSE 'demo-' || o.id END,
        state = CASE WHEN o.id % 29 = 0 THEN 'failed' WHEN o.id % 83 = 0 THEN 'unknown' ELSE 'sent' END,
        reason = CASE WHEN o.id % 29 = 0 THEN 'blocked' WHEN o.id % 83 = 0 THEN 'answer' END
    FROM campaign k WHERE k.id = o.campaign_id AND k.key = :key AND o.state = 'planned'
        AND o.id * 7919 % 100 < :share
    """
)
_ANSWERED = text(
    """
    INSERT INTO campaign_answer (key, outbox_id, campaign_id, person_id, contact_id, kind, what, at)
    SELECT 'demo:' || o.id, o.id, o.campaign_id, o.person_id, o.contact_id,
        CASE o.id % 4 WHEN 0 THEN 'pressed' WHEN 1 THEN 'replied' WHEN 2 THEN 'calculated' ELSE 'booked' END,
        CASE o.id % 4 WHEN 0 THEN 'calculate_contribution' ELSE '' END, o.finished_at + interval '20 minutes'
    FROM outbox o JOIN campaign k ON k.id = o.campaign_id
    WHERE k.key = :key AND o.state = 'sent' AND o.id % 3 = 0
    """
)
_EXCLUDED = text(
    """
    UPDATE outbox o SET state = 'excluded', reason = 'campaign_stopped', finished_at = now()
    FROM campaign k WHERE :over AND k.id = o.campaign_id AND k.key = :key AND o.state = 'planned'
    """
)
