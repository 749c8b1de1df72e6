"""The short version of `make test-faults`: a campaign during which workers and the database are killed."""

from __future__ import annotations

from tests.faults.campaign import run_campaign


async def test_a_campaign_with_kills_a_storm_and_hangs_loses_nothing_and_reaches_nobody_twice() -> None:
    verdict = await run_campaign(people=800, seed=20261127, rate=200)
    assert verdict.well(), verdict
