"""What `python -m bot campaign …` does: the same use cases as the console's, told in plain lines."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path

from bot.campaigns import service, store
from bot.campaigns.desk import Desk
from bot.campaigns.digest import SHOWN
from bot.campaigns.forecast import Cost
from bot.campaigns.plan import plan_json
from bot.campaigns.preview import preview, previewed
from bot.campaigns.rules import Act, State
from bot.campaigns.store import Campaign
from bot.campaigns.trying import send_try
from bot.campaigns.watch import reconcile
from bot.clock import VIETNAM, day_in_vietnam
from bot.staff.commands import add_who, who
from bot.staff.rules import Right

Lines = list[str]
Rehearse = Callable[..., Awaitable[Lines]]
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
        campaign = await desk.campaign(connection, arguments.key)
        acts = await store.acts(connection, campaign.id)
        texts = await store.pinned(connection, campaign.id)
    return [*_head(campaign), *(f"  {shown(act.at)}  {act.by}: {act.act} {act.note}".rstrip() for act in acts)] + [
        line
        for one in texts
        for line in (
            "",
            f"[{' '.join(part for part in (one.step, one.arm, one.situation or 'everybody else', one.channel) if part)}]",
            str(one.body.get("text", "")),
        )
    ]


def _head(campaign: Campaign) -> Iterator[str]:
    yield f"{campaign.key}: {campaign.title}"
    yield f"{campaign.state}{': ' + campaign.why if campaign.why else ''}; version {campaign.version}"
    yield f"written by {campaign.author}; approved by {campaign.approver or 'nobody'}"
    yield f"from {shown(campaign.begins_at)} to {shown(campaign.ends_at)}"
    yield f"digest {(campaign.digest or '-')[:SHOWN]}"


async def _count(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.begin() as connection:
        _, plan = await desk.plan_of(connection, arguments.key)
        reach = await desk.reach(connection, plan)
    return [
        f"{reach.people} people are meant, {reach.planned} of them would get it now:",
        *(f"  {number:9} by {channel}" for channel, number in reach.by_channel.items()),
        *(f"  {number:9} not: {reason}" for reason, number in reach.excluded.items()),
    ]


async def _preview(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.connect() as connection:
        _, plan = await desk.plan_of(connection, arguments.key)
    day = day_in_vietnam(plan.schedule.at)
    if plan.document is not None:
        return [previewed(desk.library, desk.template(plan), day, desk.pinned(plan))]
    return [preview(desk.library, desk.template(plan), day, plan.channels)]


async def _forecast(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.begin() as connection:
        _, plan = await desk.plan_of(connection, arguments.key)
        ahead = await desk.look_ahead(connection, plan)
    if not ahead.steps:
        return [f"{plan.key} will not speak any more."]
    found = ahead.forecast
    lines = [
        f"  {ahead.next.by_channel[channel]:9} by {channel}: until {shown(done)}{_cost(found.cost[channel])}"
        for channel, done in found.finish.items()
    ]
    late = [f"  {number:9} on {channel} will not be in time" for channel, number in found.late.items()]
    whole = [] if plan.schedule.once else [f"That is one time of several; {ahead.whole.planned} people get it in all."]
    begins = f"Begins {shown(ahead.steps[0].due_at)}, all sent by {shown(found.done)}{_cost(found.total)}"
    return [begins, *lines, *late, *whole]


def _cost(cost: Cost) -> str:
    return "; price not known" if cost.low is None else f"; {cost.low} to {cost.high} đồng"


async def _try(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.begin() as connection:
        _, plan = await desk.plan_of(connection, arguments.key)
        service.check(arguments.by, Act.SUBMIT, plan_json(plan))
        number = await send_try(connection, desk.library, plan, desk.pinned(plan), arguments.to, by=arguments.by)
    return [f"{number} texts of {plan.key} are on their way to {arguments.to}, and to nobody else."]


async def _dry_run(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.connect() as connection:
        campaign, _ = await desk.plan_of(connection, arguments.key)
    service.check(arguments.by, Act.DRY_RUN, campaign.plan)
    lines: Lines = await arguments.rehearse(desk, arguments.key, by=arguments.by.key)
    return lines


async def _submit(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.begin() as connection:
        _, plan = await desk.plan_of(connection, arguments.key)
        reach = await desk.reach(connection, plan)
        texts = desk.pinned(plan)
        digest = await service.submit(
            connection, plan, texts, reached=reach.planned, by=arguments.by, now=desk.now,
            grounds=desk.grounds(plan, texts),
        )  # fmt: skip
    return [f"{plan.key} waits for approval by somebody else; its digest is {digest[:SHOWN]}."]


async def _reconcile(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.connect() as connection:
        campaign = await desk.campaign(connection, arguments.key)
        found = await reconcile(connection, campaign.id)
    return [
        f"{found.people} people = {found.sent} sent + {found.failed} failed + {len(found.unknown)} unknown"
        f" + {sum(found.excluded.values())} excluded + {found.expired} expired + {found.open} open",
        *(f"  {number:9} excluded: {reason}" for reason, number in found.excluded.items()),
        *(f"  unknown: message {one.row} on {one.channel}, {shown(one.at)}, {one.why}" for one in found.unknown),
        "It adds up." if not found.missing else f"{found.missing} PEOPLE ARE MISSING",
    ]


async def _approve(desk: Desk, arguments: argparse.Namespace) -> Lines:
    async with desk.engine.begin() as connection:
        campaign, plan = await desk.plan_of(connection, arguments.key)
        await service.approve(
            connection, arguments.key, digest=arguments.digest, by=arguments.by, now=desk.now,
            grounds=desk.grounds_now(campaign, plan),
        )  # fmt: skip
    following = "resume" if campaign.state is State.PAUSED else "schedule"
    return [f"{arguments.key} is approved by {arguments.by.key}. Next: `campaign {following} {arguments.key}`."]


def _simple(what: Act) -> Do:
    async def do(desk: Desk, arguments: argparse.Namespace) -> Lines:
        async with desk.engine.begin() as connection:
            await service.act(
                connection, arguments.key, what, by=arguments.by, now=desk.now, note=getattr(arguments, "why", "")
            )
        async with desk.engine.connect() as connection:
            campaign = await desk.campaign(connection, arguments.key)
        return [f"{arguments.key} is {campaign.state} now."]

    return do


COMMANDS: dict[str, tuple[Do, tuple[str, ...], str]] = {
    "list": (_list, (), "show all campaigns"),
    "create": (_create, ("file", "by"), "write a draft from a plan"),
    "edit": (_edit, ("file", "by"), "write another plan; an approval is void then"),
    "show": (_show, ("key",), "show state, texts and history"),
    "count": (_count, ("key",), "count whom it would reach now, and why others not"),
    "preview": (_preview, ("key",), "show every message as each channel shows it"),
    "forecast": (_forecast, ("key",), "foretell when all is sent and what it costs"),
    "try": (_try, ("key", "to", "by"), "send the texts to one of the staff, marked as a try"),
    "dry-run": (
        _dry_run,
        ("key", "by"),
        "send it to simulated people at providers that fail; it stands in the history",
    ),
    "submit": (_submit, ("key", "by"), "pin the texts and ask for approval"),
    "reconcile": (_reconcile, ("key",), "account for everybody it meant"),
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
    "to": (("--to",), {"required": True, "help": "the key of a consultant with a linked account"}),
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


async def run(desk: Desk, arguments: argparse.Namespace, rehearse: Rehearse) -> Lines:
    """Do what was asked, if whoever asks may; return what to tell. `rehearse`: plays a campaign at simulated providers."""
    do, needed, _ = COMMANDS[arguments.what]
    arguments.rehearse = rehearse
    if "by" in needed:
        arguments.by = await who(desk.engine, arguments, Right.SEE_CAMPAIGNS, desk.now)
    return await do(desk, arguments)
