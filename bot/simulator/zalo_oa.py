"""The face of Zalo Official Account and its template messages: always HTTP 200, the error number inside."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from bot.simulator.faults import Fate
from bot.simulator.limits import Quota
from bot.simulator.wire import BadCall, Call, Reply, json_reply
from bot.simulator.world import Act, Citizen, World
from bot.simulator.zalo_events import Events
from bot.simulator.zalo_templates import No, Templates
from bot.simulator.zalo_tokens import Tokens

TEXT_LIMIT, HOUR = 2000, 3600.0
FREE, BILLED, BILLED_PRICE = 48 * HOUR, 7 * 24 * HOUR, 55
HOSTS = ("openapi/", "business/", "oauth/")  # one prefix for the three hosts, with or without their names
REPLY, BY_USER, BY_PHONE = "v3.0/oa/message/cs", "v3.0/oa/message/template", "message/template"
SENDING = {REPLY, BY_USER, BY_PHONE}
TOKEN = "v4/oa/access_token"  # noqa: S105


class ZaloOA:
    """One Official Account with its linked account for template messages."""

    name = "zalo_oa"

    def __init__(self, world: World) -> None:
        self._world = world
        self.tokens, self.templates, self.events = Tokens(world), Templates(world), Events(world)
        self._minute = Quota(60)
        self._ids = random.Random(f"{world.switches.seed}/zalo_oa")  # noqa: S311
        self._methods: dict[str, Callable[[Act], dict[str, Any]]] = {
            REPLY: self._reply,
            BY_USER: self._by_user,
            BY_PHONE: self._by_phone,
            "v3.0/oa/quota/message": self._window_of,
            "template/info/v2": self._template_info,
            "message/status": self._status,
        }

    def read(self, call: Call) -> Act | Reply:
        """Understand a call to any of the three hosts."""
        path = call.path
        for host in HOSTS:
            path = path.removeprefix(host)
        try:
            given = call.parameters()
            if isinstance(given.get("data"), str):
                given |= json.loads(given["data"])
        except (BadCall, ValueError, TypeError, RecursionError):
            return _no(-201, "Params is invalid")
        if path == TOKEN:
            return Act(path, given, token=call.header(b"secret_key"))
        return Act(path, given, _address(given), path in SENDING, call.header(b"access_token"))

    def refuse(self, fate: Fate) -> Reply:
        """Say no for a fault."""
        if fate.kind == "5xx":
            return Reply(502, b"<html>502 Bad Gateway</html>", b"text/html")
        return _no(-216, "Access token is invalid") if fate.kind == "revoked" else _no(-32, "Rate limit exceeded")

    async def perform(self, act: Act) -> Reply:
        """Answer one call."""
        if act.method == TOKEN:
            return json_reply(200, self.tokens.renew(act.given, act.token))
        try:
            self._keep_rate()
            if fault := self.tokens.fault_of(act.token):
                raise No(fault, "Access token is invalid" if fault == -216 else "Access token has expired")
            method = self._methods.get(act.method)
            if method is None:
                raise No(-404, "API not found")
            return self._rated(json_reply(200, {"error": 0, "message": "Success", "data": method(act)}))
        except No as no:
            return self._rated(_no(no.error, no.message))

    def said(self, citizen: Citizen, event: dict[str, Any]) -> str:
        """Let a citizen do something."""
        return self.events.said(citizen, event)

    def pending(self) -> int:
        """Return how many events wait."""
        return len(self.events.mailbox.waiting)

    def _keep_rate(self) -> None:
        if not self._world.switches.unlimited:
            if self._minute.count(self._world.clock.now()) >= self._world.switches.zalo_oa_per_minute:
                raise No(-32, "Rate limit exceeded")
            self._minute.take()

    def _rated(self, reply: Reply) -> Reply:
        limit = self._world.switches.zalo_oa_per_minute
        left = max(0, limit - self._minute.used)
        headers = ((b"x-ratelimit-limit", b"%d" % limit), (b"x-ratelimit-remain", b"%d" % left))
        return Reply(reply.status, reply.body, headers=headers)

    # --- consultation messages -----------------------------------------------

    def _reply(self, act: Act) -> dict[str, Any]:
        citizen, message = self._user(act), act.given.get("message")
        text, extra = _content(message)
        silence = self._world.clock.now() - (citizen.wrote_at if citizen.wrote_at is not None else -BILLED)
        if silence > BILLED and not self._world.switches.unlimited:
            raise No(-230, "User has not interacted with the OA in the past 7 days")
        price = 0 if silence <= FREE else BILLED_PRICE
        key = self._key()
        self._world.got(self.name, act, key, text, price=price, **extra)
        return {
            "message_id": key,
            "user_id": citizen.address,
            "quota": {"quota_type": "reply" if not price else "billed"},
        }

    def _user(self, act: Act) -> Citizen:
        citizen = self._world.citizen(self.name, act.address)
        if citizen is None or citizen.deactivated:
            raise No(-213, "User has not followed this OA")
        if citizen.blocked:
            raise No(-244, "User has restricted this kind of message")
        if citizen.inactive:
            raise No(-227, "User has been inactive for more than 45 days")
        if not citizen.follows and citizen.wrote_at is None:
            raise No(-213, "User has not followed this OA")
        return citizen

    def _window_of(self, act: Act) -> dict[str, Any]:
        citizen = self._user(act)
        seconds = citizen.wrote_at or 0.0
        now, month = self.templates.local(), self._world.switches.zalo_oa_promotions_a_month
        days = [self._world.clock.now() - at for at in citizen.promotions]
        today = sum(age < now.hour * HOUR + now.minute * 60 + now.second for age in days)
        return {
            "last_interaction": str(int(seconds * 1000)),
            "cs_reply": {
                "remain": "unlimited" if self._world.clock.now() - seconds <= FREE else 0,
                "total": "unlimited",
            },
            "promotion": {
                "daily_remain": max(0, 1 - today),
                "daily_total": 1,
                "monthly_remain": max(0, month - len(days)),
                "monthly_total": month,
            },
        }

    # --- template messages ------------------------------------------------------

    def _by_user(self, act: Act) -> dict[str, Any]:
        citizen = self._user(act)
        template = self.templates.checked(act.given)
        self.templates.allow(template, citizen, by_phone=False)
        if not act.fate.unrecorded:
            self.templates.count(template, citizen)
        key = self._key()
        self._template_got(act, key, template.price_uid)
        quota = {"quota_type": "daily", "remain": str(self.templates.remaining())}
        return {"message_id": key, "user_id": citizen.address, "sent_time": self._stamp(), "quota": quota}

    def _by_phone(self, act: Act) -> dict[str, Any]:
        phone, tracking = act.address, act.given.get("tracking_id")
        if not (phone.startswith("84") and phone.isascii() and phone.isdigit() and len(phone) == 11):
            raise No(-108, "Phone number is invalid")
        if not isinstance(tracking, str) or not 1 <= len(tracking) <= 48:
            raise No(-201, "tracking_id is invalid")
        template, citizen = self.templates.checked(act.given), self._world.meet(self.name, phone)
        if not citizen.has_zalo or citizen.deactivated:
            raise No(-118, "Zalo account does not exist or is disabled")
        if citizen.inactive or citizen.blocked:
            raise No(-114 if citizen.inactive else -139, "User cannot or does not want to receive this message")
        self.templates.allow(template, citizen, by_phone=True)
        key = self._key()
        self._template_got(act, key, template.price_phone, tracking)
        if not act.fate.unrecorded:
            self.templates.count(template, citizen)
            after = self._world.switches.zalo_oa_receipt_after * self._ids.uniform(0.5, 1.5)
            self._world.begin(self.events.receipt(phone, key, tracking, after))
        quota = {
            "dailyQuota": str(self._world.switches.zalo_oa_daily_quota),
            "remainingQuota": str(self.templates.remaining()),
        }
        return {"msg_id": key, "sent_time": self._stamp(), "sending_mode": "1", "quota": quota}

    def _template_got(self, act: Act, key: str, price: int, tracking: str = "") -> None:
        data, name = act.given.get("template_data", {}), str(act.given.get("template_id"))
        text = "\n".join([f"[{name}]", *(f"{field}: {value}" for field, value in data.items())])
        self._world.got(self.name, act, key, text, key=tracking, template=name, price=price)

    def _template_info(self, act: Act) -> dict[str, Any]:
        template = self.templates.known.get(str(act.given.get("template_id", "")))
        if template is None:
            raise No(-109, "Template ID is invalid")
        return {
            "template_id": template.id,
            "status": template.status,
            "price_uid": template.price_uid,
            "price_sdt": template.price_phone,
            "template_tag": template.tag,
            "list_params": [
                {"name": name, "type": kind, "require": True} for name, kind in template.parameters.items()
            ],
        }

    def _status(self, act: Act) -> dict[str, Any]:
        wanted = str(act.given.get("message_id", ""))
        found = any(
            line.id == wanted and line.kind == "got" for line in self._world.truth.lines if line.face == self.name
        )
        return {"status": 1 if found else -1, "message": "received" if found else "not found"}

    def _key(self) -> str:
        return f"{self._ids.getrandbits(80):020x}"

    def _stamp(self) -> str:
        return str(int(self._world.clock.now() * 1000))


def _address(given: Mapping[str, Any]) -> str:
    recipient = given.get("recipient")
    user = recipient.get("user_id", "") if isinstance(recipient, dict) else given.get("user_id", "")
    return str(user or given.get("phone", ""))


def _content(message: object) -> tuple[str, dict[str, Any]]:
    """Return text and attachment of a consultation message; raise No for one that Zalo does not take."""
    if not isinstance(message, dict):
        raise No(-201, "message is invalid")
    text, attachment = message.get("text", ""), message.get("attachment")
    if not isinstance(text, str) or not (text.strip() or attachment):
        raise No(-201, "message.text is invalid")
    if len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
        raise No(-210, "message.text is longer than 2000")
    if attachment is not None and not (isinstance(attachment, dict) and attachment.get("type") in ("template", "file")):
        raise No(-201, "attachment is invalid")
    return text, {"attachment": attachment} if attachment else {}


def _no(error: int, message: str) -> Reply:
    return json_reply(200, {"error": error, "message": message})
