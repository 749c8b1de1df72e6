"""What `python -m bot staff …` does, and how commands of staff know who gives them."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import Refused
from bot.staff import accounts, audit, sign_in
from bot.staff.rules import Right, Role, Staff

TERMINAL = "terminal"  # the address from which commands come
Lines = list[str]
Do = Callable[[AsyncConnection, argparse.Namespace, datetime], Awaitable[Lines]]


async def _add(connection: AsyncConnection, given: argparse.Namespace, now: datetime) -> Lines:
    password = await accounts.add(
        connection, given.key, name=given.name, roles=given.roles, scope=given.scope, consultant=given.consultant,
        by=accounts.OPERATOR, now=now,
    )  # fmt: skip
    return [
        f"{given.key} signs in with the password {password}",
        "It is shown once, and is to be changed at the first sign-in.",
    ]


async def _change(connection: AsyncConnection, given: argparse.Namespace, now: datetime) -> Lines:
    active = {"yes": True, "no": False}.get(given.active)
    await accounts.change(
        connection, given.key, roles=given.roles, scope=given.scope, active=active, by=accounts.OPERATOR, now=now
    )
    return [f"{given.key} is changed; who was signed in by it signs in again."]


async def _reset(connection: AsyncConnection, given: argparse.Namespace, now: datetime) -> Lines:
    password = await accounts.reset(connection, given.key, by=accounts.OPERATOR, now=now)
    return [f"{given.key} signs in with the password {password}", "It is shown once; the device of codes is forgotten."]


async def _choose(connection: AsyncConnection, given: argparse.Namespace, now: datetime) -> Lines:
    staff = await accounts.find(connection, given.key)
    old = _secret(given.password_file, "The password you have: ")
    new = _secret(given.new_password_file, "The new password: ")
    if not await accounts.choose_password(connection, staff, old=old, new=new, address=TERMINAL, now=now):
        return [sign_in.WRONG]
    return [f"{given.key} has a password of their own now."]


async def _list(connection: AsyncConnection, _: argparse.Namespace, __: datetime) -> Lines:
    return [
        f"{one.key:20} {'' if active else 'left  '}{', '.join(sorted(one.roles))}; {', '.join(sorted(one.scope)) or 'everywhere'}"
        for one, active in await accounts.everybody(connection)
    ] or ["There is no account yet; `make run` makes the first one, or `staff add`."]


async def _audit(connection: AsyncConnection, given: argparse.Namespace, _: datetime) -> Lines:
    broken = await audit.broken(connection)
    lines = [
        f"{line.id:6} {line.at:%Y-%m-%d %H:%M:%S}Z {line.by}: {line.act} {line.about} {line.note}".rstrip()
        for line in await audit.lines(connection, most=given.most)
    ]
    return [*lines, f"BROKEN from line {broken} on" if broken else _whole(await audit.end(connection))]


def _whole(end: Any) -> str:
    return f"The chain is whole up to line {end.line}: {end.chain}. Keep this elsewhere: it shows if all is made anew."


COMMANDS: dict[str, tuple[Do, str]] = {
    "add": (_add, "make an account; prints its first password once"),
    "change": (_change, "change roles or places, or end an account"),
    "reset": (_reset, "give a new first password to who forgot theirs or lost the device"),
    "choose": (_choose, "choose a password of one's own"),
    "list": (_list, "show all accounts"),
    "audit": (_audit, "show who did what, newest first, and whether the account is whole"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the commands."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="what")
    made = {name: commands.add_parser(name, help=help_, description=help_) for name, (_, help_) in COMMANDS.items()}
    for name in ("add", "change", "reset", "choose"):
        made[name].add_argument("key", help="small letters, such as lan.nguyen")
    made["add"].add_argument("--name", required=True)
    made["add"].add_argument("--consultant", default="", help="the key in the roster, for one who gives appointments")
    for name in ("add", "change"):
        made[name].add_argument("--roles", nargs="+", required=name == "add", help=", ".join(Role))
        made[name].add_argument(
            "--scope", nargs="*", default=() if name == "add" else None, help="provinces and communes; none: everywhere"
        )
    made["choose"].add_argument("--password-file", type=Path, help="a file with the password you have")
    made["choose"].add_argument("--new-password-file", type=Path, help="a file with the new one")
    made["change"].add_argument("--active", choices=("yes", "no"))
    made["audit"].add_argument("--most", type=int, default=50)


async def run(engine: AsyncEngine, given: argparse.Namespace, now: datetime) -> Lines:
    """Do what was asked; return what to tell."""
    async with engine.begin() as connection:
        return await COMMANDS[given.what][0](connection, given, now)


def add_who(parser: argparse.ArgumentParser) -> None:
    """Let a command ask who gives it."""
    parser.add_argument("--by", required=True, help="your account")
    parser.add_argument("--password-file", type=Path, help="a file with your password; left out: you are asked")


async def who(engine: AsyncEngine, given: argparse.Namespace, right: Right, now: datetime) -> Staff:
    """Return who gives a command, by their password and, where they have a device, its code; raise Refused for others."""
    password = _secret(given.password_file, f"Password of {given.by}: ")
    async with engine.begin() as connection:
        staff = await sign_in.check_password(connection, given.by, password, address=TERMINAL, now=now)
        if staff is None or not await _coded(connection, staff, now):
            staff = None
        elif await sign_in.has_first_password(connection, staff):
            raise Refused(
                "Mật khẩu này do người khác cấp; hãy tự đổi trước: `staff choose`, hoặc đăng nhập ở /console."
            )
    if staff is None:
        raise Refused(sign_in.WRONG)
    if not staff.may(right):
        raise Refused(f"{staff.key} không có quyền «{right}» để làm việc này.")
    return staff


async def _coded(connection: AsyncConnection, staff: Staff, now: datetime) -> bool:
    if not await sign_in.has_device(connection, staff):
        return True
    code = _secret(None, f"Code of {staff.key}'s device: ")
    return await sign_in.check_code(connection, staff, code, address=TERMINAL, now=now)


def _secret(file: Path | None, prompt: str) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Refused(f"Không đọc được {file}.") from None
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().strip()
