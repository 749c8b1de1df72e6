"""The web hooks as a stranger and as the provider call them: refused, ignored or stored once, and never in a log."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bot.channels.hooks import LARGEST_BODY
from bot.channels.zalo_oa.parse import signature
from bot.clock import system_clock
from bot.settings import Settings
from bot.web import web_app
from bot.wiring import Parts, build

SECRET = "a-secret-of-24-signs-long"  # noqa: S105
OA = {"app_id": "361", "oa_id": "388", "secret": "signing-key"}


class Hooked:
    """The web process with its hooks open, its worker stopped."""

    def __init__(self, parts: Parts, http: httpx.AsyncClient) -> None:
        self.parts, self.http = parts, http

    async def telegram(self, body: Any, secret: str = SECRET) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return await self.http.post("/hooks/telegram", content=content, headers=headers)

    async def zalo_oa(self, body: Any, secret: str = OA["secret"]) -> httpx.Response:
        raw = json.dumps(body).encode()
        signed = signature(OA["app_id"], raw, str(body.get("timestamp", "")), secret)
        return await self.http.post("/hooks/zalo_oa", content=raw, headers={"X-ZEvent-Signature": f"mac={signed}"})

    async def zalo_bot(self, body: Any) -> httpx.Response:
        return await self.http.post("/hooks/zalo_bot", json=body, headers={"X-Bot-Api-Secret-Token": SECRET})

    async def shows_menu(self, target: str, *, seconds_ago: float) -> None:
        """Write a menu of one line, as if it had been sent to everybody."""
        body = {"text": "1. …", "menu": [{"title": "…", "to": target}]}
        query = (
            "INSERT INTO outbox (key, contact_id, class, channel, body, state, finished_at) SELECT :key, id, 'reply',"
            " channel, cast(:body AS jsonb), 'sent', now() - make_interval(secs => :ago) FROM contact"
        )
        async with self.parts.engine.begin() as connection:
            await connection.execute(text(query), {"key": target, "body": json.dumps(body), "ago": seconds_ago})

    async def rows(self, query: str) -> list[Any]:
        async with self.parts.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]

    async def nothing_is_stored(self) -> bool:
        return not await self.rows("SELECT id FROM inbox UNION ALL SELECT id FROM contact")


@pytest.fixture
async def hooked(database_url: str) -> AsyncIterator[Hooked]:
    settings = Settings(
        database_url=database_url,
        rasa_url="http://127.0.0.1:9",
        public_url="https://an-sinh.example",
        hook_secret=SECRET,
        telegram_token="1000:token-of-telegram",  # noqa: S106
        zalo_bot_token="2000:token-of-zalo",  # noqa: S106
        zalo_oa_app_id=OA["app_id"],
        zalo_oa_id=OA["oa_id"],
        zalo_oa_secret=OA["secret"],
        sms_api_key="key",
    ).prepared()
    async with build(settings) as parts:
        transport = httpx.ASGITransport(web_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://an-sinh.example") as http:
            yield Hooked(parts, http)


def said(number: int, words: str, person: int = 7, chat: str = "private") -> dict[str, Any]:
    """What Telegram posts when somebody writes."""
    sender = {"id": person, "is_bot": False, "first_name": "Lan"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_795_000_000,
            "text": words,
            "from": sender,
            "chat": {"id": person, "type": chat},
        },
    }


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x"])
async def test_a_wrong_secret_is_refused_and_nothing_is_stored(hooked: Hooked, secret: str) -> None:
    assert (await hooked.telegram(said(1, "chào"), secret)).status_code == 403
    zalo = await hooked.http.post("/hooks/zalo_bot", json={}, headers={"X-Bot-Api-Secret-Token": secret})
    assert zalo.status_code == 403
    assert (await hooked.http.get(f"/hooks/sms/{secret or 'x'}?SMSID=1")).status_code == 403
    assert await hooked.nothing_is_stored()


async def test_a_wrong_signature_is_refused(hooked: Hooked) -> None:
    body = {"event_name": "user_send_text", "timestamp": "1795000000000", "sender": {"id": "77"}}
    assert (await hooked.zalo_oa(body, "another key")).status_code == 403
    assert await hooked.nothing_is_stored()


async def test_a_body_larger_than_any_channel_sends_is_refused(hooked: Hooked) -> None:
    assert (await hooked.telegram(b"{" + b" " * LARGEST_BODY + b"}")).status_code == 413
    assert await hooked.nothing_is_stored()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 20_000])
async def test_what_is_no_json_object_is_refused(hooked: Hooked, body: bytes) -> None:
    assert (await hooked.telegram(body)).status_code == 400
    assert await hooked.nothing_is_stored()


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "poll_of_the_future": {}},
        {"update_id": 1, "message": {"chat": "private", "text": 5}},
        {"update_id": True, "message": said(1, "chào")["message"]},
        said(1, "chào cả nhóm", chat="supergroup"),
        said(1, "tin của kênh", chat="channel"),
    ],
)
async def test_what_concerns_us_not_is_taken_and_left(hooked: Hooked, update: dict[str, Any]) -> None:
    assert (await hooked.telegram(update)).status_code == 200
    assert await hooked.nothing_is_stored()


async def test_repeated_events_have_one_effect_and_keep_their_order(hooked: Hooked) -> None:
    rng = random.Random(20261127)
    for person in range(1, 21):
        for number in range(10):
            calls = rng.choice([1, 1, 1, 2, 3])
            update = said(person * 1000 + number, f"câu {number}", person)
            answers = await asyncio.gather(*(hooked.telegram(update) for _ in range(calls)))
            assert {answer.status_code for answer in answers} == {200}
    heard = await hooked.rows("SELECT c.address, i.payload FROM inbox i JOIN contact c ON c.id = i.contact_id ORDER BY i.id")  # fmt: skip
    assert heard == [(str(person), f"câu {number}") for person in range(1, 21) for number in range(10)]
    assert await hooked.rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'answer_contact'") == [(200,)]


async def test_telegram_hears_that_a_press_was_noticed(hooked: Hooked) -> None:
    sender = {"id": 7, "is_bot": False, "first_name": "Lan"}
    press = {"id": "p1", "from": sender, "data": "menu", "message": said(1, "x")["message"], "chat_instance": "1"}
    answer = await hooked.telegram({"update_id": 2, "callback_query": press})
    assert answer.json() == {"method": "answerCallbackQuery", "callback_query_id": "p1"}
    assert await hooked.rows("SELECT kind, payload FROM inbox") == [("button", "menu")]
    assert (await hooked.telegram(said(3, "chào"))).json()["action"] == "typing"


async def test_where_somebody_comes_from_is_kept_with_the_greeting(hooked: Hooked) -> None:
    for _ in range(3):
        await hooked.telegram(said(1, "/start chien-dich-7"))
    assert await hooked.rows("SELECT link FROM arrival") == [("chien-dich-7",)]
    assert await hooked.rows("SELECT kind, payload FROM inbox") == [("button", "greet")]


async def test_who_blocks_us_is_unreachable_until_they_speak(hooked: Hooked) -> None:
    await hooked.telegram(said(1, "chào"))
    member = {
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False},
        "date": int(system_clock().timestamp()),
    }
    await hooked.telegram({"update_id": 2, "my_chat_member": member | {"new_chat_member": {"status": "kicked"}}})
    assert await hooked.rows("SELECT unreachable FROM contact") == [("blocked",)]
    await hooked.telegram(said(3, "tôi đây"))
    assert await hooked.rows("SELECT unreachable FROM contact") == [(None,)]
    late = member | {"date": 1_795_000_001, "new_chat_member": {"status": "kicked"}}
    await hooked.telegram({"update_id": 4, "my_chat_member": late})
    assert await hooked.rows("SELECT unreachable FROM contact") == [(None,)]


async def test_a_repeated_word_does_not_make_reachable_who_blocked_us_since(hooked: Hooked) -> None:
    await hooked.telegram(said(1, "chào"))
    async with hooked.parts.engine.begin() as connection:
        await connection.execute(text("UPDATE contact SET unreachable = 'blocked'"))
    await hooked.telegram(said(1, "chào"))
    assert await hooked.rows("SELECT unreachable FROM contact") == [("blocked",)]


async def test_a_signed_word_from_zalo_is_stored(hooked: Hooked) -> None:
    body = {
        "event_name": "user_send_text",
        "app_id": OA["app_id"],
        "timestamp": "1795000000000",
        "sender": {"id": "77"},
        "recipient": {"id": OA["oa_id"]},
        "message": {"msg_id": "m1", "text": "mức đóng"},
    }
    for _ in range(2):
        assert (await hooked.zalo_oa(body)).status_code == 200
    assert await hooked.rows("SELECT kind, payload FROM inbox") == [("text", "mức đóng")]


def written(number: int, words: str, seconds: float) -> dict[str, Any]:
    """What the Zalo bot posts when somebody wrote so many seconds from now."""
    stamp = int((system_clock().timestamp() + seconds) * 1000)
    person = {"id": "c0ffee", "display_name": "Lan", "is_bot": False}
    chat = {"id": "c0ffee", "chat_type": "PRIVATE"}
    message = {"message_id": f"m{number}", "date": stamp, "from": person, "chat": chat, "text": words}
    return {"event_name": "message.text.received", "message": message}


async def test_a_number_that_comes_late_chooses_from_the_menu_that_its_writer_saw(hooked: Hooked) -> None:
    await hooked.zalo_bot(written(1, "chào", seconds=-300))
    for age, target in ((280, "menu"), (60, "maternity")):
        await hooked.shows_menu(target, seconds_ago=age)
    for number, seconds in ((2, 0), (3, -200), (4, -100)):
        await hooked.zalo_bot(written(number, "số 1", seconds))
    assert await hooked.rows("SELECT event_id, payload FROM inbox WHERE kind = 'button' ORDER BY id") == [
        ("m2", "maternity"), ("m3", "menu"), ("m4", "menu"),
    ]  # fmt: skip


async def test_a_clock_that_is_wrong_hides_no_menu_from_who_answers_in_time(hooked: Hooked) -> None:
    await hooked.zalo_bot(written(1, "chào", seconds=-3610))
    await hooked.shows_menu("menu", seconds_ago=5)
    await hooked.zalo_bot(written(2, "1", seconds=-3600))
    assert await hooked.rows("SELECT payload FROM inbox WHERE kind = 'button'") == [("menu",)]


async def test_a_database_that_is_away_is_said_so_that_the_channel_sends_again(hooked: Hooked) -> None:
    async with hooked.parts.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE inbox RENAME TO inbox_away"))
    assert (await hooked.telegram(said(1, "chào"))).status_code == 503
    async with hooked.parts.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE inbox_away RENAME TO inbox"))
    assert (await hooked.telegram(said(1, "chào"))).status_code == 200
    assert await hooked.rows("SELECT payload FROM inbox") == [("chào",)]


async def test_no_log_line_holds_what_was_said_or_who_or_a_secret(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await hooked.telegram(said(1, "tôi bị bệnh lao", person=912_345_678))
    await hooked.telegram(said(2, "tôi bị bệnh lao", person=912_345_678), "wrong-secret")
    await hooked.telegram(b'{"text": "b\xe1\xbb\x87nh lao')
    lines = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records if "bot." in record.name)
    assert "refused" in lines
    assert not any(secret in lines for secret in ("bệnh lao", "912345678", SECRET, "wrong-secret", "token-of"))
