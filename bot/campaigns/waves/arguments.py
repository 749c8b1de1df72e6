"""What may stand behind `python -m bot wave`; by itself, so that other commands start without the rest."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from bot.campaigns.waves.rules import Measure, What

ACTS = {
    "load": "write a file of waves into the tables",
    "enter": "enter what was done, as a count or one person who joined",
    "import": "enter the rows of a CSV or XLSX file",
    "take-back": "take back an entry by a counter-entry",
    "ledger": "show target, done, remaining and per cent by unit and organisation",
    "due": "show the reports and lists that are due within seven days or overdue",
    "hand-in": "note that a unit handed in its report or list",
    "report": "make the report of a wave or a year",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what may stand behind `python -m bot wave`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="act")
    made = {name: acts.add_parser(name, help=text, description=text) for name, text in ACTS.items()}
    made["load"].add_argument("file", type=Path, help="a YAML file; the README shows what stands in it")
    for name in ("enter", "import", "ledger", "hand-in"):
        made[name].add_argument("wave", help="key of the wave")
    for name in ("load", "enter", "import", "take-back", "report", "hand-in"):
        made[name].add_argument("--by", required=True, help="key of the agent or clerk who does it")
    _entry_arguments(made["enter"])
    made["import"].add_argument("file", type=Path, help="a CSV or XLSX file; the README names its columns")
    made["take-back"].add_argument("entry", type=int)
    made["take-back"].add_argument("--note", required=True, help="why")
    made["ledger"].add_argument("--up-to", type=int, help="as it was when this entry was the newest")
    made["ledger"].add_argument("--rows", action="store_true", help="name the entries behind each figure")
    made["due"].add_argument("--day", type=date.fromisoformat, help="left out: today")
    made["hand-in"].add_argument("what", choices=list(What))
    made["hand-in"].add_argument("unit")
    _report_arguments(made["report"])


def _entry_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("unit")
    parser.add_argument("organisation")
    parser.add_argument("measure", choices=list(Measure))
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--phone", default="", help="of one person who joined; kept as a digest")
    parser.add_argument("--id-number", default="", help="of one person who joined; kept as a digest")
    parser.add_argument("--day", type=date.fromisoformat, help="left out: today")
    parser.add_argument("--note", default="")


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("wave", nargs="?", default="", help="key of the wave; left out: a year, or --again")
    parser.add_argument("--year", type=int)
    parser.add_argument("--place", default="", help="key of the province, with --year")
    parser.add_argument("--unit", help="for one unit; left out: the whole")
    parser.add_argument("--again", type=int, help="number of a report that was made, to print it again")
    parser.add_argument("--out", type=Path, action="append", required=True, help="a file that ends in .pdf or .xlsx")
