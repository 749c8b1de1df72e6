"""What staff do on the command line: the list of work, and the results of surveys."""

from __future__ import annotations

import argparse
import json
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import load_library
from bot.campaigns.answers import survey_results, work
from bot.campaigns.answers.correction import start_correction
from bot.campaigns.answers.survey_content import on_day
from bot.clock import day_in_vietnam
from bot.errors import AnSinhError
from bot.settings import ROOT


async def run_work(connection: AsyncConnection, arguments: argparse.Namespace, now: datetime) -> list[str]:
    """Do what `work` asks for; return the lines to print."""
    match arguments.verb:
        case "list":
            return [_line(item) for item in await work.listed(connection)]
        case "export":
            return await work.training_lines(connection)
        case "correct":
            plan = await start_correction(connection, load_library(ROOT / "content"), arguments.item, now=now)
            return [json.dumps(plan, ensure_ascii=False, indent=2)]
    return await _changed(connection, arguments)


async def _changed(connection: AsyncConnection, arguments: argparse.Namespace) -> list[str]:
    if not arguments.item.isdecimal() or not arguments.by:
        raise AnSinhError(f"work {arguments.verb} needs the number of an item and --by <who>")
    item, by, note = int(arguments.item), arguments.by, arguments.note
    match arguments.verb:
        case "take":
            moved = await work.take(connection, item, by)
        case "back":
            moved = await work.give_back(connection, item, by)
        case "done":
            moved = await work.done(connection, item, by, note)
        case _:
            moved = await work.dismiss(connection, item, by, note)
    if not moved:
        raise AnSinhError(f"Item {item} is not there, is over, or somebody else has it.")
    return [f"Item {item}: {arguments.verb}"]


def _line(item: work.Item) -> str:
    return "\t".join((str(item.id), item.kind, item.state, item.by or "-", f"{item.at:%Y-%m-%d}", item.said))


async def run_results(connection: AsyncConnection, arguments: argparse.Namespace, now: datetime) -> str:
    """Return the results of a survey as CSV."""
    library = load_library(ROOT / "content")
    if arguments.key not in library.surveys:
        raise AnSinhError(f"There is no survey {arguments.key!r}; surveys: {', '.join(library.surveys)}")
    survey = on_day(library.surveys[arguments.key], library.law.at(day_in_vietnam(now)))
    return survey_results.as_csv(survey, await survey_results.results(connection, survey))
