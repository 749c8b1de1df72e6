"""What the Zalo Bot Platform's refusals mean; it may refuse with status 200 and «ok: false»."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.channels.bodies import id_of, inside, moment_of
from bot.outbox.contract import Outcome, Reject, Retry, Sent, StopChannel, Unknown

IDLE = 408  # a poll to which nothing came
QUOTA_PAUSE = 60.0  # seconds; how large the quota is and when it begins again is not documented


def code_of(status: int, answer: Any) -> int:
    """Return the error's number, from the answer or else the status; 0 for success, -1 for what cannot be read."""
    if inside(answer, "ok") is True and status == 200:
        return 0
    code = inside(answer, "error_code")
    if type(code) is int and code > 0:
        return code
    return status if status >= 300 else 400 if inside(answer, "ok") is False else -1


def outcome_of(status: int, answer: Any, now: datetime) -> Outcome:
    """Return what an answer to a message means."""
    code = code_of(status, answer)
    if code == 0:
        at = moment_of(inside(answer, "result", "date"), per_second=1000)
        return Sent(id_of(inside(answer, "result", "message_id")), at or now)
    if code == 429:
        return Retry(QUOTA_PAUSE, "account", counted=False)
    if code in (401, 404):
        return StopChannel("token" if code == 401 else "method")
    if code in (403, IDLE) or code >= 500:  # 403 says «internal server error» here
        return Retry(1.0, "contact", counted=True)
    return Reject(f"zalo_{code}") if 400 <= code < 500 else Unknown("answer")
