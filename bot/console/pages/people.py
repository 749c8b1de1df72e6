"""Lists of people and invitations: looked at before anything is written, within the places that somebody answers for."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping

import segno
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns.waves.scope import units_of
from bot.campaigns.waves.store import all_waves
from bot.citizens import invitations
from bot.citizens.invitations import Brought
from bot.citizens.lists.uploaded import MOST, Looked, Upload, bring_in
from bot.console.visit import Page, Visit
from bot.errors import AnSinhError, Refused
from bot.staff import audit
from bot.staff.rules import Right
from bot.vn.named import meant_by, told_apart

MOST_CHOICES = 300  # of a list to choose from; of more, whatever is meant is typed
LONGEST_NAME = 64  # signs of an event's or an agent's own name
FORM = 256 * 1024  # bytes that a form takes beside its file
UNREADABLE = (
    "Không đọc được tệp này. Hãy mở tệp bằng Excel, kiểm tra dòng tiêu đề có «Họ tên» và «Điện thoại», "
    "lưu lại dạng .xlsx hoặc «CSV UTF-8» rồi thử lại."
)


async def _lists(visit: Visit) -> Response:
    return visit.show("people/lists.html", looked=None)


async def _bring_in(visit: Visit) -> Response:
    """Look at a file, give its faulty rows as a file, or bring it in, if it is the one that was looked at."""
    step, upload = visit.field("step", 10), await _upload(visit)
    digest = hashlib.sha256(upload.data).hexdigest()
    if step == "errors":
        return _file(await _worked(visit, upload, dry=True))
    if step == "write":
        if visit.field("digest", 64) != digest:
            raise Refused("Đây không phải tệp bạn vừa xem thử. Hãy bấm «Xem thử» với tệp này trước.")
        return _said(visit, await _written(visit, upload, digest), "written", digest)
    return _said(visit, await _worked(visit, upload, dry=True), "seen", digest)


async def _upload(visit: Visit) -> Upload:
    found = visit.form.get("file")
    if not isinstance(found, UploadFile) or not found.filename:
        raise Refused("Chưa chọn tệp. Hãy chọn tệp danh sách rồi bấm lại.")
    data = await found.read()
    if len(data) > MOST:
        raise Refused("Tệp lớn quá 10 MB. Hãy chia thành nhiều tệp nhỏ.")
    proof = " ".join(visit.field("proof", 200).split())
    return Upload(found.filename, data, proof, visit.staff.answers_for)


async def _worked(visit: Visit, upload: Upload, *, dry: bool) -> Looked:
    house = visit.house
    try:
        return await bring_in(house.settings.database_url, house.library, upload, dry=dry, now=visit.now)
    except AnSinhError:
        raise Refused(UNREADABLE) from None


async def _written(visit: Visit, upload: Upload, digest: str) -> Looked:
    """Bring a file in; that it begins is written down first, and what came of it when that is known."""
    about = f"list:{digest[:12]}"
    await _note(visit, about, upload.proof)
    looked = await _worked(visit, upload, dry=False)
    await _note(visit, about, f"{looked.rows} rows, {looked.refused} refused")
    return looked


async def _note(visit: Visit, about: str, note: str) -> None:
    async with visit.house.engine.begin() as connection:
        await audit.write(connection, by=visit.staff.key, act="bring_in_list", about=about, note=note, now=visit.now)


def _said(visit: Visit, looked: Looked, step: str, digest: str) -> Response:
    template = "people/piece_looked.html" if visit.in_place else "people/lists.html"
    return visit.show(template, looked=looked, step=step, digest=digest)


def _file(looked: Looked) -> Response:
    headers = {"content-disposition": 'attachment; filename="dong-can-sua.csv"', "cache-control": "no-store"}
    return Response(looked.faults, media_type="text/csv; charset=utf-8", headers=headers)


async def _invitations(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = invitations.within(await invitations.brought(connection), visit.staff.answers_for)
        events, agents, waves = await _choices(visit, connection)
    return visit.show(
        "people/invitations.html", found=found, events=list(events.values())[:MOST_CHOICES],
        agents=list(agents.values())[:MOST_CHOICES], waves=waves,
    )  # fmt: skip


async def _choices(visit: Visit, connection: AsyncConnection) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return what an invitation may be for by its key and name: events, who invites, waves."""
    rows = await invitations.choices(connection, visit.staff.codes(), visit.today)
    events, agents = (
        told_apart((row.key, row.name) for row in rows if row.what == what) for what in ("event", "agent")
    )
    waves = [kept.wave for kept in await all_waves(connection)]
    theirs = [wave for wave in waves if wave.ends_on >= visit.today and units_of(wave, visit.staff)]
    return events, agents, {wave.key: wave.name for wave in theirs}


