"""Plans of waves in the words of staff: what a file would change, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from bot.campaigns.waves.changes import Change
from bot.campaigns.waves.rules import Wave

KINDS: Mapping[str, str] = {
    "name": "Tên đợt", "document": "Kế hoạch", "form": "Mẫu báo cáo", "period": "Thời gian", "launch": "Lễ ra quân",
    "due": "Hạn nộp", "unit": "Đơn vị", "organisation": "Tổ chức", "target": "Chỉ tiêu",
}  # fmt: skip
_FAULTS: Sequence[tuple[str, str]] = (
    (r"not valid YAML.*?line (\d+)", "Tệp không đúng dạng YAML ở gần dòng {0}. Hãy xem lại dấu hai chấm, dấu cách đầu dòng, dấu nháy."),
    (r"not valid YAML", "Tệp không đúng dạng YAML. Hãy bắt đầu từ tệp mẫu."),
    (r"unknown key ([^;]+)", "có mục lạ «{0}»; hãy bỏ đi hoặc sửa tên mục"),
    (r"missing key ([^;]+)", "thiếu mục «{0}»"),
    (r"must be a date", "phải là một ngày, ví dụ 2026-07-01"),
    (r"must be a text", "phải là chữ, không để trống"),
    (r"must be a list", "phải là danh sách, mỗi dòng bắt đầu bằng «- »"),
    (r"expected keys and values", "phải gồm các dòng «mục: giá trị»"),
    (r"stands there", "bị lặp lại; chỉ giữ một, và chỉ có một tỉnh, thành phố"),
    (r"must be a key of small letters", "mã chỉ gồm chữ thường không dấu, số và dấu _"),
    (r"'?([^']*)'? is none of (.+)", "«{0}» không dùng được; chọn một trong: {1}"),
    (r"must be a number from (\d+) to (\d+)", "phải là số từ {0} đến {1}"),
    (r"lies before starts_on", "ngày kết thúc đang trước ngày bắt đầu"),
    (r"must be a moment", "phải là ngày giờ trong dấu nháy, ví dụ \"2026-12-06T08:00\""),
    (r"no unit is a (\w+)", "không có đơn vị nào ở cấp {0}"),
    (r"must name one unit", "ghi một đơn vị (unit), hoặc một cấp (each), không ghi cả hai"),
    (r"must be true or false", "chỉ ghi true hoặc false"),
    (r"there is no unit '([^']*)'", "không có đơn vị «{0}»"),
    (r"(\w+) of (\w+): its parts", "chỉ tiêu {0} của {1}: cộng theo đơn vị và cộng theo tổ chức ra hai số khác nhau; hãy ghi chỉ tiêu cả đơn vị"),
    (r"must be the key of a unit", "phải là mã của một đơn vị đứng trước nó trong tệp"),
    (r"does not lie in", "cấp này không nằm trong cấp kia được"),
    (r"is no province of that time", "không có tỉnh, thành phố này vào lúc đó; ghi tên, ví dụ Cần Thơ"),
    (r"is called (.+)", "tên đúng là «{0}»"),
    (r"there are no districts", "từ 01/7/2025 không còn cấp huyện; ghi cấp area hoặc commune"),
    (r"there are areas since", "trước 01/7/2025 chưa có cấp area; ghi cấp district"),
    (r"'([^']*)' is no commune", "không có xã «{0}» trong tỉnh này; ghi tên, ví dụ Xã Bình Xuyên"),
    (r"there was no '([^']*)'", "không tìm thấy «{0}»; ghi đủ cả chữ Huyện, Quận, Xã …"),
    (r"must begin with the province", "đơn vị đầu tiên phải là tỉnh, thành phố chứa mọi đơn vị khác"),
    (r"figures were entered of (\w+), (\w+)", "đã có số liệu của đơn vị «{0}», tổ chức «{1}»; phải giữ cả hai trong tệp"),
    (r"columns ([^:]+): unknown or missing", "Cột lạ hoặc thiếu: {0}. Cần có: Đơn vị, Tổ chức, Chỉ tiêu, Ngày. Nếu đây là tệp «dòng cần sửa», hãy sửa trong tệp gốc rồi đưa lại cả tệp."),
    (r"more than (\d+) rows", "Tệp có hơn {0} dòng. Hãy chia thành nhiều tệp."),
    (r"(TCVN3|VNI)", "Tệp viết bằng bảng mã {0}. Hãy chuyển sang Unicode (trong Unikey: Ctrl+Shift+F6) rồi lưu lại."),
    (r"row (\d+): cannot be read", "Không đọc được dòng {0}. Có dấu ngoặc kép nào chưa đóng không?"),
    (r"is empty", "Tệp trống."),
    (r"not UTF-8|not in Unicode|wrong encoding", "Tệp không ở bảng mã Unicode. Hãy lưu lại dạng UTF-8."),
    (r"cannot be opened|broken|Excel before 2007|holds too much", "Không mở được tệp. Hãy mở bằng Excel rồi lưu lại dạng .xlsx hoặc «CSV UTF-8»."),
)  # fmt: skip
_COLUMNS = {"unit": "Đơn vị", "organisation": "Tổ chức", "measure": "Chỉ tiêu", "day": "Ngày", "(empty)": "(không tên)"}
_LINE = re.compile(r"\Aline (\d+): (.*)", re.DOTALL)
_PLACE = re.compile(r"\A([a-z_]+(?:\[\d+\]|\.[a-z_]+)*)(?: \([^)]*\))?: (.*)", re.DOTALL)


def faults(complaint: str, where: str) -> list[str]:
    """Return each fault of a file in words of staff; `where`: the name by which the complaint calls the file."""
    return [_told(line.removeprefix(f"{where}: ")) for line in complaint.split("\n") if line.strip()]


def _told(fault: str) -> str:
    line, place = "", ""
    if found := _LINE.match(fault):
        line, fault = f"Dòng {found[1]}", found[2]
    whole = fault
    if found := _PLACE.match(fault):
        place, fault = found[1], found[2]
    for pattern, words in _FAULTS:
        if found := re.search(pattern, whole):
            named = (_columns(part) if pattern.startswith("columns") else part for part in found.groups())
            said = words.format(*named)
            break
    else:
        said = f"chưa đúng mẫu ({fault})"
    head = ", ".join(part for part in (line, place) if part)
    return f"{head}: {said}" if head and said[0].islower() else said


def _columns(listed: str) -> str:
    return ", ".join(_COLUMNS.get(name, name) for name in listed.split(", "))


def change_named(
    wave: Wave, change: Change, measure_name: Callable[[str], str], level_name: Callable[[str], str]
) -> str:
    """Return what a change is about: «Chỉ tiêu: Quận Ô Môn, Bưu điện, Tờ rơi đã phát»."""
    kind, *rest = change.place
    if kind == "due":
        rest = ["báo cáo" if rest[0] == "report" else "danh sách", level_name(rest[1])]
    if kind == "target":
        unit, organisation, measure = rest
        names = (
            wave.unit[unit].name if unit in wave.unit else unit,
            _organisation(wave, organisation),
            measure_name(measure),
        )
        rest = [name for name in names if name]
    return f"{KINDS[kind]}: {', '.join(rest)}" if rest else KINDS[kind]


def _organisation(wave: Wave, key: str) -> str:
    return wave.organisation[key].name if key in wave.organisation else key
