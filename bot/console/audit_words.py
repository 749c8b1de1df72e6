"""The account of acts in words: what was done, with what, and what was noted; the lines themselves stay as they were written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.campaigns.said import ACTS
from bot.console.campaign_words import said_note
from bot.console.words import WORDS
from bot.vn.place_choices import place_name

_ABOUT: Mapping[str, tuple[str, str]] = {
    # what the line names, what it is called, the page of one of them
    "campaign": ("Chiến dịch", "/campaigns/"),
    "staff": ("Nhân viên", ""),
    "consultant": ("Tư vấn viên", "/bookings/people/"),
    "channel": ("Kênh", ""),
    "talk": ("Cuộc trò chuyện số", "/talks/"),
    "person": ("Người dân số", "/people/"),
    "appointment": ("Lịch hẹn số", "/bookings/"),
    "field_day": ("Ngày lưu động", "/bookings/field/"),
    "wave": ("Đợt ra quân", "/waves/"),
    "work": ("Việc nội dung số", ""),
    "list": ("Danh sách", ""),
    "invitation": ("Lời mời", "/people/invitations/"),
}
_SAID: tuple[tuple[str, str], ...] = (
    (r"found: (\d+)", r"tìm thấy \1 người"),
    (r"(\d+) rows, (\d+) refused", r"\1 dòng, \2 dòng phải sửa"),
    (r"(\d+) takes back (\d+)", r"số \1 rút lại số \2"),
    (r"to: (.+)", r"chuyển tới \1"),
    (r"report (\S+)", r"báo cáo của \1"),
    (r"list (\S+)", r"danh sách của \1"),
)
_MADE = ("add_staff", "change_staff", "restart_channel", "work_export", "appointment_note")  # notes of codes alone
_FIELDS = {
    "roles": "vai trò",
    "scope": "nơi phụ trách",
    "active": "làm việc",
    "everywhere": "toàn quốc",
    "True": "có",
    "False": "thôi",
}


def said_act(line: Any) -> str:
    """Return what was done; acts on campaigns have words of their own."""
    words = ACTS if line.about.startswith("campaign:") else WORDS
    return words.get(line.act, line.act)


def said_about(about: str) -> tuple[str, str]:
    """Return with what it was done, and the page of it, "" where there is none."""
    kind, _, key = about.replace("/", ":", 1).partition(":") if about.startswith("work/") else about.partition(":")
    title, page = _ABOUT.get(kind, ("Đợt ra quân", ""))
    if not key:
        return f"{title} {about}" if about else "", ""
    return f"{title} {WORDS.get(key, key) if kind == 'channel' else key}", f"/console{page}{key}" if page else ""


def said_line(line: Any) -> str:
    """Return what was noted with an act: words of somebody as they are, those of the program in Vietnamese."""
    note = str(line.note)
    if line.about.startswith("campaign:"):
        return re.sub(r"\A[0-9a-f]{12}\Z", r"Mã kiểm \g<0>", said_note(note))
    if line.act in _MADE:
        return re.sub(r"[A-Za-z_][\w.-]*", lambda found: _code(found[0]), note, flags=re.ASCII)
    if line.act == "wave_enter" and (found := re.fullmatch(r"(\d+): (\S+) (\S+) (-?\d+)", note)):
        return f"số {found[1]}: {found[2]}, {WORDS.get('measure_' + found[3], found[3])} {found[4]}"
    if line.act in ("appointment_offer", "appointment_move"):
        return ""  # the key of a time; the appointment tells it
    for pattern, said in _SAID:
        if re.fullmatch(pattern, note):
            return re.sub(pattern, said, note)
    return note


def _code(word: str) -> str:
    return _FIELDS.get(word) or WORDS.get(f"note_{word}") or WORDS.get(word) or place_name(word)
