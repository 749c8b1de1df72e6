"""The only place that builds things: settings in, working parts out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import httpx
import procrastinate
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library, load_library
from bot.clock import Clock, day_in_vietnam, standing_clock, system_clock
from bot.conversation.intents import conversational_intents
from bot.conversation.respond import Dialogue, Responder
from bot.conversation.service import Conversation, Defer
from bot.database import open_engine, psycopg_url
from bot.rasa.client import Rasa, open_rasa
from bot.settings import ROOT, Settings, parse_moment

ANSWER = "answer_contact"  # the job that answers what waits for one contact
SWEEP = "sweep"  # the job that finds what a crash left behind
RECEIPTS = "receipts"  # the job that counts what was sent and never confirmed
COUNTS = "counts"  # the job that keeps the counts which pages of staff read
FORGET = "forget_old"  # the job that forgets what was kept for long enough
ROUND = "round"  # the job that reminds of appointments and does what else time brings


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process of ours works with."""

    settings: Settings
    clock: Clock
    library: Library
    engine: AsyncEngine
    jobs: procrastinate.App
    rasa_http: httpx.AsyncClient
    conversation: Conversation
    responder: Responder

    def today(self) -> date:
        """Return the day by whose law we answer."""
        return day_in_vietnam(self.clock())


def build_clock(settings: Settings) -> Clock:
    """Return the system's clock, or one that stands at the rehearsed moment."""
    return standing_clock(parse_moment(settings.now)) if settings.now else system_clock


def build_responder(library: Library, dialogue: Dialogue, clock: Clock) -> Responder:
    """Return what answers events with this dialogue engine."""
    return Responder(library, dialogue, lambda: day_in_vietnam(clock()), conversational_intents())


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Parts]:
    """Open everything a process needs; close it at the end. DATABASE_URL and AN_SINH_RASA_URL must be set by now."""
    clock, library = build_clock(settings), load_library(ROOT / "content")
    engine = open_engine(settings.database_url)
    # A job is deferred on our own connection, with the event; what its states lose when the server dies only repeats it.
    relaxed = {"options": "-c synchronous_commit=off"}
    connector = procrastinate.PsycopgConnector(
        conninfo=psycopg_url(settings.database_url), kwargs=relaxed, min_size=2, max_size=8
    )
    jobs = procrastinate.App(connector=connector)
    async with jobs.open_async(), open_rasa(settings.rasa_url) as rasa_http:
        try:
            conversation = Conversation(
                engine, _deferrer(jobs), clock, settings.person_secret, settings.most_appointments
            )
            responder = build_responder(library, Rasa(rasa_http), clock)
            yield Parts(settings, clock, library, engine, jobs, rasa_http, conversation, responder)
        finally:
            await engine.dispose()


def _deferrer(jobs: procrastinate.App) -> Defer:
    async def defer(connection: AsyncConnection, contact_id: int) -> None:
        """Queue the answer in the caller's transaction; the lock lets one worker at a time answer a contact."""
        raw = (await connection.get_raw_connection()).driver_connection
        task = jobs.configure_task(ANSWER, lock=f"contact:{contact_id}", connection=raw, allow_unknown=True)
        await task.defer_async(contact_id=contact_id)

    return defer
