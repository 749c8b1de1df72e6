"""The web chat in a real Chromium: asked as the outreach plans ask, on a phone and on an old laptop."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright, expect

from bot.settings import ROOT

SIZES: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "laptop": {"width": 1366, "height": 768}}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What the plans in their annexes ask outreach to explain: level, benefit, ways of paying, procedure, place, support.
PLAN_QUESTIONS = {
    "mức đóng BHXH tự nguyện là bao nhiêu": "330.000 đồng",
    "mức hưởng lương hưu khi đóng BHXH tự nguyện tính thế nào": "45%",
    "có những phương thức đóng nào": "Hằng tháng",
    "thủ tục tham gia cần giấy tờ gì": "Căn cứ",
    "địa điểm tham gia ở đâu": "1900 9068",
    "nhà nước hỗ trợ tiền đóng thế nào": "66.000 đồng",
    "chính sách hỗ trợ riêng của tỉnh Vĩnh Phúc": "31/12/2025",
    "BHYT hộ gia đình đóng bao nhiêu một năm": "1.366.200 đồng",
}


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    assert program, "these tests need Chromium; `make browser` installs it"
    expect.set_options(timeout=30_000)  # a busy machine takes its time
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, args=QUIET)
        yield running
        await running.close()


@pytest.fixture(params=SIZES)
async def context(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[BrowserContext]:
    found = await browser.new_context(viewport=SIZES[request.param], locale="vi-VN")
    yield found
    await found.close()


@pytest.fixture
async def page(context: BrowserContext, address: str) -> AsyncIterator[Page]:
    found = await context.new_page()
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    found.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    await found.goto(address)
    yield found
    assert faults == []


async def ask(page: Page, text: str) -> None:
    bubbles = page.locator("article.bot")
    before = await bubbles.count()
    await page.get_by_label("Câu hỏi của bạn").fill(text)
    await page.keyboard.press("Enter")
    await expect(bubbles).not_to_have_count(before)


def shot(name: str) -> Path:
    folder = ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"


@pytest.mark.parametrize(("question", "expected"), PLAN_QUESTIONS.items())
async def test_a_question_of_the_plans_is_answered(page: Page, question: str, expected: str) -> None:
    await ask(page, question)
    await expect(page.locator("article.bot").last).to_contain_text(expected)
    size = "phone" if page.viewport_size == SIZES["phone"] else "laptop"
    await page.screenshot(path=shot(f"{list(PLAN_QUESTIONS).index(question)}_{size}"))
    overflow = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not overflow


async def test_buttons_lead_on_and_typing_is_shown(page: Page) -> None:
    await page.get_by_role("button", name="Xem tất cả").click()
    await expect(page.locator("article.me").last).to_contain_text("Xem tất cả")
    await page.get_by_role("button", name="Chế độ thai sản").click()
    await expect(page.locator("article.bot").last).to_contain_text("2.000.000 đồng")
    await expect(page.locator("#typing")).to_be_hidden()


async def test_the_whole_chat_works_by_keyboard(page: Page) -> None:
    await page.keyboard.press("Tab")  # the log
    await page.keyboard.press("Tab")  # the first button
    await expect(page.locator("[data-to=contribution_amount]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("article.bot").last).to_contain_text("330.000 đồng")
    await expect(page.locator("#words")).to_be_focused()


async def test_a_reloaded_page_shows_the_conversation_once(page: Page) -> None:
    await ask(page, "mấy tuổi thì nghỉ hưu")
    texts = page.locator("article .text")
    before = await texts.all_inner_texts()
    await page.reload()
    await expect(page.locator("article.me")).to_have_count(1)
    await expect(texts).to_have_text(before, use_inner_text=True)


async def test_what_is_written_without_network_is_sent_when_it_is_back(page: Page, context: BrowserContext) -> None:
    await ask(page, "xin chào")
    await context.set_offline(True)
    await page.get_by_label("Câu hỏi của bạn").fill("thai sản được mấy triệu")
    await page.keyboard.press("Enter")
    await context.set_offline(False)
    await expect(page.locator("article.bot").last).to_contain_text("2.000.000 đồng")
    await expect(page.locator("article.me")).to_have_count(2)


async def test_two_pages_of_one_person_show_the_same_answer(page: Page, context: BrowserContext, address: str) -> None:
    second = await context.new_page()
    await second.goto(address)
    await ask(page, "đăng ký tham gia ở chỗ nào")
    await expect(second.locator("article.bot").last).to_contain_text("1900 9068")


async def test_markup_that_a_person_types_stays_text(page: Page) -> None:
    await ask(page, "<img src=x onerror=document.title=1><b>mức đóng</b>")
    await expect(page.locator("article.me .text").last).to_have_text(
        "<img src=x onerror=document.title=1><b>mức đóng</b>"
    )
    assert await page.title() != "1"


async def test_another_person_sees_nothing_of_this_conversation(page: Page, browser: Browser, address: str) -> None:
    await ask(page, "nhà em hộ nghèo")
    other = await browser.new_context()
    fresh = await other.new_page()
    await fresh.goto(address)
    await expect(fresh.locator("article")).to_have_count(1)
    await other.close()


async def test_the_page_is_light_and_says_what_it_is(page: Page) -> None:
    size = await page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((sum, entry) => sum + entry.encodedBodySize, 0)"
    )
    assert size < 40_000
    assert await page.locator("html").get_attribute("lang") == "vi"
    await expect(page.get_by_role("log")).to_be_visible()


async def test_a_result_comes_with_its_picture_and_keeps_it_after_a_reload(page: Page) -> None:
    await ask(page, "nữ sinh 1985 hộ cận nghèo ở Nghệ An chọn mức 2 triệu đóng 15 năm thì lương hưu bao nhiêu")
    picture = page.locator(".picture img").first
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.naturalWidth") == 960
    assert await picture.get_attribute("alt")
    await page.screenshot(path=shot(f"result_{page.viewport_size['width'] if page.viewport_size else 0}"))
    await page.reload()
    await expect(page.locator(".picture img")).to_have_count(2)


async def test_a_picture_is_shown_to_its_own_conversation_only(page: Page, browser: Browser, address: str) -> None:
    await ask(page, "nhà 3 người mua bảo hiểm y tế hộ gia đình hết bao nhiêu")
    url = await page.locator(".picture img").first.evaluate("image => image.src")
    assert (await page.request.get(url)).status == 200
    stranger = await browser.new_context()
    assert (await stranger.request.get(url)).status == 404
    await stranger.request.get(address)  # with a cookie of their own
    assert (await stranger.request.get(url)).status == 404
    await stranger.close()


async def test_a_few_short_questions_are_answered_by_pressing_buttons(page: Page) -> None:
    await ask(page, "tính giúp tôi tiền đóng bhxh tự nguyện")
    await page.get_by_role("button", name="3 triệu").click()
    await page.get_by_role("button", name="Hộ cận nghèo").click()
    await page.get_by_role("button", name="Bỏ qua").click()
    await expect(page.locator("article.bot").last).to_contain_text("Căn cứ")
    await expect(page.locator("#log")).to_contain_text("Bạn nộp: 528.000 đồng")
