"""The queries that erase texts: of a person's own talk, of Rasa's memory, of what consultants wrote and read about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booking import words

MASK = "•••"
NOTICES = ("booked", "moved", "cancelled", "gone", "kept", "outside")  # what keys of the desk's notices end with
_NONE = "-"  # matches nothing that we look for


@dataclass(frozen=True, slots=True)
class About:
    """By what texts about a person are found: appointments that are over, wishes for somebody, and who had to do with them."""

    contact_id: int
    appointments: Sequence[int] = ()
    codes: Sequence[str] = ()
    told: Sequence[str] = field(default=(), repr=False)  # names and numbers, in every form in which they are shown
    wishes: Sequence[int] = ()
    accounts: Sequence[int] = ()  # the contacts of consultants

    def values(self) -> dict[str, Any]:
        """Return the patterns of PostgreSQL by which the texts are found."""
        numbers, wishes = ("|".join(map(str, each)) or _NONE for each in (self.appointments, self.wishes))
        return {
            "contact": self.contact_id,
            "accounts": list(self.accounts),
            "keys": f"^desk:({numbers}):",
            "leads": rf"desk:[a-z]+:({numbers})\M",
            "pressed": rf"^desk:[a-z]+:({numbers})(:|$)",
            "codes": rf"\m({'|'.join(self.codes) or _NONE})\M",
            "wishes": rf"relay:[a-z]+:({wishes})\M",
        }


async def about(connection: AsyncConnection, contact_id: int, *, now: datetime) -> About:
    """Return by what texts about a person are found, while their name is still known."""
    rows = (await connection.execute(_APPOINTMENTS, {"contact": contact_id, "now": now})).all()
    wishes = list(await connection.scalars(_WISHES, {"contact": contact_id}))
    versions = [(row.id, version) for row in rows for version in range(row.version + 2)]
    keys = [f"desk:{number}:{version}:{what}:0" for (number, version), what in product(versions, NOTICES)]
    accounts = await connection.scalars(
        _ACCOUNTS, {"contact": contact_id, "keys": keys, "consultants": [row.consultant_id for row in rows]}
    )
    told = {form for row in rows for form in (row.name, *_forms(row.phone)) if form}
    codes = [row.code for row in rows]
    return About(contact_id, [row.id for row in rows], codes, sorted(told, key=len)[::-1], wishes, list(accounts))


def _forms(phone: str) -> Sequence[str]:
    return (phone, "0" + phone.removeprefix("+84"), words.phone(phone)) if phone else ()


async def of_person(connection: AsyncConnection, contact_id: int, *, before: datetime | None) -> None:
    """Blank what a person wrote and read, up to a moment; what is to be sent to them about a coming appointment stays."""
    values = {"contact": contact_id, "before": before}
    await connection.execute(_OWN_INBOX, values)
    await connection.execute(_OWN_OUTBOX, values)


async def of_others(connection: AsyncConnection, found: About) -> None:
    """Blank what consultants wrote to a person and read about them; in lists only the name is masked."""
    if not found.accounts:
        return
    values = found.values()
    await connection.execute(_THEIR_INBOX, values)
    for each in found.told:
        await connection.execute(_MASK_INBOX, {**values, "told": each, "mask": MASK})
        await connection.execute(_MASK_OUTBOX, {**values, "told": each, "mask": MASK})
    await connection.execute(_THEIR_OUTBOX, values)


async def of_dialogue(connection: AsyncConnection, contact_id: int) -> None:
    """Delete what Rasa remembers of a conversation; its table is there once Rasa has spoken."""
    if await connection.scalar(text("SELECT to_regclass('rasa.events')")) is not None:
        await connection.execute(
            text("DELETE FROM rasa.events WHERE sender_id = :sender"), {"sender": f"contact-{contact_id}"}
        )


_APPOINTMENTS = text(
    """
    SELECT id, code, name, phone, version, consultant_id FROM appointment
    WHERE contact_id = :contact AND NOT (state IN ('booked', 'confirmed') AND ends_at > :now)
    """
)
_WISHES = text("SELECT id FROM hand_over WHERE contact_id = :contact")
_ACCOUNTS = text(
    """
    SELECT o.contact_id FROM outbox o WHERE o.key = ANY(:keys) AND o.contact_id <> :contact
    UNION SELECT o.contact_id FROM inbox i JOIN outbox o ON o.key = 'relay:' || i.id || '\\:0'
        WHERE i.contact_id = :contact AND o.contact_id <> :contact
    UNION SELECT c.contact_id FROM consultant c WHERE c.contact_id <> :contact AND (
        c.id = ANY(:consultants) OR c.id IN (
            SELECT n.consultant_id FROM hand_over_notice n JOIN hand_over h ON h.id = n.hand_over_id
            WHERE h.contact_id = :contact))
    """
)
_BLANK = """'{"text": "", "buttons": []}'::jsonb"""
_OWN_INBOX = text(
    """
    UPDATE inbox SET payload = '' WHERE contact_id = :contact AND answered_at IS NOT NULL AND payload <> ''
      AND (cast(:before AS timestamptz) IS NULL OR received_at < :before)
    """
)
_OWN_OUTBOX = text(
    f"""
    UPDATE outbox SET body = {_BLANK},
        reason = CASE WHEN state = 'planned' THEN 'forgotten' ELSE reason END,
        finished_at = CASE WHEN state = 'planned' THEN now() ELSE finished_at END,
        state = CASE WHEN state = 'planned' THEN 'excluded' ELSE state END
    WHERE contact_id = :contact AND state <> 'sending' AND (state <> 'planned' OR key LIKE 'reply:%')
      AND body <> {_BLANK} AND (cast(:before AS timestamptz) IS NULL OR created_at < :before)
    """  # noqa: S608 - a part of our own
)
# Of an account's rows: notices of the appointments, what names their code, and answers to buttons pressed about them.
_ANSWERS = """
    CASE WHEN o.key LIKE 'reply:%' THEN split_part(o.key, ':', 2)::bigint END
        IN (SELECT i.id FROM inbox i WHERE i.contact_id = ANY(:accounts) AND i.payload ~ :pressed)
