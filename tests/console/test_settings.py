"""Settings: a stopped channel goes on when somebody says so, secrets are shown once, nobody reaches beyond their places."""

from __future__ import annotations

import asyncio
import re
from dataclasses import fields
from pathlib import Path

from bot.booking.roster import load
from bot.console.visit import HOME
from bot.settings import ROOT, Settings
from bot.staff.rules import Role
from tests.console.conftest import NOW, Console, running_console

ROSTER = """
offices:
  - {key: viet_tri, kind: social_insurance, name: BHXH cơ sở Việt Trì, address: Phường Việt Trì, commune: "07900"}
  - {key: hoa_binh, kind: post_office, name: "Bưu điện <b>Hòa Bình</b>", address: Phường Hòa Bình, commune: "04795"}
consultants:
  - {key: viet_tri.mot, office: viet_tri, name: "Cán bộ <i>01</i>", plans: [{days: [mon-fri], hours: [08:00-11:00]}]}
  - {key: hoa_binh.hai, office: hoa_binh, name: Cán bộ 02, plans: [{days: [mon-fri], hours: [08:00-11:00]}]}
"""


async def with_roster(console: Console, folder: Path) -> None:
    file = folder / "roster.yaml"
    file.write_text(ROSTER, encoding="utf-8")
    async with console.parts.engine.begin() as connection:
        await load(connection, file, now=NOW)


async def stopped(console: Console, why: str = "token") -> None:
    await console.do(
        "INSERT INTO channel_account (channel, rate, stopped) VALUES ('telegram', 30, :why)"
        " ON CONFLICT (channel) DO UPDATE SET stopped = :why",
        why=why,
    )


async def acts(console: Console, act: str) -> list[str]:
    return [row.about for row in await console.rows("SELECT about FROM audit WHERE act = :act ORDER BY id", act=act)]


async def test_a_stopped_channel_is_shown_with_its_reason_and_goes_on_when_somebody_says_so(console: Console) -> None:
    await stopped(console)
    contact = await console.parts.conversation.open_contact("telegram", "1")
    await console.do(
        "INSERT INTO outbox (key, contact_id, class, channel, body) VALUES ('r', :id, 'reply', 'telegram', '{}')",
        id=contact,
    )
    admin = await console.as_("root", Role.ADMIN)
    page = (await admin.get(f"{HOME}/settings")).text
    assert "Khóa sai hoặc đã bị thu hồi" in page and "Cho chạy lại" in page
    assert re.search(r'<td class="number">1<br>', page), "one reply waits"
    answer = await admin.post(f"{HOME}/settings/channels/telegram")
    assert answer.headers["location"] == f"{HOME}/settings?said=channel_goes_on"
    assert [row.stopped for row in await console.rows("SELECT stopped FROM channel_account")] == [None]
    assert await acts(console, "restart_channel") == ["channel:telegram"]


async def test_of_two_who_let_a_channel_go_on_at_once_one_is_told(console: Console) -> None:
    await stopped(console)
    one, other = await console.as_("one", Role.ADMIN), await console.as_("other", Role.ADMIN)
    address = f"{HOME}/settings/channels/telegram"
    answers = await asyncio.gather(one.post(address), other.post(address))
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert len(await acts(console, "restart_channel")) == 1


async def test_a_channel_serves_everybody_so_whoever_works_in_one_place_cannot_touch_it(console: Console) -> None:
    await stopped(console)
    local = await console.as_("local", Role.ADMIN, scope=("phu_tho",))
    assert "Cho chạy lại" not in (await local.get(f"{HOME}/settings")).text
    assert (await local.post(f"{HOME}/settings/channels/telegram")).status_code == 404
    assert [row.stopped for row in await console.rows("SELECT stopped FROM channel_account")] == ["token"]


