"""The surveys that people are answering, one a person, and what they answered; the connection is passed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.answers.survey import PAUSED, Run, run_of

TYPED = timedelta(minutes=30)  # of silence; then what a person writes is no answer to our question any more
KEPT = timedelta(days=1)  # of silence; then its buttons do nothing either

_LOAD = text("SELECT run, touched_at FROM survey_run WHERE contact_id = :contact AND touched_at > :since FOR UPDATE")
_SAVE = text(
    """
    INSERT INTO survey_run (contact_id, run, touched_at) VALUES (:contact, cast(:run AS jsonb), :now)
    ON CONFLICT (contact_id) DO UPDATE SET run = excluded.run, touched_at = excluded.touched_at
    """
)
_PAUSE = text(
    "UPDATE survey_run SET run = jsonb_set(run, '{asks}', to_jsonb(cast(:paused AS text))) WHERE contact_id = :contact"
)
_SUBMIT = text(
    """
    INSERT INTO survey_submission
        (survey, kind, version, person_id, province, commune, situation, answers, score, questions, at)
    SELECT :survey, :kind, :version, p.id, coalesce(p.province, (
               SELECT value FROM profile WHERE profile.contact_id = c.id AND name = 'province' AND value <> 'unknown')),
           p.commune, p.situation, cast(:answers AS jsonb), :score, :questions, :now
    FROM contact c JOIN person p ON p.id = c.person_id WHERE c.id = :contact
    ON CONFLICT (survey, person_id) DO UPDATE SET
        version = excluded.version, province = excluded.province, commune = excluded.commune,
        situation = excluded.situation, answers = excluded.answers, score = excluded.score,
        questions = excluded.questions, at = excluded.at
    """
)


async def load(connection: AsyncConnection, contact_id: int, now: datetime) -> tuple[Run, bool] | None:
    """Return what a person is answering, and whether words still count as an answer; None: nothing, or long ago."""
    found = await connection.execute(_LOAD, {"contact": contact_id, "since": now - KEPT})
    row = found.one_or_none()
    if row is None:
        return None
    run = run_of(row.run)
    return run, run.asks != PAUSED and row.touched_at > now - TYPED


async def save(connection: AsyncConnection, contact_id: int, run: Run, now: datetime) -> None:
    """Write where a person stands."""
    await connection.execute(_SAVE, {"contact": contact_id, "run": json.dumps(run.as_json()), "now": now})


async def pause(connection: AsyncConnection, contact_id: int) -> None:
    """Let what is typed belong to somebody else's question."""
    await connection.execute(_PAUSE, {"contact": contact_id, "paused": PAUSED})


async def drop(connection: AsyncConnection, contact_id: int) -> None:
    """Forget what a person was answering."""
    await connection.execute(text("DELETE FROM survey_run WHERE contact_id = :contact"), {"contact": contact_id})


async def drop_old(connection: AsyncConnection, now: datetime) -> int:
    """Forget what people left unanswered; return how many."""
    dropped = await connection.execute(text("DELETE FROM survey_run WHERE touched_at < :since"), {"since": now - KEPT})
    return int(dropped.rowcount)


async def submitted(connection: AsyncConnection, contact_id: int, survey: str) -> bool:
    """Tell whether the person behind a contact has answered a survey before."""
    query = text(
        "SELECT EXISTS (SELECT FROM survey_submission s JOIN contact c ON c.person_id = s.person_id"
        " WHERE c.id = :contact AND s.survey = :survey)"
    )
    return bool(await connection.scalar(query, {"contact": contact_id, "survey": survey}))


async def submit(
    connection: AsyncConnection, contact_id: int, run: Run, values: Mapping[str, Any], now: datetime
) -> None:
    """Write what a person answered, with the place and situation known now; the newest answers stand for a person."""
    fixed = {"contact": contact_id, "survey": run.survey, "version": run.version, "now": now}
    await connection.execute(_SUBMIT, {**fixed, "answers": json.dumps(dict(run.answers)), **values})
