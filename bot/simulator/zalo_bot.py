"""The face of Zalo Bot Platform: text only, one event a poll and no acknowledgement, refusals inside HTTP 200."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import SetupError
from bot.simulator.caller import Answer
from bot.simulator.faults import Fate
from bot.simulator.limits import Quota
from bot.simulator.mailbox import Event, Mailbox
from bot.simulator.wire import BadCall, Call, Reply, json_reply, written
from bot.simulator.world import Act, Citizen, World

TEXT_LIMIT, LONGEST_POLL, DAY = 2000, 60, 24 * 3600.0
MIDNIGHT = 17 * 3600.0  # 00:00 in Vietnam is 17:00 UTC
SENDING = {"sendMessage", "sendPhoto", "sendSticker", "sendVoice"}


@dataclass
class _No(Exception):
    code: int
    description: str


class ZaloBot:
    """One bot's account."""

    name = "zalo_bot"

    def __init__(self, world: World) -> None:
        self._world = world
        self.mailbox = Mailbox(world, self.name, self._post, self._ladder, keeps=DAY, in_order=False)
        self._url, self._secret, self._changed, self._poll = "", "", 0, 0
        self._today = Quota(DAY)
        self._ids = random.Random(f"{world.switches.seed}/zalo_bot")  # noqa: S311
        self._methods: dict[str, Callable[[Act], Any]] = {
            "getMe": lambda _: {
                "id": "2000",
                "account_name": "bot.ansinh",
                "account_type": "BASIC",
                "can_join_groups": False,
            },
            "sendMessage": lambda act: self._send(act, self._text(act.given, "text"), {}),
            "sendPhoto": self._send_photo,
            "sendSticker": lambda act: self._send(act, "", {"sticker": _needed(act.given, "sticker")}),
            "sendVoice": self._send_voice,
            "sendChatAction": self._act_in_chat,
            "setWebhook": self._set_webhook,
            "deleteWebhook": lambda _: self._delete_webhook(),
            "getWebhookInfo": lambda _: self._info(),
        }

    def read(self, call: Call) -> Act | Reply:
        """Understand bot<token>/<method>."""
        where, _, method = call.path.partition("/")
        if where != f"bot{self._world.switches.zalo_bot_token}":
            return _no(401, "Unauthorized")
        try:
            given = call.parameters()
        except BadCall:
            return _no(400, "Bad Request")
        return Act(method, given, str(given.get("chat_id", "")), method in SENDING)

    def refuse(self, fate: Fate) -> Reply:
        """Say no for a fault."""
        if fate.kind == "5xx":
            return Reply(502, b"<html>502</html>", b"text/html")
        return _no(401, "Unauthorized") if fate.kind == "revoked" else _no(429, "Quota exceeded")

    async def perform(self, act: Act) -> Reply:
        """Answer one call."""
        try:
            if act.method == "getUpdates":
                return json_reply(200, {"ok": True, "result": await self._next_event(act.given)})
            method = self._methods.get(act.method)
            if method is None:
                raise _No(404, "Not Found")
            return json_reply(200, {"ok": True, "result": method(act)})
        except _No as no:
            return _no(no.code, no.description)

    def pending(self) -> int:
        """Return how many events wait."""
        return len(self.mailbox.waiting)

    def said(self, citizen: Citizen, event: dict[str, Any]) -> str:
        """Let a citizen write; the message's id is the only key of the event."""
        kind, key = event.get("kind", "text"), self._key()
        kind = "text" if kind == "start" else kind  # there is no such button: people just write
        if kind not in ("text", "image", "sticker", "voice", "unsupported", "block", "unblock"):
            raise SetupError(f"Nobody on Zalo Bot can {kind!r}.")
        if kind in ("block", "unblock"):
            citizen.blocked = kind == "block"  # the bot is not told
            return ""
        citizen.wrote_at, citizen.blocked = self._world.clock.now(), False
        text = str(event.get("text", ""))
        content = {
            "text": {"text": text},
            "image": {"photo": "https://photo.example/1.jpg", "caption": text},
            "sticker": {"sticker": "st1", "url": "https://sticker.example/1.png"},
            "voice": {"voice_url": "https://voice.example/1.aac"},
        }.get(kind, {})
        message = {
            "message_id": key,
            "date": int(citizen.wrote_at * 1000),
            "from": {"id": citizen.address, "display_name": citizen.shown_name(), "is_bot": False},
            "chat": {"id": citizen.address, "chat_type": str(event.get("chat_type", "PRIVATE"))},
            **content,
        }
        self._world.record(self.name, "said", citizen.address, key, text, what=kind)
        self.mailbox.put(citizen.address, {"event_name": f"message.{kind}.received", "message": message})
        return key

    # --- events out -------------------------------------------------------------

    async def _next_event(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Hand out one event and forget it: who dies with it in hand has lost it."""
        if self._url:
            raise _No(400, "Bad Request: webhook is active")
        loop = asyncio.get_running_loop()
        until = loop.time() + min(_seconds(given.get("timeout", 30)), LONGEST_POLL)
        self._poll = mine = self._poll + 1
        self.mailbox.wake()
        while not (events := self.mailbox.fresh()):
            if (left := until - loop.time()) <= 0:
                raise _No(408, "Request timeout")
            await self.mailbox.arrival(left)
            if mine != self._poll:
                raise _No(400, "Bad Request: another poll is under way")
        del self.mailbox.waiting[events[0].number]
        return events[0].body

    async def _post(self, event: Event) -> Answer:
        body = {"ok": True, "result": event.body} if self._world.switches.zalo_bot_envelope else event.body
        headers = {"Content-Type": "application/json", "X-Bot-Api-Secret-Token": self._secret}
        return await self._world.caller.call("POST", self._url, headers, written(body))

    def _ladder(self, repeats: int, _: Answer | None) -> float | None:
        return 5.0 * repeats if repeats < self._world.switches.zalo_bot_tries else None

    def _set_webhook(self, act: Act) -> dict[str, Any]:
        url, secret = _needed(act.given, "url"), _needed(act.given, "secret_token")
        if not url.startswith(("https://", "http://")) or not 8 <= len(secret) <= 256 or not secret.isascii():
            raise _No(400, "Bad Request: invalid url or secret_token")
        self._url, self._secret, self._changed = url, secret, int(self._world.clock.now() * 1000)
        self.mailbox.wake()
        self.mailbox.hook(on=True)
        return self._info()

    def _delete_webhook(self) -> dict[str, Any]:
        self._url, self._secret, self._changed = "", "", int(self._world.clock.now() * 1000)
        self.mailbox.hook(on=False)
        return self._info()

    def _info(self) -> dict[str, Any]:
        return {"url": self._url, "updated_at": self._changed}

    # --- messages in --------------------------------------------------------------

    def _send_photo(self, act: Act) -> dict[str, Any]:
        photo = _needed(act.given, "photo")
        if not photo.startswith(("https://", "http://")):
            raise _No(400, "Bad Request: photo must be a URL")
        caption = self._text(act.given, "caption") if act.given.get("caption") else ""
        return self._send(act, caption, {"photo": photo})

    def _send_voice(self, act: Act) -> dict[str, Any]:
        voice = _needed(act.given, "voice_url")
        if not voice.endswith(".aac"):
            raise _No(400, "Bad Request: voice_url must end with .aac")
        return self._send(act, "", {"voice": voice})

    def _act_in_chat(self, act: Act) -> dict[str, Any]:
        self._chat(act)
        if _needed(act.given, "action") not in ("typing", "upload_photo"):
            raise _No(400, "Bad Request: unknown action")
        return {"ok": True}

    def _send(self, act: Act, text: str, extra: dict[str, Any]) -> dict[str, Any]:
        self._chat(act)
        now, switches = self._world.clock.now(), self._world.switches
        limit = 0 if switches.unlimited else switches.zalo_bot_daily_quota
        if limit and self._today.count(now, MIDNIGHT) >= limit:
            raise _No(429, "Quota exceeded")
        self._today.take()
        key = self._key()
        self._world.got(self.name, act, key, text, **extra)
        return {"message_id": key, "date": int(now * 1000)}

    def _chat(self, act: Act) -> Citizen:
        citizen = self._world.citizen(self.name, act.address)
        if citizen is None or citizen.wrote_at is None:
            raise _No(400, "Bad Request: chat not found")
        if citizen.blocked or citizen.deactivated:
            raise _No(403, "internal server error")  # the documented words
        switches = self._world.switches
        window = math.inf if switches.unlimited else switches.zalo_bot_window or math.inf
        if self._world.clock.now() - citizen.wrote_at > window:
            raise _No(403, "internal server error")
        return citizen

    def _text(self, given: Mapping[str, Any], name: str) -> str:
        text = _needed(given, name)
        if len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT or not text.strip():
            raise _No(400, f"Bad Request: {name} must have 1-2000 characters")
        return text

    def _key(self) -> str:
        return f"{self._ids.getrandbits(80):020x}"


def _no(code: int, description: str) -> Reply:
    return json_reply(200, {"ok": False, "error_code": code, "description": description})


def _needed(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise _No(400, f"Bad Request: {name} is required")
    return value


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        raise _No(400, "Bad Request: timeout") from None
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0
