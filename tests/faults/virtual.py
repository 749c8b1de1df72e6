"""Virtual time for a whole site: the database, the senders in a process of their own and the simulator read one standing clock.

Product code is as it is. The database finds functions now() and clock_timestamp() in a schema of its own before PostgreSQL's;
the senders' clock is a number in a file that both processes map. Time is moved only while no call is under way, so what the
truth says of a message's moment is exact.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

import bot.outbox.claim
from bot.channels.calls import Clients
from bot.channels.sms.send import Account, Sms
from bot.channels.telegram.send import Telegram
from bot.database import open_engine
from bot.outbox.caps import caps_of
from bot.outbox.contract import Channel
from bot.outbox.quiet import silent
from bot.outbox.sender import Sender
from bot.settings import ROOT
from bot.simulator.remote import Remote
from bot.simulator.switches import Switches

RATES = {"telegram": 30.0, "sms": 10.0}
LEASE = 10.0  # virtual seconds after which a killed sender's account is free
_INSTALL = """
    CREATE SCHEMA virtual;
    CREATE TABLE virtual.clock (at timestamptz NOT NULL);
    CREATE FUNCTION virtual.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS
        $$ BEGIN RETURN (SELECT at FROM virtual.clock); END $$;
    CREATE FUNCTION virtual.now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS
        $$ BEGIN RETURN (SELECT at FROM virtual.clock); END $$;
    DO $$ DECLARE one record; BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = virtual, public, pg_catalog', current_database());
        FOR one IN SELECT table_name, column_name FROM information_schema.columns
                   WHERE table_schema = 'public' AND column_default = 'now()' AND table_name NOT LIKE 'procrastinate%' LOOP
            EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT virtual.now()', one.table_name, one.column_name);
        END LOOP;
    END $$
"""


class Clock:
    """A standing clock in a file."""

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), 8)

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(struct.unpack("d", self._map[:8])[0], UTC)

    def set(self, moment: datetime) -> None:
        self._map[:8] = struct.pack("d", moment.timestamp())


class Time:
    """What moves the three clocks together, and the senders with them."""

    def __init__(self, url: str, remote: Remote, file: Path) -> None:
        file.write_bytes(bytes(8))
        self.url, self.remote, self.file, self.clock = url, remote, file, Clock(file)
        self.engine: AsyncEngine = open_engine(url)
        self._process: asyncio.subprocess.Process | None = None

    async def begin(self, moment: datetime) -> None:
        """Let all clocks stand at a moment."""
        async with self.engine.begin() as connection:
            for statement in (_INSTALL, "INSERT INTO virtual.clock VALUES ('epoch')"):
                await connection.execute(text(statement))
        await self.engine.dispose()  # the path of the search holds for new connections
        await self._set(moment)

    async def move(self, seconds: float) -> None:
        """Move all clocks, forward or back, when no call is under way."""
        async with asyncio.timeout(60):
            while not await self._moved(seconds):
                await asyncio.sleep(0.004)

    async def _moved(self, seconds: float, *, anyhow: bool = False) -> bool:
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE channel_account SET rate = rate"))  # nobody claims meanwhile
            under_way = await connection.scalar(text("SELECT count(*) FROM outbox WHERE state = 'sending'"))
            if under_way and not anyhow:
                return False
            moment = datetime.fromtimestamp(self.clock().timestamp() + seconds, UTC)
            await connection.execute(text("UPDATE virtual.clock SET at = :at"), {"at": moment})
            self.clock.set(moment)
            await self.remote.advance(seconds)
        return True

    async def _set(self, moment: datetime) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE virtual.clock SET at = :at"), {"at": moment})
        self.clock.set(moment)
        await self.remote.post("clock", set=moment.isoformat())

    async def start_senders(self, cap: str) -> None:
        """Begin sending, in a process of its own; return when it has its accounts."""
        before = await self._holders()
        given = json.dumps({"url": self.url, "base": self.remote.url, "clock": str(self.file), "cap": cap})
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.virtual", given, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(60):
            while len(await self._holders() - before) < len(RATES):
                await asyncio.sleep(0.05)

    async def _holders(self) -> set[str]:
        async with self.engine.connect() as connection:
            found = await connection.scalars(text("SELECT sender FROM channel_account WHERE sender IS NOT NULL"))
            return set(found)

    async def kill_senders(self) -> None:
        """End the senders without a word; their accounts are free a little later."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None
            await self._moved(LEASE, anyhow=True)

    async def aclose(self) -> None:
        await self.kill_senders()
        await self.engine.dispose()


def _senders(given: dict[str, str]) -> Sequence[Sender]:
    clock, engine, switches = Clock(Path(given["clock"])), open_engine(given["url"]), Switches()
    patience = httpx.Timeout(1.0)
    account = Account(switches.sms_api_key, switches.sms_secret_key, switches.sms_brandname)
    channels: Sequence[Channel] = (
        Telegram(switches.telegram_token, Clients(16, patience=patience), base_url=f"{given['base']}/telegram"),
        Sms(account, Clients(16, patience=patience), base_url=f"{given['base']}/sms"),
    )

    def sender(channel: Channel) -> Sender:
        name = channel.capabilities.name
        return Sender(
            engine,
            channel,
            rate=RATES[name],
            at_once=16,
            silent=lambda: silent(clock(), name),
            caps=caps_of(given["cap"]),
            clock=clock,
        )

    return [sender(channel) for channel in channels]


async def _send(given: dict[str, str]) -> None:
    bot.outbox.claim.IDLE = 0.01  # a look at an empty ledger costs real time, of which two days have little
    await asyncio.gather(*(sender.run() for sender in _senders(given)))


if __name__ == "__main__":
    asyncio.run(_send(json.loads(sys.argv[1])))
