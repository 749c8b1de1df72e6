"""What every test may use: the real content, and a real PostgreSQL started once for the run."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.answers.library import Library, load_library
from bot.database import embedded_postgres, migrate
from bot.local import quiet_stack
from bot.settings import ROOT, Settings
from bot.wiring import Parts
from bot.worker import register

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def library() -> Library:
    """The content as it is."""
    return load_library(ROOT / "content")


@pytest.fixture
def today() -> date:
    """The day on which the content was last checked as a whole."""
    return TODAY


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server with an empty, migrated database named template."""
    with embedded_postgres(_short(tmp_path_factory), durable=False) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_ansinh")
        migrate(make_url(url).set(database="template_ansinh").render_as_string(hide_password=False))
        yield url


def _short(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("pg") / "data"  # a socket's path must stay under about 100 signs


_numbers = itertools.count(1)


@pytest.fixture
async def database_url(postgres: str) -> AsyncIterator[str]:
    """The URL of a fresh database for one test, gone after it."""
    name = f"test_{next(_numbers)}"
    yield fresh_database(postgres, name)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def fresh_database(postgres: str, name: str, like: str = "template_ansinh") -> str:
    """Return the URL of a new database of that name, a copy of another in which nobody works."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return make_url(postgres).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
async def parts(postgres: str) -> AsyncIterator[Parts]:
    """The whole system in this process with a real Rasa beside it; the model is trained if the data changed."""
    url = fresh_database(postgres, "system")
    with psycopg.connect(url, autocommit=True) as connection:  # Rasa remembers by number, those of other databases too
        connection.execute("SELECT setval(pg_get_serial_sequence('contact', 'id'), 1000000)")
    settings = Settings(database_url=url, var=ROOT / "var", now="2026-11-22T09:00").prepared()
    async with quiet_stack(settings) as found:
        yield found


@pytest.fixture(scope="session")
async def address(parts: Parts) -> AsyncIterator[str]:
    """The address of the web chat, with a worker answering."""
    register(parts)
    working = asyncio.create_task(
        parts.jobs.run_worker_async(concurrency=4, install_signal_handlers=False, shutdown_graceful_timeout=1)
    )
    yield f"http://127.0.0.1:{parts.settings.port}"
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
