"""What a campaign is going to take: when it will have been sent, what will not be in time, and what it costs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.clock import VIETNAM, day_in_vietnam
from bot.errors import ContentError
from bot.outbox.channels import CAPABILITIES
from bot.outbox.quiet import CAMPAIGNS_END, opening
from bot.yaml_files import as_date, as_text, checked_keys

UNITS = ("message", "part")  # what is paid for: the message, or each part that the channel makes of it
LONGEST = timedelta(days=366)  # a forecast looks no further


@dataclass(frozen=True, slots=True)
class Price:
    """What a channel costs, in đồng, between two figures; None: not known."""

    low: int | None
    high: int | None
    unit: str
    source: str
    checked: date


@dataclass(frozen=True, slots=True)
class Cost:
    """What the messages of a channel cost in all, in đồng; None: no price is known."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """For each channel: when its last message will have left (None: not before the end), what is not in time, and the cost."""

    finish: Mapping[str, datetime | None]
    late: Mapping[str, int]
    cost: Mapping[str, Cost]

    @property
    def done(self) -> datetime | None:
        """Return when all will have left; None: some will not."""
        moments = [moment for moment in self.finish.values() if moment is not None]
        return max(moments, default=None) if len(moments) == len(self.finish) else None

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Return the channels whose price is not known: the sum is without them."""
        return tuple(channel for channel, cost in self.cost.items() if cost.high is None)

    @property
    def total(self) -> Cost:
        """Return the sum of what is known."""
        known = [cost for cost in self.cost.values() if cost.high is not None]
        return Cost(sum(cost.low or 0 for cost in known), sum(cost.high or 0 for cost in known))


def forecast(
    counts: Mapping[str, int],
    rates: Mapping[str, float],
    prices: Mapping[str, Price],
    *,
    begins: datetime,
    ends: datetime,
    parts: Mapping[str, int] | None = None,
) -> Forecast:
    """Foretell from the messages and the rate a second of each channel; `parts`: how many a message of a channel has, else one.

    Nothing leaves outside the hours of campaigns. Replies go first, and a 429 slows an account: it may take longer, never less.
    """
    sent = {channel: _sent(count, rates[channel], channel, begins, ends) for channel, count in counts.items()}
    return Forecast(
        finish={channel: moment for channel, (moment, _) in sent.items()},
        late={channel: late for channel, (_, late) in sent.items() if late},
        cost={
            channel: _cost(count, (parts or {}).get(channel, 1), prices.get(channel))
            for channel, count in counts.items()
        },
    )


def _sent(count: int, rate: float, channel: str, begins: datetime, ends: datetime) -> tuple[datetime | None, int]:
    """Return when the last of so many has left, and how many have not when time is over."""
    left, at = count / rate, begins  # seconds of sending
    while left > 0 and at < min(ends, begins + LONGEST):
        day = day_in_vietnam(at)
        start = max(at, opening(day, channel))
        stop = min(datetime.combine(day, CAMPAIGNS_END, VIETNAM), ends)
        free = max(0.0, (stop - start).total_seconds())
        if left <= free:
            return start + timedelta(seconds=left), 0
        left, at = left - free, datetime.combine(day + timedelta(days=1), opening(day).time(), VIETNAM)
    return (begins, 0) if left <= 0 else (None, min(count, round(left * rate)))


def _cost(count: int, parts: int, price: Price | None) -> Cost:
    if price is None or price.low is None or price.high is None:
        return Cost(0, 0) if not count else Cost(None, None)
    units = count * (parts if price.unit == "part" else 1)
    return Cost(units * price.low, units * price.high)


def read_prices(raw: Any, where: str) -> dict[str, Price]:
    """Read content/campaigns/prices.yaml; raise ContentError naming the place."""
    found = checked_keys(raw, where, needed=CAPABILITIES.keys())
    return {channel: _price(one, f"{where}.{channel}") for channel, one in found.items()}


def _price(raw: Any, where: str) -> Price:
    found = checked_keys(raw, where, needed={"low", "high", "unit", "source", "checked"})
    low, high = found["low"], found["high"]
    known = type(low) is int and type(high) is int and 0 <= low <= high
    if not known and (low, high) != (None, None):
        raise ContentError(f"{where}: low and high must be đồng, the lower first, or both null where no price is known")
    if found["unit"] not in UNITS:
        raise ContentError(f"{where}.unit: must be one of {', '.join(UNITS)}")
    return Price(
        low, high, found["unit"], as_text(found["source"], where), as_date(found["checked"], f"{where}.checked")
    )
