"""Sends through a Telegram bot: texts, keyboards, pictures, files, edits, the command menu."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels.bodies import id_of, inside, moment_of
from bot.channels.calls import Clients, NotSent, Unanswered, outcome_of_failure
from bot.channels.telegram.errors import outcome_of
from bot.channels.telegram.request import Failed, Request
from bot.outbox.channels import TELEGRAM
from bot.outbox.contract import Ask, Outcome, Part, Reject, Sent, Unknown, Upload

OFFICIAL = "https://api.telegram.org"


class Telegram:
    """One bot."""

    capabilities = TELEGRAM

    def __init__(self, token: str, clients: Clients, *, base_url: str = OFFICIAL) -> None:
        self._clients, request = clients, Request(clients)
        self._url = f"{base_url}/bot{token}"
        self._bot = Bot(token, base_url=f"{base_url}/bot", request=request, get_updates_request=request)

    async def send(self, address: str, part: Part, *, key: str, now: datetime) -> Outcome:
        """Send one part; Telegram takes no key."""
        del key
        if not address.isdecimal() or not (part.edits or "0").isdecimal():
            return Reject("address")
        if part.upload:
            return await self._outcome(self._file(int(address), part, part.upload), now)
        return await self._text(int(address), part, now)

    async def _text(self, chat: int, part: Part, now: datetime) -> Outcome:
        """Send or edit a text, what campaigns are made of, without the library's objects: they cost more than the call."""
        body: dict[str, Any] = {"chat_id": chat, "text": part.text}
        if markup := _keyboard(part.ask) if part.ask else _inline(part):
            body["reply_markup"] = markup.to_dict()
        if part.edits:
            body["message_id"] = int(part.edits)
        try:
            method = "editMessageText" if part.edits else "sendMessage"
            status, answer = await self._clients.post(f"{self._url}/{method}", json=body)
        except (NotSent, Unanswered) as error:
            return outcome_of_failure(error)
        if status != 200:
            return _as_wished(outcome_of(status, answer), now)
        if inside(answer, "ok") is not True or (not part.edits and inside(answer, "result") is None):
            return Unknown("answer")
        return Sent(id_of(inside(answer, "result", "message_id")), moment_of(inside(answer, "result", "date")) or now)

    def _file(self, chat: int, part: Part, upload: Upload) -> Awaitable[Message]:
        file, caption = InputFile(upload.data, filename=upload.name), part.text or None
        send = self._bot.send_photo if upload.kind == "picture" else self._bot.send_document
        return send(chat, file, caption=caption, reply_markup=_inline(part))

    async def acknowledge(self, answer_to: str, *, now: datetime) -> Outcome:
        """Tell Telegram that a press was noticed, so that the button stops turning."""
        return await self._outcome(self._bot.answer_callback_query(answer_to), now)

    async def type(self, address: str, *, now: datetime) -> Outcome:
        """Show for some seconds that an answer is being written."""
        return await self._outcome(self._bot.send_chat_action(int(address), ChatAction.TYPING), now)

    async def show_menu(self, commands: Mapping[str, str], *, now: datetime) -> Outcome:
        """Set the command menu: each command and what it does, in Vietnamese."""
        menu = [BotCommand(command, words) for command, words in commands.items()]
        return await self._outcome(self._bot.set_my_commands(menu), now)

    async def set_webhook(self, url: str, secret: str, *, now: datetime) -> Outcome:
        """Have updates posted to an address of ours."""
        kinds = ["message", "callback_query", "my_chat_member"]
        return await self._outcome(self._bot.set_webhook(url, secret_token=secret, allowed_updates=kinds), now)

    async def delete_webhook(self, *, now: datetime) -> Outcome:
        """Have updates kept for polling; what waits is not thrown away."""
        return await self._outcome(self._bot.delete_webhook(), now)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._clients.aclose()

    @staticmethod
    async def _outcome(call: Awaitable[Message | bool], now: datetime) -> Outcome:
        try:
            answer = await call
        except Failed as failed:
            return _as_wished(failed.outcome, now)
        except (TelegramError, KeyError, TypeError, ValueError, AttributeError):  # «ok», then words we cannot read
            return Sent("", now)
        return Sent(str(answer.message_id), answer.date) if isinstance(answer, Message) else Sent("", now)


def _as_wished(outcome: Outcome, now: datetime) -> Outcome:
    """An edit that changes nothing found the message as it should be."""
    return Sent("", now) if outcome == Reject("not_modified") else outcome


def _inline(part: Part) -> InlineKeyboardMarkup | None:
    pairs = zip(part.buttons, part.button_keys, strict=True)
    rows = [[InlineKeyboardButton(button.title, callback_data=key)] for button, key in pairs]
    return InlineKeyboardMarkup(rows) if rows else None


def _keyboard(ask: Ask) -> ReplyKeyboardMarkup:
    wishes: dict[str, Any] = {f"request_{ask.kind}": True}
    return ReplyKeyboardMarkup([[KeyboardButton(ask.title, **wishes)]], resize_keyboard=True, one_time_keyboard=True)
