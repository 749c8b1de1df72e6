"""`python -m bot demo`: an invented province in a database of its own, everything running, with providers that are simulated."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.answers.library import Library, load_library
from bot.campaigns.desk import Desk
from bot.clock import Clock
from bot.database import embedded_postgres, migrate, open_engine
from bot.demo_campaigns import campaign
from bot.demo_people import FIRST, PEOPLE, book, bring_people, let_talk
from bot.demo_place import DESK, build_place, is_empty
from bot.errors import SetupError
from bot.local import tell, up
from bot.rehearsal import simulated
from bot.settings import ROOT, Settings
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from bot.staff import audit
from bot.wiring import build_clock

RATE = 1  # messages a second on Telegram: slow enough to watch a campaign leave


@dataclass(frozen=True, slots=True)
class Filled:
    """What the filling made: first passwords by account, and campaigns that the content of the day does not allow."""

    passwords: dict[str, str]
    left_out: list[str]


async def run_demo(settings: Settings) -> None:
    """Fill the database if it is new, and run everything on it until told to stop."""
    if settings.database_url:
        migrate(settings.database_url)
        await _shown(settings)
        return
    place, whole = settings.var / "demo", settings.var / "demo.filled"
    if place.exists() and not whole.exists():
        shutil.rmtree(place)  # somebody ended the filling half-way, and never saw the passwords
    tell("Starting the embedded PostgreSQL of the demonstration …")
    with embedded_postgres(place) as url:
        migrate(url)
        await _shown(replace(settings, database_url=url), whole.touch)


async def _shown(settings: Settings, done: Callable[[], None] = lambda: None) -> None:
    engine = open_engine(settings.database_url)
    try:
        filled = await fill(engine, load_library(ROOT / "content"), settings, build_clock(settings))
    finally:
        await engine.dispose()
    _told(filled)
    done()
    switches = Switches()
    async with running_simulator(switches) as remote:
        await _people_there(remote)
        tell(f"\n  Simulated telephones: {remote.url}/")
        ready = await simulated(settings, remote, switches)
        await up(replace(ready, telegram_rate=RATE, sms_refuse_by=settings.sms_refuse_by or "8000", zalo_oa_app_id=""))


async def fill(engine: AsyncEngine, library: Library, settings: Settings, clock: Clock) -> Filled | None:
    """Fill an empty database; None when it holds a demonstration already. Raise SetupError when it holds anything else."""
    now = clock()
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(4191205)"))
        if not await is_empty(connection):
            if await connection.scalar(text("SELECT EXISTS (SELECT FROM audit WHERE act = 'fill_demo')")):
                return None
            raise SetupError("This database is in use; a demonstration needs an empty one. Nothing was changed.")
        passwords = await build_place(connection, now=now)
        await bring_people(connection, now=now)
        await book(connection, now=now)
    await let_talk(engine, library, now=now)
    refuse_by = settings.sms_refuse_by or "8000"
    left_out = await campaign(
        Desk(engine, library, replace(settings, sms_refuse_by=refuse_by, sms_advertising_type="2"), now)
    )
    async with engine.begin() as connection:
        await audit.write(connection, by="demo", act="fill_demo", now=now)
    return Filled(passwords, left_out)


def _told(filled: Filled | None) -> None:
    if filled is None:
        tell("The demonstration goes on as it was left. `make clean` removes it.")
        return
    tell("\n  Accounts of the console, with their first passwords; they are shown once:\n")
    for key, password in filled.passwords.items():
        tell(f"    {key:10} {password}")
    tell("\n  At the first sign-in an application for codes is needed, such as Google Authenticator.")
    if filled.left_out:
        tell(f"  Left out, because the content of today does not allow it: {', '.join(filled.left_out)}")


async def _people_there(remote: Remote) -> None:
    """Let the providers know the people, who have all written before."""
    for face in ("telegram", "zalo_bot"):
        await remote.citizens(face, first=FIRST + 1, count=PEOPLE)
    await remote.citizens("telegram", address=DESK, name="Tư vấn viên 01")
