"""What goes over the web chat's socket: reading a browser's frame, writing ours. See static/chat.js for the other side."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.conversation.rules import Event, Kind
from bot.vn.text import storable

LARGEST_FRAME = 64 * 1024  # bytes
LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Received:
    """The browser has every message up to this row."""

    up_to: int


@dataclass(frozen=True, slots=True)
class Hello:
    """The browser is here and has every message up to this row."""

    after: int


Frame = Event | Received | Hello


def read_frame(raw: str | bytes | None) -> Frame | None:
    """Read one frame; None when it is nothing we know: a page cannot be trusted to be ours."""
    try:
        found = json.loads(raw or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    kind = found.get("kind")
    if kind in ("hello", "received"):
        row = found.get("row")
        if type(row) is not int or not 0 <= row < 2**63:
            return None
        return Hello(row) if kind == "hello" else Received(row)
    if kind not in (Kind.TEXT, Kind.BUTTON):
        return None
    event_id, payload = found.get("id"), found.get("payload")
    if not isinstance(event_id, str) or not isinstance(payload, str):
        return None
    if not 0 < len(event_id := storable(event_id)) <= LONGEST_ID:
        return None
    return Event(event_id, Kind(kind), storable(payload))


def write_stored(event_id: str) -> str:
    """Say that an event is safe with us, so that the browser stops repeating it."""
    return json.dumps({"kind": "stored", "id": event_id})


def write_messages(rows: Iterable[tuple[int, dict[str, Any]]]) -> str:
    """Write messages with their rows, by which the browser drops what it has already."""
    shown = [shown_message(row, body) for row, body in rows]
    return json.dumps({"kind": "messages", "messages": shown}, ensure_ascii=False)


def shown_message(row: int, body: dict[str, Any]) -> dict[str, Any]:
    """Return a message of the ledger as the page shows it; `picture` says that /picture/<row> has one, `file` /file/<row>."""
    beside = {what: True for what in ("picture", "file") if body.get(what)}
    return {"row": row, "text": body["text"], "buttons": body["buttons"], **beside}


def write_history(events: Iterable[dict[str, Any]]) -> str:
    """Write what was said before in this conversation, oldest first."""
    return json.dumps({"kind": "history", "said": list(events)}, ensure_ascii=False)
