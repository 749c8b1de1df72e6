"""How many messages that nobody asked for one person may get in a time, over all campaigns. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import SetupError
from bot.outbox.channels import SMS

_WRITTEN = re.compile(r"(\d{1,3})/([1-9]\d{0,2})")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many in so long a time, however it is laid; `channel`: only on that one; `own`: only of one campaign."""

    most: int
    within: timedelta
    channel: str = ""
    own: bool = False


SMS_LAW = Cap(3, timedelta(hours=24), SMS.name)  # Nghị định 91/2020/NĐ-CP, Điều 13 khoản 5; no setting lifts it


def read_cap(written: str) -> Cap | None:
    """Read «2/7», two messages in seven days, or «0», none at all; «off» is no cap, which is not the same."""
    if written in ("", "off"):
        return None
    found = _WRITTEN.fullmatch(f"{written}/1" if written == "0" else written)
    if found is None:
        raise SetupError("AN_SINH_CAMPAIGN_CAP must be messages per days such as 2/7, 0 for none, or off for no cap.")
    return Cap(int(found[1]), timedelta(days=int(found[2])))


def caps_of(written: str) -> tuple[Cap, ...]:
    """Return all caps that hold: the house's own, and the law's."""
    own = read_cap(written)
    return (SMS_LAW,) if own is None else (own, SMS_LAW)


def parameters(caps: Iterable[Cap]) -> Mapping[str, list[Any]]:
    """Return caps over all campaigns as the arrays that `bot.outbox.permission` reads; a campaign's own stands in its plan."""
    given = list(caps)
    return {
        "cap_most": [cap.most for cap in given],
        "cap_within": [cap.within for cap in given],
        "cap_channel": [cap.channel for cap in given],
    }


def over(caps: Iterable[Cap], started: Iterable[tuple[datetime, str]]) -> list[Cap]:
    """Return the caps that messages, each begun at a moment on a channel, have gone over: what a proof counts by."""
    begun = sorted(started)
    return [cap for cap in caps if _over(cap, [at for at, channel in begun if cap.channel in ("", channel)])]


def _over(cap: Cap, begun: list[datetime]) -> bool:
    if not cap.most:
        return bool(begun)
    return any(last - first < cap.within for first, last in zip(begun, begun[cap.most :], strict=False))
