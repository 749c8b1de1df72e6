"""A simulator in a process of its own, new for each test, and a receiver of webhooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches

STANDING = Switches(speed=0.0, start="2026-11-22T09:00")
TELEGRAM = STANDING.telegram_token
Answer = dict[str, Any]


@pytest.fixture(scope="session")
async def process() -> AsyncIterator[Remote]:
    """The process, started once."""
    async with running_simulator(STANDING) as remote:
        yield remote


@pytest.fixture
async def sim(process: Remote) -> Remote:
    """A new world on Sunday morning, whose clock stands."""
    await process.reset(**asdict(STANDING))
    return process


@dataclass(frozen=True)
class Bot:
    """Calls a face as a bot would, with a plain HTTP client."""

    client: httpx.AsyncClient
    telegram_base: str
    zalo_base: str

    async def telegram(self, method: str, **given: Any) -> Answer:
        """Call the Bot API."""
        answer = await self.client.post(f"{self.telegram_base}{TELEGRAM}/{method}", json=given)
        found: Answer = answer.json()
        assert found["ok"] or found["error_code"] == answer.status_code
        return found

    async def zalo(self, method: str, **given: Any) -> Answer:
        """Call the Zalo Bot Platform: always HTTP 200."""
        answer = await self.client.post(f"{self.zalo_base}/bot{STANDING.zalo_bot_token}/{method}", json=given)
        assert answer.status_code == 200
        found: Answer = answer.json()
        return found


@pytest.fixture
async def bot(sim: Remote) -> AsyncIterator[Bot]:
    """A bot on Telegram and on Zalo."""
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        yield Bot(client, sim.telegram, sim.zalo_bot)


@dataclass(frozen=True)
class Heard:
    """One call to the receiver."""

    headers: dict[str, str]
    raw: bytes
    query: dict[str, str]

    @property
    def body(self) -> Answer:
        """The body as JSON."""
        found: Answer = json.loads(self.raw)
        return found


@dataclass
class Receiver:
    """A webhook that answers with the next of `answers`, then 200."""

    port: int = 0
    answers: list[Response] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    delay: float = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def hook(self, request: Request) -> Response:
        """Take one call."""
        self.heard.append(Heard(dict(request.headers), await request.body(), dict(request.query_params)))
        if self.delay:
            await asyncio.sleep(self.delay)
        return self.answers.pop(0) if self.answers else Response()

    async def until(self, count: int) -> list[Heard]:
        """Wait for so many calls, then a moment for one too many."""
        async with asyncio.timeout(60):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        return self.heard


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A webhook of our own."""
    found = Receiver()
    app = Starlette(routes=[Route("/hook", found.hook, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    found.port = server.servers[0].sockets[0].getsockname()[1]
    yield found
    server.should_exit = True
    await task
