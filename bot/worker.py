"""The worker: answers what waits, as often as Procrastinate hands it a contact, and sends for the channels that are on."""

from __future__ import annotations

import logging
from datetime import timedelta

import procrastinate

from bot.booking.rounds import go_round
from bot.campaigns import kept
from bot.campaigns import rounds as campaigns
from bot.campaigns.answers import survey_store
from bot.channels.listen import listening
from bot.citizens import retention
from bot.conversation import relay, store
from bot.outbox.caps import caps_of
from bot.outbox.reachable import exclude_unreachable
from bot.outbox.store import expire_overdue, give_up_leases, waiting_long, without_receipt
from bot.reports import counts
from bot.settings import Settings
from bot.wiring import ANSWER, COUNTS, FORGET, RECEIPTS, ROUND, SWEEP, Parts, build

log = logging.getLogger(__name__)

CONCURRENCY = 8  # contacts answered at a time by one worker
HEARTBEAT = 2.0  # seconds between signs of life
DEAD_AFTER = 10.0  # seconds without one: the worker is gone and its jobs go to others
UNSENT_AFTER = timedelta(minutes=5)  # a reply that is still planned then is one that nobody sends
RECEIPT_AFTER, RECEIPT_WITHIN = timedelta(hours=1), timedelta(hours=25)  # ago, of messages whose receipt is missed
UNANSWERED_AFTER = 20.0  # seconds an event may wait before a sweep queues it again


def register(parts: Parts) -> None:
    """Tell Procrastinate what each job does."""

    @parts.jobs.task(name=ANSWER, retry=procrastinate.RetryStrategy(max_attempts=8, exponential_wait=2))
    async def answer_contact(contact_id: int) -> None:
        await parts.conversation.answer_waiting(contact_id, parts.responder)

    @parts.jobs.task(name=SWEEP)
    async def sweep() -> None:
        await sweep_once(parts)

    @parts.jobs.task(name=RECEIPTS)
    async def count_missing_receipts() -> None:
        await miss_receipts(parts)

    @parts.jobs.task(name=COUNTS)
    async def keep_counts() -> None:
        await counts.keep(parts.engine, now=parts.clock())
        await kept.keep(parts.engine, now=parts.clock())

    @parts.jobs.task(name=FORGET)
    async def forget_what_is_old() -> None:
        forgotten = await retention.forget_old(parts.engine, retention.kept_by(parts.settings))
        log.info("What was kept for long enough is forgotten", extra={"count": forgotten})

    @parts.jobs.task(name=ROUND)
    async def round_of_the_clock() -> None:
        await go_round(parts.engine, parts.library, now=parts.clock())
        caps = caps_of(parts.settings.campaign_cap)
        advertising = bool(parts.settings.sms_advertising_type)
        await campaigns.go_round(parts.engine, parts.library, caps, now=parts.clock(), advertising_by_sms=advertising)
        async with parts.engine.begin() as connection:
            await relay.sweep(connection, parts.library, now=parts.clock())
            await survey_store.drop_old(connection, parts.clock())


async def sweep_once(parts: Parts) -> None:
    """Give the jobs of dead workers to others, queue events that nobody answers, free or end messages that nobody sends."""
    manager = parts.jobs.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        await manager.retry_job(job)
        log.warning("A job of a dead worker is handed on", extra={"job": job.id})
    async with parts.engine.begin() as connection:
        await give_up_leases(connection)
        await exclude_unreachable(connection)
        expired = await expire_overdue(connection)
        unsent = await waiting_long(connection, UNSENT_AFTER)
        late = await store.waiting_contacts(connection, UNANSWERED_AFTER)
        for contact_id in late:
            await parts.conversation.defer(connection, contact_id)
    if expired:
        log.warning("Messages were not sent in time and are left", extra={"count": expired})
    for channel, count in unsent.items():
        log.error("Replies wait for a channel that does not send", extra={"channel": channel, "count": count})
    if late:
        log.warning("Events waited too long and are queued again", extra={"contacts": len(late)})


async def miss_receipts(parts: Parts) -> None:
    """Say of which messages a channel that tells of delivery has told nothing."""
    async with parts.engine.connect() as connection:
        missing = await without_receipt(connection, RECEIPT_AFTER, RECEIPT_WITHIN)
    for channel, count in missing.items():
        log.warning("Messages were sent and never confirmed", extra={"channel": channel, "count": count})


async def run_worker(settings: Settings) -> None:
    """Work until told to stop."""
    async with build(settings) as parts, listening(settings, parts.conversation, parts.library, parts.clock):
        register(parts)
        log.info("Worker is ready")
        await parts.jobs.run_worker_async(
            name="worker",
            concurrency=CONCURRENCY,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD_AFTER,
            shutdown_graceful_timeout=5,
            delete_jobs="successful",
        )
