"""Zalo Official Account: signatures, windows, tokens that work once, errors turned into what to do."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.calls import Unanswered
from bot.channels.zalo_oa.errors import outcome_of
from bot.channels.zalo_oa.parse import Notice, Order, notices, parse, signature, verify
from bot.channels.zalo_oa.send import ZaloOa, tracking_id
from bot.channels.zalo_oa.tokens import App, Pair, TokenRefused, Tokens, due, read_pair
from bot.channels.zalo_oa.window import Way, way
from bot.clock import VIETNAM
from bot.conversation.inbound import BadBody, Inbound, InboundKind
from bot.outbox.contract import (
    Ask,
    Defer,
    Outcome,
    Part,
    Refresh,
    Reject,
    Retry,
    Sent,
    StopChannel,
    StopContact,
    Template,
    Unknown,
    Upload,
)
from tests.channels.hostile import NO_BODIES, raw_bodies, spoilt, values
from tests.channels.provider import BREAK, SILENCE, Answer, Provider, clients, provider

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 09:00 in Vietnam
APP_ID, OA_ID, SECRET, USER = "3608465248940903967", "388613280878808645", "secret-of-the-app", "246845883529197922"
TEXT: dict[str, Any] = {
    "app_id": APP_ID, "sender": {"id": USER}, "recipient": {"id": OA_ID}, "user_id_by_app": "552177279717587730",
    "event_name": "user_send_text", "message": {"text": "mức đóng", "msg_id": "96d3cdf3af150460909"}, "timestamp": "1543908534740",
}  # fmt: skip
FOLLOW: dict[str, Any] = {"oa_id": OA_ID, "follower": {"id": USER}, "event_name": "follow", "source": "oa_profile", "app_id": APP_ID, "timestamp": "1543979782740"}  # fmt: skip
PLACE: dict[str, Any] = TEXT | {"event_name": "user_send_location", "message": {"msg_id": "m2", "attachments": [{"type": "location", "payload": {"coordinates": {"latitude": "10.76", "longitude": "106.66"}}}]}}  # fmt: skip
SUBMITTED: dict[str, Any] = {"sender": {"id": USER}, "recipient": {"id": OA_ID}, "event_name": "user_submit_info", "app_id": APP_ID, "timestamp": "1540368141908", "info": {"name": "Nguyễn", "phone": "84912345678", "user_dob": "30/10/1999"}}  # fmt: skip
RECEIPT: dict[str, Any] = {"sender": {"id": OA_ID}, "recipient": {"id": "84912345678"}, "event_name": "user_received_message", "app_id": APP_ID, "timestamp": "1602560967477", "message": {"delivery_time": "1602960467432", "msg_id": "15a0cc0b", "tracking_id": "row-1"}}  # fmt: skip
AT = datetime(2018, 12, 4, 7, 28, 54, 740000, tzinfo=UTC)


def raw(found: dict[str, Any]) -> bytes:
    """A body as Zalo writes it: with spaces and escapes of its own, which the signature covers."""
    return json.dumps(found, indent=1).encode()


def test_a_text_is_read_with_all_its_ids_as_texts() -> None:
    assert parse(raw(TEXT)) == [Inbound("96d3cdf3af150460909", USER, InboundKind.TEXT, "mức đóng", AT, 1543908534740)]


@pytest.mark.parametrize(
    ("body", "kind", "payload"),
    [
        (FOLLOW, InboundKind.START, ""), (FOLLOW | {"event_name": "unfollow"}, InboundKind.BLOCKED, ""),
        (PLACE, InboundKind.LOCATION, "10.760000,106.660000"), (PLACE | {"message": {"msg_id": "m2"}}, InboundKind.OTHER, "location"),
        (SUBMITTED, InboundKind.CONTACT, "84912345678"), (SUBMITTED | {"info": {}}, InboundKind.OTHER, "user_submit_info"),
        (TEXT | {"event_name": "user_send_image", "message": {"msg_id": "m"}}, InboundKind.OTHER, "image"),
        (TEXT | {"event_name": "user_send_image", "message": {"msg_id": "m", "text": "sổ"}}, InboundKind.TEXT, "sổ"),
        (TEXT | {"event_name": "user_send_group_text"}, InboundKind.GROUP, ""),
    ],
)  # fmt: skip
def test_an_event_says_one_thing(body: dict[str, Any], kind: InboundKind, payload: str) -> None:
    (found,) = parse(raw(body))
    assert (found.kind, found.payload, found.address) == (kind, payload, USER)


def test_of_a_persons_information_only_the_number_is_kept() -> None:
    assert "Nguyễn" not in str([*map(vars_of, parse(raw(SUBMITTED)))])


def vars_of(inbound: Inbound) -> list[Any]:
    """All fields of an event, shown or not."""
    return [getattr(inbound, name) for name in Inbound.__slots__]


def test_an_event_without_an_id_has_the_same_made_one_each_time_which_names_nobody() -> None:
    first, again = parse(raw(FOLLOW)), parse(raw(FOLLOW))
    assert first == again
    assert USER not in first[0].event_id
    assert parse(raw(FOLLOW | {"timestamp": "1"}))[0].event_id != first[0].event_id


def test_a_receipt_names_our_key_and_when_it_arrived() -> None:
    (found,) = parse(raw(RECEIPT))
    assert (found.kind, found.about, found.address) == (InboundKind.RECEIPT, "row-1", "84912345678")
    assert found.at == datetime(2020, 10, 17, 18, 47, 47, 432000, tzinfo=UTC)


@pytest.mark.parametrize(
    "event", ["oa_send_text", "user_send_unknown", "image", "add_user_to_tag", "", None, 7, ["follow"]]
)
def test_our_own_messages_and_unknown_events_say_nothing(event: Any) -> None:
    assert parse(raw(TEXT | {"event_name": event})) == []


def test_what_concerns_the_staff_is_told_apart() -> None:
    changed = {"event_name": "change_template_status", "oa_id": OA_ID, "template_id": "t1", "status": {"prev_status": "PENDING_REVIEW", "new_status": "REJECT"}, "timestamp": "1"}  # fmt: skip
    assert notices(raw(changed)) == [Notice("change_template_status", "t1", "REJECT")]
    assert notices(raw({"event_name": "change_oa_daily_quota", "quota": {"new_value": 500}})) == [Notice("change_oa_daily_quota", "", "500")]  # fmt: skip
    assert parse(raw(changed)) == []
    assert notices(raw(TEXT)) == []


@pytest.mark.parametrize("body", NO_BODIES)
def test_a_body_that_is_no_event_is_refused_and_signed_by_nobody(body: bytes) -> None:
    with pytest.raises(BadBody):
        parse(body)
    assert verify({"X-ZEvent-Signature": "mac=0"}, body, app_id=APP_ID, oa_id=OA_ID, secret=SECRET) is None


@given(st.one_of(raw_bodies, spoilt(TEXT, FOLLOW, PLACE, SUBMITTED, RECEIPT)))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    assert verify({"X-ZEvent-Signature": "mac=00"}, body, app_id=APP_ID, oa_id=OA_ID, secret=SECRET) is None
    try:
        found = parse(body)
        assert isinstance(notices(body), list)
    except BadBody as error:
        assert str(error) == "not a JSON object of a size we read"
        return
    for inbound in found:
        assert inbound.event_id
        assert inbound.address
        assert f"{inbound.event_id}{inbound.address}{inbound.payload}{inbound.about}".encode()


@pytest.mark.parametrize(("first", "order"), [(APP_ID, Order.APP_ID), (OA_ID, Order.OA_ID)])
def test_the_signature_over_the_raw_bytes_is_taken_in_both_orders(first: str, order: Order) -> None:
    body = raw(TEXT)
    mac = hashlib.sha256(first.encode() + body + b"1543908534740" + SECRET.encode()).hexdigest()
    ids = {"app_id": APP_ID, "oa_id": OA_ID, "secret": SECRET}
    assert verify({"x-zevent-signature": f"mac={mac}"}, body, **ids) is order
    assert verify({"x-zevent-signature": mac}, body, **ids) is order
    assert verify({"x-zevent-signature": f"mac={mac}"}, body + b" ", **ids) is None
    assert verify({"x-zevent-signature": f"mac={mac}"}, json.dumps(TEXT).encode(), **ids) is None
    assert verify({}, body, **ids) is None
    assert verify({"x-zevent-signature": f"mac={mac}"}, body, **ids | {"secret": "other"}) is None


def test_an_account_without_ids_or_secret_takes_no_signature() -> None:
    body = raw(TEXT)
    mac = signature("", body, "1543908534740", "")
    assert verify({"X-ZEvent-Signature": f"mac={mac}"}, body, app_id="", oa_id="", secret="") is None


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(0), Way.FREE), (timedelta(hours=48), Way.FREE), (timedelta(hours=48, seconds=1), Way.PAID),
        (timedelta(days=7), Way.PAID), (timedelta(days=7, seconds=1), Way.TEMPLATE), (None, Way.TEMPLATE),
    ],
)  # fmt: skip
def test_the_last_interaction_decides_how_a_person_can_be_reached(ago: timedelta | None, expected: Way) -> None:
    assert way(None if ago is None else NOW - ago, NOW) is expected


def in_vietnam(text: str) -> datetime:
    """A moment by the clocks of Vietnam."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def meaning(code: int, now: datetime = NOW, message: str = "") -> Outcome:
    """What an error number means."""
    return outcome_of(200, {"error": code, "message": message}, key="k1", now=now)


