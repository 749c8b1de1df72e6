"""`python -m bot check`: one thing broken, one complaint that names file, key and reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.check import check
from bot.settings import ROOT
from tests.tiny_content import DOMAIN, MESSAGES, PAGE, RATE, RULES, TODAY, TOPICS, change, write_project

NLU = "nlu_data/contribution_amount.yml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project that is in order."""
    return write_project(tmp_path)


def test_what_is_written_today_is_in_order() -> None:
    assert check(ROOT, TODAY) == []


def test_a_project_in_order_has_no_fault(project: Path) -> None:
    assert check(project, TODAY) == []


BROKEN = {
    "unknown key": (RATE, "description:", "note: x\ndescription:", "{root}/{file}: unknown key note"),
    "float": (RATE, '"0.22"', "0.22", "must be a decimal in quotes, found 0.22"),
    "a number from memory": (
        RATE,
        "verified",
        "from-memory",
        "{root}/content/answers/contribution_amount.md: on 2026-11-22: ",
    ),
    "a number checked in the future": (
        RATE,
        "valid_on: 2026-11-22",
        "valid_on: 2026-11-24",
        "{root}/content/law: voluntary_contribution.rate: last_value_still_valid_on is in the future",
    ),
    "a number that ends": (
        RATE,
        "values:",
        "values:\n  2028-01-01: {value: null, metadata: {confidence: verified, reference: [{title: Luật}]}}",
        "contribution_amount.md: on 2028-01-01: contribution_amount: voluntary_contribution.rate has no value on 2028-01-01",
    ),
    "page without source": (
        PAGE,
        "\n  - {document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}",
        " []",
        "{root}/{file}: sources: an answer needs at least one source",
    ),
    "page with a number of the law": (
        PAGE,
        "mức thu nhập",
        "của 1.500.000",
        "{root}/{file}: «1.500.000» must come from",
    ),
    "short form with a number": (PAGE, "Mỗi tháng đóng {{", "Đóng 22% là {{", "{root}/{file}: «22%» must come from"),
    "title with a number": (PAGE, "title: Mức", "title: Đủ 15 năm, mức", "{root}/{file}: «15» must come from"),
    "page that ended": (PAGE, "valid_to: null", "valid_to: 2026-11-21", "{root}/{file}: valid_to: ended on 2026-11-21"),
    "page checked in the future": (
        PAGE,
        "checked: 2026-11-22",
        "checked: 2026-11-24",
        "{root}/{file}: checked: 2026-11-24 is in the future",
    ),
    "page resting on a law of tomorrow": (
        PAGE,
        "since: 2025-07-01",
        "since: 2026-11-23",
        "{root}/{file}: sources: rests on a document that is not yet in force",
    ),
    "page that does not render": (PAGE, "law.common.", "law.commons.", "{root}/{file}: on 2025-07-01: "),
    "button of a page to nowhere": (
        PAGE,
        "to: human",
        "to: weather",
        "{root}/content/answers: contribution_amount: buttons: weather leads nowhere",
    ),
    "button of a text to nowhere": (
        MESSAGES,
        "[contribution_amount]",
        "[{title: Thời tiết, to: weather}]",
        "{root}/content/messages: greet: buttons: weather leads nowhere",
    ),
    "text nobody asks for": (
        MESSAGES,
        "greet:",
        "x:\n  text: x\ngreet:",
        "{root}/content/messages: x: nothing asks for it",
    ),
    "text that is missing": (
        MESSAGES,
        "too_long:\n  text: Dài quá.\n",
        "",
        "{root}/content/messages: no text with the key too_long",
    ),
    "text of the domain that is missing": (
        DOMAIN,
        "utter_greet",
        "utter_greet, utter_bye",
        "{root}/content/messages: no text with the key bye",
    ),
    "text that code asks for and that is missing": (
        "bot/speaker.py",
        'texts["sources"]',
        'texts["sources"], say(library, "farewell"), self.library.text("hint")',
        "{root}/content/messages: no text with the key farewell",
    ),
    "topic without a page": (
        TOPICS,
        "other_in_domain:",
        "maternity: {title: Thai sản, scope: x}\nother_in_domain:",
        "{root}/content/answers/maternity.md: missing",
    ),
    "topic without an intent": (
        TOPICS,
        "other_in_domain:",
        "maternity: {title: Thai sản, scope: x}\nother_in_domain:",
        "{root}/dialogues/domain/questions.yml: intent maternity is missing",
    ),
    "intent without a topic": (
        DOMAIN,
        "[contribution",
        "[maternity, contribution",
        "{root}/content/topics.yaml: maternity is",
    ),
    "intent without a rule": (
        RULES,
        "{intent: greet}",
        "{action: x}",
        "{root}/dialogues/rules: no rule begins with greet",
    ),
    "wish without an intent": (
        DOMAIN,
        ", stop,",
        ",",
        "{root}/dialogues/domain/conversation.yml: intent stop is missing",
    ),
    "action without a function": (
        DOMAIN,
        "utter_greet",
        "utter_greet, action_dance",
        "{root}/dialogues/domain: action action_dance has no function in bot/conversation/actions.py",
    ),
    "function without an action": (
        DOMAIN,
        "action_hand_over, ",
        "",
        "{root}/dialogues/domain: action action_hand_over is missing",
    ),
    "NLU line under two intents": (
        NLU,
        "câu contribution_amount số 0",
        "Câu  greet số 0",
        "{root}/nlu_data/greet.yml: «câu greet số 0» stands under contribution_amount too",
    ),
    "too few NLU lines": (
        NLU,
        "    - câu contribution_amount số 0\n",
        "",
        "{root}/{file}: 59 examples; at least 60 are needed",
    ),
    "NLU file of another intent": (
        NLU,
        "intent: contribution_amount",
        "intent: greet",
        "{root}/{file}: must hold the one intent contribution_amount",
    ),
    "NLU line not in NFC": (NLU, "câu contribution_amount số 0", "cu\u0301 số 0", "is not in NFC"),
    "NLU line with Rasa's syntax": (NLU, "câu contribution_amount số 0", "[nghèo](group)", "are Rasa's syntax"),
    "NLU line that is a command": (NLU, "câu contribution_amount số 0", "/stop", "are Rasa's syntax"),
}


