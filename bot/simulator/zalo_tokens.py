"""Access to Zalo's Official Account: tokens of 25 hours, renewed by a refresh token that works once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from bot.simulator.world import World

ACCESS_LASTS, REFRESH_LASTS = 90_000.0, 90 * 24 * 3600.0
# From memory; the facts name −14003 and −14002 only.
BAD_SECRET, BAD_APP, BAD_REFRESH = -14004, -14002, -14014


class Tokens:
    """The tokens of one account. A refresh token that was used is dead, and its successor is the only one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = random.Random(f"{world.switches.seed}/zalo_oa/tokens")  # noqa: S311
        self.access: dict[str, float] = {}
        self.refresh, self._refresh_until, self._renewals = "", 0.0, 0
        self.first = self._pair()

    def _pair(self) -> dict[str, str]:
        now = self._world.clock.now()
        access, self.refresh = (f"{name}-{self._renewals}-{self._chance.getrandbits(64):016x}" for name in ("access", "refresh"))  # fmt: skip
        self.access[access], self._refresh_until = now + ACCESS_LASTS, now + REFRESH_LASTS
        return {"access_token": access, "refresh_token": self.refresh, "expires_in": str(int(ACCESS_LASTS))}

    def revoke(self) -> None:
        """End every access token; the refresh token still works."""
        self.access.clear()

    def fault_of(self, access: str) -> int:
        """Return the error for an access token, 0 if it is good."""
        until = self.access.get(access)
        if until is None:
            return -216
        return -220 if self._world.clock.now() >= until else 0

    def renew(self, given: Mapping[str, Any], secret: str) -> dict[str, Any]:
        """Answer /v4/oa/access_token."""
        switches, now = self._world.switches, self._world.clock.now()
        if secret != switches.zalo_oa_app_secret:
            return _no(BAD_SECRET, "Invalid secret key")
        if given.get("app_id") != switches.zalo_oa_app_id:
            return _no(BAD_APP, "App is not active")
        if given.get("grant_type") != "refresh_token" or given.get("refresh_token") != self.refresh:
            return _no(BAD_REFRESH, "Invalid refresh token")
        if now >= self._refresh_until:
            return _no(BAD_REFRESH, "Refresh token expired")
        self._renewals += 1
        self._world.record("zalo_oa", "refreshed", "", str(self._renewals), "")
        return self._pair()


def _no(error: int, reason: str) -> dict[str, Any]:
    return {"error": error, "error_name": reason, "error_reason": reason, "error_description": reason}