GROUPS: list[tuple[str, type[Outcome]]] = [
    ("-216 -220 -124", Refresh), ("-32 -100 -200 -211", Retry), ("-144 -147 -1441 -1471 -1472 -133 -234", Defer),
    ("-213 -217 -244 -114 -118 -119 -139 -140 -141 -227", StopContact),
    ("-230 -232 -108 -111 -112 -113 -1121 -1122 -1123 -1124 -1131 -116 -130 -132 -153 -201 -210 -249 -109 -117 -131 -145 -146 -99999", Reject),
    ("-115 -137 -321 -101 -102 -103 -104 -105 -135 -1351 -136 -219 -221 -223 -224", StopChannel),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind"), [(int(code), kind) for codes, kind in GROUPS for code in codes.split()])
def test_every_error_of_the_table_has_its_outcome(code: int, kind: type[Outcome]) -> None:
    assert isinstance(meaning(code), kind)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (-32, Retry(60.0, "account", counted=False)), (-100, Retry(5.0, "contact", counted=True)), (-230, Reject("window_closed")),
        (-131, Reject("zalo_-131", whole_template=True)), (-108, Reject("zalo_-108")), (-139, StopContact("zalo_-139")),
    ],
)  # fmt: skip
def test_an_error_says_who_is_concerned(code: int, outcome: Outcome) -> None:
    assert meaning(code) == outcome


