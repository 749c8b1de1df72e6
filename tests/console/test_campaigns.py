"""Campaigns in the console: from the builder over a second person to what became of everybody; each in their own place."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.staff.rules import Role
from tests.console.campaign_world import (
    AT,
    ELSEWHERE,
    HERE,
    KEY,
    act,
    approver,
    author,
    drafted,
    farmers,
    message,
    state,
    submitted,
    told,
    typed,
)
from tests.console.conftest import Console

HOSTILE = "<img src=x onerror=alert(1)>{{ 7*7 }}"


async def test_a_form_becomes_a_draft_that_reads_back_to_the_same_form(console: Console) -> None:
    await drafted(console)
    plan = (await state(console)).plan
    assert plan["audience"]["places"] == ["08935", "08944", "08950", "08971"], (
        "an old district is its communes of today"
    )
    assert plan["channels"] == ["telegram", "sms"] and plan["arms"] == {"a": 50, "b": 50}
    page = (await (await author(console)).get(f"{AT}/edit")).text
    for code in plan["audience"]["places"]:
        assert f'name="places" value="{code}" checked' in page
    again = typed(places=plan["audience"]["places"], places_more=None, version=1)
    assert (await (await author(console)).post(f"{AT}/edit", data=again)).status_code == 303
    assert (await state(console)).plan == plan


async def test_a_cap_of_its_own_is_kept_by_a_campaign_that_speaks_again_and_again(console: Console) -> None:
    most = {"at_most_messages": "2", "at_most_days": "30"}
    client = await author(console)
    await client.post(
        "/console/campaign-new", data=typed(kind="weekdays", weekdays="monday", end_day="2027-06-30", **most)
    )
    assert (await state(console)).plan["at_most"] == {"messages": 2, "days": 30}
    page = (await client.get(f"{AT}/edit")).text
    assert all(f'name="{name}" value="{value}"' in page for name, value in most.items())
    assert "2 tin trong 30 ngày" in told(await client.get(AT))


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"title": ""}, "Hãy ghi tên chiến dịch."),
        ({"places_more": "Huyện Atlantis"}, "Không tìm thấy nơi «Huyện Atlantis»"),
        ({"places_more": "Xã Bình Xuyên"}, "Có nhiều nơi tên «Xã Bình Xuyên»"),
        ({"places_more": "", "situations": [], "joined": []}, "Chưa chọn gửi cho ai"),
        ({"channel1": "", "channel2": ""}, "Chọn ít nhất một kênh"),
        ({"channel2": "telegram"}, "mỗi kênh một lần"),
        ({"begin_time": "23:00"}, "Chỉ gửi từ 08:00"),
        ({"begin_day": "mai"}, "Ghi ngày và giờ bắt đầu"),
        ({"end_day": "2026-11-30"}, "Ngày kết thúc phải sau lúc bắt đầu"),
        ({"end_day": "", "end_time": ""}, "Ghi ngày kết thúc"),
        ({"end_day": "2029-01-01"}, "Nhiều nhất 400 ngày"),
        ({"kind": "weekdays"}, "Chọn ít nhất một thứ"),
        ({"kind": "around", "days": "nhiều"}, "Ghi số ngày trước"),
        ({"share_a": "10", "share_b": "10"}, "Tổng các phần phải là 100"),
        ({"born_from": "già"}, "ghi năm, ví dụ 1980"),
        ({"not_born_from": "1990", "not_born_to": "1960"}, "mốc đầu đang lớn hơn mốc cuối"),
        ({"holdout": "80"}, "từ 0 đến 50"),
        ({"kind": "weekdays", "weekdays": "monday", "at_most_messages": "2"}, "nhiều nhất 2 tin trong 30 ngày"),
        ({"campaign": "Nông dân!"}, "Mã chỉ gồm chữ thường"),
        (
            {
                "share_a": "10",
                "share_b": "10",
                "trial": "yes",
                "trial_by": "pressed",
                "trial_hours": "9999",
                "trial_least": "2",
            },
            "Số giờ thử",
        ),
    ],
)
async def test_what_is_wrong_is_told_in_vietnamese_and_nothing_typed_is_lost(
    changed: dict[str, str], complaint: str, console: Console
) -> None:
    answer = await (await author(console)).post("/console/campaign-new", data=typed(month_days="1, 15", **changed))
    assert answer.status_code == 400 and complaint in told(answer)
    assert "plan." not in told(answer) and 'value="1, 15"' in answer.text
    for name in ("title", "end_day", "campaign", "holdout", "days", "born_from"):
        assert not changed.get(name) or f'name="{name}" value="{changed[name]}"' in answer.text
    assert "places_more" not in changed or changed["places_more"] in answer.text
    assert not await console.rows("SELECT FROM campaign")


async def test_several_faults_are_told_at_once(console: Console) -> None:
    answer = await (await author(console)).post("/console/campaign-new", data={"csrf": "", "kind": "once"})
    words = told(answer)
    assert all(one in words for one in ("Hãy ghi tên", "Chưa chọn gửi cho ai", "Chọn ít nhất một kênh", "Ghi ngày"))


async def test_who_is_reached_is_counted_by_reason_while_one_types(console: Console) -> None:
    await farmers(console, 3)
    await console.do("INSERT INTO consent (contact_id, purpose, given, text_version, proof) SELECT id, 'outreach', false, 'v1', 'x' FROM contact WHERE person_id = 1")  # fmt: skip
    somebody = await author(console)
    words = told(await somebody.post("/console/campaign-count", data=typed(title="", campaign="")))
    assert "2 người" in words and "trong 3 người khớp" in words and "Đã xin dừng nhận tin 1" in words
    wrong = await somebody.post("/console/campaign-count", data=typed(channel1="", channel2=""))
    assert wrong.status_code == 200 and "Chọn ít nhất một kênh" in told(wrong)


async def test_each_message_is_shown_as_its_channel_shows_it(console: Console) -> None:
    page = await (await author(console)).post("/console/campaign-preview", data=typed())
    words = told(page)
    assert "[QC] An Sinh: Lam ruong van co luong huu" in words and "tính tiền 2 tin SMS" in words
    assert "Chào Hoa, làm ruộng" in words and "Tính thử cho tôi" in words


async def test_a_draft_is_submitted_read_approved_and_scheduled_by_two_people(console: Console) -> None:
    digest = await submitted(console)
    first, second = await author(console), await approver(console)
    page = await second.get(f"{AT}/approve")
    assert f'name="digest" value="{digest}"' in page.text and "Chào Hoa, làm ruộng" in told(page)
    answer = await second.post(f"{AT}/approve", data={"what": "approve", "digest": digest})
    assert answer.status_code == 303
    assert (await act(console, first, "schedule")).status_code == 303
    assert (await state(console)).state == "scheduled"
    acts = [row.act for row in await console.rows("SELECT act FROM audit WHERE about = :about ORDER BY id", about=f"campaign:{KEY}")]  # fmt: skip
    assert acts == ["create", "submit", "approve", "schedule"]


async def test_what_changed_since_the_last_approval_stands_side_by_side(console: Console) -> None:
    digest = await submitted(console)
    first, second = await author(console), await approver(console)
    await second.post(f"{AT}/approve", data={"what": "approve", "digest": digest})
    version = (await state(console)).version
    changed = typed(title="Nông dân, lần hai", template="tieu_thuong", version=version, share_b=None, share_a="100")
    assert (await first.post(f"{AT}/edit", data=changed)).status_code == 303
    await act(console, first, "submit")
    words = told(await second.get(f"{AT}/approve"))
    assert "Khác gì lần duyệt trước" in words
    assert "Tên Nông dân Bình Xuyên Nông dân, lần hai" in words and "Lời tin đã đổi" in words


async def test_who_approves_what_is_being_edited_is_told_and_reads_again(console: Console) -> None:
    digest = await submitted(console)
    first, second = await author(console), await approver(console)
    page = await second.get(f"{AT}/approve")
    assert digest in page.text
    await first.post(f"{AT}/edit", data=typed(title="Khác", version=(await state(console)).version))
    late = await second.post(f"{AT}/approve", data={"what": "approve", "digest": digest})
    assert late.status_code == 400 and (await state(console)).state == "draft"
    await act(console, first, "submit")
    old = await second.post(f"{AT}/approve", data={"what": "approve", "digest": digest})
    assert old.status_code == 400 and (await state(console)).state == "submitted"


AT_ONCE = pytest.mark.parametrize("order", [1, -1], ids=["in this order", "in the other"])


@AT_ONCE
async def test_who_approves_and_who_edits_at_once_are_not_both_right(order: int, console: Console) -> None:
    digest = await submitted(console)
    first, second, before = await author(console), await approver(console), await state(console)
    edits = first.post(f"{AT}/edit", data=typed(title="Khác", version=before.version))
    approves = second.post(f"{AT}/approve", data={"what": "approve", "digest": digest})
    answers = await asyncio.gather(*[edits, approves][::order])
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    edited, approved = (answer.status_code == 303 for answer in answers[::order])
    after = await state(console)
    assert (after.state, after.plan["title"]) == (("draft", "Khác") if edited else ("approved", before.plan["title"]))
    lost = next(answer for answer in answers if answer.status_code == 400)
    assert ("Có người vừa sửa" in told(lost)) if approved else ("chưa làm được việc «Duyệt»" in told(lost))
    assert len(await console.rows("SELECT FROM campaign_act WHERE act IN ('edit', 'approve')")) == 1


@AT_ONCE
async def test_who_submits_what_is_edited_at_once_does_not_submit_another_text(order: int, console: Console) -> None:
    await farmers(console)
    await drafted(console)
    one, other = await author(console), await author(console, "an")
    edits = one.post(f"{AT}/edit", data=typed(title="Khác", version=1))
    submits = other.post(AT, data={"what": "submit", "version": "1"})
    answers = await asyncio.gather(*[edits, submits][::order])
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    edited = answers[::order][0].status_code == 303
    assert (await state(console)).state == ("draft" if edited else "submitted")
    assert "Có người vừa sửa" in told(next(answer for answer in answers if answer.status_code == 400))


@AT_ONCE
async def test_of_two_who_save_at_once_one_is_told_and_keeps_what_was_typed(order: int, console: Console) -> None:
    await drafted(console)
    one, other = await author(console), await author(console, "an")
    saves = [
        one.post(f"{AT}/edit", data=typed(title="Của Lan", version=1)),
        other.post(f"{AT}/edit", data=typed(title="Của An", version=1)),
    ]
    answers = await asyncio.gather(*saves[::order])
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    lost = next(answer for answer in answers if answer.status_code == 400)
    assert "Của " in lost.text and "Những gì bạn ghi vẫn còn đây" in lost.text
    assert len(await console.rows("SELECT FROM campaign_act WHERE act = 'edit'")) == 1


async def test_of_two_who_approve_at_once_one_wins(console: Console) -> None:
    digest = await submitted(console)
    clients = [await approver(console, key) for key in ("minh", "hoa")]
    answers = await asyncio.gather(
        *(one.post(f"{AT}/approve", data={"what": "approve", "digest": digest}) for one in clients)
    )
    assert sorted(answer.status_code for answer in answers) == [303, 400]


async def test_nobody_approves_what_they_wrote(console: Console) -> None:
    digest = await submitted(console)
    both = await console.as_("both", Role.AUTHOR, Role.APPROVER)
    await both.post(f"{AT}/edit", data=typed(title="Khác", version=(await state(console)).version))
    await act(console, both, "submit")
    page = await both.get(f"{AT}/approve")
    assert "nên không duyệt được" in told(page) and 'value="approve"' not in page.text
    digest = (await state(console)).digest
    assert (await both.post(f"{AT}/approve", data={"what": "approve", "digest": digest})).status_code == 400


async def test_refusing_needs_a_reason_that_the_author_reads(console: Console) -> None:
    await submitted(console)
    second = await approver(console)
    assert (await second.post(f"{AT}/approve", data={"what": "refuse", "note": " "})).status_code == 400
    assert (await second.post(f"{AT}/approve", data={"what": "refuse", "note": "Sai nơi"})).status_code == 303
    assert "Sai nơi" in told(await (await author(console)).get(AT))


async def test_a_running_campaign_moves_by_itself_and_is_paused_in_one_press(console: Console) -> None:
    await submitted(console)
    await console.do("UPDATE campaign SET state = 'running'")
    for person, fate in ((1, "sent"), (2, "planned"), (3, "unknown")):
        await message(console, fate, person)
    second = await approver(console)
    page = await second.get(AT)
    assert f'data-watch="{AT}/events?state=running"' in page.text and "Tạm dừng" in page.text
    assert "Xong 2 trên 3 người" in told(page)
    assert 'class="unknown"' in page.text and 'class="failed"' not in page.text, "a nought is no fault"
    assert (await act(console, second, "pause", "Sai số tiền")).status_code == 303
    assert (await state(console)).state == "paused"
    assert "Sai số tiền" in told(await second.get(AT))


@pytest.mark.parametrize(
    ("by", "seen_by"),
    [("author", {"author", "approver"}), ("approver", {"approver"}), ("clock", {"approver"})],
)
async def test_only_who_may_let_a_paused_campaign_go_on_has_the_button(
    by: str, seen_by: set[str], console: Console
) -> None:
    await submitted(console)
    await console.do("UPDATE campaign SET state = 'running'")
    people = {"author": await author(console), "approver": await approver(console)}
    if by == "clock":
        await console.do("UPDATE campaign SET state = 'paused', why = 'errors 30/100'")
        await console.do("INSERT INTO campaign_act (campaign_id, at, by, act) SELECT id, now(), 'clock', 'pause' FROM campaign")  # fmt: skip
    else:
        assert (await act(console, people[by], "pause", "Sai số tiền")).status_code == 303
    for name, who in people.items():
        assert ('value="resume"' in (await who.get(AT)).text) is (name in seen_by), name
    if "author" not in seen_by:
        refused = await act(console, people["author"], "resume")
        assert refused.status_code == 400 and "Hãy nhờ người duyệt" in told(refused)
        assert (await state(console)).state == "paused"
    assert (await act(console, people[max(seen_by)], "resume")).status_code == 303
    assert (await state(console)).state == "running"


async def test_each_unknown_message_is_settled_once_and_it_stands_in_the_audit(console: Console) -> None:
    await submitted(console)
    await message(console, "unknown", 1)
    await message(console, "excluded", 2, reason="stopped", variant=None)
    await console.do("INSERT INTO campaign_step (campaign_id, step, due_at, people) SELECT id, 'once', now(), 2 FROM campaign")  # fmt: skip
    somebody = await author(console)
    words = told(await somebody.get(f"{AT}/people"))
    assert "2 người = 0 đã gửi + 0 lỗi + 1 không rõ + 1 không gửi" in words and "Đã xin dừng nhận tin" in words
    [row] = await console.rows("SELECT id FROM outbox WHERE state = 'unknown'")
    form = {"row": row.id, "what": "failed", "note": "nhà mạng báo không đến"}
    assert (await (await approver(console)).post(f"{AT}/people", data=form)).status_code == 400
    assert (await somebody.post(f"{AT}/people", data=form)).status_code == 303
    assert (await somebody.post(f"{AT}/people", data=form | {"what": "sent"})).status_code == 400
    lines = await console.rows("SELECT by, note FROM audit WHERE act = 'settle'")
    assert [(line.by, line.note) for line in lines] == [("lan", f"{row.id}: failed; nhà mạng báo không đến")]
    assert "Cộng lại đúng" in told(await somebody.get(f"{AT}/people"))


PAGES = ("", "/edit", "/texts", "/events?state=x", "/outlook", "/dry-run", "/people", "/approve")


async def test_a_campaign_elsewhere_is_not_there_for_whoever_works_here(console: Console) -> None:
    await submitted(console)
    both = await console.as_("far", Role.AUTHOR, Role.APPROVER, scope=(ELSEWHERE,))
    near = await console.as_("near", Role.AUTHOR, Role.APPROVER, scope=(HERE,))
    for page in PAGES:
        assert (await both.get(AT + page)).status_code == 404, page
        assert (await near.get(AT + page)).status_code == 200, page
    before = await state(console)
    for path, form in (
        ("", {"what": "stop", "note": "x"}), ("", {"what": "submit"}), ("/edit", typed(version=before.version)),
        ("/approve", {"what": "approve", "digest": before.digest}), ("/people", {"row": "1", "what": "sent", "note": "x"}),
    ):  # fmt: skip
        assert (await both.post(AT + path, data=form)).status_code == 404, path
    assert await state(console) == before
    assert KEY not in (await both.get("/console/campaigns")).text
    assert KEY in (await near.get("/console/campaigns")).text


async def test_nobody_writes_counts_or_moves_a_campaign_to_people_elsewhere(console: Console) -> None:
    far = await author(console, "far", ELSEWHERE)
    answer = await far.post("/console/campaign-new", data=typed())
    assert answer.status_code == 400 and not await console.rows("SELECT FROM campaign")
    counted = await far.post("/console/campaign-count", data=typed())
    assert "người khớp" not in counted.text
    await drafted(console)
    near = await author(console, "near", HERE)
    moved = await near.post(f"{AT}/edit", data=typed(places_more="Cần Thơ", version=1))
    assert moved.status_code == 400 and (await state(console)).version == 1


async def test_what_a_name_brings_is_shown_and_never_run(console: Console) -> None:
    await drafted(console, title=HOSTILE)
    somebody = await author(console)
    for page in (AT, f"{AT}/edit", f"{AT}/texts", "/console/campaigns"):
        text = (await somebody.get(page)).text
        assert "<img src=x" not in text and "&lt;img src=x" in text and "{{ 7*7 }}" in text
    wrong = await somebody.post("/console/campaign-new", data=typed(places_more=HOSTILE))
    assert "<img src=x" not in wrong.text


async def test_a_plan_that_changed_behind_the_page_is_not_submitted(console: Console) -> None:
    await farmers(console)
    await drafted(console)
    somebody = await author(console)
    stale = await somebody.post(AT, data={"what": "submit", "version": "0"})
    assert stale.status_code == 400 and (await state(console)).state == "draft"


async def test_the_forecast_says_how_many_when_and_for_how_much(console: Console) -> None:
    await farmers(console)
    await drafted(console)
    words = told(await (await author(console)).get(f"{AT}/outlook"))
    assert "3 người nhận được" in words and "09:00, 01/12/2026" in words and "0 đồng" in words


async def test_what_was_to_begin_yesterday_is_foretold_from_now(console: Console) -> None:
    await farmers(console)
    await drafted(console, begin_day="2026-11-26")
    words = told(await (await author(console)).get(f"{AT}/outlook"))
    assert "3 người nhận được" in words and "27/11/2026" in words and "Chưa ai nhận được" not in words


async def test_of_a_series_the_people_of_one_day_are_told_beside_all_of_them(console: Console) -> None:
    await farmers(console, 5)
    await console.do(
        "UPDATE person SET paid_until = cast('2026-12-01' AS date) + cast(id AS int)"
    )  # the 2nd to the 6th
    await drafted(
        console, template="sap_den_ky_dong", kind="around", days="-7, -3, 0, 5", begin_day="2026-12-03",
        end_day="2026-12-31", share_a="100", share_b=None, channel2="",
    )  # fmt: skip
    words = told(await (await author(console)).get(f"{AT}/outlook"))
    assert "5 người nhận được, trong 5 người khớp" in words
    assert "Lần gửi tới, 09:00, 03/12/2026: 2 người nhận được" in words, "of the 3rd and the 6th"
    assert "đến hạn các ngày" in words and "06/12/2026" in words and "28/11/2026" in words


async def test_a_try_goes_to_one_linked_consultant_only(console: Console) -> None:
    await farmers(console, 1)
    await drafted(console)
    somebody = await author(console)
    assert "Chưa có cán bộ nào" in told(await somebody.get(AT))
    assert (await somebody.post(AT, data={"what": "try", "to": "x"})).status_code == 400
    await console.do("INSERT INTO office (key, name, kind, province, commune, address) VALUES ('o', 'o', 'social_insurance', 'phu_tho', '08935', 'x')")  # fmt: skip
    await console.do("INSERT INTO consultant (key, name, office_id, contact_id) SELECT 'thu', 'Thu', o.id, c.id FROM office o, contact c")  # fmt: skip
    assert (await somebody.post(AT, data={"what": "try", "to": "thu"})).status_code == 303
    assert len(await console.rows("SELECT FROM outbox WHERE key LIKE 'try:%'")) == 2, "both texts, to one person"
    assert [row.note for row in await console.rows("SELECT note FROM audit WHERE act = 'try'")] == ["thu"]


async def linked_consultants(console: Console) -> None:
    """Let three consultants with an account be: in the campaign's commune, in its province, and in another province."""
    for key, place, commune in (("trong", "phu_tho", "08935"), ("gan", "phu_tho", "07900"), ("xa", "can_tho", "31120")):
        await console.parts.conversation.open_contact("telegram", key)
        await console.do("INSERT INTO office (key, name, kind, province, commune, address) VALUES (:key, 'Nơi ' || :key, 'social_insurance', :place, :commune, 'x')", key=key, place=place, commune=commune)  # fmt: skip
        await console.do("INSERT INTO consultant (key, name, office_id, contact_id) SELECT :key, 'Người ' || :key, o.id, c.id FROM office o, contact c WHERE o.key = :key AND c.address = :key", key=key)  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "offered"),
    [(("08935", "08944", "08950", "08971"), ["trong"]), ((HERE,), ["trong", "gan"]), ((), ["trong", "gan", "xa"])],
)
async def test_a_try_goes_where_the_campaign_goes_or_its_sender_works_and_to_nobody_else(
    scope: tuple[str, ...], offered: list[str], console: Console
) -> None:
    await linked_consultants(console)
    await drafted(console)
    somebody = await author(console, "ai", *scope)
    assert re.findall(r'<option value="(\w+)">Người', (await somebody.get(AT)).text) == offered
    for key in ("trong", "gan", "xa"):
        answer = await somebody.post(AT, data={"what": "try", "to": key})
        assert answer.status_code == (303 if key in offered else 400), key
        assert key in offered or "hay nơi bạn phụ trách" in told(answer)
    assert [row.note for row in await console.rows("SELECT note FROM audit WHERE act = 'try' ORDER BY id")] == offered
    query = "SELECT DISTINCT c.address FROM outbox o JOIN contact c ON c.id = o.contact_id WHERE o.key LIKE 'try:%'"
    assert {row.address for row in await console.rows(query)} == set(offered)


