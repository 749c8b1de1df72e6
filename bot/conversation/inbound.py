"""What comes in from any channel, before it is an event of a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.errors import AnSinhError


class BadBody(AnSinhError):
    """What came is not what the provider sends; the message never quotes it."""


class InboundKind(StrEnum):
    """What somebody did."""

    TEXT = "text"
    BUTTON = "button"
    CONTACT = "contact"  # the payload is the person's own number, as the provider writes it
    LOCATION = "location"  # the payload is «latitude,longitude»
    START = "start"  # the payload is the deep link's parameter; whoever had blocked us has no longer
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    RECEIPT = "receipt"  # `about` says of which message
    GROUP = "group"  # somebody spoke in a group; what they said is not kept
    OTHER = "other"  # the payload names what it was: photo, voice …


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that came; `event_id` is the same whenever the provider repeats it."""

    event_id: str
    address: str = field(repr=False)
    kind: InboundKind
    payload: str = field(repr=False)
    at: datetime | None = None  # None: the provider does not say
    sequence: int | None = None  # grows with what one person does, however late it comes; None: not told
    about: str = ""  # the provider's id, or our key, of the message it concerns
    answer_to: str = field(default="", repr=False)  # Telegram waits to hear that a press was noticed
