"""Leaflets as PDF, for messages that carry one and at a public address for those that can only link to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.answers.library import Library
from bot.errors import AnSinhError
from bot.outbox.contract import Upload
from bot.settings import Settings
from bot.sheets.printing import PDF, SHEET, printed

MEDIA_TYPE = "application/pdf"
AT_ONCE = 1  # pages drawn at a time: however many are asked for, the chat keeps its processor
_KEPT = {"cache-control": "public, max-age=3600", "content-disposition": f'inline; filename="{PDF}"'}


class Leaflets:
    """Makes leaflets; of a place and a day one is drawn once."""

    def __init__(self, library: Library, today: Callable[[], date], settings: Settings) -> None:
        self._library, self._today, self._web = library, today, settings.public_url
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def make(self, file: Mapping[str, Any]) -> Upload | None:
        """Return the file that a message says it holds; None when it is none of these, or cannot be made."""
        if file.get("kind") != SHEET:
            return None
        return await self._upload(str(file["what"]), str(file["place"]), date.fromisoformat(file["on"]))

    async def _upload(self, what: str, place: str, day: date) -> Upload | None:
        try:
            async with self._turn:
                data = await asyncio.to_thread(printed, self._library, what, place, day, self._web)
        except AnSinhError:
            return None
        return Upload(PDF, "file", data, media_type=MEDIA_TYPE)

    def routes(self) -> list[Route]:
        """Return the route at which everybody reads the leaflets of today."""
        return [Route("/leaflet/{what}/{place}.pdf", self._leaflet)]

    async def _leaflet(self, request: Request) -> Response:
        found = await self._upload(request.path_params["what"], request.path_params["place"], self._today())
        if found is None:
            return Response(status_code=404)
        return Response(found.data, media_type=found.media_type, headers=_KEPT)
