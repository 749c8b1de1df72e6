"""What goes over the wire: a call read whole, a reply, and how a reply is lost on the way."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY = 55 * 1024 * 1024  # a document for Telegram may have 50 MB


class TooLarge(Exception):
    """The body passes every limit."""


class BadCall(Exception):
    """The body cannot be read as the content type says."""


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file."""

    name: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request; `path` stands without the face's prefix."""

    verb: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> str:
        """Return a header by its name in lower case, or an empty text."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), "")

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of query and body (JSON, form or multipart); raise BadCall if they cannot be read."""
        found: dict[str, Any] = dict(_form(self.query)) if self.query else {}
        if self.body:
            found |= self._body_parameters()
        return found

    def _body_parameters(self) -> dict[str, Any]:
        kind = self.header(b"content-type")
        if kind.startswith("application/json"):
            return json_object(self.body)
        if kind.startswith("multipart/form-data"):
            return _multipart(self.body, kind)
        return dict(_form(self.body))


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes
    kind: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: this is the hot path


def json_reply(status: int, value: object, *headers: tuple[bytes, bytes]) -> Reply:
    """Return a JSON answer."""
    return Reply(status, written(value), headers=headers)


def written(value: object) -> bytes:
    """Return a value as compact JSON."""
    return _written(value).encode()


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


_read = json.JSONDecoder(parse_float=_finite, parse_constant=_finite).decode


def json_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object; raise BadCall for anything else, however deep or strange."""
    try:
        value = _read(body.decode())
        if b"\\u" in body:
            written(value)  # half of a surrogate pair cannot travel on
    except (ValueError, RecursionError):
        raise BadCall("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise BadCall("JSON object is expected")
    return value


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200, errors="strict")
    except ValueError:
        raise BadCall("can't parse form") from None


_BOUNDARY = re.compile(r'boundary="?([^";,]{1,200})"?')
_FIELD = re.compile(rb'[; ]name="([^"]*)"')
_FILE = re.compile(rb'filename="([^"]*)"')
_TYPE = re.compile(rb"(?im)^content-type:[ ]*([^\r\n;]+)")


def _multipart(body: bytes, kind: str) -> dict[str, Any]:
    boundary = _BOUNDARY.search(kind)
    if not boundary:
        raise BadCall("boundary is missing")
    found: dict[str, Any] = {}
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode("latin-1"))[1:]:
        head, gap, value = piece.partition(b"\r\n\r\n")
        name = _FIELD.search(head)
        if gap and name:
            found[name[1].decode(errors="replace")] = _part(head, value)
    return found


def _part(head: bytes, value: bytes) -> File | str:
    file = _FILE.search(head)
    if not file:
        return value.decode(errors="replace")
    kind = _TYPE.search(head)
    return File(file[1].decode(errors="replace"), (kind[1] if kind else b"application/octet-stream").decode(), value)


async def read_body(receive: Receive) -> bytes:
    """Read the whole body; raise TooLarge past the largest any provider takes."""
    message = await receive()
    body = message.get("body", b"")
    if not message.get("more_body"):
        return bytes(body)
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            raise TooLarge
    return b"".join(parts)


async def send_reply(send: Send, reply: Reply) -> None:
    """Send the whole answer."""
    await send(_start(reply))
    await send({"type": "http.response.body", "body": reply.body})


async def send_half(send: Send, reply: Reply) -> None:
    """Send the head and half the body; the server closes the connection of an answer that stays incomplete."""
    await send(_start(reply))
    await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
    await asyncio.sleep(0.02)  # let the half arrive, so that the client loses the rest


async def hang(receive: Receive) -> None:
    """Hold the connection without a word until the client gives up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(reply: Reply) -> MutableMapping[str, Any]:
    headers = [
        (b"content-type", reply.kind),
        (b"content-length", str(len(reply.body)).encode()),
        *reply.headers,
    ]
    return {"type": "http.response.start", "status": reply.status, "headers": headers}
