"""A small campaign that is in order, so that a test can break one thing in it and read the complaint."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.answers.library import Library
from bot.campaigns.templates import CHANNELS, Pinned, Template, load_template, render
from tests.conftest import TODAY

NUMBER = "8077"
CAMPAIGN = """\
title: Góp ít mà già có lương
purpose: Bà con biết mức đóng.
theme: [y_nghia]
audience: {situations: [nong_dan, tieu_thuong]}
advertising: true
basis:
  - {document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}
valid_from: 2026-11-22
valid_to: 2027-12-31
checked: 2026-11-22
figures: |
  {% set lowest = law.voluntary_contribution.rate * law.common.rural_poverty_line %}
buttons:
  - {title: Tính thử, to: calculate_contribution}
  - {title: Đã đóng rồi, to: paid}
messages:
  a:
    text: Chào {{ person("name", "bà con") }}, thấp nhất {{ lowest | dong }}.
    sms: Chao {{ person("name", "ba con") }}, thap nhat {{ lowest | dong }}.
    for:
      tieu_thuong:
        text: Chào cô chú, thấp nhất {{ lowest | dong }}.
"""
TEXT = "    text: Chào {{ person"
SERIES = (
    CAMPAIGN[: CAMPAIGN.index("messages:")]
    + "steps:\n  -7: {a: {text: Sắp, sms: Sap}}\n  5: {a: {text: Qua, sms: Qua}}\n"
)


def loaded(file: Path, library: Library, text: str = CAMPAIGN) -> Template:
    """The campaign of a text."""
    file.write_text(text, encoding="utf-8")
    return load_template(file, library, {"quiz:basics"})


def all_of(template: Template, library: Library, day: date = TODAY) -> dict[tuple[str, str, str, str], Pinned]:
    """Every message of a campaign by step, arm, situation and channel."""
    made = render(template, library.law, day, library.texts, CHANNELS, refuse_by=NUMBER)
    return {(one.step, one.arm, one.situation, one.channel): one for one in made}
