"""Reports: everybody sees the people of their places, those who only read no small numbers, and files that run nothing."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook

from bot.campaigns.waves import service
from bot.console.charts import MAP
from bot.console.visit import HOME
from bot.reports.files import GUARDED, page, written
from bot.reports.period import period
from bot.reports.rules import Table, guarded
from bot.reports.tables import TABLES
from bot.sheets.typeset import warnings_about
from bot.staff.rules import Role
from bot.ticker import EVERY
from bot.vn.places import gazetteer
from bot.wiring import COUNTS
from bot.worker import register
from tests.campaigns.wave_world import CAN_THO, FIRST
from tests.console.conftest import NOW, Console
from tests.sheets.pages import page_count, texts_in, undrawable

REPORTS = f"{HOME}/reports"


async def people(console: Console, province: str | None, count: int, *, first: int, topic: str = "") -> None:
    """Let people of a province write to us yesterday, and be answered on a topic."""
    at = NOW - timedelta(days=1)
    numbers = {"first": first, "last": first + count - 1}
    await console.do(
        "INSERT INTO person (id, province) SELECT n, :province FROM generate_series(cast(:first AS int), :last) n",
        province=province, **numbers,
    )  # fmt: skip
    await console.do(
        "INSERT INTO contact (channel, address, person_id, created_at) SELECT 'telegram', n::text, n, :at"
        " FROM generate_series(cast(:first AS int), :last) n",
        at=at, **numbers,
    )  # fmt: skip
    await console.do(
        "INSERT INTO inbox (contact_id, event_id, kind, payload, received_at) SELECT id, 'e' || id, 'text', 'hỏi', :at"
        " FROM contact WHERE person_id BETWEEN :first AND :last",
        at=at, **numbers,
    )  # fmt: skip
    await console.do(
        "INSERT INTO outbox (key, contact_id, class, body, state, created_at) SELECT 'k' || id, id, 'reply',"
        " jsonb_build_object('text', 'x', 'topic', cast(:topic AS text)), 'sent', :at"
        " FROM contact WHERE person_id BETWEEN :first AND :last",
        at=at, topic=topic, **numbers,
    )  # fmt: skip


async def table(client: object, name: str, **query: str) -> dict[str, list[str]]:
    """Return the rows of a report by their first cell."""
    answer = await client.get(f"{REPORTS}/files/{name}.csv", params=query)  # type: ignore[attr-defined]
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf"), "Excel knows by it that it is UTF-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return {row[0]: row[1:] for row in rows[1:]}


def test_every_province_has_a_tile_of_its_own() -> None:
    assert MAP.keys() == gazetteer().provinces.keys()
    assert len(set(MAP.values())) == 34


async def test_the_map_counts_people_where_they_live_and_says_it_in_numbers_too(console: Console) -> None:
    await people(console, "phu_tho", 12, first=1)
    await people(console, "ca_mau", 7, first=101)
    await people(console, None, 6, first=201)
    author = await console.as_("author", Role.AUTHOR)
    found = await table(author, "map")
    assert found["Phú Thọ"] == ["12"] and found["Cà Mau"] == ["7"] and found["Hà Nội"] == ["0"]
    assert found["Chưa rõ nơi ở"] == ["6"] and len(found) == 35
    page = (await author.get(REPORTS)).text
    assert page.count("<svg") == 4 and "Bản đồ ô" in page and len(page.encode()) < 150_000
    assert page.count("Hãy chọn kỳ dài hơn") == 1, "nobody asked anything; an empty picture would not say so"


async def test_somebody_of_one_province_sees_nobody_of_another(console: Console) -> None:
    await people(console, "phu_tho", 12, first=1, topic="contribution_amount")
    await people(console, "ca_mau", 7, first=101, topic="pension_amount")
    await people(console, None, 6, first=201, topic="social_pension")
    author = await console.as_("phu_tho", Role.AUTHOR, scope=("phu_tho",))
    assert await table(author, "map") == {"Phú Thọ": ["12"]}
    assert (await table(author, "topics")) == {"Mức đóng BHXH tự nguyện": ["12", "12"]}
    assert [row[:2] for row in (await table(author, "days")).values()] == [["12", "12"]]
    for address in (REPORTS, f"{REPORTS}/files/map.csv"):
        assert (await author.get(address, params={"place": "ca_mau"})).status_code == 404
        assert (await author.get(address, params={"place": "khong_co"})).status_code == 404


async def test_who_only_reads_sees_no_number_below_five_and_no_exact_one_from_which_it_could_be_worked_out(
    console: Console,
) -> None:
    await people(console, "phu_tho", 12, first=1)
    await people(console, "ca_mau", 3, first=101)
    viewer = await console.as_("viewer", Role.VIEWER)
    found = await table(viewer, "map")
    assert found["Cà Mau"] == ["dưới 5"] and found["Phú Thọ"] == ["10"] and found["Hà Nội"] == ["0"]
    assert list((await table(viewer, "days")).values()) == [["15", "15", "15"]]
    page = (await viewer.get(REPORTS)).text
    assert "dưới 5" in page and "làm tròn" in page
    assert ">3<" not in page and ">12<" not in page and "12</td>" not in page


def test_a_number_of_those_who_only_read_is_rounded_and_a_small_one_is_none() -> None:
    assert [guarded(number, False) for number in (0, 1, 4, 5, 7, 8, 12)] == [0, None, None, 5, 5, 10, 10]
    assert guarded(3, True) == 3


def test_no_period_ends_after_today_or_is_longer_than_two_years() -> None:
    today = NOW.date()
    assert period(None, None, today).last == today and (today - period(None, None, today).first).days == 29
    assert period(None, today + timedelta(days=9), today).last == today
    assert period(today - timedelta(days=9000), None, today).first == (today - timedelta(days=731)).replace(day=1)
    assert period(today, today - timedelta(days=3), today).first == today - timedelta(days=3)


async def test_what_the_clock_has_counted_is_shown_with_its_hour(console: Console) -> None:
    register(console.parts)
    jobs = console.parts.jobs.tasks
    assert jobs.keys() >= EVERY.keys(), "the worker knows every job of the clock"
    await people(console, "phu_tho", 12, first=1)
    author = await console.as_("author", Role.AUTHOR)
    of_commune = await console.as_("commune", Role.AUTHOR, scope=("08935",))
    assert "Số liệu tính đến" not in (await author.get(REPORTS)).text
    await jobs[COUNTS]()
    await people(console, "phu_tho", 7, first=101)
    await console.do("UPDATE person SET commune = '08935' WHERE id > 100")
    page = (await author.get(REPORTS)).text
    assert "Số liệu tính đến 09:00, 27/11/2026" in page and "trọn tháng" not in page
    assert (await table(author, "map"))["Phú Thọ"] == ["12"], "what is counted, until the clock counts again"
    assert (await table(of_commune, "map"))["Phú Thọ"] == ["7"], "few people are counted when somebody looks"
    long = (await author.get(REPORTS, params={"first": "2026-09-15"})).text
    assert "từ 01/09/2026 đến 27/11/2026" in long


async def acted(console: Console, person: int, topic: str, picture: str = "") -> None:
    """Let somebody be answered, with the picture of a result or without."""
    await console.do(
        "INSERT INTO outbox (key, contact_id, class, body, state, created_at) SELECT 'a' || id, id, 'reply',"
        " jsonb_build_object('text', 'x', 'topic', cast(:topic AS text), 'picture', jsonb_build_object('what', cast(:picture AS text))),"
        " 'sent', :at FROM contact WHERE person_id = :person",
        person=person, topic=topic, picture=picture, at=NOW,
    )  # fmt: skip


async def booked(console: Console, person: int, state: str = "booked") -> None:
    await console.do(
        "INSERT INTO office (key, kind, name, address, province, commune) VALUES ('o', 'post_office', 'o', 'a', 'phu_tho', '08935')"
        " ON CONFLICT DO NOTHING"
    )
    await console.do(
        "INSERT INTO consultant (key, office_id, name) SELECT 'c', id, 'c' FROM office ON CONFLICT DO NOTHING"
    )
    await console.do(
        "INSERT INTO appointment (code, state, contact_id, consultant_id, office_id, kind, topic, starts_at, ends_at, taken,"
        " held_until, created_at) SELECT 'c' || k.id, :state, k.id, c.id, c.office_id, 'office', 'other', :at,"
        " cast(:at AS timestamptz) + interval '1 h', 'empty', :at, :at FROM contact k, consultant c WHERE k.person_id = :person",
        person=person, state=state, at=NOW,
    )  # fmt: skip


async def test_the_funnel_leads_from_a_question_to_joining(console: Console) -> None:
    await people(console, "phu_tho", 4, first=1)
    await acted(console, 1, "pension_amount")
    await acted(console, 2, "calculate_contribution")
    await acted(console, 3, "contribution_amount", picture="contribution")
    await booked(console, 3)
    await booked(console, 4, "held")
    await console.do("UPDATE person SET joined = 'voluntary' WHERE id = 3")
    found = await table(await console.as_("author", Role.AUTHOR), "funnel")
    assert [row[0] for row in found.values()] == ["3", "2", "1", "1"]


async def test_waiting_for_a_person_is_counted_until_somebody_takes_it(console: Console) -> None:
    await people(console, "phu_tho", 4, first=1)
    rows = await console.rows("SELECT i.id, i.contact_id FROM inbox i ORDER BY i.id")
    await console.do(
        "INSERT INTO office (key, kind, name, address, province, commune) VALUES ('o', 'post_office', 'o', 'a', 'phu_tho', '08935')"
    )
    await console.do("INSERT INTO consultant (key, office_id, name) SELECT 'c', id, 'c' FROM office LIMIT 1")
    for at, (row, minutes) in enumerate(zip(rows, (3, 30, None, None), strict=True)):
        asked = NOW - timedelta(hours=2)
        taken = asked + timedelta(minutes=minutes) if minutes else None
        await console.do(
            "INSERT INTO hand_over (inbox_id, contact_id, asked_at, taken_by, taken_at, said_at, closed_at, province)"
            " SELECT :inbox, :contact, :asked, CASE WHEN :took THEN (SELECT min(id) FROM consultant) END,"
            " cast(:taken AS timestamptz), cast(:taken AS timestamptz), :closed, 'phu_tho'",
            inbox=row.id, contact=row.contact_id, asked=asked, took=taken is not None, taken=taken,
            closed=None if at == 3 else NOW,
        )  # fmt: skip
    found = await table(await console.as_("author", Role.AUTHOR), "waits")
    assert found["Dưới 5 phút"] == ["1"] and found["15 phút đến 1 giờ"] == ["1"]
    assert found["Không chờ nữa"] == ["1"] and found["Đang chờ"] == ["1"]
    page = (await (await console.as_("author", Role.AUTHOR)).get(REPORTS)).text
    assert "Một nửa số người chờ không quá 16 phút." in page


@pytest.mark.parametrize(
    "name",
    ["..%2f..%2fetc%2fpasswd", "..%2fdays.csv", "days.csv%00.xlsx", "days.pdf.exe", "DAYS.csv", "campaigns.csv", "days.csv%0a"],
)  # fmt: skip
async def test_a_download_is_one_of_the_reports_and_nothing_else(name: str, console: Console) -> None:
    viewer = await console.as_("viewer", Role.VIEWER)
    answer = await viewer.get(f"{REPORTS}/files/{name}")
    assert answer.status_code == 404 and "root:" not in answer.text


def test_a_cell_that_begins_like_a_formula_is_text_in_both_forms() -> None:
    names = ("=1+1", "+84912", "-5", "@x", "\tx", "\rx", "bình thường")
    made = Table("t", "=HYPERLINK(1)", ("Tên", "Số"), tuple((name, 7) for name in names))
    for cell in csv.reader(io.StringIO(written(made, "csv", about="", made=NOW).decode("utf-8-sig"), newline="")):
        assert not cell[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    page = load_workbook(io.BytesIO(written(made, "xlsx", about="=1", made=NOW))).active
    assert page is not None
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" and not str(cell.value).startswith(("=", "+", "-", "@")) for cell in cells)
    assert [cell.value for cell in cells if cell.data_type == "n"] == [7] * len(names), "numbers stay numbers"


async def test_an_excel_file_says_of_which_days_and_places_it_is(console: Console) -> None:
    author = await console.as_("author", Role.AUTHOR)
    answer = await author.get(f"{REPORTS}/files/days.xlsx", params={"first": "2026-11-01", "place": "phu_tho"})
    page = load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    assert page["A2"].value == "Từ 01/11/2026 đến 27/11/2026; nơi ở: Phú Thọ"
    assert answer.headers["content-disposition"] == 'attachment; filename="days_2026-11-01_2026-11-27.xlsx"'


def long(rows: int) -> Table:
    cells = tuple((f"Xã {number:04}", None if number % 7 == 0 else number * 1_000) for number in range(rows))
    return Table("t", "Người nhắn tin ở Đắk Lắk", ("Xã", "Số người"), cells, "Ghi chú của bảng.")


def test_a_table_on_paper_says_what_it_is_of_and_numbers_its_pages() -> None:
    shown = page(long(200), "Từ 01/11/2026 đến 27/11/2026; nơi ở: Đắk Lắk", NOW, ["Ghi chú của bảng.", GUARDED])
    assert {"title", "about", "made", "notes"} <= shown.keys() and shown["made"] == "Lập lúc 09:00 ngày 27/11/2026"
    assert shown["rows"][7] == ["Xã 0007", "dưới 5"] and shown["rows"][8] == ["Xã 0008", "8.000"]
    assert warnings_about("report_table", shown) == [] and not undrawable("".join(texts_in(shown)))
    pages = [written(long(rows), "pdf", about="x", made=NOW) for rows in (0, 3, 200)]
    assert [page_count(one) for one in pages] == [1, 1, 5]
    assert pages[2] == written(long(200), "pdf", about="x", made=NOW), "the same figures are the same bytes"


def test_what_a_table_says_is_never_run_by_the_typesetter() -> None:
    evil = '#read("/etc/passwd") $x$ *b* #set page(width: 1pt)'
    made = Table("t", evil, (evil, "Số"), ((evil, 7),), evil)
    assert page_count(written(made, "pdf", about=evil, made=NOW)) == 1


async def test_each_report_is_taken_away_on_paper_and_says_to_whom_only_reads_what_is_hidden(console: Console) -> None:
    await people(console, "phu_tho", 12, first=1)
    await campaign(console, "nong_dan", ["phu_tho"], 11)
    viewer = await console.as_("viewer", Role.VIEWER)
    for name in TABLES:
        answer = await viewer.get(f"{REPORTS}/files/{name}.pdf", params={"place": "phu_tho"})
        assert answer.content.startswith(b"%PDF") and answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].endswith('.pdf"')
    for path in ("campaigns", "campaigns/nong_dan"):
        for form, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
            assert (await viewer.get(f"{REPORTS}/{path}", params={"form": form})).content.startswith(begins)
    sheet = load_workbook(io.BytesIO((await viewer.get(f"{REPORTS}/files/days.xlsx")).content)).active
    assert sheet is not None and GUARDED in str(sheet["A3"].value)


async def campaign(console: Console, key: str, places: list[str], sent: int) -> None:
    """Make a campaign that has reached some people."""
    await console.do(
        "INSERT INTO campaign (key, title, state, plan, author, created_at) VALUES (:key, :title, 'running',"
        " jsonb_build_object('audience', jsonb_build_object('places', cast(:places AS text[]))), 'lan', :now)",
        key=key, title=f"<b>{key}</b>", places=places, now=NOW,
    )  # fmt: skip
    await console.do(
        "INSERT INTO outbox (key, contact_id, class, body, state, campaign_id, person_id, step, variant, finished_at)"
        " SELECT :key || c.id, c.id, 'campaign', '{}', 'sent', m.id, c.person_id, 'once', 'a', :now"
        " FROM contact c, campaign m WHERE m.key = :key ORDER BY c.id LIMIT :sent",
        key=key, sent=sent, now=NOW,
    )  # fmt: skip


async def test_results_of_a_campaign_are_for_those_of_its_places(console: Console) -> None:
    await people(console, "phu_tho", 12, first=1)
    await campaign(console, "nong_dan", ["phu_tho"], 11)
    await campaign(console, "khac", ["ca_mau"], 0)
    own = await console.as_("own", Role.AUTHOR, scope=("phu_tho",))
    listed = (await own.get(f"{REPORTS}/campaigns")).text
    assert "nong_dan" in listed and "khac</b>" not in listed and "&lt;b&gt;nong_dan" in listed
    assert (await own.get(f"{REPORTS}/campaigns/nong_dan")).status_code == 200
    assert (await own.get(f"{REPORTS}/campaigns/khac")).status_code == 404
    assert (await own.get(f"{REPORTS}/campaigns/khac", params={"form": "csv"})).status_code == 404
    file = await own.get(f"{REPORTS}/campaigns/nong_dan", params={"form": "csv"})
    assert file.content.decode("utf-8-sig").splitlines()[1].startswith("Tất cả,,11,11,0")


async def test_who_only_reads_gets_a_campaigns_numbers_as_open_data_has_them(console: Console) -> None:
    await people(console, "phu_tho", 9, first=1)
    await people(console, "ca_mau", 3, first=101)
    await campaign(console, "nong_dan", ["phu_tho", "ca_mau"], 12)
    viewer = await console.as_("viewer", Role.VIEWER)
    file = await viewer.get(f"{REPORTS}/campaigns/nong_dan", params={"form": "csv"})
    rows = {row[1]: row[2] for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig")))}
    assert rows["Cà Mau"] == rows["Phú Thọ"] == "dưới 5", "of two provinces one would tell of the other"


async def waves(console: Console) -> None:
    async with console.parts.engine.begin() as connection:
        await service.load(connection, CAN_THO, by="lan", now=datetime(2023, 6, 12, tzinfo=UTC))


async def test_a_report_of_a_wave_is_made_for_ones_own_province_and_written_down(console: Console) -> None:
    await waves(console)
    own = await console.as_("own", Role.AUTHOR, scope=("can_tho",))
    page = (await own.get(f"{REPORTS}/waves")).text
    assert "Đợt 1" in page and "Quá hạn" in page
    answer = await own.post(f"{REPORTS}/waves/{FIRST}", data={"unit": "can_tho", "form": "xlsx"})
    assert answer.status_code == 200
    load_workbook(io.BytesIO(answer.content))
    pdf = await own.post(f"{REPORTS}/waves/{FIRST}", data={"unit": "can_tho", "form": "pdf"})
    assert pdf.content.startswith(b"%PDF")
    acts = await console.rows("SELECT by, act, about FROM audit WHERE act = 'wave_report'")
    assert [(row.by, row.about) for row in acts] == [("own", f"{FIRST}/can_tho")] * 2


async def test_a_report_of_a_wave_of_another_province_is_not_there(console: Console) -> None:
    await waves(console)
    other = await console.as_("other", Role.AUTHOR, scope=("phu_tho",))
    assert "Đợt 1" not in (await other.get(f"{REPORTS}/waves")).text
    for unit in ("can_tho", "ninh_kieu", "../x"):
        answer = await other.post(f"{REPORTS}/waves/{FIRST}", data={"unit": unit, "form": "pdf"})
        assert answer.status_code == 404
    assert await console.rows("SELECT FROM wave_report") == []


async def test_a_report_of_a_wave_has_no_other_form_and_then_nothing_is_kept(console: Console) -> None:
    await waves(console)
    author = await console.as_("author", Role.AUTHOR)
    answer = await author.post(f"{REPORTS}/waves/{FIRST}", data={"unit": "can_tho", "form": "../../x"})
    assert answer.status_code == 400
    assert await console.rows("SELECT FROM wave_report") == []
    viewer = await console.as_("viewer", Role.VIEWER)
    assert (await viewer.post(f"{REPORTS}/waves/{FIRST}", data={"unit": "can_tho", "form": "pdf"})).status_code == 403
