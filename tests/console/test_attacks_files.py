"""Files in both directions: none that comes fills the machine or says what is untrue of itself, none that goes runs a formula."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text

from bot.citizens.lists.faults import harmless
from bot.citizens.lists.uploaded import MOST
from bot.console.visit import HOME
from bot.staff.rules import Role
from tests.console.conftest import Console
from tests.console.test_people_lists import GOOD, HEAD, sent, sheet

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\n=1+1",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "x;=1+1",
    'x";=1+1',
    "x\n=1+1",
)
RUNS = re.compile(r"\s*[=+\-@＝＋－＠]")


@pytest.fixture(scope="module")
async def somebody(stage: Console) -> httpx.AsyncClient:
    return await stage.as_("all", *Role)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_cell_is_no_formula_wherever_a_spreadsheet_parts_cells(formula: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(formula), harmless(formula)])
    for sign in (",", ";", "\t"):
        for cells in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=sign):
            assert not [cell for cell in cells if RUNS.match(cell)], f"{cells} at {sign!r}"


def test_words_and_numbers_stay_as_they_are() -> None:
    for cell in ("Nguyễn Văn An", "0912 345 678", "a-b", "1+1=2", "an@example.vn", "12", ""):
        assert harmless(cell) == cell


def cells(answer: httpx.Response) -> list[Any]:
    """Return all cells of a file for spreadsheets."""
    if answer.content.startswith(b"PK"):
        book = load_workbook(io.BytesIO(answer.content))
        return [cell for page in book for row in page.iter_rows() for cell in row]
    return [cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")) for cell in row]


async def test_no_export_holds_a_formula(stage: Console, somebody: httpx.AsyncClient) -> None:
    """Every file to which a page leads, with formulas where people write words; a control sign breaks no workbook either."""
    bad = "=1+1"
    async with stage.parts.engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in (
            "UPDATE campaign SET title = :bad, plan = jsonb_set(plan, '{title}', to_jsonb(cast(:bad AS text)))",
            "UPDATE wave_entry SET note = :bad", "UPDATE office SET name = :bad", "UPDATE consultant SET name = :bad", "UPDATE person SET name = :bad",
            "UPDATE inbox SET payload = :bad || id WHERE kind = 'text'",
            "UPDATE wave SET plan = jsonb_set(jsonb_set(jsonb_set(plan, '{name}', to_jsonb(cast(:bad AS text))),"
            " '{units,1,name}', to_jsonb(cast(:bad AS text))), '{organisations,0,name}', to_jsonb(cast(:bad AS text)))",
        ):  # fmt: skip
            await connection.execute(text(statement), {"bad": bad})
    paths = [row.key for row in await stage.rows("SELECT key FROM campaign")]
    files = [f"{HOME}/reports/campaigns/{key}?form={form}" for key in paths for form in ("csv", "xlsx")]
    for page in ("/reports", "/reports/campaigns", "/reports/waves"):
        found = re.findall(r'href="([^"]+\.(?:csv|xlsx)[^"]*)"', (await somebody.get(HOME + page)).text)
        files += [link.replace("&amp;", "&") for link in found]
    answers = [await somebody.get(file) for file in files]
    wave = await somebody.post(f"{HOME}/reports/waves/phu_tho_thu", data={"unit": "viet_tri", "form": "xlsx"})
    listed = await sent(
        somebody, sheet(*(f'"{one.replace(chr(34), chr(34) * 2)}",12,,,,,' for one in FORMULAS)), "errors"
    )
    assert len(answers) > 10
    for answer in (*answers, wave, listed):
        assert answer.status_code == 200, answer.url
        assert answer.headers["cache-control"] == "no-store"
        assert re.fullmatch(r'attachment; filename="[a-z0-9_.-]+"', answer.headers["content-disposition"])
        for cell in cells(answer):
            if isinstance(cell, str):
                assert not RUNS.match(cell) or cell.lstrip("-").isdigit(), f"{answer.url}: {cell!r}"
            else:
                assert cell.data_type != "f", f"{answer.url}: {cell.value!r}"


@pytest.mark.parametrize("name", ['a"b', "a\r\nX-Evil: 1", "đường", "../../etc/passwd", "a;b=c"])
async def test_a_name_writes_no_header(name: str, stage: Console, somebody: httpx.AsyncClient) -> None:
    for table, path, form in (("campaign", "campaigns", "csv"), ("wave", "waves", "xlsx")):
        async with stage.parts.engine.begin() as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            change = f"UPDATE {table} SET key = :key, plan = jsonb_set(plan, :path, to_jsonb(cast(:key AS text)))"
            where = f" WHERE id = (SELECT min(id) FROM {table})"
            inside = ["campaign" if table == "campaign" else "key"]
            await connection.execute(text(change + where), {"key": name, "path": inside})
        at = f"{HOME}/reports/{path}/{quote(name, safe='')}"
        body = {"unit": "viet_tri", "form": form}
        answer = await (somebody.get(f"{at}?form=csv") if form == "csv" else somebody.post(at, data=body))
        assert answer.status_code in (200, 404) and "x-evil" not in answer.headers
        assert re.fullmatch(r'(attachment; filename="[a-z0-9_.-]+")?', answer.headers.get("content-disposition", ""))


def packed(*parts: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


def workbook(*rows: list[str]) -> dict[str, bytes]:
    """Return the parts of a workbook with these rows."""
    book, out = Workbook(), io.BytesIO()
    assert book.active
    for row in rows:
        book.active.append(row)
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def spoilt(name: str, change: Any) -> bytes:
    """Return a workbook, one part of which is another."""
    parts = workbook(HEAD.split(","), GOOD.split(","))
    return packed(*{**parts, name: change(parts[name])}.items())


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
)
FILE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'


def laughing(data: bytes, head: bytes) -> bytes:
    """Return a sheet whose first cell is an entity."""
    whole = head + re.sub(
        rb"<t>[^<]*</t>", b"<t>&a9;</t>", data.partition(b"?>")[2] if data.startswith(b"<?") else data, count=1
    )
    assert b"&a9;</t>" in whole
    return whole


def far(data: bytes) -> bytes:
    """Return a sheet with one cell in the farthest corner."""
    return data.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


BOMBS: dict[str, bytes] = {
    "unpacks to 350 MB": packed(*((f"xl/{n}.xml", b"0" * 50_000_000) for n in range(7))),
    "a billion laughs": spoilt(SHEET, lambda data: laughing(data, LAUGHS)),
    "a file of ours": spoilt(SHEET, lambda data: laughing(data, FILE)),
    "paths that lead out": packed(("../../../tmp/x", b"x"), ("/etc/x", b"x")),
    "cut off": spoilt(SHEET, bytes)[:-40],
    "sheets within sheets": spoilt(SHEET, lambda data: b"<a>" * 200_000),
}  # fmt: skip


@pytest.mark.parametrize("what", BOMBS)
async def test_a_workbook_that_is_a_weapon_is_refused(what: str, somebody: httpx.AsyncClient) -> None:
    begun = time.monotonic()
    answer = await sent(somebody, BOMBS[what], "see", "ds.xlsx")
    assert answer.status_code == 400 and "Không đọc được tệp này" in answer.text, answer.text[:3000]
    assert "root:" not in answer.text and "hahaha" not in answer.text
    assert time.monotonic() - begun < 30


async def test_a_cell_in_the_farthest_corner_does_not_fill_the_memory(somebody: httpx.AsyncClient) -> None:
    answer = await sent(somebody, spoilt(SHEET, far), "see", "ds.xlsx")
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "C:\\x\\..\\ds.csv",
        "a\r\nX-Evil: 1",
        "x" * 3000,
        "\u202egnp.csv",
        "<img src=x>",
        "ds.php\0.csv",
    ],
)
async def test_a_file_may_be_called_anything(name: str, somebody: httpx.AsyncClient) -> None:
    answer = await sent(somebody, sheet(GOOD), "see", name)
    assert answer.status_code == 200 and "Xem thử, chưa ghi gì." in answer.text and name not in answer.text


async def test_one_file_of_ten_megabytes_is_the_most(somebody: httpx.AsyncClient) -> None:
    assert (await sent(somebody, b"x" * (MOST + 1), "see")).status_code == 400
    assert (await sent(somebody, b"x" * (MOST * 2), "see")).status_code == 403
    many = [("file", (f"{number}.csv", sheet(GOOD))) for number in range(3)]
    fields: dict[str, Any] = {f"f{number}": "x" for number in range(2000)}
    for sent_ in ({"files": many}, {"data": fields}):
        answer = await somebody.post(f"{HOME}/people", **sent_)
        assert answer.status_code in (400, 403) and "<html" in answer.text


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "utf-16", "utf-7", "idna", "zlib", "rot13", "nothing", "undefined"]
)
async def test_a_form_may_claim_any_letters(charset: str, somebody: httpx.AsyncClient) -> None:
    token = somebody.headers["x-csrf-token"]
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'
        for name, said in {"csrf": token, "_charset_": charset, "event": "\\ud800\\x00", "wanted": "\\ud800"}.items()
    )
    headers = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    for path in ("/people/invitations", "/talks/search", "/sign-in"):
        answer = await somebody.post(HOME + path, content=f"{parts}--x--\r\n".encode(), headers=headers)
        assert answer.status_code < 500, f"{charset} {path}"


@asynccontextmanager
async def line(console: Console) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Speak with the server in bytes."""
    there = urlsplit(console.url)
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    yield reader, writer
    writer.close()


