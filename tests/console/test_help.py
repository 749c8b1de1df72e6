"""Help: each page has its own, whoever begins finds where to, and what it quotes can be seen in the console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.campaigns.said import ACTS
from bot.console.campaign_words import REASONS
from bot.console.pages import PAGES
from bot.console.pages.bookings import VIEWS
from bot.console.pages.help_pages import FIRSTS, FOLDER
from bot.console.pages.surveys import FEW_THERE, NOTE
from bot.console.render import TEMPLATES
from bot.console.visit import HOME
from bot.console.words import MENUS, SAID, WORDS
from bot.reports.rules import HIDDEN
from bot.staff.rules import Role
from tests.console.conftest import Console

FILES = sorted(FOLDER.glob("*.md"))
OF_OTHERS = {
    "CSV UTF-8",  # Excel's own
    "xóa dữ liệu của tôi",  # what people write
    "chuẩn nghèo",
    "Bà con làm ruộng",
}


def test_each_page_has_its_help_and_each_help_its_page() -> None:
    for page in PAGES:
        if page.get:
            assert page.help and (FOLDER / f"{page.help}.md").is_file(), f"{page.path} has no help"
    assert {file.stem for file in FILES} == {page.help for page in PAGES if page.get} | {*FIRSTS}
    for file in FILES:
        words = file.read_text(encoding="utf-8")
        assert words.startswith("# ") and "## Làm thế nào" in words and "## Nếu" in words, file.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_help_page_quotes_stands_in_the_console(file: Path, library: Library) -> None:
    sources = [path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")]
    seen = " ".join([*sources, *(re.sub(r"\{[{%].*?[}%]\}", "…", one) for one in sources)])
    words = [
        *MENUS.values(),
        *SAID.values(),
        *WORDS.values(),
        *REASONS.values(),
        *ACTS.values(),
        *VIEWS.values(),
        FEW_THERE,
        NOTE,
        HIDDEN,
    ]
    titles = [page.title for page in PAGES] + [text.text for text in library.texts.values()]
    everything = re.sub(r"\s+", " ", " ".join([seen, *words, *titles]))
    quoted = re.findall(r"«([^»]+)»", file.read_text(encoding="utf-8"))
    assert [one for one in quoted if one not in everything and one not in OF_OTHERS] == []


async def test_the_list_of_help_leads_to_all_of_it_and_begins_with_the_beginning(console: Console) -> None:
    viewer = await console.as_("vi", Role.VIEWER)
    page = (await viewer.get(f"{HOME}/help")).text
    led = re.findall(rf'<li><a href="{HOME}/help/(\w+)">', page)
    assert tuple(led[: len(FIRSTS)]) == FIRSTS and sorted(led) == [file.stem for file in FILES]
    for name in led:
        assert (await viewer.get(f"{HOME}/help/{name}")).status_code == 200
