"""A real Chromium in front of the console with the data of the demonstration: what its tests and the screenshots share."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from bot.console.pages import PAGES
from bot.console.visit import HOME
from bot.demo import fill
from bot.staff.rules import Role
from tests.browser.test_web_chat import QUIET, SIZES
from tests.console.conftest import Console

COOKIE = "an_sinh_staff"
PATHS = sorted({HOME + page.path for page in PAGES if page.get and "{" not in page.path})
"""Every page that can be opened by its address alone, those of modules still to come included."""
DEEPER = tuple(
    HOME + path
    for path in (
        "/bookings?view=week", "/bookings?view=day", "/bookings/new?office=viet_tri&topic=pension", "/bookings/9",
        "/bookings/field-new?office=viet_tri", "/bookings/field/huong_canh.2026-12-03/print", "/talks/2",
        "/campaign-new?template=nong_dan", "/campaigns/ho_kinh_doanh_nhap", "/campaigns/ho_kinh_doanh_nhap/edit",
        "/campaigns/nong_dan_cho_duyet/texts", "/campaigns/nong_dan_cho_duyet/approve", "/campaigns/tieu_thuong_dang_gui",
        "/content/law?part=pension", "/content/stale?day=2027-01-05", "/content/work?shown=over", "/people/31",
        "/waves/phu_tho_thu/entries/3", "/waves/phu_tho_thu/hand-in/report/hoa_binh", "/waves/phu_tho_thu/import",
        "/waves/phu_tho_thu/rows",
    )
)  # fmt: skip
"""Pages of the demonstration with more on them than those that a link of a menu's page leads to."""
_WITH_NAMES = {
    HOME + page.path: re.compile(HOME + re.sub(r"\{\w+(:\w+)?\}", r"[^/?#]+", page.path))
    for page in PAGES
    if page.get and "{" in page.path
}


@dataclass
class Seen:
    """A page of the browser, and what went wrong in it since it was last asked."""

    page: Page
    faults: list[str] = field(default_factory=list)

    async def open(self, address: str) -> int:
        """Go there and return the status; the faults are those of this page alone."""
        self.faults.clear()
        answer = await self.page.goto(address)
        assert answer is not None
        return answer.status

    async def links(self) -> list[str]:
        """Return the paths of our own to which the page leads."""
        return list(
            await self.page.eval_on_selector_all("main a[href]", "all => all.map(a => new URL(a.href).pathname)")
        )


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run the browser of this machine."""
    program = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    assert program, "these tests need Chromium; `make browser` installs it"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, args=QUIET)
        yield running
        await running.close()


async def furnish(console: Console) -> str:
    """Fill the console as `make demo` does; return the session of somebody who may see all there is."""
    parts = console.parts
    await fill(parts.engine, parts.library, parts.settings, parts.clock)
    staff = await console.hire("moi_quyen", *Role)
    await console.do("UPDATE staff SET consultant_id = (SELECT min(id) FROM consultant) WHERE key = 'moi_quyen'")
    await console.do("INSERT INTO channel_account (channel, rate, stopped) VALUES ('telegram', 30, 'token')")
    await console.do("INSERT INTO channel_account (channel, rate) VALUES ('sms', 10)")
    return await console.cookie(staff)


@asynccontextmanager
async def looking(browser: Browser, url: str, token: str, size: ViewportSize) -> AsyncIterator[Seen]:
    """Open a window of a size, signed in with a session; without one, nobody is."""
    context = await browser.new_context(viewport=size, locale="vi-VN", reduced_motion="reduce")
    if token:
        await _signed_in(context, url, token)
    seen = Seen(await context.new_page())
    seen.page.on("pageerror", lambda error: seen.faults.append(str(error)))
    seen.page.on("console", lambda line: seen.faults.append(line.text) if line.type == "error" else None)
    yield seen
    await context.close()


async def _signed_in(context: BrowserContext, url: str, token: str) -> None:
    await context.add_cookies(
        [{"name": COOKIE, "value": token, "url": f"{url}{HOME}", "httpOnly": True, "sameSite": "Strict"}]
    )


@asynccontextmanager
async def slow_line(page: Page) -> AsyncIterator[None]:
    """Let what a page asks for take 300 ms longer, at 50 KB a second, as on the telephone of somebody in the hills."""
    line = await page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 300, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    await line.send("Network.emulateNetworkConditions", slow)
    try:
        yield
    finally:
        fast = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        await line.send("Network.emulateNetworkConditions", slow | fast)
        await line.detach()


def one_of_each(links: Iterable[str]) -> Sequence[str]:
    """Return a link to one page of each kind whose address holds a name, such as that of a campaign; no file to keep."""
    found: dict[str, str] = {}
    for link in sorted(set(links)):
        for path, shape in _WITH_NAMES.items():
            if shape.fullmatch(link) and link not in PATHS:
                found.setdefault(path, link)
    return list(found.values())


__all__ = ["DEEPER", "PATHS", "SIZES", "Seen", "chromium", "furnish", "looking", "one_of_each", "slow_line"]
