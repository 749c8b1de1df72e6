"""What Zalo tells an Official Account: signed events in strings, receipts, and the ladder of repeats."""

from __future__ import annotations

import hashlib
from typing import Any

from bot.errors import SetupError
from bot.simulator.caller import Answer
from bot.simulator.mailbox import Event, Mailbox
from bot.simulator.wire import written
from bot.simulator.world import Citizen, World

ANSWER_WITHIN = 2.0
LADDER = (30.0, 300.0, 900.0, 1800.0, 3600.0)
ANONYMOUS = 7_000_000_000_000_000_000  # user_id_by_app is another number for the same person


class Events:
    """The way from citizens to the account's webhook; without an address events are not kept."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.mailbox = Mailbox(world, "zalo_oa", self._post, self._ladder, keeps=24 * 3600.0, in_order=False)
        self.mailbox.hooked = True  # the address is a switch and may come later

    def said(self, citizen: Citizen, event: dict[str, Any]) -> str:
        """Turn what a citizen did into an event; return msg_id, or the time for events that have none."""
        kind, number = event.get("kind", "text"), self._world.chance.getrandbits(80)
        key, stamp = f"{number:020x}", str(int(self._world.clock.now() * 1000))
        kind = "text" if kind == "start" else kind
        body = self._body(kind, citizen, event, key)
        self._remember(kind, citizen)
        key = key if "message" in body else stamp
        body |= {"app_id": self._world.switches.zalo_oa_app_id, "timestamp": stamp}
        body["user_id_by_app"] = str(ANONYMOUS + int(citizen.address) % 10**15)
        self._world.record("zalo_oa", "said", citizen.address, key, str(event.get("text", "")), what=kind)
        self.put(citizen.address, body)
        return key

    def put(self, address: str, body: dict[str, Any]) -> None:
        """Send an event on its way, if the account has a webhook."""
        if self._world.switches.zalo_oa_webhook:
            self.mailbox.put(address, body)

    async def receipt(self, phone: str, msg_id: str, tracking_id: str, after: float) -> None:
        """Tell, some time later, that a telephone got a template message."""
        await self._world.clock.until(self._world.clock.now() + after)
        stamp, switches = str(int(self._world.clock.now() * 1000)), self._world.switches
        message = {"delivery_time": stamp, "msg_id": msg_id, "tracking_id": tracking_id}
        body = {
            "sender": {"id": switches.zalo_oa_id},
            "recipient": {"id": phone},
            "event_name": "user_received_message",
        }
        self.put(phone, {**body, "message": message, "app_id": switches.zalo_oa_app_id, "timestamp": stamp})

    def _body(self, kind: str, citizen: Citizen, event: dict[str, Any], key: str) -> dict[str, Any]:
        account, person = {"id": self._world.switches.zalo_oa_id}, {"id": citizen.address}
        if kind in ("follow", "unfollow"):
            return {"oa_id": account["id"], "follower": person, "event_name": kind, "source": "oa_profile"}
        if kind == "info":
            info = {"name": citizen.shown_name(), "phone": str(event.get("phone", citizen.phone))}
            return {"sender": person, "recipient": account, "event_name": "user_submit_info", "info": info}
        message: dict[str, Any] = {"msg_id": key}
        if kind == "text":
            message["text"] = str(event.get("text", ""))
        elif kind == "location":
            spot = {"latitude": str(event["latitude"]), "longitude": str(event["longitude"])}
            message["attachments"] = [{"type": "location", "payload": {"coordinates": spot}}]
        elif kind in ("image", "sticker", "audio", "file"):
            message["attachments"] = [{"type": kind, "payload": {"url": f"https://{kind}.example/1"}}]
        else:
            raise SetupError(f"Nobody on Zalo OA can {kind!r}.")
        return {"sender": person, "recipient": account, "event_name": f"user_send_{kind}", "message": message}

    def _remember(self, kind: str, citizen: Citizen) -> None:
        if kind == "unfollow":
            citizen.follows = False
            return
        citizen.wrote_at = self._world.clock.now()
        citizen.follows = citizen.follows or kind == "follow"

    def _ladder(self, repeats: int, _: Answer | None) -> float | None:
        return LADDER[repeats - 1] if repeats <= len(LADDER) else None

    async def _post(self, event: Event) -> Answer:
        raw = written(event.body)
        headers = {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={self.signature(raw, event.body)}"}
        if event.repeats:
            headers["num_retry"] = str(event.repeats)
        if event.body["event_name"] == "user_received_message":
            headers["X-ZEvent-Server"] = "ZNS"
        url = self._world.switches.zalo_oa_webhook
        return await self._world.caller.call("POST", url, headers, raw, timeout=ANSWER_WITHIN)

    def signature(self, raw: bytes, body: dict[str, Any]) -> str:
        """Return the plain SHA-256 that Zalo sends, over one of the two orders that were seen."""
        switches = self._world.switches
        first = switches.zalo_oa_id if switches.zalo_oa_signature == "oa_id" else switches.zalo_oa_app_id
        stuff = first.encode() + raw + str(body["timestamp"]).encode() + switches.zalo_oa_secret.encode()
        return hashlib.sha256(stuff).hexdigest()
