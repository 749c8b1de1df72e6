"""What keeps a page to itself (no foreign script, no frame, no guess of content types), and links that nobody can guess."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from starlette.convertors import IntegerConvertor
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # others learn nothing; we, from which page somebody came
    "cache-control": "no-cache",
}


class RowNumber(IntegerConvertor):
    """A number in an address that a column of the tables can hold; a longer one leads nowhere."""

    regex = "[0-9]{1,18}"


class SafeHeaders:
    """Adds the headers to every HTTP response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def signed(value: str, purpose: str, secret: str) -> str:
    """Return the value with a signature that only we can make, for an address; of one purpose it is good for no other."""
    digest = hmac.digest(secret.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256)
    return f"{value}-{urlsafe_b64encode(digest)[:22].decode()}"


def unsigned(token: str, purpose: str, secret: str) -> str | None:
    """Return the value of a token that we have signed, None of any other; compared in constant time."""
    value = token.partition("-")[0]
    whole = signed(value, purpose, secret)
    return value if secret and hmac.compare_digest(whole.encode(), token.encode("utf-8", "replace")) else None
