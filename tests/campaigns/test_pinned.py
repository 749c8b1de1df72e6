"""Campaigns' texts as they are pinned and read: by channel, step and situation, for people of any name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers.library import Library
from bot.campaigns.grounds import changes, grounds_of
from bot.campaigns.personal import FIELDS, LONGEST, for_person
from bot.campaigns.preview import preview
from bot.campaigns.templates import CHANNELS, Pinned, load_template, load_templates
from bot.conversation.pictures import draw
from bot.conversation.rules import Wish
from bot.errors import ContentError
from bot.outbox.channels import CAPABILITIES, SMS, TELEGRAM, ZALO_OA
from bot.outbox.fit import units
from bot.settings import ROOT
from bot.vn.sms import count
from tests.campaigns.harvest import CAMPAIGN, NUMBER, SERIES, TEXT, all_of, loaded
from tests.conftest import TODAY
from tests.texts import any_text, vietnamese


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes its campaign."""
    return tmp_path / "vu_mua.yaml"


def test_every_campaign_that_is_written_loads(library: Library) -> None:
    templates = load_templates(ROOT / "content", library)
    assert len(templates) >= 14
    for template in templates.values():
        assert any(button.to == Wish.STOP for words in template.words.values() for button in words.buttons)


def test_a_campaign_says_the_law_of_the_day_and_what_it_rests_on(file: Path, library: Library) -> None:
    template = loaded(file, library)
    told = all_of(template, library)["", "a", "", TELEGRAM.name]
    assert told.body["text"] == (
        "Chào ⟦name⟧, thấp nhất 330.000 đồng.\n\n"
        "📄 Căn cứ: Luật BHXH 41/2024/QH15, Điều 36 (từ 01/07/2025). Kiểm tra ngày 22/11/2026.\n\n"
        "Nhắn DỪNG nếu cô/chú không muốn nhận tin."
    )
    assert told.personal == {"name": "bà con"}
    later = all_of(template, library, date(2027, 1, 1))
    assert "thấp nhất 484.000 đồng." in later["", "a", "", TELEGRAM.name].body["text"]


def test_an_sms_begins_with_the_label_and_ends_with_how_to_refuse(file: Path, library: Library) -> None:
    told = all_of(loaded(file, library), library)["", "a", "", SMS.name]
    assert told.body["text"] == (
        "[QC] An Sinh: Chao ⟦name⟧, thap nhat 330.000 dong. Khong nhan tin nua: soan TC gui 8077"
    )
    quiet = loaded(file, library, CAMPAIGN.replace("advertising: true", "advertising: false"))
    assert all_of(quiet, library)["", "a", "", SMS.name].body["text"].startswith("An Sinh: Chao")


def test_who_has_no_text_of_their_own_gets_the_one_for_all(file: Path, library: Library) -> None:
    made = all_of(loaded(file, library), library)
    assert {situation for _, _, situation, _ in made} == {"", "tieu_thuong"}
    traders = made["", "a", "tieu_thuong", TELEGRAM.name]
    assert traders.body["text"].startswith("Chào cô chú") and not traders.personal
    assert made["", "a", "tieu_thuong", SMS.name].body == made["", "a", "", SMS.name].body


def test_a_channel_without_buttons_shows_a_menu_before_the_line_on_stopping(file: Path, library: Library) -> None:
    told = all_of(loaded(file, library), library)["", "a", "", ZALO_OA.name]
    assert told.body["text"].endswith("\n\n1. Tính thử\n2. Đã đóng rồi\n\nNhắn DỪNG nếu cô/chú không muốn nhận tin.")
    assert [button["to"] for button in told.body["menu"]] == ["calculate_contribution", "paid"]


def test_a_series_has_its_texts_by_day(file: Path, library: Library) -> None:
    template = loaded(file, library, SERIES)
    assert template.steps == ("-7", "5")
    assert all_of(template, library)["5", "a", "", TELEGRAM.name].body["text"].startswith("Qua\n")


def test_a_picture_goes_with_the_words_where_a_channel_can_show_both(file: Path, library: Library) -> None:
    made = all_of(loaded(file, library, CAMPAIGN.replace(TEXT, "    picture: {what: contribution}\n" + TEXT)), library)
    assert made["", "a", "", TELEGRAM.name].body["picture"]["income"] == "1500000"
    assert draw(library, made["", "a", "", TELEGRAM.name].body["picture"]).startswith(b"\x89PNG")
    assert not any("picture" in one.body for one in made.values() if one.channel != TELEGRAM.name)


def test_a_button_may_lead_to_a_survey_that_exists(file: Path, library: Library) -> None:
    loaded(file, library, CAMPAIGN.replace("to: paid", "to: 'quiz:basics'"))
    with pytest.raises(ContentError, match="survey:basics leads nowhere"):
        loaded(file, library, CAMPAIGN.replace("to: paid", "to: 'survey:basics'"))


PREVIEWED = ("nong_dan", "ho_kinh_doanh", "sap_den_ky_dong")


