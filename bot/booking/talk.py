"""The booking dialogue: one event of a person, inside the transaction that answers it, to what they are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.booking import ask, drafts, mine, offers, service
from bot.booking.begins import begins_booking
from bot.booking.draft import LEFT, NO_PHONE, PAUSED, Draft, at_commune, at_place, merged, needed, waiting_draft
from bot.booking.heard import Heard, hear
from bot.booking.rules import TOPICS
from bot.booking.rules import Kind as MeetingKind
from bot.booking.steps import Messages, Talk, confirm, go_on, leave, release, take
from bot.booking.wants import Want
from bot.citizens import store as citizens
from bot.conversation.rules import Event, Kind
from bot.vn.communes import communes

SHORT = 8  # words; a longer text that answers nothing is a question of its own
_BY_BUTTON = frozenset({MeetingKind.PHONE, MeetingKind.VIDEO, MeetingKind.OFFICE})
_ANSWERED = frozenset({"place", "day", "name", "phone"})  # what we ask in our own words again


async def turn(talk: Talk, event: Event) -> Messages | None:
    """Answer an event that belongs to booking; None for any other."""
    draft = await drafts.load(talk.connection, talk.contact_id, talk.now)
    if event.kind is Kind.LOCATION:
        return await _located(talk, draft, event.payload)
    if event.kind is Kind.BUTTON:
        return await _pressed(talk, draft, event.payload) if event.payload.startswith("bk:") else None
    if not event.payload.strip():
        return None
    return await _typed(talk, _open(talk, draft, event.payload), event.payload)


def _open(talk: Talk, draft: Draft | None, text: str) -> Draft | None:
    """Return the draft if the words may be an answer to its question; one that was put aside for a form only if they are."""
    if draft is None or draft.asks not in PAUSED:
        return draft
    heard = hear(text, talk.today)
    on_a_day = heard.days and (heard.times or heard.part)
    if draft.asks != "paused" or heard.question or not (heard.phones or on_a_day or mine.leaves_booking(heard, text)):
        return None
    return replace(draft, asks=needed(draft))


async def _typed(talk: Talk, draft: Draft | None, text: str) -> Messages | None:
    heard = hear(text, talk.today, asked=draft.asks if draft else "")
    corrects = draft is not None and not draft.moving and Want.MOVE in heard.wants  # «chuyển sang thứ sáu nhé»
    if not corrects and (found := await mine.asked(talk, heard, text)) is not None:
        return found
    if draft:
        return await _told(talk, draft, heard, text)
    return await begin(talk, text) if begins_booking(text) else None


async def begin(talk: Talk, text: str) -> Messages | None:
    """Begin a booking with what the sentence told already; None where nobody offers time, or only a question was asked."""
    if not await drafts.anybody(talk.connection):
        return None
    draft = await drafts.load(talk.connection, talk.contact_id, talk.now)
    if draft and draft.asks not in PAUSED:
        return await go_on(talk, draft)
    heard = hear(text, talk.today)
    if (found := await mine.asked(talk, heard, text)) is not None:
        return found
    if heard.question and not begins_booking(text):
        return None
    return await _with(talk, replace(draft, asks="") if draft else await _new(talk), heard, text)


async def _new(talk: Talk) -> Draft:
    """Return an empty draft; name and number of the last appointment stand in it, unless the person wants to be forgotten."""
    if await citizens.latest_consent(talk.connection, talk.contact_id, citizens.PROFILE) is False:
        return Draft()
    name, phone = await drafts.last_person(talk.connection, talk.contact_id)
    return Draft(name=name, phone=phone)


async def again(talk: Talk, *, asking: bool) -> Messages:
    """Ask the open question again, after a question in between was answered; `asking`: the answer asks something itself."""
    draft = await drafts.load(talk.connection, talk.contact_id, talk.now)
    if draft is None or draft.asks in ("near", LEFT):
        return ()
    if asking:
        await talk.keep(replace(draft, asks="paused"))
        return ()
    return await go_on(talk, draft)


async def _told(talk: Talk, draft: Draft, heard: Heard, text: str) -> Messages | None:
    """Take an answer, a correction or a wish of somebody who is booking; None for a question in between."""
    if Want.CANCEL in heard.wants:
        return await _leave(talk)
    if heard.question:
        return None
    if (anew := _asked_anew(heard)) is not None:
        return await _ask(talk, draft, anew)
    if heard.number and (target := _of_menu(talk, draft.asks, heard.number)):
        return await _pressed(talk, draft, target)
    if draft.asks == "offer" and (heard.number or Want.MORE in heard.wants):
        return await _chosen(talk, draft, heard.number or 0)
    if draft.asks == "confirm" and (heard.answer is not None or Want.CORRECT in heard.wants):
        as_it_is = merged(draft, heard) == draft  # «ok nhưng đổi sang 9h» is no yes
        return await confirm(talk, draft) if heard.answer and as_it_is else await _corrected(talk, draft, heard, text)
    if draft.asks == "phone" and Want.SKIP in heard.wants and draft.kind != MeetingKind.PHONE:
        return await go_on(talk, replace(draft, phone=NO_PHONE))
    if draft.asks == "topic" and not heard.topic and not heard.places:
        heard = replace(heard, topics=("other",))
    return await _with(talk, draft, heard, text)


def _asked_anew(heard: Heard) -> str | None:
    """Return which question is to be asked anew, where the new answer was not told at once."""
    if heard.days or heard.times or heard.places:
        return None
    if heard.wants & {Want.OTHER_DAY, Want.OTHER_TIME}:
        return "day"
    if Want.OTHER_PLACE in heard.wants:
        return "place"
    return ("day" if heard.corrects == "time" else heard.corrects) or None


def _of_menu(talk: Talk, asks: str, number: int) -> str:
    """Return where the number of a question's button leads: «2» is its second; "" where it has no such button."""
    if asks not in ("topic", "confirm"):
        return ""
    key = "booking_ask_topic" if asks == "topic" else "booking_confirm"
    buttons = talk.library.text(key).buttons
    return buttons[number - 1].to if number <= len(buttons) else ""


