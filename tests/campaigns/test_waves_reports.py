"""The waves of two real plans with simulated entries: their reports as PDF and as spreadsheet."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.answers.library import Library
from bot.campaigns.waves import paper, reports
from bot.campaigns.waves.figures import spans, wave_figures, year_figures
from bot.campaigns.waves.ledger import percent
from bot.campaigns.waves.people import Person, person
from bot.campaigns.waves.rules import Measure, Refused
from bot.campaigns.waves.store import get
from bot.campaigns.waves.words import document_day, report
from bot.sheets.typeset import warnings_about
from tests.campaigns.campaign_world import NOON, a_campaign
from tests.campaigns.conftest import OCTOBER
from tests.campaigns.wave_world import CAN_THO, FIRST, SECRET, VINH_PHUC, Waves, given, phone, waves_of
from tests.sheets.pages import page_count, texts_in, undrawable


@pytest.fixture
async def waves(database_url: str) -> AsyncIterator[Waves]:
    async with waves_of(database_url) as found:
        yield found


async def of_wave(waves: Waves, key: str = FIRST, unit: str | None = None) -> dict[str, Any]:
    async with waves.go() as connection:
        return await wave_figures(connection, key, unit=unit, now=OCTOBER)


def cells_of(content: bytes) -> list[tuple[Any, ...]]:
    page = load_workbook(BytesIO(content)).worksheets[0]
    return [tuple(row) for row in page.iter_rows(values_only=True)]


async def test_a_wave_is_reported_on_paper_in_the_form_of_documents(three_waves: Waves, library: Library) -> None:
    figures = await of_wave(three_waves)
    words = report(library, figures, 7)
    assert words.issuer == "BẢO HIỂM XÃ HỘI THÀNH PHỐ CẦN THƠ"
    assert "38/KH-BCĐ ngày 05 tháng 4 năm 2023" in words.on_plan
    assert [section.title[:4] for section in words.sections if section.level == 1] == ["I. K", "II. ", "III."]
    content = reports.made(library, figures, 7, ".pdf")
    assert page_count(content) > 2
    assert content == reports.made(library, figures, 7, ".pdf")
    assert warnings_about("wave_report", paper.data(words)) == []


async def test_the_spreadsheet_holds_the_figures_as_numbers_and_names_the_entries(
    three_waves: Waves, library: Library
) -> None:
    figures = await of_wave(three_waves)
    content = reports.made(library, figures, 7, ".xlsx")
    [groups] = [row for row in cells_of(content) if row[1] == "Nhóm tư vấn trực tiếp" and row[2] == "nhóm"]
    done = await three_waves.done("can_tho", Measure.ADVICE_GROUPS)
    assert groups[3:7] == (90, done, 90 - done, float(percent(done, 90)))
    sources = load_workbook(BytesIO(content)).worksheets[1]
    [row] = [r for r in sources.iter_rows(values_only=True) if r[1:4] == ("Nhóm tư vấn trực tiếp", "Quận Ô Môn", None)]
    rows = await three_waves.rows(
        "SELECT id FROM wave_entry WHERE unit = 'o_mon' AND measure = 'advice_groups' ORDER BY id"
    )
    assert str(row[5]).startswith(spans([one.id for one in rows]).split(",")[0])
    assert row[4] == await three_waves.done("o_mon", Measure.ADVICE_GROUPS)


async def test_a_target_that_no_authority_has_set_is_marked_as_an_example(waves: Waves, library: Library) -> None:
    await waves.load(CAN_THO)
    words = report(library, await of_wave(waves), 1)
    overview = words.sections[1].tables[0]
    marked = {row.cells[1] for row in overview.rows if row.example}
    assert marked == {"Người tham gia BHXH tự nguyện", "Người tham gia BHYT hộ gia đình"}
    printed = [row["cells"] for row in paper.data(words)["sections"][1]["tables"][0]["rows"]]
    assert [cells[3] for cells in printed][:3] == ["400*", "360*", "90"]
    assert overview.notes == ["* Số ví dụ để minh họa, không phải chỉ tiêu được giao."]


async def test_a_unit_reports_for_itself(three_waves: Waves, library: Library) -> None:
    words = report(library, await of_wave(three_waves, unit="o_mon"), 1)
    assert (words.parent, words.issuer) == ("BẢO HIỂM XÃ HỘI THÀNH PHỐ CẦN THƠ", "BẢO HIỂM XÃ HỘI QUẬN Ô MÔN")
    names = {row.cells[1] for section in words.sections for table in section.tables for row in table.rows}
    assert "Toàn quận Ô Môn" in names
    assert not any("Ninh Kiều" in str(name) for name in names)
    with pytest.raises(Refused):
        await of_wave(three_waves, unit="hong_kong")


async def test_a_year_adds_up_its_waves_and_says_who_is_counted_in_several(
    three_waves: Waves, library: Library
) -> None:
    for number in (2, 3):
        day = date(2023, 7, 10) if number == 2 else date(2023, 9, 12)
        one = given(Measure.VOLUNTARY, 1, person=_someone(), day=day)
        await three_waves.enter(one, f"can_tho_2023_{number}", OCTOBER)
    async with three_waves.go() as connection:
        figures = await year_figures(connection, 2023, "can_tho", unit=None, now=OCTOBER)
    words = report(library, figures, 9)
    each = [await three_waves.done("can_tho", Measure.VOLUNTARY, key=f"can_tho_2023_{n}") for n in (1, 2, 3)]
    row = words.sections[1].tables[0].rows[0]
    assert row.cells[3:5] == [1200, sum(each)]
    table = words.sections[2].tables[0]
    assert list(table.rows[0].cells)[2:5] == each
    assert any("1 người được tính ở hơn một đợt" in line for line in words.sections[2].lines)
    assert page_count(reports.made(library, figures, 9, ".pdf")) > 2
    with pytest.raises(Refused):
        async with three_waves.go() as connection:
            await year_figures(connection, 2022, "can_tho", unit=None, now=OCTOBER)


def _someone() -> Person | None:
    return person(SECRET, phone=phone(77_777_777))


async def test_the_month_of_may_of_vinh_phuc_is_reported_in_the_same_way(waves: Waves, library: Library) -> None:
    await waves.load(VINH_PHUC)
    key, now = "vinh_phuc_2021_thang_5", datetime(2021, 6, 3, 2, 0, tzinfo=UTC)
    await waves.simulate(key, share=1.0, seed=5, now=now)
    async with waves.go() as connection:
        figures = await wave_figures(connection, key, unit=None, now=now)
    words = report(library, figures, 3)
    assert "132/KH-UBND ngày 26 tháng 5 năm 2021" in words.intro
    assert page_count(reports.made(library, figures, 3, ".pdf")) > 1
    shown = {row.cells[1] for row in words.sections[1].tables[0].rows}
    assert shown == {"Người tham gia BHXH tự nguyện", "Hội nghị tuyên truyền", "Lượt phát thanh"}


async def test_a_report_is_printed_again_to_the_letter_whatever_was_entered_since(
    three_waves: Waves, library: Library
) -> None:
    figures = await of_wave(three_waves)
    async with three_waves.go() as connection:
        number = await reports.keep(connection, figures, by="clerk", now=OCTOBER)
    before = {form: reports.made(library, figures, number, form) for form in reports.FORMS}
    await three_waves.enter(given(count=9))
    async with three_waves.go() as connection:
        again = await reports.kept(connection, number)
        with pytest.raises(Refused):
            await reports.kept(connection, number + 1)
    assert reports.made(library, again, number, ".pdf") == before[".pdf"]
    assert cells_of(reports.made(library, again, number, ".xlsx")) == cells_of(before[".xlsx"])
    assert again != await of_wave(three_waves)


async def test_messages_of_the_waves_campaigns_and_consultations_stand_in_the_report(
    waves: Waves, library: Library
) -> None:
    await waves.load(CAN_THO)
    await a_campaign(waves, wave=FIRST, sent=12, failed=2, excluded={"never_consented": 6}, at=NOON)
    office = await waves.office("nk", commune=await _commune_of(waves, "ninh_kieu"), province="can_tho")
    consultant = await waves.consultant(office)
    contact = await waves.person("x")
    for hour, state in ((8, "done"), (9, "absent"), (10, "cancelled"), (11, "lapsed")):
        await _appointment(waves, contact, consultant, office, hour, state)
    words = report(library, await of_wave(waves), 1)
    messages, advice = words.sections[3], words.sections[4]
    assert list(messages.tables[0].rows[-1].cells)[2:] == [20, 12, 2, 0, 6, 0, 0]
    assert [list(row.cells) for row in messages.tables[1].rows] == [["Chưa đồng ý nhận tin", 6]]
    assert [list(row.cells)[1:] for row in advice.tables[0].rows if row.cells[1] == "Quận Ninh Kiều"] == [
        ["Quận Ninh Kiều", 3, 1, 1, 1, 0]
    ]


async def _commune_of(waves: Waves, unit: str) -> str:
    """A commune of today that lies in one district alone."""
    async with waves.go() as connection:
        kept = await get(connection, FIRST)
    assert kept is not None
    others = {code for one in kept.wave.units if one.key != unit for code in one.communes}
    return next(code for code in kept.wave.unit[unit].communes if code not in others)


async def _appointment(waves: Waves, contact: int, consultant: int, office: int, hour: int, state: str) -> None:
    await waves.do(
        "INSERT INTO appointment (code, state, contact_id, consultant_id, office_id, kind, topic, starts_at, ends_at, taken)"
        " VALUES (:code, :state, :contact, :consultant, :office, 'office', 'other', :starts, :starts + interval '30 min',"
        " int8range(:hour, :hour + 1))",
        code=f"C{hour}", state=state, contact=contact, consultant=consultant, office=office, hour=hour,
        starts=datetime(2023, 5, 20, hour - 7, tzinfo=UTC),
    )  # fmt: skip


async def test_nothing_of_a_person_is_in_a_report(waves: Waves, library: Library) -> None:
    await waves.load(CAN_THO)
    await waves.enter(given(Measure.VOLUNTARY, 1, person=_someone(), note="gặp tại chợ"))
    figures = await of_wave(waves)
    keys = await waves.rows("SELECT phone_key FROM wave_person")
    everything = " ".join([str(figures), str(cells_of(reports.made(library, figures, 1, ".xlsx")))])
    assert keys[0].phone_key not in everything
    assert "gặp tại chợ" not in everything
    assert phone(77_777_777)[1:] not in everything


async def test_every_sign_of_the_report_can_be_drawn_and_no_word_is_left_out(
    three_waves: Waves, library: Library
) -> None:
    words = paper.data(report(library, await of_wave(three_waves), 1))
    assert not re.search(r"\{\w+\}", " ".join(texts_in(words)))
    assert not undrawable(" ".join(texts_in(words)))


def test_days_are_written_as_documents_write_them(library: Library) -> None:
    assert document_day(library, date(2023, 4, 5)) == "ngày 05 tháng 4 năm 2023"
    assert document_day(library, date(2021, 2, 26)) == "ngày 26 tháng 02 năm 2021"


def test_numbers_of_entries_are_shortened() -> None:
    assert spans([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"


async def test_a_form_that_is_none_is_refused(waves: Waves, library: Library) -> None:
    await waves.load(CAN_THO)
    figures = await of_wave(waves)
    with pytest.raises(Refused):
        reports.made(library, figures, 1, ".doc")
