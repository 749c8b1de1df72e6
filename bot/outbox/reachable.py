"""Who can be reached, and who no longer: what is planned for somebody who has gone is left out, and says why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def stop_contact(connection: AsyncConnection, contact_id: int, why: str) -> None:
    """Mark a person as unreachable; what is planned for them is left out, and says why."""
    await connection.execute(
        text("UPDATE contact SET unreachable = :why WHERE id = :contact"), {"why": why, "contact": contact_id}
    )
    await connection.execute(
        text(
            "UPDATE outbox SET state = 'excluded', reason = :why, finished_at = now()"
            " WHERE contact_id = :contact AND state = 'planned'"
        ),
        {"why": f"unreachable: {why}", "contact": contact_id},
    )


async def exclude_unreachable(connection: AsyncConnection) -> int:
    """Leave out what was planned for somebody after they could no longer be reached; return how many."""
    left = await connection.execute(
        text(
            "UPDATE outbox SET state = 'excluded', reason = 'unreachable: ' || c.unreachable, finished_at = now()"
            " FROM contact c WHERE c.id = outbox.contact_id AND c.unreachable IS NOT NULL AND outbox.state = 'planned'"
        )
    )
    return left.rowcount


async def spoken_since(connection: AsyncConnection, contact_id: int, at: datetime | None) -> bool:
    """Tell whether the person spoke to us after a moment that their channel names, its clock and ours apart."""
    return bool(
        await connection.scalar(
            text("SELECT spoke_at > cast(:at AS timestamptz) + interval '10 s' FROM contact WHERE id = :contact"),
            {"at": at, "contact": contact_id},
        )
    )


async def reach_again(connection: AsyncConnection, contact_id: int) -> None:
    """Forget that a person could not be reached: they have spoken to us."""
    await connection.execute(
        text("UPDATE contact SET unreachable = NULL, spoke_at = now() WHERE id = :contact"), {"contact": contact_id}
    )
