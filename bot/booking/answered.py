"""What a typed answer does to the draft: an answer, a correction, a wish, or a question of its own."""

from __future__ import annotations

from dataclasses import replace

from bot.booking import ask, drafts
from bot.booking.draft import NO_PHONE, Draft, at_place, merged
from bot.booking.heard import Heard
from bot.booking.pressed import ask_anew, give_up, more, pressed, take_offer
from bot.booking.rules import Kind
from bot.booking.steps import Messages, Talk, confirm, go_on, release
from bot.booking.wants import Want

SHORT = 8  # words; a longer text that answers nothing is a question of its own
_ANSWERED = frozenset({"place", "day", "name", "phone"})  # what we ask in our own words again


async def told(talk: Talk, draft: Draft, heard: Heard, text: str) -> Messages | None:
    """Take an answer, a correction or a wish of somebody who is booking; None for a question in between."""
    if Want.CANCEL in heard.wants:
        return await give_up(talk)
    if heard.question:
        return None
    if (anew := _asked_anew(heard)) is not None:
        return await ask_anew(talk, draft, anew)
    if heard.number and (target := _of_menu(talk, draft.asks, heard.number)):
        return await pressed(talk, draft, target)
    if draft.asks == "offer" and ((number := _number(draft, heard)) or Want.MORE in heard.wants):
        return await _chosen(talk, draft, number)
    if draft.asks == "confirm" and (heard.answer is not None or Want.CORRECT in heard.wants):
        as_it_is = merged(draft, heard) == draft  # «ok nhưng đổi sang 9h» is no yes
        return await confirm(talk, draft) if heard.answer and as_it_is else await _corrected(talk, draft, heard, text)
    if draft.asks == "phone" and Want.SKIP in heard.wants and draft.kind != Kind.PHONE:
        return await go_on(talk, replace(draft, phone=NO_PHONE))
    if draft.asks == "topic" and not heard.topic and not heard.places:
        heard = replace(heard, topics=("other",))
    return await go_on_with(talk, draft, heard, text)


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


def _number(draft: Draft, heard: Heard) -> int:
    """Return which offer was chosen, the first for whoever will take any of them; 0 for none."""
    takes_any = heard.wants & {Want.SOONEST, Want.ANY} and merged(draft, heard) == draft
    return heard.number or (1 if takes_any else 0)


async def _chosen(talk: Talk, draft: Draft, number: int) -> Messages:
    """Take the offer of a number, or show more where there is none of it."""
    if 0 < number <= len(draft.shown):
        return await take_offer(talk, draft, draft.shown[number - 1])
    return await more(talk, draft)


async def _corrected(talk: Talk, draft: Draft, heard: Heard, text: str) -> Messages | None:
    """Take what was said behind «không, …»; else ask what is to be mended."""
    if merged(draft, heard) == draft:
        return (ask.told(talk.library, "change"),)
    return await go_on_with(talk, draft, heard, text)


async def go_on_with(talk: Talk, draft: Draft, heard: Heard, text: str) -> Messages | None:
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
