"""`understand` and `ask`: one JSON question per line in, one JSON answer per line out, by the production path."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TextIO

from bot.conversation.respond import Responder
from bot.conversation.rules import Event, Kind
from bot.conversation.tried import understood
from bot.errors import AnSinhError
from bot.wiring import Parts

AT_ONCE = 4  # questions under way; Rasa answers on one core

Answering = Callable[[str, str], Awaitable[dict[str, Any]]]


def understanding(parts: Parts) -> Answering:
    """Return what answers a line of `understand`."""

    async def one(_: str, text: str) -> dict[str, Any]:
        found = await understood(parts.responder, text)
        return {
            "topic": found.topic,
            "confidence": round(found.confidence, 4),
            "fallback": found.fallback,
            "entities": [dict(entity) for entity in found.entities],
        }

    return one


def asking(responder: Responder, run: str) -> Answering:
    """Return what answers a line of `ask`; every line is a conversation of its own."""

    async def one(line: str, text: str) -> dict[str, Any]:
        reply = await responder.reply(f"ask-{run}-{line}", Event(line, Kind.TEXT, text))
        return {
            "answer": "\n\n".join(message.text for message in reply.messages),
            "sources": [source for message in reply.messages for source in message.sources],
            "buttons": [button.title for message in reply.messages for button in message.buttons],
        }

    return one


async def answer_lines(source: TextIO, out: TextIO, answering: Answering) -> int:
    """Answer every line in order, several at a time; return how many lines could not be read."""
    bad, done = 0, 0
    async for result in _in_order(source, answering):
        bad += "error" in result
        done += 1
        out.write(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
        out.flush()
        if done % 50 == 0:
            print(f"{done} lines answered", file=sys.stderr, flush=True)  # noqa: T201
    print(f"{done} lines answered, {bad} with an error", file=sys.stderr, flush=True)  # noqa: T201
    return bad


async def _in_order(source: TextIO, answering: Answering) -> AsyncIterator[dict[str, Any]]:
    waiting: list[asyncio.Task[dict[str, Any]]] = []
    number = 0
    while line := await asyncio.to_thread(source.readline):
        if not line.strip():
            continue
        number += 1
        waiting.append(asyncio.create_task(_answer(line, number, answering)))
        if len(waiting) >= AT_ONCE:
            yield await waiting.pop(0)
    for task in waiting:
        yield await task


async def _answer(line: str, number: int, answering: Answering) -> dict[str, Any]:
    try:
        found = json.loads(line)
        text = found["text"]
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        return {"id": None, "error": f'line {number} is not of the form {{"id": …, "text": "…"}}'}
    readable_text = text.encode("utf-8", "ignore").decode()
    for last in (False, True):
        try:
            return {"id": found.get("id"), **await answering(str(number), readable_text)}
        except AnSinhError as error:
            if last:
                return {"id": found.get("id"), "error": f"line {number}: {type(error).__name__}"}
    raise AssertionError("unreachable")