"""
_WHOLE = f"(o.key ~ :keys OR o.body::text ~ :codes OR {_ANSWERS})"
_THEIR_INBOX = text(
    """
    UPDATE inbox SET payload = '' WHERE contact_id = ANY(:accounts) AND kind = 'text' AND payload <> '' AND (
        EXISTS (SELECT FROM outbox o WHERE o.key = 'reply:' || inbox.id || '\\:0' AND o.body::text ~ :codes)
        OR EXISTS (SELECT FROM outbox o WHERE o.key = 'relay:' || inbox.id || '\\:0' AND o.contact_id = :contact))
    """
)
_MASK_INBOX = text(
    """
    UPDATE inbox SET payload = replace(payload, :told, :mask)
    WHERE contact_id = ANY(:accounts) AND kind = 'text' AND answered_at IS NOT NULL AND position(:told IN payload) > 0
    """
)
_MASK_OUTBOX = text(
    f"""
    UPDATE outbox o SET body = replace(o.body::text, :told, :mask)::jsonb
    WHERE o.contact_id = ANY(:accounts) AND position(:told IN o.body::text) > 0
      AND ({_WHOLE} OR o.body::text ~ :leads)
    """  # noqa: S608 - parts of our own
)
_THEIR_OUTBOX = text(
    f"""
    UPDATE outbox o SET body = {_BLANK}
    WHERE o.contact_id = ANY(:accounts) AND o.state NOT IN ('planned', 'sending') AND o.body <> {_BLANK} AND (
        {_WHOLE} OR o.body::text ~ :wishes OR CASE WHEN o.key LIKE 'relay:%' THEN split_part(o.key, ':', 2)::bigint END
            IN (SELECT i.id FROM inbox i WHERE i.contact_id = :contact))
    """  # noqa: S608 - parts of our own
)
