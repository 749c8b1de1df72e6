"""Accounts of staff and the account of acts."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.visit import Page, Visit
from bot.errors import Refused
from bot.staff import accounts, audit
from bot.staff.rules import Right, Role


async def _everybody(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        return await _shown(visit, connection)


async def _shown(visit: Visit, connection: AsyncConnection, *, password: str = "", key: str = "") -> Response:
    found = [
        (one, active) for one, active in await accounts.everybody(connection) if visit.staff.answers_for(one.scope)
    ]
    return visit.show("staff.html", found=found, roles=list(Role), password=password, key=key)


async def _add(visit: Visit) -> Response:
    scope, consultant = visit.field("scope", 500).split(), visit.field("consultant", 64)
    async with visit.house.engine.begin() as connection:
        await accounts.check_hand_out(connection, visit.staff, scope=scope, consultant=consultant)
        password = await accounts.add(
            connection, visit.field("key", 64).lower(), name=visit.field("name", 100), roles=visit.fields("roles"),
            scope=scope, consultant=consultant, by=visit.staff.key, now=visit.now,
        )  # fmt: skip
        return await _shown(visit, connection, password=password, key=visit.field("key", 64))


async def _change(visit: Visit) -> Response:
    key, what = visit.path("key"), visit.field("what", 20)
    async with visit.house.engine.begin() as connection:
        if not visit.staff.answers_for((await accounts.find(connection, key)).scope):
            raise HTTPException(404)
        if what == "reset":
            password = await accounts.reset(connection, key, by=visit.staff.key, now=visit.now)
            return await _shown(visit, connection, password=password, key=key)
        if what in ("end", "return"):
            await accounts.change(connection, key, active=what == "return", by=visit.staff.key, now=visit.now)
        elif what == "roles":
            scope = visit.field("scope", 500).split()
            await accounts.check_hand_out(connection, visit.staff, scope=scope)
            await accounts.change(
                connection, key, roles=visit.fields("roles"), scope=scope, by=visit.staff.key, now=visit.now
            )
        else:
            raise Refused("Không rõ cần làm gì.")
    return visit.go("/staff", said="saved")


async def _audit(visit: Visit) -> Response:
    written = visit.query("before")
    before = int(written) if written.isascii() and written.isdigit() and len(written) < 18 else None
    async with visit.house.engine.connect() as connection:
        lines = await audit.lines(connection, about=visit.query("about"), before=before)
        broken, end = await audit.broken(connection), await audit.end(connection)
    return visit.show("audit.html", lines=lines, broken=broken, end=end)


PAGES = (
    Page("/staff", "Nhân viên", Right.KEEP_STAFF, get=_everybody, post=_add, menu="settings", help="staff"),
    Page("/staff/{key}", "Nhân viên", Right.KEEP_STAFF, post=_change),
    Page("/audit", "Nhật ký", Right.SEE_AUDIT, get=_audit, menu="settings", help="audit"),
)
