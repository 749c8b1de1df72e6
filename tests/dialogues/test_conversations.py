"""Whole conversations with the real Rasa: each file beside this one is named after the trouble it is about."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation.rules import Event, Kind
from bot.wiring import Parts

FILES = sorted(Path(__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
async def test_conversation(file: Path, parts: Parts) -> None:
    sender = f"test-{uuid.uuid4().hex}"
    for number, turn in enumerate(yaml.safe_load(file.read_text(encoding="utf-8"))):
        heard = await _turn(parts, sender, number, turn)
        for expected in _listed(turn.get("bot")):
            assert expected in heard, f"turn {number + 1} {turn}: heard {heard}"
        for unwanted in _listed(turn.get("not")):
            assert unwanted not in heard, f"turn {number + 1} {turn}: heard {heard}"


async def _turn(parts: Parts, sender: str, number: int, turn: dict[str, Any]) -> str:
    kind = Kind.BUTTON if "press" in turn else Kind.TEXT
    reply = await parts.responder.reply(sender, Event(str(number), kind, str(turn.get("press") or turn["me"])))
    buttons = [f"[{button.title}]" for message in reply.messages for button in message.buttons]
    return "\n".join([*(message.text for message in reply.messages), *buttons, *sorted(reply.effects)])


def _listed(found: Any) -> list[str]:
    return [] if found is None else [found] if isinstance(found, str) else list(found)
