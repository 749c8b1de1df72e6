"""What the dialogue asks of us in a turn, and what we hand back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.outbox.rules import Message


class Effect(StrEnum):
    """What a turn changes besides speaking; the worker writes it together with the replies."""

    HAND_OVER = "hand_over"
    BOOK = "book"  # begin to book a consultation
    OPEN_QUESTION = "open_question"
    STOP = "stop"
    RESUME = "resume"
    REMEMBER = "remember"  # keep what was told about the person for later conversations
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Turn:
    """What is known when the dialogue calls an action."""

    text: str
    topic: str
    candidates: tuple[str, ...] = ()  # likeliest topics, best first
    facts: Mapping[str, str] = field(default_factory=dict)  # what the person told, now and before: group, income, …
    last_topic: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)  # what the dialogue remembered before this turn
    pressed: Mapping[str, str] = field(default_factory=dict)  # the fact of a pressed button, such as group: poor
    requested: str = ""  # the slot that was just asked for
    form: str = ""  # the form that is being filled


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action says, what the dialogue remembers, and what changes besides."""

    messages: tuple[Message, ...]
    remember: Mapping[str, str | None] = field(default_factory=dict)
    effects: frozenset[Effect] = frozenset()
    keep: Mapping[str, str] = field(default_factory=dict)  # facts for later conversations, if the person allowed it
    follow_up: str = ""  # what the dialogue does next, such as a form


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text is taken to mean; `fallback`: not sure enough to answer without asking back."""

    topic: str
    confidence: float
    fallback: bool
    entities: tuple[Mapping[str, str], ...] = ()
