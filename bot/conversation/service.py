"""The two use cases of a conversation: receive an event, answer what waits."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.booking import drafts
from bot.campaigns.answers import attribution, survey_store
from bot.campaigns.answers.rules import Kind as Answer
from bot.citizens import people
from bot.citizens import store as citizens
from bot.citizens.behaviour import note_answers
from bot.citizens.erasure import erase
from bot.clock import Clock, system_clock
from bot.conversation import store
from bot.conversation.actions import say
from bot.conversation.first import Said
from bot.conversation.respond import Reply, Responder, as_pressed
from bot.conversation.rules import LONGEST_STORED, Event, Kind, Wish, refuses_a_campaign, wish_in
from bot.conversation.turn import Effect
from bot.database import one_statement
from bot.errors import TooManyAttempts
from bot.outbox import store as outbox
from bot.outbox import telling
from bot.outbox.rules import Message

log = logging.getLogger(__name__)

_CONSENTS = {
    Effect.STOP: (citizens.OUTREACH, False),
    Effect.RESUME: (citizens.OUTREACH, True),
    Effect.REMEMBER: (citizens.PROFILE, True),
    Effect.FORGET: (citizens.PROFILE, False),
}
_COUNTED = {Effect.STOP: Answer.STOPPED, Effect.RESUME: Answer.RESUMED}
_RESULTS = {"contribution", "benefit", "household"}  # the pictures of what was worked out for somebody
Defer = Callable[[AsyncConnection, int], Awaitable[None]]
_AWAY = (OperationalError, InterfaceError)  # the database is: the event is taken again
MOST_ATTEMPTS = 5  # of an event whose worker dies each time; then the person is told, and an editor sees the question


@dataclass(frozen=True, slots=True)
class Conversation:
    """Stores events and answers them; `defer` puts «answer this contact» into the queue within our transaction."""

    engine: AsyncEngine
    defer: Defer
    clock: Clock = system_clock
    person_secret: str = field(default="", repr=False)  # of digests that erasure must find
    most_appointments: int | None = None  # open ones that a person may make by themselves; None: any number

    async def open_contact(self, channel: str, address: str) -> int:
        """Return the number under which this person's conversation runs."""
        async with self.engine.begin() as connection:
            return await citizens.contact_id(connection, channel, address)

    async def receive(self, contact_id: int, event: Event) -> bool:
        """Store an event and queue its answer in one commit; False when it had come before."""
        async with self.engine.begin() as connection:
            return await self.keep(connection, contact_id, event)

    async def keep(self, connection: AsyncConnection, contact_id: int, event: Event) -> bool:
        """Store an event and queue its answer in the caller's commit; False when it had come before."""
        kept = replace(event, payload=event.payload.replace("\x00", "")[:LONGEST_STORED])
        stored = await store.store_event(connection, contact_id, kept)
        if stored is None:
            return False
        if stored.campaigned:
            await attribution.heard(connection, contact_id, stored.id, kept)
        await self.defer(connection, contact_id)
        return True

    async def answer_waiting(self, contact_id: int, responder: Responder) -> None:
        """Answer the contact's events until none waits. Safe to run twice: each has one effect."""
        while True:
            async with one_statement(self.engine) as connection:
                event = await store.next_waiting(connection, contact_id)
                if event is None:
                    return
                event = await _meant(connection, contact_id, event)
                known = await citizens.facts_kept(connection, contact_id)
            if event.attempts <= MOST_ATTEMPTS and await self._tried(contact_id, event, responder.library):
                continue
            reply = await self._reply(contact_id, event, responder, known)
            await self._finish(contact_id, event, reply, responder.library)

    async def _tried(self, contact_id: int, event: store.Waiting, library: Library) -> bool:
        """Let them answer; what breaks there is told, and blocks nothing behind it."""
        try:
            return await self._taken(contact_id, event, library)
        except _AWAY:
            raise
        except Exception as error:
            log.error("An event cannot be answered", extra={"inbox_id": event.id, "reason": type(error).__name__})
            async with self.engine.begin() as connection:
                await _leave_dialogues(connection, contact_id)
                if await store.mark_answered(connection, event.id):
                    await telling.tell(connection, contact_id, f"reply:{event.id}", (say(library, "our_fault"),))
            return True

    async def _taken(self, contact_id: int, event: store.Waiting, library: Library) -> bool:
        """Let those answer who need no model, in one transaction: a person, the consultant's desk, the booking dialogue."""
        async with self.engine.connect() as connection, connection.begin() as transaction:
            if not await store.mark_answered(connection, event.id):
                return True
            messages = await self._said(connection, contact_id, event, library).answered()
            if messages is None:
                await transaction.rollback()
                return False
            await telling.tell(connection, contact_id, f"reply:{event.id}", messages)
            await note_answers(connection, contact_id, messages, self.clock())
        return True

    def _said(self, connection: AsyncConnection, contact_id: int, event: store.Waiting, library: Library) -> Said:
        said = as_pressed(library, Event(str(event.id), event.kind, event.payload))
        return Said(connection, contact_id, said, library, self.clock(), self.most_appointments)

    async def _reply(
        self, contact_id: int, event: store.Waiting, responder: Responder, known: Mapping[str, str]
    ) -> Reply:
        """Return the reply; one event that breaks us, or has killed workers, never holds up those behind it."""
        try:
            if event.attempts > MOST_ATTEMPTS:
                raise TooManyAttempts
            said = Event(str(event.id), event.kind, event.payload)
            return await responder.reply(f"contact-{contact_id}", said, known)
        except Exception as error:
            log.error("An event cannot be answered", extra={"inbox_id": event.id, "reason": type(error).__name__})
            return Reply((say(responder.library, "our_fault"),), frozenset({Effect.OPEN_QUESTION}))

    async def _finish(self, contact_id: int, event: store.Waiting, reply: Reply, library: Library) -> None:
        async with self.engine.begin() as connection:
            if not await store.mark_answered(connection, event.id):
                return
            if await self._overruled(connection, event.id, reply):
                return
            if event.campaigned:
                await _attribute(connection, contact_id, event.id, reply)
            said_before = not await self._consent(connection, contact_id, event.id, reply)
            repeated = said_before and wish_in(event.kind, event.payload) in (Wish.STOP, Wish.RESUME)
            if not repeated:
                messages = await self._completed(connection, contact_id, event, reply, library)
                await telling.tell(connection, contact_id, f"reply:{event.id}", messages)
                await note_answers(connection, contact_id, messages, self.clock())
            if Effect.OPEN_QUESTION in reply.effects:
                await store.note_open_question(connection, event.id, "no page")

    async def _completed(
        self, connection: AsyncConnection, contact_id: int, event: store.Waiting, reply: Reply, library: Library
    ) -> Sequence[Message]:
        """Return what is said in the end; the reply alone where what should be added to it breaks."""
        try:
            async with connection.begin_nested():
                return await self._said(connection, contact_id, event, library).completed(reply)
        except _AWAY:
            raise
        except Exception as error:
            log.error("A reply cannot be completed", extra={"inbox_id": event.id, "reason": type(error).__name__})
            await _leave_dialogues(connection, contact_id)
            return reply.messages

    async def _overruled(self, connection: AsyncConnection, inbox_id: int, reply: Reply) -> bool:
        """Tell whether the reply would take up a wish that came late, after the person had refused it again."""
        given = [purpose for wish, (purpose, allowed) in _CONSENTS.items() if allowed and wish in reply.effects]
        return bool(given) and await store.refused_later(connection, inbox_id, given[0])

    async def _consent(self, connection: AsyncConnection, contact_id: int, inbox_id: int, reply: Reply) -> bool:
        """Record what the person allows or forbids, and keep or erase facts by it; False when they had said so already."""
        wish = reply.effects & _CONSENTS.keys()
        new = not wish or await self._record(connection, contact_id, inbox_id, min(wish), reply)
        if Effect.STOP in reply.effects:
            await drafts.stop_waiting(connection, contact_id, self.clock())
        if Effect.FORGET in reply.effects:
            proof = f"inbox:{inbox_id}"
            await erase(connection, contact_id, proof=proof, now=self.clock(), secret=self.person_secret)
        elif reply.keep and await citizens.latest_consent(connection, contact_id, citizens.PROFILE):
            await citizens.keep_facts(connection, contact_id, reply.keep)
            await people.hear(connection, contact_id, reply.keep)
        return new

    async def _record(
        self, connection: AsyncConnection, contact_id: int, inbox_id: int, wish: Effect, reply: Reply
    ) -> bool:
        purpose, given = _CONSENTS[wish]
        said_before = await citizens.latest_consent(connection, contact_id, purpose) is given
        if said_before and Effect.FORGET not in reply.effects:  # what was told since then is to be forgotten too
            return False
        shown = hashlib.sha256("".join(message.text for message in reply.messages).encode()).hexdigest()
        await citizens.record_consent(
            connection,
            contact_id,
            purpose=purpose,
            given=given,
            text_version=f"{wish}:{shown[:12]}",
            proof=f"inbox:{inbox_id}",
        )
        return not said_before


