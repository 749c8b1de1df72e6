"""What a campaign looks like on each channel, as text for a terminal: bubbles with buttons, menus, SMS with their parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from bot.answers.library import Library
from bot.answers.texts import Text
from bot.campaigns.personal import for_person
from bot.campaigns.pinned import LONGEST_NUMBER, render
from bot.campaigns.store import Pinned
from bot.campaigns.written import EVERYBODY, Template
from bot.outbox.channels import CAPABILITIES
from bot.outbox.fit import units
from bot.outbox.shape import buttons_of
from bot.sheets.printing import PDF
from bot.vn import show
from bot.vn.sms import count

_PAID_AHEAD = timedelta(days=7)


def preview(
    library: Library, template: Template, day: date, channels: Collection[str], *, refuse_by: str = LONGEST_NUMBER
) -> str:
    """Return every message as each channel shows it, with a made-up person of the situations it is for."""
    messages = render(template, library.law, day, library.texts, channels, refuse_by=refuse_by)
    return previewed(library, template, day, messages)


def previewed(library: Library, template: Template, day: date, messages: Sequence[Pinned]) -> str:
    """Return messages that are pinned already, such as those of a plan with a document, as each channel shows them."""
    texts = library.texts
    head = texts["campaign_preview_title"].filled(key=template.key, title=template.title, day=show.day(day))
    shown = [_shown(template, message, texts, day) for message in messages]
    return "\n\n".join([head, *shown]) + "\n"


def _shown(template: Template, message: Pinned, texts: Mapping[str, Text], day: date) -> str:
    accents = CAPABILITIES[message.channel].accents
    body = for_person(message.body, message.personal, somebody(texts, day), accents=accents)
    lines = [_head(template, message, texts), *(f"│ {line}".rstrip() for line in str(body["text"]).split("\n"))]
    if body.get("picture"):
        lines.append("  " + texts["campaign_preview_picture"].filled(what=", ".join(body["picture"].values())))
    if body.get("file"):
        lines.append("  " + texts["campaign_preview_document"].filled(name=PDF))
    lines += [f"  [ {button.title} ] → {button.to}" for button in buttons_of(body.get("buttons"))]
    lines += [
        f"  «{number}» → {button.to}" for number, button in enumerate(buttons_of(body.get("menu")), 1)
    ]  # the words of a menu stand in the text
    return "\n".join([*lines, *_foot(message, str(body["text"]), texts)])


def _head(template: Template, message: Pinned, texts: Mapping[str, Text]) -> str:
    parts = [message.channel, texts["campaign_preview_arm"].filled(arm=message.arm)]
    if message.step:
        parts.append(texts["campaign_preview_step"].filled(days=f"{int(message.step):+d}"))
    return f"┌ {' · '.join([*parts, ', '.join(readers(template, message, texts))])}"


def readers(template: Template, message: Pinned, texts: Mapping[str, Text]) -> list[str]:
    """Return the situations whose people get the message: its own, or all that have no text of their own."""
    if message.situation != EVERYBODY:
        return [message.situation]
    own = {situation for step, arm, situation in template.words if (step, arm) == (message.step, message.arm)}
    left = [situation for situation in template.audience.match.situations if situation not in own]
    return left or [*template.audience.match.entitlements] or [texts["campaign_preview_everybody"].filled()]


def _foot(message: Pinned, text: str, texts: Mapping[str, Text]) -> Iterator[str]:
    signs, cost = units(text), count(text)
    if CAPABILITIES[message.channel].accents:
        yield texts["campaign_preview_signs"].filled(signs=signs)
    else:
        yield texts["campaign_preview_parts"].filled(parts=cost.parts, signs=signs)
    for field, fallback in message.personal.items():
        yield "  " + texts["campaign_preview_unknown"].filled(field=field, fallback=fallback)


def somebody(texts: Mapping[str, Text], day: date) -> dict[str, str]:
    """Return what is known of the made-up person of a preview, by field."""
    sample = {
        "name": texts["campaign_sample_name"],
        "commune": texts["campaign_sample_commune"],
        "province": texts["campaign_sample_province"],
    }
    return {field: text.filled() for field, text in sample.items()} | {"paid_until": show.day(day + _PAID_AHEAD)}
