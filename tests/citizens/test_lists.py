"""A list of people from an office: read strictly, each fault told with its row, brought in once however often it is run."""

from __future__ import annotations

import asyncio
import codecs
import csv
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy.exc import IntegrityError

from bot.citizens.lists.cells import Wrong, phone, plain
from bot.citizens.lists.service import Report, Task, load
from bot.citizens.lists.sheet import digest, rows
from bot.citizens.lists.told import told
from bot.errors import AnSinhError
from tests.citizens.people_world import People

HEAD = "STT,Họ tên,Điện thoại,Xã,Huyện,Tỉnh,Nhóm,Năm sinh,Đã tham gia,Đóng đến tháng,Đồng ý,Ngày đồng ý,Hình thức"
AN = "1,Nguyễn Văn An,0912345678,Hương Canh,Bình Xuyên,Vĩnh Phúc,nông dân; hộ nghèo,1985,chưa,,có,05/10/2026,phiếu"
BINH = "2,Trần Thị Bình,0987 654 321,Xã Bình Nguyên,,Phú Thọ,tiểu thương,12/03/1979,tự nguyện,12/2026,,,"


def written(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "list.csv", end: str = "\n") -> Path:
    path = folder / name
    path.write_bytes(end.join(lines).encode(encoding))
    return path


async def brought_in(people: People, path: Path, *, proof: str = "", dry: bool = False, batch: int = 5000) -> Report:
    task = Task(path, "outreach", proof, path.with_suffix(".errors.csv"), dry)
    return await load(people.engine, people.library, task, now=people.now, batch=batch)


