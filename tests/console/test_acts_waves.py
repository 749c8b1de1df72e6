"""Waves in a real Chromium: a plan, figures by form and by file, corrections, reports made, printed again and handed in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Download, FilePayload, expect

from tests.console.acts import Acts, Desk
from tests.console.browsing import SIZES

WAVE, NEW = "phu_tho_thu", "phu_tho_tet"
FIRST = next(iter(SIZES))
UNIT = "BHXH cơ sở Hòa Bình (thử)"
ROWS = (
    "Đơn vị,Tổ chức,Chỉ tiêu,Số lượng,Ngày,Ghi chú\n"
    f"{UNIT},Bưu điện,Nhóm tư vấn trực tiếp,{{count}},25/11/2026,{{note}}\n"
    "Quận Hoàn Kiếm,Bưu điện,Nhóm tư vấn trực tiếp,3,25/11/2026,\n"
)
ENTRIES = "SELECT count, note FROM wave_entry WHERE note LIKE :note ORDER BY id"


def file(content: str | bytes, name: str) -> FilePayload:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


async def kept(download: Download) -> bytes:
    return Path(await download.path()).read_bytes()


async def fetched(desk: Desk, link: str) -> bytes:
    """Follow a link that leads to a file."""
    async with desk.page.expect_download() as found:
        await desk.follow(link)
    return await kept(await found.value)


async def made(desk: Desk, form: str, button: str) -> tuple[str, bytes]:
    """Press a button of a form on the page of reports; return the name of the file and what it holds."""
    async with desk.page.expect_download() as found:
        await desk.page.locator(form).get_by_role("button", name=button).click()
    download = await found.value
    return download.suggested_filename, await kept(download)


@pytest.mark.parametrize("size", SIZES)
async def test_a_plan_is_fetched_changed_looked_at_and_written(size: str, acts: Acts) -> None:
    async with acts.at_work("soanthao", size) as desk:
        page = desk.page
        await desk.go(f"/waves/{WAVE}")
        plan = (await fetched(desk, "Tải kế hoạch")).decode()
        assert "name: Đợt thử" in plan
        plan = plan.replace(WAVE, NEW).replace("name: Đợt thử", f"name: Đợt Tết {size}")
        await desk.go("/waves")
        await desk.follow("Đưa kế hoạch vào")
        chosen = page.get_by_label("Tệp kế hoạch")
        await chosen.set_input_files(file(plan.replace("measure: voluntary", "measure: màu"), "ke_hoach.yaml"))
        await desk.press("Xem thử")
        await desk.refused("Tệp chưa đúng, chưa ghi gì.")
        await chosen.set_input_files(file(plan, "ke_hoach.yaml"))
        await desk.press("Xem thử")
        await desk.shows("Xem thử, chưa ghi gì.")
        await desk.shows("Đợt mới: 4 đơn vị" if size == FIRST else "1 thay đổi so với bản 1")
        await chosen.set_input_files(file(plan + "\n", "khac.yaml"))
        await desk.press("Ghi kế hoạch này")
        await desk.refused("Đây không phải tệp bạn vừa xem thử.")
        await chosen.set_input_files(file(plan, "ke_hoach.yaml"))
        await desk.press("Xem thử")
        await desk.press("Ghi kế hoạch này")
        await desk.told("Đã ghi kế hoạch.")
        await expect(page.get_by_role("heading", level=1)).to_contain_text(f"Đợt Tết {size}")


@pytest.mark.parametrize("size", SIZES)
async def test_figures_of_a_file_are_looked_at_the_wrong_row_is_fetched_and_the_others_are_written(
    size: str, acts: Acts
) -> None:
    async with acts.at_work("soanthao", size) as desk:
        count, note = 3 + (size == FIRST), f"tệp {size}"
        await desk.go(f"/waves/{WAVE}")
        await desk.follow("Đưa số liệu từ tệp")
        await desk.page.get_by_label("Tệp Excel").set_input_files(
            file(ROWS.format(count=count, note=note), "so_lieu.csv")
        )
        await desk.press("Xem thử")
        await desk.shows("Sẽ ghi: 1 dòng")
        await desk.shows("Không có đơn vị «Quận Hoàn Kiếm» trong đợt này.")
        async with desk.page.expect_download() as found:
            await desk.press("Tải danh sách dòng cần sửa")
        assert "Quận Hoàn Kiếm" in (await kept(await found.value)).decode("utf-8-sig")
        assert not await acts.console.rows(ENTRIES, note=note)
        await desk.press("Ghi 1 dòng vào sổ")
        await desk.shows("Đã ghi: 1 dòng")
        assert [row.count for row in await acts.console.rows(ENTRIES, note=note)] == [count]
        await desk.press("Xem thử")
        await desk.shows("Đã ghi từ trước, không ghi lại: 1 dòng")


@pytest.mark.parametrize("size", SIZES)
async def test_a_figure_is_entered_corrected_and_taken_back(size: str, acts: Acts) -> None:
    async with acts.at_work("soanthao", size) as desk:
        page, note = desk.page, f"chợ phiên {size}"
        await desk.go("/waves")
        await desk.follow("Đợt thử")
        enter = page.locator("section", has=page.get_by_role("heading", name="Ghi kết quả"))
        await enter.get_by_label("Đơn vị").select_option("hoa_binh")
        await enter.get_by_label("Chỉ tiêu").select_option("voluntary")
        await enter.get_by_label("Số lượng").fill("ba")
        await enter.get_by_label("Ghi chú").fill(note)
        await desk.press("Ghi")
        await desk.refused("Hãy chọn chỉ tiêu, ghi số lượng và ngày.")
        await expect(enter.get_by_label("Ghi chú")).to_have_value(note)
        await enter.get_by_label("Số lượng").fill("3")
        await desk.press("Ghi")
        await desk.told("Đã lưu.")
        await page.locator("tr", has_text=note).get_by_role("link").click()
        await page.get_by_label("Số lượng").fill("5")
        await page.get_by_label("Vì sao sửa").fill(f"{note}, đếm thiếu")
        await desk.press("Ghi lại")
        await desk.told("Đã ghi lại. Dòng cũ vẫn ở trong sổ, được bù trừ.")
        await desk.follow("Xem mọi dòng")
        await page.locator("tr:not(.off)", has_text=f"{note}, đếm thiếu").get_by_role("link").click()
        await page.get_by_label("Vì sao rút").fill(f"{note}, nhập nhầm đợt")
        await desk.press("Rút lại")
        await desk.told("Đã lưu.")
        await expect(page.locator("tr.off", has_text=f"{note}, đếm thiếu").first).to_contain_text("rút lại")
        counts = [row.count for row in await acts.console.rows(ENTRIES, note=f"{note}%")]
        assert (counts[0], sorted(counts), sum(counts)) == (3, [-5, -3, 3, 5], 0)


@pytest.mark.parametrize("size", SIZES)
async def test_a_report_is_made_printed_again_to_the_letter_and_handed_in(size: str, acts: Acts) -> None:
    unit = UNIT if size == FIRST else "BHXH cơ sở Bình Xuyên (thử)"
    async with acts.at_work("soanthao", size) as desk:
        page, form = desk.page, f"form[action$='/reports/waves/{WAVE}']"
        await desk.go("/reports/waves")
        await page.locator(form).get_by_label("Đơn vị").select_option(label=unit)
        name, sheet = await made(desk, form, "Lập báo cáo Excel")
        assert sheet.startswith(b"PK") and name.endswith(".xlsx")
        name, printed = await made(desk, form, "Lập báo cáo PDF")
        number = re.findall(r"\d+", name)[-1]
        assert printed.startswith(b"%PDF")
        await desk.go("/reports/waves")
        await desk.shows(f"Đợt thử – {unit}")
        assert await fetched(desk, f"PDF, báo cáo số {number}") == printed
        assert (await fetched(desk, f"Excel, báo cáo số {number}")).startswith(b"PK")
        await desk.go(f"/waves/{WAVE}")
        await desk.follow(f"Nộp: {unit}")
        await expect(page.get_by_label("Báo cáo đã lập ở đây")).to_have_value(number)
        await page.get_by_label("Hoặc tệp đã ký").set_input_files(file(b"MZ\x90", "ky.exe"))
        await desk.press("Nộp")
        await desk.refused("Chỉ nhận báo cáo")
        await desk.go(f"/waves/{WAVE}")
        await desk.follow(f"Nộp: {unit}")
        await desk.press("Nộp")
        await desk.told("Đã ghi là đã nộp.")
        line = page.locator("section", has=page.get_by_role("heading", name="Phải nộp")).locator("tr", has_text=unit)
        await expect(line).to_contain_text("Đã nộp")
        async with page.expect_download() as found:
            await line.get_by_role("link", name="Tải tệp PDF").click()
        assert await kept(await found.value) == printed
        await desk.follow(f"Nộp lại: {unit}")
        await page.get_by_label("Hoặc tệp đã ký").set_input_files(file(b"%PDF-1.4 scan", "da_ky.pdf"))
        await desk.press("Nộp")
        await desk.told("Đã ghi là đã nộp.")
        await desk.follow(f"Nộp lại: {unit}")
        await expect(page.locator("main li", has_text=f"báo cáo số {number}")).to_be_visible()
        await expect(page.locator("main li")).to_have_count(2)


@pytest.mark.parametrize("size", SIZES)
async def test_the_report_of_the_year_is_made(size: str, acts: Acts) -> None:
    async with acts.at_work("soanthao", size) as desk:
        for button, begins in (("Lập báo cáo PDF", b"%PDF"), ("Lập báo cáo Excel", b"PK")):
            await desk.go("/reports/waves")
            await desk.page.get_by_label("Năm và đơn vị").select_option("2026:phu_tho:phu_tho")
            name, content = await made(desk, "form[action$='/reports/years']", button)
            assert content.startswith(begins) and name.startswith("bao_cao_nam_2026_")
        await desk.go("/reports/waves")
        await desk.shows("Năm 2026 – Tỉnh Phú Thọ")


async def test_who_only_watches_sees_the_figures_and_can_change_none(acts: Acts) -> None:
    async with acts.at_work("lanhdao", "phone") as desk:
        await desk.go(f"/waves/{WAVE}")
        await desk.shows("Phải nộp")
        await expect(desk.page.locator("main form[method=post]")).to_have_count(0)
        await desk.go("/reports/waves")
        await expect(desk.page.locator("main form[method=post]")).to_have_count(0)


async def test_every_act_of_these_pages_was_done_above(acts: Acts) -> None:
    assert not acts.left("waves")
