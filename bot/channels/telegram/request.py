"""Carries python-telegram-bot's calls over our own clients, and turns failures into outcomes before it words them."""

from __future__ import annotations

import json
from typing import Any

import httpx
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.channels.calls import PATIENCE, Clients, NotSent, Unanswered, outcome_of_failure
from bot.channels.telegram.errors import outcome_of
from bot.outbox.contract import Outcome, Unknown

_DEFAULT = BaseRequest.DEFAULT_NONE


class Failed(TelegramError):
    """A call that did not succeed; its text says nothing of the address, the token or the person."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


class Request(BaseRequest):
    """What python-telegram-bot sends its calls through."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @property
    def read_timeout(self) -> float | None:
        """How long an answer may take, in seconds."""
        return PATIENCE.read

    async def initialize(self) -> None:
        """Do nothing: the clients connect when they are needed."""

    async def shutdown(self) -> None:
        """Close all connections."""
        await self._clients.aclose()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = _DEFAULT,
        write_timeout: Any = _DEFAULT,
        connect_timeout: Any = _DEFAULT,
        pool_timeout: Any = _DEFAULT,
    ) -> tuple[int, bytes]:
        """Make one call; raise Failed unless it succeeded. The clients know how long to wait."""
        del read_timeout, write_timeout, connect_timeout, pool_timeout
        files = request_data.multipart_data if request_data else None
        data = request_data.json_parameters if request_data else None
        try:
            response = await self._clients.request(method, url, data=data, files=files)
        except (NotSent, Unanswered) as error:
            raise Failed(outcome_of_failure(error)) from None
        if not response.is_success:
            raise Failed(outcome_of(response.status_code, _json(response)))
        return response.status_code, response.content

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer that says «ok», or raise Failed; the library's own way logs what it cannot read."""
        try:
            found = json.loads(payload)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or found.get("ok") is not True or "result" not in found:
            raise Failed(Unknown("answer"))
        return found


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None
