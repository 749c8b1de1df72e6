"""The simulator in a process of its own: switches as JSON in, the port on the first line out, gone with its parent."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading

from bot.simulator.run import server
from bot.simulator.switches import Switches


def _leave_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


async def main() -> None:
    """Serve on a free port."""
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    serving = server(Switches().with_changes(json.loads(sys.argv[1])), "127.0.0.1", 0)
    task = asyncio.create_task(serving.serve())
    while not serving.started and not task.done():  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    if serving.started:
        print(serving.servers[0].sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await task


if __name__ == "__main__":
    asyncio.run(main())
