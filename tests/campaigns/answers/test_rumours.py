"""What people heard: known by its words, counted by place without who said it, and set right with its sources."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.answers.library import Library
from bot.campaigns.answers import rumours
from bot.campaigns.answers.correction import start_correction
from bot.campaigns.answers.rumour_content import theme_in
from bot.campaigns.plan import read_plan
from bot.campaigns.templates import load_templates
from bot.conversation.respond import Reply
from bot.conversation.turn import Effect
from bot.errors import AnSinhError
from bot.outbox.rules import Message
from bot.settings import ROOT
from tests.campaigns.answers.world import NOW, World, said

HEARD = [
    ("fund_broke", "Em nghe nói quỹ bảo hiểm sắp vỡ phải không ạ"),
    ("fund_broke", "nghe don vo quy bhxh that ko"),
    ("fund_broke", "có phải quỹ BHXH bị vỡ không"),
    ("stopping_loses_all", "nghe người ta nói nghỉ đóng là mất trắng"),
    ("book_wiped_out", "có phải sổ bảo hiểm của em bị xóa sổ rồi không"),
    ("no_withdrawal", "Có phải từ giờ không được rút một lần nữa?"),
    ("no_withdrawal", "mạng nói sắp cấm rút bảo hiểm"),
    ("twenty_years_needed", "bà con bảo nghe đâu phải đóng 20 năm mới có lương hưu"),
    ("death_loses_all", "người ta bảo chết là mất hết tiền"),
    ("double_money_back", "nghe nói đóng một năm được hoàn gấp đôi"),
    ("call_for_code", "nghe nói không đọc OTP thì bị khóa thẻ"),
    ("only_the_poor_get_support", "nghe bảo chỉ hộ nghèo mới được hỗ trợ tiền đóng"),
    ("pension_is_cut", "trên mạng nói sắp cắt lương hưu, có thật không"),
    ("five_years_card_pays_all", "nghe nói có thẻ BHYT 5 năm liền là khám miễn phí"),
    ("private_business", "hàng xóm nói bảo hiểm tự nguyện là đa cấp"),
    ("too_old_to_join", "nghe nói quá tuổi là không được đóng nữa"),
]
NO_RUMOUR = [
    "quỹ hưu trí là gì",
    "em muốn rút một lần thì làm sao",
    "nghe nói tỉnh mình hỗ trợ thêm tiền đóng phải không",
    "em không muốn rút, nghe nói có trợ cấp hằng tháng",
    "mẹ em mất sớm, nghe nói hộ nghèo có trợ cấp",
    "đủ 20 năm thì lương hưu bao nhiêu",
    "nghe nói đi định cư thì lấy hết tiền bảo hiểm ra được",
]


@pytest.mark.parametrize(("theme", "words"), HEARD)
def test_a_rumour_is_known_by_its_words(library: Library, theme: str, words: str) -> None:
    found = theme_in(library.rumours, words)
    assert found is not None
    assert found.key == theme


def test_every_rumour_that_is_known_has_an_example(library: Library) -> None:
    assert {theme for theme, _ in HEARD} == library.rumours.keys()


@pytest.mark.parametrize("words", NO_RUMOUR)
def test_a_plain_question_is_none(library: Library, words: str) -> None:
    assert theme_in(library.rumours, words) is None


async def test_a_rumour_is_set_right_with_its_sources_and_without_shaming(world: World) -> None:
    contact = await world.contact()
    (told,) = await world.say(contact, "em nghe đồn quỹ bảo hiểm xã hội sắp vỡ")
    assert "Cảm ơn bạn đã hỏi lại" in told["text"]
    assert "Luật BHXH 41/2024/QH15" in told["text"]
    assert "Ngày kiểm tra" in told["text"] or "22/11/2026" in told["text"]
    assert "vis:" not in told["text"]
    assert [button["to"] for button in told["buttons"]] == ["vssid_lookup", "human"]


async def test_only_theme_place_and_words_without_a_name_are_kept_and_an_event_counts_once(world: World) -> None:
    contact = await world.contact()
    await world.do("UPDATE person SET name = 'hoa cá'")
    await world.say(contact, "em là hoa cá 0912345678 ở Bình Xuyên Vĩnh Phúc, nghe chị Lan nói quỹ bảo hiểm sắp vỡ")
    await world.conversation.answer_waiting(contact, world.responder)
    (row,) = await world.rows("SELECT theme, province, snippet FROM rumour")
    assert (row.theme, row.province) == ("fund_broke", "phu_tho")
    assert row.snippet == "em là xxx ở Bình Xuyên Vĩnh Phúc, nghe chị xxx nói quỹ bảo hiểm sắp vỡ"


async def test_where_no_place_is_named_the_persons_own_counts(world: World) -> None:
    contact = await world.contact()
    await world.do("UPDATE person SET province = 'phu_tho', commune = '08950'")
    await world.say(contact, "nghe đồn vỡ quỹ")
    (row,) = await world.rows("SELECT province, commune FROM rumour")
    assert (row.province, row.commune) == ("phu_tho", "08950")


async def test_a_rumour_that_nobody_wrote_about_is_work_for_editors_once(world: World) -> None:
    contact = await world.contact()
    words = "nghe đồn ai họ Trần thì được tặng thẻ"
    assert said(await world.say(contact, words)) == f"heard {words}"
    (row,) = await world.rows("SELECT r.theme, w.kind, w.state FROM rumour r JOIN work_item w ON w.ref = r.id")
    assert (row.theme, row.kind, row.state) == (None, "rumour", "open")


async def test_hearsay_that_a_page_answers_is_a_question_as_any_other(world: World) -> None:
    contact = await world.contact()
    words = "nghe nói tỉnh mình hỗ trợ thêm phải không"
    world.echo.says[words] = Reply((Message("Có.", topic="local_subsidy"),))
    await world.say(contact, words)
    assert not await world.rows("SELECT 1 FROM rumour")
    assert not await world.rows("SELECT 1 FROM work_item")


async def test_hearsay_that_nobody_could_answer_is_work(world: World) -> None:
    contact = await world.contact()
    words = "nghe nói sắp có thẻ màu xanh"
    world.echo.says[words] = Reply((Message("Tôi chưa biết."),), frozenset({Effect.OPEN_QUESTION}))
    await world.say(contact, words)
    assert {row.kind for row in await world.rows("SELECT kind FROM work_item")} == {"question", "rumour"}


async def tell(world: World, times: int, place: str) -> None:
    for _ in range(times):
        await world.say(await world.contact(), f"ở {place} nghe đồn vỡ quỹ bảo hiểm")


async def test_where_it_is_frequent_the_whole_place_is_spoken_to(world: World) -> None:
    await tell(world, 5, "Phú Thọ")
    await tell(world, 2, "Cần Thơ")
    async with world.engine.connect() as connection:
        plan = await start_correction(connection, world.library, "fund_broke", now=NOW)
        other = await start_correction(connection, world.library, "pension_is_cut", now=NOW)
        heard = await rumours.counted(connection, now=NOW + timedelta(days=5), within=timedelta(days=365))
    assert [(each.theme, each.province, each.times) for each in heard] == [
        ("fund_broke", "phu_tho", 5),
        ("fund_broke", "can_tho", 2),
    ]
    assert plan["audience"] == {"places": ["phu_tho"]}
    assert other["audience"] == {"asked": ["pension_amount"], "within_days": 30}
    assert plan["schedule"] == {"at": "2026-11-26 09:00"}
    assert plan["template"] in load_templates(ROOT / "content", world.library)
    for each in (plan, other):
        assert read_plan(each, world.library.topics).key == each["campaign"]


async def test_a_correction_of_an_unknown_rumour_is_refused(world: World) -> None:
    async with world.engine.connect() as connection:
        with pytest.raises(AnSinhError, match="no rumour"):
            await start_correction(connection, world.library, "moon", now=NOW)
