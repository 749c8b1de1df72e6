"""The conversation in a terminal: numbers press buttons, everything else is typed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.channels.terminal import chat, chosen, shown
from bot.conversation.respond import Reply, Responder
from bot.conversation.rules import Event, Kind
from bot.conversation.turn import Understanding
from bot.outbox.rules import Message
from tests.texts import any_text

BUTTONS = (Button("Mức đóng", "contribution_amount"), Button("Xem tất cả", "menu"))


@pytest.mark.parametrize(("line", "target"), [("1", "contribution_amount"), ("2", "menu"), ("02", "menu")])
def test_the_number_of_a_button_presses_it(line: str, target: str) -> None:
    assert chosen(line, BUTTONS, 5) == Event("5", Kind.BUTTON, target)


@pytest.mark.parametrize("line", ["0", "3", "-1", "1.", "1 2", "một", "", "²", "①", "9" * 5000])
def test_anything_else_is_typed(line: str) -> None:
    assert chosen(line, BUTTONS, 5) == Event("5", Kind.TEXT, line)


@given(any_text)
def test_any_line_is_an_event(line: str) -> None:
    assert chosen(line, (), 1) == Event("1", Kind.TEXT, line)


def test_a_message_shows_its_buttons_with_their_numbers() -> None:
    assert shown(Message("Chào bạn", BUTTONS)) == "Chào bạn\n  [1] Mức đóng\n  [2] Xem tất cả"
    assert shown(Message("Chào bạn")) == "Chào bạn"


class Echo:
    """A dialogue engine that says what it heard."""

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        return Reply((Message(f"heard {text}", BUTTONS),))

    async def forget(self, sender: str) -> None:
        pass

    async def understand(self, text: str) -> Understanding:
        return Understanding("", 0.0, True)


async def talked(library: Library, monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    await chat(Responder(library, Echo(), lambda: date(2026, 11, 22), frozenset({"menu"})))


async def test_it_greets_answers_and_lets_buttons_be_pressed(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await talked(library, monkeypatch, "mức đóng\n2\n")
    shown_there = capsys.readouterr().out
    assert shown_there.index(library.text("greet").text) < shown_there.index("heard mức đóng")
    assert shown_there.index("heard mức đóng") < shown_there.index("heard /menu")


@pytest.mark.parametrize("word", ["exit", "quit", "THOÁT", " thoát "])
async def test_the_person_may_leave(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    await talked(library, monkeypatch, f"{word}\nmức đóng\n")
    assert "heard" not in capsys.readouterr().out


async def test_an_empty_line_is_answered_and_does_not_end_the_talk(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await talked(library, monkeypatch, "\nmức đóng\n")
    shown_there = capsys.readouterr().out
    assert library.text("no_words").text in shown_there
    assert "heard mức đóng" in shown_there
