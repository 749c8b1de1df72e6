"""The face of Telegram: what `https://api.telegram.org/bot<token>/<method>` answers, and why it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.simulator.faults import Fate
from bot.simulator.telegram_messages import Messages, too_many
from bot.simulator.telegram_texts import Refusal, bad, structure
from bot.simulator.telegram_updates import BOT, Updates
from bot.simulator.wire import BadCall, Call, Reply, json_reply
from bot.simulator.world import Act, Citizen, World

SENDING = {"sendmessage", "sendphoto", "senddocument", "editmessagetext", "editmessagereplymarkup"}
HARMLESS = (
    "deletemycommands", "setchatmenubutton", "setmydescription", "setmyshortdescription", "setmyname", "logout", "close",
)  # fmt: skip
ABILITIES = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


class Telegram:
    """One bot's account."""

    name = "telegram"

    def __init__(self, world: World) -> None:
        self._world = world
        self.updates = updates = Updates(world)
        self.messages = messages = Messages(world, updates.conversations)
        self.commands: list[dict[str, str]] = []
        self._methods: dict[str, Callable[[Act], Any]] = {
            **dict.fromkeys(HARMLESS, lambda _: True),
            "getme": lambda _: BOT | ABILITIES,
            "sendmessage": messages.send_message,
            "sendphoto": messages.send_photo,
            "senddocument": messages.send_document,
            "editmessagetext": messages.edit,
            "editmessagereplymarkup": messages.edit,
            "deletemessage": messages.delete,
            "sendchataction": messages.act_in_chat,
            "getfile": messages.get_file,
            "answercallbackquery": updates.answer_press,
            "setwebhook": lambda act: updates.set_webhook(act.given),
            "deletewebhook": lambda act: updates.delete_webhook(act.given),
            "getwebhookinfo": lambda _: updates.webhook_info(),
            "setmycommands": self._set_commands,
            "getmycommands": lambda _: self.commands,
        }

    def read(self, call: Call) -> Act | Reply:
        """Understand bot<token>/<method>, or file/bot<token>/<path>."""
        where, _, method = call.path.removeprefix("file/").partition("/")
        if where != f"bot{self._world.switches.telegram_token}":
            return Refusal(401, "Unauthorized").reply()
        if call.path.startswith("file/"):
            file = self.messages.files.get(method.removeprefix("documents/"))
            return Reply(200, file.body, b"application/octet-stream") if file else Refusal(404, "Not Found").reply()
        try:
            given = call.parameters()
        except BadCall as error:
            return bad(str(error)).reply()
        method = method.lower()
        return Act(method, given, str(given.get("chat_id", "")), method in SENDING)

    def refuse(self, fate: Fate) -> Reply:
        """Say no for a fault."""
        if fate.kind == "5xx":
            return Reply(502, b"<html><h1>502 Bad Gateway</h1></html>", b"text/html")
        if fate.kind == "revoked":
            return Refusal(401, "Unauthorized").reply()
        return too_many(int(fate.value) or 5).reply()

    async def perform(self, act: Act) -> Reply:
        """Answer one call."""
        try:
            if act.method == "getupdates":
                return json_reply(200, {"ok": True, "result": await self.updates.get(act.given)})
            method = self._methods.get(act.method)
            if method is None:
                raise Refusal(404, "Not Found: method not found")
            return json_reply(200, {"ok": True, "result": method(act)})
        except Refusal as refusal:
            return refusal.reply()

    def said(self, citizen: Citizen, event: dict[str, Any]) -> str:
        """Let a citizen do something."""
        return self.updates.said(citizen, event)

    def pending(self) -> int:
        """Return how many updates wait."""
        return len(self.updates.mailbox.waiting)

    def _set_commands(self, act: Act) -> bool:
        commands = structure(act.given.get("commands"), "commands")
        if not isinstance(commands, list) or len(commands) > 100 or not all(isinstance(one, dict) for one in commands):
            raise bad("can't parse commands")
        found = [{name: str(one.get(name, "")) for name in ("command", "description")} for one in commands]
        if not all(_fit(one["command"]) and 1 <= len(one["description"]) <= 256 for one in found):
            raise bad("BOT_COMMAND_INVALID")
        self.commands = found
        return True


def _fit(command: str) -> bool:
    return 1 <= len(command) <= 32 and command.isascii() and command.replace("_", "a").isalnum() and command.islower()
