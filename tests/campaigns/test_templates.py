"""Campaigns' texts: what could not be sent as it is written is refused with file, key and reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.answers.texts import Text
from bot.campaigns.templates import CHANNELS, changes_on, render
from bot.check import campaigns_are_ready
from bot.errors import ContentError
from tests.campaigns.harvest import CAMPAIGN, NUMBER, SERIES, TEXT, all_of, loaded
from tests.conftest import TODAY


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes its campaign."""
    return tmp_path / "vu_mua.yaml"


REFUSED = {
    "unknown key": ("purpose:", "note: x\npurpose:", "unknown key note"),
    "missing key": ("purpose: Bà con biết mức đóng.\n", "", "missing key purpose"),
    "unknown theme": ("[y_nghia]", "[tet]", "theme.*'tet' is none of"),
    "no theme": ("[y_nghia]", "[]", "theme: needs at least one"),
    "audience that names nobody": ("{situations: [nong_dan, tieu_thuong]}", "{}", "audience: names nobody"),
    "label neither yes nor no": ("advertising: true", "advertising: maybe", "advertising: must be true or false"),
    "no basis": ("\n  - {document: Luật BHXH 41/2024/QH15, article: Điều 36, since: 2025-07-01}", " []", "basis: needs"),
    "basis not yet in force": ("since: 2025-07-01", "since: 2026-12-01", "valid_from: .* in force from 2026-12-01"),
    "basis that ends first": ("since: 2025-07-01}", "since: 2025-07-01, until: 2027-06-30}", "valid_to: .* ends on 2027-06-30"),
    "end before the beginning": ("valid_to: 2027-12-31", "valid_to: 2026-11-01", "valid_to: lies before"),
    "digits of the law": ("{{ lowest | dong }}.\n    sms", "330.000 đồng.\n    sms", "text: «330.000» must come from"),
    "digits in an SMS": ("thap nhat {{ lowest | dong }}", "thap nhat 330k", "sms: «330k.» must come from"),
    "digits in a title": ("title: Góp ít", "title: Góp 22%", "title: «22%» must come from"),
    "digits on a button": ("title: Tính thử,", "title: Tính 22%,", "buttons: «22%» must come from"),
    "digits as a fallback": ('"bà con"', '"15 bà con"', "name needs a fallback"),
    "unknown personal field": ('person("name", "bà con")', 'person("age", "bà con")', "person: age is none of name"),
    "missing fallback": ('person("name", "bà con")', 'person("name")', "person: name needs a fallback"),
    "empty fallback": ('person("name", "bà con")', 'person("name", " ")', "person: name needs a fallback"),
    "two fallbacks": ("bà con\") }}, th", 'bà con") }}, {{ person("name", "cô") }}, th', "has two fallbacks"),
    "personal field inside another": ('person("name", "bà con") }}', 'person("name", "bà con") | upper }}', "must stand alone"),
    "unknown placeholder": ("{{ lowest | dong }}.\n    sms", "{{ amount }}.\n    sms", "text: amount is unknown"),
    "unknown placeholder on some days only": (
        "{{ lowest | dong }}.\n    sms", "{% if today.year > 2030 %}{{ amount }}{% endif %}\n    sms", "text: amount is unknown",
    ),
    "broken template": ("{{ lowest | dong }}.\n    sms", "{{ lowest | }}.\n    sms", "a: text: "),
    "unknown number of the law": ("law.common.rural", "law.commons.rural", "commons is no parameter"),
    "accents in an SMS": ("thap nhat", "thấp nhất", "sms: «thấp» must be written without diacritics"),
    "accents in an SMS's fallback": ('"ba con"', '"bà con"', "sms: «bà» must be written without diacritics"),
    "signs that SMS cannot say": ("Chao {{", "😀 Chao {{", "sms: has signs that SMS cannot say"),
    "SMS too long": ("thap nhat", "thap nhat " + "rat " * 90, "sms: 4 parts with the longest names; at most 3"),
    "text too long for a message": ("Chào {{", "rất dài " * 240 + "Chào {{", "a: zalo_bot: .* fit"),
    "text too long under its picture": (TEXT, "    picture: {what: contribution}\n" + TEXT.replace("Chào", "dài " * 250 + "Chào"), "telegram: .* 1024 fit"),
    "unknown picture": (TEXT, "    picture: {what: cat}\n" + TEXT, "picture.what: must be one of contribution"),
    "picture with an unknown fact": (TEXT, "    picture: {what: curve, age: '40'}\n" + TEXT, "picture: unknown key age"),
    "picture that cannot be drawn": (TEXT, "    picture: {what: curve, sex: female}\n" + TEXT, "a: picture: no picture of curve"),
    "no buttons": (
        "buttons:\n  - {title: Tính thử, to: calculate_contribution}\n  - {title: Đã đóng rồi, to: paid}\n", "", "buttons: needs at least one",
    ),
    "button to nowhere": ("to: calculate_contribution", "to: weather", "buttons: weather leads nowhere"),
    "unknown arm": ("messages:\n  a:", "messages:\n  c: {text: x, sms: x}\n  a:", "unknown key c"),
    "arm without an SMS": ("messages:\n  a:", "messages:\n  b: {text: x}\n  a:", "b: missing key sms"),
    "unknown situation": ("      tieu_thuong:", "      tho_may:", "for: unknown key tho_may"),
    "neither messages nor steps": ("messages:", "steps:", "steps: 'a' is no number of days"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_could_not_be_sent_is_refused(file: Path, library: Library, old: str, new: str, complaint: str) -> None:
    assert old in CAMPAIGN
    with pytest.raises(ContentError, match=complaint) as refused:
        loaded(file, library, CAMPAIGN.replace(old, new))
    assert str(refused.value).startswith(str(file))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("{a: {text: Qua, sms: Qua}}", "{a: {text: Qua, sms: Qua}, b: {text: Qua, sms: Qua}}", "same arms"),
        ("5: {a", "500: {a", "500 is no number of days"),
        ("steps:", "messages: {a: {text: x, sms: x}}\nsteps:", "either messages, or steps"),
    ],
)
def test_a_series_that_is_not_whole_is_refused(
    file: Path, library: Library, old: str, new: str, complaint: str
) -> None:
    assert old in SERIES
    with pytest.raises(ContentError, match=complaint):
        loaded(file, library, SERIES.replace(old, new))


