"""Three waves with simulated entries, made once and copied for each test that wants them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import make_url

from tests.campaigns.wave_world import CAN_THO, Waves, waves_of
from tests.conftest import fresh_database

OCTOBER = datetime(2023, 10, 25, 3, 0, tzinfo=UTC)
_copies = itertools.count(1)


@pytest.fixture(scope="session")
async def simulated(postgres: str) -> str:
    """The name of a database with the three waves of 2023."""
    url = fresh_database(postgres, "waves_simulated")
    async with waves_of(url) as waves:
        await waves.load(CAN_THO)
        for number, share in ((1, 0.9), (2, 1.1), (3, 0.8)):
            await waves.simulate(f"can_tho_2023_{number}", share=share, seed=number, now=OCTOBER)
    return "waves_simulated"


@pytest.fixture
async def three_waves(postgres: str, simulated: str) -> AsyncIterator[Waves]:
    """A copy of it for one test."""
    name = f"waves_{next(_copies)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {simulated}")
    async with waves_of(make_url(postgres).set(database=name).render_as_string(hide_password=False)) as waves:
        yield waves
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
