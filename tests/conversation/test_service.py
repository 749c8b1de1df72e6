"""Receiving and answering over a real database: one effect for each event, in order, and stop words obeyed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.conversation.intents import conversational_intents
from bot.conversation.respond import Reply, Responder
from bot.conversation.rules import Event, Kind
from bot.conversation.service import MOST_ATTEMPTS, Conversation
from bot.conversation.turn import Effect, Understanding
from bot.database import open_engine
from bot.errors import RasaAway
from bot.outbox.rules import Message


class Echo:
    """A dialogue engine that says what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        self.heard.append(text)
        return Reply((Message(f"heard {text}"),))

    async def forget(self, sender: str) -> None:
        pass

    async def understand(self, text: str) -> Understanding:
        return Understanding("", 0.0, True)


class Away:
    """A dialogue engine that is down."""

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        raise RasaAway("ConnectError")

    async def forget(self, sender: str) -> None:
        pass

    async def understand(self, text: str) -> Understanding:
        raise RasaAway("ConnectError")


class World:
    """A conversation over a fresh database, and what became of it."""

    def __init__(self, engine: AsyncEngine, library: Library) -> None:
        self.engine, self.library = engine, library
        self.deferred: list[int] = []
        self.conversation = Conversation(engine, self._defer)
        self.echo = Echo()
        self.responder = self.responding(self.echo)

    def responding(self, dialogue: Any) -> Responder:
        return Responder(self.library, dialogue, lambda: date(2026, 11, 22), conversational_intents())

    async def _defer(self, connection: AsyncConnection, contact_id: int) -> None:
        self.deferred.append(contact_id)

    async def rows(self, query: str) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(query))).all())

    async def said(self) -> list[str]:
        return [row.said for row in await self.rows("SELECT body->>'text' AS said FROM outbox ORDER BY id")]

    async def write(
        self,
        contact_id: int,
        payload: str,
        event_id: str = "",
        kind: Kind = Kind.TEXT,
        sequence: int | None = None,
    ) -> bool:
        return await self.conversation.receive(contact_id, Event(event_id or payload[:60], kind, payload, sequence))


@pytest.fixture
async def world(database_url: str, library: Library) -> AsyncIterator[World]:
    engine = open_engine(database_url)
    yield World(engine, library)
    await engine.dispose()


