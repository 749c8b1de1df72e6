"""Staff as pages name them: by their names, not by the keys of their accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.console.words import WORDS
from bot.staff import accounts

CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Who:
    """Says who did something, by the key that is written down; the key is told to whoever points at the name."""

    names: Mapping[str, str]

    def __call__(self, key: str) -> Markup:
        """Return the name as a page shows it."""
        return Markup('<span title="{}">{}</span>').format(key, self.name(key))

    def name(self, key: str) -> str:
        """Return the name alone; of what is no account the words for it."""
        return self.names.get(key) or ("Máy" if key == CLOCK else WORDS.get(key, key))


async def who_of(connection: AsyncConnection) -> Who:
    """Return what names everybody who has or had an account."""
    return Who(await accounts.names(connection))