def test_an_error_with_two_meanings_is_told_apart_by_its_words() -> None:
    assert meaning(-223, message="Official Account has not authorized this API") == StopChannel("zalo_-223")
    assert meaning(-223, message="Your OA has reach the limit quota create article") == Reject("zalo_-223")


@pytest.mark.parametrize(
    ("code", "now", "day"),
    [
        (-234, "2026-11-22T23:30", "2026-11-23"), (-133, "2026-11-23T02:00", "2026-11-23"), (-234, "2026-11-22T09:00", "2026-11-23"),
        (-144, "2026-11-22T09:00", "2026-11-23"), (-1472, "2026-11-22T02:00", "2026-11-23"), (-147, "2026-12-31T23:00", "2027-01-01"),
        (-1441, "2026-11-22T09:00", "2026-12-01"), (-1471, "2026-12-31T23:59", "2027-01-01"), (-1441, "2027-01-31T09:00", "2027-02-01"),
    ],
)  # fmt: skip
def test_what_must_wait_waits_for_a_morning_in_vietnam(code: int, now: str, day: str) -> None:
    outcome = meaning(code, in_vietnam(now))
    assert isinstance(outcome, Defer)
    assert timedelta(0) <= outcome.until - in_vietnam(f"{day}T06:05") < timedelta(minutes=15)
    assert outcome.until > in_vietnam(now)


