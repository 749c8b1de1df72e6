"""Campaigns in the words of staff: a plan line by line, what is wrong with a field, why people get nothing, what was done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.answers.pages import Topic
from bot.campaigns.templates import Template
from bot.console.words import WORDS
from bot.vn.place_choices import gathered

REASONS: Mapping[str, str] = {
    "holdout": "Nhóm đối chứng, để so sánh",
    "no_contact": "Không có kênh liên lạc nào đã chọn",
    "never_consented": "Chưa từng đồng ý nhận tin",
    "stopped": "Đã xin dừng nhận tin",
    "unreachable": "Không liên lạc được (đã chặn, số không dùng)",
    "capped": "Đã nhận đủ số tin cho phép",
    "campaign_stopped": "Chiến dịch đã dừng",
    "withdrawn": "Người duyệt đã rút lại",
    "paid": "Đã báo là đóng rồi",
    "not sent in time": "Hết giờ mà chưa gửi được",
    "settled": "Nhân viên xác nhận là không đến",
    "appointment changed": "Lịch hẹn đã đổi",
    "forgotten": "Người nhận đã xin xóa dữ liệu",
    "merged": "Đã nhận ở một kênh khác của cùng người",
    "blocked": "Người nhận đã chặn",
    "deactivated": "Tài khoản người nhận đã đóng",
    "forbidden": "Người nhận không cho nhắn",
    "erased": "Người nhận đã xin xóa dữ liệu",
    "answer": "Kênh không trả lời rõ",
    "no_answer": "Kênh không trả lời",
    "sender died": "Máy gửi tắt giữa chừng",
    "too many attempts": "Đã thử nhiều lần mà không được",
    "retry": "Kênh bận, chưa thử lại được",
    "refresh": "Quyền gửi hết hạn giữa chừng",
    "address": "Địa chỉ người nhận sai",
    "chat_not_found": "Không còn tài khoản này trên kênh",
    "chat_migrated": "Tài khoản đã chuyển chỗ",
    "not_editable": "Không sửa được tin cũ",
    "not_modified": "Tin không có gì mới",
    "too_long": "Tin dài quá",
    "too_late": "Bấm nút đã quá lâu",
    "bad_request": "Kênh không nhận tin này",
    "window_closed": "Kênh chỉ cho nhắn khi người ấy vừa nhắn",
    "phone": "Số điện thoại không đúng",
    "content_not_registered": "Mẫu SMS chưa đăng ký",
    "network_not_registered": "Tên người gửi chưa đăng ký với nhà mạng này",
    "advertising_type": "Nhà mạng chưa nhận tin quảng cáo gửi lẻ",
    "cannot be prepared": "Máy không dựng được tin",
    "nothing to show here": "Kênh này không hiện được tin",
    "": "Không ghi lý do",
}
"""Why somebody got nothing, by the code of the ledger."""

WEEKDAYS: Mapping[str, str] = {
    "monday": "Thứ Hai", "tuesday": "Thứ Ba", "wednesday": "Thứ Tư", "thursday": "Thứ Năm", "friday": "Thứ Sáu",
    "saturday": "Thứ Bảy", "sunday": "Chủ nhật",
}  # fmt: skip
BOOKED: Mapping[str, str] = {
    "voluntary": "BHXH tự nguyện", "health": "BHYT", "withdrawal": "Rút một lần", "pension": "Lương hưu",
    "other": "Việc khác",
}  # fmt: skip
DOCUMENTS: Mapping[str, str] = {"leaflet": "Tờ rơi", "table": "Bảng mức đóng, mức hưởng"}
TRIED_BY: Mapping[str, str] = {"pressed": "bấm nút", "replied": "trả lời"}
_CHOSEN: Mapping[str, str] = {
    "places": "Nơi ở", "situations": "Công việc, hoàn cảnh", "entitlements": "Được hỗ trợ thêm", "joined": "Đã tham gia chưa",
    "born_from": "Sinh từ năm", "born_to": "Sinh đến năm", "paid_from": "Đã đóng đến, từ ngày",
    "paid_to": "Đã đóng đến, đến ngày", "asked": "Đã hỏi về", "calculated": "Đã tính thử", "booked": "Đã hẹn về",
    "came_by": "Đến từ lời mời", "within_days": "Trong số ngày gần đây",
}  # fmt: skip

_FAULTS: Sequence[tuple[str, str, str, str]] = (
    # what the reader of plans names, a word of its complaint, the field, what is told
    ("campaign", "", "campaign", "Mã chỉ gồm chữ thường không dấu, số và dấu _, ví dụ nong_dan_12_2026."),
    ("title", "", "title", "Hãy ghi tên chiến dịch."),
    ("template", "", "template", "Hãy chọn một mẫu tin."),
    ("audience.holdout_percent", "", "holdout", "Nhóm đối chứng: ghi một số từ 0 đến 50."),
    ("audience", "names nobody", "audience", "Chưa chọn gửi cho ai. Hãy chọn ít nhất một điều: nơi ở, công việc, …"),
    ("channels", "", "channels", "Chọn ít nhất một kênh, mỗi kênh một lần."),
    ("schedule", "begins behind", "end_day", "Ngày kết thúc phải sau lúc bắt đầu."),
    ("schedule", "nobody is written", "begin_time", "Chỉ gửi từ 08:00 đến trước 21:00. Hãy đổi giờ."),
    ("schedule.weekdays", "", "weekdays", "Chọn ít nhất một thứ trong tuần."),
    ("schedule.month_days", "", "month_days", "Ghi ngày trong tháng, từ 1 đến 31, ví dụ: 1, 15."),
    ("schedule.days", "", "days", "Ghi số ngày trước (−) hay sau hạn, từ −60 đến 60, ví dụ: -7, -3, 0, 5."),
    ("schedule", "", "begin_day", "Ghi ngày và giờ bắt đầu."),
    ("ends", "more than", "end_day", "Chiến dịch dài quá. Nhiều nhất 400 ngày."),
    ("ends", "", "end_day", "Ghi ngày kết thúc."),
    ("arms", "", "arms", "Tổng các phần phải là 100. Ít hơn 100 thì phải có «Thử trước rồi chọn tin tốt hơn»."),
    ("trial.after_hours", "", "trial", "Số giờ thử: từ 1 đến 336."),
    ("trial.least", "", "trial", "Mức chênh lệch: từ 0 đến 50."),
    ("trial", "is for a campaign", "trial", "Chỉ thử được với chiến dịch gửi một lần, và phải chọn xong trước khi kết thúc."),
    ("trial", "", "trial", "Thử trước cần ít nhất hai tin và cách so sánh."),
    ("at_most", "", "at_most_messages", "Ghi cả hai số, ví dụ: nhiều nhất 2 tin trong 30 ngày."),
    ("wave", "", "wave", "Mã đợt ra quân không đúng."),
    ("document", "", "document", "Chọn loại tờ rơi và tỉnh, thành phố của nó."),
)  # fmt: skip


def fault_of(complaint: str) -> tuple[str, str]:
    """Return the field that a complaint of the reader of plans is about, and what is told beside it."""
    where, _, rest = complaint.partition(": ")
    path = where.removeprefix("plan").removeprefix(".")
    path = re.sub(r"[.\[]\d+\]?\Z", "", path)  # of a list, which one
    if (found := re.match(r"audience\.(not\.)?(\w+)\Z", path)) and found[2] in _CHOSEN:
        return ("not_" if found[1] else "") + found[2], _audience_fault(found[2], rest)
    for name, word, field, told in _FAULTS:
        if (path == name or path.startswith(f"{name}.")) and word in rest:
            return field, told
    return "form", complaint


def _audience_fault(name: str, rest: str) -> str:
    if "lies behind" in rest:
        return f"{_CHOSEN[name]}: mốc đầu đang lớn hơn mốc cuối."
    if name in ("born_from", "born_to"):
        return f"{_CHOSEN[name]}: ghi năm, ví dụ 1980."
    if name in ("paid_from", "paid_to"):
        return f"{_CHOSEN[name]}: ghi một ngày."
    if name == "within_days":
        return "Số ngày gần đây: ghi một số từ 1 đến 730."
    return f"{_CHOSEN[name]}: có giá trị không đúng."


class Words:
    """Says plans: with the titles of topics and templates, and the names of waves, invitations, places and codes."""

    def __init__(
        self,
        topics: Mapping[str, Topic],
        templates: Mapping[str, Template],
        waves: Mapping[str, str],
        links: Mapping[str, str],
        place: Any,
        word: Any,
    ) -> None:
        self._topics, self._templates, self._waves, self._links = topics, templates, waves, links
        self._place, self._word = place, word

    def plan(self, plan: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return a plan as lines of a name and what is said."""
        audience = dict(plan["audience"])
        without, holdout = audience.pop("not", {}), audience.pop("holdout_percent", 0)
        template = self._templates.get(plan["template"])
        lines = [("Tên", str(plan["title"])), ("Mẫu tin", template.title if template else str(plan["template"]))]
        lines += [(f"Gửi cho – {_CHOSEN[name]}", self._chosen(name, value)) for name, value in audience.items()]
        lines += [(f"Trừ ra – {_CHOSEN[name]}", self._chosen(name, value)) for name, value in without.items()]
        if holdout:
            lines.append(("Nhóm đối chứng", f"{holdout}% không nhận tin, để so sánh"))
        lines.append(("Kênh, theo thứ tự", " → ".join(self._word(one) for one in plan["channels"])))
        lines += [("Lịch gửi", said_schedule(plan["schedule"])), ("Kết thúc", said_moment(str(plan["ends"])))]
        if most := plan.get("at_most"):
            lines.append(("Một người nhận nhiều nhất", f"{most['messages']} tin trong {most['days']} ngày"))
        if document := plan.get("document"):
            lines.append(("Kèm PDF", f"{DOCUMENTS[document['what']]}, {self._place(document['place'])}"))
        return lines + self._trial(plan)

    def _chosen(self, name: str, value: Any) -> str:
        if not isinstance(value, list):
            return said_moment(str(value)) if name in ("paid_from", "paid_to") else str(value)
        if name == "places":
            return "; ".join(one.label for one in gathered(value))
        if name == "came_by":
            return "; ".join(self._links.get(one, one) for one in value)
        if name in ("asked", "calculated"):
            return "; ".join(self._topics[one].title if one in self._topics else one for one in value)
        return "; ".join(BOOKED.get(one, one) if name == "booked" else self._word(one) for one in value)

    def _trial(self, plan: Mapping[str, Any]) -> list[tuple[str, str]]:
        arms, trial = plan.get("arms", {}), plan.get("trial")
        lines = []
        if len(arms) > 1 or trial:
            lines.append(("So sánh tin", ", ".join(f"tin {arm.upper()}: {share}%" for arm, share in arms.items())))
        if trial:
            said = f"sau {trial['after_hours']} giờ, tin nào nhiều người {TRIED_BY[trial['by']]} hơn từ {trial['least']} điểm phần trăm thì gửi cho phần còn lại"
            lines.append(("Chọn tin tốt hơn", said))
        wave = str(plan.get("wave") or "")
        return lines + ([("Đợt ra quân", self._waves.get(wave, wave))] if wave else [])


