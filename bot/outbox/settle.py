"""What becomes of a message after its provider has spoken, or has not: pure, one table of moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.outbox.contract import (
    Defer,
    Outcome,
    Refresh,
    Reject,
    Retry,
    Sent,
    StopChannel,
    StopContact,
    Unknown,
)
from bot.outbox.rules import State

MOST_ATTEMPTS = 8  # counted ones; then the message has failed
MOST_FOR_A_PICTURE = 3  # of a reply: about three seconds, for which the words behind it wait
LONGEST_BACKOFF = timedelta(minutes=10)
STOPPED_PAUSE = timedelta(minutes=5)  # what an account was stopped with waits, and is tried when an operator has looked


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to write: the row's state; when it may be tried again; what holds for the contact and the account."""

    state: State
    reason: str = ""
    provider_id: str = ""
    due_at: datetime | None = None
    give_back: bool = False  # the attempt does not count
    block_account_until: datetime | None = None
    slow_account: bool = False
    stop_account: str = ""
    stop_contact: str = ""


def settle(
    outcome: Outcome, *, attempts: int, expires_at: datetime | None, now: datetime, most: int = MOST_ATTEMPTS
) -> Settlement:
    """Return what an outcome means for the row; `attempts` counts the one just made, of `most`."""
    match outcome:
        case Sent(provider_id, _):
            return Settlement(State.SENT, provider_id=provider_id)
        case Unknown(why):
            return Settlement(State.UNKNOWN, why)
        case Reject(why):
            return Settlement(State.FAILED, why)
        case StopContact(why):
            return Settlement(State.FAILED, why, stop_contact=why)
        case StopChannel(why):
            return Settlement(State.PLANNED, why, due_at=now + STOPPED_PAUSE, give_back=True, stop_account=why)
        case Refresh():
            return Settlement(State.PLANNED, "refresh", due_at=now, give_back=True)
        case Defer(until, why):
            return _later(until, why, expires_at, give_back=True)
        case Retry():
            return _retry(outcome, attempts=attempts, expires_at=expires_at, now=now, most=most)


def _retry(retry: Retry, *, attempts: int, expires_at: datetime | None, now: datetime, most: int) -> Settlement:
    after, counted = retry.after_seconds, retry.counted
    if counted and attempts >= most:
        return Settlement(State.FAILED, "too many attempts")
    backoff = (
        min(timedelta(seconds=after * 2 ** (attempts - 1)), LONGEST_BACKOFF) if counted else timedelta(seconds=after)
    )
    until = now + max(backoff, timedelta(seconds=after))
    found = _later(until, "retry", expires_at, give_back=not counted)
    if retry.scope != "account":
        return found
    return Settlement(
        found.state,
        found.reason,
        due_at=found.due_at,
        give_back=found.give_back,
        block_account_until=now + timedelta(seconds=after),
        slow_account=not counted and not retry.outage,
    )


def _later(until: datetime, why: str, expires_at: datetime | None, *, give_back: bool) -> Settlement:
    if expires_at is not None and until >= expires_at:
        return Settlement(State.EXPIRED, why)
    return Settlement(State.PLANNED, why, due_at=until, give_back=give_back)


# What a sender that died was sending: an answer to a person who waits is sent again, anything else is left as unknown,
# since nobody may get a campaign's message twice.
def left_behind(message_class: str) -> State:
    """Return the state of a row whose sender died while sending it."""
    return State.PLANNED if message_class == "reply" else State.UNKNOWN
