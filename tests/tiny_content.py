"""A whole project of a few small files, so that a test can break one thing in it and read the complaint."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.conversation.actions import ACTIONS

TODAY = date(2026, 11, 22)

_TOPICS = """\
contribution_amount:
  title: Mức đóng
  scope: How much it costs.
other_in_domain:
  title: Câu hỏi khác
  scope: Anything else on insurance.
  answer: search
out_of_domain:
  title: Chuyện khác
  scope: Anything that is not about insurance.
  answer: none
"""
_PAGE = """\
---
title: Mức đóng mỗi tháng
short: Mỗi tháng đóng {{ law.voluntary_contribution.rate | percent }}.
sources:
  - {document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}
buttons: [contribution_amount, {title: Gặp cán bộ, to: human}]
valid_from: 2025-07-01
valid_to: null
checked: 2026-11-22
---
Bạn đóng {{ law.voluntary_contribution.rate | percent }} mức thu nhập đã chọn.
Thấp nhất: {{ (law.voluntary_contribution.rate * law.common.rural_poverty_line) | dong }}.
"""
_POOR = _PAGE.replace("checked: 2026-11-22\n", "checked: 2026-11-22\nwhen: {group: poor}\n").replace(
    "Bạn đóng", "Hộ nghèo đóng"
)
_RATE = """\
description: Tỷ lệ đóng
metadata:
  unit: /1
  last_value_still_valid_on: 2026-11-22
values:
  2025-07-01:
    value: "0.22"
    metadata:
      confidence: verified
      reference:
        - title: Luật BHXH 41/2024/QH15, Điều 36 khoản 1
"""
_LINE = """\
description: Chuẩn nghèo nông thôn
metadata:
  unit: VND/month
  last_value_still_valid_on: 2026-11-22
values:
  2022-01-01:
    value: 1500000
    metadata:
      confidence: verified
      reference:
        - title: Nghị định 07/2021/NĐ-CP, Điều 3
  2027-01-01:
    value: 2200000
    metadata:
      confidence: verified
      reference:
        - title: Nghị định 351/2025/NĐ-CP
"""
_MESSAGES = """\
stopped:
  text: Đã dừng.
resumed:
  text: Đã nhận lại.
no_words:
  text: Tôi chỉ đọc được chữ.
too_long:
  text: Dài quá.
greet:
  text: Xin chào!
  buttons: [contribution_amount]
sources:
  text: "Căn cứ:"
source:
  text: "• {document}, {article} (từ {since})"
checked:
  text: "Kiểm tra: {day}."
one_source_only:
  text: Có số liệu mới đối chiếu một nguồn.
page_stale:
  text: "Có thể đã cũ: kiểm tra ngày {day}."
page_ended:
  text: "«{title}» đã hết hiệu lực ngày {day}."
page_not_yet:
  text: "«{title}» đến ngày {day} mới có hiệu lực."
"""
_SPEAKER = "\n".join(
    f'texts["{key}"]'
    for key in ("sources", "source", "checked", "one_source_only", "page_stale", "page_ended", "page_not_yet")
)
SUPPORT = """\
title: Nghị quyết 19/2025/NQ-HĐND của HĐND thành phố Hà Nội
scheme: voluntary_si
province: ha_noi
former: [ha_noi]
adopted: null
valid_from: 2026-01-01
valid_to: 2030-12-31
status: active
confidence: high
groups:
  - {group: poor, label: hộ nghèo, kind: percent_of_min_contribution, value: "0.50", max_months: null}
residence: null
checked: 2026-11-22
sources:
  - title: nld.com.vn
note: null
"""
INTENTS = ("contribution_amount", "other_in_domain", "out_of_domain", "greet", "stop", "resume")
PAGE = "content/answers/contribution_amount.md"
RATE = "content/law/voluntary_contribution/rate.yaml"
LINE = "content/law/common/rural_poverty_line.yaml"
MESSAGES = "content/messages/conversation.yaml"
TOPICS = "content/topics.yaml"
DOMAIN = "dialogues/domain/questions.yml"
RULES = "dialogues/rules/questions.yml"


def write_project(root: Path) -> Path:
    """Write the project below the folder and return it; `bot.check` finds no fault in it."""
    files = {
        TOPICS: _TOPICS,
        PAGE: _PAGE,
        "content/answers/contribution_amount.poor.md": _POOR,
        RATE: _RATE,
        LINE: _LINE,
        MESSAGES: _MESSAGES,
        "content/subsidies/ha_noi/nq_19_2025.yaml": SUPPORT,
        DOMAIN: f"intents: [{', '.join(INTENTS)}]\nactions: [utter_greet, {', '.join(ACTIONS)}]\n",
        RULES: "rules:\n" + "".join(f"- {{rule: {name}, steps: [{{intent: {name}}}]}}\n" for name in INTENTS),
        "bot/speaker.py": _SPEAKER,
        **{f"nlu_data/{name}.yml": _examples(name) for name in INTENTS},
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def _examples(intent: str) -> str:
    lines = "".join(f"    - câu {intent} số {number}\n" for number in range(60))
    return f"nlu:\n- intent: {intent}\n  examples: |\n{lines}"


def change(path: Path, old: str, new: str) -> Path:
    """Replace one passage of a file, which must be there, and return the file."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path