async def _chosen(talk: Talk, draft: Draft, number: int) -> Messages:
    """Take the offer of a number, or show more where there is none of it."""
    if 0 < number <= len(draft.shown):
        return await _take(talk, draft, draft.shown[number - 1])
    return await _more(talk, draft)


async def _corrected(talk: Talk, draft: Draft, heard: Heard, text: str) -> Messages | None:
    """Take what was said behind «không, …»; else ask what is to be mended."""
    if merged(draft, heard) == draft:
        return (ask.told(talk.library, "change"),)
    return await _with(talk, draft, heard, text)


async def _with(talk: Talk, draft: Draft, heard: Heard, text: str) -> Messages | None:
    """Go on with what was heard; None when that is nothing and the text is long."""
    said = await _gone_on(talk, draft, heard, text)
    if said is None or not heard.home:
        return said
    calls = await drafts.calls(talk.connection, merged(draft, heard).province)
    return (ask.told(talk.library, "no_home_visit_but_calls" if calls else "no_home_visit"), *said)


async def _gone_on(talk: Talk, draft: Draft, heard: Heard, text: str) -> Messages | None:
    new = await _served(talk, merged(draft, heard), heard)
    if (unclear := await _unclear(talk, new, heard)) is not None:
        return unclear
    if new == draft and draft.asks:
        if draft.asks not in _ANSWERED or len(text.split()) > SHORT:
            return None
        return await go_on(talk, draft, again=not heard.home, why=_why_no_number(draft, heard))
    if replace(new.wish(), also=()) != replace(draft.wish(), also=()):
        new = await release(talk, new)
    return await go_on(talk, new, timed=bool(heard.days or heard.times))


def _why_no_number(draft: Draft, heard: Heard) -> str:
    """Return why what was told is no number to call: foreign, short, long, another, several; "" when it cannot be said."""
    if draft.asks != "phone":
        return ""
    return "several" if len(heard.phones) > 1 else heard.bad_phone.replace("unknown", "")


async def _served(talk: Talk, draft: Draft, heard: Heard) -> Draft:
    """Of several places of one name take the only one where somebody offers time; it is read back in the end."""
    if draft.province:
        return draft
    served = [each for each in ask.candidates_in(heard) if await drafts.served(talk.connection, each.province)]
    return at_place(draft, served[0], served[0].label) if len(served) == 1 else draft


async def _unclear(talk: Talk, draft: Draft, heard: Heard) -> Messages | None:
    """Read back a place or a day that may be several, or that cannot be; None when all is clear."""
    if not draft.province and (candidates := ask.candidates_in(heard)):
        await talk.keep(replace(draft, asks="place"))
        return (ask.which_place(talk.library, candidates),)
    undated = replace(draft, asks="day", dated=False, days=())
    if heard.lunar and heard.days or len(heard.readings) > 1:
        await talk.keep(undated)
        lunar = heard.lunar and len(heard.readings) == 1
        return (ask.lunar_day(talk.library, heard.days[0]) if lunar else ask.which_day(talk.library, heard.readings),)
    if (heard.past or heard.impossible) and not heard.days:
        await talk.keep(undated)
        return (ask.past_day(talk.library, heard.past[0]) if heard.past else ask.told(talk.library, "no_such_day"),)
    return None


async def _located(talk: Talk, draft: Draft | None, payload: str) -> Messages | None:
    """Take the place where a person is: of the nearest office."""
    if (at := _position(payload)) is None:
        return None
    office = await drafts.nearest_office(talk.connection, *at)
    if office is None:
        return (ask.told(talk.library, "no_office_near", hotline=talk.hotline),)
    new = at_commune(draft or await _new(talk), office.commune, office.name)
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


async def _leave(talk: Talk) -> Messages:
    await leave(talk)
    return (ask.told(talk.library, "left"),)


async def _more(talk: Talk, draft: Draft) -> Messages:
    return await go_on(talk, replace(draft, skip=draft.skip + 3), lead="offers")


async def _ask(talk: Talk, draft: Draft, what: str) -> Messages:
    """Ask for one thing anew; a time that was kept is given back when it will be another."""
    if what in ("place", "day", "topic"):
        draft = await release(talk, draft)
    return await go_on(talk, draft.without(what))


async def _pressed(talk: Talk, draft: Draft | None, target: str) -> Messages:
    """Do what a button of the dialogue stands for."""
    _, verb, argument = (*target.split(":", 2), "", "")[:3]
    if verb in mine.PRESSED:
        return await mine.PRESSED[verb](talk, argument)
    if verb == "begin":
        return await go_on(talk, draft or await _new(talk))
    if verb == "room" and (waited := await drafts.waited_for(talk.connection, talk.contact_id)):
        return await go_on(talk, waiting_draft(await _new(talk), waited))
    if verb == "leave":
        return await _leave(talk)
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


async def _take(talk: Talk, draft: Draft, key: str) -> Messages:
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
    "take": _take,
    "more": lambda talk, draft, _: _more(talk, draft),
    "ask": _ask,
    "near": lambda talk, draft, _: go_on(talk, draft),
    "yes": _yes,
    "change": _change,
    "wait": _wait,
}
