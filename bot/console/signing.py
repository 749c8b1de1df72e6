"""The doors: password, code, a new device, a new password, and out again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pyotp
import segno
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.console.forms import form_of, same_site
from bot.console.render import rendered
from bot.console.streams import EVENTS, RELOAD
from bot.console.visit import COOKIE, HOME, House, in_place, streamed
from bot.errors import Refused
from bot.staff import accounts, audit, sign_in
from bot.staff.sign_in import Session

WRONG = "Tên, mật khẩu hoặc mã không đúng, hoặc đã thử quá nhiều lần. Chờ 15 phút rồi thử lại, hoặc hỏi người quản trị."
LARGEST = 8 * 1024
Door = Callable[[House, Request], Awaitable[Response]]


def routes(house: House) -> list[Route]:
    """Return the routes that need no right."""
    doors: dict[str, Door] = {
        "/sign-in": _sign_in,
        "/code": _code,
        "/device": _device,
        "/password": _password,
        "/sign-out": _sign_out,
    }
    return [Route(HOME + path, unkept(_of(house, door)), methods=["GET", "POST"]) for path, door in doors.items()]


def _of(house: House, door: Door) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await door(house, request)

    return endpoint


def unkept(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint with answers that no browser keeps: whoever sits down here next finds none of them by going back."""

    async def answered(request: Request) -> Response:
        response = await endpoint(request)
        response.headers["cache-control"] = "no-store"
        return response

    return answered


def to_sign_in(request: Request) -> Response:
    """Send somebody who is not signed in, or not any more, to the first door, and afterwards to where they wanted to go."""
    came = request.headers.get("hx-current-url", "") if in_place(request) else ""
    page = came.partition(f"://{request.url.netloc}")[2].partition("?")[0]
    over = {"said": "session_over"} if request.cookies.get(COOKIE) else {}
    return led(request, f"{HOME}/sign-in?{urlencode({'next': page or request.url.path, **over})}")


def led(request: Request, to: str) -> Response:
    """Send the browser to another page, as a whole also when only a piece of one was asked for."""
    if in_place(request):
        return Response(status_code=204, headers={"hx-redirect": to})
    if streamed(request):
        return Response(RELOAD, media_type=EVENTS)  # the page, loaded again, is led on like any other
    return RedirectResponse(to, status_code=303)


def _inside(path: str) -> str:
    """Return a path of the console, and its first page for any other address."""
    path = path.partition("?")[0].partition("#")[0]
    return path if path.startswith(f"{HOME}/") and "\\" not in path else HOME


def _page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(rendered(template, {"wrong": "", "said": "", **values}), status_code=status)


async def _form(request: Request) -> dict[str, str]:
    found = await form_of(request, LARGEST) or FormData()
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _address(request: Request) -> str:
    return request.client.host if request.client else "?"


def _enter(response: Response, token: str, request: Request) -> Response:
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https", path=HOME
    )
    return response


async def _sign_in(house: House, request: Request) -> Response:
    wanted = _inside(request.query_params.get("next", HOME))
    if request.method == "GET" or not same_site(request):
        return _page("sign_in.html", next=wanted, said=request.query_params.get("said", ""))
    form = await _form(request)
    async with house.guesses, house.engine.begin() as connection:
        staff = await sign_in.check_password(
            connection, form.get("key", "").strip().lower(), form.get("password", ""),
            address=_address(request), now=house.clock(),
        )  # fmt: skip
        if staff is None:
            token = ""
        else:
            old = request.cookies.get(COOKIE, "")
            token = await sign_in.open_session(connection, staff, whole=False, now=house.clock(), old=old)
    if not token:
        return _page("sign_in.html", status=403, next=wanted, wrong=WRONG)
    return _enter(RedirectResponse(f"{HOME}/code?{urlencode({'next': wanted})}", status_code=303), token, request)


async def _session(house: House, request: Request) -> Session | None:
    async with house.engine.begin() as connection:
        return await sign_in.session_of(connection, request.cookies.get(COOKIE, ""), now=house.clock())