def said_text(variant: str) -> str:
    """Return which text somebody got: «Tin A, Nông dân»; "" is none."""
    if variant in ("", "rest"):
        return "Chờ chọn tin tốt hơn" if variant else "Không nhận tin"
    arm, _, situation = variant.partition("/")
    return f"Tin {arm.upper()}" + (f", {WORDS.get(situation, situation)}" if situation else "")


_CODES = {"zalo": "Zalo", "esms": "Nhà cung cấp SMS", "status": "Kênh"}


def said_reason(reason: str | None) -> str:
    """Return why a message did not arrive, by the code of the ledger; of a provider's own code its number."""
    first = (reason or "").partition(":")[0]
    if first in REASONS:
        return REASONS[first]
    if found := re.fullmatch(r"(zalo|esms|status)_(-?\d+)", first):
        return f"{_CODES[found[1]]} báo lỗi số {found[2]}"
    return "Lỗi khác, người phụ trách máy chủ xem được"


_NOTES: Mapping[str, str] = {
    "approval is void": "việc duyệt mất hiệu lực",
    "its time was over": "đã hết giờ",
    "not approved and scheduled by its moment": "đến giờ mà chưa được duyệt và hẹn giờ",
    "its texts or plan are not those that were approved": "lời tin hay kế hoạch không còn đúng như bản đã duyệt",
    "its time was over while it was paused": "hết giờ trong lúc tạm dừng",
}  # fmt: skip


