"""The first page: each alert is told to those who may mend it and leads there, and to nobody else; an empty day is calm."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest

from bot.campaigns.watch import watch
from bot.campaigns.waves import service as waves
from bot.console.visit import HOME
from bot.staff.rules import Role
from tests.campaigns.wave_world import CAN_THO
from tests.console import campaign_world as campaigns
from tests.console.bookings import desk_of
from tests.console.campaign_world import told
from tests.console.conftest import NOW, Console
from tests.console.test_content import asked
from tests.console.test_settings import stopped

FIRST = 1001  # of the people of a campaign
CALM = "Không có gì phải sửa lúc này"
Make = Callable[[Console], Awaitable[object]]


async def a_stopped_channel(console: Console) -> None:
    await stopped(console)


async def a_channel_that_does_not_send(console: Console) -> None:
    await console.do("INSERT INTO channel_account (channel, rate) VALUES ('zalo_oa', 30)")
    contact = await console.parts.conversation.open_contact("zalo_oa", "1")
    await console.do(
        "INSERT INTO outbox (key, contact_id, class, channel, body, created_at)"
        " VALUES ('r', :id, 'reply', 'zalo_oa', '{}', now() - interval '6 minutes')", id=contact,
    )  # fmt: skip


async def a_running_campaign(console: Console, people: int) -> None:
    await campaigns.farmers(console, people, FIRST)
    await campaigns.drafted(console)
    await console.do("UPDATE campaign SET state = 'running'")


async def a_campaign_that_paused_itself(console: Console) -> None:
    await a_running_campaign(console, 60)
    for person in range(FIRST, FIRST + 60):
        await campaigns.message(console, "failed", person)
    async with console.parts.engine.begin() as connection:
        assert await watch(connection, NOW) == [campaigns.KEY]


async def a_message_nobody_is_sure_of(console: Console) -> None:
    await a_running_campaign(console, 2)
    await campaigns.message(console, "unknown", FIRST, reason="answer")


async def a_wave_that_is_overdue(console: Console) -> None:
    async with console.parts.engine.begin() as connection:
        await waves.load(connection, CAN_THO, by="clerk", now=NOW)


async def an_answer_that_ends(console: Console) -> None:
    pages = console.parts.library.pages
    assert isinstance(pages, dict)
    pages["pension_age"] = replace(next(iter(pages.values())), valid_to=date(2026, 12, 20))


async def a_question_nobody_answered(console: Console) -> None:
    await asked(console, "nuôi tôm có được đóng không")


async def somebody_who_waits(console: Console) -> None:
    contact = await console.parts.conversation.open_contact("telegram", "7")
    await console.do(
        "INSERT INTO wait_list (contact_id, province, wish, until_day) VALUES (:id, 'phu_tho', '{}', :until)",
        id=contact, until=NOW.date() + timedelta(days=3),
    )  # fmt: skip


ALERTS: list[tuple[Make, str, str, set[Role]]] = [
    (a_stopped_channel, "Kênh Telegram đã dừng. Khóa sai hoặc đã bị thu hồi", "/settings", {Role.ADMIN}),
    (a_channel_that_does_not_send, "Kênh Zalo OA không gửi được. Có câu trả lời chờ từ", "/settings", {Role.ADMIN}),
    (
        a_campaign_that_paused_itself,
        "Máy đã tạm dừng «Nông dân Bình Xuyên». 60 trên 60 tin gần nhất bị lỗi",
        f"/campaigns/{campaigns.KEY}/people",
        {Role.ADMIN, Role.AUTHOR, Role.APPROVER},
    ),
    (
        a_message_nobody_is_sure_of,
        "1 tin không rõ đã đến chưa trong «Nông dân Bình Xuyên»",
        f"/campaigns/{campaigns.KEY}/people",
        {Role.AUTHOR},
    ),
    (a_wave_that_is_overdue, "Nộp báo cáo kết quả, «Đợt 1»: trễ", "/waves/can_tho_2023_1", {Role.AUTHOR}),
    (an_answer_that_ends, "1 nội dung đã hoặc sắp hết hiệu lực", "/content/stale", {Role.EDITOR}),
    (a_question_nobody_answered, "1 câu hỏi chưa trả lời được", "/content/work", {Role.EDITOR}),
    (somebody_who_waits, "1 người chờ giờ trống", "/bookings/waiting", {Role.CONSULTANT}),
]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert[0].__name__)
async def test_an_alert_is_for_those_who_may_mend_it_and_leads_there(
    alert: tuple[Make, str, str, set[Role]], console: Console
) -> None:
    make, words, leads, roles = alert
    await make(console)
    for role in Role:
        somebody = await console.as_(f"see.{role}", role)
        page = await somebody.get(HOME)
        assert (words in told(page)) == (role in roles), role
        assert (CALM in told(page)) == (role not in roles), role
        if role in roles:
            assert f'href="{HOME}{leads}' in page.text
            assert (await somebody.get(HOME + leads)).status_code == 200


async def test_what_lies_elsewhere_is_no_alert_here(console: Console) -> None:
    await a_stopped_channel(console)
    await a_wave_that_is_overdue(console)
    await a_message_nobody_is_sure_of(console)
    await somebody_who_waits(console)
    for role in Role:
        page = await (await console.as_(f"far.{role}", role, scope=("hai_phong",))).get(HOME)
        assert CALM in told(page), f"{role}: {told(page)}"


async def test_a_consultant_is_reminded_of_the_note_until_it_is_written(console: Console) -> None:
    desk = await desk_of(console)
    yesterday = NOW - timedelta(days=1)
    found = await desk.booked(yesterday, now=yesterday - timedelta(days=2))
    lan, hoa = await desk.consultant(), await desk.colleague()
    words = "1 buổi hẹn đã qua chưa ghi kết quả"
    assert words in told(await lan.get(HOME)) and words not in told(await hoa.get(HOME))
    for what, argument in (("done", ""), ("note", "advised")):
        assert words in told(await lan.get(HOME))
        version = (await console.rows("SELECT version FROM appointment"))[0].version
        form = {"what": what, "argument": argument, "version": version}
        assert (await lan.post(f"{HOME}/bookings/{found.id}/act", data=form)).status_code == 303
    assert words not in told(await lan.get(HOME))


async def test_a_campaign_that_somebody_paused_is_no_alert(console: Console) -> None:
    await a_running_campaign(console, 1)
    lan = await campaigns.author(console)
    await campaigns.act(console, lan, "pause", "xem lại")
    page = told(await lan.get(HOME))
    assert CALM in page and "Nông dân Bình Xuyên Tạm dừng xem lại" in page


async def test_whoever_is_new_is_shown_where_to_begin(console: Console) -> None:
    async def led_to(somebody: httpx.AsyncClient) -> set[str]:
        return set(re.findall(r'href="/console/help/(\w+)">(?!Trợ)', (await somebody.get(HOME)).text))

    lan, minh = await console.as_("lan", Role.CONSULTANT), await console.as_("minh", Role.AUTHOR)
    assert await led_to(lan) == {"first_day"} and await led_to(minh) == {"campaigns_first"}
    await console.do("UPDATE staff SET created_at = created_at - interval '15 days'")
    assert not await led_to(lan) and not await led_to(minh)
