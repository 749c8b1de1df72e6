"""Whole conversations over each channel: the simulator's citizen speaks, real Rasa answers, the sender sends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.channels.listen import listening
from bot.local import free_port
from bot.settings import Settings
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from bot.simulator.truth import Line
from bot.web import web_app
from bot.wiring import Parts
from tests.channels.citizen import Citizen
from tests.faults.site import serving

SET_UP = Switches()
SECRET = "a-secret-of-24-signs-long"  # noqa: S105
IN_ONE_SENTENCE = "em nữ sinh 1985, hộ cận nghèo ở Bình Xuyên, mức 2 triệu, đóng 15 năm thì lương hưu bao nhiêu"


@pytest.fixture(scope="module")
async def simulator() -> AsyncIterator[Remote]:
    async with running_simulator() as remote:
        yield remote


def settings_of(parts: Parts, simulator: Remote, **more: Any) -> Settings:
    """The system's settings with all channels at the simulator."""
    return replace(
        parts.settings,
        telegram_token=SET_UP.telegram_token,
        telegram_url=f"{simulator.url}/telegram",
        zalo_bot_token=SET_UP.zalo_bot_token,
        zalo_bot_url=simulator.zalo_bot,
        **more,
    )


class Simulated(Citizen):
    """One person whom the simulator knows."""

    def __init__(self, simulator: Remote, face: str, address: str) -> None:
        super().__init__()
        self._simulator, self._face, self._address = simulator, face, address

    async def does(self, words: str = "", kind: str = "text", **more: str) -> None:
        await self._simulator.said(self._face, self._address, words, kind=kind, **more)

    async def got(self) -> list[Line]:
        return [line for line in await self._simulator.truth(self._face, "got") if line.address == self._address]


@pytest.fixture
async def polling(parts: Parts, address: str, simulator: Remote) -> AsyncIterator[None]:
    """Telegram and the Zalo bot, fetched by polling."""
    async with listening(settings_of(parts, simulator), parts.conversation, parts.library):
        yield


@pytest.mark.usefixtures("polling")
async def test_a_conversation_on_telegram_by_polling(simulator: Remote, parts: Parts) -> None:
    lan = Simulated(simulator, "telegram", "501")
    await lan.does("hoi-cho-2026", kind="start")
    await lan.gets("An Sinh")
    await lan.does(kind="press", data="contribution_amount")
    await lan.gets("đồng")
    await lan.does("/tinh_luong_huu")
    await lan.gets("?")
    await lan.does(IN_ONE_SENTENCE)
    await lan.gets("lương hưu")
    await lan.gets_picture()
    async with parts.engine.connect() as connection:
        came = text("SELECT link FROM arrival a JOIN contact c ON c.id = a.contact_id WHERE c.address = '501'")
        assert await connection.scalar(came) == "hoi-cho-2026"


@pytest.mark.usefixtures("polling")
async def test_a_conversation_on_the_zalo_bot_by_numbers(simulator: Remote) -> None:
    ba = Simulated(simulator, "zalo_bot", "c0ffee")
    await ba.does("chào em")
    menu = (await ba.gets("An Sinh")).text
    number = next(line.split(".")[0] for line in menu.splitlines() if line[:1].isdigit() and "lương hưu" in line)
    await ba.does(f"số {number}")
    answer = await ba.gets("15 năm")
    assert "Kiểm tra lần cuối" in answer.text
    await ba.does("dừng")
    await ba.gets("không chủ động nhắn tin")


@asynccontextmanager
async def hooked(parts: Parts, simulator: Remote, **more: Any) -> AsyncIterator[str]:
    """A web process that the simulator reaches, and the channels by web hook."""
    port = free_port()
    settings = settings_of(
        parts, simulator, public_url=f"http://127.0.0.1:{port}", hook_secret=SECRET, port=port, **more
    )
    web = web_app(replace(parts, settings=settings))
    async with serving(web, port), listening(settings, parts.conversation, parts.library):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.usefixtures("address")
async def test_the_same_by_web_hook(simulator: Remote, parts: Parts) -> None:
    tokens = (await simulator.state())["zalo_oa_tokens"]
    official = {
        "zalo_oa_app_id": SET_UP.zalo_oa_app_id,
        "zalo_oa_app_secret": SET_UP.zalo_oa_app_secret,
        "zalo_oa_id": SET_UP.zalo_oa_id,
        "zalo_oa_secret": SET_UP.zalo_oa_secret,
        "zalo_oa_refresh_token": tokens["refresh_token"],
        "zalo_oa_url": simulator.zalo_oa,
    }
    async with hooked(parts, simulator, **official) as url:
        await simulator.post("switches", zalo_oa_webhook=f"{url}/hooks/zalo_oa")
        await simulator.citizens("zalo_oa", address="771", follows=True)
        for face, person in (("telegram", "601"), ("zalo_bot", "beef"), ("zalo_oa", "771")):
            citizen = Simulated(simulator, face, person)
            for _ in range(20):  # the hook is being set
                await citizen.does("mức đóng thấp nhất bao nhiêu")
                with suppress(AssertionError):
                    await citizen.gets("đồng", seconds=3)
                    break
            else:
                pytest.fail(f"{face} stayed silent")


@pytest.mark.usefixtures("polling")
async def test_of_a_question_only_the_chosen_answer_stays_on_telegram(simulator: Remote) -> None:
    hoa = Simulated(simulator, "telegram", "502")
    await hoa.does("/tinh_muc_dong")
    asked = await hoa.gets("?")
    await hoa.does(kind="press", data="income=3000000")
    await hoa.gets("diện nào")
    edited = [line for line in await simulator.truth("telegram", "edited") if line.address == "502"]
    assert [line.text for line in edited] == [f"{asked.text}\n\n✓ 3 triệu"]
    assert edited[0].extra["markup"] is None
