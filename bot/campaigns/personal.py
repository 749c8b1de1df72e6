"""What a campaign's text says of the reader: marks for their name, place and paid time, and how they are filled. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.answers.written import number_in
from bot.errors import ContentError
from bot.vn.sms import plain
from bot.vn.text import clean

FIELDS = ("name", "commune", "province", "paid_until")
LONGEST = 60  # signs of a value; of somebody with a longer one we say the fallback
_WIDEST = 2 * LONGEST  # in the units in which messengers count, an emoji being two
_CALL = re.compile(r"""\{\{-?\s*person\(\s*"([^"]*)"\s*(?:,\s*"([^"]*)"\s*)?\)\s*-?\}\}""")
_LEFT_OVER = re.compile(r"\bperson\b")
_IN_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MARK = re.compile(r"⟦(\w+)⟧")
SAID_BY_SMS = r"[A-Za-z0-9 .,'/-]+"  # one sign each in the alphabet of SMS


def fallbacks(source: str, where: str) -> dict[str, str]:
    """Return the personal fields of a template with the words for those of whom they are not known; raise ContentError."""
    found: dict[str, str] = {}
    for field, fallback in _CALL.findall(source):
        if field not in FIELDS:
            raise ContentError(f"{where}: person: {field} is none of {', '.join(FIELDS)}")
        if not fallback.strip() or len(fallback) > LONGEST or number_in(fallback):
            raise ContentError(
                f"{where}: person: {field} needs a fallback: words without digits, at most {LONGEST} signs"
            )
        if found.setdefault(field, fallback) != fallback:
            raise ContentError(f"{where}: person: {field} has two fallbacks, «{found[field]}» and «{fallback}»")
    if any(_LEFT_OVER.search(block) for block in _IN_TEMPLATE.findall(_CALL.sub("", source))):
        raise ContentError(f'{where}: person: must stand alone, as in {{{{ person("name", "bà con") }}}}')
    return found


def widened(source: str, *, accents: bool) -> str:
    """Return the template with stand-ins as long as any value may be, so that what fits now fits everybody."""
    return _CALL.sub(lambda found: _stand_in(found[1], accents=accents), source)


def marked(text: str, fields: Mapping[str, str], *, accents: bool) -> str:
    """Return a text with ⟦field⟧ where the stand-ins are."""
    for field in fields:
        text = text.replace(_stand_in(field, accents=accents), f"⟦{field}⟧")
    return text


def widest(text: str, *, accents: bool) -> str:
    """Return a pinned text as long as it may become, whatever is filled in."""
    return _MARK.sub("q" * (_WIDEST if accents else LONGEST), text)


def for_person(
    body: Mapping[str, Any], personal: Mapping[str, str], values: Mapping[str, str], *, accents: bool
) -> dict[str, Any]:
    """Return a pinned body as one person reads it; an unknown, too long or unsayable value gives its fallback.

    `values`: what is known, by field, as shown («Nguyễn Thị Hoa», «31/12/2026»); `accents`: false for SMS.
    """

    def said(found: re.Match[str]) -> str:
        return _sayable(values.get(found[1], ""), accents=accents) or personal[found[1]]

    return {**body, "text": _MARK.sub(said, str(body["text"]))}


def _stand_in(field: str, *, accents: bool) -> str:
    return f"Q{field}".ljust(_WIDEST if accents else LONGEST, "q")


def _sayable(value: str, *, accents: bool) -> str:
    said = clean(value) if accents else plain(clean(value))
    if len(said) > LONGEST or "⟦" in said or (not accents and not re.fullmatch(SAID_BY_SMS, said)):
        return ""
    return said
