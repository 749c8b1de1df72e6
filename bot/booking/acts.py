"""What a consultant can do with one of their appointments: confirm, propose another time, decline, note how it went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.booking import after_note, offers, proposals, reminders, service, shown, store, told_staff, words
from bot.booking.rules import AGREED, Appointment, Kind, Offer, State
from bot.booking.staff import Consultant
from bot.outbox import telling
from bot.outbox.quiet import class_of_news
from bot.outbox.rules import Message

Messages = tuple[Message, ...]
AFTERWARDS = timedelta(days=2)  # so long what follows a meeting is worth telling


@dataclass(frozen=True, slots=True)
class Act:
    """A consultant and the appointment of theirs that they have pressed something about."""

    connection: AsyncConnection
    library: Library
    who: Consultant
    found: Appointment
    now: datetime
    by: str = ""  # whoever acts for the consultant, as the history says it

    @property
    def doer(self) -> str:
        """Return who does it, as the history says it."""
        return self.by or self.who.by

    def say(self, key: str, **values: object) -> Messages:
        """Return a text about the appointment."""
        return (shown.about(self.library, key, self.found, **values),)

    async def ask_citizen(self, what: str, message: Message, *, lasts: timedelta | None = None) -> None:
        """Plan a message for the person who comes, but at night; `lasts`: for longer than the appointment."""
        key = f"visit:{self.found.id}:{self.found.version}:{what}"
        lasts = lasts or self.found.ends_at - self.now
        await telling.tell(
            self.connection, self.found.contact_id, key, (message,), message_class=class_of_news(self.now), lasts=lasts
        )

    async def mark(self, state: State) -> Appointment | None:
        """Note what became of the appointment."""
        return await service.mark(self.connection, self.found.id, state, by=self.doer, now=self.now)


async def show(act: Act, _: str) -> Messages:
    """Show the appointment with its brief."""
    if act.found.state not in told_staff.MARKS:
        return act.say("desk_no_longer")
    state = act.library.text(f"desk_state_{act.found.state}").text
    return (told_staff.noticed(act.library, "desk_shown", act.found, state=state),)


async def confirm(act: Act, _: str) -> Messages:
    """Confirm, and tell the person, once."""
    if not await act.mark(State.CONFIRMED):
        return act.say("desk_no_longer")
    if act.found.state is not State.CONFIRMED and act.now < act.found.starts_at:
        await act.ask_citizen("confirmed", shown.about(act.library, "visit_confirmed", act.found))
    return act.say("desk_confirmed")


async def propose(act: Act, _: str) -> Messages:
    """Offer the consultant their next free beginnings."""
    if act.found.state not in AGREED:
        return act.say("desk_no_longer")
    if act.found.starts_at <= act.now:
        return act.say("desk_too_late")
    free = await proposals.next_starts(act.connection, act.found, now=act.now)
    (message,) = act.say("desk_which_time" if free else "desk_no_free_time")
    times = [
        Button(words.short(start), f"desk:offer:{act.found.id}:{_key(act.found, kind, start)}") for kind, start in free
    ]
    return (Message(message.text, (*times, *message.buttons)),)


def _key(found: Appointment, kind: Kind, start: datetime) -> str:
    return Offer(found.consultant_id, found.office_id, kind, start, 0, "", "").key


async def offer(act: Act, key: str) -> Messages:
    """Ask the person whether they can come at another time; the old one stands until they say yes."""
    wanted = offers.parse(key)
    if act.found.state not in AGREED or act.found.starts_at <= act.now:
        return act.say("desk_no_longer")
    if wanted is None or wanted[0] != act.who.id or wanted[2] <= act.now:
        return act.say("desk_time_gone")
    new, old = words.when(wanted[2]), words.when(act.found.starts_at)
    question = shown.about(act.library, "visit_proposed", act.found, old=old, new=new)
    first, *rest = question.buttons
    yes = Button(first.title, f"{first.to}:{key}")
    await act.ask_citizen(f"proposed.{key}", Message(question.text, (yes, *rest)))
    await after_note.remember(act.connection, act.found, act.doer, {"proposed": key}, now=act.now)
    return (shown.about(act.library, "desk_proposed", act.found, new=new),)


async def decline(act: Act, _: str) -> Messages:
    """Give the appointment up and tell the person."""
    found = await service.decline(act.connection, act.found.id, by=act.doer, now=act.now)
    if found is None:
        return act.say("desk_too_late" if act.found.state in AGREED else "desk_no_longer")
    await reminders.withdraw(act.connection, found)
    await store.shut(act.connection, found)
    await act.ask_citizen("declined", shown.about(act.library, "visit_declined", found))
    return act.say("desk_declined")


async def done(act: Act, _: str) -> Messages:
    """Note that they met, and ask how it went."""
    return act.say("desk_done") if await act.mark(State.DONE) else act.say(_why_not(act))


async def absent(act: Act, _: str) -> Messages:
    """Note that nobody came, and offer the person another time: perhaps they came and met nobody."""
    if not await act.mark(State.ABSENT):
        return act.say(_why_not(act))
    if act.found.state is not State.ABSENT:
        missed = shown.about(act.library, "visit_missed", act.found)
        await act.ask_citizen("missed", missed, lasts=AFTERWARDS)
    return act.say("desk_absent")


def _why_not(act: Act) -> str:
    return "desk_too_early" if act.found.state in AGREED else "desk_no_longer"


async def note(act: Act, kind: str) -> Messages:
    """Write how the meeting ended."""
    if act.found.state is not State.DONE or kind not in after_note.KINDS:
        return act.say("desk_no_longer")
    await after_note.note(act.connection, act.found, kind, act.doer, now=act.now)
    if kind != after_note.WILL_RETURN:
        return act.say("desk_noted")
    await act.ask_citizen(kind, shown.about(act.library, "visit_will_return", act.found), lasts=AFTERWARDS)
    return act.say("desk_noted_will_return")


ACTS: Mapping[str, Callable[[Act, str], Awaitable[Messages]]] = {
    "show": show,
    "confirm": confirm,
    "move": propose,
    "offer": offer,
    "decline": decline,
    "done": done,
    "absent": absent,
    "note": note,
}


async def own(connection: AsyncConnection, who: Consultant, number: str) -> Appointment | None:
    """Return a consultant's appointment by its number; somebody else's is none."""
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    found = await store.get(connection, int(number))
    return found if found and found.consultant_id == who.id and found.name else None
