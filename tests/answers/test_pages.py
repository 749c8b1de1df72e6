"""Reading topics and pages: what is wrong is refused, and the complaint names file, key and reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.answers.pages import Button, Page, Source, load_pages, load_topics
from bot.errors import ContentError
from tests.tiny_content import PAGE, TOPICS, change, write_project


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page that is in order, among its topics."""
    return write_project(tmp_path) / PAGE


def pages(page: Path) -> dict[str, Page]:
    return load_pages(page.parent, load_topics(page.parents[1] / "topics.yaml"))


def complaint(page: Path) -> str:
    with pytest.raises(ContentError) as error:
        pages(page)
    return str(error.value)


def test_a_page_in_order_is_read(page: Path) -> None:
    found = pages(page)["contribution_amount"]
    assert found.title == "Mức đóng mỗi tháng"
    assert found.sources == (Source("Luật BHXH 41/2024/QH15", "Điều 36", date(2025, 7, 1)),)
    assert found.buttons == (Button("Mức đóng", "contribution_amount"), Button("Gặp cán bộ", "human"))
    assert (found.valid_from, found.valid_to, found.checked) == (date(2025, 7, 1), None, date(2026, 11, 22))
    assert (found.topic, found.when, found.words) == ("contribution_amount", {}, ())


def test_a_page_of_a_variant_belongs_to_its_topic_and_tells_for_whom_it_is(page: Path) -> None:
    found = pages(page)["contribution_amount.poor"]
    assert (found.topic, found.when) == ("contribution_amount", {"group": "poor"})


SOURCE = "  - {document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}"
WRONG = {
    "unknown key": ("valid_to: null", "valid_to: null\nauthor: me", "unknown key author"),
    "missing key": ("checked: 2026-11-22\n", "", "missing key checked"),
    "key written twice": ("valid_to: null", "valid_to: null\nvalid_to: null", "key written twice: valid_to"),
    "no title": ("title: Mức đóng mỗi tháng", "title:", "title: must be a text"),
    "a number for a title": ("title: Mức đóng mỗi tháng", "title: 22", "title: must be a text, found 22"),
    "a bare template": ("short: Mỗi tháng đóng {{", "short: {{", "not valid YAML"),
    "no source": (f"sources:\n{SOURCE}", "sources: []", "sources: an answer needs at least one source"),
    "a source without an article": ("article: Điều 36, ", "", "sources[0]: missing key article"),
    "a source without a day": ("since: 2025-07-01}", "since: bây giờ}", "sources[0].since: must be a date"),
    "sources that are no list": (f"sources:\n{SOURCE}", "sources: Luật", "sources: must be a list"),
    "no day of the last check": ("checked: 2026-11-22", "checked: null", "checked: must be a date"),
    "no first day": ("valid_from: 2025-07-01", "valid_from: null", "valid_from: must be a date"),
    "a last day in words": ("valid_to: null", "valid_to: never", "valid_to: must be a date"),
    "a button to no topic": ("[contribution_amount, ", "[contributions, ", "buttons[0]: contributions is no topic"),
    "a button without a title": ("{title: Gặp cán bộ, to: human}", "{to: human}", "buttons[1]: missing key title"),
    "a button without an end": ("title: Gặp cán bộ, to: human", "title: x, to: ''", "buttons[1].to: must be a text"),
    "when on a page for everybody": ("valid_to: null", "valid_to: null\nwhen: {sex: male}", "when: a page <topic>"),
    "no block of keys": ("---\ntitle", "title", "must begin with a block of keys"),
    "a block without an end": ("\n---\n", "\n", "must begin with a block of keys"),
}


@pytest.mark.parametrize(("old", "new", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_page_is_refused_by_name_key_and_reason(page: Path, old: str, new: str, reason: str) -> None:
    found = complaint(change(page, old, new))
    assert found.startswith(str(page))
    assert reason in found


def test_a_page_without_text_is_refused(page: Path) -> None:
    head = page.read_text(encoding="utf-8").rpartition("---\n")[0]
    page.write_text(f"{head}---\n\n", encoding="utf-8")
    assert f"{page}: text: must be a text" in complaint(page)


def test_a_variant_must_tell_for_whom_it_is(page: Path) -> None:
    poor = change(page.with_name("contribution_amount.poor.md"), "when: {group: poor}\n", "")
    assert f"{poor}: when: a page <topic>.<variant>.md needs it" in complaint(page)


@pytest.mark.parametrize("when", ["[poor]", "poor", "{group: }", "{group: [poor]}"])
def test_for_whom_a_variant_is_must_be_keys_and_texts(page: Path, when: str) -> None:
    poor = change(page.with_name("contribution_amount.poor.md"), "{group: poor}", when)
    assert str(poor) in complaint(page)


@pytest.mark.parametrize("name", ["Mức đóng.md", "contribution-amount.md", "a.b.c.md", "2025.md"])
def test_a_page_must_be_named_after_its_topic(page: Path, name: str) -> None:
    assert "name must be <topic>.md or <topic>.<variant>.md" in complaint(page.rename(page.with_name(name)))


def test_a_page_of_no_topic_is_refused(page: Path) -> None:
    renamed = page.rename(page.with_name("weather.md"))
    assert f"{renamed}: weather is no topic" in complaint(renamed)


def test_a_page_that_is_not_utf_8_is_refused(page: Path) -> None:
    page.write_bytes(page.read_text(encoding="utf-8").encode("utf-16"))
    assert f"{page}: not UTF-8" in complaint(page)


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_lines_may_end_as_on_any_system(page: Path, ending: str) -> None:
    page.write_bytes(page.read_text(encoding="utf-8").replace("\n", ending).encode())
    assert "contribution_amount" in pages(page)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("  scope: How much it costs.\n", "", "contribution_amount: missing key scope"),
        ("  scope: How", "  owner: me\n  scope: How", "contribution_amount: unknown key owner"),
        ("answer: search", "answer: magic", "other_in_domain.answer: must be one of none, page, search"),
        ("answer: search", "answer: [search]", "other_in_domain.answer: must be one of none, page, search"),
        ("title: Mức đóng", "title: 22", "contribution_amount.title: must be a text"),
        ("other_in_domain:", "out_of_domain:", "key written twice: out_of_domain"),
    ],
)
def test_a_wrong_topic_is_refused_by_name_key_and_reason(page: Path, old: str, new: str, reason: str) -> None:
    topics = change(page.parents[2] / TOPICS, old, new)
    found = complaint(page)
    assert found.startswith(str(topics))
    assert reason in found


def test_topics_that_are_no_mapping_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text("- contribution_amount\n", encoding="utf-8")
    with pytest.raises(ContentError, match="expected topics by name"):
        load_topics(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"topics\.yaml: missing"):
        load_topics(tmp_path / "topics.yaml")
