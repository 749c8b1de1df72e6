"""«Lịch hẹn của tôi»: the person's coming appointments, moving and cancelling them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.booking import ask, drafts, service
from bot.booking.draft import Draft, at_commune, timed
from bot.booking.heard import Heard
from bot.booking.rules import Appointment
from bot.booking.steps import Messages, Talk, cancel, go_on, leave
from bot.booking.wants import Want
from bot.vn.text import fold

_OF_APPOINTMENTS = re.compile(
    r"\bhen\b|\blich\b(?! dong)|\bbuoi (?:gap|tu van)\b"
)  # «chuyển sang đóng ba tháng» is no move


async def asked(talk: Talk, heard: Heard, text: str) -> Messages | None:
    """Show, move or cancel what was made before, when that is what the words ask for."""
    if not heard.wants & {Want.MINE, Want.MOVE, Want.CANCEL_APPOINTMENT} or not _OF_APPOINTMENTS.search(
        fold(text).lower()
    ):
        return None
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    if not coming:
        return (ask.told(talk.library, "none"),)
    if Want.CANCEL_APPOINTMENT in heard.wants:
        return tuple(ask.mine(talk.library, each, "sure_to_cancel") for each in coming)
    if Want.MOVE in heard.wants and len(coming) == 1:
        return await _move_to(talk, coming[0], heard)
    return tuple(ask.mine(talk.library, each) for each in coming)


async def _move_to(talk: Talk, found: Appointment, heard: Heard) -> Messages:
    """Look for another time of the same kind, with the day and time when they were told."""
    place = at_commune(Draft(), await drafts.commune_of(talk.connection, found.id), found.place)
    draft = replace(place, topic=found.topic, kind=str(found.kind), name=found.name, phone=found.phone, moving=found.id)
    await leave(talk)
    return await go_on(talk, timed(draft, heard), timed=bool(heard.days or heard.times))


async def _one(talk: Talk, number: str) -> Appointment | None:
    """Return the person's coming appointment of that number; somebody else's is none."""
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    return next((each for each in coming if str(each.id) == number), None)


async def show(talk: Talk, _: str = "") -> Messages:
    """Show the coming appointments."""
    return await asked(talk, Heard(wants=frozenset({Want.MINE})), "lịch hẹn") or ()


async def _drop(talk: Talk, number: str) -> Messages:
    found = await _one(talk, number)
    return (ask.mine(talk.library, found, "sure_to_cancel") if found else ask.told(talk.library, "unknown"),)


async def _cancel(talk: Talk, number: str) -> Messages:
    found = await _one(talk, number)
    return await cancel(talk, found) if found else (ask.told(talk.library, "unknown"),)


async def _move(talk: Talk, number: str) -> Messages:
    found = await _one(talk, number)
    return await _move_to(talk, found, Heard()) if found else (ask.told(talk.library, "unknown"),)


async def _stop_waiting(talk: Talk, _: str) -> Messages:
    await drafts.stop_waiting(talk.connection, talk.contact_id, talk.now)
    return (ask.told(talk.library, "stopped_waiting"),)


PRESSED: Mapping[str, Callable[[Talk, str], Awaitable[Messages]]] = {
    "mine": show,
    "drop": _drop,
    "cancel": _cancel,
    "move": _move,
    "stop_waiting": _stop_waiting,
}
