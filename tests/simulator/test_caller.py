"""The caller of webhooks keeps connections, reads every kind of answer, and calls nonsense no answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.caller import Caller, NoAnswer

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def serving(*answers: bytes, end: bool = False) -> AsyncIterator[tuple[str, list[int]]]:
    """Answer each request with the next of the answers; count requests per connection."""
    waiting, counts = list(answers), list[int]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counts.append(0)
        mine = len(counts) - 1
        try:
            while waiting and await reader.readuntil(b"\r\n\r\n"):
                counts[mine] += 1
                writer.write(waiting.pop(0))
                await writer.drain()
                if end:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x?a=1", counts
    finally:
        server.close()


async def call(caller: Caller, url: str) -> int:
    return (await caller.call("GET", url, {"A": "b"}, timeout=0.5)).status


async def test_a_connection_serves_many_calls() -> None:
    caller = Caller()
    chunked = b"HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    async with serving(OK, chunked, b"HTTP/1.1 204 X\r\n\r\n", OK) as (url, counts):
        assert [await call(caller, url) for _ in range(4)] == [200, 503, 204, 200]
        assert counts == [4]
        await caller.close()


async def test_a_connection_closed_meanwhile_is_replaced() -> None:
    caller = Caller()
    async with serving(OK, OK, end=True) as (url, counts):
        assert await call(caller, url) == 200
        await asyncio.sleep(0.05)
        assert await call(caller, url) == 200
        assert counts == [1, 1]
        await caller.close()


@pytest.mark.parametrize(
    "nonsense",
    [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc X\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi",
     b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
     b"x" * 100_000],
)  # fmt: skip
async def test_nonsense_is_no_answer(nonsense: bytes) -> None:
    caller = Caller()
    async with serving(nonsense, end=True) as (url, _):
        with pytest.raises(NoAnswer):
            await call(caller, url)
    await caller.close()


@pytest.mark.parametrize(
    "url", ["", "ftp://x", "http://", "http://127.0.0.1:1/", "http://127.0.0.1:99999/", "http://[", "http://a/\r\nX: y"]
)
async def test_an_address_where_nobody_is_gives_no_answer(url: str) -> None:
    with pytest.raises(NoAnswer):
        await call(Caller(), url)


async def test_silence_is_no_answer() -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1")
    with pytest.raises(NoAnswer, match="TimeoutError"):
        await call(Caller(), f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    server.close()


@given(st.text(max_size=40))
def test_no_header_can_smuggle_another(value: str) -> None:
    async def attempt() -> None:
        async with serving(OK) as (url, _):
            caller = Caller()
            try:
                assert (await caller.call("GET", url, {"A": value}, timeout=1)).well
                assert "\n" not in value and "\r" not in value
            except NoAnswer:
                assert value.splitlines() != [value]
            await caller.close()

    asyncio.run(attempt())
