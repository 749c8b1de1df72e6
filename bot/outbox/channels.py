"""What each channel can show, as its provider says: who plans a message fits it to the channel it leaves by."""

from __future__ import annotations

from collections.abc import Mapping

from bot.outbox.contract import Capabilities
from bot.vn.sms import LONG

TELEGRAM = Capabilities(
    name="telegram",
    longest_text=4096,
    longest_caption=1024,
    buttons=100,
    payload_bytes=64,
    edits=True,
    asks=True,
    pictures="upload",
    files=("",),
    typing=True,
)
ZALO_BOT = Capabilities(name="zalo_bot", longest_text=2000, longest_caption=2000, pictures="url", typing=True)
ZALO_OA = Capabilities(name="zalo_oa", longest_text=2000, pictures="upload", files=(".pdf", ".doc", ".docx"))
SMS = Capabilities(name="sms", longest_text=4 * LONG, answers=False, accents=False)
CAPABILITIES: Mapping[str, Capabilities] = {each.name: each for each in (TELEGRAM, ZALO_BOT, ZALO_OA, SMS)}
RATES = {ZALO_BOT.name: 5.0, ZALO_OA.name: 60.0, SMS.name: 10.0}  # messages a second; Telegram's is a setting
ADVERTISING = ("[QC]", "[AD]")  # how by law an SMS begins that is advertising
