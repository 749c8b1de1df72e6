"""The province of the demonstration: offices with their people, staff of every role, a wave with figures, invitations."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from string import Template

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import roster, staff
from bot.campaigns.waves import service as waves
from bot.campaigns.waves.rules import Measure
from bot.campaigns.waves.service import Given
from bot.citizens import invitations
from bot.citizens.store import contact_id
from bot.clock import day_in_vietnam
from bot.staff import accounts
from bot.staff.rules import Role

DATA = Path(__file__).parent / "demo_data"
PROVINCE = "phu_tho"
WAVE = "phu_tho_thu"
FIELD_DAY = "huong_canh"  # of an event's key, before the day
DESK = "900001"  # the simulated Telegram account of the consultant who has one


@dataclass(frozen=True, slots=True)
class Account:
    """An account of staff to be made."""

    key: str
    name: str
    roles: tuple[Role, ...]
    scope: tuple[str, ...] = ()
    consultant: str = ""


ACCOUNTS = (
    Account("quantri", "Quản trị (thử)", (Role.ADMIN,)),
    Account("soanthao", "Người soạn (thử)", (Role.AUTHOR,), (PROVINCE,)),
    Account("duyet", "Người duyệt (thử)", (Role.APPROVER,), (PROVINCE,)),
    Account("tuvan", "Tư vấn viên 01", (Role.CONSULTANT,), (PROVINCE,), "viet_tri.01"),
    Account("bientap", "Biên tập viên (thử)", (Role.EDITOR,)),
    Account("lanhdao", "Lãnh đạo chỉ xem (thử)", (Role.VIEWER,), (PROVINCE,)),
)


async def build_place(connection: AsyncConnection, *, now: datetime) -> dict[str, str]:
    """Write all of it; return the accounts of staff with their first passwords."""
    today = day_in_vietnam(now)
    values = {
        "field_day": today + timedelta(days=6),
        "leave": today + timedelta(days=3),
        "document": today - timedelta(days=30),
        "starts": today - timedelta(days=12),
        "ends": today + timedelta(days=18),
        "report": today + timedelta(days=5),
    }
    said = {name: day.isoformat() for name, day in values.items()}
    with tempfile.TemporaryDirectory(prefix="an-sinh-") as folder:
        await roster.load(connection, _filled("roster.yaml", said, Path(folder)), now=now)
        await waves.load(connection, _filled("wave.yaml", said, Path(folder)), by="demo", now=now)
    await _link(connection, now)
    await _figures(connection, now)
    for event, agent in ((f"{FIELD_DAY}.{said['field_day']}", ""), (f"{FIELD_DAY}.{said['field_day']}", "viet_tri.01")):
        await invitations.invite(connection, event, agent, WAVE, now=now)
    return {one.key: await _account(connection, one, now) for one in ACCOUNTS}


def _filled(name: str, values: Mapping[str, str], folder: Path) -> Path:
    file = folder / name
    file.write_text(Template((DATA / name).read_text(encoding="utf-8")).substitute(values, name=""), encoding="utf-8")
    return file


async def _account(connection: AsyncConnection, one: Account, now: datetime) -> str:
    return await accounts.add(
        connection, one.key, name=one.name, roles=one.roles, scope=one.scope, consultant=one.consultant, by="demo",
        now=now,
    )  # fmt: skip


async def _link(connection: AsyncConnection, now: datetime) -> None:
    """Give one consultant an account to speak through, so that somebody is there for who asks for a person."""
    consultant = await staff.of_key(connection, "viet_tri.01")
    assert consultant is not None
    code = await staff.new_code(connection, consultant, now=now)
    await staff.link(connection, await contact_id(connection, "telegram", DESK), code, now=now)


_ENTERED = (
    ("viet_tri", "bhxh", Measure.VOLUNTARY, (9, 14, 7, 11)),
    ("viet_tri", "buu_dien", Measure.VOLUNTARY, (4, 0, 6, 5)),
    ("viet_tri", "bhxh", Measure.ADVICE_GROUPS, (2, 3, 2, 1)),
    ("viet_tri", "hoi_phu_nu", Measure.HOUSEHOLD_HEALTH, (30, 41, 28, 22)),
    ("binh_xuyen", "bhxh", Measure.VOLUNTARY, (5, 8, 3, 6)),
    ("binh_xuyen", "hoi_phu_nu", Measure.ADVICE_GROUPS, (1, 2, 0, 2)),
    ("hoa_binh", "bhxh", Measure.VOLUNTARY, (2, 3, 1, 0)),
    ("hoa_binh", "buu_dien", Measure.LEAFLETS, (300, 250, 0, 400)),
)  # fmt: skip


async def _figures(connection: AsyncConnection, now: datetime) -> None:
    today = day_in_vietnam(now)
    for unit, organisation, measure, counts in _ENTERED:
        for ago, count in zip((9, 6, 4, 1), counts, strict=True):
            if count:
                day = today - timedelta(days=ago)
                given = Given("demo", unit, organisation, measure, day, count, note="số liệu thử")
                await waves.enter(connection, WAVE, given, now=now)


async def is_empty(connection: AsyncConnection) -> bool:
    """Tell whether nobody and nothing stands in the database."""
    tables = ("staff", "office", "contact", "person", "campaign", "wave")
    found = " OR ".join(f"EXISTS (SELECT FROM {table})" for table in tables)
    return not await connection.scalar(text(f"SELECT {found}"))  # noqa: S608 - tables of ours
