"""Reads what providers post to us: nothing in it can be trusted to have its documented shape."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.conversation.inbound import BadBody

LARGEST = 1024 * 1024  # bytes
LONGEST_ID = 128


def read_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object that a body is; raise BadBody for anything else."""
    try:
        found = json.loads(raw) if len(raw) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadBody("not a JSON object of a size we read")
    return found


def inside(found: Any, *path: str) -> Any:
    """Return what lies at a path of names, None where the path ends early."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def text_of(value: Any) -> str:
    """Return a text without what PostgreSQL cannot hold (lone halves of surrogate pairs, NUL); "" for no text."""
    return value.encode("utf-8", "ignore").decode("utf-8").replace("\x00", "") if isinstance(value, str) else ""


def id_of(value: Any) -> str:
    """Return an id, written as a number or as a text, as a text; "" for anything that cannot be one."""
    if type(value) is int and abs(value) < 2**63:
        return str(value)
    text = text_of(value).strip()
    return text if len(text) <= LONGEST_ID else ""


def count_of(value: Any) -> int | None:
    """Return a count, written as a number or in digits, None for anything else."""
    digits = str(value) if type(value) is int and abs(value) < 2**63 else value
    if not isinstance(digits, str) or not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        return None
    return int(digits)


def moment_of(value: Any, *, per_second: int = 1) -> datetime | None:
    """Return the moment that a count of seconds or milliseconds since 1970 is, None for anything else."""
    count = count_of(value)
    try:
        return None if count is None else datetime.fromtimestamp(count / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def place_of(latitude: Any, longitude: Any) -> str:
    """Return a place on Earth as «latitude,longitude», "" for anything else."""
    try:
        north, east = float(latitude), float(longitude)
    except (TypeError, ValueError, OverflowError):
        return ""
    on_earth = math.isfinite(north) and math.isfinite(east) and abs(north) <= 90 and abs(east) <= 180
    return f"{north:.6f},{east:.6f}" if on_earth else ""


def made_id(*parts: str) -> str:
    """Return an id for an event that has none: the same for the same parts, and telling nothing of them."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header, however its name is written."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def same(given: str, secret: str) -> bool:
    """Compare a secret in constant time; no secret is the same as nothing."""
    return bool(secret) and hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode("utf-8", "replace"))
