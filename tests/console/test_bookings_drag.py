"""Appointments moved by drag on the calendar, in a real Chromium: by mouse and by finger; what is refused goes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Dialog, Locator, Page, ViewportSize, expect

from bot.booking.plans import minute_of
from bot.booking.rules import Appointment, Kind
from bot.staff.rules import Role
from tests.booking.world import at
from tests.browser.test_web_chat import browser  # noqa: F401 - a fixture
from tests.console.bookings import MONDAY, Desk, desk_of
from tests.console.browsing import SIZES
from tests.console.conftest import NOW, Console

HOME = "/console/bookings"
TUESDAY = date(2026, 12, 1)
TABLET: ViewportSize = {"width": 1024, "height": 768}


@pytest.fixture
async def desk(console: Console) -> AsyncIterator[Desk]:
    yield await desk_of(console)


@asynccontextmanager
async def calendar(
    browser: Browser,  # noqa: F811
    desk: Desk,
    who: httpx.AsyncClient,
    asked: str = f"view=day&day={MONDAY}",
    **window: Any,  # noqa: F811
) -> AsyncIterator[tuple[Page, list[str]]]:
    """Open the calendar; yield it with what it has asked. A question is answered with yes, but the one before which «no» is put."""
    context = await browser.new_context(locale="vi-VN", **{"viewport": SIZES["laptop"], **window})
    cookie = {"name": "an_sinh_staff", "value": who.cookies["an_sinh_staff"], "url": desk.console.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    page, questions, faults = await context.new_page(), list[str](), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)

    async def answered(dialog: Dialog) -> None:
        no = questions[-1:] == ["no"]
        questions.append(dialog.message)
        await (dialog.dismiss() if no else dialog.accept())

    page.on("dialog", answered)
    await page.goto(f"{desk.console.url}{HOME}?office=o.binh_xuyen&{asked}")
    yield page, questions
    await context.close()
    assert not faults


def cell(page: Page, moment: datetime, who: int | None = None) -> Locator:
    """Return the half hour of a moment, in a day's view that of a consultant."""
    whose = f'[data-who="{who}"]' if who else ""
    return page.locator(f'td[data-at="{minute_of(moment) // 30 * 30}"]{whose}')


async def middle(where: Locator, down: float = 0.25) -> tuple[float, float]:
    """Return a point in an element; `down`: in its upper half, or in the lower one."""
    await where.scroll_into_view_if_needed()
    box = await where.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * down


async def drag(page: Page, visit: Locator, to: Locator, down: float = 0.25) -> None:
    """Drag with the mouse, as a hand does."""
    x, y = await middle(visit)
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 15, y + 15)
    x, y = await middle(to, down)
    await page.mouse.move(x, y, steps=4)
    await page.mouse.up()


async def alive(desk: Desk) -> list[Any]:
    """Return the appointments that hold: when, with whom, how."""
    return await desk.world.rows(
        "SELECT id, starts_at, consultant_id, kind FROM appointment WHERE state IN ('booked', 'confirmed') ORDER BY id"
    )


def visit(page: Page, found: Appointment) -> Locator:
    return page.locator(f'[data-move="{found.id}"]')


async def test_a_drag_moves_the_appointment_and_the_person_is_told(desk: Desk, browser: Browser) -> None:  # noqa: F811
    found = await desk.booked(at(MONDAY, 9))
    async with calendar(browser, desk, await desk.colleague()) as (page, questions):
        await drag(page, visit(page, found), cell(page, at(MONDAY, 10), desk.lan), down=0.75)
        await expect(page.get_by_role("status")).to_contain_text("Đã dời sang giờ mới. Người hẹn được báo.")
        assert questions == ["Chỉ dời khi đã gọi điện và người hẹn đồng ý. Dời sang 10:15, consultant c.lan?"]
        await expect(cell(page, at(MONDAY, 10), desk.lan)).to_contain_text("10:15")
        assert "view=day" in page.url, "the calendar stays as it was"
    [(number, starts_at, who, kind)] = await alive(desk)
    assert (starts_at, who, kind) == (at(MONDAY, 10, 15), desk.lan, Kind.OFFICE)
    assert "10 giờ 15" in "".join(await desk.told(found)) and await desk.acts() == ["appointment_move"]
    [line] = await desk.world.rows("SELECT by FROM appointment_change WHERE appointment_id = :id", id=number)
    assert line.by == "staff:hoa"


async def test_nothing_moves_that_is_not_confirmed_let_go_elsewhere_or_given_up(desk: Desk, browser: Browser) -> None:  # noqa: F811
    found = await desk.booked(at(MONDAY, 9))
    async with calendar(browser, desk, await desk.colleague()) as (page, questions):
        moved, there = visit(page, found), cell(page, at(MONDAY, 10), desk.lan)
        await drag(page, moved, page.locator("h1"))
        await drag(page, moved, cell(page, at(MONDAY, 9), desk.lan))
        x, y = await middle(moved)
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(*await middle(there), steps=3)
        await expect(moved).to_contain_text("10:00")
        await page.keyboard.press("Escape")
        await expect(moved).to_contain_text("09:00")
        await page.mouse.up()
        assert questions == []
        questions.append("no")
        async with page.expect_event("dialog"):
            await drag(page, moved, there)
        await expect(moved).to_contain_text("09:00")
        assert page.url.endswith(f"view=day&day={MONDAY}"), "no drag opens the appointment"
        await moved.click()
        await expect(page).to_have_url(f"{desk.console.url}{HOME}/{found.id}")
        assert len(questions) == 2, "no and the one question"
    assert await desk.state(found.id) == "booked" and await desk.acts() == []


