"""A message as rows of the ledger: one for each part a channel shows, and a row's part as it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.answers.pages import Button
from bot.outbox.contract import Ask, Capabilities, Part, Upload
from bot.outbox.fit import fit
from bot.outbox.rules import Message

Body = dict[str, Any]


def bodies_of(message: Message, capabilities: Capabilities | None) -> list[Body]:
    """Return the rows' bodies; a channel without declared capabilities, the web chat, shows a message whole."""
    if capabilities is None:
        return [message.body()]
    bodies = [
        part_body(part) | ({"topic": message.topic} if message.topic else {})
        for part in fit(replace(message, picture={}, file={}), capabilities)
    ]
    if message.once and message.buttons and capabilities.edits:
        bodies[-1]["once"] = True
    if message.asks_for and capabilities.asks and not message.buttons:
        bodies[-1]["asks_for"] = dict(message.asks_for)
    if message.picture and capabilities.pictures == "upload":
        bodies.append({"text": "", "picture": dict(message.picture)})
    if message.file and capabilities.answers:
        bodies.append({"text": "", "file": dict(message.file)})
    return bodies


def part_body(part: Part) -> Body:
    """Return a part as JSON."""
    return {
        "text": part.text,
        "buttons": _plain(part.buttons),
        "button_keys": list(part.button_keys),
        "menu": _plain(part.menu),
    }


def part_of(body: Mapping[str, Any], upload: Upload | None = None) -> Part:
    """Return the part of a row's body; `upload`: its picture, drawn."""
    return Part(
        text=str(body.get("text", "")),
        buttons=buttons_of(body.get("buttons")),
        button_keys=tuple(str(key) for key in body.get("button_keys") or ()),
        menu=buttons_of(body.get("menu")),
        upload=upload,
        edits=str(body.get("edits", "")),
        ask=_ask_of(body.get("asks_for")),
    )


def _ask_of(raw: Any) -> Ask | None:
    if not raw:
        return None
    return Ask("contact" if raw["kind"] == "contact" else "location", str(raw["title"]))


def buttons_of(raw: Any) -> tuple[Button, ...]:
    """Read buttons back from JSON."""
    return tuple(Button(str(button["title"]), str(button["to"])) for button in raw or ())


def long_keys(body: Mapping[str, Any]) -> dict[str, str]:
    """Return what each shortened key of the body's buttons stands for; a key that is its target needs no keeping."""
    pairs = zip(body.get("button_keys") or (), buttons_of(body.get("buttons")), strict=False)
    return {str(key): button.to for key, button in pairs if key != button.to}


def _plain(buttons: tuple[Button, ...]) -> list[dict[str, str]]:
    return [{"title": button.title, "to": button.to} for button in buttons]
