"""A person's turn of a survey: where they stand, what is shown today, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.campaigns.answers.survey_content import Survey, on_day
from bot.clock import day_in_vietnam
from bot.outbox.rules import Message

Messages = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Sitting:
    """A turn of one person's survey, in the transaction that answers it."""

    connection: AsyncConnection
    contact_id: int
    library: Library
    now: datetime

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return day_in_vietnam(self.now)

    def survey(self, key: str) -> Survey | None:
        """Return a survey as it is shown today; None: there is none, or it is not open today."""
        found = self.library.surveys.get(key)
        return on_day(found, self.library.law.at(self.today)) if found and found.open_on(self.today) else None

    def say(self, key: str, *buttons: Button, **values: object) -> Message:
        """Return a text about it."""
        return Message(self.library.text(f"survey_{key}").filled(**values), buttons)

    def button(self, key: str, to: str) -> Button:
        """Return a button with the text of a key."""
        return Button(self.library.text(f"survey_{key}").text, to)
