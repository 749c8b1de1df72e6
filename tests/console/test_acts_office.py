"""Content, lists, invitations, reports and settings in a real Chromium: what editors, authors and administrators press there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import FilePayload, expect

from tests.console.acts import Acts
from tests.console.browsing import SIZES

LIST = "Họ tên,Điện thoại,Tỉnh\n{name},{phone},Phú Thọ\nSố Sai,12,Phú Thọ\n"


def sheet(name: str, phone: str) -> FilePayload:
    return {"name": "ds.csv", "mimeType": "text/csv", "buffer": LIST.format(name=name, phone=phone).encode()}


@pytest.mark.parametrize("size", SIZES)
async def test_a_list_is_looked_at_its_faulty_rows_are_fetched_and_the_others_written(size: str, acts: Acts) -> None:
    phone = f"09123455{len(size)}1"
    async with acts.at_work("soanthao", size) as desk:
        await desk.go("/people")
        await desk.page.get_by_label("Tệp Excel").set_input_files(sheet("Bà Mới", phone))
        await desk.page.get_by_label("Căn cứ đồng ý").fill("Biên bản số 12/BB-BHXH")
        await desk.press("Xem thử")
        await desk.shows("Xem thử, chưa ghi gì.")
        async with desk.page.expect_download() as fetched:
            await desk.press("Tải 1 dòng cần sửa")
        assert "Số Sai" in Path(await (await fetched.value).path()).read_text(encoding="utf-8-sig")
        await desk.press("Ghi 1 dòng vào hệ thống")
        await desk.shows("Đã ghi danh sách.")
        await desk.one("SELECT id FROM person WHERE phone = :phone", phone=f"+84{phone[1:]}")


async def test_what_is_no_list_is_refused_on_the_page_itself(acts: Acts) -> None:
    async with acts.at_work("soanthao", "phone") as desk:
        await desk.go("/people")
        await desk.page.get_by_label("Tệp Excel").set_input_files(
            {"name": "anh.xlsx", "mimeType": "image/png", "buffer": b"\x89PNG\r\n"}
        )
        await desk.press("Xem thử")
        await desk.refused("Không đọc được tệp này.")


@pytest.mark.parametrize("size", SIZES)
async def test_an_invitation_is_made_and_its_codes_are_shown_and_fetched(size: str, acts: Acts) -> None:
    async with acts.at_work("soanthao", size) as desk:
        await desk.go("/people/invitations")
        event = await desk.page.locator("datalist#events option[value*='03/12/2026']").first.get_attribute("value")
        assert event
        await desk.fill(event=event, agent=("Tư vấn viên 01", "tu van vien 02")[size == "phone"])
        await desk.press("Tạo lời mời")
        await desk.shows(("Người mời: Tư vấn viên 01.", "Người mời: Tư vấn viên 02.")[size == "phone"])
        await expect(desk.page.get_by_alt_text("Mã QR dẫn đến Chat trên web")).to_be_visible()
        await desk.fill(telegram="ansinh_bot")
        await desk.press("Hiện mã QR")
        await expect(desk.page.get_by_alt_text("Mã QR dẫn đến Telegram")).to_be_visible()
        async with desk.page.expect_download() as fetched:
            await desk.follow("Tải mã QR để in (PDF)")
        assert Path(await (await fetched.value).path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("size", SIZES)
async def test_content_is_looked_up_for_a_day_and_tried(size: str, acts: Acts) -> None:
    async with acts.at_work("bientap", size) as desk:
        await desk.go("/content")
        await desk.fill(q="muc dong", day="2026-12-31")
        await desk.press("Xem")
        await desk.page.locator("main tbody a").first.click()
        await desk.shows("Người dân thấy")
        await desk.page.locator("main a[href^='/console/content/law/']").first.click()
        await desk.shows("Theo thời gian")
        await desk.go("/content/try")
        await desk.page.get_by_label("Câu hỏi").fill("mấy tuổi thì nghỉ hưu")
        await desk.press("Hỏi thử")
        await expect(desk.page.locator("#tried .bubble").first).to_be_visible()
        await desk.shows("Phần hiểu câu hỏi đang tắt")


@pytest.mark.parametrize("size", SIZES)
async def test_an_item_of_work_is_taken_given_back_done_opened_again_and_passed_over(size: str, acts: Acts) -> None:
    async with acts.at_work("bientap", size) as desk:
        page = desk.page
        await desk.go("/content/work")
        action = await page.locator("form", has=page.get_by_role("button", name="Tôi làm")).first.get_attribute(
            "action"
        )
        item = page.locator("li", has=page.locator(f"form[action='{action}']"))
        states = "SELECT state FROM work_item WHERE id = :id"
        for button, said in (
            ("Tôi làm", "Đã nhận việc."),
            ("Trả lại", "Đã trả lại việc."),
            ("Tôi làm", "Đã nhận việc."),
        ):
            await item.get_by_role("button", name=button).click()
            await desk.told(said)
        await item.get_by_label("Ghi chú").fill("đã viết trang mới")
        await item.get_by_role("button", name="Đã xong").click()
        await desk.told("Đã xong.")
        await desk.follow("Đã xong, bỏ qua")
        await item.get_by_role("button", name="Mở lại").click()
        await desk.told("Đã trả lại việc.")
        await item.get_by_role("button", name="Tôi làm").click()
        await desk.told("Đã nhận việc.")
        await item.get_by_role("button", name="Bỏ qua").click()
        await desk.told("Đã xong.")
        assert action and (await desk.one(states, id=int(action.rpartition("/")[2]))).state == "dismissed"
        async with page.expect_download() as fetched:
            await desk.press("Tải tệp chữ")
        assert "con trâu" in Path(await (await fetched.value).path()).read_text(encoding="utf-8")


async def test_a_question_becomes_a_line_of_a_topic_and_the_draft_of_a_page(acts: Acts) -> None:
    line = "nhà nuôi trâu thì đóng thế nào"
    async with acts.at_work("bientap", "phone") as desk:
        page = desk.page
        await desk.go("/content/work")
        question = page.locator("li", has_text="Câu hỏi")
        await question.get_by_role("button", name="Tôi làm").first.click()
        await desk.told("Đã nhận việc.")
        async with page.expect_download() as draft:
            await page.get_by_role("link", name="Tải bản nháp trang mới").click()
        assert (await draft.value).suggested_filename.startswith("trang_moi_")
        for typed in ("ông xxx ở đâu", line):
            await desk.go("/content/work")
            await desk.open("Thành câu mẫu của một chủ đề")
            await page.get_by_label("Chủ đề").select_option(index=1)
            await page.get_by_label("Câu mẫu (sửa cho trọn").fill(typed)
            await desk.press("Chọn làm câu mẫu")
            if typed != line:
                await desk.refused("Câu mẫu còn «xxx»")
        await desk.told("Đã xong.")
        for button, ending in (("Tải câu mẫu đã chọn (YAML)", ".yml"), ("Tải tệp chữ", ".txt")):
            async with page.expect_download() as fetched:
                await desk.press(button)
            file = await fetched.value
            written = Path(await file.path()).read_text(encoding="utf-8")
            assert file.suggested_filename.endswith(ending) and (line in written) == (ending == ".yml")


@pytest.mark.parametrize("size", SIZES)
async def test_a_table_of_the_reports_is_fetched(size: str, acts: Acts) -> None:
    async with acts.at_work("soanthao", size) as desk:
        await desk.go("/reports")
        async with desk.page.expect_download() as fetched:
            await desk.page.locator("main a[href*='.csv']").first.click()
        assert (await fetched.value).suggested_filename.endswith(".csv")


@pytest.mark.parametrize("size", SIZES)
async def test_a_channel_goes_on_and_a_consultant_gets_a_code_and_an_address_shown_once(size: str, acts: Acts) -> None:
    await acts.console.do("UPDATE channel_account SET stopped = 'token' WHERE channel = 'telegram'")
    async with acts.at_work("quantri", size) as desk:
        await desk.go("/settings")
        await desk.press("Cho chạy lại")
        await desk.told("Kênh được chạy lại.")
        assert (await desk.one("SELECT stopped FROM channel_account WHERE channel = 'telegram'")).stopped is None
        await desk.go("/settings/offices")
        await desk.press("Mã kết nối cho Tư vấn viên 04")
        await desk.told("Mã kết nối của Tư vấn viên 04")
        await desk.press("Địa chỉ lịch cho Tư vấn viên 04")
        await desk.told("Địa chỉ lịch của Tư vấn viên 04")
        feed = await desk.page.get_by_role("status").locator("code").inner_text()
        assert feed.startswith("http") and feed.endswith(".ics")
        await desk.go("/settings/offices")
        assert feed not in await desk.page.content()
        await desk.go("/settings/rules")
        await desk.shows("08:00 – 21:00")


async def test_every_act_of_these_pages_was_done_above(acts: Acts) -> None:
    assert not acts.left("office")
