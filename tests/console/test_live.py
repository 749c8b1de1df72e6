"""Pages that move by themselves: what a stream sends and when it ends, how little it asks, and that looking is no use of a session."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import event

from bot.console.pages import PAGES
from bot.console.render import TEMPLATES
from bot.console.streams import EVENTS, LOOK, MOST
from bot.console.visit import HOME
from bot.local import free_port, serving
from bot.settings import Settings
from bot.staff.rules import Role
from bot.staff.sign_in import IDLE
from bot.wiring import build
from tests.browser.test_web_chat import browser  # noqa: F401 - a fixture
from tests.console.browsing import SIZES, Seen, looking
from tests.console.campaign_world import AT, KEY, act, approver, author, message, submitted
from tests.console.conftest import NOW, Console
from tests.console.test_talks import said, waits

PATIENCE = 60  # seconds in which what must come has come
Events = AsyncIterator[tuple[str, str]]


@pytest.fixture
async def running(console: Console) -> Console:
    """A campaign that is being sent: to one it was, to two it was not yet."""
    await submitted(console)
    await console.do("UPDATE campaign SET state = 'running'")
    for person, fate in ((1, "sent"), (2, "planned"), (3, "planned")):
        await message(console, fate, person)
    return console


@asynccontextmanager
async def watching(who: httpx.AsyncClient, seen: str = "running") -> AsyncIterator[Events]:
    """Listen as the open page does that shows the campaign in a state."""
    listens = {"accept": EVENTS}
    async with who.stream("GET", f"{AT}/events?state={seen}", headers=listens, timeout=PATIENCE) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(EVENTS)
        yield _events(answer.aiter_lines())


async def _events(lines: AsyncIterator[str]) -> Events:
    name, data = "", list[str]()
    async for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").strip())
        elif not line and name:
            yield name, " ".join(re.sub(r"<[^>]+>", " ", " ".join(data)).split())
            name, data = "", []


async def sent(console: Console, person: int) -> None:
    await console.do("UPDATE outbox SET state = 'sent', finished_at = now() WHERE person_id = :person", person=person)


async def test_the_numbers_come_when_they_have_changed_and_the_page_is_loaded_anew_in_another_state(
    running: Console,
) -> None:
    async with watching(await approver(running)) as events:
        name, words = await anext(events)
        assert name == "piece" and "Xong 1 trên 3 người" in words
        await sent(running, 2)
        name, words = await anext(events)
        assert name == "piece" and "Xong 2 trên 3 người" in words
        await act(running, await author(running), "pause", "Sai số tiền")
        assert [name async for name, _ in events] == ["reload"], "and nothing after it"


async def test_a_page_that_shows_an_old_state_is_loaded_anew_at_once(running: Console) -> None:
    async with watching(await approver(running), "scheduled") as events:
        assert [name async for name, _ in events] == ["reload"]


ENDS = {
    "out": "DELETE FROM staff_session s USING staff f WHERE s.staff_id = f.id",
    "idle": "UPDATE staff_session s SET seen_at = seen_at - interval '2 hours' FROM staff f WHERE s.staff_id = f.id",
    "left": "UPDATE staff f SET active = false WHERE true",
    "other_role": "UPDATE staff f SET roles = '{consultant}' WHERE true",
    "other_place": "UPDATE staff f SET scope = '{can_tho}' WHERE true",
}


async def test_who_may_look_no_more_is_led_away_and_nobody_else(running: Console) -> None:
    people = {key: await approver(running, key) for key in ("stays", *ENDS)}
    async with AsyncExitStack() as stack:
        streams = {key: await stack.enter_async_context(watching(one)) for key, one in people.items()}
        await asyncio.gather(*map(anext, streams.values()))
        for key, end in ENDS.items():
            await running.do(f"{end} AND f.key = :key", key=key)
        for key in ENDS:
            assert [name async for name, _ in streams[key]] == ["reload"], key
        await sent(running, 2)
        assert "Xong 2" in (await anext(streams["stays"]))[1]
    seen = {key: (await one.get(AT)).status_code for key, one in people.items()}
    assert seen == {"stays": 200, "out": 303, "idle": 303, "left": 303, "other_role": 403, "other_place": 404}


async def test_who_is_not_signed_in_is_led_to_the_door_whatever_has_asked(running: Console) -> None:
    async with httpx.AsyncClient(base_url=running.url, cookies={"an_sinh_staff": "old"}, trust_env=False) as nobody:
        async with watching(nobody) as events:
            assert [name async for name, _ in events] == ["reload"]
        whole = await nobody.get(AT)
        assert whole.headers["location"] == f"{HOME}/sign-in?next=%2Fconsole%2Fcampaigns%2F{KEY}&said=session_over"
        assert "Phiên làm việc đã hết" in (await nobody.get(whole.headers["location"])).text
        htmx = {"hx-request": "true", "hx-current-url": f"{running.url}{HOME}/talks?said=x"}
        piece = await nobody.get(f"{HOME}/talks?seen=x", headers=htmx)
        assert piece.status_code == 204 and not piece.content
        assert piece.headers["hx-redirect"] == f"{HOME}/sign-in?next=%2Fconsole%2Ftalks&said=session_over"


async def test_looking_keeps_no_session_alive_but_a_page_that_somebody_opens_does(running: Console) -> None:
    who = await running.as_("all", *Role)
    await running.do("SELECT setval(pg_get_serial_sequence('person', 'id'), 100)")
    _, talk = await waits(running)
    before = NOW - IDLE / 2
    await running.do("UPDATE staff_session SET seen_at = :before", before=before)

    async def last_seen() -> set[Any]:
        theirs = "SELECT seen_at FROM staff_session s JOIN staff f ON f.id = s.staff_id WHERE f.key = 'all'"
        return {row.seen_at for row in await running.rows(theirs)}

    async with watching(who) as events:
        await anext(events)
    for path in (f"{HOME}/talks?seen=x", f"{HOME}/talks/{talk}/said?seen=x", f"{AT}/dry-run"):
        assert (await who.get(path, headers={"hx-request": "true"})).status_code == 200
    assert await last_seen() == {before}
    await who.get(f"{HOME}/talks")
    assert await last_seen() == {NOW}


def test_whatever_a_page_asks_for_by_itself_is_known_as_such() -> None:
    polled = [re.compile(HOME + re.sub(r"\{[^}]+\}", "[^/]+", page.path)) for page in PAGES if page.polled]
    asked = [
        re.sub(r"\{\{[^}]+\}\}", "x", address)
        for file in TEMPLATES.rglob("*.html")
        for tag in re.findall(r"<[^<>]*(?:hx-trigger=\"every|data-watch)[^<>]*>", file.read_text(encoding="utf-8"))
        for address in re.findall(r"(?:hx-get|data-watch)=\"([^\"?]+)", tag)
    ]
    assert len(asked) == 4
    assert [path for path in asked if not any(one.fullmatch(path) for one in polled)] == []


async def test_ten_who_watch_one_campaign_count_it_no_oftener_than_one(running: Console) -> None:
    counted = list[float]()

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if "FROM outbox WHERE campaign_id" in statement:
            counted.append(monotonic())

    people = [await approver(running, f"nguoi_{number}") for number in range(-(-10 // MOST))]
    event.listen(running.parts.engine.sync_engine, "before_cursor_execute", note)
    began = monotonic()
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(watching(people[number // MOST])) for number in range(10)]
        assert {name for name, _ in await asyncio.gather(*map(anext, streams))} == {"piece"}
        for person in (2, 3):
            await sent(running, person)
            assert all(f"Xong {person} trên 3" in words for _, words in await asyncio.gather(*map(anext, streams)))
    assert 3 <= len(counted) <= (monotonic() - began) / LOOK + 1


async def test_of_too_many_open_pages_of_one_person_the_oldest_asks_no_more(running: Console) -> None:
    who, other = await approver(running), await approver(running, "hoa")
    async with AsyncExitStack() as stack:
        beside = await stack.enter_async_context(watching(other))
        streams = [await stack.enter_async_context(watching(who)) for _ in range(MOST + 1)]
        assert [name async for name, _ in streams[0]] == ["piece", "enough"]
        await sent(running, 2)
        for stream in (*streams[1:], beside):
            async for _, words in stream:
                if "Xong 2 trên 3" in words:
                    break


async def test_a_server_that_stops_waits_for_no_stream(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(database_url=database_url, rasa_url="http://127.0.0.1:9", port=free_port(), now=NOW.isoformat())
    async with build(settings.prepared()) as parts:
        console = Console(parts, f"http://127.0.0.1:{settings.port}")
        async with AsyncExitStack() as client, AsyncExitStack() as server:
            await server.enter_async_context(serving(parts))
            await submitted(console)
            await console.do("UPDATE campaign SET state = 'running'")
            events = await client.enter_async_context(watching(await approver(console)))
            await anext(events)
            began = monotonic()
            with caplog.at_level(logging.ERROR):
                await server.aclose()
            assert monotonic() - began < 2 and not caplog.records
            assert [name async for name, _ in events] == []
        for one in console.clients.values():
            await one.aclose()


@asynccontextmanager
async def window(browser: Browser, console: Console, who: httpx.AsyncClient) -> AsyncIterator[Seen]:  # noqa: F811
    async with looking(browser, console.url, who.cookies["an_sinh_staff"], SIZES["laptop"]) as seen:
        yield seen


async def test_an_open_page_moves_without_being_loaded_and_is_loaded_when_its_acts_are_others(
    running: Console,
    browser: Browser,  # noqa: F811
) -> None:
    async with window(browser, running, await approver(running)) as seen:
        page = seen.page
        await seen.open(running.url + AT)
        await expect(page.get_by_text("Xem số mới")).to_be_hidden()
        await page.evaluate("window.same = true")
        await page.get_by_label("Lý do").first.fill("Đang ghi dở")
        await sent(running, 2)
        await expect(page.locator("#progress")).to_contain_text("Xong 2 trên 3 người")
        assert (
            await page.evaluate("window.same") and await page.get_by_label("Lý do").first.input_value() == "Đang ghi dở"
        )
        await page.get_by_label("Lý do").first.fill("Tạm dừng để xem lại")  # as the page has it
        await page.get_by_label("Lý do").first.blur()
        await act(running, await author(running), "pause", "Sai số tiền")
        await expect(page.get_by_text("Sai số tiền").first).to_be_visible()
        await expect(page.get_by_role("button", name="Tạm dừng")).to_have_count(0)
        assert not seen.faults


async def test_what_somebody_types_stays_when_the_campaign_changes_and_goes_along_to_the_new_page(
    running: Console,
    browser: Browser,  # noqa: F811
) -> None:
    async with window(browser, running, await approver(running)) as seen:
        page = seen.page
        pause, stop = (
            page.locator("form", has=page.get_by_role("button", name=name)) for name in ("Tạm dừng", "Dừng hẳn")
        )
        told = page.get_by_text("Chiến dịch vừa đổi trạng thái.")
        await seen.open(running.url + AT)
        await pause.get_by_label("Lý do").fill("Sai số tiền ở tin A")
        await stop.get_by_label("Lý do").fill("Gửi nhầm <b>xã</b>")
        await page.evaluate("window.same = true")
        await act(running, await author(running), "pause", "Người khác dừng")
        await expect(told).to_be_visible()
        await expect(stop.get_by_label("Lý do")).to_be_focused()
        await page.keyboard.type(", xin dừng")
        assert await page.evaluate("window.same")
        await page.get_by_role("button", name="Tải trang mới").click()
        await expect(page.get_by_text("Người khác dừng").first).to_be_visible()
        await expect(stop.get_by_label("Lý do")).to_have_value("Gửi nhầm <b>xã</b>, xin dừng")
        await expect(page.get_by_text("Chữ của bạn: «Sai số tiền ở tin A»")).to_be_visible()
        await page.reload()
        await expect(stop.get_by_label("Lý do")).to_have_value("Dừng hẳn vì có sai sót")
        await expect(page.get_by_text("Chữ của bạn")).to_be_hidden()
        await expect(told).to_be_hidden()
        assert not seen.faults


async def test_all_that_was_typed_is_shown_when_no_field_for_it_is_left(running: Console, browser: Browser) -> None:  # noqa: F811
    async with window(browser, running, await approver(running)) as seen:
        page = seen.page
        await seen.open(running.url + AT)
        for name, words in (("Tạm dừng", "Sai số tiền"), ("Dừng hẳn", "Gửi nhầm xã")):
            await page.locator("form", has=page.get_by_role("button", name=name)).get_by_label("Lý do").fill(words)
        await act(running, await author(running), "stop", "Người khác dừng")
        await page.get_by_role("button", name="Tải trang mới").click()
        await expect(page.get_by_text("Chữ của bạn: «Sai số tiền», «Gửi nhầm xã»")).to_be_visible()
        assert not seen.faults


async def test_a_field_that_only_has_the_focus_is_not_taken_away_either(running: Console, browser: Browser) -> None:  # noqa: F811
    async with window(browser, running, await approver(running)) as seen:
        await seen.open(running.url + AT)
        await seen.page.get_by_label("Lý do").first.focus()
        await act(running, await author(running), "pause", "Người khác dừng")
        await expect(seen.page.get_by_role("button", name="Tải trang mới")).to_be_visible()
        await expect(seen.page.get_by_label("Lý do").first).to_be_focused()


async def test_what_was_typed_when_the_session_ended_is_there_after_the_door_and_for_nobody_else(
    running: Console,
    browser: Browser,  # noqa: F811
) -> None:
    who, other = await approver(running), await approver(running, "hoa")
    await running.do("UPDATE staff SET name = 'Nguyễn Thị Hoa'")  # a name that many have
    async with window(browser, running, who) as seen:
        page, reason = seen.page, seen.page.get_by_label("Lý do").first
        await seen.open(running.url + AT)
        await reason.fill("Đang ghi dở")
        await running.do("UPDATE staff_session SET seen_at = seen_at - :idle", idle=IDLE + timedelta(minutes=1))
        await expect(page.get_by_label("Mật khẩu")).to_be_visible(timeout=PATIENCE * 1000)
        for one, typed in ((other, "Tạm dừng để xem lại"), (who, "Đang ghi dở")):
            await running.do("UPDATE staff_session SET seen_at = :now", now=NOW)
            value = one.cookies["an_sinh_staff"]
            await page.context.clear_cookies()
            await page.context.add_cookies([{"name": "an_sinh_staff", "value": value, "url": f"{running.url}{HOME}"}])
            await page.goto(running.url + AT)
            await expect(reason).to_have_value(typed)
        await page.evaluate("sessionStorage.setItem(KEPT, '[]')")
        await page.locator(".me summary").click()
        await page.get_by_role("button", name="Đăng xuất").click()
        await expect(page.get_by_label("Mật khẩu")).to_be_visible()
        assert await page.evaluate("sessionStorage.length") == 0


async def test_whoever_has_scrolled_up_in_a_talk_stays_there_when_more_is_said(
    running: Console,
    browser: Browser,  # noqa: F811
) -> None:
    who = await running.as_("all", *Role)
    await running.do("SELECT setval(pg_get_serial_sequence('person', 'id'), 100)")
    contact, talk = await waits(running)
    for number in range(40):
        await said(running, contact, f"Câu số {number}")
    await who.post(f"{HOME}/talks/{talk}/open")
    async with window(browser, running, who) as seen:
        lines = seen.page.locator("#talk-lines")
        await seen.open(f"{running.url}{HOME}/talks/{talk}")
        read = lines.locator(".bubble:not(.ours)", has_text="Câu số 25")
        await read.scroll_into_view_if_needed()
        place = await read.evaluate("one => one.getBoundingClientRect().top")
        await said(running, contact, "Câu mới\n" * 5)  # and what is oldest goes
        await expect(lines).to_contain_text("Câu mới")
        now = await read.evaluate("one => one.getBoundingClientRect().top")
        assert abs(now - place) < 3 and not seen.faults


@pytest.mark.parametrize("path", [AT, f"{HOME}/talks"])
async def test_an_open_page_whose_session_has_ended_leads_to_the_door_and_back(
    path: str,
    running: Console,
    browser: Browser,  # noqa: F811
) -> None:
    async with window(browser, running, await running.as_("all", *Role)) as seen:
        await seen.open(running.url + path)
        await running.do("UPDATE staff_session SET seen_at = seen_at - :idle", idle=IDLE + timedelta(minutes=1))
        await expect(seen.page.get_by_role("status")).to_contain_text("Phiên làm việc đã hết", timeout=PATIENCE * 1000)
        await expect(seen.page.get_by_label("Mật khẩu")).to_be_visible()
        assert f"next={path.replace('/', '%2F')}&" in seen.page.url and not seen.faults


async def test_without_scripts_a_button_brings_the_new_numbers(running: Console, browser: Browser) -> None:  # noqa: F811
    who = await approver(running)
    context = await browser.new_context(java_script_enabled=False)
    await context.add_cookies([{"name": "an_sinh_staff", "value": who.cookies["an_sinh_staff"], "url": running.url}])
    page = await context.new_page()
    await page.goto(running.url + AT)
    await sent(running, 2)
    await page.get_by_role("link", name="Xem số mới").click()
    await expect(page.locator("#progress")).to_contain_text("Xong 2 trên 3 người")
    await context.close()


async def test_a_page_comes_back_by_itself_after_the_server_was_away(database_url: str, browser: Browser) -> None:  # noqa: F811
    settings = Settings(database_url=database_url, rasa_url="http://127.0.0.1:9", port=free_port(), now=NOW.isoformat())
    async with build(settings.prepared()) as parts:
        console = Console(parts, f"http://127.0.0.1:{settings.port}")
        async with serving(parts):
            await submitted(console)
            await console.do("UPDATE campaign SET state = 'running'")
            await message(console, "planned", 1)
            who = await approver(console)
        async with AsyncExitStack() as stack:
            async with serving(parts):
                seen = await stack.enter_async_context(window(browser, console, who))
                await seen.open(console.url + AT)
                await expect(seen.page.get_by_text("Xem số mới")).to_be_hidden()
            await expect(seen.page.get_by_text("Xem số mới")).to_be_visible()
            async with serving(parts):
                await sent(console, 1)
                await expect(seen.page.locator("#progress")).to_contain_text("Xong 1 trên 1 người")
                await expect(seen.page.get_by_text("Xem số mới")).to_be_hidden()
        for one in console.clients.values():
            await one.aclose()
