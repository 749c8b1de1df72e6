"""Content: as citizens read it on a day, with source and who uses a number; and the work of editors, one at a time."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.answers.library import Library
from bot.answers.overview import Kind, Why, concerns
from bot.calculators.catalogue import CALCULATORS
from bot.campaigns.templates import load_templates
from bot.console.visit import HOME
from bot.console.words import WORDS
from bot.conversation.intents import PRESSED, conversational_intents
from bot.conversation.respond import Reply, Responder
from bot.conversation.tried import trying
from bot.conversation.turn import Understanding
from bot.law.local_support import Status
from bot.law.parameters import Confidence
from bot.outbox.rules import Message
from bot.settings import ROOT
from bot.staff.rules import Role
from tests.console.conftest import NOW, Console

CONTENT = f"{HOME}/content"
TODAY = NOW.date()


async def test_an_answer_is_shown_as_citizens_read_it_on_the_chosen_day(console: Console) -> None:
    viewer = await console.as_("viewer", Role.VIEWER)
    address = f"{CONTENT}/answers/contribution_amount"
    now = (await viewer.get(address)).text
    later = (await viewer.get(address, params={"day": "2027-02-01"})).text
    assert "330.000 đồng" in now and "484.000 đồng" in later and "đóng 330.000" not in later
    assert "Luật BHXH 41/2024/QH15" in now and "Kiểm tra ngày" in now
    assert f"{CONTENT}/law/voluntary_contribution.rate" in now
    before = await viewer.get(address, params={"day": "1990-01-01"})
    assert before.status_code == 200 and "Chưa có hiệu lực" in before.text


async def test_looking_at_another_day_leaves_what_citizens_get_as_it_is(console: Console) -> None:
    library, viewer = console.parts.library, await console.as_("viewer", Role.VIEWER)
    kept = library.answer("contribution_amount", TODAY)
    await viewer.get(f"{CONTENT}/answers/contribution_amount", params={"day": "2027-02-01"})
    assert library.answer("contribution_amount", TODAY) is kept


@pytest.mark.parametrize("part", ["answers", "rumours", "law", "local"])
@pytest.mark.parametrize("name", ["..%2f..%2f..%2fetc%2fpasswd", "khong_co", "%00", "contribution_amount.md"])
async def test_what_is_no_content_is_not_there(part: str, name: str, console: Console) -> None:
    viewer = await console.as_("viewer", Role.VIEWER)
    answer = await viewer.get(f"{CONTENT}/{part}/{name}")
    assert answer.status_code == 404 and "root:" not in answer.text


async def test_a_number_of_the_law_tells_its_time_its_source_and_who_uses_it(console: Console) -> None:
    viewer = await console.as_("viewer", Role.VIEWER)
    page = (await viewer.get(f"{CONTENT}/law/common.rural_poverty_line")).text
    assert "1.500.000 đồng một tháng" in page and "2.200.000 đồng một tháng" in page and "sắp tới" in page
    assert f"{CONTENT}/answers/contribution_amount" in page
    assert "Phép tính: Tiền đóng BHXH tự nguyện" in page and "Chiến dịch:" in page


async def test_the_numbers_of_the_law_are_found_by_subject_and_what_changes_next_stands_first(console: Console) -> None:
    viewer, law = await console.as_("viewer", Role.VIEWER), f"{CONTENT}/law"
    numbers = console.parts.library.law.parameters
    first = await viewer.get(law)
    assert len(first.content) < 25_000, "read on a telephone"
    for name in numbers:
        assert (f'href="{law}/{name}"' in first.text) == (numbers[name].coming(TODAY) is not None), name
    subjects = {name.partition(".")[0] for name in numbers}
    assert set(re.findall(r'href="\?part=(\w+)"', first.text)) == subjects
    for subject in subjects:
        page = await viewer.get(law, params={"part": subject})
        assert len(page.content) < 75_000, subject
        assert f"law_{subject}" in WORDS and f"<h1>{WORDS[f'law_{subject}']}</h1>" in page.text
        assert {one.partition(".")[0] for one in re.findall(rf'href="{law}/([\w.]+)"', page.text)} == {subject}
    assert (await viewer.get(law, params={"part": "../law"})).status_code == 404


async def test_a_number_stands_with_its_next_value_and_its_old_ones_and_the_chosen_day_goes_along(
    console: Console,
) -> None:
    viewer = await console.as_("viewer", Role.VIEWER)
    page = words_of((await viewer.get(f"{CONTENT}/law", params={"q": "chuan ngheo nong thon"})).text)
    assert re.search(r"1\.500\.000 đồng một tháng từ \S+ 2\.200\.000 đồng một tháng từ 01/01/2027", page)
    later = (await viewer.get(f"{CONTENT}/law", params={"part": "common", "day": "2027-02-01"})).text
    line = words_of(later.partition("common.rural_poverty_line")[2].partition("</tr>")[0])
    assert "2.200.000 đồng một tháng từ 01/01/2027" in line and "giá trị cũ" in line
    assert re.search(r"2\.200\.000.*giá trị cũ.*1\.500\.000", line), "what holds first, what held behind it"
    assert f"{CONTENT}/law/common.rural_poverty_line?day=2027-02-01" in later
    nothing = (await viewer.get(f"{CONTENT}/law", params={"part": "common", "q": "thai san"})).text
    assert "Tìm ở mọi chủ đề" in nothing and 'value="common"' in nothing
    many = (await viewer.get(f"{CONTENT}/law", params={"q": "a"})).text
    assert "Gõ thêm chữ" in many and len(many.encode()) < 75_000


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_every_page_of_content_is_light_and_finds_without_diacritics(console: Console) -> None:
    viewer = await console.as_("viewer", Role.VIEWER)
    for path in ("", "/messages", "/law", "/local", "/stale", "/try", "/local/phu_tho", "/rumours/fund_broke"):
        answer = await viewer.get(f"{CONTENT}{path}")
        assert answer.status_code == 200 and len(answer.content) < 150_000, f"{path}: {len(answer.content)}"
    found = (await viewer.get(f"{CONTENT}/law", params={"q": "chuan ngheo nong thon"})).text
    assert "common.rural_poverty_line" in found and "pension.rate_max" not in found
    hostile = (await viewer.get(CONTENT, params={"q": "<script>alert(1)</script>", "day": "x"})).text
    assert "<script>alert" not in hostile


def test_what_is_old_ends_or_changes_is_listed_with_its_reason(library: Library) -> None:
    templates = load_templates(ROOT / "content", library)
    page = replace(
        library.pages["contribution_amount"], checked=TODAY - timedelta(days=181), valid_to=TODAY + timedelta(days=60)
    )
    old = replace(library, pages={"contribution_amount": page})
    found = {(one.entry.kind, one.entry.name, one.why) for one in concerns(old, templates, TODAY)}
    assert (Kind.ANSWER, "contribution_amount", Why.UNCHECKED) in found
    assert (Kind.ANSWER, "contribution_amount", Why.ENDS) in found
    assert (Kind.LAW, "common.rural_poverty_line", Why.CHANGES) in found
    fine = replace(page, checked=TODAY - timedelta(days=180), valid_to=TODAY + timedelta(days=61))
    of_answers = {
        one.why for one in concerns(replace(library, pages={"x": fine}), {}, TODAY) if one.entry.kind is Kind.ANSWER
    }
    assert not of_answers
    ended = replace(page, valid_to=TODAY - timedelta(days=1), checked=TODAY)
    assert Why.ENDED in {one.why for one in concerns(replace(library, pages={"x": ended}), {}, TODAY)}


def test_what_is_known_to_be_over_asks_for_nothing(library: Library) -> None:
    later = TODAY + timedelta(days=3650)
    resolutions = tuple(replace(one, valid_to=TODAY - timedelta(days=1)) for one in library.local_support)
    over = replace(
        library, pages={}, rumours={}, local_support=tuple(replace(one, status=Status.EXPIRED) for one in resolutions)
    )
    assert {one.entry.kind for one in concerns(over, {}, later)} == {Kind.LAW}
    forgotten = replace(over, local_support=tuple(replace(one, status=Status.ACTIVE) for one in resolutions))
    assert Why.ENDED in {one.why for one in concerns(forgotten, {}, later) if one.entry.kind is Kind.LOCAL}
    assert not [one for one in concerns(library, {}, TODAY) if one.entry.kind is Kind.LAW and one.why is Why.ENDED]


def test_a_change_of_the_law_is_told_for_the_next_day_it_comes_and_no_longer_afterwards(library: Library) -> None:
    def changing(today: date) -> dict[str, date]:
        return {one.entry.name: one.day for one in concerns(library, {}, today) if one.why is Why.CHANGES}

    assert changing(TODAY)["common.rural_poverty_line"] == date(2027, 1, 1)
    assert "common.rural_poverty_line" not in changing(date(2027, 1, 1))


def test_staff_read_words_for_every_code_of_content(library: Library) -> None:
    codes = [
        *(f"calculator_{name}" for name in CALCULATORS),
        *(f"resolution_{status}" for status in Status),
        *(f"why_{why}" for why in Why),
        *Confidence,
        *(conversational_intents() - PRESSED),
        *Kind,
        *(value for page in library.pages.values() for value in page.when.values()),
    ]
    assert [code for code in codes if code not in WORDS] == []


async def asked(console: Console, words: str, *, province: str | None = None) -> int:
    """Let somebody ask what nobody answers; return the number of the item."""
    (person,) = await console.rows("SELECT coalesce(max(id), 0) + 1 AS id FROM person")
    await console.do("INSERT INTO person (id, province) VALUES (:id, :province)", id=person.id, province=province)
    await console.do(
        "INSERT INTO contact (channel, address, person_id) VALUES ('web', :address, :id)", address=str(person.id), id=person.id
    )  # fmt: skip
    await console.do(
        "WITH said AS (INSERT INTO inbox (contact_id, event_id, kind, payload) SELECT id, 'e', 'text', :words FROM contact"
        " WHERE person_id = :id RETURNING id) INSERT INTO open_question (inbox_id, reason) SELECT id, 'no page' FROM said",
        id=person.id, words=words,
    )  # fmt: skip
    return int((await console.rows("SELECT max(id) AS id FROM work_item"))[0].id)


async def test_editors_read_questions_without_who_asked_and_end_them_with_a_note(console: Console) -> None:
    item = await asked(console, "tôi là Nguyễn Thị Hoa 0912345678 <b>nuôi tôm</b> có được đóng không")
    lan = await console.as_("lan", Role.EDITOR)
    page = (await lan.get(f"{CONTENT}/work")).text
    assert "nuôi tôm" in page and "Hoa" not in page and "0912345678" not in page and "<b>nuôi" not in page
    assert (await lan.post(f"{CONTENT}/work/{item}", data={"what": "take"})).status_code == 303
    done = await lan.post(f"{CONTENT}/work/{item}", data={"what": "done", "note": "thêm vào who_can_join"})
    assert done.headers["location"].endswith("said=done")
    assert "nuôi tôm" not in (await lan.get(f"{CONTENT}/work")).text
    over = (await lan.get(f"{CONTENT}/work", params={"shown": "over"})).text
    assert "thêm vào who_can_join" in over
    acts = await console.rows("SELECT act, about, note FROM audit WHERE by = 'lan' ORDER BY id")
    assert [tuple(row) for row in acts] == [("work_take", f"work/{item}", ""), ("work_done", f"work/{item}", "")]


async def test_of_two_who_take_an_item_at_once_one_has_it_and_the_other_is_told(console: Console) -> None:
    item = await asked(console, "nuôi tôm có được đóng không")
    lan, minh = await console.as_("lan", Role.EDITOR), await console.as_("minh", Role.EDITOR)
    answers = await asyncio.gather(*(who.post(f"{CONTENT}/work/{item}", data={"what": "take"}) for who in (lan, minh)))
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert "Người khác đang làm việc này" in next(answer.text for answer in answers if answer.status_code == 400)
    assert len(await console.rows("SELECT FROM audit WHERE act = 'work_take'")) == 1


async def test_an_item_of_another_province_is_not_there(console: Console) -> None:
    own, other = (
        await asked(console, "câu của phú thọ", province="phu_tho"),
        await asked(console, "câu cà mau", province="ca_mau"),
    )
    nowhere = await asked(console, "câu không rõ nơi")
    lan = await console.as_("lan", Role.EDITOR, scope=("phu_tho",))
    page = (await lan.get(f"{CONTENT}/work")).text
    assert "câu của phú thọ" in page and "cà mau" not in page and "không rõ nơi" not in page
    for item in (other, nowhere, 999_999):
        assert (await lan.post(f"{CONTENT}/work/{item}", data={"what": "take"})).status_code == 404
    assert (await lan.post(f"{CONTENT}/work/{own}", data={"what": "take"})).status_code == 303
    file = await lan.post(f"{CONTENT}/work/export")
    assert file.text == "câu của phú thọ\n"
    assert (await console.rows("SELECT note FROM audit WHERE act = 'work_export'"))[0].note == "question: 1"


async def test_a_note_about_who_asked_is_refused(console: Console) -> None:
    item = await asked(console, "nuôi tôm có được đóng không")
    lan = await console.as_("lan", Role.EDITOR)
    answer = await lan.post(f"{CONTENT}/work/{item}", data={"what": "done", "note": "gọi lại 0912 345 678"})
    assert answer.status_code == 400 and "đừng ghi gì về người hỏi" in answer.text
    assert (await console.rows("SELECT state FROM work_item"))[0].state == "open"


async def test_an_editor_chooses_the_topic_of_a_question_and_gets_a_file_to_commit(console: Console) -> None:
    item = await asked(console, "tôi là Nguyễn Thị Hoa nuôi tôm có được đóng không", province="phu_tho")
    lan = await console.as_("lan", Role.EDITOR, scope=("phu_tho",))
    await lan.post(f"{CONTENT}/work/{item}", data={"what": "take"})
    page = (await lan.get(f"{CONTENT}/work")).text
    assert "Thành câu mẫu" in page and "Hoa" not in page
    line = {"what": "line", "topic": "who_can_join", "line": "nuôi tôm có được đóng không"}
    refused = await lan.post(f"{CONTENT}/work/{item}", data={**line, "line": "xxx nuôi tôm"})
    assert refused.status_code == 400 and "còn «xxx»" in refused.text
    far = await console.as_("far", Role.EDITOR, scope=("ca_mau",))
    for address in (f"{CONTENT}/work/{item}", f"{CONTENT}/work/{item}/page"):
        assert (await far.request("GET" if address.endswith("page") else "POST", address, data=line)).status_code == 404
    draft = await lan.get(f"{CONTENT}/work/{item}/page")
    assert (
        "nuôi tôm" in draft.text and "Hoa" not in draft.text and draft.headers["content-disposition"].endswith('.md"')
    )
    assert (await lan.post(f"{CONTENT}/work/{item}", data=line)).status_code == 303
    file = await lan.post(f"{CONTENT}/work/export", data={"form": "yml"})
    assert "- intent: who_can_join\n  examples: |\n    - nuôi tôm có được đóng không\n" in file.text
    assert "nuôi tôm" not in (await far.post(f"{CONTENT}/work/export", data={"form": "yml"})).text
    acts = await console.rows("SELECT act, note FROM audit WHERE by = 'lan' ORDER BY id")
    assert [tuple(row) for row in acts[1:]] == [
        ("work_line", "who_can_join"),
        ("work_export", "nlu_data: 1"),
    ]


async def test_an_act_that_there_is_not_is_refused(console: Console) -> None:
    item = await asked(console, "nuôi tôm có được đóng không")
    lan = await console.as_("lan", Role.EDITOR)
    assert (await lan.post(f"{CONTENT}/work/{item}", data={"what": "delete"})).status_code == 400


async def test_while_rasa_is_away_the_search_answers_and_the_page_says_so(console: Console) -> None:
    viewer, question = await console.as_("viewer", Role.VIEWER), "mức đóng bảo hiểm xã hội tự nguyện thấp nhất"
    answer = await viewer.post(f"{CONTENT}/try", data={"question": question})
    found = console.parts.library.search(question, TODAY)
    assert found and found.text.split("\n")[0] in answer.text
    assert "đang tắt hoặc chậm" in answer.text and "chỉ tra được các mục có sẵn" in answer.text
    piece = await viewer.post(f"{CONTENT}/try", data={"question": "mức đóng <i>"}, headers={"hx-request": "true"})
    assert "<html" not in piece.text and "<i>" not in piece.text
    assert await console.rows("SELECT FROM inbox") == [] == await console.rows("SELECT FROM open_question")


@dataclass
class Understands:
    """A dialogue engine that is there."""

    heard: list[str]

    async def converse(self, sender: str, text: str, known: object) -> Reply:
        self.heard.append(sender)
        return Reply((Message(f"Trả lời: {text}"),))

    async def forget(self, sender: str) -> None:
        raise AssertionError(sender)

    async def understand(self, text: str) -> Understanding:
        return Understanding("pension_amount", 0.91, False, ({"entity": "group", "value": "poor"},))


async def test_a_try_is_read_by_the_path_of_the_chat_each_in_a_conversation_of_its_own(library: Library) -> None:
    engine = Understands([])
    try_it = trying(Responder(library, engine, lambda: TODAY, frozenset()))
    tried = await try_it("luong huu")
    assert tried.understood is not None and tried.understood.topic == "pension_amount"
    assert tried.messages[0].text == "Trả lời: luong huu"
    await try_it("luong huu")
    assert len(set(engine.heard)) == 2
