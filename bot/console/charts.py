"""Charts as SVG, made on the server: each says its numbers, none needs colour to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from bot.reports.rules import told

Number = int | None
_WIDE, _TALL = 460, 250
_LEFT, _FOOT, _HEAD = 86, 30, 40  # of columns: for the numbers beside, the days below, the names above
_MOST_DAYS = 5  # that are written below
_LINE = 46  # of a bar and its words
_LONG = _WIDE - 150  # of the longest bar; behind it stand a number and what is counted
_TILE, _HIGH, _GAP = 76, 70, 4
GREEN, PALE, INK, DARK = "#0b5d4e", "#e3f1ec", "#17231f", "#b35900"
_SHADES = ("#ffffff", "#d6efe6", "#9fd3c0", "#4f9c86", "#0b5d4e")

MAP: Mapping[str, tuple[int, int]] = {
    "lai_chau": (1, 0), "tuyen_quang": (2, 0), "cao_bang": (3, 0), "lang_son": (4, 0),
    "dien_bien": (0, 1), "lao_cai": (1, 1), "phu_tho": (2, 1), "thai_nguyen": (3, 1), "bac_ninh": (4, 1), "quang_ninh": (5, 1),
    "son_la": (1, 2), "ha_noi": (2, 2), "hung_yen": (3, 2), "hai_phong": (4, 2),
    "thanh_hoa": (2, 3), "ninh_binh": (3, 3),
    "nghe_an": (2, 4), "ha_tinh": (3, 4),
    "quang_tri": (3, 5), "hue": (4, 5),
    "da_nang": (4, 6), "quang_ngai": (5, 6),
    "gia_lai": (5, 7), "dak_lak": (4, 7),
    "lam_dong": (4, 8), "khanh_hoa": (5, 8),
    "tay_ninh": (2, 9), "dong_nai": (3, 9), "ho_chi_minh": (4, 9),
    "an_giang": (1, 10), "dong_thap": (2, 10), "vinh_long": (3, 10),
    "ca_mau": (1, 11), "can_tho": (2, 11),
}  # fmt: skip
"""Where each province's tile lies, column and row, roughly as on the map from north to south."""


def columns(labels: Sequence[str], series: Mapping[str, Sequence[Number]]) -> Markup:
    """Return two series side by side over time: the first filled, the second as an outline."""
    highest = max((number or 0 for numbers in series.values() for number in numbers), default=0) or 1
    highest += highest % 2  # so that half of it is a number that there is
    step = (_WIDE - _LEFT) / max(len(labels), 1)
    wide = max(step * 0.8 / len(series), 1)
    parts: list[Markup] = [*_scale(highest)]
    for place, (name, numbers) in enumerate(series.items()):
        look = f'fill="{GREEN}"' if place == 0 else f'fill="{PALE}" stroke="{DARK}" stroke-width="1"'
        parts.append(_key(place, name, look))
        for at, number in enumerate(numbers):
            tall = (_TALL - _FOOT - _HEAD) * (number or 0) / highest
            left = _LEFT + at * step + place * wide
            title = f"{labels[at]}: {name.lower()} {told(number)}"
            parts.append(
                Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" {}><title>{}</title></rect>').format(
                    left, _TALL - _FOOT - tall, wide, tall, Markup(look), title  # noqa: S704 - of this file
                )
            )  # fmt: skip
    every = -(-len(labels) // _MOST_DAYS)
    for at in range(0, len(labels), every or 1):
        parts.append(_words(_LEFT + at * step, _TALL - 8, labels[at]))
    return _drawing(_WIDE, _TALL, f"Biểu đồ cột: {', '.join(series)}. Các số ở bảng bên dưới.", parts)


def _scale(highest: int) -> Iterable[Markup]:
    for share in (0, 0.5, 1):
        y = _TALL - _FOOT - (_TALL - _FOOT - _HEAD) * share
        yield Markup('<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" stroke="#c6d3ce"/>').format(_LEFT - 4, _WIDE, y, y)
        yield _words(_LEFT - 8, y + 5, told(round(highest * share)), anchor="end")


def _key(place: int, name: str, look: str) -> Markup:
    left = _LEFT + place * 190
    square = Markup('<rect x="{}" y="6" width="14" height="14" {}/>').format(left, Markup(look))  # noqa: S704 - of this file
    return square + _words(left + 20, 19, name)


def bars(rows: Sequence[tuple[str, Number]], unit: str) -> Markup:
    """Return a bar for each line, with its words above it and its number and what is counted behind it."""
    highest = max((number or 0 for _, number in rows), default=0) or 1
    parts: list[Markup] = []
    for at, (name, number) in enumerate(rows):
        top = at * _LINE
        long = _LONG * (number or 0) / highest
        parts.append(_words(0, top + 17, name))
        parts.append(Markup('<rect x="0" y="{}" width="{}" height="16" fill="{}"/>').format(top + 23, _LONG, PALE))
        parts.append(Markup('<rect x="0" y="{}" width="{:.1f}" height="16" fill="{}"/>').format(top + 23, long, GREEN))
        parts.append(_words(_LONG + 8, top + 37, f"{told(number)} {unit}", bold=True))
    return _drawing(_WIDE, max(len(rows), 1) * _LINE, "Biểu đồ thanh. Các số ở bảng bên dưới.", parts)


def tiles(numbers: Mapping[str, Number], names: Mapping[str, str]) -> Markup:
    """Return a tile for each province with its name and number, the darker the more."""
    highest = max((number or 0 for number in numbers.values()), default=0) or 1
    parts = [
        tile for key, number in numbers.items() for tile in _tile(key, names[key], number, highest)
    ]  # fmt: skip
    wide, tall = (max(place[axis] for place in MAP.values()) + 1 for axis in (0, 1))
    return _drawing(
        wide * (_TILE + _GAP), tall * (_HIGH + _GAP), "Bản đồ ô: mỗi ô là một tỉnh, thành phố. Các số ở bảng bên cạnh.", parts
    )  # fmt: skip


def _tile(key: str, name: str, number: Number, highest: int) -> Iterable[Markup]:
    column, row = MAP[key]
    left, top = column * (_TILE + _GAP), row * (_HIGH + _GAP)
    shade = 0 if not number else min(1 + int(3.999 * number / highest), 4)
    ink = "#ffffff" if shade == 4 else INK
    yield Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="6" fill="{}" stroke="#4d5a55"/>').format(
        left, top, _TILE, _HIGH, _SHADES[shade]
    )
    lines = _two_lines(name)
    for at, line in enumerate(lines):
        yield _words(left + _TILE / 2, top + 19 + 17 * at, line, anchor="middle", ink=ink)
    counted = told(number)
    yield _words(left + _TILE / 2, top + 61, counted, anchor="middle", ink=ink, bold=len(counted) < len("123.456"))


def _two_lines(name: str) -> list[str]:
    """«TP. Hồ Chí Minh» -> «Hồ Chí», «Minh»."""
    words = name.replace("TP. ", "").split()
    half = (len(words) + 1) // 2
    return [" ".join(part) for part in (words[:half], words[half:]) if part]


def _words(x: float, y: float, text: str, *, anchor: str = "start", ink: str = INK, bold: bool = False) -> Markup:
    """Return words on a drawing; their size is in the style sheet, for on a telephone the drawing is smaller."""
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}" font-weight="{}">{}</text>').format(
        x, y, anchor, ink, 700 if bold else 400, text
    )


def _drawing(wide: int, tall: int, title: str, parts: Iterable[Markup]) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(wide, tall, title)
    return head + Markup("").join(escape(part) for part in parts) + Markup("</svg>")
