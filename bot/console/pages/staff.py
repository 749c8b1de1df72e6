"""Accounts of staff and the account of acts."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.visit import Page, Visit
from bot.errors import Refused
from bot.staff import accounts, audit
from bot.staff.rules import Right, Role


async def _everybody(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await accounts.everybody(connection)
    return visit.show("staff.html", found=found, roles=list(Role), password="", key="")


async def _add(visit: Visit) -> Response:
    async with visit.house.engine.begin() as connection:
        password = await accounts.add(
            connection, visit.field("key", 64).lower(), name=visit.field("name", 100), roles=visit.fields("roles"),
            scope=visit.field("scope", 500).split(), consultant=visit.field("consultant", 64),
            by=visit.staff.key, now=visit.now,
        )  # fmt: skip
        found = await accounts.everybody(connection)
    return visit.show("staff.html", found=found, roles=list(Role), password=password, key=visit.field("key", 64))


async def _change(visit: Visit) -> Response:
    key, what = visit.path("key"), visit.field("what", 20)
    async with visit.house.engine.begin() as connection:
        if what == "reset":
            password = await accounts.reset(connection, key, by=visit.staff.key, now=visit.now)
            found = await accounts.everybody(connection)
            return visit.show("staff.html", found=found, roles=list(Role), password=password, key=key)
        if what in ("end", "return"):
            await accounts.change(connection, key, active=what == "return", by=visit.staff.key, now=visit.now)
        elif what == "roles":
            await accounts.change(
                connection, key, roles=visit.fields("roles"), scope=visit.field("scope", 500).split(),
                by=visit.staff.key, now=visit.now,
            )  # fmt: skip
        else:
            raise Refused("Không rõ cần làm gì.")
    return visit.go("/staff", said="saved")


async def _audit(visit: Visit) -> Response:
    written = visit.query("before")
    before = int(written) if written.isascii() and written.isdigit() and len(written) < 18 else None
    async with visit.house.engine.connect() as connection:
        lines = await audit.lines(connection, about=visit.query("about"), before=before)
        broken = await audit.broken(connection)
    return visit.show("audit.html", lines=lines, broken=broken)


PAGES = (
    Page("/staff", "Nhân viên", Right.KEEP_STAFF, get=_everybody, post=_add, menu="settings", help="staff"),
    Page("/staff/{key}", "Nhân viên", Right.KEEP_STAFF, post=_change),
    Page("/audit", "Nhật ký", Right.SEE_AUDIT, get=_audit, menu="settings", help="audit"),
)