def said_note(note: str | None) -> str:
    """Return what stands beside an act: a reason of somebody as it is, one of the program's own in Vietnamese."""
    if found := re.fullmatch(r"errors (\d+)/(\d+)", note or ""):
        return f"{found[1]} trên {found[2]} tin gần nhất bị lỗi hoặc không rõ nên máy tự dừng"
    if found := re.fullmatch(r"(pressed|replied) (.+); (\d+) people get (\w)", note or ""):
        return f"số người {TRIED_BY[found[1]]}: {found[2]}; {found[3]} người còn lại nhận tin {found[4].upper()}"
    if found := re.fullmatch(r"(\d+): (sent|failed); (.+)", note or ""):
        return f"tin số {found[1]} {'đã đến' if found[2] == 'sent' else 'không đến'}; {found[3]}"
    return _NOTES.get(note or "", note or "")


def said_schedule(schedule: Mapping[str, Any]) -> str:
    """Return when a campaign speaks."""
    if "at" in schedule:
        return f"một lần, lúc {said_moment(str(schedule['at']))}"
    since = f"từ {said_moment(str(schedule['from']))}, lúc {schedule['time']}"
    if "weekdays" in schedule:
        return f"{', '.join(WEEKDAYS[day] for day in schedule['weekdays'])} hằng tuần, {since}"
    if "month_days" in schedule:
        return f"ngày {', '.join(str(day) for day in schedule['month_days'])} hằng tháng, {since}"
    return f"quanh ngày hết hạn đóng: {', '.join(said_offset(day) for day in schedule['days'])}; {since}"


def said_offset(days: int) -> str:
    """Return how far a message is from the day that is due."""
    return "đúng ngày" if not days else f"trước {-days} ngày" if days < 0 else f"sau {days} ngày"


def said_moment(written: str) -> str:
    """«2026-12-01 08:30» -> «08:30, 01/12/2026»."""
    day, _, hour = written.partition(" ")
    said = "/".join(reversed(day.split("-")))
    return f"{hour}, {said}" if hour else said


def plan_changes(before: Sequence[tuple[str, str]], now: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Return the lines that differ: name, what was said, what is said now; "" where there is none."""
    old, new = dict(before), dict(now)
    return [
        (name, old.get(name, ""), new.get(name, "")) for name in {**new, **old} if old.get(name) != new.get(name)
    ]  # fmt: skip
