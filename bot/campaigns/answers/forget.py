"""Erases what a person answered, and joins what two persons answered who are one; called by whoever owns the transaction."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# That a message was answered stays, without by whom: a campaign's results are counts. Of a rumour theme and place stay.
_FORGET = (
    "DELETE FROM survey_run WHERE contact_id = :contact",
    "DELETE FROM survey_submission WHERE person_id = :person",
    "DELETE FROM series_paid WHERE person_id = :person",
    "UPDATE campaign_answer SET person_id = NULL, contact_id = NULL, key = 'forgotten:' || id"
    " WHERE person_id = :person OR contact_id = :contact",
    "UPDATE work_item SET line = NULL FROM open_question q JOIN inbox i ON i.id = q.inbox_id"
    " WHERE work_item.kind = 'question' AND work_item.ref = q.id AND i.contact_id = :contact",
    "UPDATE rumour SET snippet = '', inbox_id = NULL FROM inbox"
    " WHERE inbox.id = rumour.inbox_id AND inbox.contact_id = :contact",
)
_JOIN = (
    "DELETE FROM survey_submission mine USING survey_submission other WHERE mine.survey = other.survey"
    " AND mine.person_id IN (:kept, :gone) AND other.person_id IN (:kept, :gone) AND mine.id <> other.id"
    " AND (mine.at, mine.id) < (other.at, other.id)",
    "UPDATE survey_submission SET person_id = :kept WHERE person_id = :gone",
    "INSERT INTO series_paid (campaign_id, person_id, due, at) SELECT campaign_id, :kept, due, at FROM series_paid"
    " WHERE person_id = :gone ON CONFLICT DO NOTHING",
    "DELETE FROM series_paid WHERE person_id = :gone",
    "UPDATE campaign_answer SET person_id = :kept WHERE person_id = :gone",
)


async def forget(connection: AsyncConnection, person_id: int, contact_id: int) -> None:
    """Erase what the person answered through this contact and what is kept about the person; safe to run twice."""
    for statement in _FORGET:
        await connection.execute(text(statement), {"person": person_id, "contact": contact_id})


async def join(connection: AsyncConnection, kept: int, gone: int) -> None:
    """Let what one person answered belong to another who is the same; of two submissions the newer stands."""
    for statement in _JOIN:
        await connection.execute(text(statement), {"kept": kept, "gone": gone})
