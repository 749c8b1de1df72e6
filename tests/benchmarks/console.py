"""`make bench`: how soon every page of the console answers with a province's full data."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from os import getloadavg
from pathlib import Path
from statistics import median, quantiles

import httpx
import psutil

from bot.campaigns import kept as campaigns
from bot.console.pages import PAGES
from bot.console.visit import HOME
from bot.database import embedded_postgres, migrate
from bot.reports import counts
from bot.staff import sign_in
from tests.benchmarks.province import ASKED, LARGE, PEOPLE, fill, settle
from tests.console.conftest import NOW, Console, running_console

AIM = 200  # ms
_PRINTED = "/reports/made/{id:int}"  # a report of a wave, on paper
TIMES, LONG_ENOUGH = 20, 10.0  # askings of a page, and seconds after which it is asked no more
_PARTS: Mapping[str, str] = {
    "/bookings/field/": "SELECT min(key) FROM field_day",
    "/bookings/people/": "SELECT 'b1'",
    "/bookings/": "SELECT max(id) FROM appointment",
    "/talks/": "SELECT max(id) FROM hand_over",
    "/people/invitations/": "SELECT min(code) FROM invitation",
    "/people/": "SELECT person_id FROM contact WHERE id = (SELECT contact_id FROM inbox GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)",
    "/campaigns/{key}/edit": f"SELECT '{LARGE}2'",
    "/campaigns/{key}/outlook": f"SELECT '{LARGE}2'",
    "/campaigns/{key}/approve": f"SELECT '{LARGE}3'",
    "/campaigns/": f"SELECT '{LARGE}0'",
    "/reports/campaigns/": f"SELECT '{LARGE}0'",
    "/waves/": "SELECT min(key) FROM wave",
    "/content/work/": "SELECT min(id) FROM work_item",
}
"""What stands for the name in an address that begins so, as a query: the first that fits."""


@dataclass(frozen=True)
class Asked:
    """A page as it was asked: its address, or what was looked for; how long each answer took and the processors worked, in ms; its size."""

    what: str
    took: Sequence[float]
    work: float
    size: int

    @property
    def p95(self) -> float:
        """Return what nineteen of twenty answers did not exceed."""
        return quantiles(self.took, n=20, method="inclusive")[18]


async def report() -> list[str]:
    """Measure over a database of its own; return lines of the report."""
    with tempfile.TemporaryDirectory(prefix="an-sinh-") as folder, embedded_postgres(Path(folder) / "pg") as url:
        migrate(url)
        async with running_console(url) as console:
            token = await fill(console)
            jobs = await kept(console)
            found = await measured(console, token)
    return [*told(found), "", *jobs]


def told(found: Sequence[Asked]) -> list[str]:
    """Return the lines of the report."""
    missed = [one.what for one in found if one.p95 >= AIM]
    heavy = [one.what for one in found if one.work >= AIM]  # whatever else the machine had to do
    return [
        f"## Console: {PEOPLE:,} people, {2 * ASKED:,} messages of a year, a campaign to all of them",
        f"Load of the machine at the end: {getloadavg()[0]:.1f}. Slower than {AIM} ms: {', '.join(missed) or 'none'}.",
        f"More work than that by itself: {', '.join(heavy) or 'none'}.",
        "",
        f"| page | p50 | p95 (aim: {AIM} ms) | work of all processors | size |",
        "|---|---|---|---|---|",
        *(
            f"| `{one.what}` | {median(one.took):.0f} ms | {one.p95:.0f} ms | {one.work:.0f} ms | {one.size / 1000:.0f} kB |"
            for one in sorted(found, key=lambda one: -one.p95)
        ),
    ]


async def kept(console: Console) -> list[str]:
    """Count what is kept, twice, as the clock has it done; return what it took."""
    lines = []
    for what in ("everything", "today"):
        begun = time.monotonic()
        await counts.keep(console.parts.engine, now=NOW)
        reports = time.monotonic() - begun
        await campaigns.keep(console.parts.engine, now=NOW)
        lines.append(
            f"Counting {what} for reports takes {reports:.1f} s; large campaigns {time.monotonic() - begun - reports:.1f} s."
        )
    await settle(console)
    return lines


async def measured(console: Console, token: str) -> list[Asked]:
    """Ask each page, and what else staff look for, so many times."""
    (backend,) = await console.rows("SELECT pg_backend_pid() AS pid")
    server = psutil.Process(backend.pid).parent()
    assert server is not None
    async with httpx.AsyncClient(
        base_url=console.url, cookies={"an_sinh_staff": token}, headers={"x-csrf-token": sign_in.csrf_of(token)},
        trust_env=False, timeout=60,
    ) as client:  # fmt: skip
        found = [await _asked(client, server, address) for address in await addresses(console)]
        for wanted in ("bao nhiêu", "mất sổ của chồng em", "0950004000"):
            found.append(await _asked(client, server, f"{HOME}/talks/search", wanted))
    return found


async def addresses(console: Console) -> list[str]:
    """Return every page of the console with names that are there, and the reports of a year and of one province.

    Left out is what one thing within another has, such as a file that was handed in: it grows with no number of people.
    """
    asked = [page.path for page in PAGES if page.get and page.path.count("{") < 2 and page.path != _PRINTED]
    named = [HOME + await _named(console, path) for path in asked]
    day = NOW.date()
    return [
        *named,
        f"{HOME}/reports?first={day - timedelta(days=90)}",
        f"{HOME}/reports?first={day - timedelta(days=364)}",
        f"{HOME}/reports?first={day - timedelta(days=364)}&place=phu_tho",
        f"{HOME}/bookings?view=week",
    ]


async def _named(console: Console, path: str) -> str:
    if "{" not in path:
        return path
    library = console.parts.library
    known = {
        "/content/answers/": next(iter(library.pages)),
        "/content/rumours/": next(iter(library.rumours)),
        "/content/law/": next(iter(library.law.parameters)),
        "/content/local/": "phu_tho",
        "/surveys/": next(iter(library.surveys)),
        "/help/": "today",
        "/reports/files/": "topics.xlsx",
    }
    value = next((name for begin, name in known.items() if path.startswith(begin)), None)
    if value is None:
        query = next(query for begin, query in _PARTS.items() if path.startswith(begin))
        value = str((await console.rows(query))[0][0])
    return re.sub(r"\{\w+(:\w+)?\}", value, path)


async def _asked(client: httpx.AsyncClient, server: psutil.Process, address: str, wanted: str = "") -> Asked:
    method, took, size = "POST" if wanted else "GET", list[float](), 0
    await client.request(
        method, address, data={"wanted": wanted} if wanted else None
    )  # what is worked out once is no part
    used = _worked(server)
    while len(took) < TIMES and (len(took) < 2 or sum(took) < LONG_ENOUGH * 1000):
        begun = time.perf_counter()
        answer = await client.request(method, address, data={"wanted": wanted} if wanted else None)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code in (200, 303), f"{address}: {answer.status_code}"
        size = len(answer.content)
    work = (_worked(server) - used) * 1000 / len(took)
    return Asked(f"{address}: «{wanted}»" if wanted else address, took, work, size)


def _worked(server: psutil.Process) -> float:
    """Return for how many seconds processors have worked for us and for the database, whose helpers may be gone by now."""
    own, gone = psutil.Process().cpu_times(), server.cpu_times()
    alive = sum(sum(one.cpu_times()[:2]) for one in server.children())
    return own.user + own.system + float(gone.children_user + gone.children_system) + alive


if __name__ == "__main__":
    print("\n".join(asyncio.run(report())))
