"""SMS: what a text costs, how it is sent with our key, what the gateway tells afterwards."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sms.errors import outcome_of
from bot.channels.sms.parse import parse, verify
from bot.channels.sms.send import Account, Sms, request_id
from bot.conversation.inbound import BadBody, InboundKind
from bot.outbox.contract import Outcome, Part, Reject, Retry, Sent, StopChannel, StopContact, Unknown
from bot.vn.sms import Count, count, plain
from tests.channels.hostile import values
from tests.channels.provider import BREAK, SILENCE, clients, nowhere, provider
from tests.texts import any_text, vietnamese

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ACCOUNT = Account("key-of-api", "key-of-secret", "BHXH", callback_url="https://an-sinh.example/sms/secret-path")
PHONE, TEXT = "+84912345678", "Noi dung rieng"


@pytest.mark.parametrize(
    ("text", "parts", "unicode"),
    [
        ("", 1, False), ("a" * 160, 1, False), ("a" * 161, 2, False), ("a" * 306, 2, False), ("a" * 307, 3, False),
        ("ư" * 70, 1, True), ("ư" * 71, 2, True), ("ư" * 134, 2, True), ("ư" * 135, 3, True), ("à" * 160, 1, False),
        ("[" * 80, 1, False), ("[" * 81, 2, False), ("a" * 152 + "[" + "a" * 152, 3, False),
        ("😀" * 35, 1, True), ("😀" * 36, 2, True), ("😀" * 66, 2, True), ("😀" * 67, 3, True),
    ],
)  # fmt: skip
def test_parts_are_counted_as_the_network_counts_them(text: str, parts: int, unicode: bool) -> None:
    assert count(text) == Count(parts, unicode)


@given(any_text, any_text)
def test_more_text_never_costs_less(text: str, more: str) -> None:
    assert count(text + more).parts >= count(text).parts


@given(vietnamese)
def test_vietnamese_without_diacritics_needs_no_unicode(text: str) -> None:
    assert not count(plain(text)).unicode


def test_punctuation_that_would_double_the_price_is_replaced() -> None:
    assert plain("«Mức đóng» – từ\u00a01/7…") == '"Muc dong" - tu 1/7...'
    assert plain("👍") == "👍"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("100", Sent("s1", NOW)), ("124", Sent("s1", NOW)), ("99", StopContact("blocked")), ("101", StopChannel("credentials")),
        ("103", StopChannel("balance")), ("104", StopChannel("brandname")), ("108", Reject("phone")),
        ("146", Reject("content_not_registered", whole_template=True)), ("789", Reject("esms_789")), ("", Unknown("answer")),
    ],
)  # fmt: skip
def test_a_result_code_has_one_meaning(code: str, outcome: Outcome) -> None:
    assert outcome_of(200, {"CodeResult": code, "SMSID": "s1"}, NOW) == outcome


def test_a_gateway_that_is_down_or_busy_is_tried_again() -> None:
    assert outcome_of(503, None, NOW) == Retry(5.0, "account", counted=True)
    assert outcome_of(429, None, NOW) == Retry(5.0, "account", counted=False)


async def test_a_message_goes_out_with_our_key() -> None:
    async with provider((200, {"CodeResult": "100", "SMSID": "s7"})) as esms, clients() as http:
        assert await Sms(ACCOUNT, http, base_url=esms.url).send(PHONE, Part(TEXT), key="k1", now=NOW) == Sent("s7", NOW)
    sent = esms.calls[0].json
    assert esms.calls[0].path.endswith("/SendMultipleMessage_V4_post_json/")
    assert (sent["RequestId"], sent["Phone"], sent["Content"], sent["SmsType"]) == ("k1", "84912345678", TEXT, "2")
    assert (sent["IsUnicode"], sent["Sandbox"], sent["Brandname"]) == ("0", "0", "BHXH")
    assert sent["CallbackUrl"] == ACCOUNT.callback_url


async def test_advertising_leaves_by_its_own_type_or_not_at_all() -> None:
    text = Part("[QC] An Sinh: moi ba con")
    async with provider((200, {"CodeResult": "100", "SMSID": "s7"})) as esms, clients() as http:
        refused = await Sms(ACCOUNT, http, base_url=esms.url).send(PHONE, text, key="k1", now=NOW)
        assert refused == Reject("advertising_type") and not esms.calls
        agreed = replace(ACCOUNT, advertising_type="1")
        await Sms(agreed, http, base_url=esms.url).send(PHONE, text, key="k1", now=NOW)
    assert [call.json["SmsType"] for call in esms.calls] == ["1"]


@pytest.mark.parametrize("failure", [SILENCE, BREAK])
async def test_an_answer_that_never_comes_leaves_the_message_unknown(failure: str) -> None:
    async with provider(failure) as esms, clients() as http:
        outcome = await Sms(ACCOUNT, http, base_url=esms.url).send(PHONE, Part(TEXT), key="k1", now=NOW)
    assert isinstance(outcome, Unknown)
    assert len(esms.calls) == 1


async def test_a_gateway_that_is_not_there_got_nothing() -> None:
    async with clients() as http:
        outcome = await Sms(ACCOUNT, http, base_url=await nowhere()).send(PHONE, Part(TEXT), key="k1", now=NOW)
    assert outcome == Retry(1.0, "account", counted=False, outage=True)


async def test_keys_numbers_and_texts_stay_out_of_logs_and_outcomes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [repr(ACCOUNT), repr(Part(TEXT))]
    async with provider((200, b"<html>"), SILENCE, (500, {"ErrorMessage": TEXT})) as esms, clients() as http:
        channel = Sms(ACCOUNT, http, base_url=esms.url)
        shown += [repr(await channel.send(PHONE, Part(TEXT), key="k1", now=NOW)) for _ in range(3)] + [repr(channel)]
    for secret in ("key-of-api", "key-of-secret", "secret-path", "912345678", TEXT):
        assert secret not in caplog.text + "".join(shown)


@given(st.text(min_size=1, max_size=120, alphabet="abc:-0123456789"))
def test_a_key_of_any_length_becomes_one_request(key: str) -> None:
    assert 0 < len(request_id(key)) <= 50
    assert request_id(key) == (key if len(key) <= 50 else request_id(key))
    assert request_id(key + "x" * 60) != request_id(key + "y" * 60)


CALLBACK = {"SMSID": "s7", "SendStatus": "5", "SendSuccess": "1", "SendFailed": "0", "RequestId": "k1", "phonenumber": "84912345678", "TypeId": "2"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "state"),
    [({}, "sent"), ({"SendStatus": "4"}, "rejected"), ({"SendFailed": "1", "SendSuccess": "0"}, "failed"),
     ({"SendStatus": "2"}, "waiting"), ({"SendStatus": "7"}, "at_carrier"), ({"SendStatus": "1"}, "awaiting_approval")],
)  # fmt: skip
def test_a_callback_says_what_became_of_a_message(change: dict[str, str], state: str) -> None:
    (found,) = parse(urlencode(CALLBACK | change).encode())
    assert (found.kind, found.payload, found.about, found.address) == (InboundKind.RECEIPT, state, "k1", "84912345678")


def test_a_callback_repeated_is_the_same_event_and_another_state_is_another() -> None:
    first, again = parse(urlencode(CALLBACK).encode()), parse(urlencode(CALLBACK).encode())
    assert first == again
    assert parse(urlencode(CALLBACK | {"SendStatus": "7"}).encode())[0].event_id != first[0].event_id


@pytest.mark.parametrize("query", [b"", b"a=b", b"SendStatus=5", b"SendStatus=9&SMSID=1", b"SMSID=1&SendStatus="])
def test_a_callback_about_nothing_says_nothing(query: bytes) -> None:
    assert parse(query) == []


@given(st.one_of(st.binary(max_size=200), st.dictionaries(st.sampled_from(list(CALLBACK)), st.text()).map(lambda found: urlencode(found, errors="replace").encode())))  # fmt: skip
def test_any_query_is_read_or_refused(query: bytes) -> None:
    try:
        assert all(inbound.kind is InboundKind.RECEIPT for inbound in parse(query))
    except BadBody as error:
        assert str(error) == "not a query of a size we read"


def test_only_who_knows_the_secret_may_call_back() -> None:
    assert verify("secret-path", secret="secret-path")
    assert not verify("secret-pat", secret="secret-path")
    assert not verify("", secret="")


@given(st.integers(200, 599), values)
def test_any_answer_has_an_outcome(status: int, answer: object) -> None:
    assert isinstance(outcome_of(status, answer, NOW), Outcome)
