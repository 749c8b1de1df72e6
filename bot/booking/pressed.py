"""The buttons of the booking dialogue, and a shared place: what each does to the draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.booking import ask, drafts, mine, offers, service
from bot.booking.draft import NO_PHONE, Draft, at_commune, waiting_draft
from bot.booking.rules import TOPICS, Kind
from bot.booking.steps import Messages, Talk, confirm, go_on, leave, release, take
from bot.citizens import store as citizens
from bot.vn.communes import communes

_BY_BUTTON = frozenset({Kind.PHONE, Kind.VIDEO, Kind.OFFICE})


async def new_draft(talk: Talk) -> Draft:
    """Return an empty draft; name and number of the last appointment stand in it, unless the person wants to be forgotten."""
    if await citizens.latest_consent(talk.connection, talk.contact_id, citizens.PROFILE) is False:
        return Draft()
    name, phone = await drafts.last_person(talk.connection, talk.contact_id)
    return Draft(name=name, phone=phone)


async def located(talk: Talk, draft: Draft | None, payload: str) -> Messages | None:
    """Take the place where a person is: of the nearest office."""
    if (at := _position(payload)) is None:
        return None
    office = await drafts.nearest_office(talk.connection, *at)
    if office is None:
        return (ask.told(talk.library, "no_office_near", hotline=talk.hotline),)
    new = at_commune(draft or await new_draft(talk), office.commune, office.name)
    if draft and draft.asks != "near":
        return await go_on(talk, await release(talk, new))
    await talk.keep(replace(new, asks="near"))
    return (ask.nearest(talk.library, office),)


def _position(payload: str) -> tuple[float, float] | None:
    """Read «latitude,longitude»; None for what is no place on Earth."""
    try:
        latitude, longitude = (float(part) for part in payload.split(","))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


async def give_up(talk: Talk) -> Messages:
    """Leave the booking, and say so."""
    await leave(talk)
    return (ask.told(talk.library, "left"),)


async def more(talk: Talk, draft: Draft) -> Messages:
    """Show the next offers."""
    return await go_on(talk, replace(draft, skip=draft.skip + 3), lead="offers")


async def ask_anew(talk: Talk, draft: Draft, what: str) -> Messages:
    """Ask for one thing anew; a time that was kept is given back when it will be another."""
    if what in ("place", "day", "topic"):
        draft = await release(talk, draft)
    return await go_on(talk, draft.without(what))


async def pressed(talk: Talk, draft: Draft | None, target: str) -> Messages:
    """Do what a button of the dialogue stands for."""
    _, verb, argument = (*target.split(":", 2), "", "")[:3]
    if verb in mine.PRESSED:
        return await mine.PRESSED[verb](talk, argument)
    if verb == "begin":
        return await go_on(talk, draft or await new_draft(talk))
    if verb == "room" and (waited := await drafts.waited_for(talk.connection, talk.contact_id)):
        return await go_on(talk, waiting_draft(await new_draft(talk), waited))
    if verb == "leave":
        return await give_up(talk)
    if draft is None or verb not in _WITH_DRAFT:
        return await mine.show(talk) if verb == "yes" else (ask.told(talk.library, "unknown"),)
    return await _WITH_DRAFT[verb](talk, draft, argument)


def leads_somewhere(target: str) -> bool:
    """Tell whether a button of the texts is one of this dialogue."""
    prefix, _, verb = target.partition(":")
    return prefix == "bk" and verb.partition(":")[0] in {"begin", "leave", "room", *_WITH_DRAFT, *mine.PRESSED}


async def _topic(talk: Talk, draft: Draft, name: str) -> Messages:
    return await go_on(talk, replace(await release(talk, draft), topic=name if name in TOPICS else "other", also=()))


async def _kind(talk: Talk, draft: Draft, kind: str) -> Messages:
    released = await release(talk, draft)
    phone = "" if draft.phone == NO_PHONE else draft.phone  # a call needs one
    return await go_on(talk, replace(released, kind=kind if kind in _BY_BUTTON else "", phone=phone))


async def _soonest(talk: Talk, draft: Draft, _: str) -> Messages:
    released = await release(talk, draft)
    return await go_on(talk, replace(released, dated=True, days=(), times=(), part="", skip=0))


async def _day(talk: Talk, draft: Draft, days: str) -> Messages:
    try:
        chosen = tuple(date.fromisoformat(day).isoformat() for day in days.split(","))
    except ValueError:
        return await go_on(talk, draft)
    if max(chosen) < talk.today.isoformat():
        return (ask.past_day(talk.library, date.fromisoformat(chosen[0])),)
    return await go_on(talk, replace(await release(talk, draft), dated=True, days=chosen, skip=0))


async def _place(talk: Talk, draft: Draft, code: str) -> Messages:
    if code not in communes():
        return await go_on(talk, draft)
    return await go_on(talk, at_commune(await release(talk, draft), code, communes()[code].name))


async def take_offer(talk: Talk, draft: Draft, key: str) -> Messages:
    """Take an offer by its key; where it is none, go on as before."""
    found = offers.parse(key)
    if found is None:
        return await go_on(talk, draft)
    return await take(talk, draft, found)


async def _yes(talk: Talk, draft: Draft, number: str) -> Messages:
    """Book what was read back above the button; when something else is meant by now, read that back first."""
    known = draft.held and draft.name and draft.phone and number in ("", str(draft.held))
    return await confirm(talk, draft) if known else await go_on(talk, draft)


async def _change(talk: Talk, _: Draft, __: str) -> Messages:
    return (ask.told(talk.library, "change"),)


async def _wait(talk: Talk, draft: Draft, _: str) -> Messages:
    if not await service.wait(talk.connection, talk.contact_id, draft.wish(), now=talk.now):
        return await go_on(talk, draft.without("place"))
    await leave(talk)
    return (ask.told(talk.library, "waiting", place=draft.place, hotline=talk.hotline),)


_WITH_DRAFT: Mapping[str, Callable[[Talk, Draft, str], Awaitable[Messages]]] = {
    "topic": _topic,
    "kind": _kind,
    "soonest": _soonest,
    "day": _day,
    "place": _place,
    "take": take_offer,
    "more": lambda talk, draft, _: more(talk, draft),
    "ask": ask_anew,
    "near": lambda talk, draft, _: go_on(talk, draft),
    "yes": _yes,
    "change": _change,
    "wait": _wait,
}
