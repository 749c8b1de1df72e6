"""What one event or one look at the clock works with, and what it says to others: planned at its end, in order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking.closed import weekdays
from bot.booking.diaries import special_days
from bot.clock import day_in_vietnam
from bot.conversation.relay.hours import WORKED_WEEKDAYS, Works
from bot.outbox import telling
from bot.outbox.rules import Message

LONGEST_KNOWN = timedelta(days=60)  # how far back it is reckoned whether a day was worked
RELAYED = "relay"  # keys of what one person wrote to another: relay:<inbox id>


@dataclass(frozen=True, slots=True)
class Line:
    """The caller's transaction, our words, the moment, and the event that all of it follows."""

    connection: AsyncConnection
    library: Library
    now: datetime
    inbox_id: int
    mark: str  # tells apart what one event says by several ways
    _told: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))

    @property
    def hotline(self) -> str:
        """The number that answers when nobody here does."""
        return str(self.library.law.at(day_in_vietnam(self.now))["service.hotline"])

    async def relay(self, contact_id: int, message: Message) -> None:
        """Plan what one person wrote for the other."""
        await telling.tell(self.connection, contact_id, f"{RELAYED}:{self.inbox_id}", [message])

    def tell(self, contact_id: int | None, *messages: Message) -> None:
        """Have somebody told who has not written to us just now; nobody, where there is no contact any more."""
        if contact_id is not None:
            self._told[contact_id].extend(messages)

    async def hang_up(self) -> None:
        """Plan all that is told, one key for each person."""
        for contact_id, messages in sorted(self._told.items()):
            key = f"told:{self.inbox_id}:{self.mark}:{contact_id}"
            await telling.tell(self.connection, contact_id, key, messages)
        self._told.clear()

    async def works(self) -> Works:
        """Return which days are worked: those on which the plans of Monday to Friday hold."""
        special = await special_days(self.connection, self.now - LONGEST_KNOWN)
        return lambda day: any(weekday in WORKED_WEEKDAYS for weekday in weekdays(day, special))