async def _invite(visit: Visit) -> Response:
    async with visit.house.engine.begin() as connection:
        events, agents, waves = await _choices(visit, connection)
        event, agent = _meant(visit.field("event", 200), events), _meant(visit.field("agent", 200), agents)
        wave = visit.field("wave", 64)
        if not event:
            raise Refused("Hãy chọn sự kiện trong danh sách, hoặc ghi tên sự kiện.")
        if wave and wave not in waves:
            raise Refused("Đợt ra quân này đã hết hoặc không thuộc nơi bạn phụ trách. Hãy chọn đợt khác.")
        each = [await invitations.place_of(connection, event, ""), await invitations.place_of(connection, "", agent)]
        if not visit.staff.answers_for([place for place in each if place]):
            raise Refused(
                "Sự kiện hoặc người mời không thuộc nơi bạn phụ trách. Hãy chọn ngày tư vấn lưu động hoặc tư vấn viên trong danh sách."
            )
        code = await invitations.invite(connection, event, agent, wave, now=visit.now)
        await audit.write(connection, by=visit.staff.key, act="invite", about=f"invitation:{code}", now=visit.now)
    return visit.go(f"/people/invitations/{code}")


def _meant(written: str, names: Mapping[str, str]) -> str:
    """Return the key of what somebody names, or a name of their own for what is in no list."""
    meant = meant_by(written, names)
    if len(meant) > 1:
        said = "; ".join(names[key] for key in meant[:3])
        raise Refused(f"«{written}» có thể là: {said}. Hãy chọn một trong danh sách.")
    if not meant and len(written) > LONGEST_NAME:
        raise Refused(f"Tên «{written[:20]}…» dài quá. Hãy ghi nhiều nhất {LONGEST_NAME} ký tự.")
    return meant[0] if meant else written


async def _invitation(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        one = await _of_code(visit, connection)
    telegram = visit.query("telegram").strip().lstrip("@")
    telegram = telegram if telegram.replace("_", "").isalnum() and telegram.isascii() else ""
    links = invitations.links(one.code, telegram=telegram, web=_web(visit))
    codes = [(name, link, _picture(link)) for name, link in links.items()]
    return visit.show("people/invitation.html", one=one, codes=codes, telegram=telegram)


async def _of_code(visit: Visit, connection: AsyncConnection) -> Brought:
    """Return an invitation of a place that somebody answers for; any other is not found."""
    found = invitations.within(await invitations.brought(connection), visit.staff.answers_for)
    one = next((one for one in found if one.code == visit.path("key")), None)
    if one is None:
        raise HTTPException(404)
    return one


def _picture(link: str) -> str:
    return segno.make(link, error="m", micro=False).png_data_uri(scale=8, border=4)


async def _poster(visit: Visit) -> Response:
    """Return the QR code of the web chat's link as a file to print."""
    async with visit.house.engine.connect() as connection:
        one = await _of_code(visit, connection)
    out = io.BytesIO()
    link = invitations.links(one.code, telegram="", web=_web(visit))["web"]
    segno.make(link, error="m", micro=False).save(out, kind="pdf", scale=12, border=4)
    headers = {"content-disposition": f'attachment; filename="loi-moi-{one.code}.pdf"'}
    return Response(out.getvalue(), media_type="application/pdf", headers=headers)


def _web(visit: Visit) -> str:
    settings = visit.house.settings
    return settings.public_url or f"http://{settings.host}:{settings.port}"


PAGES = (
    Page(
        "/people", "Danh sách người dân", Right.KEEP_LISTS, get=_lists, post=_bring_in, menu="campaigns",
        help="lists", largest=MOST + FORM,
    ),
    Page(
        "/people/invitations", "Lời mời", Right.KEEP_LISTS, get=_invitations, post=_invite, menu="campaigns",
        help="invitations",
    ),
    Page("/people/invitations/{key}", "Lời mời", Right.KEEP_LISTS, get=_invitation, menu="campaigns", help="invitations"),
    Page("/people/invitations/{key}/pdf", "Lời mời", Right.KEEP_LISTS, get=_poster, help="invitations"),
)  # fmt: skip
