"""The clock process: at set times it defers work, and nothing else; several clocks do no harm."""

from __future__ import annotations

import asyncio
import logging

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from procrastinate.exceptions import AlreadyEnqueued

from bot.settings import Settings
from bot.wiring import SWEEP, Parts, build

log = logging.getLogger(__name__)

SWEEP_EVERY = 5  # seconds


async def defer_sweep(parts: Parts) -> None:
    """Queue a sweep unless one is queued already."""
    try:
        await parts.jobs.configure_task(SWEEP, lock=SWEEP, queueing_lock=SWEEP, allow_unknown=True).defer_async()
    except AlreadyEnqueued:
        return


async def run_clock(settings: Settings) -> None:
    """Tick until told to stop."""
    async with build(settings) as parts:
        scheduler = AsyncIOScheduler(timezone="Asia/Ho_Chi_Minh")
        scheduler.add_job(defer_sweep, "interval", [parts], seconds=SWEEP_EVERY, coalesce=True, max_instances=1)
        scheduler.start()
        log.info("Clock is ready")
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)