async def test_a_code_and_a_calendar_address_are_shown_once(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    admin = await console.as_("root", Role.ADMIN)
    given = (await admin.post(f"{HOME}/settings/consultants/viet_tri.mot", data={"what": "code"})).text
    assert (code := re.search(r"<code>(cb_[\w-]{24})</code>", given))
    given = (await admin.post(f"{HOME}/settings/consultants/viet_tri.mot", data={"what": "feed"})).text
    assert (feed := re.search(r"<code>http://127.0.0.1:\d+(/calendar/[\w-]{32}\.ics)</code>", given))
    assert (await admin.get(feed[1])).status_code == 200, "the address opens the calendar"
    again = (await admin.get(f"{HOME}/settings/offices")).text
    assert code[1] not in again and feed[1] not in again and "Mã chờ đến" in again and "Đã cấp địa chỉ" in again
    assert await acts(console, "give_code") == await acts(console, "give_feed") == ["consultant:viet_tri.mot"]
    assert not await console.rows("SELECT FROM audit WHERE note LIKE '%' || :code || '%'", code=code[1])


async def test_a_first_password_is_shown_once_and_written_nowhere(console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    made = await admin.post(f"{HOME}/staff", data={"key": "lan", "name": "Lan", "roles": "viewer"})
    again = await admin.post(f"{HOME}/staff/lan", data={"what": "reset"})
    passwords = [re.findall(r"<code>([a-z]{6}(?:-[a-z]{6}){3})</code>", page.text) for page in (made, again)]
    assert [len(each) for each in passwords] == [1, 1] and passwords[0] != passwords[1]
    page = (await admin.get(f"{HOME}/staff")).text
    assert not [one for (one,) in passwords if one in page]
    for act in ("add_staff", "reset_password"):
        assert "staff:lan" in await acts(console, act)
    for (one,) in passwords:
        assert not await console.rows("SELECT FROM audit WHERE note LIKE '%' || :one || '%'", one=one)
        assert not await console.rows("SELECT FROM staff WHERE password LIKE '%' || :one || '%'", one=one)


async def test_offices_elsewhere_are_not_shown_and_not_touched(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    local = await console.as_("local", Role.ADMIN, scope=("07900",))
    page = (await local.get(f"{HOME}/settings/offices")).text
    assert "BHXH cơ sở Việt Trì" in page and "Hòa Bình" not in page
    for key in ("hoa_binh.hai", "khong_co"):
        assert (await local.post(f"{HOME}/settings/consultants/{key}", data={"what": "code"})).status_code == 404
    assert not await console.rows("SELECT FROM consultant_code")


async def test_many_consultants_are_read_a_page_at_a_time_and_found_by_name(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    await console.do(
        "INSERT INTO consultant (key, office_id, name) SELECT 'dong.' || n, (SELECT id FROM office WHERE key = 'viet_tri'),"
        " 'Người ' || lpad(n::text, 3, '0') FROM generate_series(1, 340) n"
    )
    admin = await console.as_("root", Role.ADMIN)
    address, seen = f"{HOME}/settings/offices", list[str]()
    for number in range(6):
        page = (await admin.get(address, params={"page": str(number)})).text
        assert len(page.encode()) < 75_000 and ("Trang sau" in page) == (number < 5)
        seen += re.findall(r'action="/console/settings/consultants/([^"]+)"', page)
    assert len(seen) == len(set(seen)) == 342
    found = (await admin.get(address, params={"q": "nguoi 017"})).text
    assert re.findall(r'action="/console/settings/consultants/([^"]+)"', found) == ["dong.17"]
    assert "hoa_binh.hai" in (await admin.get(address, params={"q": "hoa binh"})).text, "by the name of the office too"
    assert "Xem tất cả" in (await admin.get(address, params={"q": "<khong>"})).text


async def test_names_of_a_roster_are_never_run(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    page = (await (await console.as_("root", Role.ADMIN)).get(f"{HOME}/settings/offices")).text
    assert "<b>Hòa Bình" not in page and "&lt;i&gt;01" in page


async def test_rules_in_force_are_shown_and_keys_are_not(console: Console) -> None:
    page = (await (await console.as_("root", Role.ADMIN)).get(f"{HOME}/settings/rules")).text
    assert "08:00 – 21:00" in page and "2 tin trong 7 ngày" in page and "3 tin trong 24 giờ" in page
    assert "730 ngày từ khi nhắn" in page and "02:30" in page
    assert "19009068" not in page and "Đã đặt" in page and "Chưa đặt" in page


async def test_each_rule_says_who_changes_it_and_how(console: Console) -> None:
    page = (await (await console.as_("root", Role.ADMIN)).get(f"{HOME}/settings/rules")).text
    ruled = page.partition("<h2>Giờ gửi tin</h2>")[2].partition("<details")[0]
    how = [
        re.sub(r"<[^>]+>", "", row.rpartition('<td class="long">')[2]).strip()
        for row in ruled.split("</tr>")
        if "<td>" in row
    ]
    assert len(how) == 17
    assert {one.partition(":")[0].split(",")[0].split(";")[0] for one in how} == {
        "Máy chủ", "Phần mềm", "Luật", "Người dân tự quyết", "Không ai xóa được",
    }  # fmt: skip
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"AN_SINH_\w+", page):
        assert f"| `{name}` |" in readme, name


async def test_no_page_of_settings_shows_a_secret(database_url: str) -> None:
    secrets = {one.name: f"bi-mat-{one.name}-0123456789" for one in fields(Settings) if not one.repr}
    async with running_console(database_url, rasa_secret="bi-mat-rasa-0123456789", **secrets) as console:
        admin = await console.as_("root", Role.ADMIN)
        for path in ("", "/rules", "/offices"):
            page = (await admin.get(f"{HOME}/settings{path}")).text
            assert "bi-mat" not in page and database_url not in page, path
        rules = (await admin.get(f"{HOME}/settings/rules")).text
        kept = re.findall(r"<td>(Đã đặt|Chưa đặt)</td>.*?<code>AN_SINH_(\w+)</code>", rules)
        assert {name.lower() for state, name in kept if state == "Đã đặt"} == {
            *secrets,
            "sms_refuse_by",
            "sms_advertising_type",
        }
