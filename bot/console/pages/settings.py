"""Settings as staff see them: channels, offices and their people, and the rules in force; what is set in a file is only shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.booking import feed, rules, staff, staffed
from bot.booking.staffed import Office
from bot.campaigns.answers.survey_store import KEPT
from bot.citizens import retention
from bot.clock import VIETNAM
from bot.console.visit import Page, Visit
from bot.errors import Refused
from bot.outbox import desk, quiet
from bot.outbox.caps import SMS_LAW, read_cap
from bot.outbox.channels import CAPABILITIES
from bot.staff import audit
from bot.staff.rules import Right
from bot.staff.sign_in import IDLE, LONGEST
from bot.vn.text import fold_key

A_PAGE = 60  # consultants
_ZALO, _OURS = "Zalo, ở trang của ứng dụng", "Người phụ trách máy chủ tự đặt, 16 ký tự trở lên"
_KEYS = {
    "telegram_token": ("Telegram", "@BotFather trên Telegram"),
    "zalo_bot_token": ("Zalo Bot", "Zalo, khi tạo bot"),
    "zalo_oa_app_id": ("Zalo OA: mã ứng dụng", _ZALO),
    "zalo_oa_app_secret": ("Zalo OA: khóa ứng dụng", _ZALO),
    "zalo_oa_secret": ("Zalo OA: khóa ký tin đến", _ZALO),
    "zalo_oa_refresh_token": ("Zalo OA: mã làm mới đầu tiên", _ZALO),
    "sms_api_key": ("SMS: khóa", "eSMS, khi ký hợp đồng"),
    "sms_secret_key": ("SMS: khóa bí mật", "eSMS, khi ký hợp đồng"),
    "sms_brandname": ("SMS: tên người gửi", "Nhà mạng, khi đăng ký tên"),
    "sms_refuse_by": ("SMS: số nhận «TC»", "eSMS, khi ký hợp đồng"),
    "sms_advertising_type": ("SMS: loại tin quảng cáo", "eSMS, khi ký hợp đồng"),
    "hook_secret": ("Ký địa chỉ lịch và tin các kênh gửi đến", _OURS),
    "person_secret": ("Mã hóa số người đã tính trong đợt ra quân", _OURS),
}
"""The keys of the outside world by setting: what each is for, and who gives it."""


async def _channels(visit: Visit) -> Response:
    midnight = datetime.combine(visit.today, time(), VIETNAM).astimezone(UTC)
    async with visit.house.engine.connect() as connection:
        found = await desk.accounts(connection, since=midnight)
    never = [name for name in CAPABILITIES if name not in {one.channel for one in found}]
    return visit.show("settings/channels.html", accounts=found, never=never, may_act=visit.staff.answers_for(()))


async def _restart(visit: Visit) -> Response:
    """Let a channel go on: it serves the whole country, so whoever works in one place cannot."""
    if not visit.staff.answers_for(()) or visit.path("name") not in CAPABILITIES:
        raise HTTPException(404)
    async with visit.house.engine.begin() as connection:
        await desk.let_go_on(connection, visit.path("name"), by=visit.staff.key, now=visit.now)
    return visit.go("/settings", said="channel_goes_on")


async def _offices(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        return await _offices_shown(visit, connection)


async def _offices_shown(visit: Visit, connection: AsyncConnection, once: Mapping[str, str] | None = None) -> Response:
    wanted, number = visit.query("q").strip(), visit.query_number("page")
    found = _named(await staffed.offices(connection, visit.staff.scope, now=visit.now), wanted)
    shown, more = _part(found, number)
    given = {"whose": "", "code": "", "feed": "", **(once or {})}
    return visit.show("settings/offices.html", offices=shown, more=more, number=number, q=wanted, once=given)


def _named(found: Sequence[Office], wanted: str) -> list[Office]:
    """Return the offices of a name, whole, and of others the consultants of that name."""
    key = fold_key(wanted)
    whole = {office.key for office in found if key in fold_key(office.name)}
    ours = [
        replace(
            office, consultants=[one for one in office.consultants if office.key in whole or key in fold_key(one.name)]
        )
        for office in found
    ]
    return [office for office in ours if office.key in whole or office.consultants]


def _part(found: Sequence[Office], number: int) -> tuple[list[Office], bool]:
    """Return a page of offices, one with many people over several pages, and whether there are more."""
    lines = [(office, one) for office in found for one in office.consultants or (None,)]
    shown: dict[str, Office] = {}
    for office, one in lines[number * A_PAGE : (number + 1) * A_PAGE]:
        shown.setdefault(office.key, replace(office, consultants=[])).consultants.extend([one] if one else [])
    return list(shown.values()), len(lines) > (number + 1) * A_PAGE


async def _give(visit: Visit) -> Response:
    """Give a consultant a code to link an account, or a new address of the calendar; either is shown this once."""
    key, what = visit.path("key"), visit.field("what", 20)
    async with visit.house.engine.begin() as connection:
        commune = await staffed.place_of(connection, key)
        consultant = await staff.of_key(connection, key)
        if commune is None or consultant is None or not visit.staff.answers_for([commune]):
            raise HTTPException(404)
        if what == "code":
            once = {"code": staff.PREFIX + await staff.new_code(connection, consultant, now=visit.now)}
        elif what == "feed":
            once = {"feed": f"{_address(visit)}/calendar/{await feed.renew(connection, consultant.id)}.ics"}
        else:
            raise Refused("Không rõ cần làm gì.")
        await audit.write(connection, by=visit.staff.key, act=f"give_{what}", about=f"consultant:{key}", now=visit.now)
        return await _offices_shown(visit, connection, {"whose": consultant.name, **once})


def _address(visit: Visit) -> str:
    settings = visit.house.settings
    return settings.public_url or f"http://{settings.host}:{settings.port}"


async def _rules(visit: Visit) -> Response:
    settings = visit.house.settings
    return visit.show(
        "settings/rules.html",
        quiet=quiet,
        own=read_cap(settings.campaign_cap),
        written=settings.campaign_cap,
        law=SMS_LAW,
        most_appointments=settings.most_appointments,
        lasts={
            "kept": retention.kept_by(settings), "survey": KEPT, "code": staff.LASTS, "calendar": feed.PAST, "hold": rules.HOLD,
            "idle": IDLE, "session": LONGEST,
        },
        night=retention.AT_NIGHT,
        keys=_keys(visit),
    )  # fmt: skip


def _keys(visit: Visit) -> list[tuple[str, str, str, bool]]:
    """Return what each key is for, who gives it, the name of its setting, and whether it is set; never the key."""
    settings = visit.house.settings
    return [(*told, f"AN_SINH_{name.upper()}", bool(getattr(settings, name))) for name, told in _KEYS.items()]


PAGES = (
    Page("/settings", "Kênh gửi tin", Right.KEEP_SETTINGS, get=_channels, menu="settings", help="channels"),
    Page("/settings/channels/{name}", "Kênh gửi tin", Right.KEEP_SETTINGS, post=_restart),
    Page(
        "/settings/offices", "Cơ quan, tư vấn viên", Right.KEEP_SETTINGS, get=_offices, menu="settings", help="offices"
    ),
    Page("/settings/consultants/{key}", "Cơ quan, tư vấn viên", Right.KEEP_SETTINGS, post=_give),
    Page("/settings/rules", "Quy định đang áp dụng", Right.KEEP_SETTINGS, get=_rules, menu="settings", help="rules"),
)
