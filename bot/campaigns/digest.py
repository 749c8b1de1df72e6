"""The fingerprint of a campaign: what an approval binds, and what is looked at again before anything leaves. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.campaigns.store import Pinned

SHOWN = 12  # signs of it that people compare


def digest_of(plan: Mapping[str, Any], texts: Sequence[Pinned]) -> str:
    """Return the SHA-256 of plan and texts, whatever their order, in hexadecimal digits."""
    pinned = sorted(
        (asdict(one) for one in texts),
        key=lambda one: tuple(one[name] for name in ("step", "arm", "situation", "channel")),
    )
    whole = json.dumps({"plan": plan, "texts": pinned}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()
