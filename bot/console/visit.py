"""One request of a member of staff: who it is, what the page works with, and how it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from bot.answers.library import Library
from bot.answers.uses import Shelf
from bot.campaigns.written import Template
from bot.clock import Clock, day_in_vietnam
from bot.console.dry_runs import DryRuns
from bot.console.render import rendered
from bot.console.streams import EVENTS, Streams, Take
from bot.conversation.service import Conversation
from bot.conversation.tried import TryIt
from bot.errors import Refused
from bot.settings import Settings
from bot.staff import sign_in
from bot.staff.rules import Right, Staff
from bot.staff.sign_in import Session
from bot.vn.text import storable

HOME = "/console"
COOKIE = "an_sinh_staff"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu."""

    key: str
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class House:
    """What all pages work with."""

    engine: AsyncEngine
    library: Library
    settings: Settings
    clock: Clock
    conversation: Conversation
    try_it: TryIt
    shelf: Callable[[], Shelf]
    templates: Callable[[], Mapping[str, Template]]  # of campaigns, as they are written
    menu: Callable[[Staff, str], Sequence[MenuItem]]  # of somebody, whole ("") or the pages of one part
    dry_runs: DryRuns
    streams: Streams
    guesses: asyncio.Semaphore  # passwords looked at at a time: however many are guessed, others keep their connections


def in_place(request: Request) -> bool:
    """Tell whether HTMX asks, which wants a piece of a page."""
    return request.headers.get("hx-request") == "true"


def streamed(request: Request) -> bool:
    """Tell whether a page of ours listens for what is new."""
    return request.headers.get("accept") == EVENTS


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by somebody who is signed in and may see the page; of a POST the form, already checked to be theirs."""

    request: Request
    house: House
    session: Session
    page: Page
    form: FormData = field(default_factory=FormData)

    @property
    def staff(self) -> Staff:
        """Return who it is."""
        return self.session.staff

    @property
    def now(self) -> datetime:
        """Return the moment."""
        return self.house.clock()

    @property
    def today(self) -> date:
        """Return the day in Vietnam."""
        return day_in_vietnam(self.now)

    @property
    def in_place(self) -> bool:
        """Tell whether a piece of a page is asked for."""
        return in_place(self.request)

    def path(self, name: str) -> str:
        """Return a part of the address, such as a campaign's key, without what no table holds; empty: it has no such part."""
        return storable(str(self.request.path_params.get(name, "")))

    def query(self, name: str, default: str = "", longest: int = 200) -> str:
        """Return what the address says behind its question mark, at most so many signs of it."""
        return storable(self.request.query_params.get(name, default)[:longest])

    def query_number(self, name: str) -> int:
        """Return a whole number that the address says, 0 for anything that is none of up to five digits."""
        written = self.query(name)
        return int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0

    def field(self, name: str, longest: int = 2000) -> str:
        """Return a text of the form, without spaces around it; an upload is none."""
        found = self.form.get(name, "")
        return found.strip()[:longest] if isinstance(found, str) else ""

    def fields(self, name: str) -> list[str]:
        """Return all texts of a name: what is ticked."""
        return [one.strip()[:200] for one in self.form.getlist(name) if isinstance(one, str)]

    async def file(self, name: str, largest: int) -> bytes | None:
        """Return the bytes of a file that came with the form, None where none was chosen; Refused when it is too large."""
        found = self.form.get(name)
        if not isinstance(found, UploadFile) or not found.filename:
            return None
        data = await found.read()
        if len(data) > largest:
            raise Refused(f"Tệp lớn quá {largest // 2**20} MB. Hãy chia thành nhiều tệp nhỏ.")
        return data

    def show(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page, or with HTMX the piece that the template is."""
        return HTMLResponse(rendered(template, self._common() | values), status_code=status)

    def follow(self, subject: str, take: Take, *, state: str) -> Response:
        """Answer with what is new of a subject, as it comes, while it is in that state and this person may see it."""
        events = self.house.streams.follow(self.staff.id, subject, take, state=state, allowed=self._goes_on)
        return StreamingResponse(events, media_type=EVENTS, headers={"x-accel-buffering": "no"})

    async def _goes_on(self) -> bool:
        """Tell whether the session is as it was; looking is no use of it."""
        token = self.request.cookies.get(COOKIE, "")
        async with self.house.engine.connect() as connection:
            return await sign_in.session_of(connection, token, now=self.now, used=False) == self.session

    def _common(self) -> dict[str, Any]:
        return {
            "visit": self,
            "staff": self.staff,
            "page": self.page,
            "csrf": self.session.csrf,
            "may": {right.value for right in self.staff.rights},
            "said": self.query("said"),
            "today": self.today,
            "menu": self.house.menu(self.staff, ""),
            "beside": self.house.menu(self.staff, self.page.menu) if self.page.menu else [],
        }

    def go(self, path: str, *, said: str = "") -> Response:
        """Send the browser on to another page of ours; `said`: the key of what it tells there."""
        to = HOME + quote(path) + (f"?{urlencode({'said': said})}" if said else "")
        if self.in_place:
            return Response(status_code=204, headers={"hx-redirect": to})
        return RedirectResponse(to, status_code=303)


Answer = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page or an act of the console. `right`: what it needs, None: to be signed in. `menu`: its place in the menu, "": none.

    `path` is below /console. `help`: the name of its help page, bot/console/help/<help>.md.
    `polled`: an open page asks for it again and again by itself, which keeps nobody's session alive.
    """

    path: str
    title: str
    right: Right | None
    get: Answer | None = None
    post: Answer | None = None
    menu: str = ""
    help: str = ""
    polled: bool = False
    largest: int = 64 * 1024  # bytes of a form; more where files are taken
