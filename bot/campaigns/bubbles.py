"""The pinned texts of a campaign as one reader sees each of them, for a page: bubble, buttons, and the parts of an SMS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.answers.library import Library
from bot.campaigns.personal import for_person
from bot.campaigns.preview import readers, somebody
from bot.campaigns.store import Pinned
from bot.campaigns.written import Template
from bot.outbox.channels import CAPABILITIES
from bot.outbox.fit import units
from bot.outbox.shape import buttons_of
from bot.vn.sms import count


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it is shown. `parts`: of an SMS, 0 on messengers. `unknown`: what is said of whom a field is not known."""

    channel: str
    step: str
    arm: str
    readers: tuple[str, ...]
    text: str
    buttons: tuple[str, ...]
    menu: tuple[str, ...]
    picture: bool
    document: bool
    signs: int
    parts: int
    unknown: Mapping[str, str]


def bubbles(library: Library, template: Template, texts: Sequence[Pinned], day: date) -> list[Bubble]:
    """Return the texts with a made-up person's name and place filled in."""
    return [_bubble(library, template, one, day) for one in texts]


def _bubble(library: Library, template: Template, one: Pinned, day: date) -> Bubble:
    accents = CAPABILITIES[one.channel].accents
    body = for_person(one.body, one.personal, somebody(library.texts, day), accents=accents)
    said = str(body["text"])
    return Bubble(
        channel=one.channel,
        step=one.step,
        arm=one.arm,
        readers=tuple(readers(template, one, library.texts)),
        text=said,
        buttons=tuple(button.title for button in buttons_of(body.get("buttons"))),
        menu=tuple(button.title for button in buttons_of(body.get("menu"))),
        picture=bool(body.get("picture")),
        document=bool(body.get("file")),
        signs=units(said),
        parts=0 if accents else count(said).parts,
        unknown=one.personal,
    )
