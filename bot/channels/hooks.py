"""The web hooks that channels call: verified, read, stored, and only then acknowledged. They decide nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from procrastinate.exceptions import ProcrastinateException
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.sms import parse as sms
from bot.channels.telegram import parse as telegram
from bot.channels.zalo_bot import parse as zalo_bot
from bot.channels.zalo_oa import parse as zalo_oa
from bot.conversation.inbound import BadBody, Inbound
from bot.conversation.intake import take_in
from bot.conversation.service import Conversation
from bot.outbox.channels import SMS, TELEGRAM, ZALO_BOT, ZALO_OA
from bot.settings import Settings

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024  # bytes
AT_ONCE = 8  # calls being stored: as many as there are connections to the database at rest
Verify = Callable[[Request, bytes], bool]
Parse = Callable[[bytes], Sequence[Inbound]]
Store = Callable[[str, Sequence[Inbound]], Awaitable[None]]
Reply = Callable[[Sequence[Inbound]], dict[str, Any] | None]  # what the provider hears in the answer to its call


def hooks(conversation: Conversation, settings: Settings) -> list[Route]:
    """Return the hooks of the channels that are on; without a public address there is none."""
    if not settings.public_url:
        return []
    secret, store = settings.hook_secret, _in_turn(conversation)

    def signed(request: Request, raw: bytes) -> bool:
        ids = {"app_id": settings.zalo_oa_app_id, "oa_id": settings.zalo_oa_id, "secret": settings.zalo_oa_secret}
        return zalo_oa.verify(request.headers, raw, **ids) is not None

    def from_telegram(request: Request, _: bytes) -> bool:
        return telegram.verify(request.headers, secret=secret)

    def from_zalo_bot(request: Request, _: bytes) -> bool:
        return zalo_bot.verify(request.headers, secret=secret)

    routes = []
    if settings.telegram_token:
        routes.append(_hook(store, TELEGRAM.name, from_telegram, telegram.parse, telegram.noticed))
    if settings.zalo_bot_token:
        routes.append(_hook(store, ZALO_BOT.name, from_zalo_bot, zalo_bot.parse))
    if settings.zalo_oa_app_id:
        routes.append(_hook(store, ZALO_OA.name, signed, zalo_oa.parse))
    if settings.sms_api_key:
        routes.append(_callback(store, secret))
    return routes


def _in_turn(conversation: Conversation) -> Store:
    """Store a few calls at a time, first come, first served: those who wait for a pooled connection overtake each other."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def store(channel: str, came: Sequence[Inbound]) -> None:
        async with turns:
            await take_in(conversation, channel, came)

    return store


def _hook(store: Store, channel: str, verify: Verify, parse: Parse, reply: Reply = lambda _: None) -> Route:
    async def hook(request: Request) -> Response:
        raw = await _body(request)
        if raw is None:
            return Response(status_code=413)
        if not verify(request, raw):
            log.warning("A call of a web hook is refused: its signature or secret is wrong", extra={"channel": channel})
            return Response(status_code=403)
        return await _stored(store, channel, parse, raw, reply)

    return Route(f"/hooks/{channel}", hook, methods=["POST"])


def _callback(store: Store, secret: str) -> Route:
    """The SMS gateway calls by GET and signs nothing: the secret is part of the address we gave it."""

    async def callback(request: Request) -> Response:
        if not sms.verify(request.path_params["secret"], secret=secret):
            return Response(status_code=403)
        return await _stored(store, SMS.name, sms.parse, request.scope["query_string"][:LARGEST_BODY])

    return Route("/hooks/sms/{secret}", callback, methods=["GET"])


async def _stored(store: Store, channel: str, parse: Parse, raw: bytes, reply: Reply = lambda _: None) -> Response:
    try:
        came = parse(raw)
    except BadBody:
        log.warning("A call of a web hook cannot be read", extra={"channel": channel})
        return Response(status_code=400)
    try:
        await store(channel, came)
    except (SQLAlchemyError, ProcrastinateException) as error:  # not acknowledged: the channel sends it again
        log.warning("A call of a web hook cannot be stored", extra={"reason": type(error).__name__})
        return Response(status_code=503)
    return JSONResponse(reply(came) or {})


async def _body(request: Request) -> bytes | None:
    """Return the body; None when it is larger than anything a channel sends."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            return None
    return raw
