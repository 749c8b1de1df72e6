"""The short version of the rush in `make test-faults`: two hundred people for thirty times, and a worker killed."""

from __future__ import annotations

from tests.faults.booking_rush import rush


async def test_two_hundred_people_at_once_get_thirty_times_once_each(database_url: str) -> None:
    async with rush(database_url, seed=20261127) as found:
        for number in range(3):  # nothing else to be had; another day to be had; a worker killed
            verdict = await found.round(number)
            assert verdict.well(), verdict
