"""Appointments as the pages show them: masked until somebody opens them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.booking import words
from bot.booking.rules import Appointment
from bot.clock import day_in_vietnam
from bot.console.masked import mask_name, mask_phone


@dataclass(frozen=True, slots=True)
class Shown:
    """One appointment, ready to be read."""

    id: int
    code: str
    state: str
    kind: str
    topics: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    day: date
    consultant: str
    place: str
    name: str
    phone: str

    @classmethod
    def of(cls, found: Appointment, *, opened: bool = False) -> Shown:
        """Return an appointment; the person's name and number only when `opened`."""
        name, phone = (found.name, words.phone(found.phone) if found.phone else "")
        if not opened:
            name, phone = mask_name(found.name), mask_phone(found.phone)
        return cls(
            found.id, found.code, str(found.state), str(found.kind), found.topics, found.starts_at, found.ends_at,
            day_in_vietnam(found.starts_at), found.consultant, found.place, name or "(đã xóa)", phone,
        )  # fmt: skip


def listed(found: Iterable[Appointment], *, opened: bool = False) -> list[Shown]:
    """Return appointments as lists show them."""
    return [Shown.of(each, opened=opened) for each in found]
