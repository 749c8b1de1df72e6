"""The truth: what each person really got and really said, line by line; the other side of every acceptance test."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

KINDS = (
    "got",  # a person got a message
    "edited",  # a message that a person has was changed
    "accepted",  # a gateway took it; it has reached nobody yet
    "rejected",  # a gateway took it and refused it later
    "lost",  # the sender was told that it went; nobody got it
    "said",  # a person did something that the bot must hear of
    "refreshed",  # an access token was renewed
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that really happened; `key` is the sender's own key, `fault` what hit the answer."""

    n: int
    at: float
    face: str
    kind: str
    address: str
    id: str
    text: str
    key: str = ""
    fault: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class Truth:
    """An append-only log in memory and, if wished, in a file that the next start continues."""

    def __init__(self, file: str) -> None:
        self.lines: list[Line] = []
        self._of: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if file else None

    def add(self, line: Line) -> None:
        """Append one line; in the file as well, so that no end of any process takes it back."""
        self.lines.append(line)
        self._of[line.face, line.address].append(line.n)
        if self._file is not None:
            os.write(self._file, json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n")

    def of(self, face: str, address: str) -> list[Line]:
        """Return the lines of one person on one face."""
        return [self.lines[n] for n in self._of.get((face, address), ())]

    def select(self, face: str, kind: str, after: int, limit: int) -> Iterator[Line]:
        """Yield lines numbered above `after`; an empty face or kind means any."""
        chosen = (
            line for line in self.lines[max(0, after + 1) :] if face in ("", line.face) and kind in ("", line.kind)
        )
        yield from (line for _, line in zip(range(limit), chosen, strict=False))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def read_truth(file: Path) -> list[Line]:
    """Read a truth file back; a last line torn by a power cut is left out."""
    whole = file.read_text(encoding="utf-8").rpartition("\n")[0]
    return [Line(**json.loads(line)) for line in whole.splitlines() if line]
