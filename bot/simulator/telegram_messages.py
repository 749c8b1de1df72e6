"""What a bot sends on Telegram: to whom it may go, how fast, and what the person then has."""

from __future__ import annotations

import itertools
from typing import Any

from bot.simulator.limits import Bucket
from bot.simulator.telegram_texts import (
    CAPTION_LIMIT,
    LARGEST_DOCUMENT,
    LARGEST_PHOTO,
    Refusal,
    bad,
    markup,
    picture_size,
    shown_text,
    uploaded,
    whole,
)
from bot.simulator.telegram_updates import BOT, Conversations, chat_of
from bot.simulator.wire import File
from bot.simulator.world import Act, Citizen, World

FACE, KEPT_FILES = "telegram", 200
ACTIONS = {"typing", "upload_photo", "upload_document", "find_location", "choose_sticker"}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def too_many(wait: int) -> Refusal:
    """Return the refusal that asks to wait."""
    return Refusal(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})


class Messages:
    """The way from the bot to citizens."""

    def __init__(self, world: World, conversations: Conversations) -> None:
        self._world, self._conversations = world, conversations
        self._ids, self._file_ids = itertools.count(1), itertools.count(1)
        self.files: dict[str, File] = {}
        self.begin_limits()

    # --- to whom, and how fast ---------------------------------------------------

    def begin_limits(self) -> None:
        """Fill every bucket by the switches as they are now."""
        rate = self._world.switches.telegram_per_second
        self._all = Bucket(rate, max(1.0, rate), self._world.clock.now())
        self._chats: dict[str, Bucket] = {}

    def _chat(self, act: Act) -> Citizen:
        """Return whom a message goes to; raise Refusal for nobody, and for who does not want it."""
        citizen = self._world.citizen(FACE, act.address)
        if citizen is None or citizen.wrote_at is None:
            raise bad("chat not found" if act.address else "chat_id is empty")
        if citizen.moved_to:
            moved = {"migrate_to_chat_id": int(citizen.moved_to)}
            raise Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
        if citizen.deactivated:
            raise Refusal(403, "Forbidden: user is deactivated")
        if citizen.blocked:
            group = act.address.startswith("-")
            raise Refusal(403, f"Forbidden: bot was {'kicked from the group chat' if group else 'blocked by the user'}")
        return citizen

    def _within_limits(self, act: Act) -> Citizen:
        citizen = self._chat(act)
        if self._world.switches.unlimited:
            return citizen
        now, chat = self._world.clock.now(), self._chats.get(act.address)
        if chat is None:
            chat = self._chats[act.address] = self._bucket(act.address, now)
        if wait := self._all.wait(now) or chat.wait(now):
            raise too_many(wait)
        self._all.take()
        chat.take()
        return citizen

    def _bucket(self, address: str, now: float) -> Bucket:
        switches = self._world.switches
        if address.startswith("-"):
            return Bucket(switches.telegram_group_per_minute / 60, switches.telegram_group_per_minute, now)
        return Bucket(switches.telegram_chat_per_second, switches.telegram_chat_burst, now)

    # --- what is sent ----------------------------------------------------------------

    def send_message(self, act: Act) -> dict[str, Any]:
        """Send a text."""
        text, keyboard = shown_text(act.given), markup(act.given)
        return self._sent(act, text, {"text": text}, keyboard, {})

    def send_photo(self, act: Act) -> dict[str, Any]:
        """Send a picture."""
        caption, keyboard = shown_text(act.given, "caption", CAPTION_LIMIT), markup(act.given)
        file = uploaded(act.given, "photo", LARGEST_PHOTO)
        self._chat(act)
        seen = self._seen(file)
        width, height = picture_size(file.body) if isinstance(file, File) else (640, 480)
        content = {"photo": [{**seen, "width": width, "height": height}]} | ({"caption": caption} if caption else {})
        return self._sent(act, caption, content, keyboard, {"file": "ảnh", "file_id": seen["file_id"], "picture": True})

    def send_document(self, act: Act) -> dict[str, Any]:
        """Send a file."""
        caption, keyboard = shown_text(act.given, "caption", CAPTION_LIMIT), markup(act.given)
        file = uploaded(act.given, "document", LARGEST_DOCUMENT)
        self._chat(act)
        seen, name = self._seen(file), file.name if isinstance(file, File) else file
        content = {"document": {**seen, "file_name": name}} | ({"caption": caption} if caption else {})
        return self._sent(act, caption, content, keyboard, {"file": name, "file_id": seen["file_id"]})

    def _seen(self, file: File | str) -> dict[str, Any]:
        """Return how a file looks to the bot; an uploaded one is kept, and the oldest forgotten."""
        key, size = file if isinstance(file, str) else f"file{next(self._file_ids):08d}", 0
        if isinstance(file, File):
            self.files[key], size = file, len(file.body)
            if len(self.files) > KEPT_FILES:
                del self.files[next(iter(self.files))]
        return {"file_id": key, "file_unique_id": key[-8:], "file_size": size}

    def _sent(
        self, act: Act, text: str, content: dict[str, Any], keyboard: dict[str, Any] | None, extra: dict[str, Any]
    ) -> dict[str, Any]:
        citizen, number = self._within_limits(act), next(self._ids)
        message = {"message_id": number, "from": BOT, "chat": chat_of(citizen), "date": int(self._world.clock.now())}
        message |= content
        if keyboard:
            extra["markup"] = keyboard
            if "inline_keyboard" in keyboard:
                message["reply_markup"] = keyboard
        if not act.fate.unrecorded:
            self._conversations.setdefault(act.address, {})[number] = message
        self._world.got(FACE, act, str(number), text, **extra)
        return message

    def edit(self, act: Act) -> dict[str, Any]:
        """Change text and keyboard, or the keyboard alone; a keyboard not named again is gone."""
        keyboard = markup(act.given)
        text = shown_text(act.given) if act.method == "editmessagetext" else ""
        self._chat(act)
        old = self._conversations.get(act.address, {}).get(whole(act.given, "message_id"))
        if old is None:
            raise bad("message to edit not found")
        new = {name: value for name, value in old.items() if name not in ("reply_markup", "edit_date")}
        new |= ({"text": text} if text else {}) | ({"reply_markup": keyboard} if keyboard else {})
        if all(new.get(name) == old.get(name) for name in ("text", "reply_markup")):
            raise bad(NOT_MODIFIED)
        self._within_limits(act)
        new["edit_date"] = int(self._world.clock.now())
        if not act.fate.unrecorded:
            number = old["message_id"]
            self._conversations[act.address][number] = new
            words, fault = str(new.get("text", "")), act.fate.kind
            self._world.record(FACE, "edited", act.address, str(number), words, fault=fault, markup=keyboard)
        return new

    def delete(self, act: Act) -> bool:
        """Take a message back."""
        if self._conversations.get(act.address, {}).pop(whole(act.given, "message_id"), None) is None:
            raise bad("message to delete not found")
        return True

    def act_in_chat(self, act: Act) -> bool:
        """Show that the bot is typing."""
        self._chat(act)
        if act.given.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        return True

    def get_file(self, act: Act) -> dict[str, Any]:
        """Tell where a file can be fetched."""
        key = str(act.given.get("file_id", ""))
        if key not in self.files:
            raise bad("invalid file_id")
        size = len(self.files[key].body)
        return {"file_id": key, "file_unique_id": key[-8:], "file_size": size, "file_path": f"documents/{key}"}
