"""What `python -m bot people` and `python -m bot invitation` do."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.answers.library import Library
from bot.citizens import invitations
from bot.citizens.lists.service import PURPOSES, Task, load
from bot.citizens.lists.told import told
from bot.citizens.refusals import take_in


def add_people_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `python -m bot people` takes."""
    parser.add_argument("file", type=Path, help="a CSV or XLSX file; the README lists its headings")
    parser.add_argument("--purpose", required=True, choices=PURPOSES, help="what the people consented to")
    parser.add_argument(
        "--proof", default="", help="where the consent of the whole list is kept, such as a record's number"
    )
    parser.add_argument("--errors", type=Path, help="where rows go that are not taken; left out: beside the file")
    parser.add_argument("--dry-run", action="store_true", help="look, and change nothing")


def add_refusals_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `python -m bot refusals` takes."""
    parser.add_argument("file", type=Path, help="the provider's list, CSV or XLSX: one number a row")


async def refuse(engine: AsyncEngine, arguments: argparse.Namespace, *, now: datetime) -> list[str]:
    """Stop everybody whom the SMS provider's list of refusals names; return what became of it, and each row not read."""
    found = await take_in(engine, arguments.file, now=now)
    return [
        f"{found.numbers} numbers: {found.stopped} are stopped by this list, the others were before.",
        *(f"  row {row}: not taken, {_FAULTS.get(fault, _FAULTS['phone'])}" for row, fault in found.faults),
    ]


_FAULTS = {
    "phone": "no number of a mobile telephone can be read",
    "phone_several": "it names several numbers; write one a row",
    "phone_landline": "it is no mobile telephone",
}


def add_invitation_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `python -m bot invitation` takes."""
    parser.add_argument("--event", default="", help="the event's key, such as that of a field day; left out: list them")
    parser.add_argument("--agent", default="", help="whose invitation it is: a consultant's or collection agent's key")
    parser.add_argument("--wave", default="", help="of which wave it is")
    parser.add_argument(
        "--telegram", default="", help="the name of the bot on Telegram; left out: a link to the web chat"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("invitation.png"), help="a file that ends in .png, .svg or .pdf"
    )


async def invite(engine: AsyncEngine, arguments: argparse.Namespace, *, web: str, now: datetime) -> list[str]:
    """Make an invitation with its code to scan and return its links; without an event, whom each has brought."""
    async with engine.begin() as connection:
        if not arguments.event:
            return [
                f"{one.code}  {one.event:28} {one.agent:20} {one.wave:12} {one.people:6}"
                for one in await invitations.brought(connection)
            ] or ["There is no invitation yet; --event KEY makes one."]
        code = await invitations.invite(connection, arguments.event, arguments.agent, arguments.wave, now=now)
        links = invitations.links(code, telegram=arguments.telegram, web=web)
        invitations.draw(next(iter(links.values())), arguments.out)
    return [*links.values(), str(arguments.out)]


async def bring_in(engine: AsyncEngine, library: Library, arguments: argparse.Namespace, *, now: datetime) -> list[str]:
    """Bring in a list of people and return what became of it."""
    file: Path = arguments.file
    faults = arguments.errors or file.with_name(f"{file.stem}.errors.csv")
    task = Task(file, arguments.purpose, " ".join(arguments.proof.split()), faults, arguments.dry_run)
    return list(told(library, task, await load(engine, library, task, now=now)))
