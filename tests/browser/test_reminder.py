"""What a web chat shows that did not ask just now: a reminder while the page is open, its link, a calendar file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from icalendar import Calendar
from playwright.async_api import BrowserContext, expect

from bot.answers.library import Library
from bot.booking.reminders import remind
from bot.booking.shown import with_file
from bot.channels.webchat.socket import COOKIE, address_of
from bot.citizens.store import contact_id
from bot.local import free_port, serving
from bot.outbox import telling
from bot.outbox.rules import Message
from bot.settings import Settings
from bot.wiring import build
from tests.booking.people import TUESDAY, People, people_of
from tests.booking.world import MONDAY, at
from tests.browser.test_web_chat import browser, context  # noqa: F401 - fixtures

EVENING = at(MONDAY, 18, 40)


class Site(People):
    """People beside a web process."""

    url: str


@pytest.fixture
async def site(database_url: str, library: Library) -> AsyncIterator[Site]:
    port = free_port()
    settings = Settings(
        database_url=database_url, rasa_url="http://127.0.0.1:9", port=port, now="2026-11-29T08:00"
    ).prepared()
    async with build(settings) as parts, serving(parts), people_of(database_url, library) as people:
        found = Site(people.engine)
        found.library, found.url = library, f"http://127.0.0.1:{port}"
        yield found


async def test_a_reminder_comes_to_an_open_page_with_a_map_to_press_and_a_file_to_keep(
    site: Site,
    context: BrowserContext,  # noqa: F811
) -> None:
    page = await context.new_page()
    await page.goto(site.url)
    cookie = next(each["value"] for each in await context.cookies() if each["name"] == COOKIE)
    async with site.go() as connection:
        citizen = await contact_id(connection, "web", address_of(cookie))
    found = await site.booked(await site.consultant(await site.office()), at(TUESDAY, 8, 30), citizen=citizen)
    await remind(site.engine, site.library, now=EVENING)
    reminder = page.locator("article.bot", has_text="Nhắc bạn")
    await expect(reminder.get_by_role("link", name="https://www.google.com/maps")).to_have_attribute("target", "_blank")
    await expect(reminder.get_by_role("button", name="Tôi sẽ đến")).to_be_visible()
    async with site.go() as connection:
        message = with_file(Message("Đã đặt lịch cho bạn"), found)
        await telling.tell(connection, citizen, "visit:1", (message,), lasts=timedelta(hours=1))
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Lưu lịch hẹn vào điện thoại").click()
    kept = (await (await download.value).path()).read_text()
    assert Calendar.from_ical(kept).walk("VEVENT")
    await page.reload()
    await expect(page.locator("article.bot", has_text="Nhắc bạn")).to_have_count(1)
    await expect(page.get_by_role("link", name="Lưu lịch hẹn vào điện thoại")).to_have_count(1)
