"""Takes in the list of numbers that refused at the SMS provider, where «TC» is answered: each is a stop in our ledger too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.citizens.lists import cells, sheet
from bot.citizens.lists.cells import Wrong
from bot.citizens.store import OUTREACH
from bot.errors import AnSinhError
from bot.vn.phones import find_phones

BATCH = 5_000  # numbers in one commit


@dataclass
class Refusals:
    """What became of a list: numbers read, how many were stopped by it, and the rows that say no number of a telephone."""

    numbers: int = 0
    stopped: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


async def take_in(engine: AsyncEngine, path: Path, *, now: datetime) -> Refusals:
    """Stop everybody whose number a file (CSV or XLSX, one number a row, headings or none) names.

    The same file again changes nothing, also for who has asked for messages anew since. Raises AnSinhError when the file
    as a whole cannot be read.
    """
    found, numbers = _read(path)
    digest, rows = sheet.digest(path)[:16], list(numbers.items())
    for first in range(0, len(rows), BATCH):
        async with engine.begin() as connection:
            found.stopped += await _stop(connection, digest, rows[first : first + BATCH], now)
    return found


def _read(path: Path) -> tuple[Refusals, dict[str, int]]:
    """Return what is to be told, and each number with its first row; the first row without a digit may be headings."""
    if not path.is_file():
        raise AnSinhError(f"There is no file {path}.")
    found, numbers, first = Refusals(), dict[str, int](), True
    for row, values in sheet.rows(path):
        if not any(value.strip() for value in values):
            continue
        number, fault = _number(values)
        if number:
            numbers.setdefault(number, row)
        elif not first or any(sign.isdigit() for value in values for sign in value):
            found.faults.append((row, fault))
        first = False
    found.numbers = len(numbers)
    return found, numbers


def _number(values: Sequence[str]) -> tuple[str, str]:
    """Return the number of a row, or what is wrong with it: «phone», «phone_several», «phone_landline»."""
    read, fault = set[str](), "phone"
    for value in values:
        try:
            read.add(cells.phone(cells.plain(value)))
        except Wrong as error:
            fault = error.code if find_phones(value) else fault
    if len(read) > 1:
        return "", "phone_several"
    return next(iter(read), ""), fault


async def _stop(connection: AsyncConnection, digest: str, rows: Sequence[tuple[str, int]], now: datetime) -> int:
    values = {"phones": [phone for phone, _ in rows], "rows": [row for _, row in rows]}
    await connection.execute(_CONTACTS, {"phones": values["phones"]})
    done = await connection.execute(
        _STOPS, {**values, "purpose": OUTREACH, "version": f"refusals:{digest}", "digest": digest, "now": now}
    )
    return len(done.all())


# A number that was erased is known by its digest alone, and nobody writes to it any more.
_CONTACTS = text(
    """
    INSERT INTO contact (channel, address, person_id)
    SELECT 'sms', r.phone, (SELECT id FROM person WHERE phone = r.phone)
    FROM unnest(cast(:phones AS text[])) AS r (phone)
    WHERE NOT EXISTS (SELECT FROM contact c WHERE c.channel = 'sms'
        AND c.address = 'erased:' || encode(sha256(convert_to(r.phone, 'UTF8')), 'hex'))
    ORDER BY r.phone ON CONFLICT DO NOTHING
    """
)
_STOPS = text(
    """
    INSERT INTO consent (contact_id, purpose, given, text_version, proof, at)
    SELECT c.id, :purpose, false, :version, concat_ws(':', 'refusals', cast(:digest AS text), r.row), :now
    FROM unnest(cast(:phones AS text[]), cast(:rows AS int[])) AS r (phone, row)
    JOIN contact c ON c.channel = 'sms' AND c.address = r.phone
    WHERE c.outreach IS DISTINCT FROM false
      AND NOT EXISTS (SELECT FROM consent k WHERE k.contact_id = c.id AND k.text_version = :version)
    ORDER BY c.id RETURNING id
    """
)
