"""The account of acts in a province: its administrator reads its own lines, nothing of elsewhere, and nothing about the whole."""

from __future__ import annotations

import pytest

from bot.console.visit import HOME
from bot.staff import audit
from bot.staff.audit_places import places_of_thing
from bot.staff.rules import Role
from tests.console.attacks import REAL
from tests.console.conftest import NOW, Console

KINDS = {
    "campaign": "/campaigns", "wave": "/waves", "consultant": "/bookings/people", "field_day": "/bookings/field",
    "invitation": "/people/invitations", "appointment": "/bookings", "talk": "/talks", "person": "/people",
    "staff": "/staff", "work": "/content/work",
}  # fmt: skip
WORK = "SELECT w.id FROM work_item w JOIN rumour r ON w.kind = 'rumour' AND r.id = w.ref WHERE r.province = 'phu_tho'"


async def key_of(stage: Console, kind: str) -> str:
    return str((await stage.rows(WORK if kind == "work" else REAL[KINDS[kind]]))[0][0])


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_done_from_everywhere_with_a_thing_is_read_where_it_lies_and_nowhere_else(
    kind: str, stage: Console
) -> None:
    key = await key_of(stage, kind)
    about = f"work/{key}" if kind == "work" else f"{kind}:{key}"
    near = await stage.as_("gan", Role.ADMIN, scope=("phu_tho",))
    far = await stage.as_("xa", Role.ADMIN, scope=("ca_mau",))
    both = await stage.as_("tat_ca", Role.ADMIN)
    async with stage.parts.engine.begin() as connection:
        assert await places_of_thing(connection, about)
        await audit.write(connection, by="tat_ca", act="sign_in", about=about, note=f"dòng {kind}", now=NOW)
    assert f"dòng {kind}" in (await near.get(f"{HOME}/audit")).text
    assert f"dòng {kind}" in (await both.get(f"{HOME}/audit")).text
    assert f"dòng {kind}" not in (await far.get(f"{HOME}/audit", params={"about": about})).text


@pytest.mark.parametrize(
    "about", ["person:1x", "person:", "work/", "list:0f3a", "channel:sms", "2026/viet_tri", "x:y", "", ":", "/"]
)
async def test_what_lies_nowhere_in_particular_has_no_place(about: str, stage: Console) -> None:
    async with stage.parts.engine.connect() as connection:
        assert await places_of_thing(connection, about) == []


async def test_the_report_of_a_unit_lies_where_its_wave_does(stage: Console) -> None:
    async with stage.parts.engine.connect() as connection:
        assert await places_of_thing(connection, "phu_tho_thu/viet_tri") == ["phu_tho"]


async def test_only_who_works_everywhere_is_told_whether_the_account_is_whole(stage: Console) -> None:
    near = await stage.as_("gan", Role.ADMIN, scope=("phu_tho",))
    both = await stage.as_("tat_ca", Role.ADMIN)
    await stage.do("ALTER TABLE audit DISABLE TRIGGER USER")
    await stage.do("UPDATE audit SET note = 'khác' WHERE id = 1")
    await stage.do("ALTER TABLE audit ENABLE TRIGGER USER")
    there, here = (await both.get(f"{HOME}/audit")).text, (await near.get(f"{HOME}/audit")).text
    assert "Nhật ký đã bị sửa từ dòng 1" in there
    assert "Nhật ký đã bị sửa" not in here and "nguyên vẹn đến dòng" not in here and "Phú Thọ" in here
