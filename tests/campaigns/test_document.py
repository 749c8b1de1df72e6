"""A campaign that carries a leaflet: a file on Telegram, elsewhere a link to the same page on our web."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from bot.answers.library import Library
from bot.campaigns.desk import Desk
from bot.campaigns.grounds import changes
from bot.campaigns.plan import Plan, plan_json, read_plan
from bot.campaigns.store import Pinned
from bot.channels.leaflets import Leaflets
from bot.channels.listen import _prepared
from bot.errors import AnSinhError, ContentError, Refused
from bot.outbox.channels import TELEGRAM
from bot.settings import Settings
from bot.sheets.printing import page
from tests.campaigns.test_plan import plan as raw_plan
from tests.campaigns.test_run import KEY, NOON, Office, farmers, office, with_rate, write_plan
from tests.outbox.world import sender, sending
from tests.sheets.pages import page_count

WEB = "https://an-sinh.example"
LEAFLET = {"what": "leaflet", "place": "Phú Thọ"}
ON_WEB = f"{WEB}/leaflet/leaflet/phu_tho.pdf"
CHANNELS = ["telegram", "zalo_oa", "zalo_bot", "sms"]

__all__ = ["office"]  # a fixture


def read(library: Library, **changed: Any) -> Plan:
    fixed = {"template": "nong_dan", "channels": CHANNELS, "document": LEAFLET}
    return read_plan(raw_plan(**{**fixed, **changed}), library.topics)


def pinned(library: Library, plan: Plan, web: str = WEB) -> dict[str, Pinned]:
    """Return a text of each channel."""
    settings = Settings(
        sms_refuse_by="19009068", sms_advertising_type="2", public_url=web, hook_secret="a secret of enough signs"
    )
    desk = Desk(None, library, settings, NOON)  # type: ignore[arg-type]  # no table is asked
    return {one.channel: one for one in desk.pinned(plan)}


def test_a_plan_names_a_leaflet_and_is_read_back_to_the_same(library: Library) -> None:
    plan = read(library)
    assert plan_json(plan)["document"] == {"what": "leaflet", "place": "phu_tho"}
    assert read_plan(plan_json(plan), library.topics) == plan
    assert read(library, document={"what": "table", "place": "Vĩnh Phúc"}).document.place == "vinh_phuc"  # type: ignore[union-attr]
    wrong = [
        {"what": "certificate", "place": "phu_tho"},
        {"what": "leaflet", "place": "../x"},
        {"what": "leaflet"},
        "leaflet",
    ]
    for document in wrong:
        with pytest.raises(ContentError, match="document"):
            read(library, document=document)


def test_telegram_carries_the_file_and_all_others_a_link(library: Library) -> None:
    texts, bare = pinned(library, read(library)), pinned(library, read(library, document=None))
    file = {"kind": "sheet", "what": "leaflet", "place": "phu_tho", "on": "2026-12-01"}
    assert bare["telegram"].body["picture"] and texts["telegram"].body["file"] == file
    assert "picture" not in texts["telegram"].body, "one message carries one of both"
    assert texts["telegram"].body["text"] == bare["telegram"].body["text"]
    for channel in ("zalo_oa", "zalo_bot"):
        assert texts[channel].body["text"] == bare[channel].body["text"] + f"\n\n📄 Tờ rơi để đọc và in: {ON_WEB}"
        assert texts[channel].body["menu"] == bare[channel].body["menu"]
    assert texts["sms"].body["text"] == f"{bare['sms'].body['text']} Xem to roi: {ON_WEB}"


def test_without_a_public_address_only_a_file_can_go(library: Library) -> None:
    assert pinned(library, read(library, channels=["telegram"]), web="")
    with pytest.raises(Refused, match="AN_SINH_PUBLIC_URL"):
        pinned(library, read(library), web="")


def test_a_link_for_which_an_sms_has_no_room_is_refused(library: Library) -> None:
    with pytest.raises(Refused, match="không còn chỗ"):
        pinned(library, read(library, channels=["sms"]), web=f"https://{'rat-dai.' * 40}example")


@pytest.mark.parametrize(("channel", "what"), [("telegram", "leaflet"), ("zalo_oa", "leaflet"), ("telegram", "table")])
def test_a_campaign_rests_on_what_its_document_says(channel: str, what: str, library: Library) -> None:
    words = {"template": "canh_giac_lua_dao", "channels": [channel]}  # of what the document says they say nothing
    plan = read(library, **words, document={"what": what, "place": "Phú Thọ"})
    days, desk = plan.schedule.days, Desk(None, library, Settings(), NOON)  # type: ignore[arg-type]  # no table is asked
    found = desk.grounds(plan, (pinned(library, plan)[channel],))
    assert not changes(found, library, *days)
    assert changes(found, with_rate(library, days[0], "0.5"), *days)
    others = tuple(one for one in library.local_support if one.province != "phu_tho")
    edited = replace(library, local_support=others, _answers={}, _search=None, _heads=None)
    assert [one.name for one in changes(found, edited, *days)] == ["Hỗ trợ của Phú Thọ"]


async def test_the_file_reaches_people_on_telegram_with_words_and_buttons(office: Office) -> None:  # noqa: F811
    await farmers(office, 2)
    file = write_plan(office, document=LEAFLET)
    await office.says(f"lan: create {file}")
    assert "(kèm tệp: to-roi.pdf)" in await office.says(f": preview {KEY}")
    digest = (await office.says(f"lan: submit {KEY}")).rpartition(" ")[2].rstrip(".")
    await office.says(f"minh: approve {KEY} --digest {digest}")
    await office.says(f"lan: schedule {KEY}")
    office.moment += timedelta(hours=1)
    await office.round()
    await office.world.do(
        "UPDATE outbox SET due_at = now(), expires_at = now() + interval '1 hour' WHERE state = 'planned'"
    )
    await office.world.do("UPDATE campaign SET begins_at = now(), ends_at = now() + interval '1 hour'")
    leaflets = Leaflets(office.library, lambda: date(2026, 11, 27), office.settings)
    calendars: Any = None  # a leaflet asks for none
    prepare = partial(_prepared, office.library, calendars, leaflets, TELEGRAM)
    async with sending(sender(office.world.engine, office.world.remote, prepare=prepare)):
        await office.world.settled()
    lines = await office.world.remote.truth("telegram", "got")
    assert [line.extra["file"] for line in lines] == ["to-roi.pdf"] * 2
    assert all("Chào Bà Tám" in line.text and line.extra["markup"]["inline_keyboard"] for line in lines)


async def test_everybody_reads_the_leaflet_of_today_at_its_address(library: Library) -> None:
    from starlette.applications import Starlette

    leaflets = Leaflets(library, lambda: date(2026, 11, 27), Settings(public_url=WEB))
    transport = httpx.ASGITransport(Starlette(routes=leaflets.routes()))
    async with httpx.AsyncClient(transport=transport, base_url=WEB) as web:
        for path in ("leaflet/phu_tho", "table/ca_mau", "leaflet/vinh_phuc"):
            answer = await web.get(f"/leaflet/{path}.pdf")
            assert answer.headers["content-type"] == "application/pdf" and page_count(answer.content) == 1
        for path in ("leaflet/nowhere", "card/phu_tho", "leaflet/..%2fx", "leaflet/phu_tho%00"):
            assert (await web.get(f"/leaflet/{path}.pdf")).status_code == 404


async def test_a_file_that_is_none_of_ours_is_none(library: Library) -> None:
    leaflets = Leaflets(library, lambda: date(2026, 11, 27), Settings())
    assert await leaflets.make({"kind": "ics", "appointment": 7}) is None
    assert await leaflets.make({"kind": "sheet", "what": "x", "place": "phu_tho", "on": "2026-11-27"}) is None
    with pytest.raises(AnSinhError):
        page(library, "leaflet", "", date(2026, 11, 27))
