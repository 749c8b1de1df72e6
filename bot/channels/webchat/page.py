"""The chat page: server-rendered, one small script, one style sheet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.answers.library import Library
from bot.channels.webchat.socket import COOKIE, new_address

YEAR = 365 * 24 * 3600


def chat_page(library: Library, hotline: Callable[[], str]) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of the page; a new visitor gets the cookie that holds the conversation."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=True, trim_blocks=True
    )
    template = environment.get_template("page.html")
    words = {key.removeprefix("web_"): text for key, text in library.texts.items() if key.startswith("web_")}

    async def page(request: Request) -> Response:
        number = hotline()
        filled = {key: text.filled(hotline=number) for key, text in words.items()}
        response = HTMLResponse(template.render(words=filled, greeting=library.text("greet")))
        if not request.cookies.get(COOKIE):
            secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, new_address(), max_age=YEAR, httponly=True, samesite="lax", secure=secure)
        return response

    return page
