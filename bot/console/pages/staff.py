"""Accounts of staff and the account of acts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.booking import staff as consultants
from bot.console.places import Said, known_places, said_places
from bot.console.visit import Page, Visit
from bot.console.who import who_of
from bot.errors import Refused
from bot.staff import accounts, audit
from bot.staff.rules import Right, Role, Staff
from bot.vn.named import meant_by
from bot.vn.place_choices import gathered
from bot.vn.text import fold_key

A_PAGE = 40  # accounts
MOST_PEOPLE = 300  # consultants to choose from; of more, whoever is meant is typed


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form of an account, `key` "" of one to be made; `fault`: what is wrong with what was typed."""

    key: str
    name: str
    roles: Collection[str]
    where: Said
    consultant: str = ""
    fault: str = ""

    @classmethod
    def typed(cls, visit: Visit, key: str) -> Draft:
        """Return what somebody has typed."""
        where = said_places(visit.staff, "scope", visit.fields("scope"), visit.field("scope_more"))
        return cls(key, visit.field("name", 100), visit.fields("roles"), where, visit.field("consultant", 200))

    @classmethod
    def of(cls, visit: Visit, one: Staff) -> Draft:
        """Return an account as it is."""
        ticked = [place.value for place in gathered(one.scope)]
        return cls(one.key, one.name, one.roles, said_places(visit.staff, "scope", ticked, ""))


@dataclass(frozen=True, slots=True)
class Given:
    """A first password, shown this once, and whose it is."""

    key: str
    password: str


async def _everybody(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        return await _shown(visit, connection)


async def _shown(
    visit: Visit, connection: AsyncConnection, *, given: Given | None = None, draft: Draft | None = None, key: str = ""
) -> Response:
    """Show accounts a page at a time, or those of a name; the one that `draft` is of, what was typed and is not saved, alone.

    `key`: what stands in the field of a new account's name.
    """
    changed, wanted, number = draft.key if draft else "", visit.query("q").strip(), visit.query_number("page")
    theirs = [
        (one, active)
        for one, active in await accounts.everybody(connection)
        if visit.staff.answers_for(one.scope) and (one.key == changed or not changed)
        and fold_key(wanted) in fold_key(f"{one.name} {one.key}")
    ]  # fmt: skip
    found = [
        (one, active, draft if draft and draft.key == one.key else Draft.of(visit, one))
        for one, active in theirs[number * A_PAGE : (number + 1) * A_PAGE]
    ]
    people = await consultants.names(connection, visit.staff.codes())
    new = draft if draft and not draft.key else Draft("", "", (), said_places(visit.staff, "scope", (), ""))
    return visit.show(
        "staff.html", status=400 if draft else 200, found=found, q=wanted, number=number,
        more=len(theirs) > (number + 1) * A_PAGE, roles=list(Role), given=given, new=new, new_key=key,
        changed=changed, known=known_places(visit.staff), people=list(people.values())[:MOST_PEOPLE],
    )  # fmt: skip


async def _add(visit: Visit) -> Response:
    draft, key = Draft.typed(visit, ""), visit.field("key", 64).lower()
    try:
        async with visit.house.engine.begin() as connection:
            scope, consultant = _scope(draft), await _consultant(visit, connection, draft.consultant)
            await accounts.check_hand_out(connection, visit.staff, scope=scope, consultant=consultant)
            password = await accounts.add(
                connection, key, name=draft.name, roles=draft.roles, scope=scope, consultant=consultant,
                by=visit.staff.key, now=visit.now,
            )  # fmt: skip
            return await _shown(visit, connection, given=Given(key, password))
    except Refused as refused:
        return await _again(visit, replace(draft, fault=str(refused)), key)


async def _again(visit: Visit, draft: Draft, key: str = "") -> Response:
    """Show what was typed once more, with what is wrong with it."""
    async with visit.house.engine.connect() as connection:
        return await _shown(visit, connection, draft=draft, key=key)


def _scope(draft: Draft) -> tuple[str, ...]:
    if draft.where.faults:
        raise Refused(" ".join(draft.where.faults))
    return draft.where.codes


async def _consultant(visit: Visit, connection: AsyncConnection, written: str) -> str:
    """Return the key of the consultant whom somebody names, among those of the places where they work; "" names nobody."""
    names = await consultants.names(connection, visit.staff.codes())
    meant = meant_by(written, names)
    if len(meant) > 1:
        raise Refused(
            f"Có {len(meant)} tư vấn viên như «{written}». Hãy ghi cả tên và nơi làm việc: {names[meant[0]]}."
        )
    if written and not meant:
        raise Refused(f"Không có tư vấn viên «{written}» ở nơi bạn phụ trách. Hãy chọn trong danh sách, hoặc để trống.")
    return next(iter(meant), "")


async def _change(visit: Visit) -> Response:
    key, what = visit.path("key"), visit.field("what", 20)
    draft = Draft.typed(visit, key)
    try:
        async with visit.house.engine.begin() as connection:
            if not visit.staff.answers_for((await accounts.find(connection, key)).scope):
                raise HTTPException(404)
            if what == "reset":
                password = await accounts.reset(connection, key, by=visit.staff.key, now=visit.now)
                return await _shown(visit, connection, given=Given(key, password))
            if what in ("end", "return"):
                await accounts.change(connection, key, active=what == "return", by=visit.staff.key, now=visit.now)
            elif what == "roles":
                scope = _scope(draft)
                await accounts.check_hand_out(connection, visit.staff, scope=scope)
                await accounts.change(
                    connection, key, roles=draft.roles, scope=scope, by=visit.staff.key, now=visit.now
                )
            else:
                raise Refused("Không rõ cần làm gì.")
    except Refused as refused:
        if what != "roles":
            raise
        return await _again(visit, replace(draft, fault=str(refused)))
    return visit.go("/staff", said="saved")


async def _audit(visit: Visit) -> Response:
    written = visit.query("before")
    before = int(written) if written.isascii() and written.isdigit() and len(written) < 18 else None
    async with visit.house.engine.connect() as connection:
        lines = await audit.lines(connection, reader=visit.staff, about=visit.query("about"), before=before)
        whole = visit.staff.answers_for(())  # the chain is one for the whole country
        broken = await audit.broken(connection) if whole else None
        end = await audit.end(connection) if whole else None
        who = await who_of(connection)
    return visit.show("audit.html", lines=lines, whole=whole, broken=broken, end=end, who=who)


PAGES = (
    Page("/staff", "Nhân viên", Right.KEEP_STAFF, get=_everybody, post=_add, menu="settings", help="staff"),
    Page("/staff/{key}", "Nhân viên", Right.KEEP_STAFF, post=_change),
    Page("/audit", "Nhật ký", Right.SEE_AUDIT, get=_audit, menu="settings", help="audit"),
)
