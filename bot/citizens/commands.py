"""What `python -m bot people` does."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.answers.library import Library
from bot.citizens.lists.service import PURPOSES, Task, load
from bot.citizens.lists.told import told


def add_people_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `python -m bot people` takes."""
    parser.add_argument("file", type=Path, help="a CSV or XLSX file; the README lists its headings")
    parser.add_argument("--purpose", required=True, choices=PURPOSES, help="what the people consented to")
    parser.add_argument(
        "--proof", default="", help="where the consent of the whole list is kept, such as a record's number"
    )
    parser.add_argument("--errors", type=Path, help="where rows go that are not taken; left out: beside the file")
    parser.add_argument("--dry-run", action="store_true", help="look, and change nothing")


async def bring_in(engine: AsyncEngine, library: Library, arguments: argparse.Namespace, *, now: datetime) -> list[str]:
    """Bring in a list of people and return what became of it."""
    file: Path = arguments.file
    faults = arguments.errors or file.with_name(f"{file.stem}.errors.csv")
    task = Task(file, arguments.purpose, " ".join(arguments.proof.split()), faults, arguments.dry_run)
    return list(told(library, task, await load(engine, library, task, now=now)))
