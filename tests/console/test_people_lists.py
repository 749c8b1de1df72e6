"""Lists and invitations through the console: looked at first, only the file that was seen is written, only one's own places."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import httpx
from openpyxl import Workbook

from bot.console.visit import HOME
from bot.staff.rules import Role
from tests.console.conftest import Console
from tests.console.test_settings import with_roster

HEAD = "Họ tên,Điện thoại,Xã,Tỉnh,Đồng ý,Ngày đồng ý,Hình thức"
GOOD = "Người Dân Một,0912345601,Phường Việt Trì,Phú Thọ,có,05/10/2026,phiếu"
WRONG = "Người Dân Hai,12,Phường Việt Trì,Phú Thọ,,,"
ELSEWHERE = "Người Dân Ba,0912345603,Phường Hòa Bình,Phú Thọ,,,"


def sheet(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines)).encode()


async def sent(client: httpx.AsyncClient, data: bytes, step: str, name: str = "ds.csv", **more: str) -> httpx.Response:
    return await client.post(f"{HOME}/people", data={"step": step, **more}, files={"file": (name, data)}, timeout=60)


def digest_in(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


async def people(console: Console) -> list[str]:
    return [row.phone for row in await console.rows("SELECT phone FROM person WHERE phone IS NOT NULL ORDER BY phone")]


async def test_a_list_is_looked_at_and_then_written(console: Console) -> None:
    author = await console.as_("an", Role.AUTHOR)
    seen = await sent(author, sheet(GOOD, WRONG), "see")
    assert "Xem thử, chưa ghi gì." in seen.text and "Người mới: 1" in seen.text and "Ghi 1 dòng" in seen.text
    assert not await people(console)
    done = await sent(author, sheet(GOOD, WRONG), "write", digest=digest_in(seen.text))
    assert "Đã ghi danh sách." in done.text
    assert await people(console) == ["+84912345601"]
    audit = await console.rows("SELECT by, note FROM audit WHERE act = 'bring_in_list' ORDER BY id")
    assert [tuple(row) for row in audit] == [("an", ""), ("an", "2 rows, 1 refused")]


async def test_another_file_than_the_one_that_was_seen_is_not_written(console: Console) -> None:
    author = await console.as_("an", Role.AUTHOR)
    seen = digest_in((await sent(author, sheet(GOOD), "see")).text)
    answer = await sent(author, sheet(GOOD, ELSEWHERE), "write", digest=seen)
    assert answer.status_code == 400 and "không phải tệp bạn vừa xem thử" in answer.text.lower()
    assert not await people(console)


async def test_rows_to_be_mended_are_a_file_to_keep(console: Console) -> None:
    author = await console.as_("an", Role.AUTHOR)
    answer = await sent(author, sheet(GOOD, WRONG.replace("Người Dân Hai", "=cmd|' /C calc'!A0")), "errors")
    assert (
        answer.headers["content-disposition"].startswith("attachment") and answer.headers["cache-control"] == "no-store"
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2 and rows[1][0] == "3" and not any(cell.startswith("=") for cell in rows[1])


async def test_people_of_other_places_are_refused(console: Console) -> None:
    author = await console.as_("an", Role.AUTHOR, scope=("07900",))
    placeless = "Người Dân Bốn,0912345604,,,,,"
    seen = await sent(author, sheet(GOOD, ELSEWHERE, placeless), "see")
    assert "Không nhận 2 dòng" in seen.text and "nơi bạn phụ trách" in seen.text
    await sent(author, sheet(GOOD, ELSEWHERE, placeless), "write", digest=digest_in(seen.text))
    assert await people(console) == ["+84912345601"]


async def test_a_workbook_is_read_and_what_is_none_is_refused_in_plain_words(console: Console) -> None:
    author = await console.as_("an", Role.AUTHOR)
    book, out = Workbook(), io.BytesIO()
    assert book.active
    for line in (HEAD, GOOD):
        book.active.append(line.split(","))
    book.save(out)
    assert "Người mới: 1" in (await sent(author, out.getvalue(), "see", "ds.xlsx")).text
    for data in (b"PK\x03\x04 broken", b"\x00" * 50, "không có tiêu đề\n1,2".encode()):
        answer = await sent(author, data, "see", "../../etc/passwd")
        assert answer.status_code == 400 and "Không đọc được tệp này" in answer.text
    assert "Chưa chọn tệp" in (await author.post(f"{HOME}/people", data={"step": "see"})).text


async def test_only_a_piece_comes_to_a_page_that_is_open(console: Console) -> None:
    author = await console.as_("an", Role.AUTHOR)
    answer = await author.post(
        f"{HOME}/people", data={"step": "see"}, files={"file": ("ds.csv", sheet(GOOD))}, headers={"hx-request": "true"}
    )
    assert "<html" not in answer.text and "Người mới: 1" in answer.text


async def invited(client: httpx.AsyncClient, **fields: str) -> str:
    answer = await client.post(f"{HOME}/people/invitations", data=fields)
    assert answer.status_code == 303
    return answer.headers["location"].rpartition("/")[2]


async def test_an_invitation_has_a_link_a_code_to_scan_and_a_count(console: Console) -> None:
    author = await console.as_("an", Role.AUTHOR)
    code = await invited(author, event="hội chợ <b>")
    page = (await author.get(f"{HOME}/people/invitations/{code}?telegram=@ansinh_bot")).text
    assert f"/?via={code}" in page and f"https://t.me/ansinh_bot?start={code}" in page
    assert page.count("data:image/png;base64,") == 2 and "<b>" not in page
    paper = await author.get(f"{HOME}/people/invitations/{code}/pdf")
    assert paper.content.startswith(b"%PDF")
    assert code in (await author.get(f"{HOME}/people/invitations")).text
    assert await invited(author, event="hội chợ <b>") == code, "asked for again it is the same"


async def test_invitations_of_other_places_are_not_found(console: Console) -> None:
    everywhere = await console.as_("an", Role.AUTHOR)
    code = await invited(everywhere, event="tet")
    local = await console.as_("local", Role.AUTHOR, scope=("phu_tho",))
    assert code not in (await local.get(f"{HOME}/people/invitations")).text
    for path in (code, f"{code}/pdf"):
        assert (await local.get(f"{HOME}/people/invitations/{path}")).status_code == 404
    refused = await local.post(f"{HOME}/people/invitations", data={"event": "tet"})
    assert refused.status_code == 400 and "không thuộc nơi bạn phụ trách" in refused.text


async def test_an_invitation_is_chosen_and_shown_by_names_of_ones_own_places(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    local = await console.as_("local", Role.AUTHOR, scope=("07900",))
    page = (await local.get(f"{HOME}/people/invitations")).text
    assert '<option value="Cán bộ &lt;i&gt;01&lt;/i&gt;, BHXH cơ sở Việt Trì">' in page and "Cán bộ 02" not in page
    code = await invited(local, event="hội chợ", agent="Cán bộ <i>01</i>, BHXH cơ sở Việt Trì")
    assert await invited(local, event="hội chợ", agent="viet tri") == code, "a part of the name that only one has"
    assert await invited(local, event="hội chợ", agent="viet_tri.mot") == code, "whoever knows the key may type it"
    for path in ("", f"/{code}"):
        assert "Cán bộ &lt;i&gt;01" in (await local.get(f"{HOME}/people/invitations{path}")).text


async def test_who_works_elsewhere_invites_to_no_field_day_of_ones_own(console: Console, tmp_path: Path) -> None:
    await with_roster(console, tmp_path)
    await console.do(
        "INSERT INTO field_day (key, office_id, name, address, province, commune, day, starts, ends, seats)"
        " SELECT 'cho', id, 'Chợ phiên', 'x', 'phu_tho', '07900', '2026-12-03', '08:00', '11:00', 9"
        " FROM office WHERE key = 'viet_tri'"
    )
    local = await console.as_("local", Role.AUTHOR, scope=("07900",))
    refused = await local.post(f"{HOME}/people/invitations", data={"event": "cho", "agent": "hoa_binh.hai"})
    assert refused.status_code == 400 and "không thuộc nơi bạn phụ trách" in refused.text
    assert await invited(local, event="cho", agent="viet_tri.mot") == await invited(
        local, event="Chợ phiên", agent="cán bộ"
    )


async def test_what_an_invitation_is_for_is_asked_again_when_a_name_is_several_too_long_or_of_no_wave(
    console: Console, tmp_path: Path
) -> None:
    await with_roster(console, tmp_path)
    author = await console.as_("an", Role.AUTHOR)
    for fields, told in (
        ({"event": ""}, "Hãy chọn sự kiện"),
        ({"event": "hội chợ", "agent": "can bo"}, "có thể là: Cán bộ"),
        ({"event": "x" * 65}, "nhiều nhất 64 ký tự"),
        ({"event": "hội chợ", "wave": "dot_khong_co"}, "Hãy chọn đợt khác"),
    ):
        answer = await author.post(f"{HOME}/people/invitations", data=fields)
        assert answer.status_code == 400 and told in answer.text, fields
    assert not await console.rows("SELECT FROM invitation")