@pytest.mark.parametrize(
    ("key", "text", "channel"),
    [
        ("campaign_stop", "Nhắn ĐÚNG nếu cô/chú thích.", "zalo_bot"),
        ("campaign_sms_stop", "Khong nhan tin nua: goi {number}", "sms"),
    ],
)
def test_nothing_is_sent_without_a_word_that_stops_it(
    file: Path, library: Library, key: str, text: str, channel: str
) -> None:
    silent = {**library.texts, key: Text(key, text, ())}
    with pytest.raises(ContentError, match=f"text {key}: names no word that stops messages"):
        render(loaded(file, library), library.law, TODAY, silent, [channel], refuse_by=NUMBER)


@pytest.mark.parametrize("number", ["", "8077"])
def test_sms_leave_only_with_a_number_to_refuse_by(file: Path, library: Library, number: str) -> None:
    template = loaded(file, library)
    if number:
        assert render(template, library.law, TODAY, library.texts, ["sms"], refuse_by=number)
    else:
        with pytest.raises(ContentError, match="AN_SINH_SMS_REFUSE_BY"):
            render(template, library.law, TODAY, library.texts, ["sms"])


@pytest.mark.parametrize(
    ("day", "complaint"),
    [
        (date(2026, 11, 21), "does not hold on 2026-11-21"),
        (date(2028, 1, 1), "does not hold on 2028-01-01"),
        (date(2027, 6, 1), "2026-11-22 is too long ago"),
    ],
)
def test_out_of_its_time_nothing_is_rendered(file: Path, library: Library, day: date, complaint: str) -> None:
    with pytest.raises(ContentError, match=complaint):
        all_of(loaded(file, library), library, day)


def test_what_rests_on_an_ended_document_is_not_rendered(file: Path, library: Library) -> None:
    template = loaded(file, library)
    ended = replace(template, basis=(replace(template.basis[0], until=date(2026, 12, 31)),))
    with pytest.raises(ContentError, match="basis: .* is not in force on 2027-01-01"):
        all_of(ended, library, date(2027, 1, 1))


def test_the_web_chat_is_no_channel_of_campaigns(file: Path, library: Library) -> None:
    with pytest.raises(ContentError, match="webchat is no channel of campaigns"):
        render(loaded(file, library), library.law, TODAY, library.texts, ["webchat"])


def test_the_day_from_which_pinned_texts_are_wrong_is_known(file: Path, library: Library) -> None:
    template = loaded(file, library)
    span = (library.law, TODAY, date(2027, 3, 1), library.texts, CHANNELS)
    assert changes_on(template, *span) == date(2027, 1, 1)
    lawless = SERIES.replace(CAMPAIGN[CAMPAIGN.index("figures") : CAMPAIGN.index("buttons")], "")
    assert "law." not in lawless
    assert changes_on(loaded(file, library, lawless), *span) is None


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("valid_to: 2027-12-31", "valid_to: 2026-11-22", "valid_to: ended on 2026-11-22"),
        ("checked: 2026-11-22", "checked: 2026-11-30", "checked: 2026-11-30 is in the future"),
        ("thấp nhất {{ lowest", "thấp nhất {{ (lowest / (2200000 - law.common.rural_poverty_line))", "(on 2027-01-01)"),
        ("title:", "title: [", "not valid YAML"),
        ("to: paid", "to: 'survey:none'", "survey:none leads nowhere"),
    ],
)
def test_the_check_names_campaigns_that_are_not_ready(
    tmp_path: Path, library: Library, old: str, new: str, complaint: str
) -> None:
    for folder in ("campaigns", "surveys"):
        (tmp_path / "content" / folder).mkdir(parents=True)
    (tmp_path / "content" / "surveys" / "basics.yaml").write_text("kind: survey\n")
    file = tmp_path / "content" / "campaigns" / "vu_mua.yaml"
    sound = CAMPAIGN.replace("{title: Tính thử, to: calculate_contribution}", "{title: Hỏi, to: 'survey:basics'}")
    for text, faults in ((sound, 0), (sound.replace(old, new), 1)):
        file.write_text(text, encoding="utf-8")
        found = list(campaigns_are_ready(tmp_path, library, date(2026, 11, 23)))
        assert len(found) >= faults and all(complaint in fault and str(file) in fault for fault in found), found
