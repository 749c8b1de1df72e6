"""Accounts in a real Chromium: made by the administrator, entered with password and telephone, changed, ended, and read in the account of acts."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from playwright.async_api import expect

from tests.console.acts import Acts, Desk
from tests.console.browsing import SIZES
from tests.console.conftest import NOW

OWN = "ruộng lúa chín vàng"


async def made(desk: Desk, key: str) -> str:
    """Let an administrator make an account; return the password that is shown once."""
    await desk.go("/staff")
    form = desk.page.locator("form[action='/console/staff']")
    await form.get_by_label("Tên tài khoản").fill(key)
    await form.get_by_label("Họ tên").fill("Nguyễn Thị Mới")
    await form.get_by_label("Biên tập nội dung").check()
    await form.get_by_label("Ghi tên tỉnh, xã, phường").fill("phu tho")
    await expect(form.locator(".understood")).to_have_text("Hiểu là: Phú Thọ.")
    await form.get_by_role("button", name="Thêm").click()
    await desk.told(f"Mật khẩu đầu tiên của {key}")
    return await desk.page.get_by_role("status").locator("code").inner_text()


async def enter(desk: Desk, key: str, password: str) -> None:
    await desk.page.get_by_label("Tên tài khoản").fill(key)
    await desk.page.get_by_label("Mật khẩu").fill(password)
    await desk.press("Đăng nhập")


@pytest.mark.parametrize("size", SIZES)
async def test_a_new_colleague_comes_in_by_password_telephone_and_a_password_of_their_own_and_goes_out(
    size: str, acts: Acts
) -> None:
    async with acts.at_work("quantri", size) as admin:
        password = await made(admin, f"moi.{size}")
    async with acts.at_work("", size) as desk:
        page = desk.page
        await desk.go("/content")
        await enter(desk, f"moi.{size}", "không phải mật khẩu")
        await desk.refused("Tên, mật khẩu hoặc mã không đúng")
        await enter(desk, f"moi.{size}", password)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Gắn điện thoại tạo mã")
        await expect(page.locator("img.qr")).to_be_visible()
        await desk.open("Không quét được?")
        secret = await page.locator("details code").inner_text()
        await page.get_by_label("Mã 6 số").fill("000000")
        await desk.press("Gắn điện thoại này")
        await desk.refused("mã không đúng")
        assert await page.locator("details code").text_content() == secret, "the picture that was scanned stays good"
        await page.get_by_label("Mã 6 số").fill(pyotp.TOTP(secret).at(NOW))
        await desk.press("Gắn điện thoại này")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Chọn mật khẩu của bạn")
        await desk.fill(old=password, new=OWN, again=OWN + "!")
        await desk.press("Đổi mật khẩu")
        await desk.refused("Hai lần nhập mật khẩu mới không giống nhau.")
        await desk.fill(old=password, new=OWN, again=OWN)
        await desk.press("Đổi mật khẩu")
        await desk.told("Đã đổi mật khẩu. Mời bạn đăng nhập lại.")
        await enter(desk, f"moi.{size}", OWN)
        await page.get_by_label("Mã 6 số").fill(pyotp.TOTP(secret).at(NOW + timedelta(seconds=30)))
        await desk.press("Vào làm việc")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Chào Nguyễn Thị Mới")
        await desk.open("Nguyễn Thị Mới")
        await desk.press("Đăng xuất")
        await desk.told("Bạn đã đăng xuất.")
        await desk.go("/content")
        await expect(page.get_by_label("Mật khẩu")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
async def test_an_account_gets_other_roles_a_new_password_leaves_and_comes_back(size: str, acts: Acts) -> None:
    key = f"doi.{size}"
    query = "SELECT roles, scope, active, password_is_new FROM staff WHERE key = :key"
    async with acts.at_work("quantri", size) as desk:
        await made(desk, key)
        account = desk.page.locator("tr", has_text=key)
        await account.locator("summary").click()
        await account.get_by_label("Chỉ xem").check()
        await account.get_by_label("Phú Thọ").uncheck()
        await account.get_by_label("Thêm nơi khác").fill("Việt Trì; Cần Thơ")
        await expect(account.locator(".understood")).to_contain_text("Hiểu là: Cần Thơ.")
        await account.get_by_role("button", name="Lưu").click()
        await desk.refused("Có nhiều nơi tên «Việt Trì»")
        await account.get_by_label("Phường Việt Trì, Phú Thọ").check()
        await account.get_by_role("button", name="Lưu").click()
        await desk.told("Đã lưu.")
        assert tuple(await desk.one(query, key=key)) == (["editor", "viewer"], ["07900", "can_tho"], True, True)
        await expect(account).to_contain_text("Cần Thơ; Phường Việt Trì, Phú Thọ")
        await account.locator("summary").click()
        await account.get_by_role("button", name="Cấp mật khẩu mới").click()
        await desk.told(f"Mật khẩu đầu tiên của {key}")
        for button, active in (("Cho nghỉ", False), ("Cho làm lại", True)):
            await account.locator("summary").click()
            await account.get_by_role("button", name=button).click()
            await desk.told("Đã lưu.")
            assert (await desk.one(query, key=key)).active is active


async def test_what_is_wrong_with_an_account_is_said_and_what_was_typed_is_still_there(acts: Acts) -> None:
    async with acts.at_work("quantri", "phone") as desk:
        await desk.go("/staff")
        form = desk.page.locator("form[action='/console/staff']")
        await form.get_by_label("Tên tài khoản").fill("sai.noi")
        await form.get_by_label("Họ tên").fill("Người Gõ Nhầm")
        await form.get_by_label("Chỉ xem").check()
        await form.get_by_label("Ghi tên tỉnh, xã, phường").fill("atlantis")
        await expect(form.locator(".understood")).to_contain_text("Không tìm thấy nơi «atlantis»")
        await form.get_by_role("button", name="Thêm").click()
        await desk.refused("Không tìm thấy nơi «atlantis». Hãy ghi tên xã, phường, tỉnh hoặc huyện cũ")
        await expect(form.get_by_label("Họ tên")).to_have_value("Người Gõ Nhầm")
        await expect(form.get_by_label("Ghi tên tỉnh, xã, phường")).to_have_value("atlantis")
        await expect(form.get_by_label("Chỉ xem")).to_be_checked()


@pytest.mark.parametrize("size", SIZES)
async def test_the_account_of_acts_tells_who_did_what_and_leads_to_what_was_before(size: str, acts: Acts) -> None:
    async with acts.at_work("quantri", size) as desk:
        await desk.go("/audit")
        await desk.shows("Nhật ký còn nguyên vẹn")
        await desk.shows("Thêm nhân viên")
        newest = await desk.page.locator("tbody tr").first.inner_text()
        await desk.follow("Cũ hơn")
        await expect(desk.page.locator("tbody tr").first).not_to_have_text(newest)


async def test_every_act_of_these_pages_was_done_above(acts: Acts) -> None:
    assert not acts.left("doors")
