"""Places and people are said by name: what is meant is understood, what may be several is asked, what is unknown is refused, nothing is lost."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from bot.console.visit import HOME
from bot.staff.rules import Role
from bot.vn.communes import communes
from tests.console.campaign_world import AT, KEY, author, drafted, state, told, typed
from tests.console.conftest import Console
from tests.console.test_settings import with_roster

BINH_XUYEN = ["08935", "08944", "08950", "08971"]


async def scope(console: Console, key: str) -> list[str]:
    return list((await console.rows("SELECT scope FROM staff WHERE key = :key", key=key))[0].scope)


def account(**changed: Any) -> dict[str, Any]:
    return {"key": "moi", "name": "Trần Thị Mới", "roles": "viewer", **changed}


@pytest.mark.parametrize(
    ("typed_places", "kept"),
    [
        ("Phú Thọ", ["phu_tho"]),
        ("can tho; huyện Bình Xuyên, Vĩnh Phúc", [*BINH_XUYEN, "can_tho"]),
        ("phu_tho", ["phu_tho"]),
        ("Vĩnh Phúc", sorted(code for code, unit in communes().items() if unit.old_province == "vinh_phuc")),
        (" ; ", []),
    ],
)
async def test_where_somebody_works_is_said_by_name(typed_places: str, kept: list[str], console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    made = await admin.post(f"{HOME}/staff", data=account(scope_more=typed_places))
    assert made.status_code == 200 and await scope(console, "moi") == sorted(kept)


async def test_a_place_of_several_is_chosen_and_what_was_typed_is_still_there(console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    asked = await admin.post(f"{HOME}/staff", data=account(scope="can_tho", scope_more="Việt Trì"))
    assert asked.status_code == 400 and "Có nhiều nơi tên «Việt Trì»" in asked.text
    for there in (
        'value="Trần Thị Mới"',
        'value="moi"',
        'value="can_tho" checked',
        'value="Việt Trì"',
        'value="viewer" checked',
    ):
        assert there in asked.text
    offered = re.findall(r'name="scope" value="([^"]+)"> (P[^<]+|T[^<]+)<', asked.text)
    assert offered[0] == ("07900", "Phường Việt Trì, Phú Thọ") and len(offered[1][0].split()) == 5
    made = await admin.post(f"{HOME}/staff", data=account(scope=["can_tho", offered[1][0]], scope_more="Việt Trì"))
    assert made.status_code == 200 and await scope(console, "moi") == sorted([*offered[1][0].split(), "can_tho"])
    page = (await admin.get(f"{HOME}/staff")).text
    assert "Cần Thơ; Phường" in page and "Phường Việt Trì, Phú Thọ" in page and ">can_tho<" not in page


async def test_a_place_that_nobody_knows_is_refused_with_what_to_type_and_gives_nothing(console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    for places in ("Atlantis", "Phú Thọ; Atlantis"):
        refused = await admin.post(f"{HOME}/staff", data=account(scope_more=places))
        assert refused.status_code == 400 and f'value="{places}"' in refused.text
        assert "Không tìm thấy nơi «Atlantis». Hãy ghi tên xã, phường, tỉnh hoặc huyện cũ" in refused.text
    assert not await console.rows("SELECT FROM staff WHERE key = 'moi'"), (
        "who is not understood does not work everywhere"
    )


async def test_a_changed_account_that_is_not_understood_stays_open_as_it_was_typed(console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    await console.hire("lan", Role.VIEWER, scope=("phu_tho",))
    body = {"what": "roles", "roles": "editor", "scope": "phu_tho", "scope_more": "Xã Hòa Bình"}
    refused = await admin.post(f"{HOME}/staff/lan", data=body)
    row = refused.text.partition("<td>lan</td>")[2].partition("</tr>")[0]
    assert refused.status_code == 400 and "<details open>" in row and 'value="Xã Hòa Bình"' in row
    assert 'value="editor" checked' in row and 'value="viewer" checked' not in row and "Còn 7 nơi nữa" in row
    assert await scope(console, "lan") == ["phu_tho"]


async def test_in_ones_own_province_a_name_means_what_lies_there(console: Console) -> None:
    local = await console.as_("local", Role.ADMIN, scope=("phu_tho",))
    assert (await local.post(f"{HOME}/staff", data=account(scope_more="Xã Bình Xuyên"))).status_code == 200
    assert await scope(console, "moi") == ["08950"]
    page = (await local.get(f"{HOME}/staff")).text
    assert '<option value="Xã Bình Xuyên, Phú Thọ">' in page and "Cần Thơ" not in page
    away = await local.post(f"{HOME}/staff", data=account(key="xa", scope_more="Cần Thơ"))
    assert away.status_code == 400 and "chỉ giao được những nơi mà bạn phụ trách" in away.text
    assert 'value="Cần Thơ"' in away.text


async def test_a_consultant_is_found_by_name_or_part_of_it_among_ones_own(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    admin = await console.as_("root", Role.ADMIN)
    local = await console.as_("local", Role.ADMIN, scope=("07900",))
    for number, (client, written, told_) in enumerate(
        (
            (admin, "can bo", "Có 2 tư vấn viên như «can bo»"),
            (admin, "Không Ai", "Không có tư vấn viên «Không Ai»"),
            (local, "Cán bộ 02", "Không có tư vấn viên «Cán bộ 02» ở nơi bạn phụ trách"),
        )
    ):
        answer = await client.post(f"{HOME}/staff", data=account(key=f"k{number}", scope="07900", consultant=written))
        assert answer.status_code == 400 and told_ in html.unescape(answer.text) and f'value="{written}"' in answer.text
    query = "SELECT c.key FROM staff s JOIN consultant c ON c.id = s.consultant_id WHERE s.key = :key"
    for key, client, written in (("a", admin, "Cán bộ 02"), ("b", local, "viet tri"), ("c", local, "viet_tri.mot")):
        await client.post(f"{HOME}/staff", data=account(key=f"{key}.x", scope="07900", consultant=written))
        found = await console.rows(query, key=f"{key}.x")
        assert [row.key for row in found] == [("hoa_binh.hai" if key == "a" else "viet_tri.mot")]


async def test_a_name_is_looked_up_on_a_page_of_its_own_and_while_somebody_types(console: Console) -> None:
    viewer = await console.as_("vi", Role.VIEWER)
    page = await viewer.get(f"{HOME}/places", params={"places_more": "vinh phuc"})
    assert "<html" in page.text and "Hiểu là: Vĩnh Phúc cũ, nay thuộc Phú Thọ." in page.text
    asked = {"field": "scope", "scope_more": "Việt Trì; <b>x"}
    piece = await viewer.get(f"{HOME}/places", params=asked, headers={"hx-request": "true"})
    assert "<html" not in piece.text and 'name="scope" value="07900"' in piece.text
    assert "<b>" not in piece.text and "Không tìm thấy nơi «&lt;b&gt;x»" in piece.text
    other = await viewer.get(f"{HOME}/places", params={"field": "<b>", "places_more": "Việt Trì"})
    assert 'name="places" value="07900"' in other.text and "<b>" not in other.text


async def test_pages_where_places_are_said_stay_light(console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    local = await console.as_("local", Role.AUTHOR, Role.ADMIN, scope=("phu_tho",))
    everything = f"{HOME}/campaign-new?template=nong_dan"
    for client, path in ((admin, f"{HOME}/staff"), (local, f"{HOME}/staff"), (local, everything)):
        assert len((await client.get(path)).content) < 60_000, path


async def test_the_places_of_a_campaign_that_may_be_several_are_chosen_below(console: Console) -> None:
    client = await author(console)
    asked = await client.post("/console/campaign-new", data=typed(places_more="Việt Trì\nCần Thơ"))
    assert (
        asked.status_code == 400 and "Có nhiều nơi tên «Việt Trì»" in told(asked) and "Hiểu là: Cần Thơ." in told(asked)
    )
    chosen = typed(places="07900", places_more="Việt Trì\nCần Thơ", not_places_more="Vĩnh Phúc")
    assert (await client.post("/console/campaign-new", data=chosen)).status_code == 303
    audience = (await state(console)).plan["audience"]
    assert audience["places"] == ["07900", "can_tho"] and len(audience["not"]["places"]) > 30
    words = told(await client.get(AT))
    assert "Cần Thơ; Phường Việt Trì, Phú Thọ" in words and "Vĩnh Phúc cũ, nay thuộc Phú Thọ" in words
    edit = (await client.get(f"{AT}/edit")).text
    assert edit.count('name="not_places"') == 1 and 'name="not_places" value="vinh_phuc" checked' in edit


async def test_of_one_name_the_place_where_an_author_works_is_meant(console: Console) -> None:
    near = await author(console, "near", "phu_tho")
    assert (await near.post("/console/campaign-new", data=typed(places_more="Xã Bình Xuyên"))).status_code == 303
    assert (await state(console)).plan["audience"]["places"] == ["08950"]


async def test_those_who_came_by_an_invitation_are_chosen_by_its_name(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    client = await author(console)
    codes = []
    for event, agent in (("Hội chợ xuân", ""), ("Hội làng", "Cán bộ 02"), ("Hội làng", "")):
        made = await client.post(f"{HOME}/people/invitations", data={"event": event, "agent": agent})
        codes.append(made.headers["location"].rpartition("/")[2])
    page = (await client.get("/console/campaign-new?template=nong_dan")).text
    assert f'name="came_by" value="{codes[1]}"> Hội làng – Cán bộ 02<' in page
    for written, complaint in (
        ("hội", "Có nhiều lời mời như «hội»"),
        ("Hội nghị", "Không có lời mời nào như «Hội nghị»"),
    ):
        refused = await client.post("/console/campaign-new", data=typed(came_by_more=written))
        assert refused.status_code == 400 and complaint in told(refused) and f">{written}</textarea>" in refused.text
    given = typed(came_by=codes[1], came_by_more="hoi cho xuan\nqr_cho_12")
    assert (await client.post("/console/campaign-new", data=given)).status_code == 303
    assert (await state(console)).plan["audience"]["came_by"] == sorted([codes[0], codes[1], "qr_cho_12"])
    words = told(await client.get(AT))
    assert "Hội chợ xuân" in words and "Hội làng – Cán bộ 02" in words and codes[0] not in words
    assert f'value="{codes[0]}" checked' in (await client.get(f"{AT}/edit")).text


async def test_invitations_elsewhere_are_not_offered(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    client = await author(console)
    await client.post(f"{HOME}/people/invitations", data={"event": "Hội kín", "agent": "hoa_binh.hai"})
    here = await author(console, "here", "07900")
    assert "Hội kín" not in (await here.get("/console/campaign-new?template=nong_dan")).text
    refused = await here.post("/console/campaign-new", data=typed(places_more="07900", came_by_more="Hội kín"))
    assert refused.status_code == 400 and "Không có lời mời nào như «Hội kín» ở nơi bạn phụ trách" in told(refused)


async def test_who_wrote_and_who_held_a_campaign_is_named_and_the_key_is_told_where_two_have_one_name(
    console: Console,
) -> None:
    await drafted(console)
    await console.do("UPDATE campaign SET approver = 'duyet', state = 'paused'")
    await console.do(
        "INSERT INTO campaign_act (campaign_id, at, by, act, note) SELECT id, now(), 'duyet', 'pause', 'xem lại' FROM campaign"
    )
    await console.hire("duyet", Role.APPROVER)
    client = await author(console)
    for path in (AT, "/console/campaigns"):
        page = await client.get(path)
        assert '<span title="lan">Bạn lan</span>' in page.text and '<span title="duyet">Bạn duyet</span>' in page.text
        assert not re.search(r"Người (soạn|duyệt): (lan|duyet)", told(page))
    assert "Bạn duyet : Tạm dừng – xem lại" in re.sub(r"\s+", " ", told(await client.get(AT)))
    await console.do("UPDATE staff SET name = 'Nguyễn Thị Hoa'")
    words = told(await client.get(AT))
    assert "Nguyễn Thị Hoa (lan)" in words and "Nguyễn Thị Hoa (duyet)" in words
    assert KEY in (await client.get("/console/campaigns")).text


async def test_many_accounts_are_read_a_page_at_a_time_and_found_by_name(console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    await console.do(
        "INSERT INTO staff (key, name, password, roles, scope, created_at) SELECT 'nguoi.' || n, 'Người ' || lpad(n::text, 3, '0'), 'x',"
        " '{author,viewer}', '{phu_tho}', now() FROM generate_series(1, 100) n"
    )
    seen = list[str]()
    for number in range(3):
        page = (await admin.get(f"{HOME}/staff", params={"page": str(number)})).text
        assert len(page.encode()) < 90_000 and ("Trang sau" in page) == (number < 2)
        seen += re.findall(r'action="/console/staff/([^"]+)"', page)
    assert len(seen) == len(set(seen)) == 101
    found = (await admin.get(f"{HOME}/staff", params={"q": "nguoi 017"})).text
    assert re.findall(r'action="/console/staff/([^"]+)"', found) == ["nguoi.17"] and "Xem tất cả" in found
    body = {"what": "roles", "roles": "editor", "scope_more": "Atlantis"}
    refused = (await admin.post(f"{HOME}/staff/nguoi.99", data=body)).text
    assert re.findall(r'action="/console/staff/([^"]+)"', refused) == ["nguoi.99"], "wherever it stands in the list"
