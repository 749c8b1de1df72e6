"""Events on their way to a bot: kept until fetched or acknowledged, repeated by each provider's ladder, doubled or held back by faults."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.simulator.caller import Answer, NoAnswer
from bot.simulator.world import World

Post = Callable[["Event"], Awaitable[Answer]]
Ladder = Callable[[int, Answer | None], float | None]
NEIGHBOUR = 0.3  # real seconds for which a held-back event waits for another to overtake it


@dataclass(slots=True)
class Event:
    """One thing a citizen did, as the bot will read it; `repeats` counts deliveries after the first."""

    number: int
    address: str
    at: float
    body: dict[str, Any]
    repeats: int = 0
    held: bool = False


class Mailbox:
    """One face's events. With `in_order` a person's next event waits until the one before was acknowledged."""

    def __init__(self, world: World, face: str, post: Post, ladder: Ladder, *, keeps: float, in_order: bool) -> None:
        self._world, self._face, self._post, self._ladder = world, face, post, ladder
        self._keeps, self._in_order = keeps, in_order
        self._numbers = itertools.count(1)
        self.waiting: dict[int, Event] = {}
        self._lanes: defaultdict[str, deque[Event]] = defaultdict(deque)
        self._places = asyncio.Semaphore(40)
        self._arrived = asyncio.Event()
        self.hooked = False
        self.last_error, self.last_error_at = "", 0.0

    def put(self, address: str, body: dict[str, Any]) -> Event:
        """Take an event in."""
        event = Event(next(self._numbers), address, self._world.clock.now(), body)
        self.waiting[event.number] = event
        self._arrived.set()
        if self.hooked:
            self._drive(event)
        return event

    def hook(self, *, on: bool, places: int = 40) -> None:
        """Begin or end pushing to a webhook; what waits is pushed too."""
        was, self.hooked, self._places = self.hooked, on, asyncio.Semaphore(places)
        if on and not was:
            for event in list(self.waiting.values()):
                self._drive(event)

    def fresh(self) -> list[Event]:
        """Return the waiting events in order, without those kept too long."""
        oldest = self._world.clock.now() - self._keeps
        for event in [event for event in self.waiting.values() if event.at < oldest]:
            del self.waiting[event.number]
        return list(self.waiting.values())

    async def arrival(self, seconds: float) -> None:
        """Wait until something arrives, at most so many real seconds."""
        self._arrived.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._arrived.wait(), seconds)

    def wake(self) -> None:
        """End every wait for arrivals."""
        self._arrived.set()

    def _drive(self, event: Event) -> None:
        idle = event.address not in self._lanes
        self._lanes[event.address].append(event)
        if idle:
            self._world.begin(self._lane(event.address))

    async def _lane(self, address: str) -> None:
        lane = self._lanes[address]
        while lane:
            event = await self._next(lane)
            if not self.hooked or event.number not in self.waiting:
                continue  # the webhook was taken away, or somebody fetched it
            acknowledged, answer = await self._push_twice(event)
            if acknowledged:
                continue
            if self._in_order:
                await self._repeat(event, answer)
            else:
                self._world.begin(self._repeat(event, answer))
        del self._lanes[address]

    async def _next(self, lane: deque[Event]) -> Event:
        """Return the next event; one that a fault holds back lets the event behind it pass first."""
        first = lane[0]
        if not first.held and self._world.faults.event("reorder", self._face, first.address, self._world.clock.now()):
            first.held = True
            for _ in range(int(NEIGHBOUR / 0.02)):
                if len(lane) > 1:
                    lane[0], lane[1] = lane[1], lane[0]
                    self._world.counts[f"{self._face} events reordered"] += 1
                    break
                await asyncio.sleep(0.02)
        return lane.popleft()

    async def _repeat(self, event: Event, answer: Answer | None) -> None:
        """Push by the ladder until acknowledged, no rung is left or the event is too old."""
        clock, due, acknowledged = self._world.clock, event.at, False
        while not acknowledged:
            event.repeats += 1
            delay = self._ladder(event.repeats, answer)
            due = (clock.now() if clock.speed else due) + (delay or 0)  # a leap past several rungs climbs them all
            if delay is None or due > event.at + self._keeps:
                self.waiting.pop(event.number, None)
                self._world.counts[f"{self._face} events dropped"] += 1
                return
            await clock.until(due)
            if event.number not in self.waiting or not self.hooked:
                return
            acknowledged, answer = await self._push(event)

    async def _push_twice(self, event: Event) -> tuple[bool, Answer | None]:
        """Push the event, a second time if a fault says so; tell whether it was acknowledged, and the answer."""
        double = self._world.faults.event("duplicate", self._face, event.address, self._world.clock.now())
        if double is None:
            return await self._push(event)
        self._world.counts[f"{self._face} events doubled"] += 1
        first, second = await asyncio.gather(self._push(event), self._push(event, double.value))
        return (first[0] or second[0], first[1])

    async def _push(self, event: Event, after: float = 0) -> tuple[bool, Answer | None]:
        if after:
            await asyncio.sleep(after)
        async with self._places:
            began = time.perf_counter()
            answer, fault = await self._posted(event)
        if fault:
            self.last_error, self.last_error_at = fault, self._world.clock.now()
            self._world.counts[f"{self._face} webhooks failed"] += 1
            return False, answer
        self._world.acknowledged.append(time.perf_counter() - began)
        self._world.counts[f"{self._face} webhooks acknowledged"] += 1
        self.waiting.pop(event.number, None)
        return True, answer

    async def _posted(self, event: Event) -> tuple[Answer | None, str]:
        try:
            answer = await self._post(event)
        except NoAnswer as error:
            return None, str(error)
        return answer, "" if answer.well else f"Wrong response from the webhook: {answer.status}"
