"""Accounts: the first administrator, further staff, new passwords, who has left; each change is written down."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Refused
from bot.staff import audit
from bot.staff.rules import Role, Staff
from bot.staff.sign_in import check_password, hash_password, staff_of
from bot.vn.communes import communes
from bot.vn.named import told_apart
from bot.vn.places import gazetteer

FIRST = "admin"
OPERATOR = "operator"  # whoever may run commands on the machine
NOBODYS = frozenset({OPERATOR, "clock", "citizen", "demo"})
"""Who acts without an account: somebody of that name would be read as them, and would read their acts as those of a place."""
NEW_FOR = timedelta(days=14)
_KEY = re.compile(r"[a-z][a-z0-9._-]{1,63}")
_SYLLABLES = tuple(begin + end for begin in "bcdghklmnpqrstvx" for end in ("a", "e", "i", "o", "u"))


def new_password() -> str:
    """Return a password that can be read out over the telephone: twelve syllables, about 76 bits."""
    made = [secrets.choice(_SYLLABLES) for _ in range(12)]
    return "-".join("".join(made[at : at + 3]) for at in range(0, 12, 3))


async def add(
    connection: AsyncConnection,
    key: str,
    *,
    name: str,
    roles: Collection[str],
    scope: Collection[str] = (),
    consultant: str = "",
    by: str,
    now: datetime,
) -> str:
    """Make an account; return its first password, which nobody can read again."""
    _check(key, name, roles, scope)
    if key in NOBODYS:
        raise Refused(f"Máy dùng tên «{key}» cho việc của nó. Hãy chọn tên tài khoản khác, ví dụ: lan.nguyen")
    consultant_id = await _consultant(connection, consultant)
    password = new_password()
    done = await connection.execute(
        text(
            """
            INSERT INTO staff (key, name, password, roles, scope, consultant_id, created_at)
            VALUES (:key, :name, :password, :roles, :scope, :consultant, :now) ON CONFLICT (key) DO NOTHING
            """
        ),
        {
            "key": key,
            "name": name.strip(),
            "password": hash_password(password),
            "roles": sorted(set(roles)),
            "scope": sorted(set(scope)),
            "consultant": consultant_id,
            "now": now,
        },
    )
    if not done.rowcount:
        raise Refused(f"Đã có tài khoản {key}.")
    note = f"{', '.join(sorted(roles))}; {', '.join(sorted(scope)) or 'everywhere'}"
    await audit.write(connection, by=by, act="add_staff", about=f"staff:{key}", note=note, now=now)
    return password


async def check_hand_out(
    connection: AsyncConnection, keeper: Staff, *, scope: Collection[str], consultant: str = ""
) -> None:
    """Raise Refused when an administrator of some places would give rights elsewhere: by a scope, or by a consultant there."""
    query = text("SELECT o.commune FROM consultant c JOIN office o ON o.id = c.office_id WHERE c.key = :key")
    office = await connection.scalar(query, {"key": consultant})
    if not keeper.answers_for(scope) or not keeper.answers_for([office] if office else scope):
        raise Refused("Bạn chỉ giao được những nơi mà bạn phụ trách. Hãy nhờ người quản trị toàn quốc.")


def _check(key: str, name: str, roles: Collection[str], scope: Collection[str]) -> None:
    if not _KEY.fullmatch(key):
        raise Refused(
            f"Tên tài khoản «{key}» chưa đúng. Chỉ dùng chữ thường không dấu, số và các dấu . _ -, ví dụ: lan.nguyen"
        )
    if not 0 < len(name.strip()) <= 100:
        raise Refused("Hãy điền họ tên, nhiều nhất 100 ký tự.")
    if not roles or not set(roles) <= set(Role):
        raise Refused("Hãy chọn ít nhất một vai trò.")
    strange = [place for place in scope if place not in communes() and place not in gazetteer().provinces]
    if strange:
        raise Refused(f"Không có nơi nào mang mã «{strange[0]}». Hãy điền mã tỉnh hoặc mã xã, ví dụ: phu_tho.")


async def _consultant(connection: AsyncConnection, key: str) -> int | None:
    if not key:
        return None
    found = await connection.scalar(text("SELECT id FROM consultant WHERE key = :key"), {"key": key})
    if found is None:
        raise Refused(f"Không có tư vấn viên «{key}» trong danh sách.")
    return int(found)


async def change(
    connection: AsyncConnection,
    key: str,
    *,
    roles: Collection[str] | None = None,
    scope: Collection[str] | None = None,
    active: bool | None = None,
    by: str,
    now: datetime,
) -> None:
    """Change what an account may do, where, or whether it may at all; its sessions end. The last administrator stays."""
    account = await find(connection, key)
    _check(key, account.name, account.roles if roles is None else roles, account.scope if scope is None else scope)
    await connection.execute(
        text(
            "UPDATE staff SET roles = coalesce(:roles, roles), scope = coalesce(:scope, scope),"
            " active = coalesce(:active, active) WHERE id = :id"
        ),
        {
            "roles": None if roles is None else sorted(set(roles)),
            "scope": None if scope is None else sorted(set(scope)),
            "active": active,
            "id": account.id,
        },
    )
    if not await connection.scalar(text("SELECT EXISTS (SELECT FROM staff WHERE active AND 'admin' = ANY(roles))")):
        raise Refused("Phải còn ít nhất một người quản trị; hãy giao vai trò này cho người khác trước.")
    await connection.execute(text("DELETE FROM staff_session WHERE staff_id = :id"), {"id": account.id})
    said = {"roles": roles, "scope": scope, "active": active}
    note = "; ".join(f"{name}: {_listed(value)}" for name, value in said.items() if value is not None)
    await audit.write(connection, by=by, act="change_staff", about=f"staff:{key}", note=note, now=now)


def _listed(value: Collection[str] | bool) -> str:
    return str(value) if isinstance(value, bool) else ", ".join(sorted(value)) or "everywhere"


async def reset(connection: AsyncConnection, key: str, *, by: str, now: datetime) -> str:
    """Give a new first password and forget the device; return the password, which nobody can read again."""
    account, password = await find(connection, key), new_password()
    await connection.execute(
        text("UPDATE staff SET password = :password, password_is_new = true, totp = NULL WHERE id = :id"),
        {"password": hash_password(password), "id": account.id},
    )
    await connection.execute(text("DELETE FROM staff_session WHERE staff_id = :id"), {"id": account.id})
    await audit.write(connection, by=by, act="reset_password", about=f"staff:{key}", now=now)
    return password


async def choose_password(
    connection: AsyncConnection, staff: Staff, *, old: str, new: str, address: str, now: datetime
) -> bool:
    """Let somebody choose their own password; their sessions end. False, and to be committed, when the old one is wrong."""
    if old == new or staff.key in new.lower():
        raise Refused("Hãy chọn mật khẩu khác mật khẩu cũ và không chứa tên của bạn.")
    hashed = hash_password(new)
    if await check_password(connection, staff.key, old, address=address, now=now) is None:
        return False
    await connection.execute(
        text("UPDATE staff SET password = :password, password_is_new = false WHERE id = :id"),
        {"password": hashed, "id": staff.id},
    )
    await connection.execute(text("DELETE FROM staff_session WHERE staff_id = :id"), {"id": staff.id})
    await audit.write(connection, by=staff.key, act="choose_password", about=f"staff:{staff.key}", now=now)
    return True


async def find(connection: AsyncConnection, key: str) -> Staff:
    """Return an account, of somebody who has left too; raise Refused when there is none."""
    row = (await connection.execute(text("SELECT * FROM staff WHERE key = :key"), {"key": key})).one_or_none()
    if row is None:
        raise Refused(f"Không có tài khoản {key}.")
    return staff_of(row)


async def is_new(connection: AsyncConnection, staff: Staff, *, now: datetime) -> bool:
    """Tell whether somebody's account was made only a few days ago."""
    made = await connection.scalar(text("SELECT created_at FROM staff WHERE id = :id"), {"id": staff.id})
    return made is not None and now - made < NEW_FOR


async def everybody(connection: AsyncConnection) -> list[tuple[Staff, bool]]:
    """Return all accounts, and of each whether it is in use."""
    return [(staff_of(row), row.active) for row in await connection.execute(text("SELECT * FROM staff ORDER BY key"))]


async def names(connection: AsyncConnection) -> dict[str, str]:
    """Return the name of each account by its key, with the key behind it where two people have one name."""
    rows = await connection.execute(text("SELECT key, name FROM staff ORDER BY key"))
    return told_apart((row.key, row.name) for row in rows)


async def ensure_admin(connection: AsyncConnection, *, now: datetime) -> str | None:
    """Make the first administrator; return the password, None when there is one."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(4191204)"))
    if await connection.scalar(text("SELECT EXISTS (SELECT FROM staff)")):
        return None
    return await add(connection, FIRST, name="Quản trị", roles=[Role.ADMIN], by=OPERATOR, now=now)
