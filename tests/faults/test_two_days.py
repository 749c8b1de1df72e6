"""The short version of `make test-faults`: campaigns over two days of virtual time."""

from __future__ import annotations

from pathlib import Path

from tests.faults.two_days import two_days


async def test_two_days_of_campaigns_break_no_rule_and_their_accounts_close(database_url: str, tmp_path: Path) -> None:
    async with two_days(database_url, tmp_path, people=150, seed=20261127) as found:
        verdict = await found.run(minutes=20)
    assert verdict.well(), verdict
    assert min(verdict.got.values()) > 0
    assert verdict.got.keys() == found.numbers.keys()
