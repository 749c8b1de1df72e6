"""Keeps the Official Account's rotating pair of tokens in the database, renewed by one process at a time."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.zalo_oa.tokens import Pair

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # of the first refresh token: an access token is fetched with it at once
_LOCK = 4_207_849_484  # the number of our advisory lock


class KeptTokens:
    """The pair of one channel account; the first refresh token comes from the settings."""

    def __init__(self, engine: AsyncEngine, channel: str, first_refresh: str) -> None:
        self._engine, self._channel, self._first = engine, channel, first_refresh
        self._mark = hashlib.sha256(first_refresh.encode()).hexdigest()

    async def load(self) -> Pair:
        """Return the pair as it is kept now."""
        async with self._engine.connect() as connection:
            kept = await connection.scalar(
                text("SELECT tokens FROM channel_account WHERE channel = :channel"), {"channel": self._channel}
            )
        if not kept or kept.get("first") != self._mark:  # an administrator has allowed the application anew
            return Pair("", self._first, LONG_AGO)
        return Pair(kept["access"], kept["refresh"], datetime.fromisoformat(kept["since"]))

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        """Keep all other processes from renewing; a lock of the session, so that no transaction is open meanwhile."""
        async with self._engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK})
            try:
                yield
            finally:
                await alone.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _LOCK})

    async def save(self, pair: Pair) -> None:
        """Keep a pair for good before returning."""
        async with self._engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE channel_account SET tokens = jsonb_build_object("
                    "'first', cast(:first AS text), 'access', cast(:access AS text), 'refresh', cast(:refresh AS text), 'since', cast(:since AS text))"
                    " WHERE channel = :channel"
                ),
                {
                    "first": self._mark,
                    "access": pair.access,
                    "refresh": pair.refresh,
                    "since": pair.since.isoformat(),
                    "channel": self._channel,
                },
            )
