"""Faults, by script and by probability: drawn from the seed, the person and the count of calls, so never from timing."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.errors import SetupError

REFUSALS = ("429", "5xx", "revoked", "drop")  # nothing was taken; drop: the connection ends without an answer
LOSSES = ("hang", "reset", "unrecorded")  # taken, and no or half an answer; or answered and not taken
OTHERS = ("latency", "duplicate", "reorder")
KINDS = REFUSALS + LOSSES + OTHERS


@dataclass(slots=True)
class Fault:
    """One rule: which calls, how often, how long. `method` "" means every call that sends, "*" every call."""

    kind: str
    face: str = ""
    method: str = ""
    address: str = ""
    probability: float = 1.0
    skip: int = 0  # let the first so many matching calls pass
    times: int = 0  # strike at most so often; 0: without end
    seconds: float = 0  # lapse so long after it was set, on the simulated clock; 0: never
    value: float = 0  # 429: retry_after; latency: median seconds; duplicate: seconds until the second
    spread: float = 0  # latency: sigma of the log-normal distribution
    number: int = 0
    until: float = math.inf
    met: int = 0
    struck: int = 0

    def matches(self, face: str, method: str, address: str, sends: bool) -> bool:
        """Tell whether this rule speaks of the call."""
        wanted = sends if self.method == "" else self.method in ("*", method)
        return wanted and self.face in ("", face) and self.address in ("", address)


@dataclass(frozen=True, slots=True)
class Fate:
    """What will happen to one call."""

    kind: str = ""
    value: float = 0
    delay: float = 0

    @property
    def unrecorded(self) -> bool:
        """Tell whether the sender is lied to."""
        return self.kind == "unrecorded"


CALM = Fate()
_GIVEN = {field.name: field.type for field in fields(Fault)[:10]}


class Faults:
    """The rules in force and what they have done."""

    def __init__(self, seed: int) -> None:
        self.rules: list[Fault] = []
        self._seed, self._numbers = seed, itertools.count(1)
        self._calls: Counter[tuple[int, str]] = Counter()

    def add(self, given: Mapping[str, Any], now: float) -> Fault:
        """Put a rule in force; raise SetupError if it cannot be understood."""
        unknown = sorted(set(given) - _GIVEN.keys())
        if unknown:
            raise SetupError(f"A fault has no {', '.join(unknown)}.")
        rule = Fault(**{name: _checked(name, value) for name, value in given.items()})
        if rule.kind not in KINDS:
            raise SetupError(f"A fault is one of {', '.join(KINDS)}.")
        rule.number, rule.until = next(self._numbers), now + rule.seconds if rule.seconds else math.inf
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """End every fault."""
        self.rules.clear()

    def fate(self, face: str, method: str, address: str, now: float, sends: bool = True) -> Fate:
        """Draw what happens to this call: at most one fault, and a delay."""
        if not self.rules:
            return CALM
        delay, chosen = 0.0, None
        for rule in self.rules:
            if rule.kind in ("duplicate", "reorder") or not rule.matches(face, method, address, sends):
                continue
            if (rule.kind == "latency" or chosen is None) and (draw := self._draw(rule, address, now)):
                if rule.kind == "latency":
                    delay += rule.value * math.exp(rule.spread * draw.gauss(0, 1))
                else:
                    chosen = rule
        return Fate(chosen.kind, chosen.value, delay) if chosen else Fate(delay=delay)

    def event(self, kind: str, face: str, address: str, now: float) -> Fault | None:
        """Return the rule that doubles or holds back this event on its way to the bot, if one strikes."""
        for rule in self.rules:
            if rule.kind == kind and rule.matches(face, "", address, True) and self._draw(rule, address, now):
                return rule
        return None

    def _draw(self, rule: Fault, address: str, now: float) -> random.Random | None:
        if now > rule.until or (rule.times and rule.struck >= rule.times):
            return None
        rule.met += 1
        self._calls[rule.number, address] += 1
        draw = random.Random(f"{self._seed}/{rule.number}/{address}/{self._calls[rule.number, address]}")  # noqa: S311
        if rule.met <= rule.skip or draw.random() >= rule.probability:
            return None
        rule.struck += 1
        return draw


def _checked(name: str, value: object) -> Any:
    wanted: dict[object, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float)}
    if isinstance(value, bool) or not isinstance(value, wanted[_GIVEN[name]]):
        raise SetupError(f"The {name} of a fault is {_GIVEN[name]}.")
    if isinstance(value, int | float) and not 0 <= value < 10**9:
        raise SetupError(f"The {name} of a fault is out of range.")
    return value
