"""What consultants do with people who wait for a person, in a real Chromium: take, answer, hand back or on, look somebody up."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.console.audit_words import said_about, said_act
from tests.console.acts import Acts, Desk
from tests.console.browsing import SIZES
from tests.console.keys import tab_to


async def waiting(acts: Acts) -> tuple[int, str]:
    """Return somebody who waits, and what they are called."""
    rows = await acts.console.rows(
        "SELECT h.id, p.name FROM hand_over h JOIN contact c ON c.id = h.contact_id JOIN person p ON p.id = c.person_id"
        " WHERE h.closed_at IS NULL AND h.taken_by IS NULL AND h.province = 'phu_tho' ORDER BY h.id LIMIT 1"
    )
    return int(rows[0].id), str(rows[0].name)


async def told(acts: Acts, talk: int) -> list[str]:
    """Return what the person of a conversation was told, the last at the end."""
    rows = await acts.console.rows(
        "SELECT body->>'text' AS said FROM outbox WHERE contact_id = (SELECT contact_id FROM hand_over WHERE id = :id)"
        " ORDER BY id", id=talk,
    )  # fmt: skip
    return [str(row.said) for row in rows]


async def take(desk: Desk, talk: int) -> None:
    await desk.go("/talks")
    await desk.page.locator(f"form[action='/console/talks/{talk}/take'] button").click()
    await desk.told("Bạn đã nhận.")


async def test_who_answers_somebody_already_is_told_to_end_that_first_and_led_back(acts: Acts) -> None:
    talk, _ = await waiting(acts)
    async with acts.at_work("tuvan", "phone") as desk:
        await desk.go("/talks")
        await desk.page.locator(f"form[action='/console/talks/{talk}/take'] button").click()
        await desk.refused("Bạn đang trả lời một người khác.")
        await desk.follow("Quay lại")
        await expect(desk.page).to_have_url(f"{acts.console.url}/console/talks")
        mine = desk.page.locator("li", has_text="Bạn đang trả lời")
        await mine.get_by_role("link", name="Xem").click()
        await desk.press("Trả lại cho máy")
        await desk.told("Đã trả lại cho máy.")


@pytest.mark.parametrize("size", SIZES)
async def test_somebody_is_taken_from_the_queue_answered_and_handed_back(size: str, acts: Acts) -> None:
    talk, _ = await waiting(acts)
    async with acts.at_work("tuvan", size) as desk:
        await take(desk, talk)
        await desk.page.get_by_label("Câu trả lời").fill("Chào cô, cô mang căn cước ra nhé.")
        await desk.press("Gửi")
        await expect(desk.page.locator("#talk .bubble.ours").last).to_contain_text("cô mang căn cước ra nhé")
        await expect(desk.page.get_by_label("Câu trả lời")).to_have_value("")
        assert (await told(acts, talk))[-1].endswith("Chào cô, cô mang căn cước ra nhé.")
        await desk.press("Trả lại cho máy")
        await desk.told("Đã trả lại cho máy.")
        assert (await desk.one("SELECT closed_at FROM hand_over WHERE id = :id", id=talk)).closed_at


async def test_a_suggested_answer_comes_below_what_is_written_and_is_sent_after_a_look(acts: Acts) -> None:
    rows = await acts.console.rows(
        "SELECT h.id FROM hand_over h JOIN inbox i ON i.contact_id = h.contact_id WHERE h.closed_at IS NULL"
        " AND h.taken_by IS NULL AND i.payload LIKE 'đóng thiếu mấy năm%' LIMIT 1"
    )
    talk = rows[0].id
    async with acts.at_work("tuvan") as desk:
        await take(desk, talk)
        box = desk.page.get_by_label("Câu trả lời")
        await box.fill("Chào anh.")
        await desk.page.locator(".talk-suggested button").first.click()
        await expect(box).not_to_have_value("Chào anh.")
        suggested = await box.input_value()
        assert suggested.startswith("Chào anh.\n\n") and len(suggested) > 60
        await desk.press("Gửi")
        await expect(desk.page.locator("#talk .bubble.ours").last).to_contain_text("Chào anh.")
        assert (await told(acts, talk))[-1].endswith(suggested)
        await desk.press("Trả lại cho máy")
        await desk.told("Đã trả lại cho máy.")


async def test_somebody_is_sent_on_with_a_word_for_who_comes_next_who_opens_and_takes_them(acts: Acts) -> None:
    talk, name = await waiting(acts)
    async with acts.at_work("tuvan", "phone") as desk:
        await desk.go(f"/talks/{talk}")
        await desk.press("Nhận trả lời")
        await desk.told("Bạn đã nhận.")
        await desk.open("Chuyển nơi khác")
        await desk.shows("Chưa có nơi nào khác nhận trả lời.")
        await acts.console.do(
            "WITH made AS (INSERT INTO contact (channel, address) VALUES ('telegram', '900005') RETURNING id)"
            " UPDATE consultant SET contact_id = made.id FROM made WHERE key = 'hoa_binh.05'"
        )
        await desk.go(f"/talks/{talk}")
        await desk.open("Chuyển nơi khác")
        await desk.page.get_by_label("Chuyển tới").select_option(label="BHXH cơ sở Hòa Bình (thử)")
        await desk.fill(note="Sổ cũ đóng ở Hòa Bình")
        await desk.press("Chuyển")
        await desk.told("Đã chuyển. Người dân trở lại hàng chờ")
        await desk.page.locator(f"a[href='/console/talks/{talk}']").click()
        await desk.shows("Sổ cũ đóng ở Hòa Bình")
        await desk.shows("Lời nhắn được che.")
        await desk.press("Mở tên, số điện thoại và lời nhắn")
        await expect(desk.page.get_by_role("heading", level=1)).to_have_text(name)
        await expect(desk.page.locator("#talk .bubble").first).to_be_attached()
        await desk.one("SELECT by FROM audit WHERE act = 'open_talk' AND about = :about", about=f"talk:{talk}")


@pytest.mark.parametrize("size", SIZES)
async def test_somebody_is_looked_up_and_their_card_is_opened(size: str, acts: Acts) -> None:
    async with acts.at_work("tuvan", size) as desk:
        await desk.go("/talks")
        await desk.page.get_by_role("link", name="Tìm người").click()
        await desk.fill(wanted="cho em hoi gia vang")
        await desk.press("Tìm")
        await desk.shows("Không tìm thấy ai")
        await desk.fill(wanted="con trau nha em")
        await desk.press("Tìm")
        await expect(desk.page.locator("main tbody tr").first).to_contain_text("N*** d***")
        await desk.page.locator("main tbody a").nth(list(SIZES).index(size)).click()
        await desk.press("Mở thông tin")
        await expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Người dân")
        await desk.shows("con trâu nhà em có được mua bảo hiểm không")


async def test_who_is_at_the_counter_in_nobodys_place_reads_and_answers_nobody(acts: Acts) -> None:
    async with acts.at_work("quay") as desk:
        await desk.go("/talks")
        await desk.shows("bạn chỉ xem được")
        await expect(desk.page.get_by_role("button", name="Nhận trả lời")).to_have_count(0)


async def test_a_consultant_takes_answers_and_hands_back_by_the_keyboard_alone(acts: Acts) -> None:
    talk, _ = await waiting(acts)
    async with acts.at_work("tuvan") as desk:
        page = desk.page
        await desk.go("")
        await tab_to(page, "Trò chuyện")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{acts.console.url}/console/talks")
        await tab_to(page, "", selector=f"form[action='/console/talks/{talk}/take'] button")
        await page.keyboard.press("Enter")
        await desk.told("Bạn đã nhận.")
        await tab_to(page, "", selector="#box")
        await page.keyboard.type("Dạ có ạ")
        await tab_to(page, "Gửi")
        await page.keyboard.press("Enter")
        await expect(page.locator("#talk .bubble.ours").last).to_contain_text("Dạ có ạ")
        await expect(page.locator("#box")).to_be_focused()  # the box for the next answer takes it
        await tab_to(page, "Trả lại cho máy")
        await page.keyboard.press("Enter")
        await desk.told("Đã trả lại cho máy.")
        assert any(line.endswith("Dạ có ạ") for line in await told(acts, talk))


async def test_a_queue_that_renews_itself_leaves_the_focus_where_it_is(acts: Acts) -> None:
    talk, _ = await waiting(acts)
    async with acts.at_work("tuvan") as desk:
        await desk.go("/talks")
        for link in (f"#take-{talk}", f"#see-{talk}"):
            row = desk.page.locator("li", has=desk.page.locator(link))
            was = await row.inner_text()
            await desk.page.locator(link).focus()
            waited = "UPDATE hand_over SET asked_at = asked_at - interval '1 hour' WHERE id = :id"
            await acts.console.do(waited, id=talk)
            await expect(row).not_to_have_text(was, use_inner_text=True)
            await expect(desk.page.locator(link)).to_be_focused()


async def test_each_act_that_was_done_has_its_words(acts: Acts) -> None:
    rows = await acts.console.rows("SELECT DISTINCT act, about FROM audit")
    assert len({row.act for row in rows}) > 5
    assert not {row.act for row in rows if said_act(row) == row.act}
    assert not {row.about for row in rows if row.about and said_about(row.about)[0] == row.about}


async def test_every_act_of_these_pages_was_done_above(acts: Acts) -> None:
    assert not acts.left("talks")
