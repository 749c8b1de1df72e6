"""The doors of the console: nobody comes in without password and code, nothing is done without a form of one's own."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pyotp
import pytest

from bot.console.app import menu
from bot.console.pages import PAGES
from bot.console.render import TEMPLATES
from bot.console.visit import HOME, Page
from bot.staff import accounts
from bot.staff.rules import RIGHTS, Role, Staff
from tests.console.acts import SUBJECTS
from tests.console.conftest import NOW, Console


def filled(page: Page) -> str:
    """Return an address of the page, with a name that nothing has where it needs one."""
    return HOME + re.sub(r"\{\w+\}", "khong_co", re.sub(r"\{\w+:int\}", "1", page.path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path or "/")
async def test_each_page_and_act_is_for_those_who_have_the_right_and_for_nobody_else(
    page: Page, console: Console
) -> None:
    address = filled(page)
    async with httpx.AsyncClient(base_url=console.url, trust_env=False) as nobody:
        for method in ("GET", "POST"):
            answer = await nobody.request(method, address)
            allowed = page.get if method == "GET" else page.post
            assert answer.status_code == (303 if allowed else 405)
            assert not allowed or answer.headers["location"].startswith(f"{HOME}/sign-in?next=")
    for role in Role:
        somebody = await console.as_(role.value, role)
        may = page.right is None or page.right in RIGHTS[role]
        for method, allowed in (("GET", page.get), ("POST", page.post)):
            if allowed:
                status = (await somebody.request(method, address, data={} if method == "POST" else None)).status_code
                assert (status != 403) == may, f"{role} {method} {address}: {status}"
                assert status < 500, f"{role} {method} {address}"


async def test_a_form_that_is_too_large_is_not_read(console: Console) -> None:
    somebody = await console.as_("all", *Role)
    answer = await somebody.post(f"{HOME}/staff", data={"key": "x" * 300_000})
    assert answer.status_code == 403


async def entered(console: Console, client: httpx.AsyncClient, key: str) -> str:
    """Make an account and return its first password."""
    async with console.parts.engine.begin() as connection:
        return await accounts.add(connection, key, name="Lan", roles=[Role.ADMIN], by="test", now=NOW)


def csrf_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


async def test_the_first_sign_in_goes_by_password_device_and_a_password_of_ones_own(console: Console) -> None:
    async with httpx.AsyncClient(base_url=console.url, trust_env=False) as browser:
        password = await entered(console, browser, "lan")
        first = await browser.post(f"{HOME}/sign-in", data={"key": "Lan ", "password": password})
        assert first.status_code == 303
        one = browser.cookies["an_sinh_staff"]
        assert (await browser.get(f"{HOME}/staff")).headers["location"] == f"{HOME}/device", "a password is half of it"
        page = (await browser.get(f"{HOME}/device")).text
        secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
        assert secret
        made = pyotp.TOTP(secret[1])
        wrong = await browser.post(f"{HOME}/device", data={"csrf": csrf_in(page), "code": "abc"})
        assert wrong.status_code == 403
        right = await browser.post(f"{HOME}/device", data={"csrf": csrf_in(page), "code": made.at(NOW)})
        assert right.status_code == 303 and browser.cookies["an_sinh_staff"] != one, "the session is another one"
        assert (await browser.get(f"{HOME}/staff")).headers["location"] == f"{HOME}/password"
        assert (await browser.get(f"{HOME}/device")).headers["location"] == f"{HOME}/code", "the secret is shown once"
        assert [row.act for row in await console.rows("SELECT act FROM audit WHERE by = 'lan'")] == ["enrol", "sign_in"]
        page = (await browser.get(f"{HOME}/password")).text
        new = {"old": password, "new": "ruộng lúa chín vàng", "again": "ruộng lúa chín vàng", "csrf": csrf_in(page)}
        unequal = await browser.post(f"{HOME}/password", data={**new, "again": "khác"})
        assert "không giống nhau" in unequal.text
        assert (await browser.post(f"{HOME}/password", data=new)).status_code == 303
        assert (await browser.get(f"{HOME}/staff")).headers["location"].startswith(f"{HOME}/sign-in")


async def test_who_signs_out_is_out(console: Console) -> None:
    somebody = await console.as_("lan", Role.ADMIN)
    cookie = somebody.cookies["an_sinh_staff"]
    await somebody.post(f"{HOME}/sign-out", data={"csrf": "wrong"})
    headers = {"cookie": f"an_sinh_staff={cookie}"}
    assert (await somebody.get(f"{HOME}/staff", headers=headers)).status_code == 200, (
        "only one's own form signs one out"
    )
    token = somebody.headers["x-csrf-token"]
    assert (await somebody.post(f"{HOME}/sign-out", data={"csrf": token}, headers=headers)).status_code == 303
    assert (await somebody.get(f"{HOME}/staff", headers=headers)).status_code == 303


async def test_what_is_filled_in_is_never_run(console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    name = "<script>alert(1)</script>{{ 7*7 }}"
    answer = await admin.post(f"{HOME}/staff", data={"key": "x.y", "name": name, "roles": "viewer"})
    assert "<script>alert" not in answer.text and "&lt;script&gt;alert(1)" in answer.text and "{{ 7*7 }}" in answer.text
    said = await admin.get(f"{HOME}?said=<script>alert(1)</script>")
    assert "alert(1)" not in said.text


async def test_pages_carry_the_headers_that_keep_them_to_themselves(console: Console) -> None:
    admin = await console.as_("root", Role.ADMIN)
    answer = await admin.get(HOME)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\son\w+=|style=|javascript:", re.IGNORECASE)
    assert not [path.name for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text(encoding="utf-8"))]


def test_the_acts_of_each_page_are_done_in_a_browser_by_the_tests_of_some_subject() -> None:
    asked = {page.path for modules in SUBJECTS.values() for module in modules for page in module.PAGES if page.post}
    assert asked == {page.path for page in PAGES if page.post}
    for subject in SUBJECTS:
        assert f'acts.left("{subject}")' in Path(__file__).with_name(f"test_acts_{subject}.py").read_text("utf-8")


def test_each_role_has_a_menu_of_what_it_may_see() -> None:
    for role in Role:
        staff = Staff(1, "x", "X", frozenset({role}), frozenset())
        for item in menu(staff):
            page = next(page for page in PAGES if HOME + page.path == item.path)
            assert page.right is None or staff.may(page.right)
