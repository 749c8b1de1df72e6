"""The dry runs of campaigns that this process has under way: one for each campaign, in the background, with how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.campaigns.desk import Desk
from bot.errors import AnSinhError, Refused

log = logging.getLogger(__name__)

Rehearse = Callable[[Desk, str, str], Awaitable[list[str]]]
"""Tries a campaign of a key, for somebody; returns what came of it, which stands in the campaign's history too."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """A dry run: since when, and once it is over what came of it, or why it could not be."""

    since: datetime
    over: bool = False
    lines: tuple[str, ...] = ()
    fault: str = ""


class DryRuns:
    """Begins dry runs and remembers the last one of each campaign."""

    def __init__(self, rehearse: Rehearse) -> None:
        self._rehearse = rehearse
        self._runs: dict[str, DryRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, key: str) -> DryRun | None:
        """Return the last dry run of a campaign, None when there was none since this process began."""
        return self._runs.get(key)

    def begin(self, desk: Desk, key: str, by: str) -> None:
        """Begin one; raise Refused while another is under way, for each starts a database of its own."""
        if any(not run.over for run in self._runs.values()):
            raise Refused("Đang có một lần chạy thử. Chờ nó xong rồi chạy lần khác.")
        self._runs[key] = DryRun(desk.now)
        task = asyncio.create_task(self._run(desk, key, by))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, desk: Desk, key: str, by: str) -> None:
        begun = self._runs[key]
        try:
            lines = await self._rehearse(desk, key, by)
            self._runs[key] = replace(begun, over=True, lines=tuple(lines))
        except AnSinhError as error:
            self._runs[key] = replace(begun, over=True, fault=str(error))
        except Exception as error:
            log.error("A dry run broke", extra={"reason": type(error).__name__})
            self._runs[key] = replace(begun, over=True, fault="Chạy thử bị hỏng giữa chừng. Hãy thử lại.")
