"""«Lịch hẹn của tôi»: the person's coming appointments, moving and cancelling them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.booking import ask, drafts, service, shown, store
from bot.booking.draft import Draft, at_commune, timed
from bot.booking.heard import Heard
from bot.booking.rules import Appointment
from bot.booking.steps import Messages, Talk, begun, cancel, go_on, leave
from bot.booking.wants import Want
from bot.clock import VIETNAM, day_in_vietnam
from bot.outbox.rules import Message
from bot.vn.text import fold

_OF_APPOINTMENTS = re.compile(
    r"\bhen\b|\blich\b(?! dong)|\bbuoi (?:gap|tu van)\b"
)  # «chuyển sang đóng ba tháng» is no move

_CODE = re.compile(r"(?<!\w)(?:mã|ma|hẹn|hen|số|so)[\s:#]+([0-9A-Za-z]{6})(?!\w)", re.IGNORECASE)


def leaves_booking(heard: Heard, text: str) -> bool:
    """Tell whether the words give up a booking, and not what else is talked about: «thôi không đặt lịch nữa»."""
    return Want.CANCEL in heard.wants and bool(_OF_APPOINTMENTS.search(fold(text).lower()))


async def asked(talk: Talk, heard: Heard, text: str) -> Messages | None:
    """Show, move or cancel what was made before, when that is what the words ask for."""
    code = code_in(text)
    wants = heard.wants & {Want.MINE, Want.MOVE, Want.CANCEL_APPOINTMENT}
    if not (wants or code) or not _OF_APPOINTMENTS.search(fold(text).lower()):
        return None
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    if code:
        named = await service.by_code(talk.connection, talk.contact_id, code)
        coming = [each for each in coming if named and each.id == named.id]
    if not coming:
        return (ask.told(talk.library, "unknown" if code else "none"),)
    if len(coming) > 1:
        return _several(talk, coming, wants)
    if Want.CANCEL_APPOINTMENT in wants:
        return (_shown(talk, coming[0], "sure_to_cancel"),)
    return await _move_to(talk, coming[0], heard) if Want.MOVE in wants else (_shown(talk, coming[0]),)


async def cannot_come(talk: Talk, heard: Heard) -> Messages | None:
    """Offer somebody who says that they cannot come, and nothing else, another time or to cancel: «mai tôi bận không đến được»."""
    if Want.CANNOT_COME not in heard.wants or heard.question or heard.topics:
        return None
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    ahead = [each for each in coming if each.starts_at > talk.now]
    days = {*heard.days, *heard.except_days}
    meant = [each for each in ahead if day_in_vietnam(each.starts_at) in days] or ahead
    if len(meant) == 1:
        return (shown.about(talk.library, "visit_no", meant[0]),)
    return _several(talk, meant, heard.wants) if meant else None


def _several(talk: Talk, coming: Sequence[Appointment], wants: frozenset[Want]) -> Messages:
    """Show several appointments in one message, for some channels take a choice of the last message alone."""
    begun_by_now = [each for each in coming if each.starts_at <= talk.now]
    ahead = [each for each in coming if each not in begun_by_now]
    which = {Want.CANCEL_APPOINTMENT: "which_to_cancel", Want.MOVE: "which_to_move"}
    key = next((name for want, name in which.items() if want in wants), "several")
    told = [begun(talk, each) for each in begun_by_now]
    if len(ahead) == 1:
        return (*told, _shown(talk, ahead[0]))
    return (*told, ask.several(talk.library, key, ahead, now=talk.now)) if ahead else tuple(told)


def code_in(text: str) -> str:
    """Return the code of an appointment that a text names: «lịch hẹn mã K7M2QP»; empty when it names none."""
    found = (each[1].upper() for each in _CODE.finditer(text) if each[1].isupper() or not each[1].isalpha())
    return next((each for each in found if set(each) <= set(store.SIGNS)), "")


def _shown(talk: Talk, found: Appointment, key: str = "mine") -> Message:
    """Show an appointment with what can be done about it; once it has begun that is to make another."""
    return begun(talk, found) if found.starts_at <= talk.now else ask.mine(talk.library, found, key)


async def _move_to(talk: Talk, found: Appointment, heard: Heard, *, at_once: bool = True) -> Messages:
    """Look for another time of the same kind, with the day and time when they were told; `at_once`: go there if it is free."""
    if found.starts_at <= talk.now:
        return (begun(talk, found),)
    draft = replace(await _like(talk, found), kind=str(found.kind), moving=found.id)
    await leave(talk)
    return await go_on(talk, timed(draft, heard), timed=at_once and bool(heard.days or heard.times))


async def times_near(talk: Talk, found: Appointment, moment: datetime | None) -> Messages:
    """Show the times nearest to a moment, None: the next ones, to which an appointment can be moved."""
    if moment is None:
        return await _move_to(talk, found, Heard(wants=frozenset({Want.ANY})))
    local = moment.astimezone(VIETNAM)
    return await _move_to(talk, found, Heard(readings=((local.date(),),), times=(local.time(),)), at_once=False)


async def _like(talk: Talk, found: Appointment) -> Draft:
    """Return the draft of an appointment of the same place, topic and person, met face to face or called as before."""
    place = at_commune(Draft(), await drafts.commune_of(talk.connection, found.id), found.place)
    kind = str(found.kind) if found.kind in shown.CALLS else ""
    wish = replace(place, topic=found.topic, also=found.topics[1:], kind=kind)
    return replace(wish, name=found.name, phone=found.phone)


async def kept(talk: Talk) -> Messages:
    """Say of somebody who wants to be forgotten what must stay until the appointment is over."""
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    return (ask.told(talk.library, "kept"),) if coming else ()


async def stays(talk: Talk) -> Messages:
    """Say to somebody who wants no messages of which appointments they are still reminded."""
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    return (ask.still_reminded(talk.library, coming),) if coming else ()


async def _one(talk: Talk, number: str) -> Appointment | None:
    """Return the person's coming appointment of that number; somebody else's is none."""
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    return next((each for each in coming if str(each.id) == number), None)


async def show(talk: Talk, _: str = "") -> Messages:
    """Show the coming appointments."""
    return await asked(talk, Heard(wants=frozenset({Want.MINE})), "lịch hẹn") or ()


async def _drop(talk: Talk, number: str) -> Messages:
    found = await _one(talk, number)
    return (_shown(talk, found, "sure_to_cancel") if found else ask.told(talk.library, "unknown"),)


async def _cancel(talk: Talk, number: str) -> Messages:
    found = await _one(talk, number)
    if found and found.starts_at <= talk.now:
        return (begun(talk, found),)
    return await cancel(talk, found) if found else (ask.told(talk.library, "unknown"),)


async def _again(talk: Talk, number: str) -> Messages:
    """Make another appointment like one that came to nothing, or whose consultant wants to see the person again."""
    found = await store.get(talk.connection, int(number)) if re.fullmatch(r"[0-9]{1,18}", number) else None
    if found is None or found.contact_id != talk.contact_id:
        return (ask.told(talk.library, "unknown"),)
    await leave(talk)
    return await go_on(talk, await _like(talk, found))


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
    "again": _again,
    "stop_waiting": _stop_waiting,
}
