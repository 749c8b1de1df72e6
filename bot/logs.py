"""Logging: a constant message and named values, one line each; never a citizen's number, name or text."""

from __future__ import annotations

import logging
import sys

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _Line(logging.Formatter):
    """«2026-11-22 09:00:00 WARNING bot.x: Message key=value»; values come from `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        named = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        return line + "".join(f" {name}={' '.join(str(value).split())}" for name, value in sorted(named.items()))


def set_up_logging(level: str) -> None:
    """Send our log lines to standard error; libraries speak up only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level.upper())
    # Their info and warning lines can hold whole messages or job arguments.
    for library in ("procrastinate", "httpx", "httpcore", "apscheduler", "sqlalchemy", "telegram"):
        logging.getLogger(library).setLevel(logging.ERROR)
