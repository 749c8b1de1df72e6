"""Every page of the console in a real Chromium, on an old laptop and on a telephone: nothing overflows, all can use it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pyotp
import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, expect
from sqlalchemy import text

from bot.console import charts
from bot.console.visit import HOME
from bot.staff import accounts
from bot.staff.rules import Role
from bot.vn.places import gazetteer
from tests.conftest import fresh_database
from tests.console.browsing import DEEPER, PATHS, SIZES, Seen, furnish, looking, one_of_each, slow_line
from tests.console.conftest import NOW, Console, running_console
from tests.console.keys import focused, tab_to

HEAVIEST = 150_000  # bytes of a page with all that it loads
_WEIGHT = """
    performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
        .reduce((sum, entry) => sum + entry.encodedBodySize, 0)
"""
_WIDER = """
    [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1
        && !one.closest('.scroll, nav, .unseen, .skip')).map(one => one.outerHTML.slice(0, 120)).slice(0, 5)
"""
_OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_UNSETTLED = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


@dataclass(frozen=True)
class Show:
    """The console with the demonstration, and a window of each size for somebody who may see all of it."""

    console: Console
    windows: dict[str, Seen]


@pytest.fixture(scope="module")
async def show(postgres: str, browser: Browser) -> AsyncIterator[Show]:
    async with running_console(fresh_database(postgres, "console_seen")) as console:
        token = await furnish(console)
        async with (
            looking(browser, console.url, token, SIZES["laptop"]) as laptop,
            looking(browser, console.url, token, SIZES["phone"]) as phone,
        ):
            yield Show(console, {"laptop": laptop, "phone": phone})


async def look_at(seen: Seen, url: str, path: str) -> list[str]:
    """Open a page and check all that is asked of every one; return where it leads."""
    assert await seen.open(url + path) == 200, path
    await expect(seen.page.locator(_UNSETTLED)).to_have_count(0)
    if await seen.page.evaluate(_OVERFLOWS):
        raise AssertionError(f"{path} is wider than the window: {await seen.page.evaluate(_WIDER)}")
    assert await seen.page.evaluate(_WEIGHT) < HEAVIEST, path
    found = (await Axe().run(seen.page)).response["violations"]
    grave = [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")
    ]
    assert not grave, f"{path}: {grave}"
    assert not seen.faults, f"{path}: {seen.faults}"
    return await seen.links()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PATHS)
async def test_a_page_fits_is_light_and_can_be_used_by_everybody(path: str, size: str, show: Show) -> None:
    await look_at(show.windows[size], show.console.url, path)


@pytest.mark.parametrize("size", SIZES)
async def test_the_pages_that_others_lead_to_are_no_worse(size: str, show: Show) -> None:
    seen, links = show.windows[size], list[str]()
    for path in PATHS:
        await seen.open(show.console.url + path)
        links += await seen.links()
    for link in one_of_each(links):
        if not link.endswith(("/pdf", ".csv", ".xlsx", ".pdf", ".png")):
            await look_at(seen, show.console.url, link)


async def test_somebody_signs_in_and_acts_by_the_keyboard_alone(show: Show, browser: Browser) -> None:
    secret = pyotp.random_base32()
    async with show.console.parts.engine.begin() as connection:
        password = await accounts.add(
            connection, "ban_phim", name="Bàn phím", roles=[Role.ADMIN], by="test", now=NOW
        )  # fmt: skip
        await connection.execute(
            text("UPDATE staff SET totp = :totp, password_is_new = false WHERE key = 'ban_phim'"), {"totp": secret}
        )
    async with looking(browser, show.console.url, "", SIZES["laptop"]) as seen:
        page = seen.page
        await seen.open(f"{show.console.url}{HOME}/settings")
        await expect(page.get_by_label("Tên tài khoản")).to_be_focused()  # set once the page is loaded
        for typed in ("ban_phim", "\t", password, "\n"):
            await (
                page.keyboard.type(typed) if typed.strip() else page.keyboard.press({"\t": "Tab", "\n": "Enter"}[typed])
            )
        await expect(page.get_by_label("Mã 6 số")).to_be_focused()
        await page.keyboard.type(pyotp.TOTP(secret).at(NOW))
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{show.console.url}{HOME}/settings")
        page.on("dialog", lambda dialog: dialog.accept())
        await tab_to(page, "Cho chạy lại")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Kênh được chạy lại")
        assert not seen.faults


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", DEEPER)
async def test_a_page_with_much_on_it_is_no_worse(path: str, size: str, show: Show) -> None:
    await look_at(show.windows[size], show.console.url, path)


async def test_on_a_telephone_the_chosen_part_of_a_menu_is_to_be_seen_and_rows_stand_as_cards(show: Show) -> None:
    page = show.windows["phone"].page
    await page.goto(f"{show.console.url}{HOME}/staff")
    for chosen in await page.locator("nav [aria-current]").all():
        await expect(chosen).to_be_in_viewport(ratio=0.9)
    row = page.get_by_role("table").get_by_role("row", name="duyet")
    await expect(row.get_by_role("cell")).to_have_count(5)
    await expect(row.get_by_text("Thay đổi")).to_be_in_viewport(ratio=0.9)


_CHARTS = """
    [...document.querySelectorAll('.chart')].map(chart => {
        const scale = chart.clientWidth / chart.viewBox.baseVal.width, whole = chart.getBoundingClientRect();
        const words = [...chart.querySelectorAll('text')].map(one => ({
            words: one.textContent, size: parseFloat(getComputedStyle(one).fontSize) * scale, box: one.getBoundingClientRect(),
        }));
        const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;  // the space above letters may
        return {
            small: words.filter(one => one.size < 12).map(one => one.words),
            out: words.filter(one => one.box.left < whole.left - 1 || one.box.right > whole.right + 1).map(one => one.words),
            over: words.filter((one, at) => words.slice(at + 1).some(other => meet(one.box, other.box))).map(one => one.words),
            table: Boolean(chart.closest('section, main').querySelector('table')),
        };
    })
