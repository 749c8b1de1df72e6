"""Rate limits as the providers keep them: a token bucket whose refusals grow when they are not heeded."""

from __future__ import annotations

import math

GRACE = 1.0  # calls already under way at a refusal are not held against the caller
LONGEST = 10_072  # the largest retry_after seen in public
CALM = 60.0  # seconds after a wait until earlier strikes are forgotten
FIRST = 3


class Bucket:
    """Lets `burst` through at once and `rate` a second; says how long to wait otherwise."""

    __slots__ = ("_at", "_barred_until", "_burst", "_full", "_rate", "_strikes", "_struck_at")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._full, self._at = float(burst), now
        self._barred_until, self._strikes, self._struck_at = 0.0, 0, -math.inf

    def wait(self, now: float) -> int:
        """Return 0 if one more may pass (it is not taken yet), or the whole seconds to wait; waits double if ignored."""
        if now < self._barred_until:
            if now - self._struck_at > GRACE:
                self._strike(now, 0)
            return math.ceil(self._barred_until - now)
        self._full = min(self._burst, self._full + max(0.0, now - self._at) * self._rate)
        self._at = now
        if self._full >= 1 - 1e-9:
            return 0
        self._strike(now, (1 - self._full) / self._rate if self._rate else LONGEST)
        return math.ceil(self._barred_until - now)

    def take(self) -> None:
        """Count one that passed."""
        self._full -= 1

    def _strike(self, now: float, needed: float) -> None:
        if now > self._barred_until + CALM:
            self._strikes = 0
        wait = min(LONGEST, max(math.ceil(needed), FIRST << min(self._strikes, 12)))
        self._barred_until, self._struck_at = max(self._barred_until, now + wait), now
        self._strikes += 1


class Quota:
    """A number of things in each period of a fixed length, counted from a given edge."""

    __slots__ = ("_period", "_window", "used")

    def __init__(self, period: float) -> None:
        self._period, self._window, self.used = period, -1, 0

    def count(self, now: float, edge: float = 0) -> int:
        """Return how many were used in the period that holds this moment."""
        window = int((now - edge) // self._period)
        if window != self._window:
            self._window, self.used = window, 0
        return self.used

    def take(self) -> None:
        """Use one."""
        self.used += 1
