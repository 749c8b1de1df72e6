"""What the web chat shows beside a message, for its own contact only: /picture/<row> is drawn, /file/<row> is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.answers.library import Library
from bot.channels.webchat.socket import CHANNEL, COOKIE, address_of
from bot.citizens.store import known_contact
from bot.conversation.pictures import draw
from bot.conversation.service import Conversation
from bot.database import one_statement
from bot.outbox.contract import Upload
from bot.outbox.store import body_of

Endpoint = Callable[[Request], Awaitable[Response]]
Make = Callable[[Mapping[str, Any]], Awaitable[Upload | None]]  # a file of what a message says that it holds


def pictures(conversation: Conversation, library: Library) -> Endpoint:
    """Return the endpoint of pictures; whoever does not hold the conversation's cookie finds nothing."""

    async def picture(request: Request) -> Response:
        shown = await _own(conversation, request, "picture")
        if not shown:
            return Response(status_code=404)
        drawn = await asyncio.to_thread(draw, library, shown)
        return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})

    return picture


def files(conversation: Conversation, make: Make) -> Endpoint:
    """Return the endpoint of files, made as things stand when they are asked for."""

    async def file(request: Request) -> Response:
        held = await _own(conversation, request, "file")
        found = await make(held) if held else None
        if found is None:
            return Response(status_code=404)
        named = {"Cache-Control": "private, no-cache", "Content-Disposition": f'attachment; filename="{found.name}"'}
        return Response(found.data, media_type=found.media_type, headers=named)

    return file


async def _own(conversation: Conversation, request: Request, what: str) -> dict[str, Any] | None:
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        return None
    async with one_statement(conversation.engine) as connection:
        contact = await known_contact(connection, CHANNEL, address_of(cookie))
        body = await body_of(connection, contact, request.path_params["row"]) if contact else None
    return (body or {}).get(what) or None
