"""The two use cases of a conversation: receive an event, answer what waits."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.citizens import store as citizens
from bot.conversation import store
from bot.conversation.actions import consent_to, say
from bot.conversation.respond import Reply, Responder, as_reply
from bot.conversation.rules import LONGEST_STORED, Event, Kind, Wish, wish_of
from bot.conversation.turn import Effect, Turn
from bot.database import one_statement
from bot.outbox.store import plan_replies

log = logging.getLogger(__name__)

Defer = Callable[[AsyncConnection, int], Awaitable[None]]
MOST_ATTEMPTS = 5  # then the person is told, and an editor sees the question


@dataclass(frozen=True, slots=True)
class Conversation:
    """Stores events and answers them; `defer` puts «answer this contact» into the queue within our transaction."""

    engine: AsyncEngine
    defer: Defer

    async def open_contact(self, channel: str, address: str) -> int:
        """Return the number under which this person's conversation runs."""
        async with self.engine.begin() as connection:
            return await citizens.contact_id(connection, channel, address)

    async def receive(self, contact_id: int, event: Event) -> bool:
        """Store an event and queue its answer in one commit; False when it had come before."""
        kept = Event(event.event_id, event.kind, event.payload.replace("\x00", "")[:LONGEST_STORED])
        async with self.engine.begin() as connection:
            if await store.store_event(connection, contact_id, kept) is None:
                return False
            await self.defer(connection, contact_id)
        return True

    async def answer_waiting(self, contact_id: int, responder: Responder) -> int:
        """Answer the contact's waiting events in order; return how many. Safe to run twice: each has one effect."""
        async with one_statement(self.engine) as connection:
            waiting = await store.take_waiting(connection, contact_id)
        for event in waiting:
            reply = await self._reply(contact_id, event, responder)
            await self._finish(contact_id, event, reply)
        return len(waiting)

    async def _reply(self, contact_id: int, event: store.Waiting, responder: Responder) -> Reply:
        wish = _wish(event)
        if wish is not None:
            return as_reply(consent_to(wish)(responder.library, Turn(event.payload, wish), responder.today()))
        if event.attempts > MOST_ATTEMPTS:
            log.error("An event failed too often; the person is told", extra={"inbox_id": event.id})
            return Reply((say(responder.library, "our_fault"),), frozenset({Effect.OPEN_QUESTION}))
        return await responder.reply(f"contact-{contact_id}", Event(str(event.id), event.kind, event.payload))

    async def _finish(self, contact_id: int, event: store.Waiting, reply: Reply) -> None:
        async with self.engine.begin() as connection:
            if not await store.mark_answered(connection, event.id):
                return
            news = await self._consent(connection, contact_id, event.id, reply.effects)
            await plan_replies(connection, contact_id, f"reply:{event.id}", reply.messages if news else ())
            if Effect.OPEN_QUESTION in reply.effects:
                await store.note_open_question(connection, event.id, "no page")
            if Effect.HAND_OVER in reply.effects:
                await store.ask_for_person(connection, event.id, contact_id)

    async def _consent(
        self, connection: AsyncConnection, contact_id: int, inbox_id: int, effects: frozenset[Effect]
    ) -> bool:
        """Record a wish to stop or resume; False when the person had said so already and was told."""
        wish = effects & {Effect.STOP, Effect.RESUME}
        if not wish:
            return True
        given = Effect.RESUME in wish
        if await citizens.latest_consent(connection, contact_id, citizens.OUTREACH) is given:
            return False
        await citizens.record_consent(
            connection,
            contact_id,
            purpose=citizens.OUTREACH,
            given=given,
            text_version=min(wish),
            proof=f"inbox:{inbox_id}",
        )
        return True


def _wish(event: store.Waiting) -> Wish | None:
    if event.kind is Kind.BUTTON:
        return Wish(event.payload) if event.payload in tuple(Wish) else None
    return wish_of(event.payload)
