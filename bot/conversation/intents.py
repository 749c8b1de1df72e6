"""The names that a button may lead to besides topics and pages."""

from __future__ import annotations

from functools import lru_cache

from bot.settings import ROOT
from bot.yaml_files import read_yaml

NONE_OF_THESE = "out_of_scope"  # Rasa's name for it
PRESSED = frozenset(
    {NONE_OF_THESE, "calculate_health_insurance", "remember_me", "remember_yes"}
)  # pressed, never typed


@lru_cache(maxsize=1)
def conversational_intents() -> frozenset[str]:
    """Return the intents of dialogues/domain/conversation.yml, and those that are only pressed."""
    return PRESSED | {*read_yaml(ROOT / "dialogues" / "domain" / "conversation.yml")["intents"]}
