"""`python -m bot chat`: the same conversation in a terminal; buttons are numbers."""

from __future__ import annotations

import asyncio
import secrets
import sys

from bot.answers.pages import Button
from bot.conversation.actions import say
from bot.conversation.respond import Responder
from bot.conversation.rules import Event, Kind
from bot.outbox.rules import Message

END = {"exit", "quit", "thoát"}


def chosen(line: str, buttons: tuple[Button, ...], number: int) -> Event:
    """Return the line as an event: the number of a button presses it."""
    if line.isascii() and line.isdigit() and len(line) < 4 and 0 < int(line) <= len(buttons):
        return Event(str(number), Kind.BUTTON, buttons[int(line) - 1].to)
    return Event(str(number), Kind.TEXT, line)


def shown(message: Message) -> str:
    """Return a message as the terminal shows it."""
    return "\n".join(
        [message.text, *(f"  [{number}] {button.title}" for number, button in enumerate(message.buttons, 1))]
    )


async def chat(responder: Responder) -> None:
    """Talk until the line ends or the person leaves."""
    sender, number = f"terminal-{secrets.token_hex(6)}", 0
    last = say(responder.library, "greet")
    print(f"\n{shown(last)}\n", flush=True)  # noqa: T201
    while True:
        line = await asyncio.to_thread(_read)
        if line is None or line.strip().lower() in END:
            return
        number += 1
        reply = await responder.reply(sender, chosen(line.strip(), last.buttons, number))
        for message in reply.messages:
            print(f"\n{shown(message)}\n", flush=True)  # noqa: T201
            last = message


def _read() -> str | None:
    sys.stdout.write("> ")
    sys.stdout.flush()
    return sys.stdin.readline() or None
