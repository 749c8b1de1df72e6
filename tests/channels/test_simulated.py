"""Each channel against the simulator: what our side believes is what the truth log says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlparse

import httpx
import pytest

from bot.answers.pages import Button
from bot.channels.calls import Clients
from bot.channels.sms import parse as sms_parse
from bot.channels.sms.send import Account, Sms
from bot.channels.telegram.parse import parse as telegram_parse
from bot.channels.telegram.parse import verify as telegram_verify
from bot.channels.telegram.poll import Updates
from bot.channels.telegram.poll import poll as poll_telegram
from bot.channels.telegram.send import Telegram
from bot.channels.zalo_bot.parse import parse as zalo_bot_parse
from bot.channels.zalo_bot.send import ZaloBot
from bot.channels.zalo_bot.send import poll as poll_zalo
from bot.channels.zalo_oa.parse import Order
from bot.channels.zalo_oa.parse import parse as zalo_oa_parse
from bot.channels.zalo_oa.parse import verify as zalo_oa_verify
from bot.channels.zalo_oa.send import ZaloOa
from bot.channels.zalo_oa.tokens import App, Pair, Tokens
from bot.clock import VIETNAM
from bot.conversation.inbound import Inbound, InboundKind
from bot.outbox.channels import TELEGRAM, ZALO_BOT
from bot.outbox.contract import Defer, Part, Reject, Retry, Sent, StopChannel, StopContact, Template, Unknown, Upload
from bot.outbox.fit import fit
from bot.outbox.rules import Message
from bot.simulator.remote import Remote
from bot.simulator.run import running_simulator
from bot.simulator.switches import Switches
from bot.vn.choices import chosen
from tests.channels.provider import provider
from tests.channels.test_zalo_oa import Store

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=VIETNAM)
SET_UP = Switches(start="2026-11-22T09:00", speed=1.0)
PATIENT = httpx.Timeout(1.0)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
Poll = Callable[[Callable[[list[Inbound]], Awaitable[None]]], Awaitable[Any]]


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Remote]:
    """One simulator for all tests here."""
    async with running_simulator(SET_UP) as remote:
        yield remote


@pytest.fixture
async def simulator(running: Remote) -> Remote:
    """The simulator with a new world."""
    await running.reset(start="2026-11-22T09:00", zalo_oa_webhook="", zalo_oa_signature="app_id", zalo_bot_envelope=True, zalo_bot_daily_quota=0)  # fmt: skip
    await running.post("calm")
    return running


@pytest.fixture
async def http() -> AsyncIterator[Clients]:
    """Clients that wait a second."""
    found = Clients(2, patience=PATIENT)
    yield found
    await found.aclose()


@pytest.fixture
def bot(simulator: Remote, http: Clients) -> Telegram:
    """A Telegram bot."""
    return Telegram(SET_UP.telegram_token, http, base_url=f"{simulator.url}/telegram")


@pytest.fixture
def zalo(simulator: Remote, http: Clients) -> ZaloBot:
    """A Zalo bot."""
    return ZaloBot(SET_UP.zalo_bot_token, http, base_url=simulator.zalo_bot)


async def got(simulator: Remote, face: str) -> list[tuple[str, str]]:
    """Who got what."""
    return [(line.address, line.text) for line in await simulator.truth(face, "got")]


async def fetched(poll: Poll, count: int) -> list[Inbound]:
    """Poll until so many events came."""
    found: list[Inbound] = []
    enough = asyncio.Event()

    async def store(came: list[Inbound]) -> None:
        found.extend(came)
        if len(found) >= count:
            enough.set()

    task = asyncio.ensure_future(poll(store))
    async with asyncio.timeout(60):
        await enough.wait()
    await asyncio.sleep(0.05)  # the next call confirms
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return found


async def test_a_conversation_on_telegram(simulator: Remote, http: Clients, bot: Telegram) -> None:
    updates = Updates(SET_UP.telegram_token, http, base_url=f"{simulator.url}/telegram", wait=0)
    await simulator.said("telegram", "7", "ev_2026", kind="start")
    await simulator.said("telegram", "7", "mức đóng")
    came = await fetched(lambda store: poll_telegram(updates, store), 2)
    assert [inbound.address for inbound in came] == ["7", "7"]
    assert came[0].kind is InboundKind.START
    assert came[1].payload == "mức đóng"
    (part,) = fit(Message("Chọn:", (Button("Đặt lịch", "book"), Button("Dài", "x" * 99))), TELEGRAM)
    sent = await bot.send(came[0].address, part, key="k", now=NOW)
    assert isinstance(sent, Sent)
    await simulator.said("telegram", "7", kind="press", data=part.button_keys[1], message_id=int(sent.provider_id))
    (press,) = await fetched(lambda store: poll_telegram(updates, store), 1)
    assert (press.kind, press.payload, press.about) == (InboundKind.BUTTON, part.button_keys[1], sent.provider_id)
    assert isinstance(await bot.acknowledge(press.answer_to, now=NOW), Sent)
    assert isinstance(await bot.send("7", Part("Đã chọn", edits=press.about), key="k2", now=NOW), Sent)
    assert isinstance(await bot.send("7", Part("Bảng", upload=Upload("a.png", "picture", PNG)), key="k3", now=NOW), Sent)  # fmt: skip
    file = Upload("lich.ics", "file", b"BEGIN:VCALENDAR")
    assert isinstance(await bot.send("7", Part(upload=file), key="k4", now=NOW), Sent)
    assert [text for _, text in await got(simulator, "telegram")][:1] == ["Chọn:"]


async def test_a_long_text_reaches_telegram_whole(simulator: Remote, bot: Telegram) -> None:
    await simulator.citizens("telegram", address="7")
    text = "Ông bà đóng 1.500.000 đồng một tháng. 👍 " * 200
    for number, part in enumerate(fit(Message(text), TELEGRAM)):
        assert isinstance(await bot.send("7", part, key=str(number), now=NOW), Sent)
    assert " ".join(text for _, text in await got(simulator, "telegram")).split() == text.split()


async def test_telegram_refuses_as_documented(simulator: Remote, bot: Telegram) -> None:
    await simulator.citizens("telegram", address="1", blocked=True)
    await simulator.citizens("telegram", address="2", deactivated=True)
    await simulator.citizens("telegram", address="3")
    outcomes = [await bot.send(address, Part("x"), key="k", now=NOW) for address in "129"]
    assert outcomes == [StopContact("blocked"), StopContact("deactivated"), Reject("chat_not_found")]
    flood = [await bot.send("3", Part("x"), key="k", now=NOW) for _ in range(8)]
    assert isinstance(flood[-1], Retry)
    assert (flood[-1].scope, flood[-1].counted) == ("account", False)
    assert len(await got(simulator, "telegram")) == sum(isinstance(outcome, Sent) for outcome in outcomes + flood)


@pytest.mark.parametrize(
    ("fault", "outcome", "arrived"),
    [
        ("429", Retry, 0), ("5xx", Retry, 0), ("revoked", StopChannel, 0),
        ("hang", Unknown, 1), ("reset", Unknown, 1), ("drop", Unknown, 0),
    ],
)  # fmt: skip
async def test_a_fault_is_never_taken_for_success_nor_for_certain_failure(
    simulator: Remote, bot: Telegram, zalo: ZaloBot, fault: str, outcome: type, arrived: int
) -> None:
    await simulator.citizens("telegram", address="7")
    await simulator.citizens("zalo_bot", address="a7")
    await simulator.fault(fault)
    assert isinstance(await bot.send("7", Part("x"), key="k", now=NOW), outcome)
    assert isinstance(await zalo.send("a7", Part("x"), key="k", now=NOW), outcome)
    assert len(await got(simulator, "telegram")) == len(await got(simulator, "zalo_bot")) == arrived


@asynccontextmanager
async def hooked() -> AsyncIterator[Any]:
    """A place for webhooks: keeps what is posted and says 200."""
    async with provider((200, {})) as place:
        yield place


async def posted(place: Any) -> Any:
    """Wait for the next call of a webhook."""
    async with asyncio.timeout(60):
        while not place.calls:
            await asyncio.sleep(0.01)
    return place.calls.pop(0)


async def test_telegrams_webhook_carries_the_secret(simulator: Remote, bot: Telegram) -> None:
    async with hooked() as place:
        assert isinstance(await bot.set_webhook(place.url, "s3cret", now=NOW), Sent)
        await simulator.said("telegram", "7", "chào")
        call = await posted(place)
    assert telegram_verify(call.headers, secret="s3cret")
    assert telegram_parse(call.body)[0].payload == "chào"


@pytest.mark.parametrize("envelope", [True, False])
async def test_zalo_bots_webhook_is_read_wrapped_and_bare(simulator: Remote, zalo: ZaloBot, envelope: bool) -> None:
    await simulator.post("switches", zalo_bot_envelope=envelope)
    async with hooked() as place:
        assert isinstance(await zalo.set_webhook(place.url, "s3cret-token", now=NOW), Sent)
        await simulator.said("zalo_bot", "a7", "chào")
        call = await posted(place)
    assert (zalo_bot_parse(call.body)[0].address, zalo_bot_parse(call.body)[0].payload) == ("a7", "chào")


async def test_a_menu_on_zalo_bot_is_answered_by_its_number(simulator: Remote, zalo: ZaloBot) -> None:
    await simulator.citizens("zalo_bot", address="a7")
    (part,) = fit(Message("Chọn:", (Button("Đóng", "pay"), Button("Hưởng", "get"))), ZALO_BOT)
    assert isinstance(await zalo.send("a7", part, key="k", now=NOW), Sent)
    await simulator.said("zalo_bot", "a7", "số 2")
    (came,) = await fetched(lambda store: poll_zalo(zalo, store, wait=0), 1)
    number = chosen(came.payload, len(part.menu))
    assert number
    assert part.menu[number - 1].to == "get"
    assert await got(simulator, "zalo_bot") == [("a7", "Chọn:\n\n1. Đóng\n2. Hưởng")]


async def test_zalo_bots_quota_makes_the_account_wait(simulator: Remote, zalo: ZaloBot) -> None:
    await simulator.post("switches", zalo_bot_daily_quota=1)
    await simulator.citizens("zalo_bot", address="a7")
    outcomes = [await zalo.send("a7", Part("x"), key="k", now=NOW) for _ in range(2)]
    assert isinstance(outcomes[0], Sent)
    assert outcomes[1] == Retry(60.0, "account", counted=False)


@pytest.fixture
async def store(simulator: Remote) -> Store:
    """Where the account's first pair of tokens is kept."""
    first = (await simulator.state())["zalo_oa_tokens"]
    return Store(Pair(first["access_token"], first["refresh_token"], NOW))


