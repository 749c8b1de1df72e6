"""A running simulator as tests and scripts see it: its addresses, and its control as functions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from bot.errors import SetupError
from bot.simulator.truth import Line


@dataclass(frozen=True)
class Remote:
    """The control of a running simulator; the four bases are what a channel takes as its provider's address."""

    url: str
    client: httpx.AsyncClient

    @property
    def telegram(self) -> str:
        """The base_url for python-telegram-bot."""
        return f"{self.url}/telegram/bot"

    @property
    def telegram_files(self) -> str:
        """The base_file_url for python-telegram-bot."""
        return f"{self.url}/telegram/file/bot"

    @property
    def zalo_bot(self) -> str:
        """What stands before /bot<token>/<method>."""
        return f"{self.url}/zalo_bot"

    @property
    def zalo_oa(self) -> str:
        """What stands for any of the three hosts openapi, business and oauth."""
        return f"{self.url}/zalo_oa"

    @property
    def sms(self) -> str:
        """What stands before /MainService.svc."""
        return f"{self.url}/sms"

    async def post(self, name: str, /, **given: Any) -> dict[str, Any]:
        """Call /control/<name>; raise SetupError with the reason if it is refused."""
        answer = await self.client.post(f"/control/{name}", json=given)
        if answer.status_code == 400:
            raise SetupError(answer.json()["error"])
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    async def reset(self, **switches: Any) -> None:
        """Begin a new world with these switches changed."""
        await self.post("reset", **switches)

    async def advance(self, seconds: float) -> None:
        """Move the clock."""
        await self.post("clock", advance=seconds)

    async def fault(self, kind: str, /, **given: Any) -> None:
        """Put a fault in force."""
        await self.post("faults", kind=kind, **given)

    async def citizens(self, face: str, **given: Any) -> None:
        """Make or change citizens."""
        await self.post("citizens", face=face, **given)

    async def said(self, face: str, address: str, text: str = "", kind: str = "text", **more: Any) -> str:
        """Let one citizen do something; return the provider's id of the event."""
        found = await self.post("said", face=face, address=address, text=text, kind=kind, **more)
        return str(found["ids"][0])

    async def state(self) -> dict[str, Any]:
        """Return where everything stands."""
        found: dict[str, Any] = (await self.client.get("/control/state")).raise_for_status().json()
        return found

    async def truth(self, face: str = "", kind: str = "", after: int = -1) -> list[Line]:
        """Return lines of the truth."""
        query: dict[str, str | int] = {"face": face, "kind": kind, "after": after}
        answer = (await self.client.get("/control/truth", params=query)).raise_for_status()
        return [Line(**line) for line in answer.json()]

    async def until(self, holds: Callable[[dict[str, Any]], bool], seconds: float = 10) -> dict[str, Any]:
        """Wait until the state is as wished; raise TimeoutError after so many real seconds."""
        async with asyncio.timeout(seconds):
            while not holds(found := await self.state()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return found
