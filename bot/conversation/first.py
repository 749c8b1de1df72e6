"""Who answers without a model: a person at the other end, the consultant's desk, the booking dialogue; and what they add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import desk, drafts, mine, talk
from bot.booking.steps import Talk
from bot.citizens import asking, seen
from bot.citizens import store as citizens
from bot.conversation import relay
from bot.conversation.relay.words import with_booking
from bot.conversation.respond import Reply
from bot.conversation.rules import Event, Wish, wish_in
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

    def talk(self) -> Talk:
        """Return the person's turn of the booking dialogue."""
        return Talk(self.connection, self.contact_id, self.library, self.now)

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
        if (relayed := await self.relayed()) is not None:
            return relayed
        at_desk = await desk.turn(self.connection, self.contact_id, self.event, self.library, now=self.now)
        if at_desk is not None:
            return at_desk
        about_them = await asking.answered(self.connection, self.contact_id, self.event, self.library, now=self.now)
        return about_them if about_them is not None else await talk.turn(self.talk(), self.event)

    async def completed(self, reply: Reply) -> Sequence[Message]:
        """Return what is said in the end: a booking that begins or goes on, the queue for a person, or the reply itself."""
        if wish_in(self.event.kind, self.event.payload) is not None:
            await self.relayed()
            return (*reply.messages, *await self._of_appointments(reply))
        if Effect.BOOK in reply.effects and (begun := await talk.begin(self.talk(), self.event.payload)) is not None:
            return begun
        if Effect.HAND_OVER in reply.effects:
            return await self._queued()
        asks = _asks(reply.messages)
        if again := await talk.again(self.talk(), asking=asks):
            return (*reply.messages, *again)
        said = () if asks or reply.effects else reply.messages
        asked = await asking.ask(self.connection, self.contact_id, self.library, said, now=self.now)
        return (*reply.messages, *asked)

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
