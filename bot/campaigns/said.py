"""What staff read for the states of a campaign and for what is done with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.campaigns.rules import Act, State

STATES: Mapping[str, str] = {
    State.DRAFT: "Bản nháp",
    State.SUBMITTED: "Chờ duyệt",
    State.APPROVED: "Đã duyệt",
    State.SCHEDULED: "Đã hẹn giờ",
    State.RUNNING: "Đang gửi",
    State.PAUSED: "Tạm dừng",
    State.DONE: "Đã xong",
    State.STOPPED: "Đã dừng hẳn",
    State.EXPIRED: "Quá hạn",
}
ACTS: Mapping[str, str] = {
    Act.CREATE: "Soạn bản nháp",
    Act.EDIT: "Sửa",
    Act.DRY_RUN: "Chạy thử",
    "try": "Gửi thử",
    Act.SUBMIT: "Gửi duyệt",
    Act.APPROVE: "Duyệt",
    Act.CONFIRM: "Xem lại, vẫn duyệt",
    Act.REFUSE: "Không duyệt",
    Act.WITHDRAW: "Rút lại việc duyệt",
    Act.SCHEDULE: "Hẹn giờ gửi",
    Act.BEGIN: "Bắt đầu gửi",
    Act.DECIDE: "Chọn tin tốt hơn",
    Act.PAUSE: "Tạm dừng",
    Act.RESUME: "Gửi tiếp",
    Act.SETTLE: "Ghi kết quả tin không rõ",
    Act.FINISH: "Gửi xong",
    Act.STOP: "Dừng hẳn",
    Act.EXPIRE: "Quá hạn",
}
