"""One request of a member of staff: who it is, what the page works with, and how it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.answers.library import Library
from bot.answers.uses import Shelf
from bot.campaigns.written import Template
from bot.clock import Clock, day_in_vietnam
from bot.console.dry_runs import DryRuns
from bot.console.render import rendered
from bot.conversation.service import Conversation
from bot.conversation.tried import TryIt
from bot.settings import Settings
from bot.staff.rules import Right, Staff
from bot.staff.sign_in import Session

HOME = "/console"


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
        """Tell whether HTMX asks, which wants a piece of a page."""
        return self.request.headers.get("hx-request") == "true"

    def path(self, name: str) -> str:
        """Return a part of the address, such as a campaign's key; no table holds a NUL, so none comes through."""
        return str(self.request.path_params[name]).replace("\0", "")

    def query(self, name: str, default: str = "") -> str:
        """Return what the address says behind its question mark, at most 200 signs of it."""
        return self.request.query_params.get(name, default)[:200].replace("\0", "")

    def field(self, name: str, longest: int = 2000) -> str:
        """Return a text of the form, without spaces around it; an upload is none."""
        found = self.form.get(name, "")
        return found.replace("\0", "").strip()[:longest] if isinstance(found, str) else ""

    def fields(self, name: str) -> list[str]:
        """Return all texts of a name: what is ticked."""
        return [one.replace("\0", "").strip()[:200] for one in self.form.getlist(name) if isinstance(one, str)]

    def show(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page, or with HTMX the piece that the template is."""
        return HTMLResponse(rendered(template, self._common() | values), status_code=status)

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
        to = HOME + path + (f"?{urlencode({'said': said})}" if said else "")
        if self.in_place:
            return Response(status_code=204, headers={"hx-redirect": to})
        return RedirectResponse(to, status_code=303)


Answer = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page or an act of the console. `right`: what it needs, None: to be signed in. `menu`: its place in the menu, "": none.

    `path` is below /console. `help`: the name of its help page, bot/console/help/<help>.md.
    """

    path: str
    title: str
    right: Right | None
    get: Answer | None = None
    post: Answer | None = None
    menu: str = ""
    help: str = ""
    largest: int = 64 * 1024  # bytes of a form; more where files are taken
