"""What consultants do with appointments, hours and field days, done in a real Chromium, on a laptop and on a telephone."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.async_api import expect

from tests.console.acts import Acts, Desk
from tests.console.browsing import SIZES

TODAY = date(2026, 11, 27)
COUNT = "SELECT state, note_kind, note, version FROM appointment WHERE id = :id"


def number(desk: Desk) -> int:
    """Return the number of the appointment that is looked at."""
    found = re.search(r"/bookings/(\d+)", desk.page.url)
    assert found, desk.page.url
    return int(found[1])


async def a_booking(acts: Acts, consultant: str, day: str) -> int:
    """Return a booked appointment of the demonstration: of a consultant, on a day like «= date '2026-11-27'»."""
    rows = await acts.console.rows(
        "SELECT a.id FROM appointment a JOIN consultant c ON c.id = a.consultant_id WHERE c.key = :key AND a.state = 'booked'"  # noqa: S608
        f" AND (a.starts_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date {day} ORDER BY a.starts_at LIMIT 1", key=consultant,
    )  # fmt: skip
    return int(rows[0].id)


async def test_who_telephones_gets_a_time_which_is_confirmed_asked_to_change_and_cancelled(acts: Acts) -> None:
    async with acts.at_work("tuvan", "phone") as desk:
        await desk.go("/bookings")
        await desk.follow("Đặt lịch hộ")
        await desk.page.get_by_label("Cần hỏi về").select_option("pension")
        await desk.page.get_by_label("Cách gặp").select_option("phone")
        await desk.press("Tìm giờ trống")
        await desk.page.locator("#free input[name=offer]").first.check()
        await desk.fill(name="Người Gọi Tới", phone="0912 345 999")
        await desk.press("Đặt lịch")
        await desk.told("Đã đặt lịch. Hãy đọc giờ hẹn và mã hẹn")
        row = await desk.one("SELECT name, phone, state, kind FROM appointment WHERE id = :id", id=number(desk))
        assert tuple(row) == ("Người Gọi Tới", "+84912345999", "booked", "phone")
        await desk.press("Xác nhận lịch hẹn")
        await desk.told("Đã xác nhận. Người hẹn được báo.")
        await desk.open("Đổi sang giờ khác")
        await desk.page.locator("input[name=argument]").nth(1).check()
        await desk.press("Hỏi người hẹn có đổi được không")
        await desk.told("Giờ cũ vẫn giữ cho đến khi có trả lời")
        await desk.shows("đề nghị đổi sang")
        await desk.open("Không hẹn được")
        await desk.press("Báo không hẹn được")
        await desk.told("Đã báo không hẹn được.")
        assert (await desk.one(COUNT, id=number(desk))).state == "declined"
        await desk.shows("Không còn việc gì phải làm")


async def test_a_time_is_moved_after_a_call_and_the_page_leads_to_the_new_one(acts: Acts) -> None:
    old = await a_booking(acts, "viet_tri.01", "> date '2026-11-30'")
    async with acts.at_work("tuvan") as desk:
        await desk.go(f"/bookings/{old}")
        await desk.open("Đổi sang giờ khác")
        await desk.page.locator("input[name=argument]").nth(2).check()
        await desk.press("Đã gọi điện, dời luôn")
        await desk.told("Đã dời sang giờ mới. Người hẹn được báo.")
        assert number(desk) != old and (await desk.one(COUNT, id=old)).state == "moved"
        await desk.go(f"/bookings/{old}")
        await desk.follow("Xem lịch hẹn mới")
        await expect(desk.page.get_by_text("Đã xác nhận", exact=True).first).to_be_visible()


async def test_after_the_meeting_it_is_written_down_how_it_went(acts: Acts) -> None:
    mine = await a_booking(acts, "viet_tri.01", "= date '2026-11-27'")
    async with acts.at_work("tuvan", "phone") as desk:
        await desk.go("/bookings")
        await desk.page.locator(f"a[href='/console/bookings/{mine}']:visible").first.click()
        await desk.press("Đã gặp")
        await desk.told("Đã ghi là đã gặp. Hãy ghi kết quả buổi gặp.")
        await desk.page.get_by_label("Hẹn quay lại").check()
        await desk.fill(line="Mang sổ cũ ra")
        await desk.press("Lưu kết quả")
        await desk.told("Đã ghi kết quả.")
        await desk.shows("kết quả: Hẹn quay lại")
        row = await desk.one(COUNT, id=mine)
        assert (row.state, row.note_kind, row.note) == ("done", "will_return", "Mang sổ cũ ra")


async def test_who_did_not_come_is_written_down_by_a_colleague(acts: Acts) -> None:
    theirs = await a_booking(acts, "binh_xuyen.03", "= date '2026-11-27'")
    async with acts.at_work("quay") as desk:
        await desk.go("/bookings?view=day&office=binh_xuyen")
        await desk.page.locator(f"a[href='/console/bookings/{theirs}']:visible").first.click()
        await desk.press("Người hẹn không đến")
        await desk.told("Đã ghi là không đến.")
        assert (await desk.one(COUNT, id=theirs)).state == "absent"


@pytest.mark.parametrize("size", SIZES)
async def test_name_and_number_are_opened_on_the_page_itself_and_that_is_written_down(size: str, acts: Acts) -> None:
    found = await a_booking(acts, "hoa_binh.05", "> date '2026-11-27'")
    async with acts.at_work("quay", size) as desk:
        await desk.go(f"/bookings/{found}")
        await expect(desk.page.locator("#person")).to_contain_text("N*** d***")
        await desk.press("Mở tên, số điện thoại và câu hỏi")
        await expect(desk.page.locator("#person")).to_contain_text("Người dân")
        await expect(desk.page.locator("#person a[href^='tel:+8495']")).to_be_visible()
        await desk.one(
            "SELECT by FROM audit WHERE act = 'open_personal' AND about = :about ORDER BY id DESC LIMIT 1",
            about=f"appointment:{found}",
        )


@pytest.mark.parametrize("size", SIZES)
async def test_the_calendar_is_turned_by_day_week_person_and_office(size: str, acts: Acts) -> None:
    async with acts.at_work("tuvan", size) as mine:
        await mine.go("/bookings")
        await expect(mine.page.get_by_role("heading", level=1)).to_have_text("Lịch của tôi")
    async with acts.at_work("quay", size) as desk:
        await desk.go("/bookings")
        for view in ("Tuần", "Từng người", "Ngày"):
            await desk.follow(view)
            await expect(desk.page.locator("main a[aria-current=true]")).to_have_text(view)
        await desk.page.get_by_role("link", name="Ngày sau").click()
        await desk.shows("28/11/2026")
        await desk.page.get_by_label("Nơi làm việc").select_option("hoa_binh")
        await desk.page.get_by_label("Ngày", exact=True).fill("2026-12-02")
        await desk.press("Xem")
        await desk.shows("BHXH cơ sở Hòa Bình (thử)")
        await expect(desk.page.locator("a[href^='/console/bookings/'] strong:visible").first).to_contain_text("15:30")


async def test_hours_leave_and_extra_hours_are_written_and_taken_back(acts: Acts) -> None:
    plan = "SELECT count(*) AS n FROM working_plan w JOIN consultant c ON c.id = w.consultant_id WHERE c.key = 'mai_chau.07' AND weekday = 5"
    changes = "SELECT works, reason FROM plan_exception e JOIN consultant c ON c.id = e.consultant_id WHERE c.key = 'mai_chau.07' ORDER BY day"
    async with acts.at_work("quay", "phone") as desk:
        await desk.go("/bookings/people")
        await desk.follow("Nhân viên bưu điện 07")
        await desk.page.get_by_label("Thứ bảy, buổi 1, từ").fill("08:00")
        await desk.page.get_by_label("Thứ bảy, buổi 1, đến").fill("10:30")
        await desk.press("Lưu giờ làm việc")
        await desk.told("Đã lưu.")
        assert (await desk.one(plan)).n == 1
        leave = desk.page.locator("form.card", has_text="Lý do").filter(has_text="Đến ngày")
        await leave.get_by_label("Từ ngày").fill("2026-12-10")
        await leave.get_by_label("Lý do").fill("tập huấn")
        await desk.press("Thêm ngày nghỉ")
        await desk.shows("nghỉ cả ngày (tập huấn)")
        extra = desk.page.locator("form.card", has_text="Lý do").filter(has_not_text="Đến ngày")
        await extra.get_by_label("Ngày", exact=True).fill("2026-12-13")
        await extra.get_by_label("Từ giờ").fill("08:00")
        await extra.get_by_label("Đến giờ").fill("11:00")
        await desk.press("Thêm giờ làm")
        await desk.shows("làm thêm 08:00 – 11:00")
        assert [tuple(row) for row in await acts.console.rows(changes)] == [(False, "tập huấn"), (True, None)]
        await desk.page.locator("li", has_text="làm thêm 08:00").get_by_role("button").click()
        await expect(desk.page.get_by_text("làm thêm 08:00 – 11:00")).to_have_count(0)
        assert [tuple(row) for row in await acts.console.rows(changes)] == [(False, "tập huấn")]


async def test_hours_that_leave_an_appointment_outside_say_so_and_lead_there(acts: Acts) -> None:
    booked = await a_booking(acts, "hoa_binh.05", "= date '2026-12-07'")
    async with acts.at_work("quay") as desk:
        await desk.go("/bookings/people/hoa_binh.05")
        leave = desk.page.locator("form.card").filter(has_text="Đến ngày")
        await leave.get_by_label("Từ ngày").fill("2026-12-07")
        await desk.press("Thêm ngày nghỉ")
        await expect(desk.page.get_by_role("alert")).to_contain_text("Đã lưu. Nhưng 1 lịch hẹn nay nằm ngoài giờ")
        await desk.page.locator(f"a[href='/console/bookings/{booked}']").click()
        await desk.shows("Đổi sang giờ khác")


async def test_a_field_day_is_made_gets_a_seat_a_walk_in_a_print_out_and_is_called_off(acts: Acts) -> None:
    async with acts.at_work("quay") as desk:
        await desk.go("/bookings/waiting")
        await desk.shows("người đang chờ giờ trống")
        await desk.follow("Thêm ngày lưu động")
        await desk.page.get_by_label("Cơ quan tổ chức").select_option("viet_tri")
        await desk.press("Tiếp")
        await desk.page.get_by_label("Tên").fill("Tư vấn tại chợ Nú")
        await desk.page.get_by_label("Địa chỉ").fill("Chợ Nú")
        await desk.page.get_by_label("Ngày", exact=True).fill(TODAY.isoformat())
        await desk.page.get_by_label("Từ giờ").fill("10:00")
        await desk.page.get_by_label("Đến giờ").fill("11:30")
        for who in ("Tư vấn viên 01", "Tư vấn viên 02"):
            await desk.page.get_by_label(who).check()
        await desk.press("Lưu ngày lưu động")
        await desk.told("Đã lưu.")
        await desk.page.locator("main input[name=name]").first.fill("Bà Đến Luôn")
        await desk.page.locator("main input[name=phone]").fill("0912345888")
        await desk.press("Ghi vào danh sách")
        await desk.told("Đã ghi vào danh sách.")
        await desk.shows("1 người đến không hẹn trước")
        await desk.open("Sửa ngày, nơi, số chỗ")
        await desk.page.get_by_label("Số chỗ hẹn trước").fill("35")
        await desk.press("Lưu")
        await desk.shows("/ 35 chỗ đã có người")
        await desk.follow("Danh sách để in")
        await expect(desk.page.locator("table.sheet")).to_contain_text("B*** Đ*** L***")
        await desk.press("Mở tên và số điện thoại để in")
        await expect(desk.page.locator("table.sheet")).to_contain_text("0912 345 888")
        await desk.follow("← Tư vấn tại chợ Nú")
        await desk.open("Sửa ngày, nơi, số chỗ")
        await desk.page.get_by_label("Hủy ngày lưu động này").check()
        await desk.press("Lưu")
        await expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Đã hủy")
        row = await desk.one("SELECT seats, cancelled FROM field_day WHERE name = 'Tư vấn tại chợ Nú'")
        assert tuple(row) == (35, True)


async def test_what_is_wrong_on_a_field_day_is_said_and_the_way_back_is_there(acts: Acts) -> None:
    async with acts.at_work("quay", "phone") as desk:
        await desk.go("/bookings/field-new?office=hoa_binh")
        await desk.page.get_by_label("Tên").fill("Một mình")
        await desk.page.get_by_label("Địa chỉ").fill("Chợ")
        await desk.page.get_by_label("Ngày", exact=True).fill("2026-12-20")
        await desk.page.get_by_label("Tư vấn viên 05").check()
        await desk.press("Lưu ngày lưu động")
        await desk.refused("ít nhất hai tư vấn viên")
        await desk.follow("Quay lại")
        await expect(desk.page.get_by_label("Tên")).to_have_value("Một mình")
        await expect(desk.page.get_by_label("Tư vấn viên 05")).to_be_checked()
        await desk.page.get_by_label("Nhân viên bưu điện 07").check()
        await desk.press("Lưu ngày lưu động")
        await desk.told("Đã lưu.")


async def test_every_act_of_these_pages_was_done_above(acts: Acts) -> None:
    assert not acts.left("bookings")
