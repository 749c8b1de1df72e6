"""How many messages may leave now: a pace kept as the moment up to which an account has used its share. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

AHEAD = timedelta(milliseconds=200)  # how far ahead of its pace an account may be …
REPLIES_AHEAD = timedelta(milliseconds=400)  # … and with replies: a fifth of a second's messages is kept for them
FEWEST_AT_ONCE, MOST_AT_ONCE = 64, 256  # calls under way
FURTHEST = timedelta(seconds=5)  # no pace leads further ahead; where one does, the database's clock was set back
CONTACT_EVERY = timedelta(seconds=1)  # one message a second to one person …
CONTACT_BURST = timedelta(seconds=3)  # … but the parts of a reply may come together


def room(paced_until: datetime, now: datetime, rate: float, ahead: timedelta) -> int:
    """Return how many messages may leave now at the rate, a second, so far ahead of the pace."""
    used_up = max(paced_until, now) - now
    return int((ahead - used_up) / timedelta(seconds=1) * rate) + 1 if used_up <= ahead else 0


def used(paced_until: datetime, now: datetime, rate: float, count: int) -> datetime:
    """Return up to when the share is used after so many messages more."""
    return max(paced_until, now) + timedelta(seconds=count / rate)


def wait(paced_until: datetime, now: datetime) -> float:
    """Return the seconds until the next message that is no reply may leave."""
    return max(0.0, (paced_until - now - AHEAD).total_seconds())


def faster(rate: float, own: float) -> float:
    """Return the rate after a time without complaint."""
    return min(rate * 1.1, own)


def at_once(rate: float) -> int:
    """Return how many calls may be under way, each over a connection of its own: enough for a distant provider.

    Each of them is unknown should we be killed, so an account has no more than it can use.
    """
    return max(FEWEST_AT_ONCE, min(int(rate / 4), MOST_AT_ONCE))
