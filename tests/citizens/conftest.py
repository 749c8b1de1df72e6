"""People over a fresh database for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.answers.library import Library
from tests.citizens.people_world import People, people_of


@pytest.fixture
async def people(database_url: str, library: Library) -> AsyncIterator[People]:
    async with people_of(database_url, library) as found:
        yield found