"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/reports", "/reports/campaigns/nong_dan_da_xong"])
async def test_the_words_of_charts_can_be_read_and_stand_beside_each_other(path: str, size: str, show: Show) -> None:
    page = show.windows[size].page
    await page.goto(f"{show.console.url}{HOME}{path}")
    drawn = await page.evaluate(_CHARTS)
    assert drawn and all(one == {"small": [], "out": [], "over": [], "table": True} for one in drawn), drawn


_LARGE = {
    "columns": charts.columns(
        [f"{month:02}/2026" for month in range(1, 13)],
        {"Người nhắn tin": [123_456] * 12, "Tin nhắn đến": [876_543] * 12},
    ),
    "days": charts.columns(
        [f"{day:02}/11" for day in range(1, 31)], {"Người nhắn tin": [9] * 30, "Tin nhắn đến": [12] * 30}
    ),
    "bars": charts.bars([("Đang đóng tự nguyện (họ tự cho biết)", 876_543), ("Đã hỏi", None)], "người"),
    "tiles": charts.tiles(
        dict.fromkeys(charts.MAP, 123_456), {key: one.name for key, one in gazetteer().provinces.items()}
    ),
}


@pytest.mark.parametrize("kind", _LARGE)
async def test_large_numbers_have_their_place_in_charts_too(kind: str, show: Show) -> None:
    for seen in show.windows.values():
        await seen.page.goto(f"{show.console.url}{HOME}/reports")
        await seen.page.locator(".chart").last.evaluate("(one, made) => { one.outerHTML = made; }", _LARGE[kind])
        *_, drawn = await seen.page.evaluate(_CHARTS)
        assert drawn == {"small": [], "out": [], "over": [], "table": True}


async def test_on_a_telephone_a_campaign_is_paused_without_scrolling(show: Show) -> None:
    page = show.windows["phone"].page
    await page.goto(f"{show.console.url}{HOME}/campaigns/tieu_thuong_dang_gui")
    await expect(page.get_by_role("button", name="Tạm dừng")).to_be_in_viewport(ratio=1)


async def test_what_can_wait_is_folded_on_a_telephone_and_not_on_a_laptop(show: Show) -> None:
    for size, table in (("laptop", True), ("phone", False)):
        page = show.windows[size].page
        await page.goto(f"{show.console.url}{HOME}/reports")
        numbers = page.locator("section", has=page.get_by_role("heading", name="Người nhắn tin theo tỉnh"))
        await expect(numbers.get_by_role("row", name="Cà Mau")).to_be_visible(visible=table)
        if not table:
            await numbers.get_by_text("Bảng số").click()
            await expect(numbers.get_by_role("row", name="Cà Mau")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
async def test_a_question_mark_opens_the_help_of_the_page_but_not_while_one_types(size: str, show: Show) -> None:
    page = show.windows[size].page
    await page.goto(f"{show.console.url}{HOME}/people/invitations")
    await page.get_by_label("Sự kiện").press_sequentially("a?")
    await expect(page).to_have_url(re.compile(r"/people/invitations$"))
    await page.locator("main").focus()
    await page.keyboard.press("?")
    await expect(page).to_have_url(f"{show.console.url}{HOME}/help/invitations")


async def test_the_menu_is_passed_by_one_press(show: Show) -> None:
    page = show.windows["laptop"].page
    await page.goto(f"{show.console.url}{HOME}/settings")
    await page.keyboard.press("Tab")
    assert await focused(page) == "Đến nội dung chính"
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()


async def test_a_box_that_somebody_made_larger_is_sent_without_a_fault(show: Show) -> None:
    seen = show.windows["laptop"]
    await seen.open(f"{show.console.url}{HOME}/talks/1")
    box = seen.page.locator("#box")
    await box.evaluate("one => { one.style.height = '20rem'; }")  # as its corner does when it is drawn
    await box.fill("Dạ cháu chào cô")
    await seen.page.get_by_role("button", name="Gửi").click()
    await expect(seen.page.locator("#talk")).to_contain_text("Dạ cháu chào cô")
    await expect(box).to_have_value("")
    assert not seen.faults


async def test_a_slow_line_does_not_break_an_act(show: Show) -> None:
    seen = show.windows["phone"]
    async with slow_line(seen.page):
        assert await seen.open(f"{show.console.url}{HOME}/people") == 200
        sheet = "Họ tên,Điện thoại,Tỉnh\nNgười Dân Một,0912345601,Phú Thọ".encode()
        await seen.page.set_input_files("input[type=file]", {"name": "ds.csv", "mimeType": "text/csv", "buffer": sheet})
        look = seen.page.get_by_role("button", name="Xem thử")
        await look.dblclick()  # as people do when nothing seems to happen
        await expect(seen.page.get_by_text("Xem thử, chưa ghi gì.")).to_be_visible(timeout=10_000)
        await seen.page.get_by_role("button", name="Ghi 1 dòng").click()
        await expect(seen.page.get_by_text("Đã ghi danh sách.")).to_be_visible(timeout=10_000)
        assert not seen.faults
