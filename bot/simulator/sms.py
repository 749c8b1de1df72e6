"""The face of an SMS gateway in the shape of eSMS: accepted first, delivered or rejected later, told by callback."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bot.clock import VIETNAM
from bot.errors import SetupError
from bot.simulator.caller import NoAnswer
from bot.simulator.faults import Fate
from bot.simulator.wire import BadCall, Call, Reply, json_object, json_reply
from bot.simulator.world import Act, Citizen, World
from bot.vn.text import fold, nfc

METHOD = "SendMultipleMessage_V4_post_json"
REMEMBERED, CALLBACKS, BETWEEN_CALLBACKS = 24 * 3600.0, 5, 60.0
LONGEST_PARTS = 8
# Only 100 is in the documents we hold; the refusals are from memory and may differ.
ACCEPTED, UNKNOWN_ERROR, BAD_LOGIN, NO_MONEY, NO_BRANDNAME, DUPLICATE = "100", "99", "101", "103", "104", "124"
SENT, REJECTED = "5", "4"
DELAYS = {"1": 2.0, "2": 3.0, "3": 3.0, "4": 8.0, "5": 10.0, "6": 8.0, "7": 8.0}  # median seconds by carrier
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = set("^{}\\[~]|€\f")


def part_count(text: str) -> int:
    """Return how many SMS a text takes: 160 or 153 each in the GSM alphabet, 70 or 67 with other signs."""
    if set(text) <= _GSM | _GSM_ESCAPED:
        length, single, joined = len(text) + sum(sign in _GSM_ESCAPED for sign in text), 160, 153
    else:
        length, single, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else math.ceil(length / joined)


@dataclass
class _No(Exception):
    code: str
    message: str


class Sms:
    """One account at the gateway."""

    name = "sms"

    def __init__(self, world: World) -> None:
        self._world = world
        self._requests: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self.spent, self._underway = 0, 0

    def read(self, call: Call) -> Act | Reply:
        """Understand the one method there is."""
        method = call.path.strip("/").rpartition("/")[2]
        if method != METHOD or call.verb != "POST":
            return Reply(404, b"Endpoint not found.", b"text/html")
        try:
            given = json_object(call.body)
        except BadCall:
            return Reply(400, b"Request Error", b"text/html")
        phone = str(given.get("Phone", ""))
        return Act(method, given, international(phone), sends=True)

    def refuse(self, fate: Fate) -> Reply:
        """Say no for a fault."""
        if fate.kind == "5xx":
            return Reply(503, b"Service Unavailable", b"text/html")
        if fate.kind == "revoked":
            return _answer(BAD_LOGIN, "Authorize Failed")
        return Reply(429, b"Too Many Requests", b"text/html", ((b"retry-after", b"%d" % (int(fate.value) or 30)),))

    async def perform(self, act: Act) -> Reply:
        """Accept a message, or say why not."""
        try:
            text = self._checked(act)
            request = self._new_request(act.given)
            parts = part_count(text)
            self._pay(parts)
        except _No as no:
            return _answer(no.code, no.message)
        key, price = f"sms-{next(self._numbers):010d}", parts * self._world.switches.sms_price
        if act.given.get("Sandbox") in ("1", 1):
            return _answer(ACCEPTED, "", SMSID=key)
        due = self._due(act.given)
        self._world.record(
            self.name, "accepted" if not act.fate.unrecorded else "lost", act.address, key, text,
            key=request, fault=act.fate.kind, parts=parts, price=price,
        )  # fmt: skip
        if not act.fate.unrecorded:
            self._underway += 1
            self._world.begin(self._carry(act, key, text, request, price, due))
        return _answer(ACCEPTED, "", SMSID=key)

    def said(self, citizen: Citizen, event: dict[str, Any]) -> str:  # noqa: ARG002
        """Refuse: a brandname cannot be answered."""
        raise SetupError(f"Nobody can answer a brandname: {event.get('kind', 'text')!r}.")

    def pending(self) -> int:
        """Return how many messages are on their way, with their callbacks."""
        return self._underway

    def _checked(self, act: Act) -> str:
        given, switches = act.given, self._world.switches
        if (given.get("ApiKey"), given.get("SecretKey")) != (switches.sms_api_key, switches.sms_secret_key):
            raise _No(BAD_LOGIN, "Authorize Failed")
        if given.get("Brandname") != switches.sms_brandname or str(given.get("SmsType")) != "2":
            raise _No(NO_BRANDNAME, "Brandname code is not exist")
        if not re.fullmatch(r"84[35789]\d{8}", act.address):
            raise _No(UNKNOWN_ERROR, "Phone not valid")
        text = given.get("Content")
        if not isinstance(text, str) or not text.strip():
            raise _No(UNKNOWN_ERROR, "Content is empty")
        text = nfc(text) if str(given.get("IsUnicode", "0")) == "1" else fold(text)
        if part_count(text) > LONGEST_PARTS:
            raise _No(UNKNOWN_ERROR, "Content is too long")
        return text

    def _new_request(self, given: Mapping[str, Any]) -> str:
        """Take the sender's key; the same one within 24 hours is refused."""
        key, now = given.get("RequestId", ""), self._world.clock.now()
        if not isinstance(key, str) or len(key) > 50:
            raise _No(UNKNOWN_ERROR, "RequestId not valid")
        if key and now - self._requests.get(key, -math.inf) < REMEMBERED:
            raise _No(DUPLICATE, "RequestId is duplicated")
        if key:
            self._requests[key] = now
        return key

    def _pay(self, parts: int) -> None:
        price = parts * self._world.switches.sms_price
        if self.spent + price > self._world.switches.sms_balance:
            raise _No(NO_MONEY, "Balance not enough to send message")
        self.spent += price

    def _due(self, given: Mapping[str, Any]) -> float:
        now = self._world.clock.now()
        try:
            wished = datetime.strptime(str(given.get("SendDate", "")), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
            return max(now, wished.replace(tzinfo=VIETNAM).timestamp())
        except (ValueError, OverflowError):
            return now

    async def _carry(self, act: Act, key: str, text: str, request: str, price: int, due: float) -> None:
        """Bring one message to a telephone, or reject it, and tell so."""
        citizen = self._world.meet(self.name, act.address)
        chance = random.Random(f"{self._world.switches.seed}/sms/{key}")  # noqa: S311
        await self._world.clock.until(due + DELAYS.get(citizen.carrier, 5.0) * math.exp(chance.gauss(0, 0.5)))
        words = [word.strip() for word in self._world.switches.sms_rejected.split(",") if word.strip()]
        refused = (
            citizen.deactivated or citizen.blocked or any(fold(word).lower() in fold(text).lower() for word in words)
        )
        self._world.record(self.name, "rejected" if refused else "got", act.address, key, text, key=request)
        if refused:
            self.spent -= price
        await self._call_back(act.given, {
            "SMSID": key, "SendStatus": REJECTED if refused else SENT, "SendSuccess": str(int(not refused)),
            "SendFailed": str(int(refused)), "TotalSent": "1", "TotalReceiver": "1", "TotalPrice": str(0 if refused else price),
            "RequestId": request, "TypeId": "2", "telcoid": citizen.carrier, "phonenumber": act.address,
        })  # fmt: skip
        self._underway -= 1

    async def _call_back(self, given: Mapping[str, Any], told: dict[str, str]) -> None:
        url, due = given.get("CallbackUrl"), self._world.clock.now()
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            return
        joint = "&" if "?" in url else "?"
        twice = self._world.faults.event("duplicate", self.name, told["phonenumber"], due)
        for _ in range(CALLBACKS):
            try:
                answer = await self._world.caller.call("GET", f"{url}{joint}{urlencode(told)}", {})
                self._world.counts["sms callbacks"] += 1
                if answer.well and not twice:
                    return
                twice = None if answer.well else twice
            except NoAnswer:
                self._world.counts["sms callbacks failed"] += 1
            due = (self._world.clock.now() if self._world.clock.speed else due) + BETWEEN_CALLBACKS
            await self._world.clock.until(due)


def international(phone: str) -> str:
    """Return 84… for a number written 0… or +84…, anything else as it is."""
    bare = re.sub(r"[ .-]", "", phone).removeprefix("+")
    return "84" + bare[1:] if bare.startswith("0") else bare


def _answer(code: str, message: str, **more: str) -> Reply:
    found: dict[str, Any] = {"CodeResult": code, "CountRegenerate": 0, **more}
    return json_reply(200, found | ({"ErrorMessage": message} if message else {}))
