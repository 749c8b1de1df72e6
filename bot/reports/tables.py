"""The reports as tables, for a period and some places, as their reader may see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns import kept
from bot.campaigns import store as campaigns
from bot.campaigns.numbers import FIGURES, OUTCOMES, Numbers
from bot.campaigns.open_data import HIDDEN, lines
from bot.campaigns.store import Campaign
from bot.clock import VIETNAM
from bot.reports import store
from bot.reports.period import Period
from bot.reports.rules import Cell, Table, guarded, share
from bot.reports.store import Counted
from bot.staff.rules import Staff
from bot.staff.scope import Places
from bot.vn import show
from bot.vn.places import gazetteer

MOST_TOPICS = 12
UNKNOWN = "Chưa rõ nơi ở"
_FUNNEL = {
    "asked": "Đã hỏi",
    "calculated": "Đã tính thử",
    "booked": "Đã đặt lịch hẹn",
    "joined": "Đang đóng tự nguyện (họ tự cho biết)",
}
_WAITS = {
    "0": "Dưới 5 phút",
    "1": "5 đến 15 phút",
    "2": "15 phút đến 1 giờ",
    "3": "1 đến 4 giờ",
    "4": "Trên 4 giờ",
    "gone": "Không chờ nữa",
    "waiting": "Đang chờ",
}
_GRAINS = {"day": "Ngày", "month": "Tháng"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: period, places, and whether all numbers are shown."""

    period: Period
    places: Places
    exact: bool

    def seen(self, number: int) -> int | None:
        """Return a number as the reader may see it."""
        return guarded(number, self.exact)


async def overview(
    connection: AsyncConnection, library: Library, asked: Asked
) -> tuple[dict[str, Table], datetime | None]:
    """Return the reports of TABLES by name, and up to when they are counted; None: up to now."""
    found = await store.counted(connection, asked.period, asked.places)
    waited = await store.waits(connection, asked.period, asked.places)
    made = (
        _by_day(found, asked),
        _topics(found, library, asked),
        _by_place(found, asked),
        _funnel(found, asked),
        _waits(waited, asked),
    )
    return {table.key: table for table in made}, found.at


TABLES = ("days", "topics", "map", "funnel", "waits")
"""The keys of the reports of a period, in the order in which they are read; also the names of their files."""


def _by_day(found: Counted, asked: Asked) -> Table:
    lines: list[tuple[Cell, ...]] = []
    for day in sorted(found.wrote.keys() | found.new.keys()):
        wrote = found.wrote.get(day, (0, 0))
        people = asked.seen(wrote[0])
        messages = None if people is None else asked.seen(wrote[1])
        lines.append((_day(day, asked.period.grain), asked.seen(found.new.get(day, 0)), people, messages))
    columns = (_GRAINS[asked.period.grain], "Người mới", "Người nhắn tin", "Tin nhắn đến")
    return Table("days", "Người và tin nhắn", columns, tuple(lines))


def _day(day: date, grain: str) -> str:
    return f"{day.month:02}/{day.year}" if grain == "month" else show.day(day)


def _by_place(found: Counted, asked: Asked) -> Table:
    lines: list[tuple[Cell, ...]] = []
    for key in asked.places.choices:
        lines.append((gazetteer().provinces[key].name, asked.seen(found.places.get(key, 0))))
    if None in found.places:
        lines.append((UNKNOWN, asked.seen(found.places[None])))
    return Table("map", "Người nhắn tin theo tỉnh, thành phố", ("Tỉnh, thành phố", "Số người"), tuple(lines))


def _topics(found: Counted, library: Library, asked: Asked) -> Table:
    """Return how many people asked about each topic, in all and by month; the most asked first."""
    months = sorted({month for topic in found.topics.values() for month in topic})
    whole = {name: found.whole[f"topic {name}"] for name in found.topics}
    lines = [
        (_topic(library, name), asked.seen(people), *(asked.seen(found.topics[name].get(month, 0)) for month in months))
        for name, people in sorted(whole.items(), key=lambda one: (-one[1], one[0]))[:MOST_TOPICS]
    ]
    columns = ("Chủ đề", "Số người", *(_day(month, "month") for month in months))
    note = f"{MOST_TOPICS} chủ đề được hỏi nhiều nhất. Một người hỏi nhiều lần vẫn là một người."
    return Table("topics", "Bà con hỏi gì", columns, tuple(lines), note)


def _topic(library: Library, name: str) -> str:
    page = library.pages.get(name)
    topic = library.topics.get(name.partition(".")[0])
    return page.title if page and "." in name else topic.title if topic else name


