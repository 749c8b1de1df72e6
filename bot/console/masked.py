"""Names and numbers as they are shown until somebody opens them. Pure."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """Return of each word its first sign: «N*** T*** H***»."""
    return " ".join(word[0] + "***" for word in name.split()) or "***"


def mask_phone(number: str) -> str:
    """Return a number in E.164 by its first and last digits: «09** *** 678»."""
    national = "0" + number.removeprefix("+84") if number else ""
    return f"{national[:2]}** *** {national[-3:]}" if len(national) > 6 else "***"
