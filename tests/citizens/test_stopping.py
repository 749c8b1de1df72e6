"""Stop words outrank everything, in any spelling and on any channel, and are confirmed once."""

from __future__ import annotations

import unicodedata

import pytest

from bot.conversation.rules import Kind, Wish, wish_of
from tests.citizens.people_world import People

STOPS = [
    "STOP", "Stop!", "stop ạ", "stop qc", "STOP SMS", "TC", "tc", "TC QC", "TC ALL", "tc sms", "HUY QC", "HUY ALL", "huy tin nhan", "HUY DK",
    "huy dang ky nhan tin", "Hủy đăng ký nhận tin", "huỷ theo dõi", "bỏ theo dõi", "DỪNG", "dừng lại", "dung lai", "DUNG GUI TIN", "Dừng gửi tin cho tôi",
    "dừng nhận tin nhắn", "dừng nhận thông báo", "dung nhan tin nua", "DUNG NHAN TIN NUA", "ngừng gửi tin", "ngưng nhắn tin", "NGUNG GUI SMS", "ngừng gửi quảng cáo",
    "đừng nhắn nữa", "đừng gửi nữa", "đừng gửi tin cho tôi nữa", "đừng gửi quảng cáo nữa", "đừng spam nữa", "đừng làm phiền tôi nữa", "đừng làm phiền", "từ chối", "Từ chối nhận tin",
    "tu choi nhan tin qc", "từ chối quảng cáo", "tôi từ chối nhận tin nhắn quảng cáo", "không nhận tin nữa", "khong nhan qc", "không muốn nhận tin nhắn nữa", "em không muốn nhận tin quảng cáo nữa ạ",
    "ko nhan tin nua", "k muốn nhận thông báo nữa", "hông muốn nhận tin nữa", "tôi không đồng ý nhận tin", "không cần gửi tin nhắn cho tôi nữa", "tắt thông báo", "tat thong bao di", "chặn tin nhắn",
    "khỏi gửi nữa", "khoi nhan tin nua", "đề nghị không gửi tin nhắn vào số này nữa", "yêu cầu dừng gửi tin", "xin đừng gửi tin nhắn nữa", "tôi muốn dừng nhận tin", "thôi đừng nhắn nữa", "rút lại đồng ý nhận tin",
    "duwngf", "duwngf laij", "DUWNGF GUWRI TIN", "dduwngf nhawns nuwax", "nguwngf nhawns tin", "huyr ddawng kys", "tuwf choois", "khoong nhaanj tin nuwax", "unsubscribe",
]  # fmt: skip
NOT_STOPS = [
    "đúng", "đúng rồi", "dung roi", "không", "ko", "không tin", "khong tin", "tôi không nhận được tiền", "không nhận được tin nhắn thì làm sao", "hủy", "huy", "HUY", "hủy lịch", "hủy hẹn",
    "dừng đóng bảo hiểm", "muốn dừng đóng thì sao", "hủy bhxh", "tắt máy", "gửi hồ sơ ở đâu", "không gửi hồ sơ", "đồng ý", "nhận tin", "từ chối hồ sơ", "không muốn đóng nữa", "thông báo", "quảng cáo",
    "bỏ bảo hiểm", "dùng", "dung", "không cần", "tin nhắn này là sao", "nhắn tin cho tôi nhé",
]  # fmt: skip


def test_there_are_spellings_enough() -> None:
    assert len(set(STOPS)) >= 60


@pytest.mark.parametrize("text", STOPS)
def test_a_stop_is_read_typed_shouted_decomposed_and_spaced(text: str) -> None:
    for typed in (
        text,
        text.upper(),
        text.lower(),
        unicodedata.normalize("NFD", text),
        f"  {text.replace(' ', '  ')} . ",
    ):
        assert wish_of(typed) is Wish.STOP, typed


@pytest.mark.parametrize("text", NOT_STOPS)
def test_what_only_looks_like_a_stop_stops_nothing(text: str) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text)):
        assert wish_of(typed) is None, typed


@pytest.mark.parametrize("channel", ["web", "telegram", "zalo_bot", "zalo_oa"])
async def test_a_stop_is_obeyed_on_every_channel_whatever_was_going_on(people: People, channel: str) -> None:
    contact = await people.contact("1", channel)
    people.speaker.topic = "calculate_contribution"
    await people.say(contact, "tính giúp tôi")  # the request for consent stands open
    await people.do('INSERT INTO booking_draft VALUES (:c, \'{"asks": "name"}\', :now)', c=contact, now=people.now)
    assert await people.say(contact, "TC QC") == [people.library.text("stopped").filled()]
    assert await people.say(contact, "dừng nhận tin") == []  # confirmed once
    assert await people.said_of_consent(contact) == [False]
    await people.do("DELETE FROM booking_draft")
    assert await people.say(contact, "mức đóng") == ["trả lời: mức đóng"]  # locks nobody out
    assert await people.say(contact, "nhận tin lại") == [people.library.text("resumed").filled()]
    assert await people.said_of_consent(contact) == [False, True]


@pytest.mark.parametrize("text", ["DUNG", "dung", "HUY", "Hủy", "huy di", "dung a", "TC", "dừng"])
async def test_behind_a_campaigns_message_a_bare_word_means_only_stop(people: People, text: str) -> None:
    contact = await people.contact()
    await people.do(
        "INSERT INTO outbox (key, contact_id, class, body, state, finished_at) VALUES ('c', :c, 'campaign', '{\"text\": \"x\"}', 'sent', now())",
        c=contact,
    )
    assert await people.say(contact, text) == [people.library.text("stopped").filled()]
    assert await people.said_of_consent(contact) == [False]


async def test_elsewhere_a_bare_dung_is_asked_back_and_huy_is_left_to_the_dialogue(people: People) -> None:
    contact = await people.contact()
    people.speaker.topic = ""
    assert await people.say(contact, "DUNG") == [people.library.text("stop_or_yes").filled()]
    assert await people.say(contact, "HUY") == ["trả lời: HUY"]
    assert await people.said_of_consent(contact) == []


async def test_a_button_stops_as_words_do(people: People) -> None:
    contact = await people.contact()
    assert await people.say(contact, "stop", Kind.BUTTON) == [people.library.text("stopped").filled()]
    assert await people.said_of_consent(contact) == [False]
