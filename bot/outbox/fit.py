"""Decides once, from what a channel can show, how a message looks there: its parts, buttons and menus."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.answers.pages import Button
from bot.outbox.contract import Capabilities, Part, Upload
from bot.outbox.rules import Message
from bot.vn.sms import LONG, count, plain
from bot.vn.text import nfc

# Nothing is cut in here: an address on the web; a number, a date, a telephone number written in groups.
_WHOLE = re.compile(r"(?:https?://|www\.)\S+|\+?\d[\d.,/:–-]*(?:[ \u00a0]\d[\d.,/:–-]*)*")
_PARAGRAPH, _LINE, _SPACE = re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"\s")
# «TP.» and «Q.» end no sentence, and neither does the number of a list's line.
_SENTENCE = re.compile(r"(?<![A-ZĐ\s])(?<!^\d)(?<!\n\d)(?<!^\d\d)(?<!\n\d\d)[.!?…]+[\"'»”)\]]*(?=\s)")
_JOINERS = {"\u200d", "\ufe0f", "\u20e3"}


def fit(message: Message, capabilities: Capabilities, *, upload: Upload | None = None) -> tuple[Part, ...]:
    """Return the message as the channel can show it, in the order of sending; nothing of the text is lost."""
    shown = _shown(upload, capabilities)
    link = f"\n{upload.url}" if upload and not shown and upload.url else ""
    parts = _with_choices(_text(message.text + link, capabilities), message.buttons, capabilities)
    return _with_upload(parts, shown, capabilities) if shown else parts


def shorten(payload: str, longest: int = 64) -> str:
    """Return the payload, or a token made from it where it has no or too many bytes, or looks like a token."""
    if 0 < len(payload.encode("utf-8", "replace")) <= longest and not payload.startswith("~"):
        return payload
    digest = hashlib.sha256(payload.encode("utf-8", "replace")).digest()
    return "~" + urlsafe_b64encode(digest)[:43].decode()


def _text(text: str, capabilities: Capabilities) -> str:
    whole = nfc(text.encode("utf-8", "ignore").decode("utf-8").replace("\x00", "")).strip()
    return whole if capabilities.accents else plain(whole)


def _with_choices(text: str, buttons: tuple[Button, ...], capabilities: Capabilities) -> tuple[Part, ...]:
    if not buttons or not capabilities.answers:
        return tuple(map(Part, split(text, capabilities)))
    if len(buttons) > capabilities.buttons:
        return _with_menu(text, buttons, capabilities)
    keys = tuple(shorten(button.to, capabilities.payload_bytes) for button in buttons)
    texts = split(text or "\n".join(button.title for button in buttons), capabilities) or ("…",)
    return *map(Part, texts[:-1]), Part(texts[-1], buttons, keys)


def _with_menu(text: str, buttons: tuple[Button, ...], capabilities: Capabilities) -> tuple[Part, ...]:
    lines = _text("\n".join(f"{number}. {button.title}" for number, button in enumerate(buttons, 1)), capabilities)
    texts = split(text, capabilities)
    last = f"{texts[-1]}\n\n{lines}" if texts else lines
    if _measure(capabilities)(last) <= capabilities.longest_text:
        texts = (*texts[:-1], last)
    else:
        texts = (*texts, *split(lines, capabilities))
    return *map(Part, texts[:-1]), Part(texts[-1], menu=buttons)


def _shown(upload: Upload | None, capabilities: Capabilities) -> Upload | None:
    if upload is None or upload.kind == "file":
        return upload if upload and upload.name.endswith(capabilities.files) else None
    return upload if capabilities.pictures == "upload" or (capabilities.pictures == "url" and upload.url) else None


def _with_upload(parts: tuple[Part, ...], upload: Upload, capabilities: Capabilities) -> tuple[Part, ...]:
    """Put the words under the picture where there is room for all of them, else behind it."""
    if len(parts) == 1 and _measure(capabilities)(parts[0].text) <= capabilities.longest_caption:
        return (replace(parts[0], upload=upload),)
    return (Part(upload=upload), *parts)


def units(text: str) -> int:
    """Return the length as Telegram and Zalo count it: in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def _measure(capabilities: Capabilities) -> Callable[[str], int]:
    return units if capabilities.accents else lambda text: count(text).parts * LONG


def split(text: str, capabilities: Capabilities) -> tuple[str, ...]:
    """Cut a text where it is least missed, each piece within the limit: paragraph, line, sentence, word."""
    measure, rest, texts = _measure(capabilities), text.strip(), []
    while measure(rest) > capabilities.longest_text:
        place = _place(rest, _reach(rest, capabilities.longest_text, measure))
        texts.append(rest[:place].rstrip())
        rest = rest[place:].lstrip()
    return (*texts, rest) if rest else tuple(texts)


def _reach(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """Return how many signs from the beginning are within the limit, at least one."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= limit else (low, middle - 1)
    return low


def _place(text: str, reach: int) -> int:
    wholes = [found.span() for found in _WHOLE.finditer(text) if found.start() < reach]
    for pattern, least in ((_PARAGRAPH, reach // 2), (_LINE, reach // 2), (_SENTENCE, 1), (_LINE, 1), (_SPACE, 1)):
        last = max((end for end in _ends(pattern, text, reach) if end >= least and not _within(end, wholes)), default=0)
        if last:
            return last
    return next((start for start, end in wholes if 0 < start < reach < end), 0) or _between_signs(text, reach)


def _ends(pattern: re.Pattern[str], text: str, reach: int) -> Iterator[int]:
    """Where a piece may end: behind a sentence, or before white space, which may itself lie over the limit."""
    for found in pattern.finditer(text, 0, reach + 2):
        end = found.end() if pattern is _SENTENCE else found.start()
        if end <= reach:
            yield end


def _within(place: int, wholes: list[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in wholes)


def _between_signs(text: str, reach: int) -> int:
    """Return the last place that parts no letter from its accent and no emoji from its pieces."""
    for place in range(reach, 0, -1):
        if not unicodedata.combining(text[place]) and text[place] not in _JOINERS and text[place - 1] != "\u200d":
            return place
    return reach
