"""Whatever is typed into a field, an address or a header is words: never a program, never a statement, never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import httpx
import pytest

from bot.console.pages import PAGES
from bot.console.visit import HOME, Page
from bot.staff.rules import Role
from tests.console.attacks import HURTS, RAW, SCRIPTS, SINGLY, acts, address, asked_for, fields_of, named, names
from tests.console.conftest import Console, without_tokens

IN_PLACE = {"hx-request": "true"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
OURS = ("/", "?", "#", "https://", "http://127.0.0.1", "data:image/", "tel:")  # where a page may lead


@pytest.fixture(scope="module")
async def hostile(stage: Console) -> httpx.AsyncClient:
    """Somebody who may do everything and means harm."""
    return await stage.as_("all", *Role, consultant="viet_tri.01")


@pytest.fixture(scope="module")
async def true(stage: Console) -> dict[str, str]:
    """The addresses of all pages, as they are before anything is done."""
    [(people,)] = await stage.rows("SELECT count(*) FROM person WHERE name LIKE 'Người dân%'")
    return {**await names(stage), "people": str(people)}


class Links(HTMLParser):
    """Collects where a page leads that it should not, and handlers in it."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            leads = name in ("href", "src", "action", "formaction", "hx-get", "hx-post")
            if name.startswith("on") or leads and value and not value.startswith(OURS):
                self.bad.append(f"{tag} {name}={value}")


def unharmed(answer: httpx.Response, what: str) -> None:
    assert answer.status_code < 500, f"{answer.status_code}: {what}"
    assert "x-evil" not in answer.headers, what
    if answer.headers.get("content-type", "").startswith("text/html"):
        page = answer.text
        assert not [script for script in SCRIPTS if "<" in script and script in page], what
        assert "1337" not in without_tokens(page) and "<class" not in page, what
        links = Links()
        links.feed(page)
        assert not links.bad, f"{what}: {links.bad}"


def test_what_finds_a_script_in_a_page_does_find_it() -> None:
    for page in (
        *(script for script in SCRIPTS if "<" in script),
        "1337",
        "<a href='javascript:x'>",
        "<p onclick='x'>",
    ):
        with pytest.raises(AssertionError):
            unharmed(httpx.Response(200, html=page), page)


def queries(page: Page) -> Iterator[str]:
    """Yield what may stand behind the question mark: each parameter with what hurts most, all at once with all that hurts."""
    known = asked_for(page)
    yield from (urlencode({name: word}) for name in known for word in SINGLY)
    yield from (urlencode(dict.fromkeys(known, word)) for word in HURTS)
    yield from ("&".join(f"{name}={word}" for name in known) for word in RAW)


@pytest.mark.parametrize("page", [page for page in PAGES if page.get], ids=lambda page: page.path or "/")
async def test_an_address_says_what_it_likes(page: Page, true: dict[str, str], hostile: httpx.AsyncClient) -> None:
    words = [*map(lambda word: quote(word, safe=""), HURTS), *RAW] if named(page) else []
    for at in [*(f"{true[page.path]}?{query}" for query in queries(page)), *(pressed(page, word) for word in words)]:
        unharmed(await hostile.get(at), at)
    for word in words:
        unharmed(await hostile.get(pressed(page, word), headers=IN_PLACE), word)


def pressed(page: Page, word: str) -> str:
    return address(page, lambda _: "NAME").replace("NAME", word)


@pytest.mark.parametrize(
    ("page", "body"), [*acts()], ids=lambda one: one.path if isinstance(one, Page) else one.get("what", "")
)
async def test_a_field_holds_what_it_likes(
    page: Page, body: dict[str, str], true: dict[str, str], hostile: httpx.AsyncClient
) -> None:
    at, what = true[page.path], {"what": body["what"]} if "what" in body else {}
    if what == {"what": "reset"}:
        return  # it reads no field, and to make a password takes long
    for name in body.keys() - what.keys():
        for word in SINGLY:
            unharmed(await hostile.post(at, data={**body, name: word}), f"{at} {body} {name}={word!r:.40}")
    for word in HURTS:
        all_of_it = {**dict.fromkeys(fields_of(page), word), **what}
        unharmed(await hostile.post(at, data=all_of_it, headers=IN_PLACE), f"{at} {all_of_it!r:.200}")
    for raw in RAW:
        sent = "&".join(f"{name}={raw}" for name in fields_of(page))
        unharmed(await hostile.post(at, content=sent, headers=FORM), f"{at} {raw}")


