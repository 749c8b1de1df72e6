"""The commands by which an operator gives a consultant a code and a calendar, as they are typed."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator

import pytest

from bot.answers.library import Library
from bot.settings import ROOT, inherited_environment
from tests.booking.people import People, people_of


class Operator(People):
    """Somebody at the command line of this database's machine."""

    url: str

    async def types(self, *words: str) -> tuple[int, str]:
        """Run a command; return its exit code and all that it wrote."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, cwd=ROOT, env={**inherited_environment(), "DATABASE_URL": self.url, "AN_SINH_NOW": "2026-11-29T08:00"},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        written, _ = await process.communicate()
        return process.returncode or 0, written.decode()


@pytest.fixture
async def operator(database_url: str, library: Library) -> AsyncIterator[Operator]:
    async with people_of(database_url, library) as people:
        found = Operator(people.engine)
        found.library, found.url = library, database_url
        yield found


async def test_a_code_is_printed_that_links_and_a_feed_that_is_open(operator: Operator) -> None:
    consultant = await operator.consultant(await operator.office(), "lan")
    exit_code, written = await operator.types("consultant-code", "lan")
    assert exit_code == 0
    code = re.search(r"\?start=cb_([\w-]{24})\n", written)
    assert code, written
    account = await operator.someone()
    await operator.hears(account, f"desk:link:{code[1]}")
    (row,) = await operator.rows("SELECT id, contact_id FROM consultant")
    assert tuple(row) == (consultant, account)
    exit_code, written = await operator.types("consultant-feed", "lan")
    assert exit_code == 0
    assert re.search(r"/calendar/[\w-]{32}\.ics\n", written)


@pytest.mark.parametrize("command", ["consultant-code", "consultant-feed"])
async def test_an_unknown_consultant_is_named_in_one_line(operator: Operator, command: str) -> None:
    exit_code, written = await operator.types(command, "nobody")
    assert exit_code == 2
    assert written == "Error: There is no consultant 'nobody' in the roster.\n"
