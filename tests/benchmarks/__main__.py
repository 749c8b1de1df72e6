"""`make bench`: everything measured in one run, or what is named, written to var/bench.md."""

from __future__ import annotations

import argparse
import asyncio
import inspect
import sys

from bot.settings import ROOT
from tests.benchmarks import booking, calculators, campaigns, chat, console, sending, sheets

MEASURED = {
    part.__name__.rpartition(".")[2]: part
    for part in (calculators, sheets, booking, sending, campaigns, console, chat)  # what one core does comes first
}


def main() -> None:
    """Measure part by part, and keep the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument(
        "parts", nargs="*", choices=[*MEASURED, []], metavar="part", help=f"of {', '.join(MEASURED)}; none: all"
    )
    lines = ["# Speed"]
    for name in parser.parse_args().parts or MEASURED:
        found = MEASURED[name].report()
        lines += ["", *(asyncio.run(found) if inspect.iscoroutine(found) else found)]
    report = "\n".join(lines)
    (ROOT / "var" / "bench.md").write_text(report, encoding="utf-8")
    print(report)
    print("Written to var/bench.md", file=sys.stderr)


main()
