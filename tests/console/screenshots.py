"""`python -m tests.console.screenshots <folder>`: every page of the console as it looks with the demonstration, at both sizes."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.console.visit import HOME
from bot.database import embedded_postgres, migrate
from tests.console.browsing import DEEPER, PATHS, SIZES, Seen, chromium, furnish, looking, one_of_each
from tests.console.conftest import Console, running_console


async def take(folder: Path) -> None:
    """Take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="an-sinh-") as place,
        embedded_postgres(Path(place) / "pg", durable=False) as url,
    ):
        migrate(url)
        async with running_console(url) as console, chromium() as browser:
            token = await furnish(console)
            for size, viewport in SIZES.items():
                async with looking(browser, console.url, "", viewport) as nobody:
                    await _shot(nobody, console, f"{HOME}/sign-in", folder, size)
                async with looking(browser, console.url, token, viewport) as seen:
                    await _all(seen, console, folder, size)


async def _all(seen: Seen, console: Console, folder: Path, size: str) -> None:
    links: list[str] = []
    for path in PATHS:
        links += await _shot(seen, console, path, folder, size)
    for link in one_of_each(links):
        if not link.endswith(("/pdf", ".csv", ".xlsx", ".pdf", ".png")):
            await _shot(seen, console, link, folder, size)
    for path in DEEPER:
        await _shot(seen, console, path, folder, size)


async def _shot(seen: Seen, console: Console, path: str, folder: Path, size: str) -> list[str]:
    status = await seen.open(console.url + path)
    name = path.removeprefix(HOME).strip("/").translate(str.maketrans("/?&=", "____")) or "today"
    await seen.page.screenshot(path=folder / f"{name}_{size}.png", full_page=True)
    if status != 200 or seen.faults:
        print(path, size, status, seen.faults)  # noqa: T201
    return await seen.links()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.console.screenshots <folder>")
    asyncio.run(take(Path(sys.argv[1])))
