"""Staff of the demonstration at work in a real Chromium, and a record of which acts of the console a browser has done."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pyotp
from playwright.async_api import Browser, Dialog, Locator, Page, Response, expect

from bot.console.pages import (
    PAGES,
    bookings,
    bookings_field,
    bookings_new,
    bookings_people,
    campaigns,
    campaigns_approve,
    campaigns_people,
    campaigns_write,
    content,
    heard,
    law,
    people,
    reports,
    settings,
    staff,
    talks,
    wave_files,
    wave_reports,
    waves,
    work,
)
from bot.console.render import TEMPLATES
from bot.console.visit import HOME
from bot.demo_place import ACCOUNTS, PROVINCE
from bot.staff import accounts
from bot.staff.rules import Role
from tests.console.browsing import SIZES, Seen, furnish, looking
from tests.console.conftest import Console

Deed = tuple[str, str]
"""An act: the path of its page, as PAGES says it, and which of its buttons; "" where there is but one."""

SUBJECTS: Mapping[str, tuple[ModuleType, ...]] = {
    "bookings": (bookings, bookings_new, bookings_people, bookings_field),
    "campaigns": (campaigns, campaigns_write, campaigns_approve, campaigns_people, heard),
    "doors": (staff,),
    "office": (content, law, work, reports, people, settings),
    "talks": (talks,),
    "waves": (waves, wave_files, wave_reports),
}
"""Which pages the tests of each subject, test_acts_<subject>.py, do the acts of."""
_FILES: Mapping[str, tuple[str, ...]] = {
    "bookings": ("bookings/*",), "campaigns": ("campaigns/*",), "doors": ("staff.html",), "talks": ("talks/*",),
    "office": ("content/*", "people/*", "reports/*", "settings/*"), "waves": ("campaigns/*wave*", "reports/waves.html"),
}  # fmt: skip
_BUTTON = re.compile(r'name="(?:what|step|form)" value="(\w+)"|\bact\("(\w+)"')
DOORS = ("/sign-in", "/code", "/device", "/password", "/sign-out")
_POSTS = {
    path: re.compile(HOME + re.sub(r"\{\w+(:\w+)?\}", "[^/]+", path))
    for path in (*DOORS, *(page.path for page in PAGES if page.post))
}
_WATCH = """
    const named = (form, button) => ['what', 'step', 'form'].includes(button?.name) ? button.value : new FormData(form).get('what') || '';
    const path = (address) => new URL(address, location.href).pathname;
    const offered = () => {
        const found = [];
        for (const form of document.querySelectorAll('form[method=post]')) {
            const buttons = [...form.querySelectorAll('button')].filter((one) => one.type === 'submit');
            for (const button of buttons) found.push([path(form.action), named(form, button)]);
        }
        for (const one of document.querySelectorAll('[hx-post]:not(form, form *)')) found.push([path(one.getAttribute('hx-post')), '']);
        for (const one of document.querySelectorAll('form button[type=button][hx-post]')) found.push([path(one.getAttribute('hx-post')), '']);
        offers(found);
    };
    addEventListener('DOMContentLoaded', offered);
    addEventListener('htmx:afterSettle', offered);
    addEventListener('submit', (event) => sends(path(event.target.action), named(event.target, event.submitter)), true);
    addEventListener('htmx:beforeRequest', (event) => {
        const { verb, path: to, parameters } = event.detail.requestConfig;
        if (verb === 'post') sends(path(to), parameters.what || parameters.step || '');
    });