@pytest.mark.parametrize("hour", [10, 12, 16], ids=["taken", "closed", "too late in the day"])
async def test_a_time_that_is_not_to_be_had_is_refused_and_the_appointment_goes_back(
    hour: int,
    desk: Desk,
    browser: Browser,  # noqa: F811
) -> None:
    found, _ = await desk.booked(at(MONDAY, 9)), await desk.booked(at(MONDAY, 10), kind=Kind.PHONE)
    async with calendar(browser, desk, await desk.consultant()) as (page, questions):
        await drag(
            page,
            visit(page, found),
            cell(page, at(MONDAY, hour, 30 * (hour == 16)), desk.lan),
            down=0.75 if hour == 16 else 0.25,
        )
        await expect(page.get_by_role("alert")).to_contain_text("Chưa dời: giờ này không còn trống")
        await expect(cell(page, at(MONDAY, 9), desk.lan)).to_contain_text("09:00")
        assert len(questions) == 1
    assert await desk.state(found.id) == "booked" and await desk.told(found) == [] and await desk.acts() == []


async def test_somebody_elses_column_makes_it_theirs(desk: Desk, browser: Browser) -> None:  # noqa: F811
    found = await desk.booked(at(MONDAY, 9))
    async with calendar(browser, desk, await desk.colleague()) as (page, _):
        await drag(page, visit(page, found), cell(page, at(MONDAY, 9), desk.hoa))
        await expect(page.get_by_role("status")).to_contain_text("Đã dời")
    [row] = await alive(desk)
    assert (row.starts_at, row.consultant_id) == (at(MONDAY, 9), desk.hoa)
    assert "Mã hẹn mới" in "".join(await desk.told(found))


async def test_in_the_week_it_goes_to_another_day_of_the_same_consultant(desk: Desk, browser: Browser) -> None:  # noqa: F811
    found = await desk.booked(at(MONDAY, 9))
    async with calendar(browser, desk, await desk.colleague(), f"view=week&day={MONDAY}") as (page, questions):
        await drag(page, visit(page, found), cell(page, at(TUESDAY, 14)))
        await expect(page.get_by_role("status")).to_contain_text("Đã dời")
        assert "14:00, thứ ba" in questions[0]
    [row] = await alive(desk)
    assert (row.starts_at, row.consultant_id) == (at(TUESDAY, 14), desk.lan)


class Finger:
    """A finger on the screen, as the browser's protocol puts it there."""

    def __init__(self, line: Any) -> None:
        self.line = line

    async def down(self, x: float, y: float) -> None:
        await self._touch("touchStart", [{"x": x, "y": y}])

    async def move(self, x: float, y: float) -> None:
        await self._touch("touchMove", [{"x": x, "y": y}])

    async def up(self) -> None:
        await self._touch("touchEnd", [])

    async def hold_over(self, where: Locator) -> None:
        """Go there and stay, trembling a little as fingers do, until the place is aimed at."""
        async with asyncio.timeout(60):
            while "aimed" not in str(await where.get_attribute("class")):
                x, y = await middle(where)
                await self.move(x, y - 1)
                await self.move(x, y)

    async def _touch(self, kind: str, points: list[dict[str, float]]) -> None:
        await self.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def test_a_finger_moves_it_after_a_long_press_and_scrolls_otherwise(desk: Desk, browser: Browser) -> None:  # noqa: F811
    found = await desk.booked(at(MONDAY, 9))
    async with calendar(browser, desk, await desk.colleague(), viewport=TABLET, has_touch=True) as (page, questions):
        finger, moved = Finger(await page.context.new_cdp_session(page)), visit(page, found)
        x, y = await middle(moved)
        await finger.down(x, y)
        for step in (20, 60, 120):
            await finger.move(x, y - step)
        await finger.up()
        async with asyncio.timeout(60):
            while not await page.evaluate("scrollY"):
                await asyncio.sleep(0.05)
        await expect(moved).to_have_class("visit booked")
        assert questions == []
        x, y = await middle(moved)
        await finger.down(x, y)
        await expect(moved).to_have_class("visit booked lifted")
        await finger.hold_over(cell(page, at(MONDAY, 10), desk.lan))
        await finger.up()
        await expect(page.get_by_role("status")).to_contain_text("Đã dời")
    assert [row.starts_at for row in await alive(desk)] == [at(MONDAY, 10)]


async def test_who_may_not_keep_appointments_or_what_has_begun_is_not_to_be_dragged(desk: Desk) -> None:
    found = await desk.booked(at(MONDAY, 9))
    address = f"{HOME}?office=o.binh_xuyen&view=day&day={MONDAY}"
    assert "data-move" in (await (await desk.consultant()).get(address)).text
    page = (await (await desk.console.as_("root", Role.ADMIN)).get(address)).text
    assert f"{HOME}/{found.id}" in page and "data-move" not in page and "calendar.js" not in page
    await desk.world.do("UPDATE appointment SET starts_at = :at, ends_at = :at + interval '30 minutes'", at=NOW)
    today = (await (await desk.consultant()).get(f"{HOME}?office=o.binh_xuyen&view=day")).text
    assert f"{HOME}/{found.id}" in today and "data-move" not in today
