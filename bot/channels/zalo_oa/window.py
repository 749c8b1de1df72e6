"""Which kind of message a Zalo Official Account may send to a person now."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

FREE, PAID = timedelta(hours=48), timedelta(days=7)


class Way(StrEnum):
    """How a person can be reached."""

    FREE = "free"  # a consultation message, at no cost
    PAID = "paid"  # a consultation message, charged
    TEMPLATE = "template"  # only a text that Zalo has approved


def way(last_interaction: datetime | None, now: datetime) -> Way:
    """Return how a person whose last interaction with the account was then can be reached now."""
    if last_interaction is None or now - last_interaction > PAID:
        return Way.TEMPLATE
    return Way.FREE if now - last_interaction <= FREE else Way.PAID
