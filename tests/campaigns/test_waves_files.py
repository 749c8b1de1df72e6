"""Entries from a spreadsheet, what is due, and the commands of the office."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.answers.library import Library
from bot.campaigns.waves import handed
from bot.campaigns.waves.arguments import add_arguments
from bot.campaigns.waves.command import Desk, run
from bot.campaigns.waves.due import Due, due
from bot.campaigns.waves.files import Imported, enter_file
from bot.campaigns.waves.people import person
from bot.campaigns.waves.rules import Measure, Refused, What
from bot.errors import AnSinhError, ContentError
from tests.campaigns.wave_world import CAN_THO, FIRST, MAY, NOW, SECRET, Waves, given, joined, phone, waves_of

HEADER = "Đơn vị;Tổ chức;Chỉ tiêu;Số lượng;Điện thoại;Ngày;Ghi chú"
ROWS = [
    f"Quận Ninh Kiều;Bưu điện;Người tham gia BHXH tự nguyện;;{phone(1)};20/5/2023;",
    f"quận ninh kiều;buu_dien;voluntary;1;{phone(2)};2023-05-21;",
    "Huyện Cờ Đỏ;Bảo hiểm xã hội;Nhóm tư vấn trực tiếp;12;;20/5/2023;",
    "Huyện Cờ Đỏ;Bảo hiểm xã hội;Tờ rơi đã phát;1.500;;20/5/2023;",
]


@pytest.fixture
async def waves(database_url: str) -> AsyncIterator[Waves]:
    async with waves_of(database_url) as found:
        await found.load()
        yield found


async def brought_in(waves: Waves, library: Library, folder: Path, rows: list[str], header: str = HEADER) -> Imported:
    path = folder / "entries.csv"
    path.write_text("\N{ZERO WIDTH NO-BREAK SPACE}" + "\n".join([header, *rows]), encoding="utf-8")
    async with waves.go() as connection:
        return await enter_file(connection, FIRST, path, library.texts, agent="a1", secret=SECRET, now=NOW)


async def test_a_spreadsheet_is_entered_as_people_keep_it(waves: Waves, library: Library, tmp_path: Path) -> None:
    done = await brought_in(waves, library, tmp_path, ROWS)
    assert (done.entered, done.before, done.wrong) == (4, 0, ())
    assert await waves.done("ninh_kieu", Measure.VOLUNTARY, "buu_dien") == 2
    assert await waves.done("can_tho", Measure.LEAFLETS) == 1500


async def test_a_quote_that_is_left_open_is_told(waves: Waves, library: Library, tmp_path: Path) -> None:
    with pytest.raises(AnSinhError, match=r"entries\.csv, row \d+: cannot be read .* quote left open"):
        await brought_in(waves, library, tmp_path, [*ROWS, '"x', *(ROWS * 2_000)])


async def test_the_same_file_again_adds_nothing_and_new_rows_are_added(
    waves: Waves, library: Library, tmp_path: Path
) -> None:
    await brought_in(waves, library, tmp_path, ROWS)
    more = [*ROWS, "Huyện Cờ Đỏ;Bảo hiểm xã hội;Nhóm tư vấn trực tiếp;2;;21/5/2023;"]
    done = await brought_in(waves, library, tmp_path, more)
    assert (done.entered, done.before, done.wrong) == (1, 4, ())
    assert await waves.done("co_do", Measure.ADVICE_GROUPS) == 14


async def test_each_wrong_row_is_told_with_its_line_and_the_others_are_entered(
    waves: Waves, library: Library, tmp_path: Path
) -> None:
    rows = [
        ROWS[0],
        ROWS[0].replace("20/5", "22/5"),  # the same person
        "Quận Hoàn Kiếm;Bưu điện;voluntary;2;;20/5/2023;",
        "Quận Ô Môn;Bưu điện;voluntary;hai;;20/5/2023;",
        "",
        "Quận Ô Môn;Bưu điện;voluntary;2;;31/6/2023;",
        "Quận Ô Môn;Bưu điện;voluntary;;12;20/5/2023;",
        ROWS[2],
        ROWS[2],  # a slip, or a second one: nobody knows
    ]
    done = await brought_in(waves, library, tmp_path, rows)
    assert [(row.line, row.refused.key.removeprefix("wave_refused_")) for row in done.wrong] == [
        (3, "twice"), (4, "unit"), (5, "count"), (7, "day"), (8, "phone"), (10, "note_again"),
    ]  # fmt: skip
    assert done.entered == 2
    assert all(phone(1) not in str(row.refused.values) for row in done.wrong)


async def test_what_was_taken_back_does_not_come_again_with_the_file(
    waves: Waves, library: Library, tmp_path: Path
) -> None:
    await brought_in(waves, library, tmp_path, ROWS)
    [row] = await waves.rows("SELECT id FROM wave_entry WHERE measure = 'advice_groups'")
    await waves.take_back(row.id)
    assert (await brought_in(waves, library, tmp_path, ROWS)).entered == 0
    assert await waves.done("co_do", Measure.ADVICE_GROUPS) == 0


async def test_a_workbook_is_entered_with_the_zeros_that_excel_drops(
    waves: Waves, library: Library, tmp_path: Path
) -> None:
    book = Workbook()
    assert book.active
    book.active.append([*HEADER.split(";"), None])
    book.active.append(["Quận Ô Môn", "Bưu điện", "voluntary", None, int(phone(7)), MAY, None])
    book.active.append(["Quận Ô Môn", "Bưu điện", "leaflets", 1500.0, None, "20/5/2023", "x"])
    book.save(tmp_path / "entries.xlsx")
    async with waves.go() as connection:
        done = await enter_file(
            connection, FIRST, tmp_path / "entries.xlsx", library.texts, agent="a1", secret=SECRET, now=NOW
        )
    assert (done.entered, done.wrong) == (2, ())
    assert await waves.done("o_mon", Measure.LEAFLETS) == 1500
    with pytest.raises(Refused, match="twice"):
        await waves.enter(given(Measure.VOLUNTARY, 1, "o_mon", person=joined(7)))


@pytest.mark.parametrize("written", ["84912345678", "+84912345678", "912345678", "0912345678"])
async def test_a_phone_is_one_person_however_it_is_written(
    written: str, waves: Waves, library: Library, tmp_path: Path
) -> None:
    row = f"Quận Ô Môn;Bưu điện;voluntary;;{written};20/5/2023;"
    assert (await brought_in(waves, library, tmp_path, [row])).wrong == ()
    with pytest.raises(Refused, match="twice"):
        await waves.enter(given(Measure.VOLUNTARY, 1, "o_mon", person=person(SECRET, phone="0912345678")))


async def test_the_zero_that_excel_drops_of_a_card_is_put_back(waves: Waves, library: Library, tmp_path: Path) -> None:
    header = HEADER.replace("Điện thoại", "Số định danh")
    row = "Quận Ô Môn;Bưu điện;voluntary;;92123456789;20/5/2023;"
    assert (await brought_in(waves, library, tmp_path, [row], header)).wrong == ()
    with pytest.raises(Refused, match="twice"):
        await waves.enter(given(Measure.VOLUNTARY, 1, "o_mon", person=person(SECRET, id_number="092123456789")))


async def test_rows_of_other_units_than_ones_own_are_refused(waves: Waves, library: Library, tmp_path: Path) -> None:
    path = tmp_path / "entries.csv"
    path.write_text("\n".join([HEADER, *ROWS]), encoding="utf-8")
    async with waves.go() as connection:
        done = await enter_file(
            connection, FIRST, path, library.texts, agent="a1", secret=SECRET, now=NOW, units={"co_do"}
        )
    assert (done.entered, [row.refused.key for row in done.wrong]) == (2, ["wave_refused_elsewhere"] * 2)


async def test_a_file_of_too_many_rows_is_refused_as_a_whole(
    waves: Waves, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.campaigns.waves.files.MOST_ROWS", 3)
    with pytest.raises(ContentError, match="more than 3 rows"):
        await brought_in(waves, library, tmp_path, ROWS)
    assert await waves.rows("SELECT FROM wave_entry") == []


async def test_an_unknown_column_is_named(waves: Waves, library: Library, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"line 1: columns Màu, measure"):
        await brought_in(waves, library, tmp_path, ROWS, HEADER.replace("Chỉ tiêu", "Màu"))


async def what_is_due(waves: Waves, day: date) -> list[Due]:
    async with waves.go() as connection:
        return list(await due(connection, day))


async def test_reports_and_lists_are_due_by_level_and_overdue_until_they_are_handed_in(waves: Waves) -> None:
    assert await what_is_due(waves, date(2023, 4, 23)) == []
    [soon] = await what_is_due(waves, date(2023, 4, 24))
    assert (soon.what, soon.level, soon.last_day, soon.days_left, len(soon.units)) == (
        What.LIST, "district", date(2023, 5, 1), 7, 9,
    )  # fmt: skip
    async with waves.go() as connection:
        for unit in ("ninh_kieu", "ninh_kieu", "o_mon"):
            await handed.hand_in(connection, FIRST, What.LIST, unit, by="clerk", now=NOW)
        with pytest.raises(Refused):
            await handed.hand_in(connection, FIRST, What.LIST, "can_tho", by="clerk", now=NOW)
    [late] = await what_is_due(waves, date(2023, 5, 3))
    assert late.overdue
    assert len(late.units) == 7
    levels = [(one.what, one.level, one.days_left) for one in await what_is_due(waves, date(2023, 6, 19))]
    assert levels[1:3] == [("report", "district", 0), ("report", "province", 5)]
    assert all(one.overdue for one in await what_is_due(waves, date(2024, 1, 1)))


async def said(waves: Waves, library: Library, *words: str) -> list[str]:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    async with waves.go() as connection:
        return await run(Desk(connection, library, SECRET, NOW), parser.parse_args(words))


async def test_the_office_works_from_a_terminal(waves: Waves, library: Library, tmp_path: Path) -> None:
    lines = await said(waves, library, "load", str(CAN_THO), "--by", "clerk")
    assert lines[0] == f"{FIRST}: version 1, as before"
    entry = ["enter", FIRST, "o_mon", "bhxh", "voluntary", "--by", "a1", "--phone", phone(9), "--day", "2023-05-20"]
    [entered] = await said(waves, library, *entry)
    number = entered.removeprefix("entry ")
    with pytest.raises(AnSinhError, match=f"Người này đã được tính ở dòng {number}"):
        await said(waves, library, *entry)
    shown = await said(waves, library, "ledger", FIRST, "--rows")
    assert any(line.split()[:2] == ["o_mon", "bhxh"] and line.endswith(f"[{number}]") for line in shown)
    [back] = await said(waves, library, "take-back", number, "--by", "a1", "--note", "nhầm")
    assert back.endswith(f"takes back entry {number}")
    out, sheet = tmp_path / "r.pdf", tmp_path / "r.xlsx"
    made = await said(waves, library, "report", FIRST, "--by", "clerk", "--out", str(out), "--out", str(sheet))
    again = ["report", "--again", made[0].split()[1], "--by", "clerk", "--out", str(tmp_path / "again.pdf")]
    assert (await said(waves, library, *again))[0] == made[0]
    assert (tmp_path / "again.pdf").read_bytes() == out.read_bytes()
    assert sheet.stat().st_size > 5_000
    due_now = await said(waves, library, "due", "--day", "2023-06-20")
    assert any("báo cáo kết quả" in line and "quá 1 ngày" in line and "Quận Cái Răng" in line for line in due_now)
    await said(waves, library, "hand-in", FIRST, "report", "cai_rang", "--by", "clerk")
    assert all(
        "Quận Cái Răng" not in line
        for line in await said(waves, library, "due", "--day", "2023-06-20")
        if "kết quả" in line
    )
    with pytest.raises(AnSinhError, match=r"\.pdf"):
        await said(waves, library, "report", FIRST, "--by", "clerk", "--out", "r.doc")
    year = ["report", "--year", "2023", "--place", "can_tho", "--by", "clerk", "--out", str(out)]
    assert (await said(waves, library, *year))[1] == str(out)
    path = tmp_path / "e.csv"
    path.write_text(
        "unit,organisation,measure,count,day\no_mon,bhxh,meetings,1,20/5/2023\nx,bhxh,meetings,1,20/5/2023\n"
    )
    assert await said(waves, library, "import", FIRST, str(path), "--by", "a1") == [
        "1 entered, 0 entered before, 1 wrong", "line 3: Không có đơn vị «x» trong đợt này.",
    ]  # fmt: skip


async def test_nothing_due_is_said(database_url: str, library: Library) -> None:
    async with waves_of(database_url) as empty:
        assert await said(empty, library, "due") == ["Không có báo cáo hay danh sách nào đến hạn."]
