"""Attributes what people do to the campaign's message they had got; the connection is passed in and committed elsewhere."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers.rules import ALL_OF_A_PERSON, LATER_WINDOW, REPLY_WINDOW, Kind
from bot.conversation.rules import Event, Wish, wish_in
from bot.conversation.rules import Kind as Came

_WISHES = {Wish.STOP: Kind.STOPPED, Wish.RESUME: Kind.RESUMED}
# What came so recently that something may still be attributed to it; no campaign: an empty index is looked at, within
# a statement that runs anyway. contact.id is the outer statement's.
GOT_ONE = f"""
    EXISTS (SELECT FROM outbox got WHERE got.campaign_id IS NOT NULL AND got.state IN ('sending', 'sent', 'unknown')
            AND got.person_id = contact.person_id AND got.started_at > now() - interval '{LATER_WINDOW.days} days')
"""
_LATEST = """
    INSERT INTO campaign_answer (key, outbox_id, campaign_id, person_id, contact_id, kind, what)
    SELECT :key, o.id, o.campaign_id, o.person_id, :contact, :kind, :what
    FROM outbox o
    WHERE o.campaign_id IS NOT NULL AND o.state IN ('sending', 'sent', 'unknown')
      AND o.person_id = (SELECT person_id FROM contact WHERE id = :contact)
      AND o.started_at > now() - cast(:within AS interval) {which}
    ORDER BY o.started_at DESC, o.id DESC LIMIT 1
    ON CONFLICT (key) DO NOTHING
"""
_REPLY = text(_LATEST.format(which="AND o.contact_id = :contact"))
_LATER = text(_LATEST.format(which=""))
# Who is quick presses before it is written under which id the message was sent.
_EXACT = text(
    """
    INSERT INTO campaign_answer (key, outbox_id, campaign_id, person_id, contact_id, kind, what)
    SELECT :key, o.id, o.campaign_id, o.person_id, :contact, :kind, :what
    FROM outbox o
    WHERE o.campaign_id IS NOT NULL AND o.contact_id = :contact AND (
        o.provider_id = :about AND o.channel = (SELECT channel FROM contact WHERE id = :contact)
        OR o.state = 'sending' AND o.body->'buttons' @> jsonb_build_array(jsonb_build_object('to', cast(:what AS text))))
    ORDER BY o.provider_id IS NOT DISTINCT FROM :about DESC LIMIT 1
    ON CONFLICT (key) DO NOTHING
    """
)

_OF_ROW = text(
    """
    INSERT INTO campaign_answer (key, outbox_id, campaign_id, person_id, contact_id, kind, what)
    SELECT :key, o.id, o.campaign_id, o.person_id, :contact, :kind, :what FROM outbox o WHERE o.id = :row
    ON CONFLICT (key) DO NOTHING
    """
)


async def heard(connection: AsyncConnection, contact_id: int, inbox_id: int, event: Event) -> None:
    """Attribute an event as it comes in: exactly where the provider says on which message a button was pressed."""
    if wish_in(event.kind, event.payload) in _WISHES:  # counted once it is obeyed
        return
    pressed = event.kind is Came.BUTTON
    kind = Kind.PRESSED if pressed else Kind.REPLIED
    values = {"contact": contact_id, "key": f"inbox:{inbox_id}", "kind": kind, "what": event.payload if pressed else ""}
    if pressed and event.about:
        await connection.execute(_EXACT, {**values, "about": event.about})
    else:
        await connection.execute(_REPLY, {**values, "within": REPLY_WINDOW})


async def later(connection: AsyncConnection, contact_id: int, kind: Kind, *, key: str, what: str = "") -> None:
    """Attribute what somebody did afterwards, through whichever of their channels, to the last message they had got."""
    assert kind in ALL_OF_A_PERSON
    values = {"contact": contact_id, "key": f"{kind}:{key}", "kind": kind, "what": what, "within": LATER_WINDOW}
    await connection.execute(_LATER, values)


async def of_row(
    connection: AsyncConnection, contact_id: int, row: int, kind: Kind, *, key: str, what: str = ""
) -> None:
    """Attribute what somebody did to a row of the ledger that is known."""
    values = {"contact": contact_id, "key": f"{kind}:{key}", "kind": kind, "what": what, "row": row}
    await connection.execute(_OF_ROW, values)


async def is_no_reply(connection: AsyncConnection, inbox_id: int) -> None:
    """Take back that words were a reply: they turned out to be a stop or its contrary, in whatever words."""
    query = text("DELETE FROM campaign_answer WHERE key = :key AND kind = 'replied'")
    await connection.execute(query, {"key": f"inbox:{inbox_id}"})
