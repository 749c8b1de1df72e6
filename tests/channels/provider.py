"""A stand-in for a provider's server: answers as told, keeps what it was asked, and can fall silent or break off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from bot.channels.calls import Clients

SILENCE, BREAK = "silence", "break"
QUICK = httpx.Timeout(0.3, connect=0.3, pool=0.1)
Answer = tuple[int, Any] | str


@dataclass(frozen=True)
class Call:
    """What was asked."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Provider:
    """Answers in the order given, then with the last for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one client until it goes."""
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.calls.append(Call(head[0].split()[1], headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            if answer == SILENCE:
                await reader.read()
            return False
        content = answer[1] if isinstance(answer[1], bytes) else json.dumps(answer[1]).encode()
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (answer[0], len(content), content))
        await writer.drain()
        return True


@asynccontextmanager
async def provider(*answers: Answer) -> AsyncIterator[Provider]:
    """A provider that listens on a port of its own."""
    found = Provider(answers=list(answers))
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        server.close()


@asynccontextmanager
async def clients(count: int = 1) -> AsyncIterator[Clients]:
    """Clients with little patience."""
    found = Clients(count, patience=QUICK)
    try:
        yield found
    finally:
        await found.aclose()


async def nowhere() -> str:
    """An address at which nobody listens."""
    async with provider((200, {})) as found:
        return found.url
