"""`python -m bot up` is killed with -9, started again, and stopped politely: nothing is left running or in the way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from bot.local import free_port
from bot.settings import ROOT, inherited_environment
from tests.faults.site import PATIENCE


class Up:
    """`up` with a Rasa that is not there, in a folder of its own: what is tested is how it starts and ends."""

    def __init__(self, var: Path, database_url: str) -> None:
        self.port = free_port()
        self.environment = {
            **inherited_environment(),
            "DATABASE_URL": database_url,
            "AN_SINH_VAR": str(var),
            "AN_SINH_PORT": str(self.port),
            "AN_SINH_RASA_URL": f"http://127.0.0.1:{free_port()}",
            "AN_SINH_LOG_LEVEL": "CRITICAL",
        }

    def _registered(self, pid: int) -> bool:
        file = Path(self.environment["AN_SINH_VAR"]) / "processes.json"
        return file.exists() and next(iter(json.loads(file.read_text()))) == str(pid)

    async def start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "up", cwd=ROOT, env=self.environment
        )
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as http:
            while process.returncode is None:
                try:
                    await http.get(f"http://127.0.0.1:{self.port}/health")
                    if self._registered(process.pid):  # else it is an orphan of the start before that answers
                        return process
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.2)
        raise AssertionError(f"up ended with {process.returncode}")


@pytest.fixture
def up(tmp_path: Path, database_url: str) -> Iterator[Up]:
    """What is to be started; nothing of it goes on after the test, whatever becomes of that."""
    yield Up(tmp_path, database_url)
    for process in psutil.process_iter(["environ"]):
        if (process.info["environ"] or {}).get("AN_SINH_VAR") == str(tmp_path):
            with suppress(psutil.NoSuchProcess):  # its parent ended it
                process.kill()


async def test_a_start_after_kill_9_ends_what_was_left_and_a_polite_end_leaves_nothing(up: Up) -> None:
    first = await up.start()
    orphans = psutil.Process(first.pid).children(recursive=True)
    os.kill(first.pid, signal.SIGKILL)
    await first.wait()
    assert any(orphan.is_running() for orphan in orphans)

    second = await up.start()
    children = psutil.Process(second.pid).children(recursive=True)
    assert not any(orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE for orphan in orphans)

    refused = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "up", cwd=ROOT, env=up.environment, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await refused.communicate()
    assert b"runs here already" in complaint
    assert second.returncode is None

    second.send_signal(signal.SIGTERM)
    await asyncio.wait_for(second.wait(), PATIENCE)
    _, alive = psutil.wait_procs(children, PATIENCE)
    assert alive == []
