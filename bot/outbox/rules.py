"""The states of an outbound message and the moves between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.answers.pages import Button


class State(StrEnum):
    """Where a message stands."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"
    EXPIRED = "expired"


MOVES: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.SENDING, State.EXCLUDED, State.EXPIRED}),
    State.SENDING: frozenset(
        {State.SENT, State.FAILED, State.UNKNOWN, State.PLANNED, State.EXPIRED, State.EXCLUDED}
    ),  # excluded: whoever was to get it has stopped, or the campaign was, between the claim and the call
    State.UNKNOWN: frozenset({State.SENT, State.FAILED}),
    State.SENT: frozenset(),
    State.FAILED: frozenset(),
    State.EXCLUDED: frozenset(),
    State.EXPIRED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Message:
    """What one bubble shows: text and buttons; topic, page and sources for machines and reports."""

    text: str
    buttons: tuple[Button, ...] = ()
    topic: str = ""
    sources: tuple[str, ...] = field(default=())
    picture: Mapping[str, str] = field(
        default_factory=dict
    )  # what a picture beside the text shows; drawn when looked at
    once: bool = False  # the buttons are the answers to one question: when one is pressed the others go
    asks_for: Mapping[str, str] = field(default_factory=dict)  # kind (contact, location) and title of a button for it
    file: Mapping[str, Any] = field(default_factory=dict)  # what a file below the text holds; made when it is sent

    def body(self) -> dict[str, Any]:
        """Return the message as JSON."""
        return {
            "text": self.text,
            "buttons": [{"title": button.title, "to": button.to} for button in self.buttons],
            "topic": self.topic,
            "sources": list(self.sources),
            "picture": dict(self.picture),
            "once": self.once,
            "asks_for": dict(self.asks_for),
            "file": dict(self.file),
        }


def message_from(body: dict[str, Any]) -> Message:
    """Read a message back from its JSON."""
    return Message(
        text=str(body["text"]),
        buttons=tuple(Button(str(button["title"]), str(button["to"])) for button in body.get("buttons", [])),
        topic=str(body.get("topic", "")),
        sources=tuple(str(source) for source in body.get("sources", [])),
        picture={str(name): str(value) for name, value in (body.get("picture") or {}).items()},
        once=body.get("once") is True,
        asks_for={str(name): str(value) for name, value in (body.get("asks_for") or {}).items()},
        file=dict(body.get("file") or {}),
    )
