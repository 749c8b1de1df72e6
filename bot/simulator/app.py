"""The simulator as one ASGI application: a face is chosen by the first part of the path, faults strike around it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from bot.simulator.control import control_app
from bot.simulator.faults import CALM, REFUSALS, Fate
from bot.simulator.sms import Sms
from bot.simulator.switches import Switches
from bot.simulator.telegram import Telegram
from bot.simulator.wire import Call, Receive, Reply, Scope, Send, TooLarge, hang, read_body, send_half, send_reply
from bot.simulator.world import Face, World
from bot.simulator.zalo_bot import ZaloBot
from bot.simulator.zalo_oa import ZaloOA

MOST_COUNTS = 1000  # names of methods come from outside


class Simulator:
    """The ASGI application and the world behind it."""

    def __init__(self, switches: Switches) -> None:
        self._control = control_app(self)
        self.begin(switches)

    def begin(self, switches: Switches) -> None:
        """Start a new world."""
        self.world = World(switches)
        self.telegram, self.zalo_bot = Telegram(self.world), ZaloBot(self.world)
        self.zalo_oa, self.sms = ZaloOA(self.world), Sms(self.world)
        faces: tuple[Face, ...] = (self.telegram, self.zalo_bot, self.zalo_oa, self.sms)
        self.faces = {face.name: face for face in faces}

    async def end(self) -> None:
        """End the world."""
        await self.world.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; calls of bots take this short way, people and tests the other."""
        if scope["type"] == "http":
            prefix, _, path = scope["path"][1:].partition("/")
            face = self.faces.get(prefix)
            if face is not None:
                await self._serve(face, path, scope, receive, send)
                return
        await self._control(scope, receive, send)

    async def _serve(self, face: Face, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(receive)
        except TooLarge:
            await send_reply(send, Reply(413, b"Request Entity Too Large", b"text/html"))
            return
        call = Call(scope["method"], path, scope["query_string"], scope["headers"], body)
        reply, fate = await self._answered(face, call)
        if fate.delay:
            await asyncio.sleep(fate.delay)
        if fate.kind == "hang":
            await hang(receive)
        elif fate.kind in ("reset", "drop"):
            if fate.kind == "reset":
                await send_half(send, reply)
            await _cut(send)
        else:
            await send_reply(send, reply)

    async def _answered(self, face: Face, call: Call) -> tuple[Reply, Fate]:
        act, world = face.read(call), self.world
        if isinstance(act, Reply):
            world.counts[f"{face.name} unreadable {act.status}"] += 1
            return act, CALM
        fate = world.faults.fate(face.name, act.method, act.address, world.clock.now(), act.sends)
        if fate.kind in REFUSALS:
            reply = face.refuse(fate)
        else:
            reply = await face.perform(act if fate is CALM else replace(act, fate=fate))
        count = f"{face.name} {act.method[:40]} {fate.kind or reply.status}"
        if count in world.counts or len(world.counts) < MOST_COUNTS:
            world.counts[count] += 1
        return reply, fate


async def _cut(send: Send) -> None:
    """End the connection at once. ASGI has no word for it, so this reaches for the transport behind uvicorn's `send`."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0)  # let the server notice, or it would answer 500


def simulator_app(switches: Switches | None = None) -> Simulator:
    """Return a simulator to serve or to call in the same process."""
    return Simulator(switches or Switches())
