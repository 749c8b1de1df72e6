"""Loads the campaigns of content/campaigns and refuses every one that could not be sent as it is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from bot.answers.library import Library
from bot.answers.render import unknown_names
from bot.answers.written import number_in, without_blocks
from bot.campaigns.personal import fallbacks, widened
from bot.campaigns.pinned import LONGEST_NUMBER, changes_on, render
from bot.campaigns.store import Pinned
from bot.campaigns.written import Template, Words, read_template
from bot.conversation import pictures
from bot.conversation.targets import leads_somewhere
from bot.errors import ContentError
from bot.outbox.channels import CAPABILITIES
from bot.vn.sms import plain
from bot.yaml_files import read_yaml

__all__ = [
    "CHANNELS",
    "Pinned",
    "Template",
    "changes_on",
    "load_template",
    "load_templates",
    "read_templates",
    "render",
    "surveys",
]

CHANNELS = tuple(CAPABILITIES)  # the web chat is none: nobody is there when a campaign speaks
NO_CAMPAIGN = frozenset({"prices"})  # what else lies in content/campaigns
PAID = "paid"  # where «đã đóng rồi» leads: it ends a series


def load_templates(content: Path, library: Library) -> dict[str, Template]:
    """Read every campaign by its key."""
    paths = _paths(content)
    further = surveys(content) if paths else frozenset()
    return {path.stem: load_template(path, library, further) for path in paths}


def read_templates(content: Path, library: Library) -> dict[str, Template]:
    """Read every campaign by its key without trying its texts, which takes most of the time."""
    return {path.stem: read_template(path, library.topics) for path in _paths(content)}


def _paths(content: Path) -> list[Path]:
    return sorted(path for path in (content / "campaigns").glob("*.yaml") if path.stem not in NO_CAMPAIGN)


def surveys(content: Path) -> frozenset[str]:
    """Return where a button leads to a survey or quiz: survey:<key>, quiz:<key>."""
    paths = sorted((content / "surveys").glob("*.yaml"))
    return frozenset(f"{read_yaml(path).get('kind')}:{path.stem}" for path in paths)


def load_template(path: Path, library: Library, further: Collection[str] = ()) -> Template:
    """Read one campaign and try it on the day it was checked; raise ContentError naming file, key and reason.

    `further`: what a button may lead to besides what the library knows.
    """
    template = read_template(path, library.topics)
    _check_numbers(template.where, {"title": template.title, "purpose": template.purpose})
    for place, words in template.words.items():
        where = f"{template.where}: {' '.join(part for part in place if part)}"
        _check_words(where, words)
        for button in words.buttons:
            if button.to != PAID and button.to not in further and not leads_somewhere(library, button.to):
                raise ContentError(f"{where}: buttons: {button.to} leads nowhere")
    day = max(template.checked, template.valid_from)
    for message in render(template, library.law, day, library.texts, CHANNELS, refuse_by=LONGEST_NUMBER):
        if "picture" in message.body:
            _check_picture(template, library, message)
    return template


def _check_picture(template: Template, library: Library, message: Pinned) -> None:
    try:
        pictures.check(library, message.body["picture"])
    except ContentError as error:
        raise ContentError(f"{template.where}: {message.step} {message.arm}: picture: {error}") from None


def _check_numbers(where: str, sources: Mapping[str, str]) -> None:
    for name, source in sources.items():
        if found := number_in(source):
            raise ContentError(f"{where}: {name}: «{found}» must come from content/law")


def _check_words(where: str, words: Words) -> None:
    titles = "\n".join(button.title for button in words.buttons)
    _check_numbers(where, {"text": words.text, "sms": words.sms, "buttons": titles})
    for name, source in (("text", words.text), ("sms", words.sms)):
        fields = fallbacks(source, f"{where}: {name}")
        unknown = sorted(unknown_names(widened(source, accents=True), f"{where}: {name}"))
        if unknown:
            raise ContentError(f"{where}: {name}: {unknown[0]} is unknown")
        if name == "sms" and (strange := _accented(source, fields)):
            raise ContentError(f"{where}: sms: «{strange}» must be written without diacritics")


def _accented(source: str, fields: Mapping[str, str]) -> str:
    """Return the first word that is not written as SMS is sent; what {{ }} gives is written so when it is sent."""
    written = [*without_blocks(source).split(), *" ".join(fields.values()).split()]
    return next((word for word in written if plain(word) != word), "")
