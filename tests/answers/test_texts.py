"""Reading and filling the sentences between answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.answers.pages import Button, load_topics
from bot.answers.texts import Text, load_texts
from bot.errors import ContentError
from tests.tiny_content import MESSAGES, change, write_project


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of texts that is in order."""
    return write_project(tmp_path) / MESSAGES


def texts(file: Path) -> dict[str, Text]:
    return load_texts(file.parent, load_topics(file.parents[1] / "topics.yaml"))


def test_texts_in_order_are_read(file: Path) -> None:
    found = texts(file)["greet"]
    assert (found.text, found.buttons) == ("Xin chào!", (Button("Mức đóng", "contribution_amount"),))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("  text: Xin chào!", "  words: Xin chào!", "greet: unknown key words"),
        ("  text: Xin chào!\n", "", "greet: missing key text"),
        ("text: Xin chào!", "text:", "greet.text: must be a text"),
        ("[contribution_amount]", "[weather]", "greet.buttons[0]: weather is no topic"),
        ("[contribution_amount]", "contribution_amount", "greet.buttons: must be a list"),
        ("greet:", "stopped:", "key written twice: stopped"),
        ("  text: Xin chào!", "  - Xin chào!", "not valid YAML"),
    ],
)
def test_a_wrong_text_is_refused_by_name_key_and_reason(file: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(ContentError) as error:
        texts(change(file, old, new))
    assert str(error.value).startswith(str(file))
    assert reason in str(error.value)


def test_a_key_in_two_files_is_refused(file: Path) -> None:
    other = file.with_name("more.yaml")
    other.write_text("greet:\n  text: Chào!\n", encoding="utf-8")
    with pytest.raises(ContentError) as error:
        texts(file)
    assert str(error.value) == f"{other}: greet: stands in another file too"


def test_a_file_that_is_no_mapping_is_refused(file: Path) -> None:
    file.write_text("- Xin chào!\n", encoding="utf-8")
    with pytest.raises(ContentError, match="expected texts by key"):
        texts(file)


CALL = Text("call", "Gọi {hotline} ngày {day}.", ())


def test_a_text_names_its_placeholders() -> None:
    assert CALL.placeholders == {"hotline", "day"}


def test_a_filled_text_has_its_values() -> None:
    assert CALL.filled(hotline="1900 9068", day="01/02/2027", more="x") == "Gọi 1900 9068 ngày 01/02/2027."


def test_a_missing_value_is_an_error_that_names_text_and_placeholder() -> None:
    with pytest.raises(ContentError, match="text call: no value for day, hotline"):
        CALL.filled()


@pytest.mark.parametrize("value", ["{day}", "{hotline}", "100%", r"\1", "{"])
def test_what_a_value_holds_is_never_filled_in_turn(value: str) -> None:
    assert CALL.filled(hotline=value, day="D") == f"Gọi {value} ngày D."


def test_no_text_of_the_content_is_left_with_an_open_bracket(library: Library) -> None:
    for text in library.texts.values():
        filled = text.filled(**dict.fromkeys(text.placeholders, "x"))
        assert "{" not in filled, text.key
