"""Reads content/topics.yaml and content/answers: who asks what, and the page that answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.yaml_files import as_date, as_list, as_text, checked_keys, parse_yaml, read_text, read_yaml

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?\Z")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
ANSWERED_BY = {"page", "search", "none"}


@dataclass(frozen=True, slots=True)
class Topic:
    """Something people ask about; `answered_by` says whether a page, the search or a refusal answers."""

    name: str
    title: str
    scope: str
    answered_by: str


@dataclass(frozen=True, slots=True)
class Source:
    """A document and article, in force since a day."""

    document: str
    article: str
    since: date


@dataclass(frozen=True, slots=True)
class Button:
    """What a citizen can press: a title, and the page, topic or conversational intent it leads to."""

    title: str
    to: str


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: a template over the law, valid for a time, for everybody or for those whom `when` describes."""

    name: str
    title: str
    short: str
    body: str
    sources: tuple[Source, ...]
    buttons: tuple[Button, ...]
    when: Mapping[str, str]
    words: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    checked: date

    @property
    def topic(self) -> str:
        """The topic the page belongs to: the first part of its name."""
        return self.name.partition(".")[0]

    def in_force(self, day: date) -> bool:
        """Tell whether the page is served as current that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def load_topics(path: Path) -> dict[str, Topic]:
    """Read the list of topics."""
    raw = read_yaml(path)
    if not isinstance(raw, dict):
        raise ContentError(f"{path}: expected topics by name")
    return {name: _topic(name, found, f"{path}: {name}") for name, found in raw.items()}


def _topic(name: str, raw: Any, where: str) -> Topic:
    found = checked_keys(raw, where, needed={"title", "scope"}, allowed={"answer"})
    answered_by = found.get("answer", "page")
    if not isinstance(answered_by, str) or answered_by not in ANSWERED_BY:
        raise ContentError(f"{where}.answer: must be one of {', '.join(sorted(ANSWERED_BY))}")
    return Topic(
        name, as_text(found["title"], f"{where}.title"), as_text(found["scope"], f"{where}.scope"), answered_by
    )


def load_pages(folder: Path, topics: Mapping[str, Topic]) -> dict[str, Page]:
    """Read every page; a page of the law's variants is named <topic>.<variant>."""
    pages = {page.name: page for path in sorted(folder.glob("*.md")) for page in [_page(path, topics)]}
    for page in pages.values():
        if page.topic not in topics:
            raise ContentError(f"{folder}/{page.name}.md: {page.topic} is no topic of content/topics.yaml")
    return pages


def _page(path: Path, topics: Mapping[str, Topic]) -> Page:
    where, name = str(path), path.name.removesuffix(".md")
    if not _NAME.match(name):
        raise ContentError(f"{where}: name must be <topic>.md or <topic>.<variant>.md")
    parts = _FRONT.match(read_text(path))
    if not parts:
        raise ContentError(f"{where}: must begin with a block of keys between two lines of ---")
    raw = checked_keys(
        parse_yaml(parts[1], where),
        where,
        needed={"title", "short", "sources", "buttons", "valid_from", "valid_to", "checked"},
        allowed={"when", "words"},
    )
    sources = as_list(raw["sources"], f"{where}: sources", load_source)
    if not sources:
        raise ContentError(f"{where}: sources: an answer needs at least one source")
    return Page(
        name=name,
        title=as_text(raw["title"], f"{where}: title"),
        short=as_text(raw["short"], f"{where}: short"),
        body=as_text(parts[2], f"{where}: text"),
        sources=sources,
        buttons=load_buttons(raw["buttons"], f"{where}: buttons", topics),
        when=_when(raw.get("when"), f"{where}: when", variant="." in name),
        words=as_list(raw.get("words", []), f"{where}: words", as_text),
        valid_from=as_date(raw["valid_from"], f"{where}: valid_from"),
        valid_to=None if raw["valid_to"] is None else as_date(raw["valid_to"], f"{where}: valid_to"),
        checked=as_date(raw["checked"], f"{where}: checked"),
    )


def load_source(raw: Any, where: str) -> Source:
    """Read a document, its article and the day since when it holds."""
    found = checked_keys(raw, where, needed={"document", "article", "since"})
    return Source(
        as_text(found["document"], f"{where}.document"),
        as_text(found["article"], f"{where}.article"),
        as_date(found["since"], f"{where}.since"),
    )


def load_buttons(raw: Any, where: str, topics: Mapping[str, Topic]) -> tuple[Button, ...]:
    """Read buttons: a topic's name alone takes the topic's title; else {title, to}."""

    def one(item: Any, place: str) -> Button:
        if isinstance(item, str):
            if item not in topics:
                raise ContentError(f"{place}: {item} is no topic; a button to anything else needs title and to")
            return Button(topics[item].title, item)
        found = checked_keys(item, place, needed={"title", "to"})
        return Button(as_text(found["title"], f"{place}.title"), as_text(found["to"], f"{place}.to"))

    return as_list(raw, where, one)


def _when(raw: Any, where: str, *, variant: bool) -> dict[str, str]:
    if variant != bool(raw):
        raise ContentError(f"{where}: a page <topic>.<variant>.md needs it, a page <topic>.md must not have it")
    if not raw:
        return {}
    if not isinstance(raw, dict):
        raise ContentError(f"{where}: expected what is known of the asker, such as group: poor")
    return {str(key): as_text(value, f"{where}.{key}") for key, value in raw.items()}
