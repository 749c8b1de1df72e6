"""Signing in: a password by Argon2id, a code by TOTP that is good once, a lock against guessing; what it is worth is a session."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Refused
from bot.staff.rules import Role, Staff

WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 5, 30  # failures in that time; then nobody comes in so long, right password or not
IDLE, LONGEST = timedelta(hours=1), timedelta(hours=12)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200  # signs
CODE_SECONDS = 30
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))  # is looked at for a name that is none, so that both take as long
WRONG = "Tên, mật khẩu hoặc mã không đúng, hoặc đã thử quá nhiều lần. Chờ 15 phút rồi thử lại, hoặc hỏi người quản trị."


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in; `whole`: with password and code. `csrf` is what forms of this session carry."""

    staff: Staff
    whole: bool
    enrolled: bool  # has a device that makes codes
    password_is_new: bool
    csrf: str


def hash_password(password: str) -> str:
    """Return what is kept of a password; raise Refused when it is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused(f"Mật khẩu cần ít nhất {SHORTEST_PASSWORD} ký tự; một câu ngắn thì dễ nhớ.")
    return _HASHER.hash(password)


async def check_password(
    connection: AsyncConnection, key: str, password: str, *, address: str, now: datetime
) -> Staff | None:
    """Return the member of staff whose password it is; None, and the failure is counted, whatever was wrong.

    Whoever calls commits also then: a failure that is rolled back was none. Of one account and from one address one try at a
    time is looked at.
    """
    for who in _whos(key, address).values():
        await connection.execute(_ONE_AT_A_TIME, {"who": who})
    if await locked(connection, key, address, now):
        return None
    row = await _of_key(connection, key)
    right = await asyncio.to_thread(_fits, row.password if row else _NOBODY, password[:LONGEST_PASSWORD])
    if row is None or not right:
        await _note_failure(connection, key, address, now)
        return None
    return staff_of(row)


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('sign in:' || :who, 0))")


def _fits(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


async def locked(connection: AsyncConnection, key: str, address: str, now: datetime) -> bool:
    """Tell whether there were too many failures for the account or from the address."""
    found = await connection.scalar(
        text(
            """
            SELECT count(*) FILTER (WHERE who = :account) >= :of_account OR count(*) FILTER (WHERE who = :address) >= :of_address
            FROM sign_in_failure WHERE who IN (:account, :address) AND at > :since
            """
        ),
        {**_whos(key, address), "since": now - WINDOW, "of_account": MOST_OF_ACCOUNT, "of_address": MOST_OF_ADDRESS},
    )
    return bool(found)


async def _note_failure(connection: AsyncConnection, key: str, address: str, now: datetime) -> None:
    await connection.execute(text("DELETE FROM sign_in_failure WHERE at < :since"), {"since": now - WINDOW})
    await connection.execute(
        text("INSERT INTO sign_in_failure (who, at) VALUES (:account, :now), (:address, :now)"),
        {**_whos(key, address), "now": now},
    )


def _whos(key: str, address: str) -> dict[str, str]:
    return {"account": f"account:{key[:64]}", "address": f"address:{_network(address)}"}


def _network(address: str) -> str:
    """Return what one subscriber has: an address of IPv4, the 2^64 addresses of a network of IPv6; other words as they are."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), 64), strict=False))


