"""The console served for real, over a fresh database, and staff of every role who are signed in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
import pyotp
import pytest
from playwright.async_api import Browser
from sqlalchemy import text

from bot.clock import VIETNAM
from bot.local import free_port, serving
from bot.settings import Settings
from bot.staff import accounts, sign_in
from bot.staff.rules import Role, Staff
from bot.wiring import Parts, build
from tests.browser.test_web_chat import browser  # noqa: F401 - a fixture
from tests.conftest import fresh_database

if TYPE_CHECKING:
    from tests.console.acts import Acts

NOW = datetime(2026, 11, 27, 9, tzinfo=VIETNAM)


@dataclass
class Console:
    """A running console; `as_` gives a browser-like client of somebody with a role."""

    parts: Parts
    url: str
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def hire(self, key: str, *roles: Role, scope: tuple[str, ...] = (), consultant: str = "") -> Staff:
        """Make an account that has a device and a password of its own choice."""
        async with self.parts.engine.begin() as connection:
            await accounts.add(
                connection, key, name=f"Bạn {key}", roles=roles, scope=scope, consultant=consultant, by="test", now=NOW
            )
            await connection.execute(
                text("UPDATE staff SET totp = :totp, password_is_new = false WHERE key = :key"),
                {"totp": pyotp.random_base32(), "key": key},
            )
            return await accounts.find(connection, key)

    async def cookie(self, staff: Staff) -> str:
        """Return the secret of a new session of somebody, password and code given."""
        async with self.parts.engine.begin() as connection:
            return await sign_in.open_session(connection, staff, whole=True, now=self.parts.clock())

    async def as_(self, key: str, *roles: Role, **more: Any) -> httpx.AsyncClient:
        """Return a client that is signed in as somebody, made at the first call; its posts carry the form's token."""
        if key not in self.clients:
            token = await self.cookie(await self.hire(key, *roles, **more))
            self.clients[key] = client_of(self.url, token)
        return self.clients[key]

    async def do(self, statement: str, **values: Any) -> None:
        async with self.parts.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.parts.engine.connect() as connection:
            return list((await connection.execute(text(query), values)).all())


def without_tokens(page: str) -> str:
    """Return a page without the random numbers of its forms, among whose digits any short number may stand."""
    return re.sub(r"[0-9a-f]{16,}", "", page)


def client_of(url: str, token: str) -> httpx.AsyncClient:
    """Return a client in whose browser somebody is signed in."""
    return httpx.AsyncClient(
        base_url=url,
        cookies={"an_sinh_staff": token},
        headers={"x-csrf-token": sign_in.csrf_of(token)},
        trust_env=False,
    )


@asynccontextmanager
async def running_console(database_url: str, **more: Any) -> AsyncIterator[Console]:
    """Serve the console for the time of the block, with more settings; Rasa is away, which the pages do not need."""
    port = free_port()
    settings = Settings(
        database_url=database_url,
        rasa_url="http://127.0.0.1:9",
        port=port,
        now=NOW.isoformat(),
        sms_refuse_by="19009068",
        sms_advertising_type="2",
        **more,
    ).prepared()
    async with build(replace(settings, port=port)) as parts, serving(parts):
        console = Console(parts, f"http://127.0.0.1:{port}")
        yield console
        for client in console.clients.values():
            await client.aclose()


@pytest.fixture(scope="session")
async def acts(postgres: str, browser: Browser) -> AsyncIterator[Acts]:  # noqa: F811
    """The console with the demonstration, for all who act there in a browser; each leaves alone what others work with."""
    from tests.console.acts import begun

    async with running_console(fresh_database(postgres, "acts")) as console:
        yield await begun(console, browser)


@pytest.fixture
async def console(database_url: str) -> AsyncIterator[Console]:
    async with running_console(database_url) as found:
        yield found


@pytest.fixture(scope="session")
async def province(postgres: str) -> str:
    """The name of a database with the demonstration and a report that was handed in, to make others from."""
    from tests.console.browsing import furnish  # late: it is written for what stands here

    async with (
        running_console(fresh_database(postgres, "province")) as console,
        client_of(console.url, await furnish(console)) as client,
    ):
        made = await client.post("/console/reports/waves/phu_tho_thu", data={"unit": "viet_tri", "form": "xlsx"})
        handed = await client.post("/console/waves/phu_tho_thu/hand-in/report/viet_tri", data={"report": "1"})
        assert (made.status_code, handed.status_code) == (200, 303)
    return "province"


@pytest.fixture(scope="module")
async def stage(postgres: str, province: str, request: pytest.FixtureRequest) -> AsyncIterator[Console]:
    """The console with the demonstration, for all tests of a module."""
    name = request.module.__name__.rpartition(".")[2]
    async with running_console(fresh_database(postgres, name, province)) as console:
        yield console
