"""What citizens and staff write is shown in a real Chromium, whose protection against scripts is off, and none of it runs."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from bot.console.visit import HOME
from bot.staff import audit
from bot.staff.rules import Role
from tests.browser.test_web_chat import browser  # noqa: F401 - a fixture
from tests.console.attacks import RUN
from tests.console.browsing import PATHS, one_of_each
from tests.console.conftest import NOW, Console, without_tokens
from tests.console.test_people_lists import HEAD, sheet

MARK = "·{n}·"  # by which a payload is found on a page
PAYLOAD = (
    f"{MARK}{RUN}</textarea></title>\"'><svg onload=\"document.documentElement.dataset.ran='{{n}}'\">{{{{ 7*191 }}}}"
)
COLUMNS = (
    ("person", "name", "true"), ("appointment", "name", "true"), ("appointment", "note", "state = 'done'"),
    ("consultant", "name", "true"), ("office", "name", "true"), ("office", "address", "true"), ("office", "phone", "true"),
    ("field_day", "name", "true"), ("field_day", "address", "true"), ("hand_over", "note", "true"), ("inbox", "payload", "kind = 'text'"),
    ("campaign", "title", "true"), ("campaign", "why", "true"), ("campaign_act", "note", "true"), ("wave_entry", "note", "true"),
    ("staff", "name", "key <> 'moi_quyen'"), ("rumour", "snippet", "true"), ("work_item", "note", "true"), ("invitation", "event", "agent <> ''"),
    ("invitation", "agent", "agent <> ''"), ("plan_exception", "reason", "true"), ("channel_account", "stopped", "channel = 'telegram'"),
)  # fmt: skip
"""Columns that hold words of people; what is checked against a list of ours cannot hold a script."""
JSONS = (
    ("outbox", "body", "{text}"), ("campaign", "plan", "{title}"), ("campaign", "plan", "{audience,came_by}"), ("campaign_text", "body", "{text}"),
    ("wave", "plan", "{name}"), ("wave", "plan", "{units,1,name}"), ("wave", "plan", "{organisations,0,name}"), ("appointment_change", "detail", "{reason}"),
    ("appointment", "brief", "{asked}"), ("appointment", "brief", "{calculated}"),
)  # fmt: skip
UNSEEN = {"appointment_change.detail {reason}"}  # kept, and shown by no page
WHERE = [f"{table}.{column}" for table, column, _ in COLUMNS] + [
    f"{table}.{column} {path}" for table, column, path in JSONS
]
WHERE += ["audit.note", "audit.about", "profile.value"]


def payload(where: str) -> str:
    return PAYLOAD.format(n=WHERE.index(where))


async def poison(console: Console) -> None:
    """Write a payload with a number of its own into all that people write, also where nothing is changed afterwards."""
    async with console.parts.engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table, column, which in COLUMNS:
            said = {"said": payload(f"{table}.{column}")}
            await connection.execute(text(f"UPDATE {table} SET {column} = :said WHERE {which}"), said)
        for table, column, path in JSONS:
            said = {"said": payload(f"{table}.{column} {path}"), "path": path}
            value = "to_jsonb(cast(:said AS text))"
            value = f"jsonb_build_array({value})" if path in ("{asked}", "{audience,came_by}") else value
            await connection.execute(text(f"UPDATE {table} SET {column} = jsonb_set({column}, :path, {value})"), said)
        told = {"said": payload("profile.value")}
        await connection.execute(
            text(
                "INSERT INTO profile (contact_id, name, value, told_at) SELECT id, 'group', :said, now() FROM contact"
            ),
            told,
        )
    async with console.parts.engine.begin() as connection:
        about, note = payload("audit.about"), payload("audit.note")
        await audit.write(connection, by="x", act="x", about=about, note=note, now=NOW)


@pytest.fixture(scope="module")
async def window(stage: Console, browser: Browser) -> AsyncIterator[Page]:  # noqa: F811
    """A window in which any script would run, of somebody who may see all there is."""
    somebody = await stage.as_("all", *Role)
    await poison(stage)
    context = await browser.new_context(bypass_csp=True, locale="vi-VN")
    await context.add_cookies([{"name": "an_sinh_staff", "value": somebody.cookies["an_sinh_staff"], "url": stage.url}])
    yield await context.new_page()
    await context.close()


_RAN = "document.documentElement.dataset.ran || (document.querySelector('img[src=x], svg[onload], [onerror]') ? 'is there' : '')"
_BAD = "[...document.querySelectorAll('[href], [src], [action]')].map(e => e.href || e.src || e.action).filter(a => /^(javascript|vbscript|data:text)/i.test(a))"
_WORDS = "document.title + document.body.innerText + [...document.querySelectorAll('input, textarea')].map(e => e.value).join(' ') + [...document.querySelectorAll('option')].map(e => e.textContent).join(' ')"


async def harmless(window: Page, what: str) -> set[str]:
    """Check that nothing ran or would run; return the places whose words stand on the page."""
    assert not await window.evaluate(_RAN), f"{what}: {await window.evaluate(_RAN)}"
    assert not await window.evaluate(_BAD), what
    for closed in await window.query_selector_all("details"):
        await closed.evaluate("e => e.open = true")
    said = str(await window.evaluate(_WORDS))
    assert "1337" not in without_tokens(said), what
    return {where for number, where in enumerate(WHERE) if MARK.format(n=number) in said}


async def test_what_would_run_is_noticed(window: Page) -> None:
    for bad in (payload("person.name"), "<a href='javascript:x'>x</a>", "<p>1337</p>"):
        await window.set_content(f"<html><body>{bad}</body></html>")
        with pytest.raises(AssertionError):
            await harmless(window, "made to fail")


async def test_nothing_that_people_write_runs_on_any_page(stage: Console, window: Page) -> None:
    somebody, shown, links = await stage.as_("all"), set[str](), list[str]()
    for table, act in (("hand_over", "talks"), ("person", "people")):
        for row in await stage.rows(f"SELECT id FROM {table} ORDER BY id LIMIT 400"):
            if table == "hand_over" or row.id in {person.person_id for person in await talkers(stage)}:
                await somebody.post(f"{HOME}/{act}/{row.id}/open")
    for path in PATHS:
        answer = await window.goto(stage.url + path)
        assert answer and answer.status == 200, path
        shown |= await harmless(window, path)
        links += await window.eval_on_selector_all("main a[href]", "all => all.map(a => new URL(a.href).pathname)")
    for link in [*one_of_each(links), *await more(stage)]:
        found = await somebody.get(link)
        assert found.status_code == 200, link
        if "attachment" not in found.headers.get("content-disposition", ""):
            await window.goto(stage.url + link)
            shown |= await harmless(window, link)
    for path, data, files in await answers_of_acts(stage):
        page = await somebody.post(f"{HOME}{path}", data=data, files=files, timeout=60)
        await window.set_content(page.text)
        shown |= await harmless(window, path)
    assert set(WHERE) - shown == UNSEEN


async def talkers(stage: Console) -> Sequence[Any]:
    return await stage.rows("SELECT k.person_id FROM hand_over h JOIN contact k ON k.id = h.contact_id")


async def more(stage: Console) -> list[str]:
    """Return pages to which not every list leads: those of what was opened, and of campaigns in each state."""
    found = [f"{HOME}/talks/{row.id}" for row in await stage.rows("SELECT id FROM hand_over")]
    found += [f"{HOME}/people/{row.person_id}" for row in (await talkers(stage))[:2]]
    for row in await stage.rows("SELECT min(key) AS key, state FROM campaign GROUP BY state"):
        found += [f"{HOME}/campaigns/{row.key}{part}" for part in ("", "/texts", "/people", "/edit")]
    found += [
        f"{HOME}/campaigns/{row.key}/approve" for row in await stage.rows("SELECT key FROM campaign WHERE digest <> ''")
    ]
    done = await stage.rows(
        "SELECT min(id) AS id FROM appointment WHERE state = 'done' UNION SELECT appointment_id FROM appointment_change WHERE detail ? 'reason'"
    )
    found += [f"{HOME}/bookings/{row.id}" for row in done]
    found += [f"{HOME}/bookings?day={row.day}" for row in await stage.rows("SELECT day FROM field_day")]
    away = "SELECT c.key FROM plan_exception e JOIN consultant c ON c.id = e.consultant_id"
    found += [f"{HOME}/bookings/people/{row.key}" for row in await stage.rows(away)]
    return [*found, f"{HOME}/content/work?shown=over"]


async def answers_of_acts(stage: Console) -> list[tuple[str, dict[str, Any], Any]]:
    """Return acts whose answer is a page with what was written or found."""
    bad, [field_day] = payload("person.name"), await stage.rows("SELECT key FROM field_day")
    done = (await stage.rows("SELECT min(id) AS id FROM appointment WHERE state = 'done'"))[0].id
    data = sheet(
        f"{bad},12,Phường Việt Trì,Phú Thọ,,,", f'"{bad}",0912345601,Phường Việt Trì,Phú Thọ,có,05/10/2026,{bad}'
    )
    file = {"file": (f"{bad}.csv", data)}
    digest = hashlib.sha256(data).hexdigest()
    return [
        (f"/bookings/{done}/open", {}, None), (f"/bookings/field/{field_day.key}/print/open", {}, None), ("/talks/search", {"wanted": bad}, None),
        ("/talks/search", {"wanted": "0950000150"}, None), ("/campaign-new", {"title": bad, "campaign": bad, "came_by": bad, "places_more": bad, "begin_day": bad}, None),
        ("/campaign-count", {"title": bad, "places_more": bad}, None), ("/campaign-preview", {"title": bad, "template": bad}, None),
        ("/waves/phu_tho_thu/entries", {"what": "enter", "note": bad, "count": bad, "unit": bad}, None), ("/content/try", {"question": bad}, None),
        ("/staff", {"key": bad, "name": bad, "roles": bad, "scope": bad}, None), ("/staff", {"key": "x.y", "name": bad, "roles": "viewer"}, None),
        ("/people/invitations", {"event": bad, "agent": bad, "wave": bad}, None), ("/people", {"step": "see", "proof": bad}, file),
        ("/people", {"step": "write", "digest": digest, "proof": bad}, file), ("/people", {"step": "see"}, {"file": (bad, b"\x00" + HEAD.encode())}),
        ("/sign-in", {"key": bad, "password": bad}, None), ("/password", {"old": bad, "new": bad, "again": bad}, None),
    ]  # fmt: skip


async def test_nothing_that_staff_write_runs_in_the_chat(stage: Console, browser: Browser) -> None:  # noqa: F811
    cookie, bad = "x" * 32, payload("person.name")
    address = hashlib.sha256(cookie.encode()).hexdigest()
    await stage.do("INSERT INTO contact (channel, address) VALUES ('web', :a)", a=address)
    async with stage.parts.engine.begin() as connection:
        [contact] = list(await connection.scalars(text("SELECT id FROM contact WHERE address = :a"), {"a": address}))
        await connection.execute(
            text(
                "INSERT INTO inbox (contact_id, event_id, kind, payload, received_at) VALUES (:c, 'e', 'text', :said, now())"
            ),
            {"c": contact, "said": bad},
        )
        await connection.execute(
            text(
                "INSERT INTO outbox (key, contact_id, class, state, body) VALUES ('k', :c, 'reply', 'planned', jsonb_build_object("
                "'text', cast(:said AS text) || ' https://x.vn/\"><script>document.documentElement.dataset.ran=1</script> javascript:alert(1)',"
                " 'buttons', jsonb_build_array(jsonb_build_object('title', cast(:said AS text), 'to', cast(:said AS text))), 'topic', ''))"
            ),
            {"c": contact, "said": bad},
        )
    context = await browser.new_context(bypass_csp=True)
    await context.add_cookies([{"name": "an_sinh_chat", "value": cookie, "url": stage.url}])
    page = await context.new_page()
    await page.goto(f"{stage.url}/?via={RUN.format(n=1)}")
    await page.wait_for_selector("button[data-to]")
    assert "person.name" in await harmless(page, "the chat")
    await expect(page.locator(".text").nth(1)).to_be_attached()
    await context.close()