@pytest.mark.parametrize("key", PREVIEWED)
def test_a_campaign_looks_as_it_was_last_looked_at(library: Library, key: str) -> None:
    template = load_template(ROOT / "content" / "campaigns" / f"{key}.yaml", library)
    kept = Path(__file__).parent / "previews" / f"{key}.txt"  # write it anew when the words are meant to change
    assert preview(library, template, TODAY, CHANNELS, refuse_by=NUMBER) == kept.read_text(encoding="utf-8")


_values = st.dictionaries(
    st.sampled_from(FIELDS), st.one_of(vietnamese, any_text, st.text(alphabet="😀⟦name⟧{}^", max_size=LONGEST))
)


def fits(one: Pinned, values: dict[str, Any]) -> bool:
    """Whether a message still fits when it is filled for somebody."""
    shown = CAPABILITIES[one.channel]
    text = for_person(one.body, one.personal, values, accents=shown.accents)["text"]
    assert one.personal.keys().isdisjoint(field for field in FIELDS if f"⟦{field}⟧" in text)
    if not shown.accents:
        cost = count(text)
        return not cost.unicode and cost.parts <= 3
    return units(text) <= (shown.longest_caption if "picture" in one.body else shown.longest_text)


@pytest.fixture(scope="module")
def every_message(library: Library) -> dict[str, tuple[Pinned, ...]]:
    """All that every campaign says today, by the campaign's key."""
    found = load_templates(ROOT / "content", library).values()
    return {one.key: tuple(all_of(one, library, max(TODAY, one.valid_from)).values()) for one in found}


@given(_values)
def test_whatever_a_person_is_called_every_campaign_fits(
    every_message: dict[str, tuple[Pinned, ...]], values: dict[str, str]
) -> None:
    for key, messages in every_message.items():
        assert all(fits(one, values) for one in messages), key


def fits_or_is_refused(file: Path, library: Library, more: int, more_sms: int, values: dict[str, str]) -> bool:
    """Whether a text made longer is refused; if it is not, it must fit when it is filled for somebody."""
    longer = CAMPAIGN.replace("Chào {{", f"{'à' * more} Chào {{{{").replace("Chao {{", f"{'a' * more_sms} Chao {{{{")
    try:
        template = loaded(file, library, longer)
    except ContentError:
        return False
    assert all(fits(one, values) for one in all_of(template, library).values())
    return True


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 2000), st.integers(0, 400), _values)
def test_a_text_fits_everybody_or_is_refused(
    file: Path, library: Library, more: int, more_sms: int, values: dict[str, str]
) -> None:
    fits_or_is_refused(file, library, more, more_sms, values)


@pytest.mark.parametrize(("name", "sms"), [("😀" * LONGEST, False), ("W" * LONGEST, True)])
def test_what_just_fits_fits_the_longest_name(file: Path, library: Library, name: str, sms: bool) -> None:
    lengths = range(200, 400, 12) if sms else range(1500, 1900, 25)
    ends = [fits_or_is_refused(file, library, *((0, n) if sms else (n, 0)), {"name": name}) for n in lengths]
    assert ends[0] and not ends[-1], "the border lies between"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Nguyễn Thị Hoa", "Nguyen Thi Hoa"),
        ("Nguyễn\n\u200bThị Hoa", "Nguyen Thi Hoa"),
        ("", "ba con"),
        ("H" * 61, "ba con"),
        ("花", "ba con"),
        ("⟦name⟧", "ba con"),
    ],
)
def test_of_whom_sms_cannot_say_the_name_the_fallback_is_said(value: str, said: str) -> None:
    body = {"text": "Chao ⟦name⟧"}
    assert for_person(body, {"name": "ba con"}, {"name": value}, accents=False)["text"] == f"Chao {said}"


def test_a_name_that_looks_like_a_mark_is_not_said() -> None:
    personal = {"name": "bà con", "commune": "xã mình"}
    told = for_person({"text": "Chào ⟦name⟧ ở ⟦commune⟧"}, personal, {"name": "⟦commune⟧"}, accents=True)
    assert told["text"] == "Chào bà con ở xã mình"


def test_a_picture_of_a_province_rests_on_what_that_province_adds(library: Library) -> None:
    template = load_templates(ROOT / "content", library)["nong_dan"]
    picture = {"what": "contribution", "on": TODAY.isoformat(), "income": "1500000", "province": "phu_tho"}
    texts = [Pinned("", "a", "", TELEGRAM.name, {"text": "x", "picture": picture}, {})]
    found = grounds_of(template, library, texts, TODAY, TODAY)
    assert "local phu_tho" in found
    here = next(one for one in library.local_support if one.province == "phu_tho" and one.groups)
    for changed, told in (
        (replace(here, note="x", checked=date(2026, 12, 1)), []),
        (replace(here, valid_to=TODAY), ["Hỗ trợ của Phú Thọ"]),
        (replace(here, province="can_tho"), ["Hỗ trợ của Phú Thọ"]),
    ):
        others = tuple(changed if one is here else one for one in library.local_support)
        edited = replace(library, local_support=others, _answers={}, _search=None, _heads=None)
        assert [one.name for one in changes(found, edited, TODAY, TODAY)] == told