@pytest.fixture
def oa(simulator: Remote, http: Clients, store: Store) -> ZaloOa:
    """An Official Account."""
    app = App(SET_UP.zalo_oa_app_id, SET_UP.zalo_oa_app_secret)
    tokens = Tokens(app, store, http, base_url=simulator.zalo_oa)
    return ZaloOa(tokens, http, base_url=simulator.zalo_oa, business_url=simulator.zalo_oa)


async def test_an_account_goes_on_after_its_tokens_end(simulator: Remote, oa: ZaloOa, store: Store) -> None:
    await simulator.citizens("zalo_oa", address="77", follows=True)
    first = store.pair
    assert isinstance(await oa.send("77", Part("một"), key="k1", now=NOW), Sent)
    await simulator.post("revoke")
    assert isinstance(await oa.send("77", Part("hai"), key="k2", now=NOW), Sent)
    await simulator.advance(20 * 3600)
    assert isinstance(await oa.send("77", Part("ba"), key="k3", now=NOW + timedelta(hours=20)), Sent)
    assert [text for _, text in await got(simulator, "zalo_oa")] == ["một", "hai", "ba"]
    assert (len(store.events), store.pair != first) == (2, True)


async def test_a_refresh_token_used_by_somebody_else_stops_the_channel(oa: ZaloOa, store: Store) -> None:
    store.pair = Pair("old", "used", NOW)
    assert await oa.send("77", Part("x"), key="k", now=NOW) == StopChannel("refresh_token")


