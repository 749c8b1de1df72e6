"""Typesets a template of content/leaflets with data, in memory, with one font: what data says is always plain text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from PIL import Image, ImageColor

from bot.errors import ContentError
from bot.yaml_files import checked_keys, read_yaml

TEMPLATES = Path(__file__).resolve().parents[2] / "content" / "leaflets"
PHONE = 128.0  # dots per inch: a page 540 points wide is 960 dots wide
SHADES = 8  # between what is written on and what is written with, for smooth edges


@dataclass(frozen=True, slots=True)
class _Press:
    """A compiler that remembers its template; one page at a time, for two at once would mix their data."""

    template: str
    compiler: typst.Compiler
    lock: Lock = field(default_factory=Lock)

    def print(self, data: Mapping[str, Any], **how: Any) -> tuple[bytes, list[typst.TypstWarning]]:
        """Return the one page; raise ContentError when the template is wrong or needs more than a page."""
        inputs = {"data": json.dumps(data, ensure_ascii=False)}
        with self.lock:
            try:
                page, warnings = self.compiler.compile_with_warnings(sys_inputs=inputs, **how)
            except typst.TypstError as error:
                raise ContentError(f"content/leaflets/{self.template}.typ: {error.message}") from None
        if not isinstance(page, bytes):
            raise ContentError(f"content/leaflets/{self.template}.typ: does not fit on one page")
        return page, warnings


def as_png(template: str, data: Mapping[str, Any], *, dots_per_inch: float = PHONE) -> bytes:
    """Return the page as a picture, light enough for a phone far from a mast: in the sheets' own colours only."""
    page = _press(template).print(data, format="png", ppi=dots_per_inch)[0]
    with Image.open(BytesIO(page)) as full:
        light = full.convert("RGB").quantize(palette=_palette(), dither=Image.Dither.NONE)
    picture = BytesIO()
    light.save(picture, "PNG", compress_level=5)
    return picture.getvalue()


def as_pdf(template: str, data: Mapping[str, Any], *, day: date) -> bytes:
    """Return the page for printing, dated with the day: the same data give the same bytes."""
    made = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return _press(template).print(data, format="pdf", timestamp=made)[0]


def warnings_about(template: str, data: Mapping[str, Any]) -> list[str]:
    """Return what the typesetter finds doubtful, such as a font that is not there."""
    return [str(warning) for warning in _press(template).print(data, format="pdf")[1]]


@cache
def _press(template: str) -> _Press:
    source = TEMPLATES / f"{template}.typ"
    if not source.is_file():
        raise ContentError(f"{source}: missing")
    return _Press(template, typst.Compiler(source, root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True))


@cache
def _fonts() -> typst.Fonts:
    """Return Be Vietnam Pro and the typesetter's own, none of the machine's: a page looks the same everywhere."""
    folder = str(files("fontpkg_be_vietnam_pro") / "files")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


@cache
def _palette() -> Image.Image:
    """Return the colours of content/leaflets/colours.yaml and the shades between them."""
    where = str(TEMPLATES / "colours.yaml")
    found = checked_keys(read_yaml(TEMPLATES / "colours.yaml"), where, needed={"grounds", "inks"})
    grounds, inks = ([ImageColor.getrgb(colour) for colour in found[kind].values()] for kind in ("grounds", "inks"))
    shades = {
        tuple(round(a + (b - a) * step / SHADES) for a, b in zip(ground, ink, strict=True))
        for ground in grounds
        for ink in inks
        for step in range(SHADES + 1)
    }
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for shade in sorted(shades) for value in shade])
    return palette
