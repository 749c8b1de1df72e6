"""What Telegram's refusals mean for a message; see core.telegram.org/bots/api#making-requests."""

from __future__ import annotations

from typing import Any

from bot.channels.bodies import inside
from bot.outbox.contract import Outcome, Reject, Retry, StopChannel, StopContact, Unknown

FLOOD = 30.0  # seconds to wait where a 429 does not say
_REJECTED = {
    "chat not found": "chat_not_found",
    "message is not modified": "not_modified",
    "message to edit not found": "not_editable",
    "message can't be edited": "not_editable",
    "is too long": "too_long",
    "query is too old": "too_late",
}


def outcome_of(status: int, answer: Any) -> Outcome:
    """Return what an answer other than success means; its words are matched and never passed on."""
    description = str(inside(answer, "description") or "").lower()
    if status == 429:
        return Retry(_wait(answer), "account", counted=False)
    if status == 403:
        return StopContact(next((word for word in ("blocked", "deactivated") if word in description), "forbidden"))
    if status in (401, 404):
        return StopChannel("token")
    if status == 409:
        return StopChannel("conflict")  # two pollers, or a poller and a webhook: the newer stops
    if status == 400:
        return Reject(_why(answer, description))
    return Retry(1.0, "contact", counted=True) if status >= 500 else Unknown(f"status_{status}")


def _wait(answer: Any) -> float:
    seconds = inside(answer, "parameters", "retry_after")
    return float(seconds) if type(seconds) is int and 0 < seconds < 10**6 else FLOOD


def _why(answer: Any, description: str) -> str:
    if inside(answer, "parameters", "migrate_to_chat_id") is not None:
        return "chat_migrated"  # only groups do, and we send to none
    return next((why for words, why in _REJECTED.items() if words in description), "bad_request")
