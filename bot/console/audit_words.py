"""The account of acts in the words of staff: what was done, with which thing, and what was noted."""

from __future__ import annotations

import re

from bot.console.campaign_words import ACTS, said_note
from bot.console.words import WORDS
from bot.vn.communes import province_name
from bot.vn.places import gazetteer

THINGS = {
    "staff": "Tài khoản", "campaign": "Chiến dịch", "appointment": "Lịch hẹn số", "field_day": "Ngày lưu động", "talk": "Cuộc trò chuyện số",
    "person": "Người dân số", "list": "Danh sách", "invitation": "Lời mời", "consultant": "Tư vấn viên", "channel": "Kênh",
    "wave": "Đợt ra quân", "work": "Việc nội dung số",
}  # fmt: skip
"""What each kind of thing is called, by what stands before the colon or the stroke of its name."""
_RIGHTS = {"roles": "vai trò", "scope": "nơi phụ trách", "everywhere": "mọi nơi", "active": "còn làm việc", "True": "có", "False": "không"}  # fmt: skip


def said_act(act: str, about: str) -> str:
    """Return what was done: with a campaign in the words of campaigns."""
    return (ACTS if about.startswith("campaign:") else WORDS).get(act, act)


def said_thing(about: str) -> str:
    """Return with what: «campaign:nong_dan» -> «Chiến dịch nong_dan»; «wave/unit», of reports, -> «Đợt ra quân wave, đơn vị unit»."""
    kind, mark, key = re.fullmatch(r"([^:/]*)([:/]?)(.*)", about, re.DOTALL).groups()  # type: ignore[union-attr]
    if kind in THINGS:
        return f"{THINGS[kind]} {WORDS.get(key, key)}"
    return f"{THINGS['wave']} {kind}, đơn vị {key}" if mark == "/" else about


def said_reason(note: str, about: str) -> str:
    """Return what was noted: of accounts the roles and places by their names."""
    if about.startswith("staff:"):
        return re.sub(r"[A-Za-z_]+", lambda found: _named(found[0]), note)
    return said_note(note) if about.startswith("campaign:") else note


def _named(code: str) -> str:
    return _RIGHTS.get(code) or (province_name(code) if gazetteer().today(code) else WORDS.get(code, code))
