"""Campaigns as people of the office make them: what the tests of their pages share."""

from __future__ import annotations

import re
from typing import Any

import httpx

from bot.staff.rules import Role
from tests.console.conftest import Console

HERE, ELSEWHERE = "phu_tho", "can_tho"
KEY = "nong_dan_12_2026"
AT = f"/console/campaigns/{KEY}"


def typed(**changed: Any) -> dict[str, Any]:
    """Return a form as somebody fills it in."""
    found: dict[str, Any] = {
        "campaign": KEY, "title": "Nông dân Bình Xuyên", "template": "nong_dan", "places_more": "Huyện Bình Xuyên, Vĩnh Phúc",
        "situations": ["nong_dan"], "joined": ["no"], "channel1": "telegram", "channel2": "sms", "kind": "once",
        "begin_day": "2026-12-01", "begin_time": "09:00", "end_day": "2026-12-03", "end_time": "20:00",
        "share_a": "50", "share_b": "50", "holdout": "",
    }  # fmt: skip
    return {name: value for name, value in (found | changed).items() if value is not None}


async def author(console: Console, key: str = "lan", *scope: str) -> httpx.AsyncClient:
    return await console.as_(key, Role.AUTHOR, scope=scope)


async def approver(console: Console, key: str = "minh", *scope: str) -> httpx.AsyncClient:
    return await console.as_(key, Role.APPROVER, scope=scope)


async def farmers(console: Console, number: int = 3, first: int = 1) -> None:
    """Make farmers of Bình Xuyên who allow messages on Telegram."""
    await console.do(
        "INSERT INTO person (id, joined, situation, province, commune)"
        " SELECT n, 'no', 'nong_dan', 'phu_tho', '08935' FROM generate_series(cast(:a AS bigint), cast(:b AS bigint)) n",
        a=first, b=first + number - 1,
    )  # fmt: skip
    await console.do(
        "INSERT INTO contact (channel, address, person_id)"
        " SELECT 'telegram', id::text, id FROM person WHERE id BETWEEN :a AND :b", a=first, b=first + number - 1,
    )  # fmt: skip
    await console.do(
        "INSERT INTO consent (contact_id, purpose, given, text_version, proof) SELECT id, 'outreach', true, 'v1', 'event'"
        " FROM contact WHERE person_id BETWEEN :a AND :b", a=first, b=first + number - 1,
    )  # fmt: skip


async def drafted(console: Console, **changed: Any) -> None:
    answer = await (await author(console)).post("/console/campaign-new", data=typed(**changed))
    assert answer.status_code == 303, answer.text


async def submitted(console: Console) -> str:
    """Make people and a campaign that waits for approval; return its digest."""
    await farmers(console)
    await drafted(console)
    await act(console, await author(console), "submit")
    return str((await state(console)).digest)


async def act(console: Console, who: httpx.AsyncClient, what: str, note: str = "") -> httpx.Response:
    version = (await state(console)).version
    return await who.post(AT, data={"what": what, "note": note, "version": version})


async def state(console: Console) -> Any:
    [row] = await console.rows("SELECT id, state, version, digest, plan FROM campaign WHERE key = :key", key=KEY)
    return row


async def message(console: Console, state: str, person: int, **more: Any) -> None:
    """Write a message of the campaign into the ledger."""
    values = {"reason": None, "variant": "a"} | more
    await console.do(
        "INSERT INTO outbox (key, contact_id, class, body, channel, state, campaign_id, person_id, step, reason, variant,"
        " started_at, finished_at) SELECT 'm' || :person, c.id, 'campaign', jsonb_build_object('text', 'x'), 'telegram',"
        " :state, k.id, :person, 'once', :reason, :variant, now(), CASE WHEN :state <> 'planned' THEN now() END"
        " FROM contact c, campaign k WHERE c.person_id = :person AND k.key = :campaign",
        state=state, person=person, campaign=KEY, **values,
    )  # fmt: skip


def told(page: httpx.Response) -> str:
    """Return the words of a page, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
