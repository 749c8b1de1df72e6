"""«Đã đóng rồi»: whoever is reminded of a payment and says that it is made is thanked, and hears no more of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Text, column, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.answers import attribution
from bot.campaigns.answers.rules import LATER_WINDOW, PAID_BUTTON, Kind, says_paid
from bot.conversation.rules import Event
from bot.conversation.rules import Kind as Came
from bot.outbox.rules import Message

series_paid = table(
    "series_paid", column("campaign_id", BigInteger), column("person_id", BigInteger), column("due", Text)
)
PAID = "paid"  # the reason of the rows left out

# A series is a campaign whose steps are «day:days before or after»; the last of its messages that came of late is meant,
# unless a button was pressed of which the provider says on which message it stood.
_SERIES = text(
    """
    SELECT o.id, o.campaign_id, o.person_id, split_part(o.step, ':', 1) AS due
    FROM outbox o JOIN contact ON contact.person_id = o.person_id
    WHERE contact.id = :contact AND o.campaign_id IS NOT NULL AND o.state IN ('sending', 'sent', 'unknown')
      AND o.started_at > now() - cast(:within AS interval) AND o.step LIKE '%:%'
    ORDER BY o.id IS NOT DISTINCT FROM (SELECT outbox_id FROM campaign_answer WHERE key = :key) DESC,
             o.started_at DESC, o.id DESC LIMIT 1
    """
)
_NOTE = text(
    """
    INSERT INTO series_paid (campaign_id, person_id, due) VALUES (:campaign_id, :person_id, :due)
    ON CONFLICT DO NOTHING
    """
)
_LEAVE_OUT = text(
    """
    UPDATE outbox SET state = 'excluded', reason = :reason, finished_at = now()
    WHERE campaign_id = :campaign_id AND person_id = :person_id AND state = 'planned'
    """
)


async def turn(
    connection: AsyncConnection, contact_id: int, event: Event, library: Library
) -> tuple[Message, ...] | None:
    """Take the news of a payment; None for anything else, and for such words of somebody who was reminded of nothing."""
    pressed = event.kind is Came.BUTTON and event.payload == PAID_BUTTON
    if not pressed and not (event.kind is Came.TEXT and says_paid(event.payload)):
        return None
    ended = await _end_series(connection, contact_id, event.event_id)
    return (Message(library.text("survey_paid_thanks").filled()),) if ended or pressed else None


async def _end_series(connection: AsyncConnection, contact_id: int, event_id: str) -> bool:
    """End the series the person was last reminded by, for the day it was about; False when there is none."""
    found = await connection.execute(
        _SERIES, {"contact": contact_id, "within": LATER_WINDOW, "key": f"inbox:{event_id}"}
    )
    row = found.one_or_none()
    if row is None:
        return False
    values = {"campaign_id": row.campaign_id, "person_id": row.person_id}
    await connection.execute(_NOTE, {**values, "due": row.due})
    await connection.execute(_LEAVE_OUT, {**values, "reason": PAID})
    await attribution.of_row(connection, contact_id, row.id, Kind.PAID, key=f"inbox:{event_id}", what=row.due)
    return True
