"""The commands of `python -m bot`; COMMANDS below lists them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bot.errors import AnSinhError
from bot.logs import set_up_logging
from bot.settings import ROOT, Settings, read_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.booking.staff import Consultant


async def _up(settings: Settings, _: argparse.Namespace) -> None:
    from bot.local import up

    await up(settings)


async def _web(settings: Settings, _: argparse.Namespace) -> None:
    from bot.web import run_web

    await run_web(settings.prepared())


async def _worker(settings: Settings, _: argparse.Namespace) -> None:
    from bot.worker import run_worker

    await run_worker(settings)


async def _clock(settings: Settings, _: argparse.Namespace) -> None:
    from bot.ticker import run_clock

    await run_clock(settings)


async def _migrate(settings: Settings, _: argparse.Namespace) -> None:
    from bot.local import database

    with database(settings):
        pass


async def _train(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.rasa.server import train

    await train(settings.var, anew=arguments.anew)


async def _check(settings: Settings, _: argparse.Namespace) -> None:
    from bot.check import check
    from bot.clock import day_in_vietnam
    from bot.wiring import build_clock

    faults = check(ROOT, day_in_vietnam(build_clock(settings)()))
    for fault in faults:
        print(fault)  # noqa: T201
    print(f"{len(faults)} faults found" if faults else "content, dialogues and NLU data are in order")  # noqa: T201
    if faults:
        raise SystemExit(1)


async def _chat(settings: Settings, _: argparse.Namespace) -> None:
    from bot.channels.terminal import chat
    from bot.local import quiet_stack

    async with quiet_stack(settings) as parts:
        await chat(parts.responder)


def _lines_from_standard_input() -> TextIO:
    """Return standard input as UTF-8; a byte that is none becomes the sign for «unreadable»."""
    return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")


async def _ask(settings: Settings, _: argparse.Namespace) -> None:
    from bot.local import quiet_stack
    from bot.machines import answer_lines, asking

    async with quiet_stack(settings) as parts:
        bad = await answer_lines(
            _lines_from_standard_input(), sys.stdout, asking(parts.responder, secrets.token_hex(4))
        )
    raise SystemExit(1 if bad else 0)


async def _understand(settings: Settings, _: argparse.Namespace) -> None:
    from bot.local import quiet_stack
    from bot.machines import answer_lines, understanding

    async with quiet_stack(settings) as parts:
        bad = await answer_lines(_lines_from_standard_input(), sys.stdout, understanding(parts))
    raise SystemExit(1 if bad else 0)


async def _page(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.answers.library import load_library
    from bot.answers.render import render
    from bot.clock import day_in_vietnam
    from bot.wiring import build_clock

    library = load_library(ROOT / "content")
    day = arguments.day or day_in_vietnam(build_clock(settings)())
    if arguments.name not in library.pages:
        raise AnSinhError(f"There is no page {arguments.name}; pages: {', '.join(sorted(library.pages))}")
    answer = render(library.pages[arguments.name], library.law, day, library.texts)
    print(answer.text, *(f"[{button.title}]" for button in answer.buttons), sep="\n")  # noqa: T201


async def _calculate(_: Settings, arguments: argparse.Namespace) -> None:
    from bot.answers.library import load_library
    from bot.calculators.catalogue import CALCULATORS, Books
    from bot.calculators.wire import answer_json, describe, questions_in

    calculator = CALCULATORS.get(arguments.name)
    if calculator is None:
        raise AnSinhError(f"There is no calculator {arguments.name!r}; calculators: {', '.join(CALCULATORS)}")
    if arguments.inputs:
        print(describe(calculator))  # noqa: T201
        return
    library = load_library(ROOT / "content")
    books = Books(library.law, library.local_support)
    well = True
    for question in questions_in(_lines_from_standard_input().read()):
        answer, fine = answer_json(calculator, books, library.texts, question)
        well = well and fine
        print(answer, flush=True)  # noqa: T201
    raise SystemExit(0 if well else 1)


async def _leaflet(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.answers.library import load_library
    from bot.clock import day_in_vietnam
    from bot.sheets.printing import leaflet
    from bot.wiring import build_clock

    day = arguments.day or day_in_vietnam(build_clock(settings)())
    library = load_library(ROOT / "content")
    leaflet(library, place=arguments.place, day=day, kind=arguments.kind, link=arguments.link, out=arguments.out)
    print(arguments.out)  # noqa: T201


async def _simulate(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.simulator.run import run_simulator

    await run_simulator(settings.host, arguments.port, arguments.seed, arguments.virtual)


async def _demo(settings: Settings, _: argparse.Namespace) -> None:
    from bot.demo import run_demo

    await run_demo(settings)


async def _consultant_code(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.booking.staff import LASTS, PREFIX, new_code

    async with _of_consultant(settings, arguments.key) as (connection, consultant, now):
        code = await new_code(connection, consultant, now=now)
    hours = int(LASTS.total_seconds()) // 3600
    print(  # noqa: T201
        f"Good once, for {hours} hours. {consultant.name} opens https://t.me/<name of the bot>?start={PREFIX}{code}\n"
        f"or sends the bot this line: {PREFIX}{code}"
    )


async def _consultant_feed(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.booking.feed import renew

    async with _of_consultant(settings, arguments.key) as (connection, consultant, _):
        secret = await renew(connection, consultant.id)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(f"{address}/calendar/{secret}.ics\nShown once; an earlier address leads nowhere any more.")  # noqa: T201


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Settings, AsyncEngine, datetime]]:
    """Give the settings with a database that is up, an engine to it, and the moment."""
    from bot.database import open_engine
    from bot.local import database
    from bot.wiring import build_clock

    with database(settings) as ready:
        engine = open_engine(ready.database_url)
        try:
            yield ready, engine, build_clock(ready)()
        finally:
            await engine.dispose()


def _tell(lines: Iterable[str]) -> None:
    print(*lines, sep="\n")  # noqa: T201 - what a command answers


@contextlib.asynccontextmanager
async def _of_consultant(settings: Settings, key: str) -> AsyncIterator[tuple[AsyncConnection, Consultant, datetime]]:
    from bot.booking.staff import of_key

    async with _opened(settings) as (_, engine, now), engine.begin() as connection:
        consultant = await of_key(connection, key)
        if consultant is None:
            raise AnSinhError(f"There is no consultant {key!r} in the roster.")
        yield connection, consultant, now


async def _roster(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.answers.library import load_library
    from bot.booking.news import tell_outside
    from bot.booking.roster import load, told

    async with _opened(settings) as (_, engine, now), engine.begin() as connection:
        report = await load(connection, arguments.file, now=now)
        await tell_outside(connection, load_library(ROOT / "content"), report.outside, now=now)
    _tell(told(report))


async def _campaign(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.answers.library import load_library
    from bot.campaigns.commands import run
    from bot.campaigns.desk import Desk
    from bot.rehearsal import rehearse

    async with _opened(settings) as (ready, engine, now):
        _tell(await run(Desk(engine, load_library(ROOT / "content"), ready, now), arguments, rehearse))


async def _staff(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.staff.commands import run

    async with _opened(settings) as (_, engine, now):
        _tell(await run(engine, arguments, now))


async def _people(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.answers.library import load_library
    from bot.citizens.commands import bring_in

    async with _opened(settings) as (_, engine, now):
        _tell(await bring_in(engine, load_library(ROOT / "content"), arguments, now=now))


async def _refusals(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.citizens.commands import refuse

    async with _opened(settings) as (_, engine, now):
        _tell(await refuse(engine, arguments, now=now))


async def _invitation(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.citizens.commands import invite

    web = settings.public_url or f"http://{settings.host}:{settings.port}"
    async with _opened(settings) as (_, engine, now):
        _tell(await invite(engine, arguments, web=web, now=now))


async def _work(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.campaigns.answers.commands import run_work

    async with _opened(settings) as (_, engine, now), engine.begin() as connection:
        _tell(await run_work(connection, arguments, now))


async def _survey_results(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.campaigns.answers.commands import run_results

    async with _opened(settings) as (_, engine, now), engine.begin() as connection:
        print(await run_results(connection, arguments, now), end="")  # noqa: T201


async def _wave(settings: Settings, arguments: argparse.Namespace) -> None:
    from bot.answers.library import load_library
    from bot.campaigns.waves.command import Desk, run

    async with _opened(settings) as (_, engine, now), engine.begin() as connection:
        _tell(await run(Desk(connection, load_library(ROOT / "content"), settings.person_secret, now), arguments))


Command = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, None]]
COMMANDS: dict[str, tuple[Command, str]] = {
    "demo": (_demo, "fill an empty database with an invented province and run everything, with simulated providers"),
    "up": (_up, "run everything on this machine: database, Rasa, web, worker, clock"),
    "web": (_web, "serve the web chat and the routes that Rasa calls"),
    "worker": (_worker, "answer stored messages"),
    "clock": (_clock, "defer due work at set times"),
    "migrate": (_migrate, "bring the database to the newest version"),
    "train": (_train, "train Rasa's model if the data changed"),
    "check": (_check, "refuse content, dialogues or NLU data that are not in order"),
    "chat": (_chat, "talk in this terminal"),
    "ask": (_ask, 'read {"id", "text"} per line, write {"id", "answer", "sources", "buttons"}'),
    "understand": (
        _understand,
        'read {"id", "text"} per line, write {"id", "topic", "confidence", "fallback", "entities"}',
    ),
    "calculate": (_calculate, "read a JSON question on standard input, write its result with steps and references"),
    "leaflet": (_leaflet, "print a leaflet or the table of examples for a province and a day, as PDF or PNG"),
    "simulate": (_simulate, "stand in for Telegram, Zalo and an SMS gateway, with a page to chat as any citizen"),
    "consultant-code": (_consultant_code, "make a code by which a consultant links their Telegram account, once"),
    "consultant-feed": (_consultant_feed, "make a new secret address of a consultant's calendar"),
    "roster": (_roster, "write a file of offices, consultants, plans and field days into the tables"),
    "campaign": (_campaign, "write, submit, approve, schedule, watch and stop campaigns"),
    "staff": (_staff, "make and change accounts of staff, and show who did what"),
    "people": (_people, "bring in a list of people, CSV or XLSX, with proof of their consent"),
    "refusals": (_refusals, "stop everybody on the SMS provider's list of those who sent «TC»"),
    "invitation": (_invitation, "print a link and a QR code that tell by which event and agent somebody came"),
    "survey-results": (
        _survey_results,
        "write the counts of a survey or quiz as CSV; numbers below five are not shown",
    ),
    "work": (
        _work,
        "questions nobody answered, rumours and complaints: list, take, back, done, dismiss, export, correct",
    ),
    "wave": (_wave, "bring in waves with targets, enter what was done, see what is due, make reports"),
    "page": (_page, "show one answer page as citizens read it"),
}


def _parser() -> argparse.ArgumentParser:
    from bot.campaigns import commands as campaigns
    from bot.campaigns.waves import arguments as waves
    from bot.citizens import commands as citizens
    from bot.staff import commands as staff

    parser = argparse.ArgumentParser(prog="python -m bot", description="An Sinh, the social-insurance chat-bot.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    made = {name: commands.add_parser(name, help=text, description=text) for name, (_, text) in COMMANDS.items()}
    made["train"].add_argument("--anew", action="store_true", help="train even if nothing changed")
    made["leaflet"].add_argument(
        "--place", required=True, help="the province, of today or an old one, such as «Vĩnh Phúc»"
    )
    made["leaflet"].add_argument("--day", type=date.fromisoformat, help="the day by whose law; left out: today")
    made["leaflet"].add_argument("--kind", choices=("leaflet", "table"), default="leaflet")
    made["leaflet"].add_argument("--link", default="", help="where the QR code leads; left out: no code")
    made["leaflet"].add_argument(
        "--out", type=Path, default=Path("leaflet.pdf"), help="a file that ends in .pdf or .png"
    )
    made["simulate"].add_argument("--port", type=int, default=8100)
    made["simulate"].add_argument("--seed", type=int, default=1, help="the same seed draws the same faults")
    made["simulate"].add_argument(
        "--virtual", action="store_true", help="a clock that stands until it is told to go on"
    )
    made["calculate"].add_argument("name", nargs="?", default="", help="name of the calculator, such as contribution")
    made["calculate"].add_argument("--inputs", action="store_true", help="describe the fields of its question instead")
    for command in ("consultant-code", "consultant-feed"):
        made[command].add_argument("key", help="the consultant's key in the roster")
    made["roster"].add_argument("file", type=Path, help="a YAML file; the README shows what stands in it")
    campaigns.add_arguments(made["campaign"])
    staff.add_arguments(made["staff"])
    citizens.add_people_arguments(made["people"])
    citizens.add_refusals_arguments(made["refusals"])
    citizens.add_invitation_arguments(made["invitation"])
    made["survey-results"].add_argument("key", help="the name of its file in content/surveys")
    made["work"].add_argument("verb", choices=("list", "take", "back", "done", "dismiss", "export", "correct"))
    made["work"].add_argument("item", nargs="?", default="", help="the number of an item; for correct a rumour's key")
    made["work"].add_argument("--by", default="", help="who takes or ends it")
    made["work"].add_argument("--note", default="", help="what was done about it")
    waves.add_arguments(made["wave"])
    made["page"].add_argument("name", help="name of the page, such as contribution_amount")
    made["page"].add_argument(
        "--day", type=date.fromisoformat, help="the day by whose law to answer, such as 2027-01-05"
    )
    return parser


GRACEFUL = {"web", "worker", "simulate"}  # uvicorn and Procrastinate finish what is under way when they are told to end


async def _until_told(name: str, command: Coroutine[Any, Any, None]) -> None:
    """Run the command; the polite signals end it as Ctrl-C does."""
    if name in GRACEFUL:
        return await command
    task = asyncio.current_task()
    assert task is not None
    for sign in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(sign, task.cancel)
    return await command


def main() -> int:
    """Run one command; errors of ours are one clear line, without a stack trace."""
    arguments = _parser().parse_args()
    try:
        settings = read_settings()
        set_up_logging(settings.log_level)
        with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(_until_told(arguments.command, COMMANDS[arguments.command][0](settings, arguments)))
        return 0
    except AnSinhError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except BaseExceptionGroup as group:
        ours, _ = group.split(AnSinhError)
        if ours is None:
            raise
        print(f"Error: {ours.exceptions[0]}", file=sys.stderr)  # noqa: T201
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
