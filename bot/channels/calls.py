"""Calls to providers: HTTP clients of one connection each, and whether a failed call had left us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from bot.errors import TryLater
from bot.outbox.contract import Outcome, Retry, Unknown

PATIENCE = httpx.Timeout(15.0, connect=5.0, pool=5.0)
_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class NotSent(TryLater):
    """The call never left us: the same call may be made again."""


class Unanswered(TryLater):
    """The call left us, or may have, and no answer came."""


class Clients:
    """HTTP clients of one account, each of one connection, and how many calls each is making.

    httpx looks through a pool's connections at every call, so a pool of many costs more than many pools. They are httpx's transports without its client: less work for each call, no redirects, no cookies, nothing read from
    the environment, nothing tried twice, and no line in the log with the address, in which tokens stand.
    """

    def __init__(self, count: int = 8, *, patience: httpx.Timeout = PATIENCE, proxy: str | None = None) -> None:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        trusted = httpx.create_ssl_context(trust_env=False)
        self._clients = [
            httpx.AsyncHTTPTransport(verify=trusted, limits=limits, proxy=proxy, retries=0) for _ in range(count)
        ]
        self._calls, self._patience = [0] * count, {"timeout": patience.as_dict()}

    async def request(self, method: str, url: str, **content: Any) -> httpx.Response:
        """Make one call with the least busy client; raise NotSent or Unanswered, which name no address."""
        number = self._calls.index(min(self._calls))
        self._calls[number] += 1
        try:
            request = httpx.Request(method, url, extensions=self._patience, **content)
            response = await self._clients[number].handle_async_request(request)
            await response.aread()
            return response
        except (httpx.InvalidURL, *_BEFORE) as error:
            raise NotSent(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise Unanswered(type(error).__name__) from None
        finally:
            self._calls[number] -= 1

    async def post(self, url: str, *, headers: Mapping[str, str] | None = None, **content: Any) -> tuple[int, Any]:
        """Post and return the status and the answer's JSON, None where it is none."""
        response = await self.request("POST", url, headers=headers, **content)
        try:
            return response.status_code, response.json()
        except (ValueError, RecursionError):
            return response.status_code, None

    async def aclose(self) -> None:
        """Close all connections."""
        for client in self._clients:
            await client.aclose()


def outcome_of_failure(error: TryLater) -> Outcome:
    """Return what a failed call means: nothing but time is lost where it never left."""
    if isinstance(error, NotSent):
        return Retry(1.0, "account", counted=False, outage=True)
    return Unknown(str(error))
