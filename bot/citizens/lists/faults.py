"""The file of rows that were not taken: each as it stood, with what to mend; nothing in it can run as a formula."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from bot.answers.library import Library
from bot.citizens.lists.row import Fault

_RUNS = re.compile(
    r"(^|[;\t\r\n])(?=\s*[=+\-@\t\r＝＋－＠])"
)  # also where Vietnamese Excel, which parts cells at «;», sees a cell


class FaultFile:
    """A CSV beside the list, for Excel; readable by its owner alone. Rows behind a resumed list's last one are written anew."""

    def __init__(self, path: Path, library: Library, *, after: int) -> None:
        self.path, self._library, self._kept = path, library, _rows_until(path, after)
        self._headings: Sequence[str] = ()
        self._file: TextIO | None = None
        path.unlink(missing_ok=True)

    def write(self, number: int, raw: Sequence[str], faults: Iterable[Fault]) -> None:
        """Write a row that was not taken."""
        self._row([str(number), "; ".join(self._told(each) for each in faults), *raw])

    def head(self, headings: Sequence[str]) -> None:
        """Take the headings, and write the rows that an earlier run had written of what it had committed."""
        self._headings = headings
        if self._kept:
            self._open()

    def safe(self) -> None:
        """Have all of it on the disk, before the rows behind it are committed."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _open(self) -> TextIO:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")
        csv.writer(self._file).writerows([[self._say("row"), self._say("what"), *self._headings], *self._kept])
        return self._file

    def _row(self, cells: Sequence[str]) -> None:
        csv.writer(self._file or self._open()).writerow([harmless(cell) for cell in cells])

    def _told(self, fault: Fault) -> str:
        return f"{self._say(f'column_{fault.column}')}: {self._say(fault.code)}"

    def _say(self, code: str) -> str:
        return self._library.text(f"people_fault_{code}").text.strip()


def harmless(cell: str) -> str:
    """Return a cell that no program takes for a formula."""
    return _RUNS.sub(r"\1'", cell)


def _rows_until(path: Path, last: int) -> list[list[str]]:
    """Return what an earlier run wrote of rows up to the last that was committed."""
    if last == 0 or not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [cells for cells in csv.reader(lines) if cells and cells[0].isdigit() and int(cells[0]) <= last]
