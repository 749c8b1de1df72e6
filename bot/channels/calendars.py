"""Calendar files on the web: a citizen's appointment behind a signed link, a consultant's feed behind a secret address."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.answers.library import Library
from bot.booking.calendar import MEDIA_TYPE
from bot.booking.feed import feed
from bot.booking.invitation import NAME, invitation
from bot.clock import Clock
from bot.database import one_statement
from bot.outbox.contract import Upload
from bot.security import signed, unsigned
from bot.settings import Settings

PURPOSE = "appointment"
AT_ONCE = 4  # calendars drawn at a time: however many are asked for, the chat keeps its connections
_PRIVATE = {"Cache-Control": "private, max-age=300"}
_NOT_FOUND = {"Cache-Control": "no-store"}


class Calendars:
    """Makes calendar files, for messages and for the web."""

    def __init__(self, engine: AsyncEngine, library: Library, clock: Clock, settings: Settings) -> None:
        self._engine, self._library, self._clock = engine, library, clock
        self._url, self._secret = settings.public_url, settings.hook_secret
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def make(self, file: Mapping[str, Any]) -> Upload | None:
        """Return the file that a message says it holds, and where it lies; None when there is none any more."""
        if file.get("kind") != "ics":
            return None
        number = int(file["appointment"])
        data = await self._invitation(number)
        return Upload(NAME, "file", data, self._link(number), MEDIA_TYPE) if data else None

    def routes(self) -> list[Route]:
        """Return the routes of both kinds of calendars."""
        return [
            Route("/appointment/{token}.ics", self._appointment),
            Route("/calendar/{secret}.ics", self._feed),
        ]

    def _link(self, number: int) -> str:
        return f"{self._url}/appointment/{signed(str(number), PURPOSE, self._secret)}.ics" if self._url else ""

    async def _invitation(self, number: int) -> bytes | None:
        async with self._turn, one_statement(self._engine) as connection:
            return await invitation(connection, self._library, number, now=self._clock())

    async def _appointment(self, request: Request) -> Response:
        number = unsigned(request.path_params["token"], PURPOSE, self._secret)
        data = await self._invitation(int(number)) if number else None
        return _as_answer(request, data, f'attachment; filename="{NAME}"')

    async def _feed(self, request: Request) -> Response:
        async with self._turn, one_statement(self._engine) as connection:
            data = await feed(connection, self._library, request.path_params["secret"], now=self._clock())
        return _as_answer(request, data, "inline")


def _as_answer(request: Request, data: bytes | None, disposition: str) -> Response:
    """Return the file; nothing for whoever has it already, and 404 for whoever guesses."""
    if data is None:
        return Response(status_code=404, headers=_NOT_FOUND)
    named = {**_PRIVATE, "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"'}
    if named["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=named)
    return Response(data, media_type=MEDIA_TYPE, headers={**named, "Content-Disposition": disposition})
