"""Waves, rumours and surveys in the console: entered, taken back, counted, and only where somebody works."""

from __future__ import annotations

import csv
import io
import json

import pytest

from bot.campaigns.waves import service as waves
from bot.staff.rules import Role
from tests.campaigns.wave_world import CAN_THO, FIRST, NOW
from tests.console.campaign_world import ELSEWHERE, HERE, author, told
from tests.console.conftest import Console, without_tokens

AT = f"/console/waves/{FIRST}"


@pytest.fixture
async def loaded(console: Console) -> Console:
    async with console.parts.engine.begin() as connection:
        await waves.load(connection, CAN_THO, by="clerk", now=NOW)
    return console


def entry(**changed: str) -> dict[str, str]:
    found = {"what": "enter", "unit": "ninh_kieu", "organisation": "bhxh", "measure": "advice_groups", "count": "4"}
    return found | {"day": "2023-05-20", "note": ""} | changed


async def test_figures_are_entered_shown_against_the_target_and_taken_back(loaded: Console) -> None:
    somebody = await author(loaded, "thu", ELSEWHERE)
    assert (await somebody.post(f"{AT}/entries", data=entry())).status_code == 303
    page = await somebody.get(AT)
    assert "Quận Ninh Kiều 10 4 6" in told(page) and page.status_code == 200
    [row] = await loaded.rows("SELECT id FROM wave_entry")
    back = {"what": "take_back", "entry": row.id, "note": "nhập nhầm"}
    assert (await somebody.post(f"{AT}/entries", data=back)).status_code == 303
    assert (await somebody.post(f"{AT}/entries", data=back)).status_code == 400, "once is enough"
    assert "Quận Ninh Kiều 10 0 10" in told(await somebody.get(AT))
    lines = await loaded.rows("SELECT by, act FROM audit WHERE about = :about ORDER BY id", about=f"wave:{FIRST}")
    assert [(line.by, line.act) for line in lines] == [("thu", "wave_enter"), ("thu", "wave_take_back")]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"count": "nhiều"}, "Hãy chọn chỉ tiêu"),
        ({"day": "2030-01-01"}, ""),
        ({"unit": "khong_co"}, "Hãy chọn đơn vị"),
        ({"phone": "0900000001"}, "Hãy để trống số điện thoại"),
    ],
)
async def test_what_is_wrong_with_an_entry_is_told_and_kept(
    changed: dict[str, str], complaint: str, loaded: Console
) -> None:
    answer = await (await author(loaded)).post(f"{AT}/entries", data=entry(note="chợ nổi", **changed))
    assert answer.status_code == 400 and complaint in told(answer) and 'value="chợ nổi"' in answer.text
    assert not await loaded.rows("SELECT FROM wave_entry")


async def test_a_wave_elsewhere_is_neither_seen_nor_entered(loaded: Console) -> None:
    far = await author(loaded, "far", HERE)
    await (await author(loaded)).post(f"{AT}/entries", data=entry())
    [row] = await loaded.rows("SELECT id FROM wave_entry")
    assert (await far.get(AT)).status_code == 404 and FIRST not in (await far.get("/console/waves")).text
    for form in (entry(), {"what": "take_back", "entry": row.id, "note": "x"}):
        assert (await far.post(f"{AT}/entries", data=form)).status_code == 404
    for path in (f"entries/{row.id}", "hand-in/list/o_mon", "import"):
        assert (await far.get(f"{AT}/{path}")).status_code == 404
        assert (await far.post(f"{AT}/{path}", data=entry(note="x"))).status_code == 404
    for path in ("rows", "plan", "handed/1"):
        assert (await far.get(f"{AT}/{path}")).status_code == 404
    assert len(await loaded.rows("SELECT FROM wave_entry")) == 1


