"""Sends through a Zalo Official Account: consultation messages, pictures, files, approved templates."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from bot.channels.bodies import id_of, inside
from bot.channels.calls import Clients, NotSent, Unanswered, outcome_of_failure
from bot.channels.zalo_oa.errors import outcome_of
from bot.channels.zalo_oa.tokens import TokenRefused, Tokens
from bot.outbox.channels import ZALO_OA
from bot.outbox.contract import (
    Ask,
    Outcome,
    Part,
    Refresh,
    Retry,
    Sent,
    StopChannel,
    Template,
    Unknown,
    Upload,
)

log = logging.getLogger(__name__)

OFFICIAL, OFFICIAL_BUSINESS = "https://openapi.zalo.me", "https://business.openapi.zalo.me"
LONGEST_KEY = 48
TOKEN_PATIENCE = 20.0  # seconds for a token, less than the sender has for the whole
Body = dict[str, Any]


class ZaloOa:
    """One account."""

    capabilities = ZALO_OA

    def __init__(
        self, tokens: Tokens, clients: Clients, *, base_url: str = OFFICIAL, business_url: str = OFFICIAL_BUSINESS
    ) -> None:
        self._tokens, self._clients, self._base, self._business = tokens, clients, base_url, business_url

    async def send(self, address: str, part: Part, *, key: str, now: datetime) -> Outcome:
        """Send one part; a token that Zalo refuses is renewed, and the part sent again, once."""
        token = await self._token(self._tokens.access(now))
        if not isinstance(token, str):
            return token
        outcome = await self._try(token, address, part, key=key, now=now)
        if not isinstance(outcome, Refresh):
            return outcome
        token = await self._token(self._tokens.renewed(token, now))
        if not isinstance(token, str):
            return token
        outcome = await self._try(token, address, part, key=key, now=now)
        return StopChannel("token") if isinstance(outcome, Refresh) else outcome

    @staticmethod
    async def _token(given: Awaitable[str]) -> str | Outcome:
        """Return the token, or why there is none: whatever breaks here, the message has not left."""
        try:
            async with asyncio.timeout(TOKEN_PATIENCE):
                return await given
        except TokenRefused:
            return StopChannel("refresh_token")
        except Exception as error:
            log.warning("There is no access token now", extra={"reason": type(error).__name__})
            return Retry(5.0, "account", counted=False, outage=True)

    async def _try(self, token: str, address: str, part: Part, *, key: str, now: datetime) -> Outcome:
        if part.template:
            url, body = self._template(address, part.template, key)
            return await self._post(token, url, key=key, now=now, json=body)
        message: Body = {"text": part.text} if part.text else {}
        if part.ask:
            message = _asking(part.ask)
        elif part.upload:
            uploaded = await self._upload(token, part.upload, key=key, now=now)
            if not isinstance(uploaded, str):
                return uploaded
            message |= _attached(part.upload, uploaded)
        body = {"recipient": {"user_id": address}, "message": message}
        return await self._post(token, f"{self._base}/v3.0/oa/message/cs", key=key, now=now, json=body)

    def _template(self, address: str, template: Template, key: str) -> tuple[str, Body]:
        body: Body = {"template_id": template.number, "template_data": dict(template.values)}
        if not template.by_phone:
            return f"{self._base}/v3.0/oa/message/template", body | {"user_id": address}
        by_phone = {"phone": address.removeprefix("+"), "tracking_id": tracking_id(key)}
        return f"{self._business}/message/template", body | by_phone

    async def _post(self, token: str, url: str, *, key: str, now: datetime, **content: Any) -> Outcome:
        try:
            status, answer = await self._clients.post(url, headers={"access_token": token}, **content)
        except (NotSent, Unanswered) as error:
            return outcome_of_failure(error)
        return outcome_of(status, answer, key=key, now=now)

    async def _upload(self, token: str, upload: Upload, *, key: str, now: datetime) -> str | Outcome:
        """Return under which id Zalo keeps a picture or file; whatever goes wrong here, no message was sent."""
        url = f"{self._base}/v2.0/oa/upload/{'image' if upload.kind == 'picture' else 'file'}"
        files = {"file": (upload.name, upload.data)}
        try:
            status, answer = await self._clients.post(url, headers={"access_token": token}, files=files)
        except (NotSent, Unanswered):
            return Retry(5.0, "contact", counted=True)
        found = id_of(inside(answer, "data", "attachment_id")) or id_of(inside(answer, "data", "token"))
        if found:
            return found
        outcome = outcome_of(status, answer, key=key, now=now)
        return Retry(5.0, "contact", counted=True) if isinstance(outcome, Sent | Unknown) else outcome

    async def aclose(self) -> None:
        """Close all connections."""
        await self._clients.aclose()


def tracking_id(key: str) -> str:
    """Return the ledger's key as Zalo takes it: a longer one as its digest, the same for the same key."""
    return key if 0 < len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()[:LONGEST_KEY]


def _asking(ask: Ask) -> Body:
    element = {"title": ask.title, "subtitle": ask.subtitle, "image_url": ask.picture}
    payload = {"template_type": "request_user_info", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def _attached(upload: Upload, uploaded: str) -> Body:
    if upload.kind == "file":
        return {"attachment": {"type": "file", "payload": {"token": uploaded}}}
    element = {"media_type": "image", "attachment_id": uploaded}
    return {"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [element]}}}
