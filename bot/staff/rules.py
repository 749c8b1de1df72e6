"""What each role may do, and where. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.vn.communes import communes


class Role(StrEnum):
    """What somebody is here for; one may be several."""

    ADMIN = "admin"
    AUTHOR = "author"  # writes campaigns
    APPROVER = "approver"
    CONSULTANT = "consultant"
    EDITOR = "editor"
    VIEWER = "viewer"


class Right(StrEnum):
    """What may be done."""

    SEE_CAMPAIGNS = "see_campaigns"
    WRITE_CAMPAIGNS = "write_campaigns"
    APPROVE_CAMPAIGNS = "approve_campaigns"
    HOLD_CAMPAIGNS = "hold_campaigns"  # pause and stop, which whoever sees a fault must be able to do
    SEE_BOOKINGS = "see_bookings"
    KEEP_BOOKINGS = "keep_bookings"
    SEE_TALKS = "see_talks"
    ANSWER_TALKS = "answer_talks"
    OPEN_PERSONAL = "open_personal"  # names, numbers and words of citizens, each look written down
    SEE_CONTENT = "see_content"
    EDIT_CONTENT = "edit_content"
    SEE_REPORTS = "see_reports"
    KEEP_LISTS = "keep_lists"  # bring in lists of people
    KEEP_SETTINGS = "keep_settings"
    KEEP_STAFF = "keep_staff"
    SEE_AUDIT = "see_audit"


_READS = frozenset({Right.SEE_CAMPAIGNS, Right.SEE_CONTENT, Right.SEE_REPORTS})
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: _READS | {Right.SEE_BOOKINGS, Right.HOLD_CAMPAIGNS, Right.KEEP_SETTINGS, Right.KEEP_STAFF, Right.SEE_AUDIT},
    Role.AUTHOR: _READS | {Right.WRITE_CAMPAIGNS, Right.HOLD_CAMPAIGNS, Right.KEEP_LISTS},
    Role.APPROVER: _READS | {Right.APPROVE_CAMPAIGNS, Right.HOLD_CAMPAIGNS},
    Role.CONSULTANT: frozenset({
        Right.SEE_BOOKINGS, Right.KEEP_BOOKINGS, Right.SEE_TALKS, Right.ANSWER_TALKS, Right.OPEN_PERSONAL, Right.SEE_CONTENT,
    }),
    Role.EDITOR: frozenset({Right.SEE_CONTENT, Right.EDIT_CONTENT, Right.SEE_REPORTS}),
    Role.VIEWER: _READS,
}  # fmt: skip
"""An administrator keeps accounts and settings and reads no citizen's words; who does both has both roles."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff. `scope`: keys of provinces and codes of communes of today; empty: everywhere."""

    id: int
    key: str
    name: str
    roles: frozenset[Role]
    scope: frozenset[str]
    consultant_id: int | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """Return all that this person may do."""
        return frozenset().union(*(RIGHTS[role] for role in self.roles))

    def may(self, right: Right) -> bool:
        """Tell whether this person may do that at all."""
        return right in self.rights

    def answers_for(self, places: Collection[str]) -> bool:
        """Tell whether all places, by key or code, lie where this person works; no place is everywhere."""
        return not self.scope or (bool(places) and all(lies_in(place, self.scope) for place in places))

    def codes(self) -> list[str] | None:
        """Return the keys and codes of all places where this person works, for a query; None: everywhere."""
        if not self.scope:
            return None
        return sorted(self.scope | {code for code, unit in communes().items() if unit.province in self.scope})


def lies_in(place: str, places: Collection[str]) -> bool:
    """Tell whether a place is one of some, or a commune in one of them; all by key or code."""
    unit = communes().get(place)
    return place in places or (unit is not None and unit.province in places)
