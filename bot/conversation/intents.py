"""The names that a button may lead to besides topics and pages."""

from __future__ import annotations

from functools import lru_cache

from bot.settings import ROOT
from bot.yaml_files import read_yaml


@lru_cache(maxsize=1)
def conversational_intents() -> frozenset[str]:
    """Return the intents of dialogues/domain/conversation.yml."""
    return frozenset(read_yaml(ROOT / "dialogues" / "domain" / "conversation.yml")["intents"])
