"""The simulated clock: it runs at any speed, stands, or leaps; those who wait on it wake in order."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime


class SimulatedClock:
    """Tells seconds since 1970. Sockets are held in real time; limits, windows, retries and receipts live on this one."""

    def __init__(self, began: float, speed: float) -> None:
        self._base, self._mark, self.speed = began, time.monotonic(), speed
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Return the simulated moment."""
        return self._base + (time.monotonic() - self._mark) * self.speed

    def moment(self) -> datetime:
        """Return the simulated moment as an aware datetime."""
        return datetime.fromtimestamp(self.now(), UTC)

    def leap(self, seconds: float) -> None:
        """Move the clock at once, forward or back."""
        self._rebase(self.now() + seconds, self.speed)

    def run_at(self, speed: float) -> None:
        """Change how many simulated seconds pass in a real one; 0 stops the clock."""
        self._rebase(self.now(), speed)

    async def until(self, moment: float) -> None:
        """Wait for a simulated moment; return at once if it has passed."""
        if moment <= self.now():
            return
        ring: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (moment, next(self._order), ring))
        self._wind()
        await ring

    def _rebase(self, base: float, speed: float) -> None:
        self._base, self._mark, self.speed = base, time.monotonic(), speed
        self._ring()

    def _ring(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.now():
            _, _, ring = heapq.heappop(self._waiting)
            if not ring.done():
                ring.set_result(None)
        self._wind()

    def _wind(self) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if self._waiting and self.speed > 0:
            real = max(0.0, (self._waiting[0][0] - self.now()) / self.speed)
            self._alarm = asyncio.get_running_loop().call_later(real + 0.0005, self._ring)