DOORS = {
    "sign-in": ("key", "password"), "code": ("csrf", "code"), "device": ("csrf", "code"),
    "password": ("csrf", "old", "new", "again"), "sign-out": ("csrf",),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
async def test_the_doors_hear_what_they_like(door: str, stage: Console, hostile: httpx.AsyncClient) -> None:
    new = await stage.hire("new_one", Role.VIEWER) if door == "device" else None
    async with httpx.AsyncClient(base_url=stage.url, trust_env=False) as browser:
        if new:
            await stage.do("UPDATE staff SET totp = NULL WHERE key = 'new_one'")
            browser.cookies.set("an_sinh_staff", await stage.cookie(new))
        for somebody in (browser, hostile):
            for word in HURTS:
                where = {"next": word, "said": word}
                unharmed(await somebody.get(f"{HOME}/{door}", params=where), word) if door != "sign-out" else None
                sent = await somebody.post(f"{HOME}/{door}", params=where, data=dict.fromkeys(DOORS[door], word))
                unharmed(sent, f"{door} {word!r:.40}")
            for raw in RAW:
                content = "&".join(f"{name}={raw}" for name in DOORS[door])
                unharmed(await somebody.post(f"{HOME}/{door}", content=content, headers=FORM), f"{door} {raw}")
    await stage.do("DELETE FROM sign_in_failure")


@pytest.mark.parametrize("cookie", ["!!!", "MFRGG", "é", '"', "a" * 5000, "\\0"])
async def test_a_cookie_holds_what_it_likes(cookie: str, stage: Console) -> None:
    new = await stage.hire(f"cookie_{abs(hash(cookie)) % 999}", Role.VIEWER)
    await stage.do("UPDATE staff SET totp = NULL WHERE key = :key", key=new.key)
    own = await stage.cookie(new)
    async with httpx.AsyncClient(base_url=stage.url, trust_env=False) as browser:
        for sent in (
            f"an_sinh_staff={cookie}",
            f"an_sinh_staff={own}; an_sinh_device={cookie}",
            f"an_sinh_chat={cookie}",
        ):
            headers = httpx.Headers([(b"cookie", sent.encode())])
            for at in ("/", HOME, f"{HOME}/device", f"{HOME}/staff", "/picture/1", "/file/1"):
                unharmed(await browser.get(at, headers=headers), f"{at} {sent:.60}")
            unharmed(await browser.post(f"{HOME}/device", headers=headers, data={"code": "1"}), sent)


CITIZENS = ("/?via={}", "/picture/{}", "/file/{}", "/appointment/{}.ics", "/calendar/{}.ics", "/static/{}", "/console/static/{}", "/console/help/{}")  # fmt: skip
FILES = ("../../../settings.py", "..%2f..%2f..%2fsettings.py", "%2e%2e/%2e%2e/settings.py", "....//settings.py", "%00", "..%5c..%5csettings.py", "%2fetc%2fpasswd", "//etc/passwd", "x" * 300)  # fmt: skip


@pytest.mark.parametrize("where", CITIZENS)
async def test_no_address_outside_the_console_gives_what_is_not_its_own(where: str, stage: Console) -> None:
    async with httpx.AsyncClient(base_url=stage.url, trust_env=False, cookies={"an_sinh_chat": "x" * 32}) as citizen:
        for word in (*map(lambda word: quote(word, safe=""), HURTS), *RAW, *FILES):
            answer = await citizen.get(where.format(word))
            unharmed(answer, f"{where} {word:.60}")
            if "via" not in where:
                assert "class Settings" not in answer.text and "root:" not in answer.text
                assert answer.status_code in (303, 404) or "help" in where, f"{where} {word:.60}: {answer.status_code}"


async def test_nothing_of_all_this_has_made_or_removed_anybody(stage: Console, true: dict[str, str]) -> None:
    """People are made by what they write, and erased by themselves alone: no act of the console does either."""
    made = "SELECT count(*) FROM contact WHERE channel = 'web'"
    assert (await stage.rows(made))[0][0] == 0, "to ask for a picture makes no conversation"
    gone = "SELECT p.id FROM person p WHERE NOT EXISTS (SELECT FROM contact c WHERE c.person_id = p.id) AND p.phone IS NULL"
    assert not await stage.rows(gone)
    assert (await stage.rows("SELECT count(*) FROM person WHERE name LIKE 'Người dân%'"))[0][0] == int(true["people"])
