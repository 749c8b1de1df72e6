"""The short version of `make test-faults`: web hooks with doubled and late calls, no worker at first, and one that is killed."""

from __future__ import annotations

import pytest

from tests.faults.inbound import run_inbound


async def test_doubled_and_late_events_each_have_one_effect_and_keep_their_order(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = await run_inbound(database_url, events=400, people=60, connections=32)
    with capsys.disabled():
        print(f"\n400 events over 32 connections: {verdict.times()}")
    assert verdict.overtaken > 20, verdict
    assert verdict.well(), verdict