async def _meant(connection: AsyncConnection, contact_id: int, event: store.Waiting) -> store.Waiting:
    """Return «HUY» or «DUNG» behind a campaign's message as the stop that it is there; any other event as it is."""
    doubtful = event.kind is Kind.TEXT and refuses_a_campaign(event.payload)
    if not doubtful or not await outbox.answers_a_campaign(connection, contact_id):
        return event
    return replace(event, kind=Kind.BUTTON, payload=str(Wish.STOP))


async def _attribute(connection: AsyncConnection, contact_id: int, inbox_id: int, reply: Reply) -> None:
    """Count what a reply did to the campaign's message that the person had got of late."""
    done = {kind: "" for effect, kind in _COUNTED.items() if effect in reply.effects}
    if done:
        await attribution.is_no_reply(connection, inbox_id)
    shown = [what for each in reply.messages if (what := each.picture.get("what")) in _RESULTS]
    if shown:
        done[Answer.CALCULATED] = str(shown[0])
    for kind, what in done.items():
        await attribution.later(connection, contact_id, kind, key=f"inbox:{inbox_id}", what=what)


async def _leave_dialogues(connection: AsyncConnection, contact_id: int) -> None:
    """Let nobody be caught in a dialogue of ours that breaks."""
    await drafts.drop(connection, contact_id)
    await survey_store.drop(connection, contact_id)
