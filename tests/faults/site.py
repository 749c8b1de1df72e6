"""A site whose workers can be killed: a Rasa that says what it heard, slowly if wished, and a clock that ticks."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import httpx
import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.conversation.rules import Event, Kind
from bot.local import free_port
from bot.settings import ROOT, Settings, inherited_environment
from bot.ticker import defer
from bot.wiring import SWEEP, Parts, build

PATIENCE = 90.0  # seconds; the jobs of a dead worker are handed on after about ten


class SlowRasa:
    """Speaks Rasa's REST channel, slowly enough to be killed in the middle; says what it heard."""

    def __init__(self) -> None:
        self.delay, self.busy = 0.05, asyncio.Event()
        self.app = Starlette(routes=[Route("/webhooks/rest/webhook", self.webhook, methods=["POST"])])

    async def webhook(self, request: Request) -> JSONResponse:
        try:
            body = await request.json()
        except ClientDisconnect:  # the worker was killed at that moment
            return JSONResponse([])
        self.busy.set()
        await asyncio.sleep(self.delay)
        return JSONResponse([{"custom": {"text": f"heard {body['message']}"}}])


@asynccontextmanager
async def serving(app: Starlette, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def web(settings: Settings) -> AsyncIterator[str]:
    """A web process with these settings; yields its address."""
    settings = replace(settings, port=free_port())
    environment = {**inherited_environment(), **settings.environment()}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "web", cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{settings.port}"
    try:
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as http:
            while not await _healthy(http, url):
                await asyncio.sleep(0.1)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _healthy(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/health")).is_success
    except httpx.TransportError:
        return False


class Site:
    """A database, a slow Rasa, worker processes that can be killed, and a clock that ticks."""

    def __init__(self, parts: Parts, rasa: SlowRasa) -> None:
        self.parts, self.rasa = parts, rasa
        self.workers: list[asyncio.subprocess.Process] = []

    async def start_worker(self) -> None:
        environment = {**inherited_environment(), **self.parts.settings.environment()}
        self.workers.append(
            await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "worker", cwd=ROOT, env=environment)
        )

    async def kill_worker(self) -> None:
        worker = self.workers.pop()
        os.kill(worker.pid, signal.SIGKILL)
        await worker.wait()

    async def write(self, name: str, lines: list[str]) -> None:
        contact = await self.parts.conversation.open_contact("web", name)
        for number, line in enumerate(lines):
            await self.parts.conversation.receive(contact, Event(f"{name}-{number}", Kind.TEXT, line))

    async def rows(self, query: str) -> list[Any]:
        async with self.parts.engine.connect() as connection:
            return list((await connection.execute(text(query))).all())

    async def answered(self, patience: float = PATIENCE) -> None:
        """Return when no event waits; tick the clock meanwhile."""
        async with asyncio.timeout(patience):
            while await self.rows("SELECT 1 FROM inbox WHERE answered_at IS NULL LIMIT 1"):
                await defer(self.parts, SWEEP)
                await asyncio.sleep(1)


@asynccontextmanager
async def open_site(database_url: str, log_level: str = "ERROR") -> AsyncIterator[Site]:
    """A site over a database; its workers end with it."""
    rasa, port = SlowRasa(), free_port()
    settings = Settings(database_url=database_url, rasa_url=f"http://127.0.0.1:{port}", log_level=log_level).prepared()
    async with serving(rasa.app, port), build(settings) as parts:
        found = Site(parts, rasa)
        try:
            yield found
        finally:
            for worker in found.workers:
                with suppress(ProcessLookupError):
                    worker.kill()
                await worker.wait()
