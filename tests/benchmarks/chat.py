"""`make bench`: from a web chat message to its answer, beside bare Rasa's own REST channel, in one run on one system.

The two are measured in turns, so that whatever else the machine does hits both; the ratio is the figure to look at.
Writes var/bench.md.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from statistics import median, quantiles

import httpx
import psutil
import yaml
from websockets.asyncio.client import ClientConnection, connect

from bot.local import free_port
from bot.settings import ROOT

VAR = ROOT / "var"
RATE = 10  # messages a second, the load of the aim
SECONDS = 10  # of each turn
TURNS = 4  # turns of each kind
PEOPLE = 100  # who write a handful of messages each, as people do
AT_ONCE = 20  # of them, at saturation
Ask = Callable[[str], Awaitable[None]]


def questions() -> list[str]:
    """Return questions that are answered by a page, as people write them."""
    found = yaml.safe_load((ROOT / "tests" / "cases" / "dev_questions.yaml").read_text(encoding="utf-8"))
    pages = {path.stem for path in (ROOT / "content" / "answers").glob("*.md")} - {"local_subsidy"}
    return [question["text"] for question in found if question["topic"] in pages]


class WebPerson:
    """Somebody at the web chat; asks one thing at a time and waits for the answer."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._turn = socket, asyncio.Lock()

    async def ask(self, text: str) -> None:
        """Send a message and return when its answer is there."""
        async with self._turn:
            await self._socket.send(json.dumps({"kind": "text", "id": uuid.uuid4().hex, "payload": text}))
            while True:
                frame = json.loads(await asyncio.wait_for(self._socket.recv(), 30))
                if frame["kind"] == "messages":
                    await self._socket.send(json.dumps({"kind": "received", "row": frame["messages"][-1]["row"]}))
                    return


@asynccontextmanager
async def web_people(port: int) -> AsyncIterator[list[Ask]]:
    """Open the web chat once for each person."""
    sockets = [
        await connect(f"ws://127.0.0.1:{port}/chat", additional_headers={"Cookie": f"an_sinh_chat={uuid.uuid4().hex}"})
        for _ in range(PEOPLE)
    ]
    for socket in sockets:
        await socket.send(json.dumps({"kind": "hello", "row": 0}))
        await socket.recv()
    yield [WebPerson(socket).ask for socket in sockets]
    for socket in sockets:
        await socket.close()


@asynccontextmanager
async def rasa_people(url: str) -> AsyncIterator[list[Ask]]:
    """Speak to Rasa's REST channel, each person under a name of their own."""
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:

        def person() -> Ask:
            sender, turn = f"bench-{uuid.uuid4().hex}", asyncio.Lock()

            async def ask(text: str) -> None:
                async with turn:
                    response = await http.post("/webhooks/rest/webhook", json={"sender": sender, "message": text})
                    response.raise_for_status()

            return ask

        yield [person() for _ in range(PEOPLE)]


async def at_rate(people: Sequence[Ask], texts: Sequence[str], rng: random.Random) -> list[float]:
    """Ask RATE questions a second for SECONDS, whether or not earlier ones are answered; return seconds per answer."""
    taken: list[float] = []

    async def one(number: int) -> None:
        begun = time.perf_counter()
        await people[number % len(people)](rng.choice(texts))
        taken.append(time.perf_counter() - begun)

    tasks = []
    for number in range(RATE * SECONDS):
        tasks.append(asyncio.create_task(one(number)))
        await asyncio.sleep(1 / RATE)
    await asyncio.gather(*tasks)
    return taken


async def saturated(people: Sequence[Ask], texts: Sequence[str], rng: random.Random) -> float:
    """Let everybody ask again as soon as they are answered; return answers a second."""
    end, answered = time.perf_counter() + SECONDS, 0

    async def one(ask: Ask) -> None:
        nonlocal answered
        while time.perf_counter() < end:
            await ask(rng.choice(texts))
            answered += 1

    begun = time.perf_counter()
    await asyncio.gather(*(one(ask) for ask in people[:AT_ONCE]))
    return answered / (time.perf_counter() - begun)


@asynccontextmanager
async def system() -> AsyncIterator[tuple[int, str, int]]:
    """Run `python -m bot up` on a free port; yield the port, Rasa's address and the process."""
    port = free_port()
    environment = {**os.environ, "AN_SINH_PORT": str(port), "AN_SINH_LOG_LEVEL": "ERROR"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "up",
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    seen = ""
    while "is ready. Open" not in seen:
        line = (await process.stderr.readline()).decode()
        if not line:
            raise SystemExit(f"The system did not start:\n{seen}")
        seen += line
    drain = asyncio.create_task(process.stderr.read())
    try:
        yield port, _rasa_address(process.pid), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
        drain.cancel()


def _rasa_address(pid: int) -> str:
    for child in psutil.Process(pid).children(recursive=True):
        found = re.search(r"rasa run .*--port (\d+)", " ".join(child.cmdline()))
        if found:
            return f"http://127.0.0.1:{found[1]}"
    raise SystemExit("Rasa is not running")


def row(name: str, taken: Sequence[float], rate: float) -> str:
    """Return a line of the table."""
    p95 = quantiles(taken, n=20)[18]
    return f"| {name} | {len(taken)} | {median(taken) * 1000:.0f} | {p95 * 1000:.0f} | {rate:.1f} |"


def memory(pid: int) -> str:
    """Return the resident memory of each process of the system, MB."""
    lines = []
    for process in psutil.Process(pid).children(recursive=True):
        command = " ".join(process.cmdline())
        name = next((part for part in ("rasa run", "bot web", "bot worker", "bot clock") if part in command), "")
        if name:
            lines.append(f"| {name} | {process.memory_info().rss // 2**20} |")
    return "\n".join(["| process | MB |", "|---|---|", *sorted(lines)])


async def report() -> list[str]:
    """Return the lines of the report on conversations."""
    texts, rng = questions(), random.Random(7)
    web_taken: list[float] = []
    rasa_taken: list[float] = []
    async with system() as (port, rasa, pid), web_people(port) as web, rasa_people(rasa) as bare:
        await asyncio.gather(*(ask(texts[0]) for ask in (*web, *bare)))  # everybody has spoken once
        for turn in range(TURNS):
            web_taken += await at_rate(web, texts, rng)
            rasa_taken += await at_rate(bare, texts, rng)
            print(f"turn {turn + 1} of {TURNS} done", file=sys.stderr, flush=True)
        rates = [(await saturated(web, texts, rng), await saturated(bare, texts, rng)) for _ in range(2)]
        used = memory(pid)
    web_rate, rasa_rate = (sum(pair) / len(rates) for pair in zip(*rates, strict=True))
    p95 = [quantiles(taken, n=20)[18] for taken in (web_taken, rasa_taken)]
    return [
        "## A conversation", "",
        f"{PEOPLE} people, {RATE} messages a second in turns of {SECONDS} seconds; saturation with {AT_ONCE} asking at once.", "",
        "| path | messages | p50 ms | p95 ms | messages a second at saturation |", "|---|---|---|---|---|",
        row("web chat, message to answer", web_taken, web_rate), row("bare Rasa, REST channel", rasa_taken, rasa_rate),
        f"| ratio | | {median(web_taken) / median(rasa_taken):.2f} | {p95[0] / p95[1]:.2f} | {web_rate / rasa_rate:.2f} |", "",
        used, "",
    ]  # fmt: skip
