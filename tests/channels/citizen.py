"""A person with a telephone, as conversations in tests have one: the wait for what comes next."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

from bot.simulator.truth import Line

PATIENCE = 60.0  # seconds


class Citizen(ABC):
    """One person; each message is looked at once."""

    def __init__(self) -> None:
        self._seen = 0

    @abstractmethod
    async def got(self) -> list[Line]:
        """Return all that they got, oldest first."""

    async def gets(self, words: str, seconds: float = PATIENCE) -> Line:
        """Wait for the next message that holds these words."""
        return await self._next(lambda line: words in line.text, seconds)

    async def gets_picture(self) -> Line:
        """Wait for the next picture."""
        return await self._next(lambda line: bool(line.extra.get("picture")))

    async def _next(self, wished: Callable[[Line], bool], seconds: float = PATIENCE) -> Line:
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            for line in (await self.got())[self._seen :]:
                self._seen += 1
                if wished(line):
                    return line
            await asyncio.sleep(0.1)
        raise AssertionError(f"not among {[(line.text[:80], line.extra) for line in await self.got()]}")
