"""Reads content/rumours.yaml: what people say they heard, by which words it is known, and what is right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answers.pages import Page, Topic, load_buttons, load_source
from bot.errors import ContentError
from bot.vn.numbers import bare_too
from bot.vn.shorthand import spelled_out
from bot.yaml_files import as_date, as_list, as_text, checked_keys, read_yaml

_HEARSAY = re.compile(
    bare_too(
        r"(?<!\w)(?:nghe (?:nói|đồn|bảo|kể|người ta|ai|mấy|bà con|hàng xóm|phong thanh|phong phanh|loáng thoáng|tin|thiên hạ|họ|đâu|là|rằng|mọi người|thằng|con|chị|anh|ông|bà|cô|chú|bác)|tin đồn|lời đồn|§đồn|người ta (?:bảo|nói|đồn|kháo)|mọi người (?:bảo|nói|đồn|kháo)|ai cũng (?:bảo|nói)|hàng xóm (?:bảo|nói|kể)|"
        r"(?:trên )?(?:mạng|facebook|fb|face|tiktok|tik tok|zalo)(?: xã hội)?(?: người ta)? (?:nói|đồn|bảo|đăng|viết|lan truyền|rầm rộ)|có người (?:bảo|nói)|thiên hạ (?:nói|đồn)|lan truyền)(?!\w)"
    )
)
_RUMOURED = re.compile(bare_too(r"(?<!\w)(?:nghe đồn|tin đồn|lời đồn|§đồn)(?!\w)"))
_WHETHER = re.compile(
    bare_too(
        r"(?<!\w)(?:có phải|có thật|có thiệt|thật không|thiệt không|thật ko|đúng không|đúng ko|đúng k|phải không|phải ko|phải k|thực hư|có đúng)(?!\w)"
    )
)


_SENTENCE = re.compile(r"[.!?…\n]+")
APART = 5  # words that may stand between phrases that belong together
_NEAR = rf"(?:\W+\w+){{0,{APART}}}?\W+"


@dataclass(frozen=True, slots=True)
class Theme:
    """A rumour: the words by which it is known behind hearsay, those that are sure, and the correction as a page of its own."""

    key: str
    words: re.Pattern[str]
    sure: re.Pattern[str]
    about: str  # the topic or page that says more
    says: Page
    campaign: str  # the template of a campaign that sets it right; empty: none is written yet


def tells_hearsay(text: str) -> bool:
    """Tell whether somebody says that they heard something: «nghe nói», «người ta bảo»."""
    return bool(_HEARSAY.search(spelled_out(text)))


def calls_it_rumour(text: str) -> bool:
    """Tell whether somebody calls it a rumour themselves: «nghe đồn»."""
    return bool(_RUMOURED.search(spelled_out(text)))


def theme_in(themes: Mapping[str, Theme], text: str) -> Theme | None:
    """Return the rumour that a text asks about: what is heard stands in the sentence that says so, and the first counts."""
    text = spelled_out(text)
    whether = bool(_WHETHER.search(text))
    for sentence in _SENTENCE.split(text):
        hearsay = bool(_HEARSAY.search(sentence))
        if hearsay or whether:
            found = {key: (theme.words if hearsay else theme.sure).search(sentence) for key, theme in themes.items()}
            places = {key: match.start() for key, match in found.items() if match}
            if places:
                return themes[min(places, key=lambda key: places[key])]
    return None


def load_rumours(path: Path, topics: Mapping[str, Topic]) -> dict[str, Theme]:
    """Read the rumours by their keys; none where there is no such file."""
    if not path.is_file():
        return {}
    raw = read_yaml(path)
    if not isinstance(raw, dict):
        raise ContentError(f"{path}: expected rumours by key")
    return {str(key): _theme(str(key), found, f"{path}: {key}", topics) for key, found in raw.items()}


def _theme(key: str, raw: Any, where: str, topics: Mapping[str, Topic]) -> Theme:
    found = checked_keys(
        raw,
        where,
        needed={"title", "words", "sure", "page", "says", "sources", "buttons", "valid_from", "valid_to", "checked"},
        allowed={"campaign"},
    )
    about = as_text(found["page"], f"{where}.page")
    if about not in topics:
        raise ContentError(f"{where}.page: {about} is no topic of content/topics.yaml")
    sources = as_list(found["sources"], f"{where}.sources", load_source)
    if not sources:
        raise ContentError(f"{where}.sources: a correction needs at least one source")
    words, sure = (_words(found[name], f"{where}.{name}") for name in ("words", "sure"))
    if not found["words"]:
        raise ContentError(f"{where}.words: is empty")
    title, says = as_text(found["title"], f"{where}.title"), as_text(found["says"], f"{where}.says")
    page = Page(
        name=key,
        title=title,
        short=says,
        body=says,
        sources=sources,
        buttons=load_buttons(found["buttons"], f"{where}.buttons", topics),
        when={},
        words=(),
        valid_from=as_date(found["valid_from"], f"{where}.valid_from"),
        valid_to=None if found["valid_to"] is None else as_date(found["valid_to"], f"{where}.valid_to"),
        checked=as_date(found["checked"], f"{where}.checked"),
    )
    return Theme(key, words, sure, about, page, str(found.get("campaign", "")))


def _words(raw: Any, where: str) -> re.Pattern[str]:
    phrases = as_list(raw, where, as_text)
    return re.compile("|".join(map(_pattern, phrases)) or r"(?!)")


def _pattern(words: str) -> str:
    """Return the pattern of «a + b»: both in this order and near each other; each word also without its marks."""
    parts = [bare_too(part.strip()) for part in words.split("+")]
    return rf"(?<!\w)(?:{_NEAR.join(parts)})(?!\w)"
