"""`understand` and `ask`: one line in, one line out, in order, whatever a line holds."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.answers.library import Library
from bot.conversation.respond import Reply, Responder
from bot.conversation.rules import LONGEST
from bot.conversation.turn import Understanding
from bot.errors import RasaAway
from bot.machines import AT_ONCE, Answering, answer_lines, asking, understanding
from bot.outbox.rules import Message
from bot.wiring import Parts


async def echo(line: str, text: str) -> dict[str, Any]:
    return {"line": line, "heard": text}


async def answered(lines: str, answering: Answering = echo) -> tuple[int, list[dict[str, Any]]]:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    bad = await answer_lines(io.StringIO(lines), out, answering)
    return bad, [json.loads(line) for line in raw.getvalue().decode().splitlines()]


async def test_every_line_gets_its_answer_under_its_id() -> None:
    bad, found = await answered(
        '{"id": "a", "text": "mức đóng"}\n{"id": 7, "text": "lương hưu", "more": 1}\n{"text": "x"}'
    )
    assert bad == 0
    assert [(line["id"], line["heard"]) for line in found] == [("a", "mức đóng"), (7, "lương hưu"), (None, "x")]


async def test_empty_lines_and_an_empty_file_are_nothing() -> None:
    assert await answered("") == (0, [])
    assert [line["heard"] for line in (await answered('\n  \n{"text": "x"}\n\n'))[1]] == ["x"]


@pytest.mark.parametrize(
    "line", ["{", "null", "7", "[]", '"text"', "{}", '{"text": null}', '{"text": 7}', '{"text": ["x"]}']
)
async def test_a_line_that_cannot_be_read_is_counted_and_named_and_the_rest_answered(line: str) -> None:
    bad, found = await answered(f'{{"id": 1, "text": "a"}}\n{line}\n{{"id": 3, "text": "b"}}\n')
    assert bad == 1
    assert [answer["id"] for answer in found] == [1, None, 3]
    assert found[1]["error"].startswith("line 2 is not of the form")


@pytest.mark.parametrize("line", ["[" * 100_000, '{"text": ' + "9" * 5000 + "}"])
async def test_a_monstrous_line_is_an_error_of_that_line(line: str) -> None:
    bad, found = await answered(f'{line}\n{{"id": 2, "text": "b"}}\n')
    assert bad == 1
    assert found[1]["heard"] == "b"


async def test_half_a_sign_in_text_or_id_harms_nothing() -> None:
    _, found = await answered('{"id": 1, "text": "m\\ud800ức"}\n')
    assert found[0]["heard"] == "mức"
    bad, found = await answered('{"id": "\\ud800", "text": "a"}\n{"id": 2, "text": "b"}\n')
    assert len(found) == 2


async def test_answers_come_in_the_order_of_the_lines() -> None:
    async def slower_first(line: str, text: str) -> dict[str, Any]:
        for _ in range(20 - int(line)):
            await asyncio.sleep(0)
        return {}

    lines = "".join(json.dumps({"id": number, "text": "x"}) + "\n" for number in range(1, 13))
    _, found = await answered(lines, slower_first)
    assert [line["id"] for line in found] == list(range(1, 13))


async def test_several_lines_are_under_way_at_a_time_but_not_more_than_rasa_bears() -> None:
    under_way: list[str] = []
    go_on = asyncio.Event()

    async def waiting(line: str, text: str) -> dict[str, Any]:
        under_way.append(line)
        await go_on.wait()
        return {}

    answering = asyncio.create_task(answered('{"text": "x"}\n' * 12, waiting))
    async with asyncio.timeout(60):
        while len(under_way) < AT_ONCE:
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.05)
    assert len(under_way) == AT_ONCE
    go_on.set()
    assert len((await answering)[1]) == 12


class Sure:
    """A dialogue engine that is always sure."""

    def __init__(self) -> None:
        self.senders: list[str] = []

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        self.senders.append(sender)
        return Reply((Message(f"heard {text}", sources=("Luật",)), Message("and more", sources=("Nghị định",))))

    async def forget(self, sender: str) -> None:
        pass

    async def understand(self, text: str) -> Understanding:
        return Understanding("pension_amount", 0.123456, False, ({"entity": "group", "value": "poor"},))


class Away(Sure):
    """A dialogue engine that is down."""

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        raise RasaAway("ConnectError")


def responder(library: Library, dialogue: Sure) -> Responder:
    return Responder(library, dialogue, lambda: date(2026, 11, 22), frozenset())


async def test_ask_returns_all_texts_and_sources_and_each_line_is_a_conversation_of_its_own(library: Library) -> None:
    sure = Sure()
    lines = '{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n'
    _, found = await answered(lines, asking(responder(library, sure), "run"))
    assert found[0] == {"id": 1, "answer": "heard a\n\nand more", "sources": ["Luật", "Nghị định"], "buttons": []}
    assert len(set(sure.senders)) == 2


async def test_ask_answers_from_the_content_when_rasa_is_away(library: Library) -> None:
    _, (found,) = await answered('{"id": 1, "text": "mức đóng thấp nhất"}\n', asking(responder(library, Away()), "run"))
    # 22 % of 1.500.000: Luật BHXH 2024, Điều 36; Nghị định 07/2021/NĐ-CP, Điều 3.
    assert "330.000 đồng" in found["answer"]
    assert found["sources"]
    assert found["buttons"]


@pytest.mark.parametrize(
    ("text", "topic", "fallback"),
    [
        ("lương hưu bao nhiêu", "pension_amount", False),
        ("👍", "out_of_domain", True),
        ("", "out_of_domain", True),
        ("a" * (LONGEST + 1), "out_of_domain", True),
    ],
)
async def test_understand_names_the_topic_or_that_there_is_nothing_to_read(
    library: Library, text: str, topic: str, fallback: bool
) -> None:
    parts = cast(Parts, SimpleNamespace(responder=responder(library, Sure())))
    _, (found,) = await answered(json.dumps({"id": 1, "text": text}), understanding(parts))
    assert (found["topic"], found["fallback"]) == (topic, fallback)
    assert found["confidence"] in (0.1235, 0.0)
    assert found["entities"] == ([] if fallback else [{"entity": "group", "value": "poor"}])
