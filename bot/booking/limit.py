"""How many appointments a person may make by themselves, so that nobody takes a whole office: counted by chat and by number."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import CitizenError


class Met(StrEnum):
    """Of whom there are as many open appointments as there may be."""

    PERSON = "full"
    NUMBER = "full_number"


class LimitMet(CitizenError):
    """A person, or a telephone number, has as many open appointments as there may be."""

    def __init__(self, met: Met) -> None:
        super().__init__(f"booking_{met}")
        self.met = met


async def met(connection: AsyncConnection, contact_id: int, phone: str, most: int, *, now: datetime) -> Met | None:
    """Tell whether a person, or a number ("": none is known), has all the open appointments that they may make.

    What staff made does not count. The answer holds until somebody confirms: under the locks of both, until the end.
    """
    row = (await connection.execute(_OPEN, {"contact": contact_id, "phone": phone, "now": now})).one()
    if row.person >= most:
        return Met.PERSON
    return Met.NUMBER if row.number >= most else None


_OPEN = text(
    """
    SELECT count(*) FILTER (WHERE contact_id = :contact) AS person, count(*) FILTER (WHERE phone = :phone) AS number
    FROM appointment
    WHERE (contact_id = :contact OR phone = :phone AND phone <> '') AND state IN ('booked', 'confirmed')
      AND ends_at > :now AND NOT by_staff
    """
)
