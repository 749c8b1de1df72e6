"""Serves the simulator: here until told to stop, or in a process of its own for as long as a test needs it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict

import httpx
import uvicorn

from bot.errors import SetupError
from bot.simulator.app import simulator_app
from bot.simulator.remote import Remote
from bot.simulator.switches import Switches

PATIENCE = 30.0  # seconds to start
IDLE = 75  # seconds for which a connection of a client is kept


def server(switches: Switches, host: str, port: int) -> uvicorn.Server:
    """Return the server; port 0 takes a free one."""
    config = uvicorn.Config(
        simulator_app(switches),
        host=host,
        port=port,
        log_config=None,
        log_level="critical",  # broken connections are what a simulator is for
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


async def run_simulator(host: str, port: int, seed: int, virtual: bool) -> None:
    """Serve until told to stop; with `virtual` the clock stands until it is moved."""
    await server(Switches(seed=seed, speed=0 if virtual else 1), host, port).serve()


@asynccontextmanager
async def running_simulator(switches: Switches | None = None) -> AsyncIterator[Remote]:
    """Run a simulator on a free port in a process of its own, and give its control."""
    arguments = json.dumps(asdict(switches or Switches()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.simulator", arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,  # Ctrl-C is not for it
    )  # fmt: skip
    assert process.stdout and process.stdin
    try:
        first = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        if not first.strip().isdigit():
            raise SetupError("The simulator did not start.")
        url = f"http://127.0.0.1:{int(first)}"
        async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client:
            yield Remote(url, client)
    finally:
        with suppress(ProcessLookupError):
            process.kill()  # it keeps nothing that a farewell would save
        await process.wait()
        process.stdin.close()