async def check_code(connection: AsyncConnection, staff: Staff, code: str, *, address: str, now: datetime) -> bool:
    """Tell whether a code of the device is right now, and was not used before; a wrong one counts as a failure."""
    row = await _of_key(connection, staff.key, lock=True)
    if row is None or row.totp is None or await locked(connection, staff.key, address, now):
        return False
    step = _step_of(row.totp, code, now)
    if step is None or step <= row.totp_step:
        await _note_failure(connection, staff.key, address, now)
        return False
    await connection.execute(text("UPDATE staff SET totp_step = :step WHERE id = :id"), {"step": step, "id": staff.id})
    return True


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the half minute whose code it is, the one now or a neighbour of it."""
    this, plain = int(now.timestamp()) // CODE_SECONDS, "".join(code.split())
    if not (plain.isascii() and plain.isdigit()):
        return None
    made = pyotp.TOTP(secret)
    return next(
        (step for step in (this, this - 1, this + 1) if secrets.compare_digest(made.at(step * 30), plain)), None
    )


async def has_device(connection: AsyncConnection, staff: Staff) -> bool:
    """Tell whether somebody has a device that makes codes."""
    return bool(await connection.scalar(text("SELECT totp IS NOT NULL FROM staff WHERE id = :id"), {"id": staff.id}))


async def has_first_password(connection: AsyncConnection, staff: Staff) -> bool:
    """Tell whether somebody still has the password that another has given them, and knows."""
    return bool(await connection.scalar(text("SELECT password_is_new FROM staff WHERE id = :id"), {"id": staff.id}))


async def enrol(connection: AsyncConnection, staff: Staff, secret: str, code: str, *, now: datetime) -> bool:
    """Keep the secret of a device that has shown that it makes the right codes."""
    step = _step_of(secret, code, now)
    if step is None:
        return False
    done = await connection.execute(
        text("UPDATE staff SET totp = :secret, totp_step = :step WHERE id = :id AND totp IS NULL"),
        {"secret": secret, "step": step, "id": staff.id},
    )
    return done.rowcount == 1


async def open_session(connection: AsyncConnection, staff: Staff, *, whole: bool, now: datetime, old: str = "") -> str:
    """Return the secret of a new session; an older one of this browser is worth nothing from here on."""
    await close_session(connection, old)
    await connection.execute(text("DELETE FROM staff_session WHERE made_at < :since"), {"since": now - LONGEST})
    token = secrets.token_urlsafe(32)
    await connection.execute(
        text(
            "INSERT INTO staff_session (hash, staff_id, whole, made_at, seen_at) VALUES (:hash, :id, :whole, :now, :now)"
        ),
        {"hash": _hashed(token), "id": staff.id, "whole": whole, "now": now},
    )
    return token


_ALIVE = "s.hash = :hash AND f.id = s.staff_id AND f.active AND s.seen_at > :idle AND s.made_at > :longest"
_USED = text(f"UPDATE staff_session s SET seen_at = :now FROM staff f WHERE {_ALIVE} RETURNING f.*, s.whole")  # noqa: S608
_LOOKED_AT = text(f"SELECT f.*, s.whole FROM staff_session s, staff f WHERE {_ALIVE}")  # noqa: S608


async def session_of(
    connection: AsyncConnection, token: str, *, now: datetime, used: bool = True
) -> Session | None:  # fmt: skip
    """Return the session of a secret and keep it alive; None when it is none, too old, or its owner has left.

    `used`: somebody does something; a page that asks by itself keeps nobody's session alive.
    """
    values = {"hash": _hashed(token), "now": now, "idle": now - IDLE, "longest": now - LONGEST}
    row = (await connection.execute(_USED if used else _LOOKED_AT, values)).one_or_none()
    if row is None:
        return None
    return Session(staff_of(row), row.whole, row.totp is not None, row.password_is_new, csrf_of(token))


async def close_session(connection: AsyncConnection, token: str) -> None:
    """End a session."""
    if token:
        await connection.execute(text("DELETE FROM staff_session WHERE hash = :hash"), {"hash": _hashed(token)})


def csrf_of(token: str) -> str:
    """Return what a session's forms carry; it tells nothing of the session's secret."""
    return hashlib.sha256(f"csrf:{token}".encode()).hexdigest()


def device_of(token: str) -> str:
    """Return the secret that a device enrolled in a session gets: the browser brings no other, and it tells nothing of the session."""
    return base64.b32encode(hashlib.sha256(f"device:{token}".encode()).digest()[:20]).decode()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


async def _of_key(connection: AsyncConnection, key: str, *, lock: bool = False) -> Any:
    of_key = "SELECT * FROM staff WHERE key = :key AND active"
    return (await connection.execute(text(of_key + (" FOR UPDATE" if lock else "")), {"key": key})).one_or_none()


def staff_of(row: Any) -> Staff:
    """Read a row of the table."""
    return Staff(row.id, row.key, row.name, frozenset(map(Role, row.roles)), frozenset(row.scope), row.consultant_id)
