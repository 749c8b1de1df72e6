"""The life of campaigns in a real Chromium, by the hands of who writes, who approves and who watches them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.async_api import expect

from bot.campaigns.rounds import go_round
from bot.outbox.caps import caps_of
from tests.campaigns.test_run import with_rate
from tests.console.acts import Acts, Desk
from tests.console.browsing import SIZES, slow_line
from tests.console.keys import tab_to

DRAFT, WRITTEN = "ho_kinh_doanh_nhap", "ba_con_viet_tri_12_2026"
STATE = "SELECT state FROM campaign WHERE key = :key"


async def state(acts: Acts, key: str) -> str:
    [row] = await acts.console.rows(STATE, key=key)
    return str(row.state)


async def in_state(desk: Desk, words: str) -> None:
    """Wait until the page of a campaign shows its state."""
    await expect(desk.page.locator("h1 .state")).to_have_text(words)


async def to_submit(acts: Acts, key: str) -> None:
    """Let its author send a draft for approval."""
    async with acts.at_work("soanthao") as desk:
        await desk.go(f"/campaigns/{key}")
        await desk.press("Gửi duyệt")
        await in_state(desk, "Chờ duyệt")


async def test_a_dry_run_goes_on_behind_the_page(acts: Acts) -> None:
    async with acts.at_work("soanthao") as desk:
        await desk.go(f"/campaigns/{DRAFT}")
        await desk.open("Chạy thử với người nhận giả")
        await desk.press("Chạy thử")
        await desk.told("Đã xong.")
        await expect(desk.page.locator("#dry-run")).to_contain_text("Đang chạy thử từ 09:00")


async def test_a_campaign_is_written_with_the_count_beside_it_and_each_message_as_it_will_be_read(acts: Acts) -> None:
    async with acts.at_work("soanthao") as desk:
        page = desk.page
        await desk.go("/campaigns")
        await desk.follow("Soạn chiến dịch mới")
        await page.locator("a[href$='template=nong_dan']").click()
        await page.get_by_label("Tên chiến dịch").fill("Bà con Việt Trì")
        await expect(page.get_by_label("Nông dân").first).to_be_checked()
        await expect(page.locator("#reach")).not_to_contain_text("Đang đếm")
        await page.get_by_label("Kênh 1").select_option("telegram")
        await page.get_by_label("Kênh 2").select_option("sms")
        await page.get_by_label("Kênh 3").select_option("")
        await page.get_by_label("Bắt đầu ngày").fill("2026-12-01")
        await page.get_by_label("Kết thúc ngày").fill("2026-12-03")
        await expect(page.locator("#reach .big")).to_contain_text("người")
        many = await page.locator("#reach .big").inner_text()
        await page.locator("[name=situations][value=nong_dan]").uncheck()
        await page.locator("[name=situations][value=tieu_thuong]").check()
        await expect(page.locator("#reach .big")).not_to_have_text(many)
        await desk.press("Xem tin")
        await expect(page.locator("#preview")).to_contain_text("tính tiền")
        await desk.press("Lưu bản nháp")
        await desk.told("Đã lưu.")
        await in_state(desk, "Bản nháp")
        assert await state(acts, WRITTEN) == "draft"
        await expect(page.get_by_text("người nhận được, trong")).to_be_visible()


async def test_what_is_wrong_stands_beside_its_field_and_a_draft_is_changed(acts: Acts) -> None:
    async with acts.at_work("soanthao", "phone") as desk:
        page = desk.page
        await desk.go(f"/campaigns/{DRAFT}/edit")
        await page.get_by_label("Tên chiến dịch").fill("Hộ kinh doanh, bản sửa")
        await page.get_by_label("Kết thúc ngày").fill("2026-11-30")
        await desk.press("Lưu bản nháp")
        await desk.refused("Ngày kết thúc phải sau lúc bắt đầu.")
        await expect(page.locator("[name=end_day][aria-invalid=true]")).to_have_value("2026-11-30")
        await expect(page.get_by_label("Tên chiến dịch")).to_have_value("Hộ kinh doanh, bản sửa")
        await page.get_by_label("Kết thúc ngày").fill("2026-12-05")
        await desk.press("Lưu bản nháp")
        await desk.told("Đã lưu.")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Hộ kinh doanh, bản sửa")


async def test_a_try_goes_to_one_of_the_staff(acts: Acts) -> None:
    async with acts.at_work("soanthao", "phone") as desk:
        await desk.go(f"/campaigns/{DRAFT}")
        await desk.open("Gửi thử cho một cán bộ")
        await desk.page.get_by_label("Người nhận").select_option("viet_tri.01")
        await desk.press("Gửi thử")
        await desk.told("Đã gửi tin thử.")
        assert await acts.console.rows("SELECT FROM outbox WHERE key LIKE 'try:%'")


async def test_what_is_submitted_is_sent_back_with_a_reason_and_its_author_cannot_approve_it(acts: Acts) -> None:
    await acts.console.do("UPDATE staff SET roles = '{author,approver}' WHERE key = 'soanthao'")
    await to_submit(acts, WRITTEN)
    async with acts.at_work("soanthao", "phone") as author:
        await author.go(f"/campaigns/{WRITTEN}")
        await author.shows("Người soạn không tự duyệt được.")
        await author.go(f"/campaigns/{WRITTEN}/approve")
        await author.shows("Bạn đã soạn hoặc sửa chiến dịch này nên không duyệt được.")
        await expect(author.page.get_by_role("button", name="Duyệt", exact=True)).to_have_count(0)
    async with acts.at_work("duyet", "phone") as desk:
        await desk.go("")
        await desk.go(f"/campaigns/{WRITTEN}")
        await desk.follow("Đọc và duyệt")
        await desk.shows("được gửi duyệt lần đầu")
        await expect(desk.page.locator("figure .bubble").first).to_be_visible()
        await desk.fill(note="Ghi rõ ngày phiên chợ")
        await desk.press("Không duyệt")
        await desk.told("Đã xong.")
        await in_state(desk, "Bản nháp")
        await desk.shows("Ghi rõ ngày phiên chợ")
    await acts.console.do("UPDATE staff SET roles = '{author}' WHERE key = 'soanthao'")


async def test_an_approver_reads_what_changed_and_approves_by_the_keyboard_over_a_slow_line(acts: Acts) -> None:
    await to_submit(acts, WRITTEN)
    async with acts.at_work("duyet") as desk, slow_line(desk.page):
        page = desk.page
        await desk.go("")
        await tab_to(page, "Bà con Việt Trì")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(f"/campaigns/{WRITTEN}$"))
        await tab_to(page, "Đọc và duyệt")
        await page.keyboard.press("Enter")
        await desk.shows("Khác gì lần gửi duyệt trước")
        await desk.shows("Lời tin không đổi.")
        await tab_to(page, "Duyệt", selector="main button")
        await page.keyboard.press("Enter")
        await desk.told("Đã xong.")
        await in_state(desk, "Đã duyệt")
    assert await state(acts, WRITTEN) == "approved"


async def test_what_is_approved_is_scheduled_by_its_author_and_the_approval_is_taken_back(acts: Acts) -> None:
    async with acts.at_work("soanthao", "phone") as author:
        await author.go(f"/campaigns/{WRITTEN}")
        await author.press("Hẹn giờ gửi")
        await in_state(author, "Đã hẹn giờ")
        await author.shows("Máy sẽ tự gửi lúc 09:00, 01/12/2026")
    async with acts.at_work("duyet") as desk:
        await desk.go(f"/campaigns/{WRITTEN}")
        await desk.page.get_by_label("Lý do").last.fill("Chợ dời ngày")
        await desk.press("Rút lại việc duyệt")
        await in_state(desk, "Bản nháp")
    assert await state(acts, WRITTEN) == "draft"


async def test_what_runs_is_paused_goes_on_and_is_stopped_for_good(acts: Acts) -> None:
    key = "tieu_thuong_dang_gui"
    async with acts.at_work("quantri", "phone") as desk:
        await desk.go(f"/campaigns/{key}")
        await desk.press("Tạm dừng")
        await in_state(desk, "Tạm dừng")
        await desk.shows("Đang tạm dừng, không tin nào đi.")
    async with acts.at_work("soanthao", "phone") as author:
        await author.go(f"/campaigns/{key}")
        await author.shows("Ai tạm dừng thì người đó, hoặc người duyệt, mới cho gửi tiếp.")
        async with acts.at_work("duyet", "phone") as second:
            await second.go(f"/campaigns/{key}")
            await second.press("Gửi tiếp")
            await in_state(second, "Đang gửi")
        assert await state(acts, key) == "running"
        await in_state(author, "Đang gửi")  # the open page renews itself
        await author.press("Dừng hẳn")
        await in_state(author, "Đã dừng hẳn")
        await author.shows("Chiến dịch đã khép lại, không còn việc gì.")
    assert await state(acts, key) == "stopped"


async def test_what_nobody_is_sure_of_is_settled_with_a_word_why(acts: Acts) -> None:
    key = "nong_dan_da_xong"
    await acts.console.do(
        "UPDATE outbox SET state = 'unknown', reason = 'answer' WHERE id = (SELECT max(o.id) FROM outbox o"
        " JOIN campaign k ON k.id = o.campaign_id WHERE k.key = :key AND o.state = 'sent')", key=key,
    )  # fmt: skip
    for size, button in zip(SIZES, ("Đã đến", "Không đến"), strict=True):
        async with acts.at_work("soanthao", size) as desk:
            await desk.go("/campaigns")
            await desk.page.locator(f"a[href='/console/campaigns/{key}/people#unknown']").click()
            await desk.page.get_by_label("Vì sao bạn biết").first.fill("đã hỏi nhà mạng")
            await desk.press(button)
            await desk.told("Đã lưu.")
    async with acts.at_work("lanhdao") as reader:
        await reader.go(f"/campaigns/{key}/people")
        await reader.shows("Không có tin nào.")
    notes = await acts.console.rows("SELECT note FROM audit WHERE act = 'settle' ORDER BY id")
    assert [row.note.partition(": ")[2] for row in notes] == ["sent; đã hỏi nhà mạng", "failed; đã hỏi nhà mạng"]


async def test_a_weekly_campaign_is_written_with_a_cap_of_its_own_and_a_sheet_to_keep(acts: Acts) -> None:
    async with acts.at_work("soanthao", "phone") as desk:
        page = desk.page
        await desk.go("/campaign-new?template=nong_dan")
        await page.get_by_label("Tên chiến dịch").fill("Nông dân hằng tuần")
        await page.get_by_label("Kèm tệp PDF").select_option("leaflet")
        await page.get_by_label("Của tỉnh, thành phố").select_option("phu_tho")
        await page.get_by_label("Hằng tuần").check()
        await page.locator("[name=weekdays]").first.check()
        await page.get_by_label("Bắt đầu ngày").fill("2026-12-01")
        await page.get_by_label("Kết thúc ngày").fill("2026-12-31")
        await page.get_by_label("Một người nhận nhiều nhất bao nhiêu tin").fill("2")
        await desk.press("Lưu bản nháp")
        await desk.refused("Ghi cả hai số, ví dụ: nhiều nhất 2 tin trong 30 ngày.")
        await page.get_by_label("Trong bao nhiêu ngày").fill("30")
        await desk.press("Lưu bản nháp")
        await desk.told("Đã lưu.")
        await desk.shows("Tờ rơi, Phú Thọ")
        await desk.shows("2 tin trong 30 ngày")


async def test_what_rests_on_a_number_that_has_changed_is_read_and_approved_again(acts: Acts) -> None:
    key, parts = "bao_luu_tam_dung", acts.console.parts
    other = with_rate(parts.library, date(2026, 11, 20), "0.25")
    await go_round(
        parts.engine, other, caps_of(parts.settings.campaign_cap), now=parts.clock(), advertising_by_sms=True
    )
    async with acts.at_work("soanthao", "phone") as author:
        await author.go(f"/campaigns/{key}")
        await author.shows("Chưa gửi tiếp được: số liệu đã đổi sau khi duyệt")
        await expect(author.page.get_by_role("button", name="Gửi tiếp")).to_have_count(0)
    async with acts.at_work("duyet", "phone") as desk:
        await desk.go(f"/campaigns/{key}")
        await desk.follow("Đọc lại và duyệt")
        await desk.shows("Nếu lời tin vẫn đúng thì bấm «Vẫn duyệt»")
        await desk.press("Vẫn duyệt")
        await desk.told("Đã xong.")
        await desk.press("Gửi tiếp")
        await in_state(desk, "Đang gửi")
    assert await state(acts, key) == "running"


async def test_a_rumour_becomes_the_draft_of_a_correction(acts: Acts) -> None:
    async with acts.at_work("soanthao", "phone") as desk:
        await desk.go("/rumours")
        await desk.press("Soạn chiến dịch đính chính")
        await desk.told("Đã tạo bản nháp đính chính.")
        await expect(desk.page.get_by_label("Kết thúc ngày")).not_to_have_value("")
        await desk.press("Lưu bản nháp")
        await desk.told("Đã lưu.")


@pytest.mark.parametrize("size", SIZES)
async def test_surveys_are_read(size: str, acts: Acts) -> None:
    async with acts.at_work("lanhdao", size) as desk:
        await desk.go("/surveys")
        await desk.page.locator("main a[href^='/console/surveys/']").first.click()
        await desk.shows("Chưa có ai trả lời ở nơi bạn phụ trách")


async def test_the_dry_run_has_ended_and_says_what_came_of_it(acts: Acts) -> None:
    async with acts.at_work("soanthao") as desk:
        await desk.go(f"/campaigns/{DRAFT}")
        await expect(desk.page.locator("#dry-run")).to_contain_text("sót 0, trùng 0; cộng lại đúng", timeout=120_000)
        await desk.go(f"/campaigns/{DRAFT}")
        await desk.shows("Chạy thử – ")


async def test_every_act_of_these_pages_was_done_above(acts: Acts) -> None:
    assert not acts.left("campaigns")