def faults_of(path: Path) -> list[list[str]]:
    with path.with_suffix(".errors.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))[1:]


async def all_people(people: People) -> list[Any]:
    return await people.rows("SELECT * FROM person WHERE phone IS NOT NULL ORDER BY phone")


async def everything(people: People) -> list[Any]:
    tables = ("person", "contact", "consent", "people_list", "people_list_row")
    return [await people.rows(f"SELECT t::text AS row FROM {table} t ORDER BY 1") for table in tables]


async def test_people_of_a_list_are_known_with_their_place_of_today_group_and_consent(
    people: People, tmp_path: Path
) -> None:
    report = await brought_in(people, written(tmp_path, HEAD, AN, BINH))
    an, binh = await all_people(people)
    assert (an.phone, an.name, an.province, an.commune, an.situation, an.entitlements, an.birth_year, an.joined) == (
        "+84912345678", "Nguyễn Văn An", "phu_tho", "08935", "nong_dan", ["ho_ngheo"], 1985, "no",
    )  # fmt: skip
    assert (binh.phone, binh.commune, binh.situation, binh.birth_year, binh.joined, binh.paid_until) == (
        "+84987654321", "08935", "tieu_thuong", 1979, "voluntary", date(2026, 12, 31),
    )  # fmt: skip
    rows = await people.rows("SELECT c.outreach, c.channel, c.address FROM contact c ORDER BY address")
    assert [tuple(row) for row in rows] == [(True, "sms", an.phone), (None, "sms", binh.phone)]
    (consent,) = await people.rows("SELECT * FROM consent")
    assert (consent.given, consent.proof) == (True, "list:1:2:paper")
    assert (consent.at.astimezone().date() - date(2026, 10, 5)).days in (-1, 0)
    assert report.counts == {"rows": 2, "new": 2, "consent_given": 1, "consent_none": 1}
    assert not (tmp_path / "list.errors.csv").exists()


async def test_the_same_file_again_changes_nothing(people: People, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, AN, BINH, "3,X,12345,,,,,,,,,,")
    await brought_in(people, path)
    before = await everything(people)
    report = await brought_in(people, path)
    assert report.before
    assert await everything(people) == before
    assert [row[0] for row in faults_of(path)] == ["4"]


async def test_a_changed_file_changes_what_changed_and_says_so(people: People, tmp_path: Path) -> None:
    await brought_in(people, written(tmp_path, HEAD, AN, BINH))
    report = await brought_in(people, written(tmp_path, HEAD, AN, BINH.replace("12/2026", "03/2027"), name="b.csv"))
    assert report.counts == {"rows": 2, "merged": 1, "unchanged": 1, "consent_known": 1, "consent_none": 1}
    assert [row.paid_until for row in await all_people(people)] == [None, date(2027, 3, 31)]
    assert len(await people.rows("SELECT 1 FROM consent")) == 1


@pytest.mark.parametrize("batch", [1, 2, 5000])
async def test_somebody_who_stands_twice_in_a_file_is_one_person(people: People, tmp_path: Path, batch: int) -> None:
    again = ",,+84 912 345 678,,,,,1986,,,,,"
    report = await brought_in(people, written(tmp_path, HEAD, AN, BINH, again), batch=batch)
    an, _ = await all_people(people)
    assert (an.name, an.birth_year) == ("Nguyễn Văn An", 1986)
    assert (report.counts["new"], report.counts["merged"]) == (2, 1)


async def test_a_run_that_was_killed_goes_on_where_it_had_committed(people: People, tmp_path: Path) -> None:
    faulty = [f"{number},A,123,,,,,,,,,," for number in range(2)]
    path = written(tmp_path, HEAD, faulty[0], AN, faulty[1], BINH)
    await brought_in(people, written(tmp_path, HEAD, faulty[0], AN, name="half.csv"))
    killed = (
        'UPDATE people_list SET digest = :digest, finished_at = NULL, rows_done = 3, counts = \'{"rows": 2, "new": 1}\''
    )
    await people.do(killed, digest=digest(path))
    path.with_suffix(".errors.csv").write_text("Dòng,Cần sửa\n2,kept\n4,not committed\n", encoding="utf-8-sig")
    report = await brought_in(people, path)
    assert [row[:2] for row in faults_of(path)][0] == ["2", "kept"]
    assert [row[0] for row in faults_of(path)] == ["2", "4"]
    assert "not committed" not in faults_of(path)[1]
    assert (report.counts["rows"], report.counts["new"], report.counts["refused:phone"]) == (4, 2, 1)
    assert len(await all_people(people)) == 2
    assert len(await people.rows("SELECT 1 FROM consent")) == 1


async def test_a_batch_that_breaks_leaves_nothing_of_itself_and_all_before_it(people: People, tmp_path: Path) -> None:
    await people.do("ALTER TABLE person ADD CONSTRAINT not_binh CHECK (name <> 'Trần Thị Bình')")
    path = written(tmp_path, HEAD, AN, ",Cúc,0356789012,,,,,,,,,,", BINH, ",Dung,0356789013,,,,,,,,,,")
    with pytest.raises(IntegrityError):
        await brought_in(people, path, batch=2)
    assert {row.name for row in await all_people(people)} == {"Nguyễn Văn An", "Cúc"}
    await people.do("ALTER TABLE person DROP CONSTRAINT not_binh")
    report = await brought_in(people, path, batch=2)
    assert report.counts["new"] == 4
    assert len(await all_people(people)) == 4


async def test_two_runs_of_one_file_at_once_bring_it_in_once(people: People, tmp_path: Path) -> None:
    lines = [f",Người,09{number:08}" for number in range(40)]
    path = written(tmp_path, "STT,Tên,SĐT", *lines)
    ended = await asyncio.gather(*(brought_in(people, path, batch=3) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(each, Report | AnSinhError) for each in ended)
    assert (await brought_in(people, path, batch=3)).counts["rows"] == 40
    assert len(await all_people(people)) == 40


async def test_without_proof_people_are_stored_and_nobody_has_consented(people: People, tmp_path: Path) -> None:
    lines = ["Họ tên,Điện thoại,Đồng ý", "An,0912345678,có", "Bình,0987654321,", "Cúc,0356789012,không"]
    report = await brought_in(people, written(tmp_path, *lines))
    assert report.counts["note:consent_unproven"] == 1
    assert [row.outreach for row in await people.rows("SELECT outreach FROM contact ORDER BY address")] == [
        False, None, None,
    ]  # fmt: skip


async def test_proof_for_the_list_counts_for_rows_that_do_not_say_otherwise(people: People, tmp_path: Path) -> None:
    lines = ["Họ tên,Điện thoại,Đồng ý", "An,0912345678,x", "Bình,0987654321,", "Cúc,0356789012,không"]
    await brought_in(people, written(tmp_path, *lines), proof="Biên bản số 12/BB-BHXH")
    assert [row.outreach for row in await people.rows("SELECT outreach FROM contact ORDER BY address")] == [
        False, True, None,
    ]  # fmt: skip
    await brought_in(
        people, written(tmp_path, "Tên,SĐT", "Dung,0356789013", name="b.csv"), proof="Biên bản số 13/BB-BHXH"
    )
    assert (await people.rows("SELECT outreach FROM contact WHERE address = '+84356789013'"))[0].outreach is True


async def test_the_same_file_with_its_proof_later_adds_the_consent(people: People, tmp_path: Path) -> None:
    path = written(tmp_path, "Tên,SĐT", "An,0912345678")
    await brought_in(people, path)
    report = await brought_in(people, path, proof="Biên bản số 12")
    assert report.counts == {"rows": 1, "unchanged": 1, "consent_given": 1}


async def test_who_has_stopped_on_any_channel_is_not_started_again_by_a_list(people: People, tmp_path: Path) -> None:
    path = written(tmp_path, "Tên,SĐT", "An,0912345678")
    await brought_in(people, path)
    chat = await people.contact("5")
    await people.do(
        "UPDATE contact SET person_id = (SELECT id FROM person WHERE phone IS NOT NULL) WHERE id = :chat", chat=chat
    )
    await people.say(chat, "DỪNG")
    report = await brought_in(people, path, proof="Biên bản số 12")
    assert report.counts["consent_stopped"] == 1
    assert [row.given for row in await people.rows("SELECT given FROM consent")] == [False]


async def test_who_had_themselves_erased_is_refused(people: People, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, AN)
    await brought_in(people, path)
    chat = await people.contact("5")
    await people.do(
        "UPDATE contact SET person_id = (SELECT id FROM person WHERE phone IS NOT NULL) WHERE id = :c", c=chat
    )
    await people.say(chat, "quên tôi đi")
    report = await brought_in(people, written(tmp_path, HEAD, AN.replace("1985", "1986"), name="b.csv"), proof="BB 1")
    assert report.counts == {"rows": 1, "refused:erased": 1}
    assert await all_people(people) == []
    assert "đã yêu cầu xóa dữ liệu" in faults_of(tmp_path / "b.csv")[0][1]


async def test_what_a_person_told_outranks_a_list(people: People, tmp_path: Path) -> None:
    await brought_in(people, written(tmp_path, HEAD, AN))
    await people.do("UPDATE person SET told = '{birth_year,province}', birth_year = 1990 WHERE phone IS NOT NULL")
    report = await brought_in(people, written(tmp_path, HEAD, AN.replace("1985", "1984"), name="b.csv"))
    assert report.counts["unchanged"] == 1
    assert (await all_people(people))[0].birth_year == 1990


async def test_a_dry_run_tells_the_same_and_writes_nothing(people: People, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, AN, "2,X,12,,,,,,,,,,", BINH, ",,0912345678,,,,,1986,,,,,")
    before = await everything(people)
    dry = await brought_in(people, path, dry=True, batch=1)
    assert await everything(people) == before
    assert [row[0] for row in faults_of(path)] == ["3"]
    done = await brought_in(people, path, batch=1)
    assert {name: dry.counts[name] for name in ("rows", "new", "merged")} == {
        name: done.counts[name] for name in ("rows", "new", "merged")
    }
    assert dry.refused == done.refused == 1


WRONG = {
    "phone_missing": "1,A,,,,,,,,,,,",
    "phone": "1,A,12345,,,,,,,,,,",
    "phone_several": "1,A,0912345678 / 0987654321,,,,,,,,,,",
    "phone_landline": "1,A,0211 3888 999,,,,,,,,,,",
    "name": "1,Nguyễn 12,0912345678,,,,,,,,,,",
    "place_unknown": "1,A,0912345678,Xã Không Có Đâu,,Vĩnh Phúc,,,,,,,",
    "place_unclear": "1,A,0912345678,Xã Đại Đồng,,,,,,,,,",
    "group": "1,A,0912345678,,,,phi hành gia,,,,,,",
    "birth": "1,A,0912345678,,,,,85,,,,,",
    "joined": "1,A,0912345678,,,,,,có lẽ,,,,",
    "paid_until": "1,A,0912345678,,,,,,,13/2026,,,",
    "consent": "1,A,0912345678,,,,,,,,hình như,,",
    "consent_later": "1,A,0912345678,,,,,,,,có,05/10/2027,phiếu",
    "formula": '1,"=HYPERLINK(""http://x"",""y"")",0912345678,,,,,,,,,,',
    "tcvn3": "1,NguyÔn V¨n An,0912345678,,,,,,,,,,",
    "vni": "1,Nguyeãn Vaên An,0912345678,,,,,,,,,,",
    "misread": "1,Nguyá»…n VÄƒn An,0912345678,,,,,,,,,,",
    "lost": "1,Nguy?n V?n An,0912345678,,,,,,,,,,",
}


@pytest.mark.parametrize("code", WRONG)
async def test_a_row_that_cannot_be_taken_is_kept_with_what_to_mend(people: People, tmp_path: Path, code: str) -> None:
    path = written(tmp_path, HEAD, BINH, WRONG[code])
    report = await brought_in(people, path)
    assert report.counts[f"refused:{code}"] == 1
    assert [row.name for row in await all_people(people)] == ["Trần Thị Bình"]
    ((number, what, *raw),) = faults_of(path)
    assert number == "3"
    assert people.library.text(f"people_fault_{code}").text.strip() in what
    assert [cell.removeprefix("'") for cell in raw] == next(csv.reader([WRONG[code]]))
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in raw)
    assert (path.with_suffix(".errors.csv").stat().st_mode & 0o077) == 0


async def test_all_faults_of_a_row_are_told_at_once(people: People, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, "1,A,12345,,,,phi hành gia,85,,,,,")
    await brought_in(people, path)
    assert all(f"{column}: " in faults_of(path)[0][1] for column in ("Điện thoại", "Nhóm", "Năm sinh"))


PHONES = {
    "912345678": "+84912345678", "84912345678": "+84912345678", "+84912345678": "+84912345678", "0912.345.678": "+84912345678",
    '="0912345678"': "+84912345678", "01691234567": "+84391234567", "1691234567": "+84391234567", "(0912) 345-678": "+84912345678",
    "0084912345678": "+84912345678", "912345678.0": "+84912345678", "０912345678": None,
}  # fmt: skip


@pytest.mark.parametrize("typed", PHONES)
def test_a_number_is_taken_as_excel_spoils_it(typed: str) -> None:
    if (number := PHONES[typed]) is not None:
        assert phone(plain(typed)) == number
    else:
        with pytest.raises(Wrong):
            phone(plain(typed))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_however_it_was_saved(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    lines = ["Họ tên,Điện thoại,Xã,Tỉnh", "Nguyễn Thị Ánh,0912345678,Xã Hương Canh,Vĩnh Phúc"]
    joined = end.join(line.replace(",", separator) for line in lines)
    path = tmp_path / "list.csv"
    path.write_bytes(_cp1258(joined) if encoding == "cp1258" else joined.encode(encoding))
    assert [cells for _, cells in rows(path)] == [line.split(",") for line in lines]


def _cp1258(text: str) -> bytes:
    """Windows-1258 writes a letter and its tone apart, but for those that it has as one."""
    out = b""
    for sign in text:
        try:
            out += sign.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", sign)
            tone = next(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            out += unicodedata.normalize("NFC", parts.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return out


async def test_a_name_over_two_lines_and_a_title_above_the_headings_are_read(people: People, tmp_path: Path) -> None:
    lines = [
        "DANH SÁCH NGƯỜI DÂN",
        "",
        "Họ tên,Điện thoại",
        '"Nguyễn Văn',
        'An",0912345678',
        "Họ tên,Điện thoại",
        "Bình,09",
    ]
    path = written(tmp_path, *lines)
    report = await brought_in(people, path)
    assert [row.name for row in await all_people(people)] == ["Nguyễn Văn An"]
    assert report.counts["rows"] == 2
    assert faults_of(path)[0][0] == "6"


TCVN3 = "Hä vµ tªn,§iÖn tho¹i\nNguyÔn V¨n An,0912345678\n".encode("latin-1")
VNI = "Hoï vaø teân,Ñieän thoaïi\nNguyeãn Vaên An,0912345678\n".encode("cp1252")
FILES = {
    "empty": (b"", "is empty"),
    "only a mark": (codecs.BOM_UTF8 + b"\r\n", "is empty"),
    "TCVN3": (TCVN3, "TCVN3 \\(ABC"),
    "TCVN3 as UTF-8": (TCVN3.decode("latin-1").encode(), "TCVN3 \\(ABC"),
    "VNI": (VNI, "VNI \\(fonts"),
    "no headings": (b"An,0912345678\n", "no row of headings"),
    "a heading twice": ("Tên,SĐT,Điện thoại\n".encode(), "two columns are headed as phone"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "before 2007"),
    "broken xlsx": (b"PK\x03\x04rubbish", "cannot be opened"),
    "open quote": ("Tên,SĐT\n".encode() + b'"' + b"a" * 30_000, "row 2: cannot be read"),
    "other encoding": ("Tên,SĐT\nПетя,0912345678".encode("cp1251", "replace"), "is not in Unicode|wrong encoding|TCVN3|VNI"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
async def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(people: People, tmp_path: Path, name: str) -> None:
    content, why = FILES[name]
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(AnSinhError, match=why):
        await brought_in(people, path)
    assert await all_people(people) == []


async def test_a_workbook_of_excel_is_read_with_its_numbers_and_days(people: People, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["DANH SÁCH"])
    sheet.append(["Họ tên", "Điện thoại", "Năm sinh", "Đóng đến tháng", "Đồng ý", "Ngày đồng ý", "Hình thức"])
    sheet.append(["Nguyễn Văn An", 912345678, 1985, date(2026, 12, 1), True, date(2026, 10, 5), "phiếu"])
    sheet.append(["TRẦN THỊ BÌNH", "0987654321", date(1979, 3, 12), "12/2026", None, None, None])
    sheet.append([None] * 7)
    path = tmp_path / "list.xlsx"
    book.save(path)
    report = await brought_in(people, path)
    an, binh = await all_people(people)
    assert (an.phone, an.birth_year, an.paid_until) == ("+84912345678", 1985, date(2026, 12, 31))
    assert (binh.name, binh.birth_year) == ("Trần Thị Bình", 1979)
    assert report.counts == {"rows": 2, "new": 2, "consent_given": 1, "consent_none": 1}


async def test_the_summary_tells_counts_and_reasons(people: People, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, AN, "2,X,12,,,,,,,,,,")
    task = Task(path, "outreach", "", tmp_path / "e.csv")
    report = await load(people.engine, people.library, task, now=people.now)
    lines = list(told(people.library, task, report))
    assert lines[0] == "Đã đưa vào danh sách list.csv."
    assert "Người mới: 1" in lines
    assert any(line.startswith("Không nhận 1 dòng: không phải số điện thoại") for line in lines)
    assert "Cột không dùng đến: STT" in lines
