"""Who answers without a model: a person at the other end, the consultant's desk, a survey, the booking dialogue; and what they add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import desk, drafts, mine, talk
from bot.booking.begins import begins_booking
from bot.booking.steps import Talk
from bot.campaigns.answers import paid, rumours, survey_store, survey_talk, work
from bot.campaigns.answers.sitting import Sitting
from bot.citizens import asking, seen
from bot.citizens import store as citizens
from bot.conversation import relay
from bot.conversation.relay.words import with_booking
from bot.conversation.respond import Reply
from bot.conversation.rules import Event, Kind, Wish, wish_in
from bot.conversation.turn import Effect
from bot.outbox.rules import Message


@dataclass(frozen=True, slots=True)
class Said:
    """An event of a person, in the transaction that answers it; its id is the inbox's."""

    connection: AsyncConnection
    contact_id: int
    event: Event
    library: Library
    now: datetime
    most_appointments: int | None

    def talk(self) -> Talk:
        """Return the person's turn of the booking dialogue."""
        return Talk(self.connection, self.contact_id, self.library, self.now, self.most_appointments)

    def sitting(self) -> Sitting:
        """Return the person's turn of a survey or quiz."""
        return Sitting(self.connection, self.contact_id, self.library, self.now)

    async def relayed(self) -> tuple[Message, ...] | None:
        """Hand the event to the person who speaks with its sender; a wish to stop ends that."""
        return await relay.turn(
            self.connection, self.contact_id, int(self.event.event_id), self.event, self.library,
            now=self.now,
        )  # fmt: skip

    async def answered(self) -> tuple[Message, ...] | None:
        """Return what those answer who need no model, () for silence; None: ask the dialogue engine."""
        wish = wish_in(self.event.kind, self.event.payload)
        if wish is Wish.SEE:
            return await seen.seen(self.connection, self.contact_id, self.library, now=self.now)
        if wish is not None:
            return None
        if self.event.kind is Kind.BUTTON and (thanked := await self._paid()) is not None:
            return thanked
        if (relayed := await self.relayed()) is not None:
            return relayed
        at_desk = await desk.turn(self.connection, self.contact_id, self.event, self.library, now=self.now)
        if at_desk is not None:
            return at_desk
        if (surveyed := await survey_talk.turn(self.sitting(), self.event)) is not None:
            return surveyed
        about_them = await asking.answered(self.connection, self.contact_id, self.event, self.library, now=self.now)
        if about_them is not None:
            return about_them
        if (told := await self._told()) is not None:
            return (*told, *await self._again(asks=False))
        if (booked := await talk.turn(self.talk(), self.event)) is not None:  # whose question is the open one then
            await survey_store.pause(self.connection, self.contact_id)
        return booked

    async def _told(self) -> tuple[Message, ...] | None:
        """Return what answers news of a payment, or a rumour: before an open question takes them for a name."""
        if begins_booking(self.event.payload):
            return None
        return await self._paid() or await rumours.turn(
            self.connection, self.contact_id, self.event, self.library,
            now=self.now,
        )  # fmt: skip

    async def _paid(self) -> tuple[Message, ...] | None:
        return await paid.turn(self.connection, self.contact_id, self.event, self.library)

    async def completed(self, reply: Reply) -> Sequence[Message]:
        """Return what is said in the end: a booking that begins or goes on, the queue for a person, or the reply itself."""
        if wish_in(self.event.kind, self.event.payload) is not None:
            await self.relayed()
            await survey_store.drop(self.connection, self.contact_id)
            return (*reply.messages, *await self._of_appointments(reply))
        await self._noted(reply)
        if Effect.BOOK in reply.effects and (begun := await talk.begin(self.talk(), self.event.payload)) is not None:
            await survey_store.pause(self.connection, self.contact_id)
            return begun
        if Effect.HAND_OVER in reply.effects:
            await survey_store.pause(self.connection, self.contact_id)
            return await self._queued()
        asks = _asks(reply.messages)
        if again := await self._again(asks=asks):
            return (*reply.messages, *again)
        said = () if asks or reply.effects else reply.messages
        asked = await asking.ask(self.connection, self.contact_id, self.library, said, now=self.now)
        return (*reply.messages, *asked)

    async def _again(self, *, asks: bool) -> tuple[Message, ...]:
        """Ask again what a dialogue of ours had asked, after a question in between; `asks`: its answer asks something itself."""
        booking = await talk.again(self.talk(), asking=asks)
        return booking or await survey_talk.again(self.sitting(), asking=asks)

    async def _noted(self, reply: Reply) -> None:
        """Put before the editors what people heard and what they complain of."""
        said = (self.connection, self.contact_id, self.event, reply.messages)
        unanswered = Effect.OPEN_QUESTION in reply.effects
        if not await rumours.note_unmatched(*said, unanswered=unanswered):
            await work.note_report(*said)

    async def _of_appointments(self, reply: Reply) -> tuple[Message, ...]:
        """Return what a wish to be forgotten, or not to be written to, leaves of coming appointments."""
        if Effect.FORGET in reply.effects:
            return await mine.kept(self.talk())
        return await mine.stays(self.talk()) if Effect.STOP in reply.effects else ()

    async def _queued(self) -> tuple[Message, ...]:
        known = await citizens.facts_kept(self.connection, self.contact_id)
        said = await relay.asked(
            self.connection, self.contact_id, int(self.event.event_id), self.library, known,
            now=self.now,
        )  # fmt: skip
        if not await drafts.leave_open(self.connection, self.contact_id, self.now):
            return said
        return (*said[:-1], *(with_booking(self.library, last) for last in said[-1:]))


def _asks(messages: Sequence[Message]) -> bool:
    """Tell whether the last message waits for an answer: a form's question, or one that is answered with yes or no."""
    return bool(messages) and (messages[-1].once or any(button.to == "affirm" for button in messages[-1].buttons))
