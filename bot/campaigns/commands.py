"""What `python -m bot campaign …` does: the same use cases as the console's, told in plain lines."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.campaigns import service, store
from bot.campaigns.digest import SHOWN
from bot.campaigns.plan import Plan, read_plan
from bot.campaigns.rules import Act
from bot.campaigns.store import Campaign
from bot.clock import VIETNAM
from bot.errors import Refused
from bot.staff.commands import add_who, who
from bot.staff.rules import Right
from bot.yaml_files import read_yaml


@dataclass(frozen=True, slots=True)
class Desk:
    """Where campaign staff work: the database, the content, the moment."""

    engine: AsyncEngine
    library: Library
    now: datetime

    def plan_in(self, file: Path) -> Plan:
        """Return the plan of a file."""
        return read_plan(read_yaml(file), self.library.topics, str(file))

    async def plan_of(self, connection: AsyncConnection, key: str) -> tuple[Campaign, Plan]:
        """Return a campaign and its plan."""
        campaign = await store.find(connection, key)
        if campaign is None:
            raise Refused(f"There is no campaign {key}; `campaign list` shows them.")
        return campaign, read_plan(campaign.plan, self.library.topics, key)


Lines = list[str]
Do = Callable[[Desk, argparse.Namespace], Awaitable[Lines]]


def shown(moment: datetime | None) -> str:
    """Return a moment as people in Vietnam write it."""
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if moment else "-"


async def _list(desk: Desk, _: argparse.Namespace) -> Lines:
    async with desk.engine.connect() as connection:
        found = await store.of_states(connection, ())
    return [
        f"{one.key:28} {one.state:10} {shown(one.begins_at)} – {shown(one.ends_at)}  {one.title}" for one in found
    ] or ["There is no campaign yet; `campaign create FILE` makes one."]


async def _create(desk: Desk, arguments: argparse.Namespace) -> Lines:
    plan = desk.plan_in(arguments.file)
    async with desk.engine.begin() as connection:
        await service.create(connection, plan, by=arguments.by, now=desk.now)
    return [
        f"{plan.key} is a draft. Next: `campaign count {plan.key}`, `campaign preview {plan.key}`, `campaign submit`."
    ]


async def _edit(desk: Desk, arguments: argparse.Namespace) -> Lines:
    plan = desk.plan_in(arguments.file)
    async with desk.engine.begin() as connection:
        await service.edit(connection, plan, by=arguments.by, now=desk.now)
    return [f"{plan.key} is a draft again; an earlier approval is void."]


async def _show(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.connect() as connection:
        campaign, _ = await desk.plan_of(connection, arguments.key)
        acts = await store.acts(connection, campaign.id)
        texts = await store.pinned(connection, campaign.id)
    return [*_head(campaign), *(f"  {shown(act.at)}  {act.by}: {act.act} {act.note}".rstrip() for act in acts)] + [
        line
        for one in texts
        for line in (
            "",
            f"[{one.arm} {one.situation or 'everybody else'} {one.channel}]",
            str(one.body.get("text", "")),
        )
    ]


def _head(campaign: Campaign) -> Iterator[str]:
    yield f"{campaign.key}: {campaign.title}"
    yield f"{campaign.state}{': ' + campaign.why if campaign.why else ''}; version {campaign.version}"
    yield f"written by {campaign.author}; approved by {campaign.approver or 'nobody'}"
    yield f"from {shown(campaign.begins_at)} to {shown(campaign.ends_at)}"
    yield f"digest {(campaign.digest or '-')[:SHOWN]}"


async def _approve(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.begin() as connection:
        await service.approve(connection, arguments.key, digest=arguments.digest, by=arguments.by, now=desk.now)
    return [f"{arguments.key} is approved by {arguments.by.key}. Next: `campaign schedule {arguments.key}`."]


def _simple(what: Act) -> Do:
    async def do(desk: Desk, arguments: argparse.Namespace) -> Lines:
        async with desk.engine.begin() as connection:
            await service.act(
                connection, arguments.key, what, by=arguments.by, now=desk.now, note=getattr(arguments, "why", "")
            )
        async with desk.engine.connect() as connection:
            campaign, _ = await desk.plan_of(connection, arguments.key)
        return [f"{arguments.key} is {campaign.state} now."]

    return do


COMMANDS: dict[str, tuple[Do, tuple[str, ...], str]] = {
    "list": (_list, (), "show all campaigns"),
    "create": (_create, ("file", "by"), "write a draft from a plan"),
    "edit": (_edit, ("file", "by"), "write another plan; an approval is void then"),
    "show": (_show, ("key",), "show state, texts and history"),
    "approve": (_approve, ("key", "digest", "by"), "approve what somebody else wrote, named by its digest"),
    "refuse": (_simple(Act.REFUSE), ("key", "by", "why"), "send it back to its author"),
    "withdraw": (_simple(Act.WITHDRAW), ("key", "by", "why"), "take an approval back; what runs stops"),
    "schedule": (_simple(Act.SCHEDULE), ("key", "by"), "let it begin at its moment"),
    "pause": (_simple(Act.PAUSE), ("key", "by", "why"), "hold it; nothing leaves from the next second on"),
    "resume": (_simple(Act.RESUME), ("key", "by"), "go on"),
    "stop": (_simple(Act.STOP), ("key", "by", "why"), "end it; what is not sent is left out"),
}
_ARGUMENTS = {
    "file": (("file",), {"type": Path, "help": "a YAML file; the README shows what stands in it"}),
    "key": (("key",), {"help": "the campaign's key"}),
    "why": (("--why",), {"required": True, "help": "the reason; it stands in the history"}),
    "digest": (("--digest",), {"required": True, "help": "of what was read, its first 12 signs or more"}),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the commands of a campaign."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="what")
    for name, (_, needed, help_text) in COMMANDS.items():
        one = commands.add_parser(name, help=help_text, description=help_text)
        for argument in needed:
            if argument == "by":
                add_who(one)
            else:
                names, options = _ARGUMENTS[argument]
                one.add_argument(*names, **options)  # type: ignore[arg-type]


async def run(desk: Desk, arguments: argparse.Namespace) -> Lines:
    """Do what was asked, if whoever asks may; return what to tell."""
    do, needed, _ = COMMANDS[arguments.what]
    if "by" in needed:
        arguments.by = await who(desk.engine, arguments, Right.SEE_CAMPAIGNS, desk.now)
    return await do(desk, arguments)