async def test_every_template_opens_as_a_form_that_can_be_saved_once_its_end_is_given(console: Console) -> None:
    somebody = await author(console)
    choice = await somebody.get("/console/campaign-new")
    keys = {part.split('"')[0] for part in choice.text.split("?template=")[1:]}
    assert len(keys) >= 20
    for key in sorted(keys):
        page = await somebody.get(f"/console/campaign-new?template={key}")
        assert page.status_code == 200 and len(page.content) < 150_000, key
        assert f'value="{key}" selected' in page.text


async def test_a_leaflet_is_chosen_in_the_builder_and_read_in_the_plan(console: Console) -> None:
    lan = await author(console)
    form = typed(document="leaflet", document_place="phu_tho", channel1="telegram", channel2=None)
    assert "[Tệp: to-roi.pdf]" in (await lan.post("/console/campaign-preview", data=form)).text
    await drafted(console, document="leaflet", document_place="phu_tho", channel2=None)
    assert (await state(console)).plan["document"] == {"what": "leaflet", "place": "phu_tho"}
    page = await lan.get(f"{AT}/edit")
    assert '<option value="leaflet" selected>' in page.text and '<option value="phu_tho" selected>' in page.text
    assert "Kèm PDF Tờ rơi, Phú Thọ" in told(await lan.get(AT))


async def test_a_plan_names_its_wave_as_people_call_it(console: Console) -> None:
    await drafted(console)
    await console.do(
        "INSERT INTO wave (key, version, starts_on, ends_on, plan)"
        " VALUES ('dot_1', 1, '2026-11-15', '2026-12-15', '{\"name\": \"Ra quân Tết\"}')"
    )
    await console.do('UPDATE campaign SET plan = plan || \'{"wave": "dot_1"}\'')
    page = told(await (await author(console)).get(AT))
    assert "Đợt ra quân Ra quân Tết" in page and "dot_1" not in page


async def test_what_is_wrong_with_a_leaflet_is_told_beside_it(console: Console) -> None:
    lan = await author(console)
    for wrong in ({"document": "leaflet", "document_place": ""}, {"document": "<b>", "document_place": "phu_tho"}):
        answer = await lan.post("/console/campaign-new", data=typed(**wrong))
        assert answer.status_code == 400 and "Chọn loại tờ rơi và tỉnh" in answer.text
    linked = await lan.post("/console/campaign-preview", data=typed(document="leaflet", document_place="phu_tho"))
    assert "AN_SINH_PUBLIC_URL" in linked.text, "an SMS can only link, and this server has no address"
