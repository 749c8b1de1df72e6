"""What Telegram tells a bot: updates made of what citizens do, fetched or pushed, never both."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Mapping
from typing import Any

from bot.errors import SetupError
from bot.simulator.caller import Answer
from bot.simulator.mailbox import Event, Mailbox
from bot.simulator.telegram_texts import Refusal, bad, structure, whole
from bot.simulator.wire import written
from bot.simulator.world import Act, Citizen, World

BOT: dict[str, Any] = {"id": 1000, "is_bot": True, "first_name": "An Sinh (mô phỏng)", "username": "AnSinhSimBot"}
DAY, LONGEST_POLL, ANSWER_WITHIN = 24 * 3600.0, 50, 60.0
UPDATES_UP_TO = 100
Conversations = dict[str, dict[int, dict[str, Any]]]  # by chat and message_id


def chat_of(citizen: Citizen) -> dict[str, Any]:
    """Return the chat with a citizen, or the group, as Telegram shows it."""
    if citizen.address.startswith("-"):
        return {"id": int(citizen.address), "type": "supergroup", "title": citizen.shown_name()}
    return {"id": int(citizen.address), "type": "private", "first_name": citizen.shown_name()}


class Updates:
    """The way from citizens to the bot."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._url, self._secret, self._connections = "", "", 40
        self._allowed: list[str] = []
        self._numbers, self._poll = itertools.count(1), 0
        self._presses: dict[str, float] = {}
        self.conversations: Conversations = {}  # what the bot sent: a citizen presses its buttons
        self._slowest = world.chance.uniform(60, 120)
        self.mailbox = Mailbox(world, "telegram", self._post, self._ladder, keeps=DAY, in_order=True)

    # --- fetched -------------------------------------------------------------

    async def get(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return updates from `offset` on, waiting up to `timeout`; a newer call ends an older one."""
        if self._url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        offset, limit = whole(given, "offset"), min(max(whole(given, "limit", UPDATES_UP_TO), 1), UPDATES_UP_TO)
        self._allow(given)
        self._confirm(offset)
        loop = asyncio.get_running_loop()
        until = loop.time() + min(max(whole(given, "timeout"), 0), LONGEST_POLL)
        self._poll = mine = self._poll + 1
        self.mailbox.wake()
        while not (found := self.mailbox.fresh()) and (left := until - loop.time()) > 0:
            await self.mailbox.arrival(left)
            if mine != self._poll or self._url:
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
        return [self._body(event) for event in found[:limit]]

    def _confirm(self, offset: int) -> None:
        events = list(self.mailbox.waiting.values())
        done = events[:offset] if offset < 0 else [event for event in events if event.number < offset]
        for event in done:
            del self.mailbox.waiting[event.number]

    def _allow(self, given: Mapping[str, Any]) -> None:
        allowed = structure(given.get("allowed_updates"), "allowed updates")
        if isinstance(allowed, list):
            self._allowed = [str(kind) for kind in allowed]

    # --- pushed --------------------------------------------------------------

    def set_webhook(self, given: Mapping[str, Any]) -> bool:
        """Push from now on; an empty address ends it. The simulator takes plain HTTP and any port."""
        url, secret = str(given.get("url", "")), str(given.get("secret_token", ""))
        if not url:
            return self.delete_webhook(given)
        if not re.fullmatch(r"https?://[^\s/?#]+(/\S*)?", url):
            raise bad("bad webhook: invalid URL")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad("secret token contains unallowed characters")
        self._connections = whole(given, "max_connections", 40)
        if not 1 <= self._connections <= 100:
            raise bad("max_connections must be between 1 and 100")
        self._allow(given)
        self._drop_if_asked(given)
        self._url, self._secret = url, secret
        self.mailbox.wake()
        self.mailbox.hook(on=True, places=self._connections)
        return True

    def delete_webhook(self, given: Mapping[str, Any]) -> bool:
        """Push no more; what was not acknowledged waits to be fetched."""
        self._drop_if_asked(given)
        self._url = self._secret = ""
        self.mailbox.hook(on=False)
        return True

    def webhook_info(self) -> dict[str, Any]:
        """Return what Telegram tells about the webhook."""
        info: dict[str, Any] = {
            "url": self._url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.mailbox.waiting),
        }
        if self._url:
            info["max_connections"] = self._connections
        if self.mailbox.last_error:
            info |= {
                "last_error_date": int(self.mailbox.last_error_at),
                "last_error_message": self.mailbox.last_error,
            }
        return info | ({"allowed_updates": self._allowed} if self._allowed else {})

    def _drop_if_asked(self, given: Mapping[str, Any]) -> None:
        if given.get("drop_pending_updates") in (True, "true", "True", "1"):
            self.mailbox.waiting.clear()

    async def _post(self, event: Event) -> Answer:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        return await self._world.caller.call("POST", self._url, headers, written(self._body(event)), timeout=60)

    def _ladder(self, repeats: int, answer: Answer | None) -> float:
        """The first repeat comes at once, then the wait doubles; the receiver may ask for longer."""
        asked = answer.headers.get("retry-after", "") if answer is not None else ""
        if asked.isascii() and asked.isdigit() and len(asked) < 6:
            return min(float(asked), 3600)
        return 0 if repeats == 1 else min(2.0 ** min(repeats - 2, 10), self._slowest)

    # --- made of what citizens do ---------------------------------------------

    def said(self, citizen: Citizen, event: dict[str, Any]) -> str:
        """Turn what a citizen did into an update and return its number; raise SetupError if it cannot be done."""
        kind = event.get("kind", "text")
        if kind in ("block", "unblock"):
            citizen.blocked = kind == "block"
            return self._put(citizen, kind, {"my_chat_member": self._membership(citizen)}, "")
        if kind in ("start", "text") and citizen.blocked:
            citizen.blocked = False  # who writes again has unblocked first
        if kind == "press":
            return self._put(citizen, kind, {"callback_query": self._press(citizen, event)}, str(event.get("data", "")))
        if kind == "raw":
            return self._put(citizen, kind, dict(event.get("update", {})), "")
        citizen.wrote_at = self._world.clock.now()
        content = self._content(kind, citizen, event)
        text = str(content.get("text", ""))
        return self._put(citizen, kind, {"message": self._message(citizen, event) | content}, text)

    def _put(self, citizen: Citizen, kind: str, update: dict[str, Any], text: str) -> str:
        if self._allowed and not update.keys() & set(self._allowed):
            return ""
        number = self.mailbox.put(citizen.address, update).number
        self._world.record("telegram", "said", citizen.address, str(number), text, what=kind)
        return str(number)

    def _body(self, event: Event) -> dict[str, Any]:
        return {"update_id": event.number, **event.body}

    def _sender(self, citizen: Citizen, event: Mapping[str, Any]) -> dict[str, Any]:
        number = int(event.get("from", 777000)) if citizen.address.startswith("-") else int(citizen.address)
        return {"id": number, "is_bot": False, "first_name": citizen.shown_name(), "language_code": "vi"}

    def _message(self, citizen: Citizen, event: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "message_id": 1_000_000 + next(self._numbers),  # apart from those the bot sends
            "date": int(self._world.clock.now()),
            "chat": chat_of(citizen),
            "from": self._sender(citizen, event),
        }

    def _content(self, kind: str, citizen: Citizen, event: Mapping[str, Any]) -> dict[str, Any]:
        if kind == "contact":
            phone = str(event.get("phone", citizen.phone))
            contact = {"phone_number": phone, "first_name": citizen.shown_name()}
            return {"contact": contact | ({"user_id": int(citizen.address)} if event.get("own", True) else {})}
        if kind == "location":
            return {"location": {"latitude": float(event["latitude"]), "longitude": float(event["longitude"])}}
        if kind == "photo":
            size = {"file_id": "from-citizen", "file_unique_id": "c", "width": 640, "height": 480}
            return {"photo": [size], "caption": str(event.get("text", ""))}
        if kind == "start":
            event = {"text": f"/start {event.get('text', '')}".strip()}
        elif kind != "text":
            raise SetupError(f"Nobody on Telegram can {kind!r}.")
        text = str(event.get("text", ""))
        command = re.match(r"/[a-z0-9_]+", text)
        entity = {"type": "bot_command", "offset": 0, "length": command.end()} if command else None
        return {"text": text} | ({"entities": [entity]} if entity else {})

    def _membership(self, citizen: Citizen) -> dict[str, Any]:
        left, here = {"user": BOT, "status": "kicked", "until_date": 0}, {"user": BOT, "status": "member"}
        old, new = (here, left) if citizen.blocked else (left, here)
        return {
            "chat": chat_of(citizen),
            "from": self._sender(citizen, {}),
            "date": int(self._world.clock.now()),
            "old_chat_member": old,
            "new_chat_member": new,
        }

    def _press(self, citizen: Citizen, event: Mapping[str, Any]) -> dict[str, Any]:
        """Press a button that the citizen really has: of the message named, else of the newest that has it."""
        data, number = str(event.get("data", "")), event.get("message_id")
        for message in reversed(self.conversations.get(citizen.address, {}).values()):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            has = any(button.get("callback_data") == data for row in rows for button in row)
            if has and number in (None, message["message_id"], str(message["message_id"])):
                key = f"press{next(self._numbers)}"
                self._presses[key] = self._world.clock.now()
                sender = self._sender(citizen, event)
                return {"id": key, "from": sender, "message": message, "chat_instance": citizen.address, "data": data}
        raise SetupError("That person has no such button.")

    def answer_press(self, act: Act) -> bool:
        """Take the answer to a press; raise Refusal if it comes too late or for no press."""
        key = str(act.given.get("callback_query_id", ""))
        if self._world.clock.now() - self._presses.pop(key, -DAY) > ANSWER_WITHIN:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return True