async def test_an_event_that_comes_three_times_is_answered_once(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    assert [await world.write(contact, "xin hỏi", "e1") for _ in range(3)] == [True, False, False]
    await world.conversation.answer_waiting(contact, world.responder)
    await world.conversation.answer_waiting(contact, world.responder)
    assert await world.said() == ["heard xin hỏi"]
    assert world.deferred == [contact]


async def test_two_people_may_use_the_same_event_id(world: World) -> None:
    first, second = [await world.conversation.open_contact("web", name) for name in "ab"]
    assert await world.write(first, "một", "same")
    assert await world.write(second, "hai", "same")


async def test_events_are_answered_in_the_order_in_which_they_came(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    for number in range(5):
        await world.write(contact, f"câu {number}")
    await world.conversation.answer_waiting(contact, world.responder)
    assert await world.said() == [f"heard câu {number}" for number in range(5)]


async def test_what_waits_is_answered_in_the_order_in_which_the_provider_says_it_was_written(world: World) -> None:
    contact = await world.conversation.open_contact("telegram", "7")
    for number in (3, 1, 4, 2):
        await world.write(contact, f"câu {number}", sequence=number)
    await world.conversation.answer_waiting(contact, world.responder)
    assert await world.said() == [f"heard câu {number}" for number in (1, 2, 3, 4)]


async def test_what_comes_late_is_answered_before_what_still_waits_or_else_when_it_comes(world: World) -> None:
    contact = await world.conversation.open_contact("telegram", "7")

    class Overtaken(Echo):
        async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
            await world.write(contact, "câu 1", sequence=1)
            await world.write(contact, "câu 3", sequence=3)
            return await super().converse(sender, text, known)

    for number in (2, 4):
        await world.write(contact, f"câu {number}", sequence=number)
    await world.conversation.answer_waiting(contact, world.responding(Overtaken()))
    assert await world.said() == [f"heard câu {number}" for number in (2, 1, 3, 4)]


@pytest.mark.parametrize(
    ("came", "given"),
    [
        ([("STOP", 2), ("nhận tin lại", 1)], [False]),
        ([("STOP", 1), ("nhận tin lại", 3), ("STOP", 2)], [False, True, False]),
    ],
)
async def test_a_late_wish_for_messages_never_takes_back_a_later_stop_but_a_late_stop_is_obeyed(
    world: World, came: list[tuple[str, int]], given: list[bool]
) -> None:
    contact = await world.conversation.open_contact("zalo_oa", "7")
    for line, sequence in came:
        await world.write(contact, line, f"e{sequence}", sequence=sequence)
        await world.conversation.answer_waiting(contact, world.responder)
    assert [row.given for row in await world.rows("SELECT given FROM consent ORDER BY id")] == given
    assert (await world.said()).count(world.library.text("resumed").filled()) == given.count(True)
    assert not await world.rows("SELECT 1 FROM inbox WHERE answered_at IS NULL")


async def test_a_stop_of_long_ago_does_not_bar_a_wish_that_is_counted_anew(world: World) -> None:
    contact = await world.conversation.open_contact("telegram", "7")
    await world.write(contact, "STOP", sequence=900)
    await world.conversation.answer_waiting(contact, world.responder)
    async with world.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE consent DISABLE TRIGGER consent_append_only"))
        await connection.execute(text("UPDATE consent SET at = at - interval '8 days'"))
    await world.write(contact, "nhận tin lại", sequence=5)
    await world.conversation.answer_waiting(contact, world.responder)
    assert [row.given for row in await world.rows("SELECT given FROM consent ORDER BY id")] == [False, True]


async def test_two_workers_on_one_contact_plan_each_reply_once(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    for number in range(10):
        await world.write(contact, f"câu {number}")
    await asyncio.gather(*(world.conversation.answer_waiting(contact, world.responder) for _ in range(2)))
    assert sorted(await world.said()) == sorted(f"heard câu {number}" for number in range(10))


async def test_many_first_sights_of_one_address_make_one_contact(world: World) -> None:
    found = await asyncio.gather(*(world.conversation.open_contact("web", "a") for _ in range(8)))
    assert len(set(found)) == 1


async def test_stop_is_confirmed_once_recorded_with_its_proof_and_locks_nobody_out(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    for number, line in enumerate(["Dừng nhắn tin nhé", "STOP", "mức đóng bao nhiêu", "nhận tin lại", "dung nhan tin"]):
        await world.write(contact, line, f"e{number}")
    await world.conversation.answer_waiting(contact, world.responder)
    stopped, resumed = world.library.text("stopped").filled(), world.library.text("resumed").filled()
    assert await world.said() == [stopped, "heard mức đóng bao nhiêu", resumed, stopped]
    ledger = await world.rows("SELECT given, proof FROM consent ORDER BY id")
    assert [row.given for row in ledger] == [False, True, False]
    assert all(row.proof.startswith("inbox:") for row in ledger)


async def test_the_consent_ledger_cannot_be_changed(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, "STOP")
    await world.conversation.answer_waiting(contact, world.responder)
    with pytest.raises(Exception, match="append-only"):
        async with world.engine.begin() as connection:
            await connection.execute(text("UPDATE consent SET given = true"))


async def test_with_rasa_away_a_person_is_answered_from_content_and_told(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, "mức đóng thấp nhất mỗi tháng là bao nhiêu")
    await world.conversation.answer_waiting(contact, world.responding(Away()))
    said = await world.said()
    assert any("330.000 đồng" in line for line in said)
    assert said[-1] == world.library.text("limited_service").filled()


async def test_with_rasa_away_and_nothing_found_the_question_is_kept_for_editors(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, "xyzzy plugh")
    await world.conversation.answer_waiting(contact, world.responding(Away()))
    assert (await world.said())[0] == world.library.text("no_answer").filled()
    assert len(await world.rows("SELECT * FROM open_question")) == 1


async def test_a_pressed_topic_is_answered_with_rasa_away(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, "maternity", kind=Kind.BUTTON)
    await world.conversation.answer_waiting(contact, world.responding(Away()))
    assert "2.000.000 đồng" in (await world.said())[0]


async def test_an_effect_of_the_dialogue_is_written_with_the_reply(world: World) -> None:
    class HandsOver(Echo):
        async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
            return Reply((Message("một lát"),), frozenset({Effect.HAND_OVER}))

    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, "cho gặp người thật")
    await world.conversation.answer_waiting(contact, world.responding(HandsOver()))
    assert len(await world.rows("SELECT * FROM hand_over WHERE closed_at IS NULL")) == 1


class Remembers(Echo):
    """A dialogue engine that is told who somebody is, and asks for leave to keep it on the word «nhớ»."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Mapping[str, str]] = []
        self.forgot: list[str] = []

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        self.known.append(dict(known))
        effects = frozenset({Effect.REMEMBER}) if text == "nhớ" else frozenset()
        return Reply((Message(f"heard {text}"),), effects, {"sex": "female", "birth": "1985"})

    async def forget(self, sender: str) -> None:
        self.forgot.append(sender)


async def test_what_is_told_is_kept_only_with_leave_and_handed_to_the_next_dialogue(world: World) -> None:
    contact, dialogue = await world.conversation.open_contact("web", "a"), Remembers()
    for number, line in enumerate(["em nữ sinh 1985", "nhớ", "tính lương hưu"]):
        await world.write(contact, line, f"e{number}")
        await world.conversation.answer_waiting(contact, world.responding(dialogue))
        kept = {row.name: row.value for row in await world.rows("SELECT name, value FROM profile")}
        assert kept == ({} if number == 0 else {"sex": "female", "birth": "1985"})
    assert dialogue.known == [{}, {}, {"sex": "female", "birth": "1985"}]
    ledger = await world.rows("SELECT purpose, given FROM consent")
    assert [(row.purpose, row.given) for row in ledger] == [("profile", True)]


@pytest.mark.parametrize("line", ["quên tôi đi", "QUEN TOI DI", "xóa thông tin của tôi", "Xoá dữ liệu của tôi!"])
async def test_who_asks_to_be_forgotten_is_and_the_dialogue_begins_anew(world: World, line: str) -> None:
    contact, dialogue = await world.conversation.open_contact("web", "a"), Remembers()
    for number, said in enumerate(["nhớ", line, "tính lương hưu", line]):
        await world.write(contact, said, f"e{number}")
    await world.conversation.answer_waiting(contact, world.responding(dialogue))
    assert not await world.rows("SELECT * FROM profile")
    assert dialogue.known == [{}, {}]
    assert dialogue.forgot == [f"contact-{contact}"] * 2
    assert await world.said() == ["", "", "", world.library.text("forgotten").filled()]
    assert [row.given for row in await world.rows("SELECT given FROM consent ORDER BY id")] == [True, False, False]


async def test_an_event_that_breaks_us_gets_a_word_and_does_not_hold_up_the_next(world: World) -> None:
    class Broken(Echo):
        async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
            raise ZeroDivisionError

    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, "câu hỏi")
    await world.write(contact, "STOP")
    await world.conversation.answer_waiting(contact, world.responding(Broken()))
    told = [world.library.text(key).filled() for key in ("our_fault", "stopped")]
    assert await world.said() == told
    assert len(await world.rows("SELECT * FROM open_question")) == 1


async def test_an_event_that_ends_its_worker_each_time_is_given_up_and_the_next_is_answered(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, "câu hỏi")
    async with world.engine.begin() as connection:
        await connection.execute(text("UPDATE inbox SET attempts = :most"), {"most": MOST_ATTEMPTS})
    await world.write(contact, "câu sau")
    await world.conversation.answer_waiting(contact, world.responder)
    assert await world.said() == [world.library.text("our_fault").filled(), "heard câu sau"]


async def test_a_question_taken_for_a_second_stop_is_not_met_with_silence(world: World) -> None:
    class HearsStop(Echo):
        async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
            return Reply((Message("đã dừng"),), frozenset({Effect.STOP}))

    contact = await world.conversation.open_contact("web", "a")
    for number, line in enumerate(["STOP", "thôi đừng gửi mấy cái tin kiểu đó cho tôi"]):
        await world.write(contact, line, f"e{number}")
    await world.conversation.answer_waiting(contact, world.responding(HearsStop()))
    assert await world.said() == [world.library.text("stopped").filled(), "đã dừng"]


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        ("", "no_words"),
        (" \t\u200b ", "no_words"),
        ("👍🏽❤️", "no_words"),
        ("\x00\x01\x02\ufffe", "no_words"),
        ("mức đóng " * 2000, "too_long"),
    ],
)
async def test_what_cannot_be_read_gets_a_polite_reply_and_never_reaches_rasa(
    world: World, payload: str, key: str
) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, payload, "e1")
    await world.conversation.answer_waiting(contact, world.responder)
    assert await world.said() == [world.library.text(key).filled()]
    assert world.echo.heard == []


async def test_decomposed_and_upper_case_text_reaches_rasa_in_one_spelling(world: World) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, "MU\u031b\u0301C  ĐO\u0301NG")
    await world.conversation.answer_waiting(contact, world.responder)
    assert world.echo.heard == ["MỨC ĐÓNG"]


@pytest.mark.parametrize("line", ["/restart", "//session_start", '/greet{"group": "poor"}', "/ /stop"])
async def test_a_typed_slash_is_no_command(world: World, line: str) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, line)
    await world.conversation.answer_waiting(contact, world.responder)
    assert not any(heard.startswith("/") for heard in world.echo.heard)


@pytest.mark.parametrize("target", ["restart", "no_such_topic", "../../etc/passwd", "", "contribution_amount'; --"])
async def test_an_unknown_button_gets_a_polite_reply(world: World, target: str) -> None:
    contact = await world.conversation.open_contact("web", "a")
    await world.write(contact, target, "e1", Kind.BUTTON)
    await world.conversation.answer_waiting(contact, world.responder)
    assert await world.said() == [world.library.text("unknown_button").filled()]
    assert world.echo.heard == []
