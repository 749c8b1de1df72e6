"""Calls webhooks over a few kept connections; a general HTTP client took ten times as long, and tests push many thousands."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_HEAD, LONGEST_BODY = 64 * 1024, 1024 * 1024
Place = tuple[str, int, bool]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NoAnswer(Exception):
    """The webhook could not be reached, or gave no answer that can be read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook answered; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]

    @property
    def well(self) -> bool:
        """Tell whether the event was acknowledged."""
        return 200 <= self.status < 300


class Caller:
    """Keeps connections open between calls."""

    def __init__(self) -> None:
        self._idle: defaultdict[Place, list[Connection]] = defaultdict(list)
        self._open: set[asyncio.StreamWriter] = set()

    async def call(
        self,
        verb: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        timeout: float = 10,  # noqa: ASYNC109
    ) -> Answer:
        """Make one call and read its answer; raise NoAnswer if there is none in time."""
        try:
            place, request = _request(verb, url, headers, body)
            async with asyncio.timeout(timeout):
                return await self._exchange(place, request)
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise NoAnswer(type(error).__name__) from None

    async def _exchange(self, place: Place, request: bytes) -> Answer:
        idle = self._idle[place]
        while idle:  # a kept connection may have been closed meanwhile: then nothing was heard, and the next is tried
            connection = idle.pop()
            try:
                return await self._over(connection, place, request)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                if isinstance(error, asyncio.IncompleteReadError) and error.partial:
                    raise
        host, port, tls = place
        connection = await asyncio.open_connection(host, port, ssl=tls or None, limit=LONGEST_HEAD)
        self._open.add(connection[1])
        return await self._over(connection, place, request)

    async def _over(self, connection: Connection, place: Place, request: bytes) -> Answer:
        reader, writer = connection
        kept = False
        try:
            writer.write(request)
            answer = _answer(await reader.readuntil(b"\r\n\r\n"))
            kept = await _read_body(reader, answer)
        finally:
            if kept:
                self._idle[place].append(connection)
            else:
                self._open.discard(writer)
                writer.close()
        return answer

    async def close(self) -> None:
        """Close every connection."""
        for writer in self._open:
            writer.close()
        self._open.clear()
        self._idle.clear()


def _request(verb: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[Place, bytes]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(url)
    tls = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{verb} {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if any(line.splitlines() != [line] for line in lines):
        raise ValueError("a line break in a header")
    return (parts.hostname, parts.port or (443 if tls else 80), tls), "\r\n".join([*lines, "", ""]).encode() + body


def _answer(head: bytes) -> Answer:
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Answer(int(first.partition(" ")[2][:3]), {name.strip().lower(): value.strip() for name, _, value in pairs})


async def _read_body(reader: asyncio.StreamReader, answer: Answer) -> bool:
    """Read the body away; tell whether the connection can be used again."""
    if answer.status in (204, 304):
        return True
    if answer.headers.get("transfer-encoding", "").lower() == "chunked":
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            await _skip(reader, size + 2)
        await reader.readuntil(b"\r\n")
    elif "content-length" in answer.headers:
        await _skip(reader, int(answer.headers["content-length"]))
    else:
        return False
    return answer.headers.get("connection", "").lower() != "close"


async def _skip(reader: asyncio.StreamReader, size: int) -> None:
    if not 0 <= size <= LONGEST_BODY:
        raise ValueError("too long a body")
    await reader.readexactly(size)
