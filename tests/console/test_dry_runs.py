"""Dry runs in the background: one at a time, and how each ended is there to be read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.console.dry_runs import DryRuns
from bot.errors import Refused
from tests.console.conftest import NOW


class Here:
    """Stands where a desk does: dry runs take its moment and hand it on."""

    now = NOW


async def ended(runs: DryRuns, key: str) -> Any:
    for _ in range(100):
        run = runs.of(key)
        if run and run.over:
            return run
        await asyncio.sleep(0.01)
    raise AssertionError("it did not end")


async def test_a_dry_run_goes_on_behind_the_page_and_a_second_waits() -> None:
    go = asyncio.Event()

    async def slow(_: Any, key: str, by: str) -> list[str]:
        await go.wait()
        return [f"{key} for {by}"]

    runs = DryRuns(slow)
    assert runs.of("mot") is None
    runs.begin(Here(), "mot", "lan")  # type: ignore[arg-type]
    run = runs.of("mot")
    assert run and not run.over
    with pytest.raises(Refused, match="Đang có một lần chạy thử"):
        runs.begin(Here(), "hai", "an")  # type: ignore[arg-type]
    go.set()
    assert (await ended(runs, "mot")).lines == ("mot for lan",)
    runs.begin(Here(), "hai", "an")  # type: ignore[arg-type]
    assert (await ended(runs, "hai")).lines == ("hai for an",)


@pytest.mark.parametrize(
    ("error", "told"), [(Refused("không đến được ai"), "không đến được ai"), (OSError("disk"), "hỏng giữa chừng")]
)
async def test_a_dry_run_that_cannot_be_says_why(error: Exception, told: str) -> None:
    async def broken(*_: Any) -> list[str]:
        raise error

    runs = DryRuns(broken)
    runs.begin(Here(), "mot", "lan")  # type: ignore[arg-type]
    run = await ended(runs, "mot")
    assert told in run.fault and "disk" not in run.fault
