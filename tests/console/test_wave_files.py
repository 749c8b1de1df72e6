"""Waves in the console by file: a plan, entries, reports printed again and handed in; looked at first, only one's own places."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

import httpx
import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.campaigns.waves import service as waves
from bot.staff.rules import Role
from tests.campaigns.wave_world import CAN_THO, FIRST, NOW, VINH_PHUC
from tests.console.campaign_world import ELSEWHERE, HERE, author, told
from tests.console.conftest import Console
from tests.console.test_people_lists import digest_in

AT = f"/console/waves/{FIRST}"
PLAN = CAN_THO.read_text(encoding="utf-8")
HEAD = "Đơn vị,Tổ chức,Chỉ tiêu,Số lượng,Ngày,Ghi chú"
GOOD = "Quận Ô Môn,Bưu điện,Nhóm tư vấn trực tiếp,3,20/5/2023,"
WRONG = "Quận Hoàn Kiếm,Bưu điện,Nhóm tư vấn trực tiếp,3,20/5/2023,"


@pytest.fixture
async def loaded(console: Console) -> Console:
    async with console.parts.engine.begin() as connection:
        await waves.load(connection, CAN_THO, by="clerk", now=NOW)
    return console


async def sent(client: httpx.AsyncClient, path: str, content: str | bytes, step: str, **more: Any) -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    return await client.post(path, data={"step": step, **more}, files={"file": ("../x.yaml", data)}, timeout=60)


async def test_a_plan_is_looked_at_and_then_written(console: Console) -> None:
    lan = await author(console, "lan", ELSEWHERE)
    seen = await sent(lan, "/console/wave-file", PLAN, "see")
    assert "Xem thử, chưa ghi gì." in seen.text and "Đợt mới: 10 đơn vị" in told(seen)
    assert not await console.rows("SELECT FROM wave")
    done = await sent(lan, "/console/wave-file", PLAN, "write", digest=digest_in(seen.text))
    assert done.headers["location"] == f"{AT}?said=wave_loaded"
    assert len(await console.rows("SELECT FROM wave")) == 3
    assert len(await console.rows("SELECT FROM audit WHERE act = 'wave_load' AND by = 'lan'")) == 3


async def test_a_plan_that_is_changed_shows_what_changes_and_only_what_was_seen_is_written(loaded: Console) -> None:
    lan = await author(loaded)
    plan = (await lan.get(f"{AT}/plan")).text
    changed = plan.replace("name: Đợt 1", "name: Đợt một")
    seen = await sent(lan, "/console/wave-file", changed, "see")
    assert "1 thay đổi so với bản 1: Thay đổi Mục Đang có Trong tệp Tên đợt Đợt 1 Đợt một" in told(seen)
    other = await sent(lan, "/console/wave-file", changed + "\n", "write", digest=digest_in(seen.text))
    assert other.status_code == 400 and "không phải tệp bạn vừa xem thử" in other.text.lower()
    await sent(lan, "/console/wave-file", changed, "write", digest=digest_in(seen.text))
    assert [tuple(row) for row in await loaded.rows("SELECT version, plan ->> 'name' FROM wave WHERE key = :key", key=FIRST)] == [
        (2, "Đợt một")
    ]  # fmt: skip
    assert "Không có gì thay đổi" in (await sent(lan, "/console/wave-file", changed, "see")).text


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (PLAN.replace("ends_on: 2023-06-09", "ends_on: hôm nay"), "waves[0].ends_on: phải là một ngày"),
        (PLAN.replace("Huyện Cờ Đỏ", "Huyện Cờ Xanh"), "không tìm thấy «Huyện Cờ Xanh»"),
        (PLAN.replace("measure: mobile_teams", "measure: <script>"), "«&lt;script&gt;» không dùng được"),
        (PLAN.replace("document:", "document: ["), "không đúng dạng YAML ở gần dòng"),
        (PLAN.replace("\n  place: Cần Thơ", ""), "thiếu mục «place»"),
        (PLAN.encode("utf-16"), "bảng mã Unicode"),
        ("waves: []", "thiếu mục «document"),
        ("", "phải gồm các dòng"),
    ],
)
async def test_what_is_wrong_with_a_plan_is_told_in_plain_words(
    broken: str | bytes, complaint: str, console: Console
) -> None:
    answer = await sent(await author(console), "/console/wave-file", broken, "see")
    assert "chưa ghi gì" in answer.text and complaint in answer.text
    assert "must be" not in answer.text and "digest" not in answer.text


async def test_a_unit_with_figures_must_stay_in_the_plan(loaded: Console) -> None:
    lan = await author(loaded)
    await sent_entries(lan, GOOD)
    plan = (await lan.get(f"{AT}/plan")).text
    answer = await sent(lan, "/console/wave-file", plan.replace("buu_dien", "tem_thu"), "see")
    assert "đã có số liệu của đơn vị «o_mon», tổ chức «buu_dien»" in answer.text


async def test_a_plan_is_brought_in_by_those_who_answer_for_all_of_it(loaded: Console) -> None:
    for key, scope in (("far", HERE), ("part", "31135")):
        refused = await sent(await author(loaded, key, scope), "/console/wave-file", PLAN, "see")
        assert refused.status_code == 400 and "không phụ trách toàn bộ" in refused.text
    moved = PLAN.replace("can_tho_2023_1", "phu_tho_thu")
    assert "Xem thử" in (await sent(await author(loaded, "here", ELSEWHERE), "/console/wave-file", moved, "see")).text


async def test_a_plan_does_not_tell_what_stands_elsewhere_under_its_key(loaded: Console) -> None:
    await sent_entries(await author(loaded, "lan", ELSEWHERE), GOOD)
    far = await author(loaded, "far", HERE)
    plan = VINH_PHUC.read_text(encoding="utf-8").replace("key: vinh_phuc_2021_thang_5", f"key: {FIRST}")
    for step in ("see", "write"):
        digest = hashlib.sha256(plan.encode()).hexdigest()
        refused = await sent(far, "/console/wave-file", plan, step, digest=digest)
        assert refused.status_code == 400 and "không phụ trách toàn bộ" in refused.text
        assert not any(secret in refused.text for secret in ("Cần Thơ", "Ninh Kiều", "o_mon", "buu_dien"))


async def sent_entries(client: httpx.AsyncClient, *rows: str, head: str = HEAD) -> httpx.Response:
    sheet = "\n".join((head, *rows))
    seen = await sent(client, f"{AT}/import", sheet, "see")
    return await sent(client, f"{AT}/import", sheet, "write", digest=digest_in(seen.text))


async def test_entries_of_a_file_are_looked_at_and_then_written_once(loaded: Console) -> None:
    lan = await author(loaded, "lan", ELSEWHERE)
    seen = await sent(lan, f"{AT}/import", "\n".join((HEAD, GOOD, WRONG)), "see")
    words = told(seen)
    assert "Sẽ ghi: 1 dòng" in words and "3 Không có đơn vị «Quận Hoàn Kiếm» trong đợt này." in words
    assert not await loaded.rows("SELECT FROM wave_entry")
    assert "Đã ghi: 1 dòng" in told(await sent_entries(lan, GOOD, WRONG))
    assert "không ghi lại: 1 dòng" in told(await sent(lan, f"{AT}/import", "\n".join((HEAD, GOOD)), "see"))
    assert [(row.agent, row.count) for row in await loaded.rows("SELECT agent, count FROM wave_entry")] == [("lan", 3)]
    assert [row.note[14:] for row in await loaded.rows("SELECT note FROM audit WHERE act = 'wave_import'")] == [
        "1 entered, 1 wrong"
    ]


async def test_who_enters_a_file_is_who_is_signed_in(loaded: Console) -> None:
    lan = await author(loaded, "lan", ELSEWHERE)
    await sent_entries(lan, f"{GOOD},hoa", head=f"{HEAD},Người nhập")
    assert [row.agent for row in await loaded.rows("SELECT agent FROM wave_entry")] == ["lan"]


async def test_faulty_rows_are_a_file_to_keep_that_runs_nothing(loaded: Console) -> None:
    lan = await author(loaded)
    answer = await sent(
        lan, f"{AT}/import", "\n".join((HEAD, GOOD, WRONG.replace("Quận Hoàn Kiếm", "=cmd|x"))), "errors"
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][0] == "3" and "đơn vị" in rows[1][1] and not any(cell.startswith("=") for cell in rows[1])
    assert not await loaded.rows("SELECT FROM wave_entry")
    again = await sent(lan, f"{AT}/import", answer.content, "see")
    assert "hãy sửa trong tệp gốc" in again.text, "a file of faults is none of entries"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"PK\x03\x04 broken", "Không mở được tệp"),
        (b"", "Tệp trống"),
        ("Đơn vị,Màu\nx,y", "Cột lạ hoặc thiếu: Màu, Tổ chức, Chỉ tiêu, Ngày"),
        (f'{HEAD}\n"x', "Tổ chức"),
        ("§¬n vÞ,Tæ chøc\nQuËn ¤ M«n,B­u ®iÖn".encode("cp1252"), "TCVN3"),
    ],
)
async def test_a_file_of_entries_that_cannot_be_read_says_what_to_do(
    content: str | bytes, complaint: str, loaded: Console
) -> None:
    answer = await sent(await author(loaded), f"{AT}/import", content, "see")
    assert complaint in answer.text and "/tmp" not in answer.text


async def test_people_one_by_one_need_the_secret_of_the_server(loaded: Console) -> None:
    head = HEAD.replace("Số lượng", "Điện thoại")
    answer = await sent(
        await author(loaded), f"{AT}/import", f"{head}\nQuận Ô Môn,bhxh,voluntary,0912345678,20/5/2023,", "see"
    )
    assert answer.status_code == 400 and "chưa bật ghi từng người" in answer.text and "0912345678" not in answer.text


async def test_an_entry_is_corrected_and_the_old_one_stays_in_the_book(loaded: Console) -> None:
    lan = await author(loaded)
    await sent_entries(lan, GOOD)
    [row] = await loaded.rows("SELECT id FROM wave_entry")
    assert 'value="3"' in (await lan.get(f"{AT}/entries/{row.id}")).text
    right = {"unit": "o_mon", "organisation": "buu_dien", "measure": "advice_groups", "count": "5", "day": "2023-05-20"}
    assert "Hãy ghi lý do" in (await lan.post(f"{AT}/entries/{row.id}", data=right)).text
    assert (await lan.post(f"{AT}/entries/{row.id}", data=right | {"note": "đếm thiếu"})).status_code == 303
    assert [r.count for r in await loaded.rows("SELECT count FROM wave_entry ORDER BY id")] == [3, -3, 5]
    assert "Quận Ô Môn 10 5 5" in told(await lan.get(AT))
    assert "Quận Ô Môn 10 3 7" in told(await lan.get(f"{AT}?up_to={row.id}")), "as it stood before"
    listed = told(await lan.get(f"{AT}/rows?unit=o_mon&measure=advice_groups"))
    assert "đếm thiếu" in listed and "đã rút lại" in listed
    assert "Không có dòng nào" in told(await lan.get(f"{AT}/rows?unit=o_mon&measure=leaflets"))


async def test_all_entries_are_reached_a_page_at_a_time(loaded: Console) -> None:
    lan = await author(loaded)
    await sent_entries(lan, *[GOOD.replace(",3,20/5", f",{n},{n}/5") for n in range(10, 26)], *[GOOD.replace(",3,20/5", f",{n},{n}/5").replace("Ô Môn", "Cái Răng") for n in range(10, 26)])  # fmt: skip
    first = await lan.get(f"{AT}/rows")
    older = first.text.split(f'href="{AT}/rows?')[1].split('"')[0].replace("&amp;", "&")
    second = await lan.get(f"{AT}/rows?{older}")
    assert first.text.count("Sửa, rút lại") == 30 and second.text.count("Sửa, rút lại") == 2


async def test_a_report_is_printed_again_to_the_letter_and_handed_in(loaded: Console) -> None:
    lan = await author(loaded, "lan", ELSEWHERE)
    made = await lan.post(f"/console/reports/waves/{FIRST}", data={"unit": "o_mon", "form": "pdf"})
    await sent_entries(lan, GOOD)
    [row] = await loaded.rows("SELECT id FROM wave_report")
    page = told(await lan.get("/console/reports/waves"))
    assert f"{row.id} Đợt 1 – Quận Ô Môn" in page
    again = await lan.get(f"/console/reports/made/{row.id}?form=pdf")
    assert again.content == made.content
    assert (await lan.get(f"/console/reports/made/{row.id}?form=xlsx")).content.startswith(b"PK")
    assert (await lan.get(f"/console/reports/made/{row.id}?form=exe")).status_code == 400
    handed = await lan.post(f"{AT}/hand-in/report/o_mon", data={"report": row.id})
    assert handed.headers["location"] == f"{AT}?said=handed_in"
    [file] = await loaded.rows("SELECT id FROM wave_handed_file")
    got = await lan.get(f"{AT}/handed/{file.id}")
    assert got.content == made.content and got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("attachment")
    far = await author(loaded, "far", HERE)
    for path in (f"/console/reports/made/{row.id}", f"{AT}/handed/{file.id}"):
        assert (await far.get(path)).status_code == 404
    [communes] = await loaded.rows("SELECT plan #> '{units,1,communes}' AS codes FROM wave WHERE key = :key", key=FIRST)
    other = await author(loaded, "other", *communes.codes)
    assert "Quận Ninh Kiều" in (await other.get(AT)).text and "Ô Môn" not in (await other.get(AT)).text
    assert (await other.get(f"{AT}/handed/{file.id}")).status_code == 404, "of a unit beside their own"


async def test_a_report_is_found_however_many_others_were_made_since(loaded: Console) -> None:
    lan = await author(loaded, "lan", ELSEWHERE)
    for unit in ("o_mon", "can_tho"):
        await lan.post(f"/console/reports/waves/{FIRST}", data={"unit": unit, "form": "pdf"})
    async with loaded.parts.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO wave_report (by, at, figures) SELECT by, at, figures || :other FROM wave_report, generate_series(1, 101)"
                " WHERE figures ->> 'unit' = 'can_tho'"
            ).bindparams(bindparam("other", {"waves": [{"key": "elsewhere"}]}, JSONB))
        )
    page = told(await lan.get("/console/reports/waves"))
    assert "1 Đợt 1 – Quận Ô Môn" in page and "2 Đợt 1 – Thành phố Cần Thơ" in page and "elsewhere" not in page
    assert 'value="1"' in (await lan.get(f"{AT}/hand-in/report/o_mon")).text
    assert 'value="1"' not in (await lan.get(f"{AT}/hand-in/report/can_tho")).text


async def test_a_signed_scan_is_handed_in_and_a_program_is_not(loaded: Console) -> None:
    lan, at = await author(loaded), f"{AT}/hand-in/report/o_mon"
    refused = await lan.post(at, files={"file": ("bao_cao.pdf", b"MZ\x90\x00")})
    assert refused.status_code == 400 and "Chỉ nhận báo cáo" in refused.text
    assert not await loaded.rows("SELECT FROM wave_handed_in")
    await lan.post(at, files={"file": ("../../ký.exe", b"%PDF-1.4 scan")})
    [file] = await loaded.rows("SELECT id, form FROM wave_handed_file")
    assert (await lan.get(f"{AT}/handed/{file.id}")).content == b"%PDF-1.4 scan" and file.form == "pdf"
    assert "Nộp lại" in (await lan.get(AT)).text
    assert (await lan.get(f"{AT}/hand-in/report/khong_co")).status_code == 404
    assert (await lan.get(f"{AT}/hand-in/list/can_tho")).status_code == 404, "a province owes no list"


async def test_the_report_of_a_year_is_made_for_units_of_ones_own(loaded: Console) -> None:
    lan = await author(loaded, "lan", ELSEWHERE)
    assert "2023 – Thành phố Cần Thơ" in (await lan.get("/console/reports/waves")).text
    for form, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        made = await lan.post("/console/reports/years", data={"of": "2023:can_tho:can_tho", "form": form})
        assert made.content.startswith(begins)
    assert "Năm 2023 – Thành phố Cần Thơ" in told(await lan.get("/console/reports/waves"))
    for of in ("2022:can_tho:can_tho", "2023:phu_tho:phu_tho", "2023:can_tho:x", "x", "2023", "²²²²:can_tho:can_tho"):
        assert (await lan.post("/console/reports/years", data={"of": of, "form": "pdf"})).status_code == 404
    far = await author(loaded, "far", HERE)
    assert (
        await far.post("/console/reports/years", data={"of": "2023:can_tho:can_tho", "form": "pdf"})
    ).status_code == 404
    viewer = await loaded.as_("viewer", Role.VIEWER)
    assert "Báo cáo đã lập" not in (await viewer.get("/console/reports/waves")).text
