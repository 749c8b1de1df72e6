"""Opens the channels that the settings name: each an account to send through, and what fetches its messages by polling."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.calls import Clients
from bot.channels.sms.send import Account, Sms
from bot.channels.telegram.poll import Updates
from bot.channels.telegram.poll import poll as poll_telegram
from bot.channels.telegram.send import Telegram
from bot.channels.zalo_bot.send import ZaloBot
from bot.channels.zalo_bot.send import poll as poll_zalo_bot
from bot.channels.zalo_oa.kept import KeptTokens
from bot.channels.zalo_oa.send import OFFICIAL, OFFICIAL_BUSINESS, ZaloOa
from bot.channels.zalo_oa.tokens import OFFICIAL as OFFICIAL_TOKENS
from bot.channels.zalo_oa.tokens import App, Tokens
from bot.clock import system_clock
from bot.conversation.inbound import Inbound, InboundKind
from bot.outbox.channels import RATES, SMS, ZALO_BOT, ZALO_OA
from bot.outbox.contract import Channel, Ended, Outcome
from bot.outbox.pace import at_once
from bot.settings import Settings

POLLING = httpx.Timeout(40.0, connect=5.0, pool=5.0)  # longer than a long poll
Store = Callable[[Sequence[Inbound]], Awaitable[None]]
Step = Callable[[], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Open:
    """A channel that is on: how fast it may send, what begins its work, how its messages are fetched, None: by web hook.

    `menu` sets the command menu, which nothing waits for. `notice` tells the provider at once that something arrived,
    while the answer is being written.
    """

    channel: Channel
    rate: float
    begin: Sequence[Step] = ()
    menu: Step | None = None
    fetch: Callable[[Store], Awaitable[Ended]] | None = None
    notice: Callable[[Inbound], Awaitable[object]] | None = None
    beside: Clients | None = None  # the connections that are not the channel's own

    async def aclose(self) -> None:
        """Close all connections."""
        await self.channel.aclose()
        if self.beside is not None:
            await self.beside.aclose()


def open_channels(settings: Settings, engine: AsyncEngine, commands: Mapping[str, str]) -> list[Open]:
    """Return the channels with a token, a channel without one is off; `commands`: Telegram's menu, name to words."""
    makers: tuple[tuple[str, Callable[[], Open]], ...] = (
        (settings.telegram_token, lambda: _telegram(settings, commands)),
        (settings.zalo_bot_token, lambda: _zalo_bot(settings)),
        (settings.zalo_oa_app_id, lambda: _zalo_oa(settings, engine)),
        (settings.sms_api_key, lambda: _sms(settings)),
    )
    return [make() for token, make in makers if token]


def _telegram(settings: Settings, commands: Mapping[str, str]) -> Open:
    channel = Telegram(
        settings.telegram_token, Clients(at_once(settings.telegram_rate)), base_url=settings.telegram_url
    )
    show = partial(channel.show_menu, commands, now=system_clock())
    if settings.public_url:
        url = f"{settings.public_url}/hooks/telegram"
        hook = partial(channel.set_webhook, url, settings.hook_secret, now=system_clock())
        return Open(channel, settings.telegram_rate, begin=(hook,), menu=show)
    fetching = Clients(count=2, patience=POLLING)
    updates = Updates(settings.telegram_token, fetching, base_url=settings.telegram_url)

    async def notice(inbound: Inbound) -> None:
        if inbound.answer_to:
            await channel.acknowledge(inbound.answer_to, now=system_clock())
        if inbound.kind in (InboundKind.TEXT, InboundKind.BUTTON):
            await channel.type(inbound.address, now=system_clock())

    unhook = partial(channel.delete_webhook, now=system_clock())
    fetch = partial(poll_telegram, updates)
    return Open(channel, settings.telegram_rate, (unhook,), show, fetch, notice, fetching)


def _zalo_bot(settings: Settings) -> Open:
    channel = ZaloBot(settings.zalo_bot_token, Clients(at_once(RATES[ZALO_BOT.name])), base_url=settings.zalo_bot_url)
    if settings.public_url:
        url = f"{settings.public_url}/hooks/zalo_bot"
        hook = partial(channel.set_webhook, url, settings.hook_secret, now=system_clock())
        return Open(channel, RATES[ZALO_BOT.name], begin=(hook,))
    fetching = Clients(count=2, patience=POLLING)
    polling = ZaloBot(settings.zalo_bot_token, fetching, base_url=settings.zalo_bot_url)
    unhook = partial(channel.delete_webhook, now=system_clock())
    fetch = partial(poll_zalo_bot, polling)
    return Open(channel, RATES[ZALO_BOT.name], (unhook,), fetch=fetch, beside=fetching)


def _zalo_oa(settings: Settings, engine: AsyncEngine) -> Open:
    app = App(settings.zalo_oa_app_id, settings.zalo_oa_app_secret)
    kept = KeptTokens(engine, ZALO_OA.name, settings.zalo_oa_refresh_token)
    refreshing = Clients(count=1)
    tokens = Tokens(app, kept, refreshing, base_url=settings.zalo_oa_url or OFFICIAL_TOKENS)
    channel = ZaloOa(
        tokens,
        Clients(at_once(RATES[ZALO_OA.name])),
        base_url=settings.zalo_oa_url or OFFICIAL,
        business_url=settings.zalo_oa_url or OFFICIAL_BUSINESS,
    )
    return Open(channel, RATES[ZALO_OA.name], beside=refreshing)


def _sms(settings: Settings) -> Open:
    callback = f"{settings.public_url}/hooks/sms/{settings.hook_secret}" if settings.public_url else ""
    account = Account(
        settings.sms_api_key,
        settings.sms_secret_key,
        settings.sms_brandname,
        callback,
        advertising_type=settings.sms_advertising_type,
    )
    return Open(Sms(account, Clients(at_once(RATES[SMS.name])), base_url=settings.sms_url), RATES[SMS.name])