async def test_outside_the_window_only_a_template_arrives(simulator: Remote, oa: ZaloOa) -> None:
    await simulator.citizens("zalo_oa", address="77", follows=True)
    await simulator.post("templates", id="t1", parameters={"name": "name"})
    await simulator.advance(8 * 24 * 3600)
    later = NOW + timedelta(days=8)
    assert await oa.send("77", Part("x"), key="k", now=later) == Reject("window_closed")
    template = Template("t1", {"name": "An"})
    assert isinstance(await oa.send("77", Part(template=template), key="k", now=later), Sent)


async def test_a_promotion_at_night_waits_for_the_morning(simulator: Remote, oa: ZaloOa) -> None:
    await simulator.citizens("zalo_oa", address="77", follows=True)
    await simulator.post("templates", id="t3", tag=3, parameters={"name": "name"})
    await simulator.advance(14 * 3600)
    outcome = await oa.send("77", Part(template=Template("t3", {"name": "An"})), key="k", now=NOW + timedelta(hours=14))
    assert isinstance(outcome, Defer)
    assert outcome.until.astimezone(VIETNAM).isoformat().startswith("2026-11-23T06:")


@pytest.mark.parametrize("order", list(Order))
async def test_an_accounts_webhook_is_signed_in_either_order(simulator: Remote, order: Order) -> None:
    async with hooked() as place:
        await simulator.post("switches", zalo_oa_webhook=place.url, zalo_oa_signature=order.value)
        await simulator.said("zalo_oa", "77", "chào")
        call = await posted(place)
    ids = {"app_id": SET_UP.zalo_oa_app_id, "oa_id": SET_UP.zalo_oa_id, "secret": SET_UP.zalo_oa_secret}
    assert zalo_oa_verify(call.headers, call.body, **ids) is order
    assert (zalo_oa_parse(call.body)[0].address, zalo_oa_parse(call.body)[0].payload) == ("77", "chào")


async def test_an_sms_is_sent_once_for_one_key_and_its_fate_is_told(simulator: Remote, http: Clients) -> None:
    async with hooked() as place:
        account = Account("SIMULATED-sms-key", "SIMULATED-sms-secret", "ANSINH", callback_url=place.url)
        sms = Sms(account, http, base_url=simulator.sms)
        (part,) = fit(Message("Mời cô chú đến «Ngày hội BHXH»"), sms.capabilities)
        await simulator.fault("hang", face="sms", times=1)
        assert isinstance(await sms.send("+84912345678", part, key="row-1", now=NOW), Unknown)
        assert isinstance(await sms.send("+84912345678", part, key="row-1", now=NOW), Sent)
        await simulator.advance(60)
        query = urlparse((await posted(place)).path).query
    assert await got(simulator, "sms") == [("84912345678", 'Moi co chu den "Ngay hoi BHXH"')]
    (receipt,) = sms_parse.parse(query.encode())
    assert (receipt.payload, receipt.about) == ("sent", "row-1")
    assert parse_qs(query)["phonenumber"] == [receipt.address]
