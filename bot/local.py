"""Everything on one machine: the embedded database, Rasa and our processes, for `up`, `chat`, `ask`, tests and benchmarks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil

from bot.database import embedded_postgres, migrate, open_engine
from bot.errors import SetupError
from bot.rasa.server import running_rasa, server_command, server_environment, train, wait_until_ready
from bot.settings import ROOT, Settings, inherited_environment
from bot.staff import accounts
from bot.web import web_server
from bot.wiring import Parts, build, build_clock

log = logging.getLogger(__name__)


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tell(line: str) -> None:
    """Show progress to the person at the terminal."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """Yield settings with a database that is up and migrated: the given one, or the embedded one under var/."""
    if settings.database_url:
        migrate(settings.database_url)
        yield settings
        return
    tell("Starting the embedded PostgreSQL …")
    with embedded_postgres(settings.var / "postgres") as url:
        migrate(url)
        yield replace(settings, database_url=url)


def rasa_variables(settings: Settings) -> dict[str, str]:
    """Return the environment of a Rasa that serves these settings."""
    return server_environment(
        database_url=settings.database_url, internal_url=settings.internal_url, secret=settings.rasa_secret
    )


@asynccontextmanager
async def quiet_stack(settings: Settings) -> AsyncIterator[Parts]:
    """Run Rasa and the routes it calls inside this process, on free ports: what `chat`, `ask` and `understand` need."""
    with database(settings) as with_database:
        port = free_port()
        rasa_port = free_port()
        ready = replace(with_database, port=port, host="127.0.0.1", rasa_url="", internal_url="").prepared()
        ready = replace(ready, rasa_url=f"http://127.0.0.1:{rasa_port}")
        tell("Starting Rasa …")
        async with build(ready) as parts, serving(parts), running_rasa(ready.var, rasa_port, rasa_variables(ready)):
            yield parts


@asynccontextmanager
async def serving(parts: Parts) -> AsyncIterator[None]:
    """Serve our web routes in this process for the time of the block."""
    server = web_server(parts)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # Ctrl-C belongs to the program around it
    task = asyncio.create_task(server._serve())
    try:
        while not server.started:
            if task.done():
                raise SetupError(f"Port {parts.settings.port} is taken; choose another with AN_SINH_PORT.")
            await asyncio.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        await task


class Leftovers:
    """Remembers our processes in a file, so that a start after `kill -9` can end what the dead one left running."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._pids: dict[int, float] = {}

    def end(self) -> None:
        """End what an earlier start left; raise SetupError when that start is alive."""
        for pid, born in self._earlier().items():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(int(pid))
                if process.create_time() != born:
                    continue
                if pid == next(iter(self._earlier())):
                    raise SetupError("An Sinh runs here already; stop it first with Ctrl-C in its window.")
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                with contextlib.suppress(psutil.TimeoutExpired):
                    process.wait(5)  # or its port would still be taken
        self.add(os.getpid())

    def add(self, pid: int) -> None:
        """Remember one more process; the first is ourselves."""
        with contextlib.suppress(psutil.NoSuchProcess):  # it may have ended already
            self._pids[pid] = psutil.Process(pid).create_time()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        whole = self._file.with_suffix(".new")
        whole.write_text(json.dumps(self._pids))
        whole.replace(self._file)

    def _earlier(self) -> dict[str, float]:
        try:
            return dict(json.loads(self._file.read_text()))
        except (FileNotFoundError, ValueError):
            return {}


class Child:
    """A process that is started again when it dies, each time a little later."""

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        leftovers: Leftovers,
        output: Path | None = None,
    ) -> None:
        self.name, self.command, self.environment = name, command, environment
        self._leftovers, self._output = leftovers, output
        self.process: asyncio.subprocess.Process | None = None

    async def keep_running(self) -> None:
        """Run for ever; on cancellation stop the process and all of its own."""
        pause = 0.5
        while True:
            with self._output.open("wb") if self._output else contextlib.nullcontext() as output:
                self.process = await asyncio.create_subprocess_exec(
                    *self.command, cwd=ROOT, env=self.environment, start_new_session=True, stdout=output, stderr=output
                )
            self._leftovers.add(self.process.pid)
            try:
                started = asyncio.get_running_loop().time()
                code = await self.process.wait()
            except asyncio.CancelledError:
                await self._stop()
                raise
            pause = 0.5 if asyncio.get_running_loop().time() - started > 30 else min(pause * 2, 15)
            log.error("A process ended and is started again", extra={"child": self.name, "code": code})
            await asyncio.sleep(pause)

    async def _stop(self) -> None:
        assert self.process is not None
        for sign, patience in ((signal.SIGTERM, 25), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), patience)
                return


async def up(settings: Settings) -> None:
    """Run the whole system on this machine until Ctrl-C; print the address when it can be used."""
    settings = settings.prepared()
    leftovers = Leftovers(settings.var / "processes.json")
    leftovers.end()
    _port_must_be_free(settings)
    with database(settings) as ready:
        await _first_admin(ready)
        rasa_port = free_port()
        ready = replace(ready, rasa_url=ready.rasa_url or f"http://127.0.0.1:{rasa_port}")
        ours = {**inherited_environment(), **ready.environment()}
        children = [
            Child(name, [sys.executable, "-m", "bot", name], ours, leftovers) for name in ("web", "worker", "clock")
        ]
        async with asyncio.TaskGroup() as tasks:
            for child in children:
                tasks.create_task(child.keep_running())
            tasks.create_task(_announce(ready, rasa_port, tasks, None if settings.rasa_url else leftovers))


async def _first_admin(settings: Settings) -> None:
    """Make the first account of the console and print its password, once."""
    engine = open_engine(settings.database_url)
    try:
        async with engine.begin() as connection:
            password = await accounts.ensure_admin(connection, now=build_clock(settings)())
    finally:
        await engine.dispose()
    if password:
        tell(f"\n  The console's first account is {accounts.FIRST}, its password {password}")
        tell("  It is shown once, and changed at the first sign-in. `python -m bot staff reset admin` makes another.\n")


async def _announce(settings: Settings, rasa_port: int, tasks: asyncio.TaskGroup, leftovers: Leftovers | None) -> None:
    """Train and start Rasa; people are already answered from the content search meanwhile."""
    address = f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{settings.port}/"  # noqa: S104
    if leftovers:
        model = await train(settings.var)
        tell("Starting Rasa …")
        rasa = Child(
            "rasa",
            server_command(settings.var, model, rasa_port),
            rasa_variables(settings),
            leftovers,
            settings.var / "rasa.log",
        )
        tasks.create_task(rasa.keep_running())
    try:
        await wait_until_ready(settings.rasa_url)
    except SetupError as error:
        tell(f"\n  {error} Until it does, questions are answered from the content search: {address}\n")
        return
    tell(f"\n  An Sinh is ready. Open {address}, staff {address}console\n  Ctrl-C stops everything.\n")


def _port_must_be_free(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            raise SetupError(f"Port {settings.port} is taken; choose another: AN_SINH_PORT=8080 make run") from None
