"""A consultation booked over Telegram and over a Zalo bot, with the consultant on Telegram; real Rasa, real sender."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.booking import staff
from bot.channels.listen import listening
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.wiring import Parts
from tests.booking.world import World
from tests.channels.test_conversations import Simulated, settings_of


@pytest.fixture(scope="module")
async def simulator() -> AsyncIterator[Remote]:
    async with running_simulator() as remote:
        yield remote


@pytest.fixture
async def town(parts: Parts, address: str, simulator: Remote) -> AsyncIterator[str]:
    """An office with one consultant, and both channels; gives the code by which the consultant links an account."""
    world = World(parts.engine)
    office = await world.office("market_street", commune="08950", name="BHXH cơ sở Bình Xuyên")
    await world.consultant(office, "thu")
    async with parts.engine.begin() as connection:
        consultant = await staff.of_key(connection, "thu")
        assert consultant
        code = await staff.new_code(connection, consultant, now=parts.clock())
    settings = replace(settings_of(parts, simulator), public_url="")
    async with listening(settings, parts.conversation, parts.library, parts.clock):
        yield code
    async with parts.engine.begin() as connection:  # the other tests know of no consultant
        await connection.execute(text("UPDATE consultant SET active = false"))


async def test_both_sides_see_the_appointment(town: str, simulator: Remote) -> None:
    thu = Simulated(simulator, "telegram", "701")
    await thu.does(f"{staff.PREFIX}{town}", kind="start")
    await thu.gets("Đã kết nối tài khoản này")

    hoa = Simulated(simulator, "telegram", "702")
    await hoa.does("đặt lịch gặp cán bộ 8h sáng mai ở xã Bình Xuyên hỏi chuyện rút một lần")
    await hoa.gets("giữ giờ này")
    await hoa.gets("họ và tên")
    await hoa.does("Nguyễn Thị Hoa")
    asked = await hoa.gets("số điện thoại")
    assert asked.extra["markup"]["keyboard"][0][0]["request_contact"] is True
    await hoa.does("0912 345 678")
    read_back = await hoa.gets("xem lại")
    await hoa.does(kind="press", data=read_back.extra["markup"]["inline_keyboard"][0][0]["callback_data"])
    done = await hoa.gets("Đã đặt lịch")
    assert "8 giờ, thứ hai 23/11/2026" in done.text

    notice = await thu.gets("Lịch hẹn mới")
    assert "Nguyễn Thị Hoa" in notice.text
    confirm = notice.extra["markup"]["inline_keyboard"][0][0]
    assert confirm["text"] == "Xác nhận"
    await thu.does(kind="press", data=confirm["callback_data"])
    await hoa.gets("xác nhận")

    ba = Simulated(simulator, "zalo_bot", "b0b0")
    await ba.does("dat lich gap can bo o xa binh xuyen hoi luong huu, sang mai")
    menu = (await ba.gets("chọn một giờ")).text
    assert "8:00" not in menu, "the time is taken"
    await ba.does("1")
    await ba.gets("họ và tên")
    await ba.does("Trần Văn Ba")
    await ba.gets("số điện thoại")
    await ba.does("0987654321")
    menu = (await ba.gets("xem lại")).text
    number = next(line.split(".")[0] for line in menu.splitlines() if line.endswith("Đặt lịch"))
    await ba.does(f"số {number}")
    await ba.gets("Đã đặt lịch")
    await thu.gets("Trần Văn Ba")

    await hoa.does("hủy lịch hẹn")
    sure = await hoa.gets("muốn hủy")
    cancel = sure.extra["markup"]["inline_keyboard"][0][0]["callback_data"]
    await hoa.does(kind="press", data=cancel)
    await hoa.gets("Đã hủy lịch hẹn")
    await thu.gets("đã hủy hẹn")
    await thu.does("lịch mai")
    await thu.gets("Trần Văn Ba")