def head(somebody: httpx.AsyncClient, *headers: str, path: str = "/people") -> bytes:
    own = (
        f"Cookie: an_sinh_staff={somebody.cookies['an_sinh_staff']}\r\nX-CSRF-Token: {somebody.headers['x-csrf-token']}"
    )
    kind = "Content-Type: application/x-www-form-urlencoded"
    return "\r\n".join((f"POST {HOME}{path} HTTP/1.1", "Host: 127.0.0.1", own, kind, *headers, "", "")).encode()


LYING = {
    "no length at all": (("Connection: close",), b""),
    "in pieces": (("Transfer-Encoding: chunked",), b"5\r\nstep=\r\n0\r\n\r\n"),
    "a length and pieces": (("Content-Length: 5", "Transfer-Encoding: chunked"), b"5\r\nstep=\r\n0\r\n\r\n"),
    "two lengths": (("Content-Length: 5", "Content-Length: 50"), b"step="),
    "a length below nothing": (("Content-Length: -5",), b"step="),
    "a length that is none": (("Content-Length: 0x5",), b"step="),
    "a length of many digits": ((f"Content-Length: {'9' * 5000}",), b"step="),
    "a length of a million gigabytes": (("Content-Length: 999999999999999",), b"step="),
}


@pytest.mark.parametrize("how", LYING)
async def test_what_lies_about_its_length_is_refused_at_once(
    how: str, stage: Console, somebody: httpx.AsyncClient
) -> None:
    headers, body = LYING[how]
    async with line(stage) as (reader, writer), asyncio.timeout(60):
        writer.write(head(somebody, *headers) + body)
        status = (await reader.readline()).decode()
    assert status.startswith(("HTTP/1.1 400", "HTTP/1.1 403")), status


async def test_many_who_send_slowly_keep_nobody_waiting(stage: Console, somebody: httpx.AsyncClient) -> None:
    open_: list[asyncio.StreamWriter] = []
    there = urlsplit(stage.url)
    for number in range(60):
        _, writer = await asyncio.open_connection(there.hostname, there.port)
        path = ("/people", "/staff", "/sign-in")[number % 3]
        writer.write(head(somebody, "Content-Length: 5000", path=path) + b"key=")
        await writer.drain()
        open_.append(writer)
    for _ in range(3):
        assert (await somebody.get(f"{HOME}/people", timeout=20)).status_code == 200
        assert (await somebody.post(f"{HOME}/talks/search", data={"wanted": "x"}, timeout=20)).status_code == 200
    for writer in open_:
        writer.close()