async def test_of_what_is_due_each_reads_their_own_units(loaded: Console) -> None:
    one = await author(loaded, "can", ELSEWHERE)
    assert "Quận Ô Môn" in told(await one.get("/console/waves"))
    far = await author(loaded, "far", HERE)
    assert "Quận Ô Môn" not in told(await far.get("/console/waves"))
    for somebody, listed in ((one, True), (far, False)):
        assert (FIRST in (await somebody.get("/console/campaign-new?template=nong_dan")).text) == listed


async def test_what_is_handed_in_is_no_longer_due(loaded: Console) -> None:
    somebody = await author(loaded)
    assert "trễ" in told(await somebody.get("/console/waves"))
    assert (await somebody.get(f"{AT}/hand-in/list/ninh_kieu")).status_code == 200
    assert (await somebody.post(f"{AT}/hand-in/list/ninh_kieu")).status_code == 303
    assert (
        "Quận Ninh Kiều danh sách người dự lễ ra quân và nhóm tư vấn 01/05/2023 Đã nộp 09:00, 27/11/2026, Bạn lan"
        in told(await somebody.get(AT))
    )


async def heard(console: Console, theme: str, province: str, times: int) -> None:
    for _ in range(times):
        await console.do(
            "WITH c AS (INSERT INTO contact (channel, address) VALUES ('web', gen_random_uuid()::text) RETURNING id), i AS"
            " (INSERT INTO inbox (event_id, contact_id, kind, payload) SELECT gen_random_uuid()::text,"
            " c.id, 'text', 'x' FROM c RETURNING id)"
            " INSERT INTO rumour (theme, province, snippet, inbox_id, at) SELECT :theme, :province, 'x', i.id, :now FROM i",
            theme=theme, province=province, now=console.parts.clock(),
        )  # fmt: skip


async def test_a_rumour_is_counted_by_place_and_becomes_the_draft_of_a_correction(console: Console) -> None:
    theme = min(console.parts.library.rumours)
    title = console.parts.library.rumours[theme].says.title
    await heard(console, theme, HERE, 6)
    await heard(console, theme, ELSEWHERE, 7)
    here = await author(console, "near", HERE)
    words = told(await here.get("/console/rumours"))
    assert f"{title} 6 lần" in words and "Cần Thơ" not in words
    answer = await here.post(f"/console/rumours/{theme}")
    assert answer.status_code == 303
    [row] = await console.rows("SELECT plan, state FROM campaign")
    assert row.state == "draft" and row.plan["audience"] == {"places": [HERE]}
    assert (await here.get(answer.headers["location"])).status_code == 200
    again = await here.post(f"/console/rumours/{theme}")
    assert again.headers["location"] == f"/console/campaigns/dinh_chinh_{theme}_28_11_2026", "the draft that is there"
    assert len(await console.rows("SELECT FROM campaign")) == 1


async def test_a_rumour_without_texts_of_its_own_says_in_the_builder_that_they_are_to_be_written(
    console: Console,
) -> None:
    themes = console.parts.library.rumours
    theme = next(key for key in sorted(themes) if not themes[key].campaign)
    lan = await author(console)
    page = await lan.get((await lan.post(f"/console/rumours/{theme}")).headers["location"])
    assert f"Chưa có mẫu này: dinh_chinh_{theme}" in page.text
    [row] = await console.rows("SELECT key, version FROM campaign")
    refused = await lan.post(f"/console/campaigns/{row.key}", data={"what": "submit", "version": row.version})
    assert refused.status_code == 400 and [r.state for r in await console.rows("SELECT state FROM campaign")] == [
        "draft"
    ]


async def test_whoever_may_not_write_begins_no_correction(console: Console) -> None:
    viewer = await console.as_("xem", Role.VIEWER)
    assert (await viewer.post(f"/console/rumours/{min(console.parts.library.rumours)}")).status_code == 403


