"""Reads eSMS's callbacks: what became of a message, told by a GET of an address that only eSMS was given."""

from __future__ import annotations

from urllib.parse import parse_qsl

from bot.channels.bodies import LARGEST, id_of, made_id, same
from bot.conversation.inbound import BadBody, Inbound, InboundKind

_STATES = {"1": "awaiting_approval", "2": "waiting", "4": "rejected", "5": "sent", "7": "at_carrier"}


def verify(given: str, *, secret: str) -> bool:
    """Tell whether a call carries the secret that our CallbackUrl ends in: eSMS signs nothing."""
    return same(given, secret)


def parse(raw_query: bytes) -> list[Inbound]:
    """Return the receipt that a callback's query is, nothing for what we do not know; raise BadBody."""
    try:
        pairs = parse_qsl(raw_query.decode("ascii"), max_num_fields=40) if len(raw_query) <= LARGEST else None
    except ValueError:
        pairs = None
    if pairs is None:
        raise BadBody("not a query of a size we read")
    found = {name.lower(): id_of(value) for name, value in pairs}
    key, state, number = found.get("requestid", ""), _state(found), found.get("smsid", "")
    if not state or not (key or number):
        return []
    event_id = made_id("sms", number, key, state)
    return [Inbound(event_id, found.get("phonenumber", ""), InboundKind.RECEIPT, state, about=key or number)]


def _state(found: dict[str, str]) -> str:
    """Return the state; a message counted as failed was not delivered although it was sent."""
    state = _STATES.get(found.get("sendstatus", ""), "")
    failed = found.get("sendfailed", "").isdecimal() and int(found["sendfailed"]) > 0
    return "failed" if state == "sent" and failed else state
