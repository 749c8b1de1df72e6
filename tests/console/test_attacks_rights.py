"""Who may not, does not: without a form of one's own, from elsewhere, with fewer rights, in a foreign province; nothing changes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.console.pages import PAGES
from bot.console.visit import HOME
from bot.staff import sign_in
from bot.staff.rules import Right, Role
from tests.console.attacks import REAL, acts, changed, named, names, of_a_place, parts_of, state_of
from tests.console.conftest import Console

ELSEWHERE = ("ca_mau",)


@pytest.fixture
async def true(stage: Console) -> AsyncIterator[dict[str, str]]:
    """The addresses of all pages; whoever does anything at all is found out."""
    for key in ("all", "viewer", "foreign"):
        scope = ELSEWHERE if key == "foreign" else ()
        await stage.as_(key, *([Role.VIEWER] if key == "viewer" else Role), scope=scope)
    found, before = await names(stage), await state_of(stage)
    yield found
    assert not changed(before, await state_of(stage))


def test_every_name_in_an_address_is_attacked() -> None:
    assert {part for page in PAGES for part in parts_of(page)} == REAL.keys()


async def test_to_look_changes_nothing(stage: Console, true: dict[str, str]) -> None:
    somebody = await stage.as_("all")
    for page in PAGES:
        if page.get:
            answer = await somebody.get(true[page.path])
            assert answer.status_code in (200, 303), f"{page.path}: {answer.status_code}"
            head = await somebody.head(true[page.path])
            assert head.status_code == answer.status_code and not head.content
    for door in ("sign-in", "code", "device", "password", "sign-out"):
        await somebody.get(f"{HOME}/{door}")
    assert (await somebody.get(f"{HOME}/staff")).status_code == 200, "nobody is signed out by a link"


FOREIGN_FORMS: dict[str, dict[str, str]] = {
    "without a token": {"x-csrf-token": ""},
    "with a made-up token": {"x-csrf-token": "0" * 64},
    "with signs that are none": {"x-csrf-token": "\xe9" * 64},
    "from another site": {"sec-fetch-site": "cross-site"},
    "from another part of the site": {"sec-fetch-site": "same-site"},
    "from another origin, by an old browser": {"origin": "https://evil.example"},
    "from another port": {"origin": "http://127.0.0.1:1"},
    "from a frame without an origin": {"origin": "null"},
}


@pytest.mark.parametrize("how", [*FOREIGN_FORMS, "another session", "somebody else", "in the address"])
async def test_no_act_is_done_for_a_form(how: str, stage: Console, true: dict[str, str]) -> None:
    somebody = await stage.as_("all")
    headers = httpx.Headers(
        [(name.encode(), said.encode("latin-1")) for name, said in FOREIGN_FORMS.get(how, {}).items()]
    )
    where = ""
    if how in ("another session", "somebody else"):
        who = "all" if how == "another session" else "viewer"
        async with stage.parts.engine.begin() as connection:
            staff = (await stage.rows("SELECT id FROM staff WHERE key = :key", key=who))[0].id
            other = sign_in.staff_of((await stage.rows("SELECT * FROM staff WHERE id = :id", id=staff))[0])
            token = await sign_in.open_session(connection, other, whole=True, now=stage.parts.clock())
        headers = httpx.Headers({"x-csrf-token": sign_in.csrf_of(token)})
    if how == "in the address":
        headers, where = httpx.Headers({"x-csrf-token": ""}), f"?csrf={somebody.headers['x-csrf-token']}"
    for page, body in acts():
        answer = await somebody.post(true[page.path] + where, data=body, headers=headers)
        assert answer.status_code == 403, f"{page.path}: {answer.status_code}"
    out = await somebody.post(f"{HOME}/sign-out{where}", headers=headers)
    assert out.headers["location"] == HOME and "set-cookie" not in out.headers
    assert (await somebody.get(f"{HOME}/staff")).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", "multipart/form-data", ""]
)
async def test_what_is_no_form_is_none(kind: str, stage: Console, true: dict[str, str]) -> None:
    somebody = await stage.as_("all")
    for page, _ in acts():
        headers = {"content-type": kind, "x-csrf-token": ""}
        token = somebody.headers["x-csrf-token"]
        answer = await somebody.post(true[page.path], content=f'csrf={token}&{{"csrf":"{token}"}}', headers=headers)
        assert answer.status_code == 403 and "biểu mẫu không hợp lệ" in answer.text, page.path


async def test_a_viewer_who_posts_does_nothing(stage: Console, true: dict[str, str]) -> None:
    viewer = await stage.as_("viewer")
    for page, body in acts():
        answer = await viewer.post(true[page.path], data=body)
        allowed = page.right in (None, Right.SEE_CAMPAIGNS, Right.SEE_CONTENT, Right.SEE_REPORTS)
        assert answer.status_code in ((400, 404) if allowed else (403,)) or page.path == "/content/try", page.path


async def test_what_lies_elsewhere_is_not_found(stage: Console, true: dict[str, str]) -> None:
    foreign = await stage.as_("foreign")
    for page in PAGES:
        if of_a_place(page) and page.get and not page.path.endswith(("/change", "/open")):
            assert (await foreign.get(true[page.path])).status_code == 404, page.path
    for page, body in acts():
        if of_a_place(page):
            answer = await foreign.post(true[page.path], data=body)
            assert answer.status_code == 404, f"{page.path} {body}: {answer.status_code}"


async def test_lists_hold_nothing_from_elsewhere(stage: Console, true: dict[str, str]) -> None:
    foreign = await stage.as_("foreign")
    names_there = (
        "SELECT name FROM office UNION SELECT name FROM consultant UNION SELECT name FROM field_day UNION SELECT code FROM invitation"
        " UNION SELECT snippet FROM rumour UNION SELECT plan->>'name' FROM wave UNION SELECT key FROM staff WHERE 'phu_tho' = ANY(scope)"
    )
    marks = [f">{row[0]}<" for row in await stage.rows(names_there)]
    marks += [f"/campaigns/{row[0]}" for row in await stage.rows("SELECT key FROM campaign")]
    everywhere = await stage.as_("all")
    offices = (await everywhere.get(f"{HOME}/settings/offices")).text
    assert any(mark in offices for mark in marks)
    for page in PAGES:
        if page.get and not named(page):
            text = (await foreign.get(true[page.path])).text
            assert not [mark for mark in marks if mark in text], page.path


async def some(stage: Console, query: str) -> str:
    return str((await stage.rows(query))[0][0])


async def test_numbers_and_keys_in_forms_reach_nothing_elsewhere(stage: Console, true: dict[str, str]) -> None:
    foreign = await stage.as_("foreign")
    offer = await some(
        stage, "SELECT consultant_id || '.' || 'office' || '.' || '2026-12-01T08:00' FROM appointment LIMIT 1"
    )
    entry = await some(stage, "SELECT min(id) FROM wave_entry")
    tries: list[tuple[str, dict[str, str], tuple[int, ...]]] = [
        ("/bookings/new", {"offer": offer, "topic": "health", "name": "Nguyễn An", "phone": "0912345678"}, (400, 404)),
        ("/bookings/field-new", {"office": "viet_tri", "name": "x", "address": "x", "commune": "07900", "day": "2026-12-03",
            "starts": "08:00", "ends": "09:00", "seats": "3", "team": "viet_tri.01"}, (404,)),
        ("/waves/phu_tho_thu/entries", {"what": "take_back", "entry": entry, "note": "x"}, (404,)),
        ("/people/invitations", {"event": "huong_canh.2026-12-03"}, (400,)),
        ("/people/invitations", {"event": "x", "agent": "viet_tri.01"}, (400,)),
        ("/staff", {"key": "moi.a", "name": "Mới", "roles": "admin", "scope": ""}, (400,)),
        ("/staff", {"key": "moi.b", "name": "Mới", "roles": "viewer", "scope": "ca_mau phu_tho"}, (400,)),
        ("/staff", {"key": "moi.c", "name": "Mới", "roles": "consultant", "scope": "ca_mau", "consultant": "viet_tri.01"}, (400,)),
        ("/staff/foreign", {"what": "roles", "roles": "admin", "scope": ""}, (400,)),
        ("/staff/all", {"what": "reset"}, (404,)),
    ]  # fmt: skip
    for path, body, refused in tries:
        answer = await foreign.post(HOME + path, data=body)
        assert answer.status_code in refused, f"{path} {body}: {answer.status_code}"


@pytest.fixture
async def colleague(stage: Console) -> httpx.AsyncClient:
    """A consultant of another office in the same province."""
    return await stage.as_("colleague", Role.CONSULTANT, scope=("phu_tho",), consultant="hoa_binh.05")


async def test_a_consultant_does_nothing_with_what_is_a_colleagues(
    colleague: httpx.AsyncClient, true: dict[str, str], stage: Console
) -> None:
    for page, body in acts():
        talk = page.path.startswith("/talks/{id")
        if talk and page.path.endswith(("/open", "/suggestion")):
            continue  # a talk of one's province may be read, which is written down
        if talk or page.path.startswith(("/bookings/{id", "/bookings/people/{key}")):
            answer = await colleague.post(true[page.path], data=body)
            assert answer.status_code == (400 if talk else 404), f"{page.path} {body}: {answer.status_code}"
    own = await some(stage, "SELECT id FROM plan_exception LIMIT 1")
    answer = await colleague.post(
        f"{HOME}/bookings/people/hoa_binh.05/change", data={"what": "take_back", "number": own}
    )
    assert answer.status_code in (400, 404)
