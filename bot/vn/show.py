"""How numbers, money and days are shown to a reader."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal


def whole_dong(amount: int | Decimal) -> int:
    """Round to the nearest đồng, halves up, as the worked examples of Quyết định 595/QĐ-BHXH do."""
    return int(Decimal(amount).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def dong(amount: int | Decimal) -> str:
    """1234567 -> «1.234.567 đồng»."""
    return f"{grouped(whole_dong(amount))} đồng"


def grouped(number: int) -> str:
    """1234567 -> «1.234.567»."""
    return f"{number:,}".replace(",", ".")


def percent(rate: int | Decimal) -> str:
    """Decimal('0.045') -> «4,5%»."""
    return f"{decimal_comma(Decimal(rate) * 100)}%"


def decimal_comma(number: int | Decimal) -> str:
    """Decimal('1.50') -> «1,5»."""
    text = f"{Decimal(number):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def day(moment: date) -> str:
    """date(2026, 7, 1) -> «01/07/2026»."""
    return f"{moment.day:02}/{moment.month:02}/{moment.year:04}"


def age(months: int) -> str:
    """738 -> «61 tuổi 6 tháng»."""
    years, rest = divmod(months, 12)
    return f"{years} tuổi" + (f" {rest} tháng" if rest else "")


def duration(months: int) -> str:
    """187 -> «15 năm 7 tháng»."""
    years, rest = divmod(months, 12)
    return " ".join([f"{years} năm"] * bool(years or not rest) + [f"{rest} tháng"] * bool(rest))
