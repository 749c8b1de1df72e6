"""The sender of one account: claims, calls, settles; intent is committed before a call, and no transaction is open in it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, system_clock
from bot.database import one_statement
from bot.outbox import accounts, pace
from bot.outbox.caps import SMS_LAW, Cap
from bot.outbox.claim import Claimed, claim, give_back, resolve_left_behind, settle_all
from bot.outbox.contract import Channel, Outcome, Part, Reject, Unknown
from bot.outbox.permission import still_permitted
from bot.outbox.settle import Settlement, settle
from bot.outbox.shape import part_of

log = logging.getLogger(__name__)

SIGN_OF_LIFE = 2.0  # seconds
WHILE_TAKEN = 1.0  # seconds between tries to take over an account somebody else sends for
PATIENCE = 40.0  # seconds after which a call counts as unanswered, whatever the client says
ENDING = 8.0  # seconds for which calls under way are waited for at an end
GATHER, GATHER_BUSY = (
    0.02,
    0.1,
)  # seconds in which results are written together, and messages claimed when much is under way
Prepare = Callable[[Claimed], Awaitable[Part | None]]  # None: this channel has nothing to show of it


class Lost(Exception):
    """Somebody else sends for the account now."""


class Sender:
    """Sends for one account while it holds the lease; any number may run, one works.

    `beside` runs for as long as the lease is held: what only one process may do, such as fetching updates. `silent` tells
    of which classes nothing leaves now; `caps` how much of campaigns one person gets. `clock` is a clock that goes.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        channel: Channel,
        *,
        rate: float,
        at_once: int | None = None,
        prepare: Prepare | None = None,
        beside: Callable[[], Awaitable[None]] | None = None,
        silent: Callable[[], Collection[str]] = frozenset,
        caps: Sequence[Cap] = (SMS_LAW,),
        clock: Clock = system_clock,
    ) -> None:
        self._engine, self._channel, self._rate, self._at_once = engine, channel, rate, at_once or pace.at_once(rate)
        self._name = channel.capabilities.name
        self.id = secrets.token_hex(8)
        self._silent, self._caps, self._clock = silent, caps, clock
        self._prepare, self._beside = prepare or _as_it_is, beside or asyncio.Event().wait
        self._results: asyncio.Queue[tuple[Claimed, Settlement]] = asyncio.Queue()
        self._under_way: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()  # one of them has ended
        self._ours: set[int] = set()  # rows claimed whose end is not written yet
        self._hold_until = datetime.min.replace(tzinfo=UTC)  # what the provider said just now, not written yet

    async def run(self) -> None:
        """Send until cancelled; a database that is away, or a lost lease, is waited out."""
        while True:
            try:
                if await self._take_over():
                    await self._work()
            except Lost:
                log.warning("Another sender has taken over", extra={"channel": self._name})
            except SQLAlchemyError as error:
                log.warning("The sender lost the database", extra={"reason": type(error).__name__})
            except Exception as error:  # of what runs beside us: an account never falls silent for good
                log.error("The sender begins again", extra={"reason": type(error).__name__})
            await asyncio.sleep(WHILE_TAKEN)

    async def aclose(self) -> None:
        """Close the channel's connections."""
        await self._channel.aclose()

    async def _take_over(self) -> bool:
        async with self._engine.begin() as connection:
            if not await accounts.take_over(connection, self._name, self.id, self._rate):
                return False
            unknown = await resolve_left_behind(connection, self._name, self.id)
            await give_back(connection, self._name, self.id, self._ours)
        if unknown:
            log.warning("Messages are unknown: their sender died", extra={"channel": self._name, "count": unknown})
        return True

    async def _work(self) -> None:
        """Run until one of the parts ends; what is under way is let finish, and its results are written."""
        jobs = (self._stay_alive(), self._write_results(), self._pump(), self._run_beside())
        parts = [asyncio.create_task(job) for job in jobs]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await self._finish(parts)

    async def _finish(self, parts: list[asyncio.Task[None]]) -> None:
        """Begin nothing new; hold the account until what is under way has ended and is written, then leave it."""
        for ending in (parts[2:], parts[:2]):
            for part in ending:
                part.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=ENDING)
        with suppress(Exception):
            await self._write(self._waiting_results())
            async with self._engine.begin() as connection:
                if not self._under_way:  # else the lease runs out, and nobody takes what may be answered yet
                    await accounts.release(connection, self._name, self.id)
                await give_back(connection, self._name, self.id, self._ours)  # a claim we were stopped in the middle of

    async def _run_beside(self) -> None:
        """Run what stands beside us; when it breaks it begins again, and sending goes on."""
        while True:
            try:
                await self._beside()
            except Exception as error:
                log.warning("Fetching begins again", extra={"channel": self._name, "reason": type(error).__name__})
            await asyncio.sleep(WHILE_TAKEN)

    async def _stay_alive(self) -> None:
        while True:
            await asyncio.sleep(SIGN_OF_LIFE)
            async with self._engine.begin() as connection:
                if not await accounts.keep(connection, self._name, self.id):
                    raise Lost

    async def _pump(self) -> None:
        """Take what may leave and set it going, as much at once as there are connections for."""
        while True:
            free = await self._room()
            held = (self._hold_until - self._clock()).total_seconds()
            if held > 0:
                await asyncio.sleep(min(held, WHILE_TAKEN))
                continue
            async with self._engine.begin() as connection:
                found = await claim(
                    connection,
                    self._name,
                    self.id,
                    own_rate=self._rate,
                    most=free,
                    silent=self._silent(),
                    caps=self._caps,
                )
            if not found.ours:
                raise Lost
            self._begin(row for row in found.rows if row.campaign_id is None)
            self._begin(await self._permitted([row for row in found.rows if row.campaign_id is not None]))
            await asyncio.sleep(min(found.wait, WHILE_TAKEN))

    async def _permitted(self, rows: list[Claimed]) -> list[Claimed]:
        """Return those of a campaign's messages that may still leave: since the claim somebody may have said stop."""
        if not rows:
            return []
        async with one_statement(self._engine) as connection:
            permitted = await still_permitted(
                connection,
                self.id,
                [row.id for row in rows],
                silent="campaign" in self._silent(),
                caps=self._caps,
            )
        return [row for row in rows if row.id in permitted]

    def _begin(self, rows: Iterable[Claimed]) -> None:
        for row in rows:
            self._ours.add(row.id)
            task = asyncio.create_task(self._send(row))
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    async def _room(self) -> int:
        """Wait until something more can be under way, a moment longer where that is little; return how much."""
        while len(self._under_way) >= self._at_once:
            self._freed.clear()
            await self._freed.wait()
        if self._busy():
            await asyncio.sleep(GATHER_BUSY)
        return self._at_once - len(self._under_way)

    def _busy(self) -> bool:
        return len(self._under_way) > self._at_once / 2

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._freed.set()

    async def _send(self, row: Claimed) -> None:
        outcome = await self._outcome(row)
        found = settle(
            outcome, attempts=row.attempts, expires_at=row.expires_at, now=self._clock(), most=row.most_attempts
        )
        if found.stop_account:
            log.error(
                "An account is stopped: an operator must look", extra={"channel": self._name, "why": found.reason}
            )
        if found.block_account_until is not None:
            self._hold_until = max(self._hold_until, found.block_account_until)
        self._results.put_nowait((row, found))

    async def _outcome(self, row: Claimed) -> Outcome:
        """Send one row; whatever breaks after the call may have left is unknown."""
        try:
            part = await self._prepare(row)
        except Exception as error:
            log.error("A message cannot be prepared", extra={"row": row.id, "reason": type(error).__name__})
            return Reject("cannot be prepared")
        if part is None:
            return Reject("nothing to show here")
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._channel.send(row.address, part, key=row.key, now=self._clock())
        except Exception as error:
            log.error("A message may or may not have been sent", extra={"row": row.id, "reason": type(error).__name__})
            return Unknown(type(error).__name__)

    async def _write_results(self) -> None:
        while True:
            first = await self._results.get()
            try:
                await asyncio.sleep(GATHER_BUSY if self._busy() else GATHER)
            finally:  # an end in this moment forgets no result
                self._results.put_nowait(first)
            await self._write(self._waiting_results())

    def _waiting_results(self) -> list[tuple[Claimed, Settlement]]:
        return [self._results.get_nowait() for _ in range(self._results.qsize())]

    async def _write(self, settled: list[tuple[Claimed, Settlement]]) -> None:
        if not settled:
            return
        try:
            async with self._engine.begin() as connection:
                await settle_all(connection, self._name, self.id, settled)
        except BaseException:  # the rows stay «sending»; written when the database is back, by us or as unknown
            for each in settled:
                self._results.put_nowait(each)
            raise
        self._ours.difference_update(row.id for row, _ in settled)


async def _as_it_is(row: Claimed) -> Part:
    return part_of(row.body)