async def _code(house: House, request: Request) -> Response:
    session, wanted = await _session(house, request), _inside(request.query_params.get("next", HOME))
    if session is None:
        return to_sign_in(request)
    if not session.enrolled:
        return RedirectResponse(f"{HOME}/device", status_code=303)
    if request.method == "GET" or not same_site(request):
        return _page("code.html", next=wanted, csrf=session.csrf)
    form = await _form(request)
    token = ""
    if form.get("csrf") == session.csrf:
        async with house.engine.begin() as connection:
            right = await sign_in.check_code(
                connection, session.staff, form.get("code", ""), address=_address(request), now=house.clock()
            )
            if right:
                token = await _whole(house, connection, request, session)
    if not token:
        return _page("code.html", status=403, next=wanted, csrf=session.csrf, wrong=WRONG)
    return _enter(RedirectResponse(wanted, status_code=303), token, request)


async def _whole(house: House, connection: Any, request: Request, session: Session) -> str:
    old = request.cookies.get(COOKIE, "")
    await audit.write(connection, by=session.staff.key, act="sign_in", now=house.clock())
    return await sign_in.open_session(connection, session.staff, whole=True, now=house.clock(), old=old)


async def _device(house: House, request: Request) -> Response:
    """Let somebody who has none bring a device that makes codes; it must show that it makes the right ones."""
    session = await _session(house, request)
    if session is None:
        return to_sign_in(request)
    if session.enrolled:
        return RedirectResponse(f"{HOME}/code", status_code=303)
    secret = sign_in.device_of(request.cookies[COOKIE])
    wrong, token = "", ""
    if request.method == "POST" and same_site(request):
        form = await _form(request)
        if form.get("csrf") == session.csrf:
            async with house.engine.begin() as connection:
                if await sign_in.enrol(connection, session.staff, secret, form.get("code", ""), now=house.clock()):
                    await audit.write(connection, by=session.staff.key, act="enrol", now=house.clock())
                    token = await _whole(house, connection, request, session)
        wrong = WRONG
    if token:
        return _enter(RedirectResponse(f"{HOME}?said=enrolled", status_code=303), token, request)
    address = pyotp.TOTP(secret).provisioning_uri(name=session.staff.key, issuer_name="An Sinh")
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    return _page(
        "device.html", csrf=session.csrf, picture=picture, secret=secret, wrong=wrong, status=403 if wrong else 200
    )


async def _password(house: House, request: Request) -> Response:
    session = await _session(house, request)
    if session is None or not session.whole:
        return to_sign_in(request)
    if request.method == "GET" or not same_site(request):
        return _page("password.html", csrf=session.csrf, new=session.password_is_new)
    form, wrong = await _form(request), ""
    try:
        if form.get("csrf") != session.csrf or form.get("new") != form.get("again"):
            raise Refused("Hai lần nhập mật khẩu mới không giống nhau.")
        async with house.engine.begin() as connection:
            chosen = await accounts.choose_password(
                connection, session.staff, old=form.get("old", ""), new=form.get("new", ""),
                address=_address(request), now=house.clock(),
            )  # fmt: skip
        wrong = "" if chosen else "Mật khẩu đang dùng không đúng."
    except Refused as error:
        wrong = str(error)
    if wrong:
        return _page("password.html", status=403, csrf=session.csrf, new=session.password_is_new, wrong=wrong)
    return RedirectResponse(f"{HOME}/sign-in?said=password_chosen", status_code=303)


async def _sign_out(house: House, request: Request) -> Response:
    """End the session for a form of its own; anything else, such as a link from elsewhere, ends nothing."""
    session = await _session(house, request)
    form = await _form(request) if request.method == "POST" and same_site(request) else {}
    if session is not None and form.get("csrf") != session.csrf:
        return RedirectResponse(HOME, status_code=303)
    async with house.engine.begin() as connection:
        await sign_in.close_session(connection, request.cookies.get(COOKIE, ""))
    response = RedirectResponse(f"{HOME}/sign-in?said=signed_out", status_code=303)
    response.delete_cookie(COOKIE, path=HOME)
    return response
