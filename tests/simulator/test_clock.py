"""The simulated clock stands, runs or leaps, and wakes those who wait in order."""

from __future__ import annotations

import asyncio

import pytest

from bot.simulator.clock import SimulatedClock


def test_a_standing_clock_moves_only_when_it_is_moved() -> None:
    clock = SimulatedClock(1000.0, 0)
    assert clock.now() == clock.now() == 1000.0
    clock.leap(-5)
    assert clock.now() == 995.0


async def test_a_fast_clock_passes_an_hour_in_a_moment() -> None:
    clock = SimulatedClock(0.0, 36_000)
    async with asyncio.timeout(60):
        await clock.until(3600)
    assert clock.now() >= 3600


async def test_those_who_wait_wake_in_order_at_a_leap() -> None:
    clock, woken = SimulatedClock(0.0, 0), list[int]()

    async def wait(moment: int) -> None:
        await clock.until(moment)
        woken.append(moment)

    tasks = [asyncio.create_task(wait(moment)) for moment in (30, 10, 20, 99)]
    await asyncio.sleep(0.01)
    assert woken == []
    clock.leap(50)
    await asyncio.sleep(0.01)
    assert woken == [10, 20, 30]
    tasks[-1].cancel()


async def test_a_moment_that_has_passed_is_not_waited_for() -> None:
    async with asyncio.timeout(1):
        await SimulatedClock(100.0, 0).until(99)


async def test_a_clock_set_running_wakes_those_who_waited_on_the_standing_one() -> None:
    clock = SimulatedClock(0.0, 0)
    task = asyncio.create_task(clock.until(100))
    await asyncio.sleep(0.01)
    clock.run_at(10_000)
    async with asyncio.timeout(60):
        await task
    assert clock.now() == pytest.approx(100, abs=9_000)
