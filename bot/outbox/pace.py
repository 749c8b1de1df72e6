"""How many messages may leave now: a pace kept as the moment up to which an account has used its share. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

FOR_REPLIES = 0.2  # the share of an account's rate that campaigns and reminders never use
BURST = timedelta(milliseconds=200)  # how far ahead of its pace an account may be
CONTACT_EVERY = timedelta(seconds=1)  # one message a second to one person …
CONTACT_BURST = timedelta(seconds=3)  # … but the parts of a reply may come together


def room(paced_until: datetime, now: datetime, rate: float) -> int:
    """Return how many messages may leave now at the rate, a second."""
    ahead = max(paced_until, now) - now
    return max(0, int((BURST - ahead) / timedelta(seconds=1) * rate) + 1) if ahead <= BURST else 0


def used(paced_until: datetime, now: datetime, rate: float, count: int) -> datetime:
    """Return up to when the share is used after so many messages more."""
    return max(paced_until, now) + timedelta(seconds=count / rate)


def wait(paced_until: datetime, now: datetime) -> float:
    """Return the seconds until the next message may leave."""
    return max(0.0, (paced_until - now - BURST).total_seconds())


def slower(rate: float, slowest: float) -> float:
    """Return the rate after the provider has said «too many»."""
    return max(rate / 2, slowest)


def faster(rate: float, own: float) -> float:
    """Return the rate after a time without complaint."""
    return min(rate * 1.1, own)
