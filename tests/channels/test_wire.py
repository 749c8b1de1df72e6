"""What goes over the web chat's socket: a page cannot be trusted to be ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.webchat.wire import (
    LONGEST_ID,
    Hello,
    Received,
    read_frame,
    write_history,
    write_messages,
    write_stored,
)
from bot.conversation.rules import Event, Kind
from bot.outbox.rules import Message
from tests.texts import any_text

TYPED = {"kind": "text", "id": "a1", "payload": "mức đóng"}


@pytest.mark.parametrize(
    ("frame", "read"),
    [
        (TYPED, Event("a1", Kind.TEXT, "mức đóng")),
        ({**TYPED, "kind": "button", "payload": "menu"}, Event("a1", Kind.BUTTON, "menu")),
        ({**TYPED, "payload": ""}, Event("a1", Kind.TEXT, "")),
        ({**TYPED, "id": "x" * LONGEST_ID}, Event("x" * LONGEST_ID, Kind.TEXT, "mức đóng")),
        ({**TYPED, "more": 1}, Event("a1", Kind.TEXT, "mức đóng")),
        ({"kind": "hello", "row": 0}, Hello(0)),
        ({"kind": "received", "row": 2**63 - 1}, Received(2**63 - 1)),
    ],
)
def test_a_known_frame_is_read(frame: dict[str, Any], read: object) -> None:
    assert read_frame(json.dumps(frame)) == read
    assert read_frame(json.dumps(frame).encode()) == read


STRANGE: list[Any] = [
    None, [], "text", 7, {}, {"kind": "shout"}, {"kind": None}, {"kind": ["text"]}, {"kind": {}},
    {**TYPED, "id": ""}, {**TYPED, "id": 1}, {**TYPED, "id": None}, {**TYPED, "id": "x" * (LONGEST_ID + 1)},
    {**TYPED, "payload": None}, {**TYPED, "payload": 7}, {**TYPED, "payload": ["x"]}, {"kind": "text", "id": "a1"},
    {"kind": "hello"}, {"kind": "hello", "row": -1}, {"kind": "hello", "row": "1"}, {"kind": "hello", "row": 1.0},
    {"kind": "received", "row": True}, {"kind": "received", "row": 2**63}, {"kind": "received", "row": None},
]  # fmt: skip


@pytest.mark.parametrize("frame", STRANGE)
def test_a_strange_frame_is_nothing(frame: Any) -> None:
    assert read_frame(json.dumps(frame)) is None


@pytest.mark.parametrize(
    "raw",
    [None, "", b"", "{", "null", "NaN", b"\xff\xfe", "[" * 100_000, '{"kind": "hello", "row": ' + "9" * 5000 + "}"],
)
def test_what_is_no_json_is_nothing(raw: str | bytes | None) -> None:
    assert read_frame(raw) is None


@given(st.one_of(st.binary(max_size=200), any_text))
def test_any_bytes_and_any_text_can_be_read(raw: bytes | str) -> None:
    assert read_frame(raw) is None or isinstance(read_frame(raw), Event | Hello | Received)


_values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text, st.lists(st.integers(), max_size=2))


@given(
    st.fixed_dictionaries(
        {"kind": st.one_of(st.sampled_from(["text", "button", "hello", "received"]), _values)},
        optional={"id": _values, "payload": _values, "row": _values},
    )
)
def test_any_object_can_be_read(frame: dict[str, Any]) -> None:
    read = read_frame(json.dumps(frame))
    if isinstance(read, Event):
        assert 0 < len(read.event_id) <= LONGEST_ID


@pytest.mark.parametrize("sign", ["\u0000", "\ud800", "\udfff"])
def test_what_the_database_cannot_hold_is_dropped(sign: str) -> None:
    assert read_frame(json.dumps({**TYPED, "id": f"a{sign}1", "payload": f"mức{sign} đóng"})) == Event(
        "a1", Kind.TEXT, "mức đóng"
    )


@pytest.mark.parametrize("event_id", ["\u0000", "\ud800", "\u0000\ud800"])
def test_an_id_of_nothing_that_can_be_stored_is_nothing(event_id: str) -> None:
    assert read_frame(json.dumps({**TYPED, "id": event_id})) is None


def test_a_stored_event_is_named() -> None:
    assert json.loads(write_stored("a1")) == {"kind": "stored", "id": "a1"}


def test_messages_carry_their_rows_texts_and_buttons_and_nothing_else() -> None:
    message = Message("Chào", (), "greet", ("Luật",), {"what": "table", "province": "ha_noi"}, file={"kind": "ics"})
    written = write_messages([(7, message.body())])
    beside = {"picture": True, "file": True}  # that there is one, not what it is about
    shown = {"row": 7, "text": "Chào", "buttons": [], **beside}
    assert json.loads(written) == {"kind": "messages", "messages": [shown]}
    assert "Chào" in written


def test_history_is_written_in_order() -> None:
    said = [{"who": "me", "text": "a"}, {"who": "bot", "text": "b"}]
    assert json.loads(write_history(iter(said))) == {"kind": "history", "said": said}
