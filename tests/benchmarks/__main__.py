"""`make bench`: everything measured in one run, written to var/bench.md."""

from __future__ import annotations

import asyncio
import sys

from bot.settings import ROOT
from tests.benchmarks import booking, calculators, campaigns, chat, console, sending, sheets


def main() -> None:
    """Measure what one core does first, then the whole system."""
    lines = [
        "# Speed",
        "",
        *calculators.report(),
        "",
        *sheets.report(),
        "",
        *asyncio.run(booking.report()),
        "",
        *asyncio.run(sending.report()),
        "",
        *asyncio.run(campaigns.report()),
        "",
        *asyncio.run(console.report()),
        "",
        *asyncio.run(chat.report()),
    ]
    report = "\n".join(lines)
    (ROOT / "var" / "bench.md").write_text(report, encoding="utf-8")
    print(report)
    print("Written to var/bench.md", file=sys.stderr)


main()
