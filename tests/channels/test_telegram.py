"""Telegram: what updates say, what is sent, what refusals mean, and that no update is confirmed before it is stored."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.pages import Button
from bot.channels.telegram.errors import outcome_of
from bot.channels.telegram.parse import parse, read_update, verify
from bot.channels.telegram.poll import Updates, poll
from bot.channels.telegram.send import Telegram
from bot.conversation.inbound import BadBody, Inbound, InboundKind
from bot.outbox.contract import (
    Ask,
    Ended,
    Outcome,
    Part,
    Reject,
    Retry,
    Sent,
    StopChannel,
    StopContact,
    Unknown,
    Upload,
)
from tests.channels.hostile import NO_BODIES, raw_bodies, spoilt, values
from tests.channels.provider import BREAK, SILENCE, Answer, Provider, clients, nowhere, provider

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TOKEN = "123456:secret-of-the-bot"
CHAT, PERSON = {"id": 123, "type": "private"}, {"id": 123, "is_bot": False, "first_name": "Nguyễn"}
MESSAGE: dict[str, Any] = {"message_id": 5, "date": 1790000000, "chat": CHAT, "from": PERSON}
AT = datetime.fromtimestamp(1790000000, UTC)


def said(**content: Any) -> dict[str, Any]:
    """An update with a message."""
    return {"update_id": 1, "message": MESSAGE | content}


PRESS = {"update_id": 2, "callback_query": {"id": "77", "from": PERSON, "message": MESSAGE | {"text": "Chọn"}, "data": "bk:slot:42"}}  # fmt: skip
GONE = {"update_id": 3, "my_chat_member": {"chat": CHAT, "from": PERSON, "date": 1790000000, "new_chat_member": {"status": "kicked"}}}  # fmt: skip
CARD = {"phone_number": "84912345678", "first_name": "Nguyễn", "user_id": 123}
PLACE = {"latitude": 10.762622, "longitude": 106.660172}


@pytest.mark.parametrize(
    ("content", "kind", "payload"),
    [
        ({"text": "mức đóng"}, InboundKind.TEXT, "mức đóng"),
        ({"text": "/start"}, InboundKind.START, ""),
        ({"text": "/start ev_2026_11_xaA"}, InboundKind.START, "ev_2026_11_xaA"),
        ({"text": "/start@AnSinhBot ag-7"}, InboundKind.START, "ag-7"),
        ({"text": "/start <script>"}, InboundKind.START, ""),
        ({"text": "/start " + "x" * 65}, InboundKind.START, ""),
        ({"text": "/started"}, InboundKind.TEXT, "/started"),
        ({"text": "/dung"}, InboundKind.TEXT, "/dung"),
        ({"contact": CARD}, InboundKind.CONTACT, "84912345678"),
        ({"contact": CARD | {"user_id": 124}}, InboundKind.OTHER, "contact"),
        ({"contact": {"phone_number": "84912345678"}}, InboundKind.OTHER, "contact"),
        ({"location": PLACE}, InboundKind.LOCATION, "10.762622,106.660172"),
        ({"location": {"latitude": 1e9, "longitude": 1}}, InboundKind.OTHER, "unknown"),
        ({"photo": [], "caption": "sổ của tôi"}, InboundKind.TEXT, "sổ của tôi"),
        ({"voice": {}}, InboundKind.OTHER, "voice"),
        ({}, InboundKind.OTHER, "unknown"),
    ],
)
def test_a_message_says_one_thing(content: dict[str, Any], kind: InboundKind, payload: str) -> None:
    assert parse(json.dumps(said(**content)).encode()) == [Inbound("1", "123", kind, payload, AT, 1, about="5")]


def test_a_press_says_what_was_pressed_where_and_whom_to_answer() -> None:
    pressed = Inbound("2", "123", InboundKind.BUTTON, "bk:slot:42", sequence=2, about="5", answer_to="77")
    assert read_update(PRESS) == [pressed]


@pytest.mark.parametrize(("status", "kind"), [("kicked", InboundKind.BLOCKED), ("member", InboundKind.UNBLOCKED)])
def test_blocking_and_unblocking_are_told(status: str, kind: InboundKind) -> None:
    change = {"chat": CHAT, "date": 1790000000, "new_chat_member": {"status": status}}
    assert read_update({"update_id": 3, "my_chat_member": change}) == [Inbound("3", "123", kind, "", AT, 3)]


def test_of_a_group_we_keep_only_that_somebody_spoke() -> None:
    found = read_update(said(chat={"id": -5, "type": "supergroup"}, text="lời riêng"))
    assert found == [Inbound("1", "-5", InboundKind.GROUP, "", AT, 1)]


@pytest.mark.parametrize(
    "update",
    [
        {}, {"update_id": 1}, {"update_id": 1, "edited_message": MESSAGE | {"text": "x"}}, {"update_id": 1, "channel_post": MESSAGE},
        {"update_id": True, "message": MESSAGE | {"text": "x"}}, {"message": MESSAGE | {"text": "x"}}, {"update_id": 1, "message": []},
        said(chat={"id": -5, "type": "channel"}, text="x"), said(chat={"id": -5, "type": "private"}, text="x"),
        said(text="x", **{"from": PERSON | {"is_bot": True}}), {"update_id": 1, "inline_query": {"query": "x"}},
        {"update_id": 2, "callback_query": PRESS["callback_query"] | {"data": None}},  # type: ignore[operator]
        {"update_id": 3, "my_chat_member": GONE["my_chat_member"] | {"new_chat_member": {"status": "left"}}},  # type: ignore[operator]
    ],
)  # fmt: skip
def test_what_is_not_for_us_says_nothing(update: dict[str, Any]) -> None:
    assert read_update(update) == []


@pytest.mark.parametrize("raw", NO_BODIES)
def test_a_body_that_is_no_update_is_refused(raw: bytes) -> None:
    with pytest.raises(BadBody):
        parse(raw)


SAMPLES = [said(text="x"), said(contact=CARD), said(location=PLACE), PRESS, GONE]


@given(st.one_of(raw_bodies, spoilt(*SAMPLES)))
def test_any_body_is_read_or_refused(raw: bytes) -> None:
    try:
        found = parse(raw)
    except BadBody as error:
        assert str(error) == "not a JSON object of a size we read"
        return
    for inbound in found:
        assert inbound.event_id
        assert inbound.address
        assert f"{inbound.event_id}{inbound.address}{inbound.payload}{inbound.about}".encode()
        assert "\x00" not in inbound.payload


def test_only_who_knows_the_secret_may_post_updates() -> None:
    assert verify({"x-telegram-bot-api-secret-token": "s3"}, secret="s3")
    assert not verify({"x-telegram-bot-api-secret-token": "s4"}, secret="s3")
    assert not verify({}, secret="s3")
    assert not verify({"x-telegram-bot-api-secret-token": ""}, secret="")


def no(code: int, description: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    """A refusal as Telegram words it."""
    body = {"ok": False, "error_code": code, "description": description}
    return code, body | ({"parameters": parameters} if parameters else {})


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (no(429, "Too Many Requests: retry after 10072", retry_after=10072), Retry(10072.0, "account", counted=False)),
        (no(429, "Too Many Requests"), Retry(30.0, "account", counted=False)),
        (no(403, "Forbidden: bot was blocked by the user"), StopContact("blocked")),
        (no(403, "Forbidden: user is deactivated"), StopContact("deactivated")),
        (no(403, "Forbidden: bot can't initiate conversation with a user"), StopContact("forbidden")),
        (no(400, "Bad Request: chat not found"), Reject("chat_not_found")),
        (no(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100), Reject("chat_migrated")),
        (no(400, "Bad Request: message to edit not found"), Reject("not_editable")),
        (no(400, "Bad Request: Nguyễn 0912345678"), Reject("bad_request")),
        (no(401, "Unauthorized"), StopChannel("token")),
        (no(404, "Not Found"), StopChannel("token")),
        (no(409, "Conflict: terminated by other getUpdates request"), StopChannel("conflict")),
        ((502, b"<html>Bad Gateway</html>"), Retry(1.0, "contact", counted=True)),
        ((500, {}), Retry(1.0, "contact", counted=True)),
        ((418, {}), Unknown("status_418")),
        ((200, b"not json"), Unknown("answer")),
        ((200, {"ok": True}), Unknown("answer")),
        ((200, {"ok": False, "result": True}), Unknown("answer")),
        ((200, {"ok": True, "result": {"message_id": 1}}), Sent("1", NOW)),
        ((200, {"ok": True, "result": {"message_id": 1, "date": 1790000000000, "chat": CHAT}}), Sent("1", NOW)),
        (SILENCE, Unknown("ReadTimeout")),
        (BREAK, Unknown("RemoteProtocolError")),
    ],
)
async def test_an_answer_has_one_meaning_and_is_asked_for_once(answer: Answer, outcome: Outcome) -> None:
    async with telegram(answer) as (bot, server):
        assert await bot.send("123", Part("Chào"), key="k", now=NOW) == outcome
    assert len(server.calls) == 1


@asynccontextmanager
async def telegram(*answers: Answer) -> AsyncIterator[tuple[Telegram, Provider]]:
    """A bot and the server it speaks to."""
    async with provider(*answers) as server, clients(2) as http:
        yield Telegram(TOKEN, http, base_url=server.url), server


OK = (200, {"ok": True, "result": {"message_id": 77, "date": 1790000000, "chat": CHAT, "text": "Chào"}})
TRUE = (200, {"ok": True, "result": True})


async def test_a_text_goes_out_with_its_keyboard() -> None:
    part = Part("Chào 5 < 6 & *7*", (Button("Đặt lịch", "book"), Button("Dài", "x" * 99)), ("book", "~token"))
    async with telegram(OK) as (bot, server):
        assert await bot.send("123", part, key="k", now=NOW) == Sent("77", AT)
    (call,) = server.calls
    assert call.path == f"/bot{TOKEN}/sendMessage"
    assert call.json["chat_id"] == 123
    assert call.json["text"] == part.text
    assert "parse_mode" not in call.json
    rows = call.json["reply_markup"]["inline_keyboard"]
    assert [(row[0]["text"], row[0]["callback_data"]) for row in rows] == [("Đặt lịch", "book"), ("Dài", "~token")]


@pytest.mark.parametrize(("kind", "method"), [("picture", "sendPhoto"), ("file", "sendDocument")])
async def test_pictures_and_files_go_out_as_they_are(kind: Any, method: str) -> None:
    upload = Upload("lich-hen.ics", kind, b"\x89bytes\x00of it")
    async with telegram(OK) as (bot, server):
        assert await bot.send("123", Part("Lịch hẹn", upload=upload), key="k", now=NOW) == Sent("77", AT)
    assert server.calls[0].path.endswith(method)
    assert all(piece in server.calls[0].body for piece in (upload.data, b"lich-hen.ics", "Lịch hẹn".encode()))


async def test_an_edit_replaces_our_message() -> None:
    async with telegram(OK) as (bot, server):
        assert await bot.send("123", Part("Mới", edits="5"), key="k", now=NOW) == Sent("77", AT)
    assert server.calls[0].path.endswith("editMessageText")
    assert (server.calls[0].json["message_id"], server.calls[0].json["text"]) == (5, "Mới")


async def test_an_edit_that_changes_nothing_is_done() -> None:
    async with telegram(no(400, "Bad Request: message is not modified: same content")) as (bot, _):
        assert await bot.send("123", Part("Cũ", edits="5"), key="k", now=NOW) == Sent("", NOW)


@pytest.mark.parametrize("kind", ["contact", "location"])
async def test_a_number_or_a_place_is_asked_for_with_a_button(kind: Any) -> None:
    async with telegram(OK) as (bot, server):
        await bot.send("123", Part("Số của bạn?", ask=Ask(kind, "Gửi")), key="k", now=NOW)
    button = server.calls[0].json["reply_markup"]["keyboard"][0][0]
    assert button["text"] == "Gửi"
    assert button[f"request_{kind}"] is True


@pytest.mark.parametrize("part", [Part("x", edits="abc"), Part("x", edits="²")])
async def test_an_id_that_is_none_is_refused_before_anything_is_sent(part: Part) -> None:
    async with telegram(OK) as (bot, server):
        assert await bot.send("123", part, key="k", now=NOW) == Reject("address")
        assert await bot.send("không", Part("x"), key="k", now=NOW) == Reject("address")
    assert server.calls == []


async def test_presses_typing_the_menu_and_the_webhook_are_told_to_telegram() -> None:
    async with telegram(TRUE) as (bot, server):
        outcomes = [
            await bot.acknowledge("77", now=NOW), await bot.type("123", now=NOW),
            await bot.show_menu({"dung": "Dừng nhận tin", "lich": "Đặt lịch tư vấn"}, now=NOW),
            await bot.set_webhook("https://an-sinh.example/telegram", "s3", now=NOW), await bot.delete_webhook(now=NOW),
        ]  # fmt: skip
    assert outcomes == [Sent("", NOW)] * 5
    methods = [call.path.rpartition("/")[2] for call in server.calls]
    assert methods == ["answerCallbackQuery", "sendChatAction", "setMyCommands", "setWebhook", "deleteWebhook"]
    assert json.loads(server.calls[2].form["commands"])[0] == {"command": "dung", "description": "Dừng nhận tin"}
    assert server.calls[3].form["secret_token"] == "s3"


async def test_a_server_that_is_not_there_got_nothing() -> None:
    async with clients() as http:
        bot = Telegram(TOKEN, http, base_url=await nowhere())
        assert await bot.send("123", Part("x"), key="k", now=NOW) == Retry(1.0, "account", counted=False, outage=True)


async def test_the_token_and_what_people_say_stay_out_of_logs_and_outcomes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answers: list[Answer] = [
        (200, '"lời riêng"'.encode()),
        no(400, f"Bad Request: {TOKEN} lời riêng"),
        SILENCE,
        (502, "riêng".encode()),
    ]
    async with telegram(*answers) as (bot, server):
        shown = [repr(await bot.send("987654321", Part("lời riêng"), key="k", now=NOW)) for _ in answers]
        shown += [repr(bot), str(bot), repr(Updates(TOKEN, bot._bot.request._clients))]  # type: ignore[attr-defined]
    assert len(server.calls) == len(answers)
    for secret in (TOKEN, "secret-of-the-bot", "riêng", "987654321"):
        assert secret not in caplog.text + "".join(shown)


class Box:
    """Stores updates, and breaks when told to."""

    def __init__(self, server: Provider, breaks: int = -1) -> None:
        self.stored: list[str] = []
        self._server, self._breaks = server, breaks

    async def store(self, came: list[Inbound]) -> None:
        """Keep what came; no call may have been made since it was fetched."""
        if len(self._server.calls) == self._breaks:
            raise OSError("the database is away")
        self.stored += [inbound.event_id for inbound in came]


def batch(*numbers: int) -> Answer:
    """What getUpdates answers."""
    return 200, {"ok": True, "result": [said(text="x") | {"update_id": number} for number in numbers]}


async def polled(box_breaks: int, *answers: Answer) -> tuple[Ended | str, list[str], list[Any]]:
    """Poll until it ends; return how, what was stored, and with what offsets it asked."""
    async with provider(*answers) as server, clients() as http:
        box = Box(server, box_breaks)
        try:
            ended: Ended | str = await poll(Updates(TOKEN, http, base_url=server.url), box.store)
        except OSError:
            ended = "broken"
        return ended, box.stored, [call.json.get("offset") for call in server.calls]


async def test_updates_are_confirmed_by_the_next_call_only_after_they_are_stored() -> None:
    ended, stored, offsets = await polled(-1, batch(7, 8), batch(), batch(9), no(409, "Conflict"))
    assert (ended, stored, offsets) == (StopChannel("conflict"), ["7", "8", "9"], [None, 9, 9, 10])


async def test_a_server_that_does_not_hold_the_call_is_asked_a_few_times_a_second() -> None:
    async with provider(batch()) as server, clients() as http:
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await poll(Updates(TOKEN, http, base_url=server.url), Box(server).store)
    assert 2 <= len(server.calls) <= 6


async def test_updates_that_could_not_be_stored_are_not_confirmed() -> None:
    assert await polled(2, batch(7), batch(8), batch()) == ("broken", ["7"], [None, 8])


async def test_updates_that_say_nothing_to_us_are_confirmed_too() -> None:
    odd = 200, {"ok": True, "result": [{"update_id": 4, "poll": {}}, "odd"]}
    assert await polled(-1, odd, no(401, "Unauthorized")) == (StopChannel("token"), [], [None, 5])


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        (no(429, "Too Many", retry_after=5), Retry(5.0, "account", counted=False)), (SILENCE, Retry(3.0, "account", counted=False)),
        ((200, {"ok": True, "result": [{"no": "id"}]}), Retry(3.0, "account", counted=False)),
        ((200, b"x"), Retry(3.0, "account", counted=False)), (no(400, "Bad"), Retry(3.0, "account", counted=False)),
    ],
)  # fmt: skip
async def test_polling_ends_with_when_to_begin_again(answer: Answer, ended: Ended) -> None:
    assert (await polled(-1, answer))[0] == ended


@given(st.integers(201, 599), values)
def test_any_refusal_has_an_outcome(status: int, answer: object) -> None:
    assert isinstance(outcome_of(status, answer), Outcome)
