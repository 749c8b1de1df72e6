"""Reads content/messages: the sentences between answers, each with a key, placeholders and buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answers.pages import Button, Topic, load_buttons
from bot.errors import ContentError
from bot.yaml_files import as_text, checked_keys, read_yaml

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for citizens with {placeholders}."""

    key: str
    text: str
    buttons: tuple[Button, ...]

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that must be given to fill the text."""
        return frozenset(_PLACEHOLDER.findall(self.text))

    def filled(self, **values: object) -> str:
        """Return the text with every placeholder replaced; raise ContentError when one is missing."""
        missing = self.placeholders - values.keys()
        if missing:
            raise ContentError(f"text {self.key}: no value for {', '.join(sorted(missing))}")
        return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), self.text)


def load_texts(folder: Path, topics: Mapping[str, Topic]) -> dict[str, Text]:
    """Read every file of texts; a key may stand in one file only."""
    texts: dict[str, Text] = {}
    for path in sorted(folder.glob("*.yaml")):
        raw = read_yaml(path)
        if not isinstance(raw, dict):
            raise ContentError(f"{path}: expected texts by key")
        for key, found in raw.items():
            if key in texts:
                raise ContentError(f"{path}: {key}: stands in another file too")
            texts[key] = _text(key, found, f"{path}: {key}", topics)
    return texts


def _text(key: str, raw: Any, where: str, topics: Mapping[str, Topic]) -> Text:
    found = checked_keys(raw, where, needed={"text"}, allowed={"buttons"})
    return Text(
        key, as_text(found["text"], f"{where}.text"), load_buttons(found.get("buttons", []), f"{where}.buttons", topics)
    )