@pytest.mark.parametrize(("file", "old", "new", "complaint"), BROKEN.values(), ids=BROKEN)
def test_one_broken_thing_is_named(project: Path, file: str, old: str, new: str, complaint: str) -> None:
    change(project / file, old, new)
    found = check(project, TODAY)
    assert [fault for fault in found if complaint.format(root=project, file=file) in fault], found


def test_an_intent_without_nlu_data_is_named(project: Path) -> None:
    (project / "nlu_data" / "greet.yml").unlink()
    assert f"{project}/nlu_data/greet.yml: missing" in check(project, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "Luật BHXH 2024",
        "theo Điều 36",
        "Nghị định 159/2025/NĐ-CP",
        "Luật 41/2024/QH15",
        "ngày 01/07/2025",
        "tháng 7/2025",
    ],
)
def test_names_of_laws_articles_and_days_are_no_numbers_of_the_law(project: Path, text: str) -> None:
    change(project / PAGE, "mức thu nhập", text)
    assert check(project, TODAY) == []


def test_every_page_renders_on_every_day_on_which_the_law_is_known_to_change(project: Path) -> None:
    # The line of 2027 is known today; a page that cannot live with it is found before citizens find it.
    change(project / PAGE, "mức thu nhập", "{{ (1 / (2200000 - law.common.rural_poverty_line)) | number }}")
    found = check(project, date(2026, 11, 22))
    assert found
    assert all("on 2027-01-01" in fault for fault in found)


def test_a_leaflet_that_cannot_be_made_is_named_with_its_place(project: Path) -> None:
    (project / "content" / "leaflets").mkdir()
    assert any("content/leaflets: leaflet of phu_tho: " in fault for fault in check(project, TODAY)), (
        "the law lacks its numbers"
    )
