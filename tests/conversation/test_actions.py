"""What each action says, remembers and changes."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers.library import Library
from bot.answers.pages import Button
from bot.conversation.actions import ACTIONS, CHOICES
from bot.conversation.turn import Effect, Outcome, Turn
from bot.errors import NotInForce

DAY = date(2026, 11, 22)


def done(library: Library, action: str, turn: Turn | None = None, day: date = DAY) -> Outcome:
    return ACTIONS[action](library, turn or Turn("", ""), day)


def test_a_topic_is_answered_from_its_page_with_sources_and_remembered(library: Library) -> None:
    outcome = done(library, "action_answer", Turn("mỗi tháng đóng bao nhiêu", "contribution_amount"))
    (message,) = outcome.messages
    assert message.text == library.answer("contribution_amount", DAY).text
    assert message.topic == "contribution_amount"
    assert message.sources
    assert message.buttons
    assert outcome.remember == {"last_topic": "contribution_amount"}
    assert not outcome.effects


def test_who_said_that_they_are_poor_gets_the_amount_for_the_poor(library: Library) -> None:
    turn = Turn("hộ nghèo được hỗ trợ bao nhiêu", "state_subsidy", facts={"group": "poor"})
    # Half of 330.000: Nghị định 159/2025/NĐ-CP, Điều 5.
    assert "Bạn chỉ nộp: 165.000 đồng" in done(library, "action_answer", turn).messages[0].text


@pytest.mark.parametrize("topic", ["out_of_domain", "weather", ""])
def test_what_is_not_ours_is_refused(library: Library, topic: str) -> None:
    outcome = done(library, "action_answer", Turn("thời tiết", topic))
    assert [message.text for message in outcome.messages] == [library.text("out_of_domain").text]
    assert not outcome.remember


@pytest.mark.parametrize("action", ["action_answer", "action_default_fallback"])
def test_a_question_without_a_topic_of_its_own_is_searched(library: Library, action: str) -> None:
    lead, found = done(library, action, Turn("tiền mai táng phí", "other_in_domain")).messages
    assert library.pages["survivor_funeral"].title in lead.text
    assert found.topic == "survivor_funeral"
    assert found.sources


@pytest.mark.parametrize("action", ["action_answer", "action_default_fallback"])
def test_where_the_search_finds_nothing_we_say_so_offer_a_person_and_note_the_question(
    library: Library, action: str
) -> None:
    outcome = done(library, action, Turn("giá vàng hôm nay", "other_in_domain"))
    (message,) = outcome.messages
    assert message.text == library.text("no_answer").text
    assert "human" in [button.to for button in message.buttons]
    assert outcome.effects == {Effect.OPEN_QUESTION}
    assert not message.sources


def test_the_likeliest_topics_are_offered_and_a_way_out(library: Library) -> None:
    likely = (
        "out_of_domain",
        "maternity",
        "weather",
        "pension_amount",
        "other_in_domain",
        "vssid_lookup",
        "who_can_join",
    )
    (message,) = done(library, "action_default_ask_affirmation", Turn("", "", candidates=likely)).messages
    assert message.buttons[:CHOICES] == tuple(
        Button(library.topics[name].title, name) for name in ("maternity", "pension_amount", "vssid_lookup")
    )
    assert message.buttons[CHOICES:] == library.text("did_you_mean").buttons


def test_without_any_likely_topic_the_way_out_stays(library: Library) -> None:
    (message,) = done(library, "action_default_ask_affirmation").messages
    assert message.buttons == library.text("did_you_mean").buttons


def test_the_last_answer_is_said_again_in_short(library: Library) -> None:
    (message,) = done(
        library, "action_explain_again", Turn("không hiểu", "", last_topic="contribution_amount")
    ).messages
    assert library.short("contribution_amount", DAY).text in message.text
    assert [button.to for button in message.buttons] == ["contribution_amount", "human"]


@pytest.mark.parametrize("last", ["", "weather", "other_in_domain"])
def test_with_no_last_answer_the_person_is_asked_what_is_unclear(library: Library, last: str) -> None:
    (message,) = done(library, "action_explain_again", Turn("không hiểu", "", last_topic=last)).messages
    assert message.text == library.text("what_is_unclear").text


def test_who_asks_for_a_person_is_queued_and_given_the_number_to_call(library: Library) -> None:
    outcome = done(library, "action_hand_over")
    assert outcome.effects == {Effect.HAND_OVER}
    assert "1900 9068" in outcome.messages[0].text  # the hotline of BHXH Việt Nam


def test_who_wants_an_appointment_is_told_how_and_may_book(library: Library) -> None:
    outcome = done(library, "action_book_consultation", Turn("đặt lịch", "book_consultation"))
    assert outcome.messages[0].topic == "book_consultation"
    assert outcome.effects == {Effect.BOOK}


def test_a_known_province_is_answered(library: Library) -> None:
    outcome = done(library, "action_local_subsidy", Turn("", "local_subsidy", facts={"province": "ha_noi"}))
    # Nghị quyết 19/2025/NQ-HĐND of Hà Nội.
    assert "19/2025/NQ-HĐND" in outcome.messages[0].text
    assert outcome.remember == {"last_topic": "local_subsidy", "last_calculation": "local_subsidy_form"}
    assert outcome.messages[0].picture["what"] == "table"


@pytest.mark.parametrize("facts", [{}, {"province": "atlantis"}])
def test_without_a_known_province_the_page_on_local_support_answers(library: Library, facts: dict[str, str]) -> None:
    outcome = done(library, "action_local_subsidy", Turn("", "local_subsidy", facts=facts))
    assert outcome.messages[0].text == library.answer("local_subsidy", DAY).text


@pytest.mark.parametrize(
    ("action", "text", "effect"),
    [("action_stop", "stopped", Effect.STOP), ("action_resume", "resumed", Effect.RESUME)],
)
def test_a_wish_on_messages_is_confirmed_and_carried_out(
    library: Library, action: str, text: str, effect: Effect
) -> None:
    outcome = done(library, action)
    assert [message.text for message in outcome.messages] == [library.text(text).text]
    assert outcome.effects == {effect}


@pytest.mark.parametrize(
    ("action", "text"),
    [("action_default_ask_rephrase", "please_rephrase"), ("action_ask_province", "ask_province")],
)
def test_asking_changes_nothing(library: Library, action: str, text: str) -> None:
    outcome = done(library, action)
    assert [message.text for message in outcome.messages] == [library.text(text).text]
    assert not outcome.effects
    assert not outcome.remember


def test_no_number_of_the_law_is_made_up_for_a_day_before_the_law(library: Library) -> None:
    with pytest.raises(NotInForce, match="service.hotline"):
        done(library, "action_hand_over", day=date(1990, 1, 1))


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_says_something_whatever_is_known(library: Library, action: str) -> None:
    outcome = done(library, action, Turn("", "", facts={"group": "?", "province": "?"}, last_topic="?"))
    assert all(message.text.strip() for message in outcome.messages)
    assert outcome.messages or outcome.follow_up or outcome.remember["requested_slot"]  # a form asks next
