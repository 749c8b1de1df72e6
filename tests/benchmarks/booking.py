"""How long it takes to find the best times among 500 consultants and 60 days, and to hold one: a part of `make bench`."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from os import getloadavg
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.booking import offers
from bot.booking.rules import Wish
from bot.database import embedded_postgres, migrate, open_engine
from bot.vn.communes import communes

NOW = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)
CONSULTANTS, OFFICES, DAYS = 500, 100, 60
SEARCHES = 200  # of each kind
AIM = 50  # ms
CODES = [code for code, unit in communes().items() if unit.province == "phu_tho"]
FULL = 0.9  # of the times of the first week are taken; later weeks less and less

_SEED = """
    INSERT INTO office (key, kind, name, address, province, commune)
    SELECT 'o' || n, 'social_insurance', 'office ' || n, 'street ' || n, 'phu_tho', (cast(:codes AS text[]))[1 + n * :communes / (:offices + 1)]
    FROM generate_series(1, :offices) AS n;
    INSERT INTO consultant (key, office_id, name)
    SELECT 'c' || n, 1 + n % :offices, 'consultant ' || n FROM generate_series(1, :consultants) AS n;
    INSERT INTO working_plan (consultant_id, weekday, starts, ends)
    SELECT c.id, weekday, starts, ends FROM consultant c, generate_series(0, 4) AS weekday,
        (VALUES ('7:30'::time, '11:30'::time), ('13:00', '17:00')) AS hours (starts, ends);
    INSERT INTO working_plan (consultant_id, weekday, starts, ends)
    SELECT c.id, weekday, '18:00', '20:00' FROM consultant c, generate_series(2, 6, 4) AS weekday WHERE c.id % 10 = 0;
    INSERT INTO plan_exception (consultant_id, day, works)
    SELECT c.id, cast(:first AS date) + (c.id * 7 + n * 23)::int % :days, false
    FROM consultant c, generate_series(1, 3) AS n;
    INSERT INTO contact (channel, address) SELECT 'web', 'bench ' || n FROM generate_series(1, 1000) AS n;
    INSERT INTO appointment (code, state, contact_id, consultant_id, office_id, kind, topic, starts_at, ends_at, taken)
    SELECT row_number() OVER (), 'booked', 1 + (c.id * 31 + n * 7) % 1000, c.id, c.office_id, 'office', 'other', at,
        at + interval '30 min', int8range(c.id * 4294967296 + minute, c.id * 4294967296 + minute + 35)
    FROM consultant c, generate_series(0, :days - 1) AS d, generate_series(0, 9) AS n,
        LATERAL (SELECT (cast(:first AS date) + d + '7:30'::time + (n * 45 + CASE WHEN n > 4 THEN 105 ELSE 0 END)
                         * interval '1 min') AT TIME ZONE 'Asia/Ho_Chi_Minh' AS at) AS times,
        LATERAL (SELECT extract(epoch FROM at)::bigint / 60 AS minute) AS minutes
    WHERE extract(isodow FROM cast(:first AS date) + d) < 6
      AND abs(hashint8(c.id * 100000 + d * 100 + n)::bigint) % 1000 < 1000 * :full * (1 - d / 90.0);
    ANALYZE
"""


async def report() -> list[str]:
    """Measure over a database of its own; return lines of the report."""
    lines = [
        f"## Booking: the best times among {CONSULTANTS} consultants and {DAYS} days, two thirds taken",
        f"Load of the machine at the beginning: {getloadavg()[0]:.1f}.",
        "",
        f"| what was told | p50 | p95 (aim: {AIM} ms) | longest |",
        "|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(prefix="an-sinh-") as folder, embedded_postgres(Path(folder) / "pg") as url:
        migrate(url)
        engine = open_engine(url)
        await seed(engine)
        for told, make in wishes(random.Random(1)).items():
            async with engine.connect() as connection:
                taken = await timed(connection, make)
            cuts = quantiles(taken, n=20)
            lines.append(
                f"| {told} | {cuts[9] * 1000:.0f} ms | {cuts[18] * 1000:.0f} ms | {max(taken) * 1000:.0f} ms |"
            )
        await engine.dispose()
    return lines


async def seed(engine: AsyncEngine, full: float = FULL) -> None:
    """Fill the tables: two thirds of the times of the two months are taken."""
    values = {
        "codes": CODES, "communes": len(CODES) - 1, "offices": OFFICES, "consultants": CONSULTANTS, "first": NOW.date(), "days": DAYS, "full": full,
    }  # fmt: skip
    async with engine.begin() as connection:
        for statement in _SEED.split(";"):
            await connection.execute(text(statement), values)


def wishes(rng: random.Random) -> dict[str, Callable[[], Wish]]:
    """Return what people ask, by what they told."""

    def here(**told: Any) -> Wish:
        return Wish(province="phu_tho", commune=rng.choice(CODES), **told)

    at_nine = clock_time(9)

    def day() -> date:
        return NOW.date() + timedelta(days=rng.randint(1, 20))

    return {
        "commune": lambda: here(),
        "commune, day and part of it": lambda: here(days=(day(),), part="morning"),
        "commune and evening": lambda: here(part="evening"),
        "commune, a week and a time": lambda: here(
            days=tuple(day() + timedelta(days=n) for n in range(7)), times=(at_nine,)
        ),
        "old province": lambda: Wish(province="phu_tho", old_province=rng.choice(["vinh_phuc", "hoa_binh"])),
        "province": lambda: Wish(province="phu_tho"),
        "province and day": lambda: Wish(province="phu_tho", days=(day(),)),
        "province and time": lambda: Wish(province="phu_tho", times=(at_nine,)),
        "province, a day nobody works": lambda: Wish(province="phu_tho", days=(date(2026, 12, 5),), part="evening"),
    }


async def timed(connection: AsyncConnection, make: Callable[[], Wish]) -> list[float]:
    """Return the seconds of each of many searches."""
    taken = []
    for _ in range(SEARCHES):
        wish = make()
        begun = time.perf_counter()
        found = await offers.find(connection, wish, now=NOW)
        taken.append(time.perf_counter() - begun)
        assert found, wish
    return taken
