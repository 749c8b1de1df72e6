"""The clock process: at set times it defers work, and nothing else; several clocks do no harm."""

from __future__ import annotations

import asyncio
import logging

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from procrastinate.exceptions import AlreadyEnqueued

from bot.citizens.retention import AT_NIGHT
from bot.settings import Settings
from bot.wiring import COUNTS, FORGET, RECEIPTS, ROUND, SWEEP, Parts, build

log = logging.getLogger(__name__)

EVERY = {SWEEP: 5, ROUND: 30, COUNTS: 600, RECEIPTS: 3600}  # seconds
NIGHTLY = {FORGET: AT_NIGHT}  # in Vietnam


async def defer(parts: Parts, job: str) -> None:
    """Queue a job unless it is queued already."""
    try:
        await parts.jobs.configure_task(job, lock=job, queueing_lock=job, allow_unknown=True).defer_async()
    except AlreadyEnqueued:
        return


async def run_clock(settings: Settings) -> None:
    """Tick until told to stop."""
    async with build(settings) as parts:
        scheduler = AsyncIOScheduler(timezone="Asia/Ho_Chi_Minh")
        for job, seconds in EVERY.items():
            scheduler.add_job(defer, "interval", [parts, job], seconds=seconds, coalesce=True, max_instances=1)
        for job, at in NIGHTLY.items():
            scheduler.add_job(defer, "cron", [parts, job], hour=at.hour, minute=at.minute, misfire_grace_time=3600)
        scheduler.start()
        log.info("Clock is ready")
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)