def test_what_waited_for_the_morning_does_not_come_all_at_once() -> None:
    moments = {outcome_of(200, {"error": -234}, key=str(number), now=NOW) for number in range(100)}
    assert len(moments) > 80


@given(st.integers(200, 599), values)
def test_any_answer_has_an_outcome(status: int, answer: object) -> None:
    assert isinstance(outcome_of(status, answer, key="k", now=NOW), Outcome)


@given(st.integers(-2000, 10), st.integers(0, 4 * 365 * 24 * 3600))
def test_nothing_is_put_off_into_the_past_or_beyond_the_next_month(code: int, seconds: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    outcome = meaning(code, now)
    if isinstance(outcome, Defer):
        assert now < outcome.until < now + timedelta(days=33)


@dataclass
class Store:
    """Keeps the pair in memory; writes down what happened in which order."""

    pair: Pair
    events: list[str] = field(default_factory=list)
    breaks: bool = False
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def load(self) -> Pair:
        """Return the pair."""
        return self.pair

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        """Keep others out."""
        async with self._lock:
            yield

    async def save(self, pair: Pair) -> None:
        """Keep the pair."""
        if self.breaks:
            raise OSError("the database is away")
        self.events.append("saved")
        self.pair = pair


APP = App(APP_ID, SECRET)
NEW: Answer = (200, {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": "90000"})
OK: Answer = (200, {"error": 0, "message": "Success", "data": {"message_id": "m1", "user_id": USER}})


def fresh(hours: float = 0) -> Store:
    """A store with a pair so many hours old."""
    return Store(Pair("access-1", "refresh-1", NOW - timedelta(hours=hours)))


@asynccontextmanager
async def account(store: Store, *answers: Answer) -> AsyncIterator[tuple[ZaloOa, Provider]]:
    """An account and the server that plays all of Zalo's."""
    async with provider(*answers) as zalo, clients() as http:
        tokens = Tokens(APP, store, http, base_url=zalo.url)
        yield ZaloOa(tokens, http, base_url=zalo.url, business_url=zalo.url + "/business"), zalo


def test_a_pair_is_due_after_twenty_hours() -> None:
    assert not due(fresh(19.99).pair, NOW)
    assert due(fresh(20).pair, NOW)


async def test_a_pair_that_is_due_is_renewed_kept_and_then_used() -> None:
    store = fresh(20)
    async with account(store, NEW, OK) as (oa, zalo):
        assert await oa.send(USER, Part("Chào"), key="k", now=NOW) == Sent("m1", NOW)
    renewal, sending = zalo.calls
    assert renewal.path == "/v4/oa/access_token"
    assert renewal.form == {"refresh_token": "refresh-1", "app_id": APP_ID, "grant_type": "refresh_token"}
    assert renewal.headers["secret_key"] == SECRET
    assert sending.headers["access_token"] == "access-2"
    assert store.pair == Pair("access-2", "refresh-2", NOW)


async def test_a_pair_is_not_used_before_it_is_kept_and_not_given_up_either() -> None:
    store = fresh(20)
    store.breaks = True
    async with account(store, NEW, OK) as (oa, zalo):
        sending = asyncio.create_task(oa.send(USER, Part("Chào"), key="k", now=NOW))
        await asyncio.sleep(0.3)
        assert [call.path for call in zalo.calls] == ["/v4/oa/access_token"]
        store.breaks = False
        assert await sending == Sent("m1", NOW)
    assert store.pair == Pair("access-2", "refresh-2", NOW)


async def test_a_pair_is_kept_although_whoever_wished_for_it_has_left() -> None:
    store = fresh(20)
    store.breaks = True
    async with account(store, NEW, OK) as (oa, _):
        sending = asyncio.create_task(oa.send(USER, Part("Chào"), key="k", now=NOW))
        await asyncio.sleep(0.3)
        sending.cancel()
        store.breaks = False
        await asyncio.sleep(1.2)
    assert store.pair == Pair("access-2", "refresh-2", NOW)


async def test_a_database_that_is_away_before_the_call_leaves_nothing_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    store = fresh()

    async def away() -> Pair:
        raise OSError("the database is away")

    monkeypatch.setattr(store, "load", away)
    async with account(store, OK) as (oa, zalo):
        assert await oa.send(USER, Part("Chào"), key="k", now=NOW) == Retry(5.0, "account", counted=False, outage=True)
    assert not zalo.calls


@pytest.mark.parametrize("code", [-216, -220, -124])
async def test_a_token_that_zalo_refuses_is_renewed_and_the_message_sent_again_once(code: int) -> None:
    async with account(fresh(), (200, {"error": code}), NEW, OK) as (oa, zalo):
        assert await oa.send(USER, Part("Chào"), key="k", now=NOW) == Sent("m1", NOW)
    assert [call.headers.get("access_token") for call in zalo.calls] == ["access-1", None, "access-2"]


async def test_a_new_token_that_is_refused_too_stops_the_channel() -> None:
    async with account(fresh(), (200, {"error": -216}), NEW, (200, {"error": -216})) as (oa, zalo):
        assert await oa.send(USER, Part("Chào"), key="k", now=NOW) == StopChannel("token")
    assert len(zalo.calls) == 3


async def test_a_refresh_token_that_is_refused_stops_the_channel() -> None:
    async with account(fresh(20), (200, {"error": -14014, "error_name": "Invalid refresh token"})) as (oa, zalo):
        assert await oa.send(USER, Part("Chào"), key="k", now=NOW) == StopChannel("refresh_token")
    assert len(zalo.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        SILENCE,
        BREAK,
        (502, b"<html>"),
        (200, b"<html>"),
        (200, {"access_token": "a"}),
        (200, {"error": -32}),
        (200, {"error": -200}),
    ],
)
async def test_a_renewal_that_fails_otherwise_sends_nothing_and_is_tried_again(answer: Answer) -> None:
    async with account(fresh(20), answer) as (oa, zalo):
        assert await oa.send(USER, Part("Chào"), key="k", now=NOW) == Retry(5.0, "account", counted=False, outage=True)
    assert len(zalo.calls) == 1


async def test_of_many_who_see_the_same_old_token_one_renews_it() -> None:
    store = fresh()
    async with provider(NEW) as zalo, clients() as http:
        tokens = Tokens(APP, store, http, base_url=zalo.url)
        got = await asyncio.gather(*(tokens.renewed("access-1", NOW) for _ in range(20)))
    assert (set(got), store.events, len(zalo.calls)) == ({"access-2"}, ["saved"], 1)


@given(st.integers(200, 599), values)
def test_any_answer_about_tokens_is_a_pair_or_none(status: int, answer: object) -> None:
    try:
        assert read_pair(status, answer, NOW).access
    except (TokenRefused, Unanswered) as error:
        assert str(error) in ("Zalo refuses the refresh token", "no pair of tokens")


async def sent(part: Part, *answers: Answer, address: str = USER) -> tuple[Outcome, Provider]:
    """Send one part."""
    async with account(fresh(), *answers) as (oa, zalo):
        return await oa.send(address, part, key="row-1", now=NOW), zalo


async def test_a_consultation_message_goes_out() -> None:
    outcome, zalo = await sent(Part("Chào"), OK)
    assert outcome == Sent("m1", NOW)
    assert (zalo.calls[0].path, zalo.calls[0].json) == ("/v3.0/oa/message/cs", {"recipient": {"user_id": USER}, "message": {"text": "Chào"}})  # fmt: skip


async def test_a_template_goes_out_by_id_or_by_number_with_our_key() -> None:
    answer = (200, {"error": 0, "data": {"msg_id": "z1", "sent_time": "1790000000000"}})
    outcome, zalo = await sent(Part(template=Template("t1", {"name": "An"})), answer)
    assert outcome == Sent("z1", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC))
    assert zalo.calls[0].path == "/v3.0/oa/message/template"
    assert zalo.calls[0].json == {"template_id": "t1", "template_data": {"name": "An"}, "user_id": USER}
    _, zalo = await sent(Part(template=Template("t1", {}, by_phone=True)), answer, address="+84912345678")
    assert zalo.calls[0].path == "/business/message/template"
    assert zalo.calls[0].json == {"template_id": "t1", "template_data": {}, "phone": "84912345678", "tracking_id": "row-1"}  # fmt: skip


async def test_the_persons_information_is_asked_for() -> None:
    _, zalo = await sent(Part(ask=Ask("contact", "BHXH", "Xin số", "https://x/logo.png")), OK)
    payload = zalo.calls[0].json["message"]["attachment"]["payload"]
    assert payload == {"template_type": "request_user_info", "elements": [{"title": "BHXH", "subtitle": "Xin số", "image_url": "https://x/logo.png"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "path", "data", "attachment"),
    [
        ("picture", "/v2.0/oa/upload/image", {"attachment_id": "a1"}, {"type": "template", "payload": {"template_type": "media", "elements": [{"media_type": "image", "attachment_id": "a1"}]}}),
        ("file", "/v2.0/oa/upload/file", {"token": "a1"}, {"type": "file", "payload": {"token": "a1"}}),
    ],
)  # fmt: skip
async def test_a_picture_or_file_is_uploaded_and_then_sent(kind: Any, path: str, data: Any, attachment: Any) -> None:
    outcome, zalo = await sent(Part(upload=Upload("to-roi", kind, b"bytes")), (200, {"error": 0, "data": data}), OK)
    assert outcome == Sent("m1", NOW)
    assert (zalo.calls[0].path, b"bytes" in zalo.calls[0].body) == (path, True)
    assert zalo.calls[1].json["message"] == {"attachment": attachment}


@pytest.mark.parametrize("answer", [SILENCE, BREAK, (200, b"x"), (200, {"error": 0, "data": {}}), (502, b"x")])
async def test_an_upload_that_fails_has_sent_no_message(answer: Answer) -> None:
    outcome, zalo = await sent(Part(upload=Upload("a.png", "picture", b"bytes")), answer)
    assert isinstance(outcome, Retry)
    assert len(zalo.calls) == 1


@pytest.mark.parametrize(("answer", "why"), [(SILENCE, "ReadTimeout"), (BREAK, "RemoteProtocolError"), ((200, b"x"), "answer")])  # fmt: skip
async def test_an_answer_that_never_comes_leaves_the_message_unknown(answer: Answer, why: str) -> None:
    outcome, zalo = await sent(Part("Chào"), answer)
    assert (outcome, len(zalo.calls)) == (Unknown(why), 1)


async def test_tokens_and_what_people_say_stay_out_of_logs_and_outcomes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    store = fresh()
    answers: list[Answer] = [(200, {"error": -216, "message": "lời riêng"}), NEW, SILENCE]
    async with account(store, *answers) as (oa, _):
        shown = [repr(await oa.send(USER, Part("lời riêng"), key="k", now=NOW)), repr(oa), repr(APP), repr(store.pair)]
    for secret in ("access-1", "access-2", "refresh-1", "refresh-2", SECRET, "riêng", USER):
        assert secret not in caplog.text + "".join(shown)


@pytest.mark.parametrize("key", ["row-1", "x" * 48, "x" * 49, "x" * 200])
def test_our_key_is_short_enough_for_zalo(key: str) -> None:
    assert 0 < len(tracking_id(key)) <= 48
    assert (tracking_id(key) == key) is (len(key) <= 48)
