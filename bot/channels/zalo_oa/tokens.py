"""The account's pair of tokens: the refresh token works once, so a new pair is kept before it is used."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.channels.bodies import inside
from bot.channels.calls import Clients, Unanswered
from bot.channels.zalo_oa.errors import BACK_OFF
from bot.errors import AnSinhError

log = logging.getLogger(__name__)

OFFICIAL = "https://oauth.zaloapp.com"
_PATH = "/v4/oa/access_token"
RENEW_AFTER = timedelta(hours=20)  # an access token lives for 25


class TokenRefused(AnSinhError):
    """Zalo takes the refresh token no more: an administrator must allow the application again."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What Zalo gave at a moment."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    since: datetime


class TokenStore(Protocol):
    """Where the pair is kept."""

    async def load(self) -> Pair:
        """Return the pair as it is kept now."""
        ...

    def lock(self) -> AbstractAsyncContextManager[None]:
        """Keep all other processes from renewing the pair; holds no transaction open."""
        ...

    async def save(self, pair: Pair) -> None:
        """Keep a pair for good before returning."""
        ...


def due(pair: Pair, now: datetime) -> bool:
    """Tell whether the pair should be renewed."""
    return now - pair.since >= RENEW_AFTER


@dataclass(frozen=True, slots=True)
class App:
    """The application that acts for the account."""

    app_id: str
    secret_key: str = field(repr=False)


class Tokens:
    """Gives access tokens and renews the pair."""

    def __init__(self, app: App, store: TokenStore, clients: Clients, *, base_url: str = OFFICIAL) -> None:
        self._app, self._store, self._clients, self._url = app, store, clients, base_url + _PATH
        self._one = asyncio.Lock()  # of this process, so that a burst does not hold a connection for each message

    async def access(self, now: datetime) -> str:
        """Return an access token, renewed when it is due; raise TokenRefused, NotSent, Unanswered."""
        pair = await self._store.load()
        return await self.renewed(pair.access, now) if due(pair, now) else pair.access

    async def renewed(self, seen: str, now: datetime) -> str:
        """Return another access token than the one seen: somebody else's, or a new one; raise as `access` does."""
        return await asyncio.shield(asyncio.ensure_future(self._renewed(seen, now)))

    async def _renewed(self, seen: str, now: datetime) -> str:
        """Renew the pair; whoever asked may have left meanwhile, the pair is kept all the same."""
        async with self._one, self._store.lock():
            pair = await self._store.load()
            if pair.access != seen:
                return pair.access
            new = await self._exchange(pair.refresh, now)
            await self._kept(new)
            return new.access

    async def _kept(self, pair: Pair) -> None:
        """Keep a pair however long it takes: the one before it works no more."""
        while True:
            try:
                return await self._store.save(pair)
            except Exception as error:
                log.error("A pair of tokens is not kept yet", extra={"reason": type(error).__name__})
                await asyncio.sleep(1)

    async def _exchange(self, refresh: str, now: datetime) -> Pair:
        form = {"refresh_token": refresh, "app_id": self._app.app_id, "grant_type": "refresh_token"}
        status, answer = await self._clients.post(self._url, headers={"secret_key": self._app.secret_key}, data=form)
        return read_pair(status, answer, now)


def read_pair(status: int, answer: Any, now: datetime) -> Pair:
    """Return the pair that an answer holds; raise TokenRefused, or Unanswered where there is no saying."""
    access, refresh = inside(answer, "access_token"), inside(answer, "refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return Pair(access, refresh, now)
    error = inside(answer, "error")
    if status < 500 and error and error not in BACK_OFF:
        raise TokenRefused("Zalo refuses the refresh token")
    raise Unanswered("no pair of tokens")
