"""What Telegram checks in a message before it takes it: text and its markup, keyboards, files."""

from __future__ import annotations

import html
import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from bot.simulator.wire import File, Reply, json_reply

TEXT_LIMIT, CAPTION_LIMIT, DATA_LIMIT, KEYBOARD_LIMIT = 4096, 1024, 64, 100
SMALLEST, LARGEST_PHOTO, LARGEST_DOCUMENT = 1, 10 * 1024 * 1024, 50 * 1024 * 1024
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler", "span"}  # fmt: skip


@dataclass
class Refusal(Exception):
    """Telegram says no."""

    code: int
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def reply(self) -> Reply:
        """Return the answer as it goes over the wire."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = dict(self.parameters)
        after = self.parameters.get("retry_after")
        return json_reply(self.code, body, *([(b"retry-after", str(after).encode())] if after else []))


def bad(description: str) -> Refusal:
    """Return a refusal for which the caller is to blame."""
    return Refusal(400, f"Bad Request: {description}")


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad(f'can\'t parse entities: Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def shown_text(given: Mapping[str, Any], name: str = "text", limit: int = TEXT_LIMIT) -> str:
    """Return the text as the person reads it; raise Refusal for an empty, too long or badly marked one."""
    text = given.get(name, "")
    if not isinstance(text, str):
        raise bad(f'field "{name}" must be of type String')
    if str(given.get("parse_mode", "")).lower() == "html":
        text = _without_tags(text)
    text = text.strip()
    if len(text) > limit // 2 and len(text.encode("utf-16-le")) // 2 > limit:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    if not text and name == "text":
        raise bad("message text is empty")
    return text


def _without_tags(text: str) -> str:
    if re.search(r"<(?![a-zA-Z/])", text):
        raise bad('can\'t parse entities: Unsupported start tag ""')
    reader = _Plain()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{reader.open[-1]}\"")
    return html.unescape("".join(reader.shown)) if "&" in text and not reader.shown else "".join(reader.shown)


def markup(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the keyboard, checked; raise Refusal for one that Telegram does not take."""
    found = structure(given.get("reply_markup"), "reply markup")
    if found is None:
        return None
    if not isinstance(found, dict):
        raise bad("object expected as reply markup")
    for rows in (found.get("inline_keyboard"), found.get("keyboard")):
        if rows is not None:
            _check_rows(rows, inline=rows is found.get("inline_keyboard"))
    return found


def _check_rows(rows: object, *, inline: bool) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse keyboard: Array of Arrays expected")
    buttons = [button for row in rows for button in row]
    if len(buttons) > KEYBOARD_LIMIT:
        raise bad("REPLY_MARKUP_TOO_LONG")
    for button in buttons:
        if isinstance(button, str) and not inline:
            continue
        if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
            raise bad('can\'t parse keyboard button: Field "text" is missing or empty')
        if inline:
            _check_inline(button)


def _check_inline(button: Mapping[str, Any]) -> None:
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= DATA_LIMIT:
            raise bad("BUTTON_DATA_INVALID")
    elif not button.keys() & {"url", "web_app", "switch_inline_query", "switch_inline_query_current_chat", "copy_text"}:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def structure(value: object, what: str) -> Any:
    """Return a value that forms carry as JSON text and JSON bodies as it is."""
    if value in (None, ""):
        return None
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise bad(f"can't parse {what} JSON object") from None
    return value


def whole(given: Mapping[str, Any], name: str, default: int = 0) -> int:
    """Return a whole number from JSON or from a form."""
    value = given.get(name, default)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 1 << 63:
        raise bad(f'field "{name}" must be a valid Number')
    return value


def uploaded(given: Mapping[str, Any], name: str, largest: int) -> File | str:
    """Return the file of a message: uploaded (also as attach://), or the text that names one."""
    value = given.get(name, "")
    if isinstance(value, str) and value.startswith("attach://"):
        value = given.get(value.removeprefix("attach://"), "")
    if isinstance(value, File):
        if len(value.body) > largest:
            raise Refusal(413, "Request Entity Too Large")
        if len(value.body) < SMALLEST:
            raise bad("file must be non-empty")
        return value
    if not isinstance(value, str) or not value:
        raise bad(f"there is no {name} in the request")
    return value


def picture_size(body: bytes) -> tuple[int, int]:
    """Return width and height of a PNG; any other picture is taken to be 640 by 480."""
    if body[:8] == b"\x89PNG\r\n\x1a\n" and len(body) >= 24:
        width, height = struct.unpack(">II", body[16:24])
        return int(width), int(height)
    return 640, 480
