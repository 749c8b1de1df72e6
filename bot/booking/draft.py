"""What a person has told so far of the appointment they are asking for, and what is asked next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, time
from typing import Any

from bot.booking.heard import Heard
from bot.booking.rules import TOPICS, Kind, Wish
from bot.booking.wants import Want
from bot.vn.addresses import Candidate, Place
from bot.vn.communes import communes, province_name

NO_PHONE = "-"  # said to have none
LEFT = "left"  # for a person in the chat: nothing that is typed is an answer, until the booking is asked for again
PAUSED = ("near", "paused", LEFT)  # what is typed now answers somebody else's question


@dataclass(frozen=True, slots=True)
class Draft:
    """An appointment in the making; everything is JSON, empty is not known. `held`: the appointment that is kept free."""

    asks: str = ""  # what was asked last: place, topic, day, offer, name, phone, confirm
    place: str = ""  # as the person called it
    province: str = ""
    old_province: str = ""
    commune: str = ""
    district: str = ""
    topic: str = ""
    also: tuple[str, ...] = ()  # further topics, none of which takes longer
    dated: bool = False  # the day was told, or that any will do
    days: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    part: str = ""
    kind: str = ""
    language: str = ""
    skip: int = 0  # offers that were shown and not taken
    shown: tuple[str, ...] = ()  # the keys of the offers that are shown now
    held: int = 0
    name: str = ""
    phone: str = ""
    moving: int = 0  # the appointment that this one replaces

    def wish(self) -> Wish:
        """Return what offers are looked for by."""
        return Wish(
            topic=self.topic or "other",
            also=self.also,
            province=self.province or None,
            old_province=self.old_province or None,
            commune=self.commune or None,
            district=self.district or None,
            days=tuple(date.fromisoformat(day) for day in self.days),
            times=tuple(time.fromisoformat(each) for each in self.times),
            part=self.part or None,
            kind=Kind(self.kind) if self.kind else None,
            language=self.language or None,
        )

    @property
    def number(self) -> str:
        """The telephone number, "" for somebody who has none."""
        return "" if self.phone == NO_PHONE else self.phone

    def without(self, what: str) -> Draft:
        """Return the draft with one thing to be asked anew."""
        gone: Mapping[str, Mapping[str, Any]] = {
            "place": {"place": "", "province": "", "old_province": "", "commune": "", "district": ""},
            "topic": {"topic": "", "also": ()},
            "day": {"dated": False, "days": (), "times": (), "part": "", "skip": 0},
            "name": {"name": ""},
            "phone": {"phone": ""},
        }
        return replace(self, **gone.get(what, {}))

    def as_json(self) -> dict[str, Any]:
        """Return the draft as the table keeps it."""
        return {name: value for name, value in asdict(self).items() if value}


def draft_of(raw: Mapping[str, Any]) -> Draft:
    """Read a draft back."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
    return Draft(**values)


def needed(draft: Draft) -> str:
    """Return what is asked next."""
    if not draft.province:
        return "place"
    if not draft.topic:
        return "topic"
    if not draft.dated:
        return "day"
    if not draft.held:
        return "offer"
    if not draft.name:
        return "name"
    return "phone" if not draft.phone else "confirm"


def at_place(draft: Draft, found: Place | Candidate, label: str) -> Draft:
    """Return the draft for another place; what was offered elsewhere is forgotten."""
    return replace(
        draft,
        place=label,
        province=found.province or "",
        old_province=found.old_province or "",
        commune=found.commune or "",
        district=found.district or "",
        skip=0,
    )


def at_commune(draft: Draft, code: str, label: str) -> Draft:
    """Return the draft for a commune of today, by its code."""
    unit = communes()[code]
    return replace(
        draft, place=label, province=unit.province, old_province=unit.old_province, commune=code, district="", skip=0
    )


def merged(draft: Draft, heard: Heard) -> Draft:
    """Return the draft with what was heard; only what is certain is taken, the rest is asked."""
    place = next((each for each in heard.places if each.province), None)
    if place:
        draft = at_place(draft, place, _label(place))
    if heard.topics:
        draft = on_topics(draft, heard.topics, besides=heard.besides)
    if len(heard.phones) == 1:
        draft = replace(draft, phone=heard.phones[0])
    return replace(
        timed(draft, heard),
        kind=heard.kind if heard.kind and heard.kind is not Kind.FIELD else draft.kind,  # a field day is offered anyway
        language=heard.language or draft.language,
        name=heard.name or draft.name,
    )


def on_topics(draft: Draft, topics: tuple[str, ...], *, besides: bool = False) -> Draft:
    """Return the draft about topics, `besides`: and about those it has; the one that takes longest tells how long it takes."""
    before = (draft.topic, *draft.also) if besides and draft.topic else ()
    every = tuple(dict.fromkeys((*before, *topics)))
    longest = max(every, key=lambda topic: TOPICS[topic])
    return replace(draft, topic=longest, also=tuple(topic for topic in every if topic != longest))


def _label(place: Place) -> str:
    """Return a place's name as far as it is certain."""
    if place.commune:
        return communes()[place.commune].name
    return place.district or province_name(place.old_province or place.province or "")


def timed(draft: Draft, heard: Heard) -> Draft:
    """Take the days, the part of the day and the times told; a new day forgets the times told for another."""
    days = tuple(day for day in heard.days if day not in heard.except_days)
    if days:
        draft = replace(draft, days=tuple(map(date.isoformat, days)), dated=True, times=(), part="", skip=0)
    elif {Want.SOONEST, Want.ANY} & heard.wants:
        draft = replace(draft, days=() if not draft.dated else draft.days, dated=True, skip=0)
    bounds = () if heard.part else heard.after or tuple(_an_hour_before(each) for each in heard.before)
    if times := heard.times or bounds:
        draft = replace(draft, times=tuple(each.isoformat("minutes") for each in times), part="", skip=0)
    if heard.part:
        draft = replace(draft, part=heard.part, skip=0)
    return draft


def _an_hour_before(end: time) -> time:
    return end.replace(hour=max(end.hour - 1, 0))


def waiting_draft(draft: Draft, wish: Wish) -> Draft:
    """Return the draft for what a person waits for; any day will do by now."""
    return replace(
        draft,
        place=communes()[wish.commune].name
        if wish.commune
        else province_name(wish.old_province or wish.province or ""),
        province=wish.province or "",
        old_province=wish.old_province or "",
        commune=wish.commune or "",
        district=wish.district or "",
        topic=wish.topic,
        also=wish.also,
        kind=wish.kind or "",
        language=wish.language or "",
        dated=True,
    )