async def answered(console: Console, people: int, province: str, commune: str | None = None, words: str = "-") -> str:
    """Let people of a place answer a survey that asks for words too; return its key."""
    survey = console.parts.library.surveys["joining_needs"]
    said = {question.key: question.choices[0].key for question in survey.questions if question.choices} | {
        "words": words
    }
    await console.do(
        "WITH p AS (INSERT INTO person (joined) SELECT 'no' FROM generate_series(1, :people) RETURNING id)"
        " INSERT INTO survey_submission (survey, kind, version, person_id, province, commune, answers, questions, at)"
        " SELECT :survey, 'survey', 'v', p.id, :province, :commune, cast(:said AS jsonb), 1, now() FROM p",
        people=people, survey=survey.key, province=province, commune=commune, said=json.dumps(said),
    )  # fmt: skip
    return survey.key


async def test_a_survey_shows_counts_of_ones_own_places_and_no_small_ones(console: Console) -> None:
    await answered(console, 6, HERE)
    page = f"/console/surveys/{await answered(console, 3, ELSEWHERE)}"
    first = console.parts.library.surveys["joining_needs"].questions[0].choices[0].text
    assert f"{first} 9 9" in told(await (await author(console)).get(page)), "of two places one would tell of the other"
    near, far = await author(console, "near", HERE), await author(console, "far", ELSEWHERE)
    assert f"{first} 6 6" in told(await near.get(page))
    assert f"{first} * *" in told(await far.get(page)), "all of them are few"


async def test_a_survey_is_read_by_commune_and_taken_away_in_each_form(console: Console) -> None:
    await answered(console, 8, HERE, "08935")
    key = await answered(console, 7, HERE, "08950")
    lan, page = await author(console), f"/console/surveys/{key}"
    first = console.parts.library.surveys[key].questions[0].choices[0].text
    by_commune = {"by": "commune", "province": HERE}
    assert f"{first} 15 8 7" in told(await lan.get(page, params=by_commune))
    for form, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert (await lan.get(f"{page}/files/{form}", params=by_commune)).content.startswith(begins)
    rows = list(
        csv.reader(io.StringIO((await lan.get(f"{page}/files/csv", params=by_commune)).content.decode("utf-8-sig")))
    )
    assert [row[2:] for row in rows if row[1] == first] == [
        ["Tất cả", "15"],
        ["Xã Bình Nguyên", "8"],
        ["Xã Bình Xuyên", "7"],
    ]
    far = await author(console, "far", ELSEWHERE)
    assert first in told(await far.get(page, params=by_commune)) and "Xã Bình" not in told(
        await far.get(page, params=by_commune)
    )
    assert (await lan.get(f"{page}/files/exe")).status_code == 404


async def test_what_people_wrote_is_read_masked_where_enough_of_them_did(console: Console) -> None:
    await answered(console, 5, HERE, words="Gọi cô Nguyễn Thị Hoa 0912345678 <b>nhé")
    key = await answered(console, 5, ELSEWHERE, words="=Thủ tục còn dài")
    lan, page = await author(console), f"/console/surveys/{key}/words"
    words = (await lan.get(page)).text
    assert (
        "10 ý kiến" in words and "Hoa" not in words and "0912" not in without_tokens(words) and "&lt;b&gt;nhé" in words
    )
    assert "5 ý kiến" in (await lan.get(page, params={"search": "THU TUC"})).text
    assert "Thủ tục" not in (await lan.get(page, params={"province": HERE})).text
    file = await lan.get(page, params={"form": "csv", "province": ELSEWHERE})
    assert file.content.decode("utf-8-sig").splitlines()[1:] == ["'=Thủ tục còn dài"] * 5
    assert [row.note for row in await console.rows("SELECT note FROM audit WHERE act = 'survey_words'")] == ["words: 5"]
    await answered(console, 4, "ca_mau", words="ít người")
    for province in ("ca_mau", ""):
        shown = "ít người" in (await lan.get(page, params={"province": province})).text
        assert shown == (province == ""), "four could be known by what they wrote"
    assert (await (await console.as_("xem", Role.VIEWER)).get(page)).status_code == 403