"""


def page_of(path: str) -> str:
    """Return the path of the page that takes posts at an address, as PAGES says it."""
    return next(page for page, shape in _POSTS.items() if shape.fullmatch(path))


@dataclass
class Desk:
    """Somebody of the staff before a window of the console."""

    console: Console
    seen: Seen

    @property
    def page(self) -> Page:
        """Return the page of the browser."""
        return self.seen.page

    async def go(self, path: str) -> None:
        """Open a page of the console."""
        assert await self.seen.open(self.console.url + HOME + path) == 200, path

    def button(self, name: str) -> Locator:
        """Return the first button of that name that is to be seen."""
        return self.page.get_by_role("button", name=name).and_(self.page.locator("button:visible")).first

    async def press(self, name: str) -> None:
        """Press a button by its name."""
        await self.button(name).click()

    async def follow(self, name: str) -> None:
        """Go where a link of the page leads, not one of the menu."""
        await self.page.locator("main").get_by_role("link", name=name, exact=True).first.click()

    async def open(self, summary: str) -> None:
        """Unfold what stands behind some words."""
        await self.page.locator("summary:visible", has_text=summary).first.click()

    async def fill(self, **fields: str) -> None:
        """Type into the fields of these names that are to be seen."""
        for name, typed in fields.items():
            await self.page.locator(f"[name='{name}']:visible").first.fill(typed)

    async def told(self, words: str) -> None:
        """Wait until the page says at its top that an act is done."""
        await expect(self.page.get_by_role("status").first).to_contain_text(words)

    async def shows(self, words: str) -> None:
        """Wait until the page shows some words."""
        await expect(self.page.locator("main")).to_contain_text(words)

    async def refused(self, words: str) -> None:
        """Wait until the page says why not; that the browser notes the status is no fault then."""
        await expect(self.page.get_by_role("alert").first).to_contain_text(words)
        self.seen.faults[:] = [fault for fault in self.seen.faults if "400" not in fault and "403" not in fault]

    async def one(self, query: str, **values: Any) -> Any:
        """Return the one row of a query."""
        [row] = await self.console.rows(query, **values)
        return row


@dataclass
class Acts:
    """The console with the demonstration, who works there, and what has been done and could be."""

    console: Console
    browser: Browser
    done: set[Deed] = field(default_factory=set)
    offered: set[Deed] = field(default_factory=set)
    _tokens: dict[str, str] = field(default_factory=dict)
    _sent: dict[str, str] = field(default_factory=dict)  # what was sent to an address last, by its button

    @asynccontextmanager
    async def at_work(self, key: str, size: str = "laptop") -> AsyncIterator[Desk]:
        """Open a window of a size for an account, "" for nobody; at its end no script may have failed."""
        token = await self._token(key) if key else ""
        async with looking(self.browser, self.console.url, token, SIZES[size]) as seen:
            await self._watch(seen.page)
            yield Desk(self.console, seen)
            assert not seen.faults, seen.faults

    async def _token(self, key: str) -> str:
        if key not in self._tokens:
            async with self.console.parts.engine.connect() as connection:
                staff = await accounts.find(connection, key)
            self._tokens[key] = await self.console.cookie(staff)
        return self._tokens[key]

    async def _watch(self, page: Page) -> None:
        page.set_default_timeout(30_000)
        page.on("dialog", _agree)
        page.on("response", self._answered)
        await page.expose_function("offers", self._offers)
        await page.expose_function("sends", self._sends)
        await page.add_init_script(f"(() => {{{_WATCH}}})()")

    def _offers(self, found: Iterable[Deed]) -> None:
        self.offered |= {(page_of(path), what) for path, what in found}

    def _sends(self, path: str, what: str) -> None:
        self._sent[path] = what

    def _answered(self, response: Response) -> None:
        path = urlsplit(response.url).path
        if response.request.method == "POST" and response.status < 400:
            self.done.add((page_of(path), self._sent.get(path, "")))

    def left(self, subject: str) -> list[str]:
        """Return what no browser has done of a subject: pages that take posts, buttons seen, buttons that some template writes."""
        paths = {page.path for module in SUBJECTS[subject] for page in module.PAGES if page.post}
        paths |= set(DOORS) if subject == "doors" else set()
        done = {deed for deed in self.done if deed[0] in paths}
        seen = {deed for deed in self.offered if deed[0] in paths}
        never = paths - {path for path, _ in done} | written(subject) - {what for _, what in done}
        return sorted(never | {f"{path} {what}".strip() for path, what in seen - done})


def written(subject: str) -> set[str]:
    """Return the buttons that stand in the templates of a subject; those of waves lie among the others."""
    files = _files(subject) - (_files("waves") if subject != "waves" else set())
    return {first or second for file in files for first, second in _BUTTON.findall(file.read_text(encoding="utf-8"))}


def _files(subject: str) -> set[Path]:
    return {file for pattern in _FILES[subject] for file in TEMPLATES.glob(pattern)}


async def _agree(dialog: Dialog) -> None:
    await dialog.accept()


async def begun(console: Console, browser: Browser) -> Acts:
    """Fill the console as `make demo` does, and let everybody have a telephone and a password of their own."""
    await furnish(console)
    for account in ACCOUNTS:
        values = {"key": account.key, "totp": pyotp.random_base32()}
        await console.do("UPDATE staff SET totp = :totp, password_is_new = false WHERE key = :key", **values)
    await console.hire("quay", Role.CONSULTANT, scope=(PROVINCE,))  # at the counter: for all offices, in nobody's place
    return Acts(console, browser)
