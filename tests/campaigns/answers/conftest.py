"""What the tests of answers share: a world over a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.answers.library import Library
from bot.database import open_engine
from tests.campaigns.answers.world import World


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[World]:
    engine = open_engine(database_url)
    yield World(engine, library)
    await engine.dispose()
