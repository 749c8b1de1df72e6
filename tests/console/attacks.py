"""What attacks on the console share: a province to attack, a true name for every address, acts that would do something, words that hurt."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

from bot.console.pages import PAGES
from bot.console.visit import HOME, Page
from tests.console.conftest import Console

_NAMED = re.compile(r"\{\w+(?::int)?\}")
REAL = {
    "/bookings/field": "SELECT key FROM field_day",
    "/bookings/people": "SELECT key FROM consultant WHERE key = 'viet_tri.01'",
    "/bookings": "SELECT min(id) FROM appointment WHERE state = 'booked' AND starts_at > '2026-11-28'",
    "/talks": "SELECT id FROM hand_over WHERE taken_by IS NOT NULL AND closed_at IS NULL",
    "/people/invitations": "SELECT min(code) FROM invitation",
    "/people": "SELECT k.person_id FROM hand_over h JOIN contact k ON k.id = h.contact_id WHERE h.taken_by IS NOT NULL",
    "/campaigns": "SELECT key FROM campaign WHERE state = 'submitted'",
    "/waves": "SELECT key FROM wave",
    "/waves/{key}/entries": "SELECT min(id) FROM wave_entry",
    "/waves/{key}/hand-in": "SELECT 'report'",
    "/waves/{key}/hand-in/{what}": "SELECT 'viet_tri'",
    "/waves/{key}/handed": "SELECT min(id) FROM wave_handed_file",
    "/reports/waves": "SELECT key FROM wave",
    "/reports/made": "SELECT min(id) FROM wave_report",
    "/reports/campaigns": "SELECT key FROM campaign WHERE state = 'submitted'",
    "/content/work": "SELECT min(id) FROM work_item",
    "/settings/consultants": "SELECT key FROM consultant WHERE key = 'viet_tri.01'",
    "/staff": "SELECT key FROM staff WHERE key = 'soanthao'",
    "/settings/channels": "SELECT 'telegram'",
    "/reports/files": "SELECT 'days.csv'",
    "/rumours": "SELECT 'fund_broke'",
    "/content/rumours": "SELECT 'fund_broke'",
    "/surveys": "SELECT 'joining_needs'",
    "/surveys/{name}/files": "SELECT 'csv'",
    "/content/answers": "SELECT 'contribution_amount'",
    "/content/local": "SELECT 'phu_tho'",
    "/content/law": "SELECT 'common.base_salary'",
    "/help": "SELECT 'today'",
}
"""For what stands before each name in the addresses: where a true one is found. All lie in Phú Thọ."""

OF_NO_PLACE = ("/reports/files", "/rumours", "/content/rumours", "/surveys", "/content/answers", "/content/local", "/content/law", "/help")  # fmt: skip
"""Of these everybody with the right sees the same page, or one that holds only what lies in their own places."""

BODIES: dict[str, list[dict[str, str]]] = {
    "/bookings/{id:int}/act": [{"what": what, "version": "2", "note": "x"} for what in ("confirm", "decline", "move", "offer", "done", "absent", "note")],
    "/bookings/new": [{"offer": "x", "topic": "health", "name": "Nguyễn Văn An", "phone": "0912345678"}],
    "/bookings/people/{key}/change": [{"what": "week"}, {"what": "leave", "first": "2026-12-01"}, {"what": "extra", "first": "2026-12-01", "starts": "18:00", "ends": "19:00"}, {"what": "take_back", "number": "1"}],
    "/bookings/field/{key}/came": [{"consultant": "1", "name": "Nguyễn Văn An", "phone": "0912345678", "topic": "health", "form": "0" * 16}],
    "/bookings/field/{key}/change": [{"office": "viet_tri", "name": "x", "address": "x", "commune": "07900", "day": "2026-12-03", "starts": "08:00", "ends": "09:00", "seats": "3"}],
    "/bookings/field-new": [{"office": "viet_tri", "name": "x", "address": "x", "commune": "07900", "day": "2026-12-03", "starts": "08:00", "ends": "09:00", "seats": "3"}],
    "/talks/{id:int}/answer": [{"said": "Chào bác", "mark": "0" * 32}],
    "/talks/{id:int}/suggestion": [{"page": "contribution_amount", "said": "x"}],
    "/talks/{id:int}/forward": [{"to": "viet_tri", "note": "x"}],
    "/talks/search": [{"wanted": "bảo hiểm"}],
    "/campaigns/{key}": [{"what": what, "note": "x", "to": "viet_tri.01", "version": "1"} for what in ("schedule", "withdraw", "pause", "resume", "stop", "submit", "try")],
    "/campaigns/{key}/approve": [{"what": "refuse", "note": "x"}, {"what": "approve", "digest": "0" * 64}],
    "/campaigns/{key}/people": [{"row": "1", "what": "sent", "note": "x"}],
    "/campaigns/{key}/edit": [{"version": "1", "title": "x"}],
    "/campaign-new": [{"title": "x", "template": "nong_dan"}],
    "/waves/{key}/entries": [{"what": "enter", "unit": "viet_tri", "organisation": "bhxh", "measure": "leaflets", "count": "1", "day": "2026-11-26", "note": "x"}, {"what": "take_back", "entry": "1", "note": "x"}, {"what": "hand_in", "of": "report", "unit": "viet_tri"}],
    "/reports/waves/{key}": [{"unit": "viet_tri", "form": "xlsx"}],
    "/content/work/{id:int}": [{"what": what} for what in ("take", "done", "dismiss", "back")],
    "/content/work/export": [{"kinds": "question"}],
    "/content/try": [{"question": "x"}],
    "/people/invitations": [{"event": "x", "agent": "x", "wave": ""}],
    "/people": [{"step": "see"}],
    "/staff": [{"key": "moi", "name": "Mới", "roles": "viewer", "scope": "phu_tho", "consultant": ""}],
    "/staff/{key}": [{"what": what, "roles": "viewer", "scope": "phu_tho"} for what in ("roles", "end", "return", "reset")],
    "/settings/consultants/{key}": [{"what": "code"}, {"what": "feed"}],
}  # fmt: skip
"""Forms by which an act would be done, or at least begun, by whoever may do it."""

RUN = "<img src=x onerror=\"document.documentElement.dataset.ran='{n}'\">"
SCRIPTS = (RUN.format(n=0), '"><script>document.documentElement.dataset.ran=0</script>', "javascript:document.documentElement.dataset.ran=0", "'-alert(1)-'")  # fmt: skip
ALL = "\0\x01\x0b';--%_\\{{ 7*191 }}{0.__class__}%s" + "".join(SCRIPTS)
SINGLY = (ALL, "9" * 30, "9999-12-31", "²", "x" * 6000)
HURTS = (*SINGLY, "9" * 5000, "-1", "0001-01-01", "23:59", "//[", "=1+1", "đ\r\nX-Evil: 1", "../../etc/passwd", "")
"""What a field, a parameter or a part of an address may hold: those that hurt most for each field alone, all for all at once."""
RAW = ("%ED%A0%80", "%FF%FE", "%zz", "%C0%AF", "a%00b")
"""The same as bytes of an address or a form that no browser sends: half a surrogate pair, no UTF-8 at all."""


async def names(console: Console) -> dict[str, str]:
    """Return for each page its address, with a name that there is where it needs one."""
    found = {part: str((await console.rows(query))[0][0]) for part, query in REAL.items()}
    return {page.path: address(page, found.__getitem__) for page in PAGES}


def address(page: Page, name: Callable[[str], str]) -> str:
    """Return the address of a page; `name` gives the name for what stands before it, as REAL has it."""
    return HOME + _NAMED.sub(lambda found: quote(name(page.path[: found.start() - 1]), safe=""), page.path)


def parts_of(page: Page) -> set[str]:
    """Return what stands before each name in an address."""
    return {page.path[: found.start() - 1] for found in _NAMED.finditer(page.path)}


def named(page: Page) -> bool:
    """Tell whether an address holds a name."""
    return "{" in page.path


def of_a_place(page: Page) -> bool:
    """Tell whether an address leads to something that lies somewhere."""
    return named(page) and page.path.partition("/{")[0] not in OF_NO_PLACE


def acts() -> Iterator[tuple[Page, dict[str, str]]]:
    """Yield every act with each form that could do something."""
    for page in PAGES:
        if page.post:
            for body in BODIES.get(page.path, [{}]):
                yield page, body


@cache
def asked_for(page: Page) -> list[str]:
    """Return the parameters behind the question mark that the module of a page reads, and what all pages read."""
    assert page.get
    return sorted({"said", *_read(inspect.getmodule(page.get), r'query\("(\w+)"')})


@cache
def fields_of(page: Page) -> list[str]:
    """Return the fields of forms that the module of a page reads."""
    return sorted({*_read(inspect.getmodule(page.post), r'(?:fields?|form)\("(\w+)"'), *BODIES.get(page.path, [{}])[0]})


def _read(module: Any, pattern: str) -> set[str]:
    return set(re.findall(pattern, inspect.getsource(module)))


async def state_of(console: Console, *without: str) -> dict[str, Any]:
    """Return a fingerprint of every table but those of sessions and of work that is queued."""
    tables = await console.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'"
    )
    found = [row[0] for row in tables if row[0] not in {"staff_session", *without}]
    each = " UNION ALL ".join(
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
        for table in found
    )
    return {row[0]: row[1] for row in await console.rows(each)}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the tables that are not what they were."""
    return [table for table in before if before[table] != after[table]]
