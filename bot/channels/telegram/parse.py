"""Reads what Telegram tells us: one update, by webhook or from getUpdates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.channels.bodies import count_of, header, id_of, inside, moment_of, place_of, read_object, same, text_of
from bot.conversation.inbound import Inbound, InboundKind

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_START = re.compile(r"/start(?:@\w+)?(?:\s+(?P<parameter>[A-Za-z0-9_-]{1,64}))?\s*")
_STARTED = re.compile(r"/start(?:@\w+)?(?:\s.*)?", re.DOTALL)
_SHOWN = ("photo", "voice", "audio", "video", "video_note", "document", "sticker", "animation", "poll", "venue", "dice")


def verify(headers: Mapping[str, str], *, secret: str) -> bool:
    """Tell whether a call of our webhook carries the secret that we gave to Telegram."""
    return same(header(headers, _SECRET_HEADER), secret)


def parse(raw: bytes) -> list[Inbound]:
    """Return what a webhook's body says, nothing for what we do not know; raise BadBody."""
    return read_update(read_object(raw))


def noticed(came: Sequence[Inbound]) -> dict[str, Any] | None:
    """Return the call that the answer to a webhook may carry: the press was noticed, or an answer is being written."""
    for inbound in came:
        if inbound.answer_to:
            return {"method": "answerCallbackQuery", "callback_query_id": inbound.answer_to}
        if inbound.kind is InboundKind.TEXT:
            return {"method": "sendChatAction", "chat_id": int(inbound.address), "action": "typing"}
    return None


def read_update(update: dict[str, Any]) -> list[Inbound]:
    """Return what one update says; edited messages, channels and other bots say nothing to us."""
    event_id = id_of(update.get("update_id"))
    for name, read in (("message", _message), ("callback_query", _press), ("my_chat_member", _membership)):
        found = update.get(name)
        if event_id and isinstance(found, dict) and inside(found, "from", "is_bot") is not True:
            inbound = read(event_id, found)
            return [replace(inbound, sequence=count_of(event_id))] if inbound else []
    return []


def _chat(found: dict[str, Any]) -> tuple[str, str]:
    """Return the kind of chat and its id; people's ids are positive numbers."""
    chat = found.get("chat")
    kind, address = inside(chat, "type"), id_of(inside(chat, "id"))
    return (kind, address) if isinstance(kind, str) and address else ("", "")


def _message(event_id: str, message: dict[str, Any]) -> Inbound | None:
    kind, address = _chat(message)
    at = moment_of(message.get("date"))
    if kind in ("group", "supergroup"):
        return Inbound(event_id, address, InboundKind.GROUP, "", at)
    if kind != "private" or not address.isdecimal():
        return None
    what, payload = _said(message, address)
    return Inbound(event_id, address, what, payload, at, about=id_of(message.get("message_id")))


def _said(message: dict[str, Any], address: str) -> tuple[InboundKind, str]:
    text = text_of(message.get("text")) or text_of(message.get("caption"))
    if _STARTED.fullmatch(text):
        found = _START.fullmatch(text)
        return InboundKind.START, (found["parameter"] or "") if found else ""
    if text:
        return InboundKind.TEXT, text
    phone = text_of(inside(message, "contact", "phone_number"))
    if phone and id_of(inside(message, "contact", "user_id")) == address:  # a card of somebody else is no own number
        return InboundKind.CONTACT, phone
    place = place_of(inside(message, "location", "latitude"), inside(message, "location", "longitude"))
    if place:
        return InboundKind.LOCATION, place
    return InboundKind.OTHER, next((name for name in ("contact", *_SHOWN) if name in message), "unknown")


def _press(event_id: str, query: dict[str, Any]) -> Inbound | None:
    message, data = query.get("message"), text_of(query.get("data"))
    kind, address = _chat(message) if isinstance(message, dict) else ("private", id_of(inside(query, "from", "id")))
    if kind != "private" or not address.isdecimal() or not data:
        return None
    about, answer_to = id_of(inside(message, "message_id")), id_of(query.get("id"))
    return Inbound(event_id, address, InboundKind.BUTTON, data, about=about, answer_to=answer_to)


def _membership(event_id: str, change: dict[str, Any]) -> Inbound | None:
    kind, address = _chat(change)
    status = inside(change, "new_chat_member", "status")
    if kind != "private" or not address.isdecimal() or status not in ("kicked", "member"):
        return None
    what = InboundKind.BLOCKED if status == "kicked" else InboundKind.UNBLOCKED
    return Inbound(event_id, address, what, "", moment_of(change.get("date")))
