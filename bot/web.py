"""The web process: the chat page and its socket, the routes that Rasa calls, and health."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.convertors import register_url_convertor
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.channels.calendars import Calendars
from bot.channels.hooks import hooks
from bot.channels.leaflets import Leaflets
from bot.channels.webchat.page import chat_page
from bot.channels.webchat.picture import files, pictures
from bot.channels.webchat.socket import Sockets
from bot.channels.webchat.wire import LARGEST_FRAME
from bot.console.app import console
from bot.console.streams import Streams
from bot.conversation.tried import trying
from bot.database import psycopg_url
from bot.rasa.webhook import rasa_routes
from bot.rehearsal import rehearse_apart
from bot.security import RowNumber, SafeHeaders
from bot.settings import Settings
from bot.wiring import Parts, build

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "channels" / "webchat" / "static"


def web_app(parts: Parts) -> Starlette:
    """Return the ASGI application."""
    register_url_convertor("int", RowNumber())
    calendars = Calendars(parts.engine, parts.library, parts.clock, parts.settings)
    sockets = Sockets(parts.conversation, psycopg_url(parts.settings.database_url))
    streams = Streams()

    @asynccontextmanager
    async def listening(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(sockets.listen())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    def hotline() -> str:
        return str(parts.library.law.at(parts.today())["service.hotline"])

    async def health(_: Request) -> Response:
        async with parts.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return JSONResponse({"database": True})

    app = Starlette(
        routes=[
            Route("/", chat_page(parts.library, hotline)),
            WebSocketRoute("/chat", sockets.serve),
            Route("/picture/{row:int}", pictures(parts.conversation, parts.library)),
            Route("/file/{row:int}", files(parts.conversation, calendars.make)),
            *calendars.routes(),
            *Leaflets(parts.library, parts.today, parts.settings).routes(),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/health", health),
            *console(
                parts.engine,
                parts.library,
                parts.settings,
                parts.clock,
                parts.conversation,
                trying(parts.responder),
                rehearse_apart,
                streams,
            ),
            *hooks(parts.conversation, parts.settings),
            *rasa_routes(parts.library, parts.today, parts.settings.rasa_secret),
        ],
        middleware=[Middleware(SafeHeaders)],
        lifespan=listening,
    )
    app.state.streams = streams
    return app


async def run_web(settings: Settings) -> None:
    """Serve until told to stop."""
    async with build(settings) as parts:
        server = web_server(parts)
        log.info("Web is ready", extra={"port": settings.port})
        await server.serve()


class _Server(uvicorn.Server):
    """Ends the streams when it is told to stop, or it would wait for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app: Any = self.config.app
        app.state.streams.close()
        await super().shutdown(sockets)


def web_server(parts: Parts) -> uvicorn.Server:
    """Return the server by which uvicorn serves us: no access log, which would hold addresses; small frames; short farewell."""
    config = uvicorn.Config(
        web_app(parts),
        host=parts.settings.host,
        port=parts.settings.port,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    return _Server(config)
