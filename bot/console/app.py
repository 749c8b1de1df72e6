"""The console as routes: every page goes through the same doors, in the same order: session, code, right, form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from secrets import compare_digest

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.answers.library import Library
from bot.answers.uses import shelf_of
from bot.campaigns.templates import read_templates
from bot.clock import Clock
from bot.console import signing
from bot.console.dry_runs import DryRuns, Rehearse
from bot.console.forms import form_of, same_site
from bot.console.pages import PAGES
from bot.console.render import rendered
from bot.console.streams import Streams
from bot.console.visit import COOKIE, HOME, House, MenuItem, Page, Visit, in_place, streamed
from bot.console.words import MENUS
from bot.conversation.service import Conversation
from bot.conversation.tried import TryIt
from bot.errors import AnSinhError, Refused
from bot.settings import ROOT, Settings
from bot.staff import sign_in
from bot.staff.rules import Staff
from bot.staff.sign_in import Session

STATIC = Path(__file__).parent / "static"
HTMX = files("js_lib_htmx") / "static" / "htmx" / "htmx.min.js"
GUESSES = 4
NOT_IN_ORDER = "Một tệp nội dung đang có lỗi nên chưa làm được. Hãy báo biên tập viên và gửi kèm dòng dưới đây."
Endpoint = Callable[[Request], Awaitable[Response]]


def menu(staff: Staff, part: str = "") -> list[MenuItem]:
    """Return the menu of somebody: of each part the first page that they may see; of one part all of them."""
    seen = [
        page for page in PAGES if page.get and "{" not in page.path and (page.right is None or staff.may(page.right))
    ]
    if part:
        return [MenuItem(part, page.title, HOME + page.path) for page in seen if page.menu == part]
    first = {key: next((page for page in seen if page.menu == key), None) for key in MENUS}
    return [MenuItem(key, MENUS[key], HOME + page.path) for key, page in first.items() if page]


def console(
    engine: AsyncEngine,
    library: Library,
    settings: Settings,
    clock: Clock,
    conversation: Conversation,
    try_it: TryIt,
    rehearse: Rehearse,
    streams: Streams,
) -> list[BaseRoute]:
    """Return the routes of the console. `rehearse`: tries a campaign at simulated providers."""
    shelf = cache(partial(shelf_of, ROOT / "content", library))
    templates = cache(partial(read_templates, ROOT / "content", library))
    house = House(
        engine,
        library,
        settings,
        clock,
        conversation,
        try_it,
        shelf,
        templates,
        menu,
        DryRuns(rehearse),
        streams,
        asyncio.Semaphore(GUESSES),
    )
    routes: list[BaseRoute] = [
        Route(HOME + page.path, signing.unkept(_guarded(house, page)), methods=_methods(page)) for page in PAGES
    ]

    async def htmx(_: Request) -> Response:
        return FileResponse(str(HTMX), media_type="text/javascript", headers={"cache-control": "public, max-age=86400"})

    return [
        *signing.routes(house),
        Route(f"{HOME}/static/htmx.js", htmx),
        Mount(f"{HOME}/static", StaticFiles(directory=STATIC)),
        *routes,
    ]


def _methods(page: Page) -> Sequence[str]:
    return [method for method, answer in (("GET", page.get), ("POST", page.post)) if answer]


def _guarded(house: House, page: Page) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        polled = page.polled and (in_place(request) or streamed(request))
        session = await session_of(house, request, used=not polled)
        if session is None:
            return signing.to_sign_in(request)
        if not session.whole:
            return signing.led(request, f"{HOME}/{'code' if session.enrolled else 'device'}")
        if session.password_is_new:
            return signing.led(request, f"{HOME}/password")
        if page.right is not None and not session.staff.may(page.right):
            return refused(house, 403, "Bạn không có quyền xem trang này. Cần thì hãy hỏi người quản trị.")
        form = await form_of(request, page.largest, files=1) if request.method == "POST" else FormData()
        if form is None or (request.method == "POST" and not genuine(request, session.csrf, form)):
            return refused(house, 403, "Trang đã mở quá lâu hoặc biểu mẫu không hợp lệ. Hãy tải lại trang rồi làm lại.")
        answer = page.post if request.method == "POST" else page.get
        assert answer is not None
        try:
            return await _answered(Visit(request, house, session, page, form), answer)
        finally:
            await form.close()  # what came with it is on the disk until then

    return endpoint


async def _answered(visit: Visit, answer: Callable[[Visit], Awaitable[Response]]) -> Response:
    """Return the page; what may not be done is said, and where to go back to."""
    try:
        return await answer(visit)
    except HTTPException as error:
        return refused(
            visit.house, error.status_code, "Không tìm thấy trang này, hoặc nó không thuộc nơi bạn phụ trách."
        )
    except AnSinhError as error:
        said, detail = (str(error), "") if isinstance(error, Refused) else (NOT_IN_ORDER, str(error))
        if visit.in_place:
            return visit.show("piece/fault.html", fault=said, detail=detail)
        return visit.show("fault.html", status=400, fault=said, detail=detail, back=_back(visit.request))


def _back(request: Request) -> str:
    """Return the page of ours from which somebody came, by the browser's word, or the console's first."""
    came, _, page = request.headers.get("referer", "").partition(f"://{request.url.netloc}{HOME}/")
    path, _, query = page.partition("?")
    if came not in ("http", "https"):
        return HOME
    return f"{HOME}/{path}?{query}" if query and "said=" not in query else f"{HOME}/{path}"


async def session_of(house: House, request: Request, *, used: bool) -> Session | None:
    """Return who is signed in with this browser. `used`: it is a request of theirs, not one that a page makes by itself."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    async with house.engine.begin() as connection:
        return await sign_in.session_of(connection, token, now=house.clock(), used=used)


def genuine(request: Request, csrf: str, form: FormData) -> bool:
    """Tell whether a form comes from a page of this session: by its token, and by what the browser says of its origin."""
    token = form.get("csrf") or request.headers.get("x-csrf-token", "")
    return isinstance(token, str) and compare_digest(token.encode(), csrf.encode()) and same_site(request)


def refused(_: House, status: int, why: str) -> HTMLResponse:
    """Return a bare page that says why not."""
    return HTMLResponse(rendered("bare.html", {"title": "Không thực hiện được", "why": why}), status_code=status)
