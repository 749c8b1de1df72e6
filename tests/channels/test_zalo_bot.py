"""The Zalo Bot Platform: numbered menus, events in an envelope or bare, one event a poll."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_bot.errors import outcome_of
from bot.channels.zalo_bot.parse import parse, read_event, verify
from bot.channels.zalo_bot.send import ZaloBot, poll
from bot.conversation.inbound import BadBody, Inbound, InboundKind
from bot.outbox.contract import Ended, Outcome, Part, Reject, Retry, Sent, StopChannel, Unknown, Upload
from bot.vn.choices import chosen
from tests.channels.hostile import NO_BODIES, raw_bodies, spoilt, values
from tests.channels.provider import BREAK, SILENCE, Answer, clients, nowhere, provider
from tests.texts import any_text

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TOKEN = "123456:secret-of-the-bot"
PERSON = "6ede9afa66b88fe6d6a9"
MESSAGE: dict[str, Any] = {
    "message_id": "2d758cb5e222177a4e35", "date": 1749632637199, "text": "Xin chào",
    "from": {"id": PERSON, "display_name": "Nguyễn", "is_bot": False}, "chat": {"id": PERSON, "chat_type": "PRIVATE"},
}  # fmt: skip
BARE: dict[str, Any] = {"event_name": "message.text.received", "message": MESSAGE}
WRAPPED: dict[str, Any] = {"ok": True, "result": BARE}
AT = datetime(2025, 6, 11, 9, 3, 57, 199000, tzinfo=UTC)


def with_message(event: str = "message.text.received", /, **change: Any) -> dict[str, Any]:
    """An event with another message."""
    return {"event_name": event, "message": {key: value for key, value in (MESSAGE | change).items() if value is not None}}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1), ("số 1", 1), ("một", 1), ("so 1.", 1), ("Số một", 1), ("so mot", 1), ("MỘT", 1), (" 2) ", 2), ("(3)", 3), ("dạ 1 ạ", 1),
        ("câu 2", 2), ("Mục 2", 2), ("lua chon 3", 3), ("chọn số 3 nhé", 3), ("bấm phím 4", 4), ("năm", 5), ("số 5", 5), ("1️⃣", 1),
        ("１", 1), ("chọn 2 giúp em", 2), ("bấm phím 3 giùm với ạ", None), ("2 hộ tôi nhé", 2), ("0", None), ("6", None), ("12", None), ("-1", None), ("1,5", None), ("1 2", None),
        ("2-3", None), ("hai ba", None), ("1 triệu", None), ("1 năm", None), ("nam", None), ("sau", None), ("", None),
        ("mức đóng", None), ("không", None), ("1.000", None), ("9" * 400, None), ("²", None),
    ],
)  # fmt: skip
def test_a_number_in_any_spelling_chooses_from_a_menu_of_five(text: str, number: int | None) -> None:
    assert chosen(text, 5) == number


@given(any_text, st.integers(0, 20))
def test_what_is_chosen_stands_in_the_menu(text: str, size: int) -> None:
    assert chosen(text, size) in {None, *range(1, size + 1)}


@given(st.integers(1, 30))
def test_every_line_of_a_menu_can_be_chosen_by_its_number(number: int) -> None:
    assert chosen(str(number), 30) == chosen(f"số {number}", 30) == chosen(f"so {number}.", 30) == number


@pytest.mark.parametrize("body", [BARE, WRAPPED])
def test_a_text_is_read_in_its_envelope_and_bare(body: dict[str, Any]) -> None:
    assert parse(json.dumps(body).encode()) == [Inbound("2d758cb5e222177a4e35", PERSON, InboundKind.TEXT, "Xin chào", AT, 1749632637199)]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "kind", "payload"),
    [
        (with_message("message.image.received", text=None, photo="https://x"), InboundKind.OTHER, "image"),
        (with_message("message.image.received", text=None, caption="sổ"), InboundKind.TEXT, "sổ"),
        (with_message("message.sticker.received", text=None), InboundKind.OTHER, "sticker"),
        (with_message("message.voice.received", text=None), InboundKind.OTHER, "voice"),
        (with_message("message.unsupported.received", text=None), InboundKind.OTHER, "unsupported"),
        (with_message(chat={"id": "g1", "chat_type": "GROUP"}), InboundKind.GROUP, ""),
    ],
)
def test_an_event_says_one_thing(event: dict[str, Any], kind: InboundKind, payload: str) -> None:
    (found,) = read_event(event)
    assert (found.kind, found.payload) == (kind, payload)


@pytest.mark.parametrize(
    "event",
    [{}, {"event_name": "message.text.received"}, with_message("message.new.received"), with_message(message_id=None),
     with_message(chat=None), with_message(chat={"id": "g1", "chat_type": "CHANNEL"}), {"ok": True, "result": []},
     with_message(**{"from": {"id": "b", "is_bot": True}})],
)  # fmt: skip
def test_what_is_not_for_us_says_nothing(event: dict[str, Any]) -> None:
    assert read_event(event) == []


@pytest.mark.parametrize("raw", NO_BODIES)
def test_a_body_that_is_no_event_is_refused(raw: bytes) -> None:
    with pytest.raises(BadBody):
        parse(raw)


@given(st.one_of(raw_bodies, spoilt(BARE, WRAPPED)))
def test_any_body_is_read_or_refused(raw: bytes) -> None:
    try:
        found = parse(raw)
    except BadBody as error:
        assert str(error) == "not a JSON object of a size we read"
        return
    for inbound in found:
        assert inbound.event_id
        assert inbound.address
        assert f"{inbound.event_id}{inbound.address}{inbound.payload}".encode()


def test_only_who_knows_the_secret_may_post_events() -> None:
    assert verify({"X-Bot-Api-Secret-Token": "s3cret-token"}, secret="s3cret-token")
    assert not verify({"X-Bot-Api-Secret-Token": "other-token"}, secret="s3cret-token")
    assert not verify({}, secret="")


def no(code: int, words: str = "no") -> Answer:
    """A refusal as this platform makes it: with status 200."""
    return 200, {"ok": False, "error_code": code, "description": words}


OK: Answer = (200, {"ok": True, "result": {"message_id": "82599fa32f56d00e8941", "date": 1749632637199}})


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (OK, Sent("82599fa32f56d00e8941", AT)), ((200, {"ok": True}), Sent("", NOW)), (no(400), Reject("zalo_400")),
        (no(401), StopChannel("token")), (no(404), StopChannel("method")), (no(408), Retry(1.0, "contact", counted=True)),
        (no(403, "internal server error"), Retry(1.0, "contact", counted=True)), (no(429), Retry(60.0, "account", counted=False)),
        ((401, None), StopChannel("token")), ((429, {}), Retry(60.0, "account", counted=False)), ((200, {"ok": False}), Reject("zalo_400")),
        ((502, b"<html>"), Retry(1.0, "contact", counted=True)), ((200, b"<html>"), Unknown("answer")), ((200, []), Unknown("answer")),
        (SILENCE, Unknown("ReadTimeout")), (BREAK, Unknown("RemoteProtocolError")),
    ],
)  # fmt: skip
async def test_an_answer_has_one_meaning_and_is_asked_for_once(answer: Answer, outcome: Outcome) -> None:
    async with provider(answer) as zalo, clients() as http:
        assert await ZaloBot(TOKEN, http, base_url=zalo.url).send(PERSON, Part("Chào"), key="k", now=NOW) == outcome
    assert len(zalo.calls) == 1


async def test_texts_pictures_and_typing_go_out() -> None:
    picture = Upload("bang.png", "picture", b"png", url="https://an-sinh.example/p/1")
    async with provider(OK) as zalo, clients() as http:
        bot = ZaloBot(TOKEN, http, base_url=zalo.url)
        await bot.send(PERSON, Part("1. Đóng"), key="k", now=NOW)
        await bot.send(PERSON, Part("Mức đóng", upload=picture), key="k", now=NOW)
        await bot.send(PERSON, Part(upload=picture), key="k", now=NOW)
        await bot.type(PERSON, now=NOW)
        await bot.set_webhook("https://an-sinh.example/zalo", "s3cret-token", now=NOW)
    assert [(call.path, call.json) for call in zalo.calls] == [
        (f"/bot{TOKEN}/sendMessage", {"chat_id": PERSON, "text": "1. Đóng"}),
        (f"/bot{TOKEN}/sendPhoto", {"chat_id": PERSON, "photo": picture.url, "caption": "Mức đóng"}),
        (f"/bot{TOKEN}/sendPhoto", {"chat_id": PERSON, "photo": picture.url}),
        (f"/bot{TOKEN}/sendChatAction", {"chat_id": PERSON, "action": "typing"}),
        (f"/bot{TOKEN}/setWebhook", {"url": "https://an-sinh.example/zalo", "secret_token": "s3cret-token"}),
    ]


async def test_a_server_that_is_not_there_got_nothing() -> None:
    async with clients() as http:
        bot = ZaloBot(TOKEN, http, base_url=await nowhere())
        assert await bot.send(PERSON, Part("x"), key="k", now=NOW) == Retry(1.0, "account", counted=False, outage=True)


async def test_the_token_and_what_people_say_stay_out_of_logs_and_outcomes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answers: list[Answer] = [no(400, f"{TOKEN} lời riêng"), SILENCE, BREAK, (200, "riêng".encode())]
    async with provider(*answers) as zalo, clients() as http:
        bot = ZaloBot(TOKEN, http, base_url=zalo.url)
        shown = [repr(await bot.send(PERSON, Part("lời riêng"), key="k", now=NOW)) for _ in answers] + [repr(bot)]
    for secret in (TOKEN, "secret-of-the-bot", "riêng", PERSON):
        assert secret not in caplog.text + "".join(shown)


class Box:
    """Stores events, and breaks so many times before."""

    def __init__(self, breaks: int = 0) -> None:
        self.stored: list[str] = []
        self._breaks = breaks

    async def store(self, came: list[Inbound]) -> None:
        """Keep what came."""
        if self._breaks:
            self._breaks -= 1
            raise OSError("Xin chào")
        self.stored += [inbound.payload for inbound in came]


async def polled(box: Box, *answers: Answer) -> Ended:
    """Poll until it ends."""
    async with provider(*answers) as zalo, clients() as http:
        return await poll(ZaloBot(TOKEN, http, base_url=zalo.url), box.store, pause=0.01)


async def test_a_poll_brings_one_event_and_an_idle_one_none() -> None:
    box, other = Box(), {"ok": True, "result": with_message(text="Đóng")}
    assert await polled(box, (200, WRAPPED), no(408), (200, other), (200, {"ok": True, "result": {}}), no(401)) == StopChannel("token")  # fmt: skip
    assert box.stored == ["Xin chào", "Đóng"]


async def test_an_event_that_zalo_has_forgotten_is_stored_at_last(caplog: pytest.LogCaptureFixture) -> None:
    box = Box(breaks=3)
    assert await polled(box, (200, WRAPPED), no(401)) == StopChannel("token")
    assert box.stored == ["Xin chào"]
    assert caplog.messages == ["An event is not stored yet"] * 3
    assert "Xin chào" not in caplog.text


@pytest.mark.parametrize("answer", [SILENCE, BREAK, no(429), no(400), (502, b"<html>"), (200, b"<html>")])
async def test_polling_ends_with_when_to_begin_again(answer: Answer) -> None:
    assert await polled(Box(), answer) == Retry(0.01, "account", counted=False)


@given(st.integers(200, 599), values)
def test_any_answer_has_an_outcome(status: int, answer: object) -> None:
    assert isinstance(outcome_of(status, answer, NOW), Outcome)
