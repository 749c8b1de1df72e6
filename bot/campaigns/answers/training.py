"""What nobody answered becomes training lines or the draft of a page: an export that an editor commits.

Decided so, and not as edits kept in the database, for three reasons. An answer is the word of the office: it goes through
`make check`, a second pair of eyes and a history that says who changed what, as every other file of content/ and nlu_data/ does.
A line changes what all other lines mean, which only `make eval` over all of them shows. And a repository has one truth: what
runs is what was committed. So the console chooses (which topic, which words) and hands out files; nothing here answers anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path

import yaml
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.answers import work
from bot.campaigns.answers.redact import MASK, redacted
from bot.campaigns.answers.work import Item
from bot.errors import Refused
from bot.staff import audit
from bot.staff.rules import Staff
from bot.staff.scope import EVERYWHERE, Places, places_of
from bot.vn.text import clean

LONGEST = 200  # signs of a line
_MARKUP = "[](){}`"  # they mean something in training lines
_NO_TEMPLATE = str.maketrans("{}", "  ")  # a page is one
_HEAD = """\
# Câu mẫu do biên tập viên chọn, đã bỏ tên và số. Với mỗi intent: chép các dòng dưới «examples» vào cuối tệp nlu_data/<intent>.yml,
# chạy make check, make train, make eval; kết quả không kém đi thì đưa vào kho. Câu đã có trong tệp không được xuất lại.
"""
_CHOOSE = text("UPDATE work_item SET topic = :topic, line = :line WHERE id = :id AND kind = 'question'")
_CHOSEN = text(
    """
    SELECT w.topic, w.line FROM work_item w JOIN open_question q ON q.id = w.ref JOIN inbox i ON i.id = q.inbox_id
    LEFT JOIN contact c ON c.id = i.contact_id LEFT JOIN person p ON p.id = c.person_id
    WHERE w.kind = 'question' AND w.state = 'done' AND w.line IS NOT NULL
      AND (:everywhere OR p.province = ANY(:provinces) OR p.commune = ANY(:communes))
    ORDER BY w.topic, w.id
    """
)


async def choose(
    connection: AsyncConnection, library: Library, item: int, *, topic: str, line: str, staff: Staff, now: datetime
) -> bool:
    """End a question as an example of a topic, said as the line says it; False when there is none where they work.

    Raises Refused when there is no such topic, the line is none, or tells of whoever asked.
    """
    found = await work.find(connection, item, places=places_of(staff))
    if found is None or found.kind != "question":
        return False
    if topic not in library.topics:
        raise Refused("Hãy chọn một chủ đề.")
    said = _line(line)
    if not await work.done(connection, item, staff.key, f"câu mẫu cho {topic}"):
        raise Refused("Người khác đang làm việc này, hoặc việc đã xong. Hãy tải lại trang.")
    await connection.execute(_CHOOSE, {"id": item, "topic": topic, "line": said})
    await audit.write(connection, by=staff.key, act="work_line", about=f"work/{item}", note=topic, now=now)
    return True


def _line(written: str) -> str:
    """Return a line as it may stand in a file, Refused when it may not."""
    said = clean(written).lstrip("/-").strip()
    if not said or len(said) > LONGEST:
        raise Refused(f"Hãy ghi câu mẫu, nhiều nhất {LONGEST} chữ cái.")
    if any(sign in said for sign in _MARKUP):
        raise Refused("Câu mẫu không dùng dấu ngoặc [ ] ( ) { }. Hãy viết lại.")
    if MASK in said.lower() or redacted(said, sums=True) != said:
        raise Refused(
            "Câu mẫu còn «xxx», tên, số điện thoại hoặc địa chỉ. Hãy viết lại như người khác cũng có thể hỏi."
        )
    return said


async def examples(connection: AsyncConnection, nlu_data: Path, *, places: Places = EVERYWHERE) -> tuple[str, int]:
    """Return the lines that were chosen, in the form of nlu_data/, and how many; without those that stand there already."""
    lines: dict[str, list[str]] = defaultdict(list)
    for row in await connection.execute(_CHOSEN, places.values):
        if row.line not in lines[row.topic]:
            lines[row.topic].append(row.line)
    new = {topic: [line for line in some if line not in _known(nlu_data, topic)] for topic, some in lines.items()}
    return as_yaml(new), sum(map(len, new.values()))


def _known(nlu_data: Path, topic: str) -> Collection[str]:
    path = nlu_data / f"{topic}.yml"
    written = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {line.strip().removeprefix("- ") for line in written}


def as_yaml(lines: Mapping[str, list[str]]) -> str:
    """Return lines by topic in the form of nlu_data/."""
    found = [_HEAD, 'version: "3.1"\nnlu:\n']
    for topic in sorted(lines):
        if lines[topic]:
            found += [f"- intent: {topic}\n  examples: |\n", *(f"    - {line}\n" for line in lines[topic])]
    return "".join(found) if len(found) > 2 else f'{_HEAD}version: "3.1"\nnlu: []\n'  # noqa: PLR2004 - head and begin


def page_draft(item: Item, today: date) -> str:
    """Return the draft of a page for a question; until an editor writes its source, `make check` refuses it."""
    head = {
        "title": item.said.translate(_NO_TEMPLATE)[:LONGEST],
        "short": "VIẾT câu trả lời ngắn.",
        "sources": [{"document": "", "article": "", "since": today}],
        "buttons": [{"title": "Gặp cán bộ", "to": "human"}],
        "valid_from": today,
        "valid_to": None,
        "checked": today,
    }
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=120)
    return f"---\n{front}---\nVIẾT câu trả lời: câu ngắn, mỗi dòng một con số, số của luật lấy từ law.…, cuối cùng là việc cần làm tiếp.\n"
