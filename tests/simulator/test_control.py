"""The control, the truth file, the page, and bodies that nobody should send."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SetupError
from bot.simulator.app import simulator_app
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from bot.simulator.truth import read_truth
from bot.simulator.wire import BadCall, Call, File
from tests.simulator.conftest import STANDING, TELEGRAM, Bot, Receiver

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["chat_id", "text", "reply_markup", "message_id", "offset", "timeout", "limit", "url", "commands", "photo", "caption",
     "user_id", "recipient", "message", "template_id", "template_data", "tracking_id", "phone", "data", "Phone", "Content",
     "RequestId", "face", "address", "kind", "events", "count", "first", "probability", "seed", "speed", "advance", "id"]
)  # fmt: skip
PATHS = st.sampled_from(
    [f"/telegram/bot{TELEGRAM}/{name}" for name in ("sendMessage", "sendPhoto", "editMessageText", "setMyCommands",
     "setWebhook", "answerCallbackQuery", "getFile", "deleteMessage", "sendChatAction")]
    + [f"/zalo_bot/bot{STANDING.zalo_bot_token}/{name}" for name in ("sendMessage", "sendPhoto", "setWebhook")]
    + [f"/zalo_oa/{name}" for name in ("v3.0/oa/message/cs", "v3.0/oa/message/template", "message/template",
       "v4/oa/access_token", "v3.0/oa/quota/message", "template/info/v2", "message/status")]
    + ["/sms/MainService.svc/json/SendMultipleMessage_V4_post_json/"]
    + [f"/control/{name}" for name in ("clock", "switches", "faults", "citizens", "said", "templates")]
)  # fmt: skip


async def status_of(path: str, body: bytes, kind: str) -> int:
    app = simulator_app(STANDING)
    person = app.world.meet("telegram", "1")
    person.wrote_at = 0.0
    token = app.zalo_oa.tokens.first["access_token"]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sim") as client:
        headers = {"content-type": kind, "access_token": token}
        answer = await client.post(path, content=body, headers=headers)
        state, truth = await client.get("/control/state"), await client.get("/control/truth")
        assert (state.status_code, truth.status_code) == (200, 200)
    await app.end()
    return answer.status_code


@settings(max_examples=250, deadline=None)
@given(PATHS, st.dictionaries(NAMES, JSON | st.sampled_from([1, "1", "telegram", "84900000001"]), max_size=6))
def test_no_json_breaks_a_face_or_the_control(path: str, body: dict[str, Any]) -> None:
    given = body if "count" not in body else body | {"count": 1}
    assert asyncio.run(status_of(path, json.dumps(given).encode(), "application/json")) < 500


@settings(max_examples=150, deadline=None)
@given(
    PATHS,
    st.binary(max_size=300),
    st.sampled_from(["application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain"]),
)
def test_no_bytes_break_a_face_or_the_control(path: str, body: bytes, kind: str) -> None:
    assert asyncio.run(status_of(path, body, kind)) < 500


HOSTILE = [
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"chat_id":1,"text":"\\ud800"}',
    b'{"chat_id":1e999,"text":"x"}',
    b'{"chat_id":NaN,"text":"x"}',
    b'{"chat_id":' + b"9" * 5000 + b"}",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"",
    b'{"chat_id":1,"text":"x","reply_markup":"' + b"[" * 50_000 + b'"}',
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("path", ["/control/said", f"/telegram/bot{TELEGRAM}/sendMessage"])
async def test_hostile_bodies_are_refused_and_nobody_gets_anything(sim: Remote, path: str, body: bytes) -> None:
    await sim.citizens("telegram", address="1")
    answer = await sim.client.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert await sim.truth() == []


async def test_an_oversized_body_is_refused(sim: Remote) -> None:
    answer = await sim.client.post(f"/telegram/bot{TELEGRAM}/sendDocument", content=b"x" * (56 * 1024 * 1024))
    assert answer.status_code == 413


@given(st.binary(max_size=500))
def test_an_uploaded_file_arrives_byte_for_byte(body: bytes) -> None:
    request = httpx.Request("POST", "http://x", data={"chat_id": "1"}, files={"f": ("a.bin", body)})
    sent = Call("POST", "", b"", [(b"content-type", request.headers["content-type"].encode())], request.read())
    assert sent.parameters() == {"chat_id": "1", "f": File("a.bin", "application/octet-stream", body)}


def test_a_multipart_body_without_boundary_is_refused() -> None:
    with pytest.raises(BadCall):
        Call("POST", "", b"", [(b"content-type", b"multipart/form-data")], b"x").parameters()


@pytest.mark.parametrize(
    "wrong",
    [{"speeed": 1}, {"seed": "1"}, {"unlimited": 1}, {"speed": -1}, {"speed": float("inf")}, {"sms_price": True}, []],
)
def test_wrong_switches_are_refused(wrong: object) -> None:
    with pytest.raises(SetupError):
        Switches().with_changes(wrong)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("clock", {"advance": 1e30}),
        ("clock", {"set": "soon"}),
        ("switches", {"seed": 2}),
        ("faults", {"kind": "fire"}),
        ("citizens", {"face": "fax", "address": "1"}),
        ("citizens", {"face": "telegram", "address": "x"}),
        ("citizens", {"face": "telegram", "count": 10**7}),
        ("citizens", {"face": "telegram", "address": "1", "blocked": "yes"}),
        ("said", {"face": "sms", "address": "84900000001", "text": "x"}),
        ("said", {"face": "telegram", "address": "1", "kind": "location"}),
        ("templates", {"id": "t", "parameters": {"a": "poem"}}),
    ],
)
async def test_the_control_says_why_not(sim: Remote, name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(SetupError, match="."):
        await sim.post(name, **wrong)
    assert await sim.truth() == []


async def test_many_citizens_are_made_at_once(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", first=1, count=20_000)
    assert (await bot.telegram("sendMessage", chat_id=20_000, text="Chào"))["ok"]
    assert (await bot.telegram("sendMessage", chat_id=20_001, text="Chào"))["error_code"] == 400


async def test_a_world_is_new_after_a_reset(sim: Remote, bot: Bot) -> None:
    await sim.citizens("telegram", address="1")
    await bot.telegram("sendMessage", chat_id=1, text="Chào")
    await sim.fault("5xx")
    await sim.reset()
    assert await sim.truth() == [] and (await sim.state())["faults"] == []
    assert (await bot.telegram("sendMessage", chat_id=1, text="Chào"))["error_code"] == 400


async def test_the_time_to_acknowledge_is_measured(sim: Remote, bot: Bot, receiver: Receiver) -> None:
    receiver.delay = 0.1
    await bot.telegram("setWebhook", url=receiver.url)
    await sim.said("telegram", "1", "chào")
    state = await sim.until(lambda found: bool(found["acknowledged"]))
    assert 0.1 <= state["acknowledged"]["p99"] < 5


async def test_the_truth_file_outlives_the_simulator(tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    async with running_simulator(Switches(**asdict(STANDING) | {"truth_file": str(file)})) as sim:
        await sim.said("telegram", "1", "Xin chào")
        url = f"{sim.telegram}{TELEGRAM}/sendMessage"
        assert (await sim.client.post(url, json={"chat_id": 1, "text": "Chào cô"})).status_code == 200
        lines = await sim.truth()
    assert read_truth(file) == lines and [line.kind for line in lines] == ["said", "got"]
    with file.open("a") as torn:
        torn.write('{"n": 2, "at"')
    assert read_truth(file) == lines


async def test_the_page_is_there_and_shows_names_as_text(sim: Remote) -> None:
    await sim.citizens("telegram", address="7", name="<script>alert(1)</script>")
    page = await sim.client.get("/")
    assert page.status_code == 200 and "Mô phỏng kênh nhắn tin" in page.text
    assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text
    for name in ("page.js", "page.css"):
        assert (await sim.client.get(f"/{name}")).status_code == 200


async def test_a_conversation_is_what_both_sides_said(sim: Remote, bot: Bot) -> None:
    await sim.said("telegram", "1", "Xin chào")
    await bot.telegram("sendMessage", chat_id=1, text="Chào cô")
    query = {"face": "telegram", "address": "1"}
    lines = (await sim.client.get("/control/conversation", params=query)).json()
    assert [(line["kind"], line["text"]) for line in lines] == [("said", "Xin chào"), ("got", "Chào cô")]