def _funnel(found: Counted, asked: Asked) -> Table:
    """Return how far people got."""
    numbers = {name: asked.seen(found.whole.get(name, 0)) for name in _FUNNEL}
    lines = [(title, numbers[name], share(numbers[name], numbers["asked"])) for name, title in _FUNNEL.items()]
    note = "Mỗi dòng đếm trong số người ở dòng đầu. Người đang đóng có thể đã tham gia từ trước khi hỏi."
    return Table("funnel", "Từ câu hỏi đến tham gia", ("Bước", "Số người", "Phần trăm"), tuple(lines), note)


def _waits(waited: Sequence[Any], asked: Asked) -> Table:
    """Return how long people waited for a person."""
    rows = {row.bucket: row for row in waited}
    lines = [(title, asked.seen(rows[key].wishes if key in rows else 0)) for key, title in _WAITS.items()]
    median = rows[None].median if None in rows else None
    note = "Tính từ lúc xin gặp người đến lúc có cán bộ nhận, kể cả ngoài giờ làm việc."
    if median is not None and asked.seen(rows[None].wishes) is not None:
        note = f"Một nửa số người chờ không quá {_minutes(median)}. {note}"
    return Table("waits", "Chờ gặp cán bộ bao lâu", ("Thời gian chờ", "Số lần"), tuple(lines), note)


def _minutes(minutes: float) -> str:
    whole = max(round(minutes), 1)
    return f"{whole} phút" if whole < 120 else f"{round(whole / 60)} giờ"


async def seen_campaigns(connection: AsyncConnection, staff: Staff) -> list[Campaign]:
    """Return the campaigns whose audience lies where somebody works, the newest first."""
    found = await campaigns.of_states(connection, ())
    return [one for one in reversed(found) if staff.answers_for(one.plan["audience"].get("places", ()))]


async def outcomes(connection: AsyncConnection, found: Sequence[Campaign], exact: bool) -> Table:
    """Return what became of the messages of some campaigns, a line each."""
    sums = await store.outcomes(connection, [one.id for one in found])
    rows = [
        (one.title, *(guarded(n, exact) for n in (sum(sums[one.id].values()), *(sums[one.id].get(o, 0) for o in OUTCOMES))))
        for one in found
    ]  # fmt: skip
    columns = ("Chiến dịch", "Dự tính", "Đã gửi", "Gửi lỗi", "Không rõ", "Không gửi", "Quá hạn", "Chưa gửi")
    return Table("campaigns", "Kết quả chiến dịch", columns, tuple(rows))


_FIGURES = {
    "planned": "Dự tính", "sent": "Đã gửi", "failed": "Gửi lỗi", "unknown": "Không rõ", "excluded": "Không gửi",
    "expired": "Quá hạn", "open": "Chưa gửi", "delivered": "Đã đến máy", "read": "Đã xem", "pressed": "Bấm nút",
    "replied": "Nhắn lại", "booked": "Đặt hẹn", "calculated": "Tính thử", "stopped": "Xin dừng",
}  # fmt: skip
_DIMENSIONS = {
    "all": "Tất cả", "province": "Tỉnh", "situation": "Hoàn cảnh", "variant": "Bản tin", "channel": "Kênh", "hour": "Giờ gửi", "reason": "Lý do",
}  # fmt: skip


async def campaign(connection: AsyncConnection, one: Campaign, *, exact: bool) -> Table:
    """Return the numbers of a campaign in all and by each dimension; for those who only read as open data has them."""
    found, at = await kept.latest(connection, one.id)
    rows = list(_whole(found)) if exact else list(_open(found))
    columns = ("Xem theo", "Nhóm", *(_FIGURES[name] for name in FIGURES))
    note = "Việc bà con làm được tính trong 7 ngày sau khi nhận tin."
    if at is not None:
        note = f"Số liệu tính đến {at.astimezone(VIETNAM):%H:%M, %d/%m/%Y}. {note}"
    return Table("campaign", one.title, columns, tuple(rows), note)


def _whole(found: Numbers) -> Iterator[tuple[Cell, ...]]:
    """Yield every number, reasons included."""
    yield (_DIMENSIONS["all"], "", *(getattr(found.all, name) for name in FIGURES))
    for dimension, title in _DIMENSIONS.items():
        for value, tally in found.by.get(dimension, {}).items():
            yield (title, value, *(getattr(tally, name) for name in FIGURES))


def _open(found: Numbers) -> Iterator[tuple[Cell, ...]]:
    """Yield the numbers as open data has them."""
    for dimension, value, cells in lines(found):
        shown = (None if cell == HIDDEN else int(cell) for cell in cells)
        yield (_DIMENSIONS[dimension], "" if dimension == "all" else value, *shown)
