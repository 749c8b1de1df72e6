"""The rows of a CSV or XLSX file as text, one after another, however it was saved."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from bot.citizens.lists.garbled import garbled, vietnamese
from bot.errors import AnSinhError
from bot.vn.text import nfc

Row = tuple[int, list[str]]  # its number as Excel counts, from 1, and its cells
HEAD = 64 * 1024  # bytes by which a file is known
LONGEST_CELL = 20_000  # signs; a quote that is never closed would make one cell of all that follows
_SEPARATORS = (",", ";", "\t", "|")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HOW = "open it in Excel and save it as «CSV UTF-8» or as .xlsx"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows; raise AnSinhError that says what is wrong with the file as a whole."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\x00\r\n\t ;," + codecs.BOM_UTF8):
        raise AnSinhError(f"{path.name} is empty.")
    if head.startswith(b"PK\x03\x04"):
        yield from _of_workbook(path)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise AnSinhError(f"{path.name} is of Excel before 2007; save it as .xlsx.")
    else:
        yield from _of_text(path, head)


def _of_workbook(path: Path) -> Iterator[Row]:
    from openpyxl import load_workbook

    with warnings.catch_warnings(), path.open("rb") as file:  # what cannot be opened is closed all the same
        warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
        try:
            book = load_workbook(file, read_only=True, data_only=True)
        except Exception as error:  # a broken archive shows in many ways
            raise AnSinhError(f"{path.name} cannot be opened ({type(error).__name__}); {_HOW}.") from None
        try:
            sheet = next(each for each in book.worksheets if each.sheet_state == "visible")
            sheet.reset_dimensions()  # what a program wrote there may be wrong
            yield from ((number, [_shown(cell) for cell in cells]) for number, cells in _cells(sheet, path))
        finally:
            book.close()


def _cells(sheet: Any, path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        yield from enumerate(sheet.iter_rows(values_only=True), start=1)
    except (SyntaxError, ValueError, KeyError) as error:  # a ParseError is a SyntaxError
        raise AnSinhError(f"{path.name} is broken ({type(error).__name__}); {_HOW}.") from None


def _shown(cell: Any) -> str:
    """Return a cell as people see it: 912345678.0 is a number without a point, a date is a day."""
    match cell:
        case None:
            return ""
        case bool():
            return "có" if cell else "không"
        case datetime() | date():
            return f"{cell.day:02}/{cell.month:02}/{cell.year:04}"
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell)


def _of_text(path: Path, head: bytes) -> Iterator[Row]:
    encoding = _encoding(path, head)
    csv.field_size_limit(LONGEST_CELL)
    with _text(path, encoding) as lines:
        separator = _separator(lines.read(HEAD))
    with _text(path, encoding) as lines:
        number = 0
        try:
            for number, cells in enumerate(csv.reader(lines, delimiter=separator), start=1):
                yield number, [nfc(cell) for cell in cells]
        except csv.Error as error:
            raise AnSinhError(
                f"{path.name}, row {number + 1}: cannot be read ({error}); is a quote left open?"
            ) from None


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    with path.open(encoding=encoding, newline="") as lines:
        yield lines


def _encoding(path: Path, head: bytes) -> str:
    """Return how the file is encoded; raise AnSinhError when that cannot be told for certain."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    if b"\x00" in head[:200]:
        return "utf-16-le" if head[1:200:2].count(0) > head[0:200:2].count(0) else "utf-16-be"
    with path.open("rb") as file:
        if _is_utf8(file):
            return "utf-8"
    old = nfc(head.decode("cp1258", "replace"))
    if vietnamese(old) and not garbled(old):
        return "cp1258"
    found = garbled(head.decode("cp1252", "replace"))
    raise AnSinhError(spoilt(path, found) if found else f"{path.name} is not in Unicode; {_HOW}.")


def spoilt(path: Path, found: str) -> str:
    """Return what is wrong with a file whose letters are spoilt, and how it is mended."""
    named = {"tcvn3": "TCVN3 (ABC, fonts .Vn…)", "vni": "VNI (fonts VNI-…)"}.get(found)
    if named is None:
        return f"{path.name} was saved in a wrong encoding and has lost letters; {_HOW}, from the original."
    return f"{path.name} is written in {named}; convert it to Unicode (in Unikey: Ctrl+Shift+F6), then {_HOW}."


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while part := file.read(1 << 20):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(head: str) -> str:
    """Return what stands between cells: the sign that the first lines have most of, outside of quotes."""
    bare = "".join(part for at, part in enumerate(head.split('"')) if at % 2 == 0)
    lines = [line for line in bare.splitlines() if line.strip()][:20]
    return max(_SEPARATORS, key=lambda sign: max((line.count(sign) for line in lines), default=0))
