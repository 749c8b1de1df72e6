"""Reads Zalo's webhooks of an Official Account: the signature over the raw bytes, then what a person did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.channels.bodies import (
    count_of,
    header,
    id_of,
    inside,
    made_id,
    moment_of,
    place_of,
    read_object,
    same,
    text_of,
)
from bot.conversation.inbound import BadBody, Inbound, InboundKind

_SIGNATURE_HEADER = "X-ZEvent-Signature"
_NOTICES = ("change_template_status", "change_oa_daily_quota")
_OTHER = ("image", "link", "audio", "video", "sticker", "business_card", "file", "gif")


class Order(StrEnum):
    """Which id the signature begins with: Zalo's page says the application's, people report the account's."""

    APP_ID = "app_id"
    OA_ID = "oa_id"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something Zalo tells the account's staff about a template or the quota."""

    event: str
    template: str
    state: str


def verify(headers: Mapping[str, str], raw: bytes, *, app_id: str, oa_id: str, secret: str) -> Order | None:
    """Return in which order the signature is right, None when it is wrong: plain SHA-256, no HMAC, as documented."""
    given = header(headers, _SIGNATURE_HEADER).strip().removeprefix("mac=")
    try:
        timestamp = id_of(read_object(raw).get("timestamp"))
    except BadBody:
        return None
    for order, first in ((Order.APP_ID, app_id), (Order.OA_ID, oa_id)):
        if secret and first and same(given, signature(first, raw, timestamp, secret)):
            return order
    return None


def signature(first: str, raw: bytes, timestamp: str, secret: str) -> str:
    """Return the signature of a body in hexadecimal digits."""
    return hashlib.sha256(first.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


def parse(raw: bytes) -> list[Inbound]:
    """Return what a person did, nothing for our own messages and what we do not know; raise BadBody."""
    found = read_object(raw)
    event = found.get("event_name")
    if not isinstance(event, str):
        return []
    if event == "user_received_message":
        return _receipt(found)
    address = id_of(inside(found, "follower" if event in ("follow", "unfollow") else "sender", "id"))
    said = _said(event, found)
    if said is None or not address:
        return []
    stamp = id_of(found.get("timestamp"))
    event_id = id_of(inside(found, "message", "msg_id")) or made_id(event, stamp, address)
    return [Inbound(event_id, address, *said, moment_of(stamp, per_second=1000), sequence=count_of(stamp))]


def notices(raw: bytes) -> list[Notice]:
    """Return what concerns the account's staff and no person; raise BadBody."""
    found = read_object(raw)
    event = found.get("event_name")
    if event not in _NOTICES:
        return []
    state = id_of(inside(found, "status", "new_status")) or id_of(inside(found, "quota", "new_value"))
    return [Notice(str(event), id_of(found.get("template_id")), state)]


def _said(event: str, found: dict[str, Any]) -> tuple[InboundKind, str] | None:
    if event in ("follow", "unfollow"):
        return (InboundKind.START if event == "follow" else InboundKind.BLOCKED), ""
    if event == "user_submit_info":  # of all that Zalo passes on we keep the number
        phone = id_of(inside(found, "info", "phone"))
        return (InboundKind.CONTACT, phone) if phone else (InboundKind.OTHER, event)
    text = text_of(inside(found, "message", "text"))
    if event == "user_send_location":
        place = _place(inside(found, "message", "attachments"))
        return (InboundKind.LOCATION, place) if place else (InboundKind.OTHER, "location")
    if event.startswith("user_send_group_"):
        return InboundKind.GROUP, ""
    what = event.removeprefix("user_send_")
    if event == "user_send_text" or (what in _OTHER and event != what and text):
        return InboundKind.TEXT, text
    return (InboundKind.OTHER, what) if what in _OTHER and event != what else None


def _place(attachments: Any) -> str:
    first = attachments[0] if isinstance(attachments, list) and attachments else None
    where = inside(first, "payload", "coordinates")
    return place_of(inside(where, "latitude"), inside(where, "longitude"))


def _receipt(found: dict[str, Any]) -> list[Inbound]:
    """A template sent by phone has arrived: `about` is our key, which Zalo calls tracking_id, or else Zalo's own id."""
    number, key = id_of(inside(found, "message", "msg_id")), id_of(inside(found, "message", "tracking_id"))
    address = id_of(inside(found, "recipient", "id"))
    if not (number or key) or not address:
        return []
    at = moment_of(inside(found, "message", "delivery_time"), per_second=1000)
    return [Inbound(made_id("receipt", number, key), address, InboundKind.RECEIPT, "received", at, about=key or number)]
