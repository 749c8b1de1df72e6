"""Reads what the Zalo Bot Platform tells us, in its envelope or without, and which line of a menu a text chooses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.bodies import count_of, header, id_of, inside, moment_of, read_object, same, text_of
from bot.conversation.inbound import Inbound, InboundKind

_SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_EVENT = re.compile(r"message\.(text|image|sticker|voice|unsupported)\.received")


def verify(headers: Mapping[str, str], *, secret: str) -> bool:
    """Tell whether a call of our webhook carries the secret that we gave to Zalo."""
    return same(header(headers, _SECRET_HEADER), secret)


def parse(raw: bytes) -> list[Inbound]:
    """Return what a webhook's body says, nothing for what we do not know; raise BadBody."""
    return read_event(read_object(raw))


def read_event(found: dict[str, Any]) -> list[Inbound]:
    """Return what one event says, in its envelope or bare."""
    event = found.get("result", found)
    name, message = inside(event, "event_name"), inside(event, "message")
    known = _EVENT.fullmatch(name) if isinstance(name, str) else None
    event_id, address = id_of(inside(message, "message_id")), id_of(inside(message, "chat", "id"))
    if not known or not event_id or not address or inside(message, "from", "is_bot") is True:
        return []
    at, sequence = moment_of(message.get("date"), per_second=1000), count_of(message.get("date"))
    chat_type = inside(message, "chat", "chat_type")
    if chat_type != "PRIVATE":
        return [Inbound(event_id, address, InboundKind.GROUP, "", at)] if chat_type == "GROUP" else []
    text = text_of(message.get("text")) or text_of(message.get("caption"))
    what, payload = (InboundKind.TEXT, text) if text else (InboundKind.OTHER, known[1])
    return [Inbound(event_id, address, what, payload, at, sequence=sequence)]
