"""The leaflet that a campaign carries as PDF: a file where words go with one, else a link to the same page on our web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.answers.texts import Text
from bot.campaigns.personal import widest
from bot.campaigns.pinned import MOST_PARTS
from bot.campaigns.store import Pinned
from bot.errors import AnSinhError, ContentError, Refused
from bot.outbox.channels import CAPABILITIES
from bot.outbox.contract import Capabilities
from bot.outbox.fit import units
from bot.sheets.printing import KINDS, PDF, SHEET, path_of, place_key
from bot.vn.sms import count
from bot.yaml_files import as_text, checked_keys


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed (of sheets.printing.KINDS), and of which province, by its key."""

    what: str
    place: str


def read_document(raw: Any, where: str) -> Document:
    """Read what a plan says of its document; raise ContentError that says where it is wrong."""
    found = checked_keys(raw, where, needed={"what", "place"})
    if found["what"] not in KINDS:
        raise ContentError(f"{where}.what: must be one of {', '.join(KINDS)}")
    try:
        return Document(str(found["what"]), place_key(as_text(found["place"], f"{where}.place")))
    except AnSinhError as error:
        raise ContentError(f"{where}.place: {error}") from None


def document_json(document: Document) -> dict[str, str]:
    """Return the document as JSON that `read_document` reads back to the same."""
    return {"what": document.what, "place": document.place}


def with_document(
    pinned: Sequence[Pinned], document: Document, day: date, texts: Mapping[str, Text], *, web: str
) -> tuple[Pinned, ...]:
    """Return texts that carry a document, in place of a picture; `web`: where people reach our pages.

    Raises Refused where a channel needs a link and there is no such place, or the text has no room for one.
    """
    return tuple(
        replace(one, body=_carrying(one, CAPABILITIES[one.channel], document, day, texts, web)) for one in pinned
    )


def _carrying(
    one: Pinned, shown: Capabilities, document: Document, day: date, texts: Mapping[str, Text], web: str
) -> dict[str, Any]:
    text = str(one.body["text"])
    if PDF.endswith(shown.files) and units(widest(text, accents=True)) <= shown.longest_caption:
        file = {"kind": SHEET, "what": document.what, "place": document.place, "on": day.isoformat()}
        return {name: value for name, value in one.body.items() if name != "picture"} | {"file": file}
    if not web:
        raise Refused(
            f"{one.channel} chỉ gửi được liên kết đến tờ rơi, mà máy chủ chưa có địa chỉ công khai (AN_SINH_PUBLIC_URL)."
            " Hãy bỏ kênh này hoặc bỏ tờ rơi."
        )
    link = web + path_of(document.what, document.place)
    said = texts["campaign_document"] if shown.accents else texts["campaign_document_sms"]
    linked = text + ("\n\n" if shown.accents else " ") + said.filled(link=link)
    if not _fits(linked, shown):
        raise Refused(
            f"Tin trên {one.channel} không còn chỗ cho liên kết đến tờ rơi. Hãy bỏ tờ rơi hoặc chọn mẫu ngắn hơn."
        )
    return {**one.body, "text": linked}


def _fits(text: str, shown: Capabilities) -> bool:
    whole = widest(text, accents=shown.accents)
    return units(whole) <= shown.longest_text if shown.accents else count(whole).parts <= MOST_PARTS
