"""`python -m bot check` names what is wrong in a survey, a quiz or a rumour before a citizen sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.check import check
from tests.tiny_content import TODAY, change, write_project

QUIZ, RUMOURS = "content/surveys/basics.yaml", "content/rumours.yaml"
_QUIZ = """\
kind: quiz
title: Đố vui
intro: Vài câu thôi.
thanks: Cảm ơn bạn.
questions:
  - key: rate
    ask: Đóng bao nhiêu phần?
    choices:
      a: "{{ law.voluntary_contribution.rate | percent }}"
      b: "{{ (2 * law.voluntary_contribution.rate) | percent }}"
    right: a
    explain: Đóng {{ law.voluntary_contribution.rate | percent }}.
    sources: [{document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}]
valid_from: 2025-07-01
valid_to: null
checked: 2026-11-22
"""
_RUMOURS = """\
rate_doubled:
  title: Mức đóng tăng gấp đôi
  words: [tăng gấp đôi]
  sure: []
  page: contribution_amount
  says: Vẫn là {{ law.voluntary_contribution.rate | percent }}.
  sources: [{document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}]
  buttons: [contribution_amount]
  valid_from: 2025-07-01
  valid_to: null
  checked: 2026-11-22
"""
BROKEN = {
    "a number in a question": (QUIZ, "bao nhiêu phần", "22% hay", "«22%» must come from content/law"),
    "a right answer that is no choice": (QUIZ, "right: a", "right: c", "right: c is none of the choices"),
    "a right answer without a source": (
        QUIZ,
        "[{document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}]",
        "[]",
        "a right answer needs at least one source",
    ),
    "two choices that look the same": (QUIZ, "(2 *", "(1 *", "rate: on 2025-07-01: two choices are the same"),
    "a choice named no": (QUIZ, "      b:", "      no:", "must be a short name"),
    "one choice alone": (
        QUIZ,
        '      b: "{{ (2 * law.voluntary_contribution.rate) | percent }}"\n',
        "",
        "is no choice",
    ),
    "a number that is missing": (QUIZ, "law.voluntary_contribution.rate", "law.pension.years", f"{QUIZ}: on "),
    "a quiz that ended": (QUIZ, "valid_to: null", "valid_to: 2026-11-21", "valid_to: ended on 2026-11-21"),
    "a kind that is none": (QUIZ, "kind: quiz", "kind: game", "kind: must be one of survey, quiz"),
    "a correction with a number": (RUMOURS, "Vẫn là", "Vẫn là 22%,", "rate_doubled: «22%,» must come from"),
    "a correction without a source": (
        RUMOURS,
        "[{document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}]",
        "[]",
        "a correction needs at least one source",
    ),
    "a correction about no topic": (RUMOURS, "page: contribution", "page: weather", "is no topic of content/topics"),
    "a correction whose button leads nowhere": (
        RUMOURS,
        "buttons: [contribution_amount]",
        "buttons: [{title: Thời tiết, to: weather}]",
        "content/rumours: rate_doubled: buttons: weather leads nowhere",
    ),
    "a correction that does not render": (RUMOURS, "contribution.rate |", "contribution.rates |", "rate_doubled: on "),
    "a correction by no campaign": (
        RUMOURS,
        "  sure: []",
        "  sure: []\n  campaign: nobody",
        "there is no content/campaigns/nobody.yaml",
    ),
    "a rumour without words": (RUMOURS, "[tăng gấp đôi]", "[]", "words: is empty"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with a quiz and a rumour, all in order."""
    root = write_project(tmp_path)
    for path, text in ((QUIZ, _QUIZ), (RUMOURS, _RUMOURS)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def test_a_quiz_and_a_rumour_in_order_have_no_fault(project: Path) -> None:
    assert check(project, TODAY) == []


@pytest.mark.parametrize(("file", "old", "new", "complaint"), BROKEN.values(), ids=BROKEN)
def test_one_broken_thing_is_named(project: Path, file: str, old: str, new: str, complaint: str) -> None:
    change(project / file, old, new)
    found = check(project, TODAY)
    assert [fault for fault in found if complaint in fault], found
