"""Days, times and people as an appointment's texts show them."""

from __future__ import annotations

from datetime import date, datetime

from bot.clock import VIETNAM
from bot.vn import show

_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


def day(found: date) -> str:
    """Return a day with its weekday: «thứ năm 03/12/2026»."""
    return f"{_WEEKDAYS[found.weekday()]} {show.day(found)}"


def hour(moment: datetime) -> str:
    """Return the time of day in Vietnam: «8 giờ», «14 giờ 30»."""
    local = moment.astimezone(VIETNAM)
    return f"{local.hour} giờ" + (f" {local.minute:02}" if local.minute else "")


def when(moment: datetime) -> str:
    """Return the time and the day: «8 giờ, thứ năm 03/12/2026»."""
    return f"{hour(moment)}, {day(moment.astimezone(VIETNAM).date())}"


def short(moment: datetime) -> str:
    """Return the same for a button: «T5 3/12, 8:00»."""
    local = moment.astimezone(VIETNAM)
    weekday = "CN" if local.weekday() == 6 else f"T{local.weekday() + 2}"
    return f"{weekday} {local.day}/{local.month}, {local.hour}:{local.minute:02}"


def phone(number: str) -> str:
    """Return a number as people write it: «0912 345 678»."""
    national = "0" + number.removeprefix("+84")
    return f"{national[:-6]} {national[-6:-3]} {national[-3:]}"
