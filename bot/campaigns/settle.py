"""How a message that nobody was sure of ends: somebody has found out whether it arrived, and says so under their name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import service, store
from bot.campaigns.rules import Act
from bot.errors import Refused
from bot.outbox.rules import MOVES, State
from bot.staff import audit
from bot.staff.rules import Staff

_SETTLE = text(
    "UPDATE outbox SET state = :state, reason = :reason WHERE id = :row AND campaign_id = :id AND state = 'unknown'"
)


async def settle(
    connection: AsyncConnection, key: str, row: int, state: State, *, by: Staff, now: datetime, note: str
) -> None:
    """Write that an unknown message of a campaign was sent, or was not; raise Refused when it is settled already."""
    campaign = await store.locked(connection, key)
    if campaign is None:
        raise Refused(f"Không có chiến dịch {key}.")
    service.check(by, Act.SETTLE, campaign.plan)
    if state not in MOVES[State.UNKNOWN]:
        raise Refused("Chỉ ghi được là đã đến hoặc không đến.")
    if not note.strip():
        raise Refused("Hãy ghi vì sao bạn biết, ví dụ: đã hỏi người nhận.")
    values = {"row": row, "id": campaign.id, "state": state, "reason": None if state is State.SENT else "settled"}
    if not (await connection.execute(_SETTLE, values)).rowcount:
        raise Refused("Tin này đã có người ghi kết quả rồi, hoặc không thuộc chiến dịch này.")
    told = f"{row}: {state}; {note.strip()}"
    await store.note_act(
        connection, campaign.id, Act.SETTLE, by=by.key, now=now, digest=campaign.digest, note=told
    )  # fmt: skip
    await audit.write(connection, by=by.key, act=Act.SETTLE, about=f"campaign:{key}", note=told, now=now)
