"""The pictures of the web chat: /picture/<row> draws what the message of that row shows, for its own contact only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from bot.answers.library import Library
from bot.channels.webchat.socket import CHANNEL, COOKIE, address_of
from bot.conversation.pictures import draw
from bot.conversation.service import Conversation
from bot.database import one_statement
from bot.outbox.store import body_of


def pictures(conversation: Conversation, library: Library) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint; whoever does not hold the conversation's cookie finds nothing."""

    async def picture(request: Request) -> Response:
        cookie = request.cookies.get(COOKIE, "")
        if not cookie:
            return Response(status_code=404)
        contact_id = await conversation.open_contact(CHANNEL, address_of(cookie))
        async with one_statement(conversation.engine) as connection:
            body = await body_of(connection, contact_id, request.path_params["row"])
        if not body or not body.get("picture"):
            return Response(status_code=404)
        drawn = await asyncio.to_thread(draw, library, body["picture"])
        return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})

    return picture
