"""The states of a campaign, the moves between them, and who may make which. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from bot.staff.rules import Right, Staff


class State(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"  # by a second person; nothing leaves before it is scheduled
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    EXPIRED = "expired"  # its time was over before it could begin


class Act(StrEnum):
    """What somebody, or the clock, does to a campaign."""

    CREATE = "create"
    EDIT = "edit"
    DRY_RUN = "dry_run"  # changes nothing
    SUBMIT = "submit"
    APPROVE = "approve"
    CONFIRM = "confirm"  # approved again although a number has changed; changes no state
    REFUSE = "refuse"
    WITHDRAW = "withdraw"  # an approval that was given is taken back
    SCHEDULE = "schedule"
    BEGIN = "begin"
    SETTLE = "settle"  # a message nobody was sure of has arrived, or has not; changes no state
    DECIDE = "decide"  # which text the rest of a trial gets; changes no state
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    STOP = "stop"
    EXPIRE = "expire"


MOVES: Mapping[Act, Mapping[State, State]] = {
    Act.EDIT: dict.fromkeys((State.DRAFT, State.SUBMITTED, State.APPROVED, State.SCHEDULED), State.DRAFT),
    Act.SUBMIT: {State.DRAFT: State.SUBMITTED},
    Act.APPROVE: {State.SUBMITTED: State.APPROVED},
    Act.REFUSE: {State.SUBMITTED: State.DRAFT},
    Act.WITHDRAW: dict.fromkeys((State.SUBMITTED, State.APPROVED, State.SCHEDULED), State.DRAFT)
    | {State.RUNNING: State.STOPPED, State.PAUSED: State.STOPPED},
    Act.SCHEDULE: {State.APPROVED: State.SCHEDULED},
    Act.BEGIN: {State.SCHEDULED: State.RUNNING},
    Act.PAUSE: {State.RUNNING: State.PAUSED},
    Act.RESUME: {State.PAUSED: State.RUNNING},
    Act.FINISH: {State.RUNNING: State.DONE},
    Act.STOP: dict.fromkeys(
        (State.SUBMITTED, State.APPROVED, State.SCHEDULED, State.RUNNING, State.PAUSED), State.STOPPED
    ),
    Act.EXPIRE: dict.fromkeys((State.SUBMITTED, State.APPROVED, State.SCHEDULED), State.EXPIRED),
}
"""An act, and from which state to which it leads; whatever does not stand here is refused."""

CLOCK = "clock"  # who acts when time does


def moved(act: Act, state: State) -> State | None:
    """Return the state an act leads to; None: it may not be done now."""
    return MOVES.get(act, {}).get(state)


def may_resume(by: Staff, *, paused_by: str, wrote: Collection[str]) -> bool:
    """Tell whether somebody may let go on what is paused: their own pause, or with a second person's right what others wrote.

    `paused_by`: the key of whoever paused it, or the clock; `wrote`: the keys of those who wrote the campaign.
    """
    if not by.may(Right.HOLD_CAMPAIGNS):
        return False
    return by.key == paused_by or (by.may(Right.APPROVE_CAMPAIGNS) and by.key not in wrote)
