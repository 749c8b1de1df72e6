"""What the tests need of a page: its size, what a PDF holds, which signs the font can draw."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from PIL import ImageFont


def png_size(picture: bytes) -> tuple[int, int]:
    """Width and height as the header says."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def objects(pdf: bytes) -> str:
    """The objects of a PDF in the clear, those in compressed streams too."""
    found = [pdf]
    for stream in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream[1]))
        except zlib.error:
            continue
    return b"\n".join(found).decode("latin-1")


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(re.findall(r"/Type\s*/Page\b", objects(pdf)))


def texts_in(data: Any) -> Iterator[str]:
    """Every text that a sheet shows."""
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list | tuple):
        for one in data:
            yield from texts_in(one)
    elif isinstance(data, str) and not data.startswith("<svg"):
        yield data


def places_of(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each text stands in the data; of a list its last entry stands for all."""
    if isinstance(data, dict):
        for key, one in data.items():
            yield from places_of(one, (*path, key))
    elif isinstance(data, list) and data:
        yield from places_of(data[-1], (*path, len(data) - 1))
    elif isinstance(data, str) and not data.startswith("<svg"):
        yield path


def undrawable(text: str) -> set[str]:
    """The signs that the font does not have: it leaves a gap for them."""
    return {sign for sign in text if not sign.isspace() and not _drawn(sign)}


@cache
def _drawn(sign: str) -> bytes:
    return bytes(_font().getmask(sign))


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(files("fontpkg_be_vietnam_pro") / "files" / "BeVietnamPro-Regular.ttf"), 40)
