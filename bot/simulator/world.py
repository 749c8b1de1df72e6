"""The simulated world that all faces share: clock, chance, citizens, truth, faults, counts."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.simulator.caller import Caller
from bot.simulator.clock import SimulatedClock
from bot.simulator.faults import CALM, Fate, Faults
from bot.simulator.switches import Switches
from bot.simulator.truth import Line, Truth
from bot.simulator.wire import Call, Reply

FACES = ("telegram", "zalo_bot", "zalo_oa", "sms")


@dataclass(slots=True)
class Citizen:
    """One person (or group) as one provider knows them; what may be set by script comes first."""

    face: str
    address: str
    name: str = ""
    phone: str = ""
    blocked: bool = False
    deactivated: bool = False
    follows: bool = False  # Zalo OA
    inactive: bool = False  # Zalo: not seen for more than 45 days
    has_zalo: bool = True  # reached by phone on Zalo
    moved_to: str = ""  # a group that became a supergroup
    carrier: str = "1"
    wrote_at: float | None = None  # last word; None: never wrote, so a bot may not begin
    promotions: list[float] = field(default_factory=list)

    def shown_name(self) -> str:
        """Return a name for pages and messages."""
        return self.name or f"Công dân {self.address[-4:]}"


SETTABLE = ("name", "phone", "blocked", "deactivated", "follows", "inactive", "has_zalo", "moved_to", "carrier")


@dataclass(frozen=True, slots=True)
class Act:
    """A call understood: the method's name, its parameters, whom it concerns, whether it sends, and its fate."""

    method: str
    given: dict[str, Any]
    address: str = ""
    sends: bool = False
    token: str = ""
    fate: Fate = CALM


class Face(Protocol):
    """One provider as a bot sees it."""

    name: str

    def read(self, call: Call) -> Act | Reply:
        """Understand a call, or refuse it."""

    def refuse(self, fate: Fate) -> Reply:
        """Say no as this provider does, for 429, 5xx and revoked."""

    async def perform(self, act: Act) -> Reply:
        """Do what the call asks and answer."""

    def said(self, citizen: Citizen, event: dict[str, Any]) -> str:
        """Let a citizen do something; return the provider's id of the event."""

    def pending(self) -> int:
        """Return how many events the bot has not taken yet."""


class World:
    """Everything that is forgotten at a reset."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self.clock = SimulatedClock(switches.began(), switches.speed)
        self.chance = random.Random(switches.seed)  # noqa: S311
        self.truth = Truth(switches.truth_file)
        self.faults = Faults(switches.seed)
        self.citizens: dict[tuple[str, str], Citizen] = {}
        self.counts: Counter[str] = Counter()
        self.acknowledged: list[float] = []  # real seconds each webhook took to be acknowledged
        self.caller = Caller()
        self._tasks: set[asyncio.Task[None]] = set()

    def citizen(self, face: str, address: str) -> Citizen | None:
        """Return who has this address, if anybody."""
        return self.citizens.get((face, address))

    def meet(self, face: str, address: str) -> Citizen:
        """Return who has this address, a new person if nobody."""
        found = self.citizens.get((face, address))
        if found is None:
            found = self.citizens[face, address] = Citizen(face, address)
        return found

    def record(
        self, face: str, kind: str, address: str, id_: str, text: str, *, key: str = "", fault: str = "", **extra: Any
    ) -> None:
        """Write a line of the truth."""
        self.truth.add(Line(len(self.truth.lines), self.clock.now(), face, kind, address, id_, text, key, fault, extra))

    def got(self, face: str, act: Act, id_: str, text: str, *, key: str = "", **extra: Any) -> None:
        """Write that a person got a message, or that only the sender believes so."""
        kind = "lost" if act.fate.unrecorded else "got"
        self.record(face, kind, act.address, id_, text, key=key, fault=act.fate.kind, **extra)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start work in the background; it ends with this world."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End what runs in the background, close connections and the truth."""
        for task in list(self._tasks):
            task.cancel()
        await self.caller.close()
        self.truth.close()
