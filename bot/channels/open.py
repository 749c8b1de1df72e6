"""Opens the channels that the settings name: each an account to send through, and what fetches its messages by polling."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.calls import Clients
from bot.channels.sms.send import SMS, Account, Sms
from bot.channels.telegram.poll import Updates
from bot.channels.telegram.poll import poll as poll_telegram
from bot.channels.telegram.send import TELEGRAM, Telegram
from bot.channels.zalo_bot.send import ZALO_BOT, ZaloBot
from bot.channels.zalo_bot.send import poll as poll_zalo_bot
from bot.channels.zalo_oa.kept import KeptTokens
from bot.channels.zalo_oa.send import OFFICIAL, OFFICIAL_BUSINESS, ZALO_OA, ZaloOa
from bot.channels.zalo_oa.tokens import OFFICIAL as OFFICIAL_TOKENS
from bot.channels.zalo_oa.tokens import App, Tokens
from bot.clock import Clock
from bot.conversation.inbound import Inbound
from bot.outbox.contract import Capabilities, Channel, Ended, Retry
from bot.settings import Settings

log = logging.getLogger(__name__)

CAPABILITIES: Mapping[str, Capabilities] = {each.name: each for each in (TELEGRAM, ZALO_BOT, ZALO_OA, SMS)}
RATES = {TELEGRAM.name: 30.0, ZALO_BOT.name: 5.0, ZALO_OA.name: 60.0, SMS.name: 10.0}  # messages a second
POLLING = httpx.Timeout(40.0, connect=5.0, pool=5.0)  # longer than a long poll
Store = Callable[[Sequence[Inbound]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Open:
    """A channel that is on: how fast it may send, how to begin, and how its messages are fetched, None: by web hook."""

    channel: Channel
    rate: float
    begin: Callable[[], Awaitable[object]] | None = None
    fetch: Callable[[Store], Awaitable[Ended]] | None = None


def open_channels(settings: Settings, engine: AsyncEngine, clock: Clock) -> list[Open]:
    """Return the channels with a token; a channel without one is off."""
    makers = (
        (settings.telegram_token, _telegram),
        (settings.zalo_bot_token, _zalo_bot),
        (settings.zalo_oa_app_id, lambda found, _: _zalo_oa(found, engine)),
        (settings.sms_api_key, lambda found, _: _sms(found)),
    )
    return [make(settings, clock) for token, make in makers if token]


def _telegram(settings: Settings, clock: Clock) -> Open:
    channel = Telegram(settings.telegram_token, Clients(count=8), base_url=settings.telegram_url)
    if settings.public_url:
        url = f"{settings.public_url}/hooks/telegram"
        return _opened(channel, begin=lambda: channel.set_webhook(url, settings.hook_secret, now=clock()))
    updates = Updates(settings.telegram_token, Clients(count=1, patience=POLLING), base_url=settings.telegram_url)
    return _opened(
        channel, begin=lambda: channel.delete_webhook(now=clock()), fetch=lambda store: poll_telegram(updates, store)
    )


def _zalo_bot(settings: Settings, clock: Clock) -> Open:
    channel = ZaloBot(settings.zalo_bot_token, Clients(count=2), base_url=settings.zalo_bot_url)
    if settings.public_url:
        url = f"{settings.public_url}/hooks/zalo_bot"
        return _opened(channel, begin=lambda: channel.set_webhook(url, settings.hook_secret, now=clock()))
    polling = ZaloBot(settings.zalo_bot_token, Clients(count=1, patience=POLLING), base_url=settings.zalo_bot_url)
    return _opened(
        channel, begin=lambda: channel.delete_webhook(now=clock()), fetch=lambda store: poll_zalo_bot(polling, store)
    )


def _zalo_oa(settings: Settings, engine: AsyncEngine) -> Open:
    app = App(settings.zalo_oa_app_id, settings.zalo_oa_app_secret)
    kept = KeptTokens(engine, ZALO_OA.name, settings.zalo_oa_refresh_token)
    tokens = Tokens(app, kept, Clients(count=1), base_url=settings.zalo_oa_url or OFFICIAL_TOKENS)
    channel = ZaloOa(
        tokens,
        Clients(count=8),
        base_url=settings.zalo_oa_url or OFFICIAL,
        business_url=settings.zalo_oa_url or OFFICIAL_BUSINESS,
    )
    return _opened(channel)


def _sms(settings: Settings) -> Open:
    callback = f"{settings.public_url}/hooks/sms/{settings.hook_secret}" if settings.public_url else ""
    account = Account(settings.sms_api_key, settings.sms_secret_key, settings.sms_brandname, callback)
    return _opened(Sms(account, Clients(count=2), base_url=settings.sms_url))


def _opened(
    channel: Channel,
    *,
    begin: Callable[[], Awaitable[object]] | None = None,
    fetch: Callable[[Store], Awaitable[Ended]] | None = None,
) -> Open:
    return Open(channel, RATES[channel.capabilities.name], begin, fetch)


async def keep_fetching(opened: Open, store: Store) -> None:
    """Begin, then fetch for ever; what ends a poll is waited out, and a refused token looked at again in a while."""
    if opened.begin is not None:
        await opened.begin()
    while opened.fetch is not None:
        ended = await opened.fetch(store)
        if not isinstance(ended, Retry):
            log.error(
                "Messages cannot be fetched", extra={"channel": opened.channel.capabilities.name, "why": ended.why}
            )
        await asyncio.sleep(ended.after_seconds if isinstance(ended, Retry) else 60)
    await asyncio.Event().wait()
